//go:build conformance

package conformance

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/conformance"
	confv1 "sigs.k8s.io/gateway-api/conformance/apis/v1"
	"sigs.k8s.io/gateway-api/conformance/utils/suite"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	stop, err := prepare(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return 1
	}
	code := m.Run()
	if code != 0 {
		tellFailed(os.Stderr)
	}
	if err := stop(code != 0); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		code = max(code, 1)
	}
	return code
}

// tellFailed says last of all which tests failed: what the suite says of each stands far above.
func tellFailed(to io.Writer) {
	text, err := os.ReadFile(reportPath)
	if err != nil {
		return // The suite did not come so far as to write one.
	}
	report := confv1.ConformanceReport{}
	if err := yaml.Unmarshal(text, &report); err != nil {
		_, _ = fmt.Fprintln(to, "conformance: cannot read", reportPath+":", err)
		return
	}
	for _, p := range report.ProfileReports {
		failed := p.Core.FailedTests
		if p.Extended != nil {
			failed = append(failed, p.Extended.FailedTests...)
		}
		for _, name := range failed {
			_, _ = fmt.Fprintf(to, "conformance: %s failed; run it alone by make conformance FLAGS=-run-test=%s\n", name, name)
		}
	}
}

// reportPath is where the suite writes its report, from this folder.
const reportPath = "report.yaml"

// TestConformance runs the official suite. Its own flags work: -run-test, -debug, -cleanup-base-resources=false, ...
func TestConformance(t *testing.T) {
	opts := conformance.DefaultOptions(t)
	opts.ConformanceProfiles = []suite.ConformanceProfileName{suite.GatewayHTTPConformanceProfileName}
	for _, test := range translate.SkippedTests() {
		if test.Name != opts.RunTest {
			opts.SkipTests = append(opts.SkipTests, test.Name)
		}
	}
	if simulated() {
		opts.Mode = "simulated-alb"
	}
	switch {
	case adoptable != "":
		opts.UsableNetworkAddresses = hostname(adoptable)
		opts.UnusableNetworkAddresses = hostname("nowhere.us-east-1.elb.amazonaws.com")
	case len(opts.UsableNetworkAddresses) == 0:
		opts.SkipTests = append(opts.SkipTests, "GatewayStaticAddresses") // there is nothing to adopt
	}
	if opts.RunTest == "" && opts.ReportOutputPath == "" {
		opts.ReportOutputPath = reportPath
	}
	opts.Implementation.Organization = "crossplane-contrib"
	opts.Implementation.Project = "provider-alb-gateway"
	opts.Implementation.URL = "https://github.com/crossplane-contrib/provider-alb-gateway"
	opts.Implementation.Contact = []string{"https://github.com/crossplane-contrib/provider-alb-gateway/issues"}
	if opts.Implementation.Version == "" {
		opts.Implementation.Version = "v0.0.0-dev"
	}
	for _, o := range makeGatewayClass(t, opts.Client) {
		if opts.CleanupBaseResources {
			t.Cleanup(func() { remove(t, opts.Client, o) }) // after the suite's own, Gateways among them
		}
	}
	waitForGatewayClass(t, opts.Client, opts.GatewayClassName)
	conformance.RunConformanceWithOptions(t, opts)
}

func hostname(name string) []gatewayv1.GatewaySpecAddress {
	return []gatewayv1.GatewaySpecAddress{{Type: new(gatewayv1.HostnameAddressType), Value: strings.ToLower(name)}}
}

// makeGatewayClass applies gatewayclass.yaml, which bears the name that the suite asks for unless told otherwise.
func makeGatewayClass(t *testing.T, kube client.Client) []*unstructured.Unstructured {
	t.Helper()
	objects := readObjects(t, "gatewayclass.yaml")
	for _, o := range objects {
		if err := kube.Patch(t.Context(), o, client.Apply, client.FieldOwner("conformance"), client.ForceOwnership); err != nil { //nolint:staticcheck // Client.Apply wants generated types
			t.Fatalf("cannot apply %s %s: %v", o.GetKind(), o.GetName(), err)
		}
	}
	return objects
}

func remove(t *testing.T, kube client.Client, o *unstructured.Unstructured) {
	t.Helper()
	if err := client.IgnoreNotFound(kube.Delete(context.WithoutCancel(t.Context()), o)); err != nil {
		t.Errorf("cannot delete %s %s: %v", o.GetKind(), o.GetName(), err)
	}
}

// waitForGatewayClass waits for the status, from which the suite reads at once what is claimed.
func waitForGatewayClass(t *testing.T, kube client.Client, name string) {
	t.Helper()
	class := &gatewayv1.GatewayClass{}
	accepted := func(ctx context.Context) (bool, error) {
		if err := kube.Get(ctx, types.NamespacedName{Name: name}, class); err != nil {
			return false, client.IgnoreNotFound(err)
		}
		return meta.IsStatusConditionTrue(class.Status.Conditions, string(gatewayv1.GatewayClassConditionStatusAccepted)), nil
	}
	if err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, 30*time.Second, true, accepted); err != nil {
		t.Fatalf("GatewayClass %s is not accepted: %v; its conditions: %v; is the provider running?", name, err, class.Status.Conditions)
	}
}
