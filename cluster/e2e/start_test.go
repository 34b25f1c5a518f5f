package e2e

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gatewayAPI is the folder with Gateway API's standard CRDs.
func gatewayAPI(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "config", "crd", "standard")
}

// The provider starts where there is no Gateway API, begins when it comes, and takes kinds in that come later still. This is
// the last test of the package: it takes Gateway API away from all others.
func TestStartsWithoutGatewayAPI(t *testing.T) {
	kubectl := func(args ...string) string {
		t.Helper()
		out, err := system.Kubectl(t.Context(), "", args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	says := func(what string, times int) {
		t.Helper()
		err := until(func() error {
			log, err := system.ProviderLog()
			if n := strings.Count(log, what); err == nil && n < times {
				return fmt.Errorf("the provider's log has %q %d times, not %d", what, n, times)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := system.StopProvider(); err != nil {
		t.Fatal(err)
	}
	definitions := kubectl("get", "crds", "-o", `jsonpath={range .items[?(@.spec.group=="gateway.networking.k8s.io")]}crd/{.metadata.name} {end}`)
	kubectl(append([]string{"delete", "--timeout=60s"}, strings.Fields(definitions)...)...)

	if err := system.StartProvider(t.Context()); err != nil {
		t.Fatal(err)
	}
	says("Waiting: The cluster lacks kinds of gateway.networking.k8s.io/v1 (GatewayClass, Gateway, HTTPRoute, ReferenceGrant)", 1)

	const crd = "gateway.networking.k8s.io_%s.yaml"
	folder := gatewayAPI(t)
	for _, kind := range []string{"gatewayclasses", "gateways", "httproutes", "referencegrants"} {
		kubectl("apply", "--server-side", "-f", filepath.Join(folder, fmt.Sprintf(crd, kind)))
	}
	says("Controllers start", 1)
	if _, err := system.Kubectl(t.Context(), quickstart(t), "apply", "-f", "-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := system.Kubectl(context.Background(), "", "delete", "namespace", exampleNamespace, "--timeout=120s"); err != nil {
			t.Error(err)
		}
	})
	kubectl("wait", "-n", exampleNamespace, exampleGateway, "--for=condition=Programmed", "--timeout=60s")

	kubectl("apply", "--server-side", "-f", folder)
	says("the cluster serves other kinds", 1)
	says("Controllers start", 2)
	kubectl("label", "-n", exampleNamespace, "httproute/my-http-app-route", "seen=again")
	kubectl("wait", "-n", exampleNamespace, exampleGateway, "--for=condition=Programmed", "--timeout=60s")
}
