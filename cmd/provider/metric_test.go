package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	_ "sigs.k8s.io/controller-runtime/pkg/controller" // registers its metrics
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gateway"
)

var update = flag.Bool("update", false, "rewrite docs/reference/metrics.md")

// A metric that the provider serves.
type metric struct{ name, help, labels string }

var descForm = regexp.MustCompile(`fqName: "([^"]*)", help: "((?:[^"\\]|\\.)*)".*variableLabels: \{([^}]*)\}`)

// served are the metrics of a provider that runs: all that is registered, whether something was counted yet or not.
func served(t *testing.T) []metric {
	t.Helper()
	s, err := scheme()
	if err != nil {
		t.Fatal(err)
	}
	kube := fake.NewClientBuilder().WithScheme(s).Build()
	measured(replacing{metrics.Registry}, kube, s)
	measured(replacing{metrics.Registry}, kube, s) // controllers that start anew
	aws.NewAccounts(kube, aws.Options{Registerer: replacing{metrics.Registry}})
	gateway.NewConvergence(replacing{metrics.Registry})
	registry, ok := metrics.Registry.(prometheus.Collector)
	if !ok {
		t.Fatalf("%T does not describe itself", metrics.Registry)
	}
	descs := make(chan *prometheus.Desc)
	go func() { defer close(descs); registry.Describe(descs) }()
	var out []metric
	for d := range descs {
		m := descForm.FindStringSubmatch(d.String())
		if m == nil {
			t.Fatalf("cannot read %s", d)
		}
		out = append(out, metric{m[1], m[2], strings.ReplaceAll(m[3], ",", ", ")})
	}
	slices.SortFunc(out, func(a, b metric) int { return strings.Compare(a.name, b.name) })
	return slices.Compact(out)
}

// docs/reference/metrics.md lists what is served, but for Go's own and the process's.
func TestMetricsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Metrics\n\nWhat `--metrics-bind-address` serves, beside the metrics of Go and of the process. Made by `make generate`.\n\n| metric | labels | says |\n|---|---|---|\n")
	for _, m := range served(t) {
		if !strings.HasPrefix(m.name, "go_") && !strings.HasPrefix(m.name, "process_") {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m.name, m.labels, strings.ReplaceAll(m.help, "|", `\|`))
		}
	}
	path := filepath.Join("..", "..", "docs", "reference", "metrics.md")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(stored), b.String()); diff != "" {
		t.Errorf("docs/reference/metrics.md is not what is served; run make generate: -page, +served:\n%s", diff)
	}
}

var (
	quoted   = regexp.MustCompile(`"[^"]*"`)
	grouping = regexp.MustCompile(`\b(by|without|on|ignoring)\s*\([^)]*\)`)
	matchers = regexp.MustCompile(`\{[^}]*\}`)
	windows  = regexp.MustCompile(`\[\d+[smhd]\]`)
	word     = regexp.MustCompile(`[a-zA-Z_:][a-zA-Z0-9_:]*`)
	suffixes = regexp.MustCompile(`_(bucket|sum|count)$`)
)

// functions and operators that the expressions use; other words in them are names of metrics.
var functions = []string{"sum", "rate", "histogram_quantile", "and"}

// Every metric that the dashboard and the alerts name is served. (Prometheus's own parser weighs too much for this module: names
// are found by taking away all else that its language has, and brackets are counted.)
func TestDashboards(t *testing.T) {
	known := map[string]bool{}
	for _, m := range served(t) {
		known[m.name] = true
	}
	all := append(alerts(t), panels(t)...)
	if len(all) < 15 {
		t.Fatalf("only %d expressions found: the test looks in the wrong place", len(all))
	}
	for _, expr := range all {
		for _, pair := range []string{"()", "{}", "[]"} {
			if strings.Count(expr, pair[:1]) != strings.Count(expr, pair[1:]) {
				t.Errorf("brackets %s of %q are not paired", pair, expr)
			}
		}
		rest := expr
		for _, other := range []*regexp.Regexp{quoted, matchers, windows, grouping} {
			rest = other.ReplaceAllString(rest, " ")
		}
		names := 0
		for _, name := range word.FindAllString(rest, -1) {
			if slices.Contains(functions, name) {
				continue
			}
			names++
			if !known[name] && !known[suffixes.ReplaceAllString(name, "")] {
				t.Errorf("%q names %s, which the provider does not serve", expr, name)
			}
		}
		if names == 0 {
			t.Errorf("%q names no metric", expr)
		}
	}
}

func alerts(t *testing.T) []string {
	t.Helper()
	var file struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	read(t, "alerts.yaml", func(b []byte) error { return yaml.Unmarshal(b, &file) })
	var out []string
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			out = append(out, r.Expr)
		}
	}
	return out
}

func panels(t *testing.T) []string {
	t.Helper()
	var file struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	read(t, "grafana.json", func(b []byte) error { return json.Unmarshal(b, &file) })
	var out []string
	for _, p := range file.Panels {
		for _, target := range p.Targets {
			out = append(out, target.Expr)
		}
	}
	return out
}

func read(t *testing.T, name string, into func([]byte) error) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "cluster", "dashboards", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := into(b); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// Objects, targets and Gateways are counted as they are when somebody asks.
func TestCensus(t *testing.T) {
	s, err := scheme()
	if err != nil {
		t.Fatal(err)
	}
	binding := func(name string, targets, healthy int32) *albv1alpha1.TargetGroupBinding {
		b := &albv1alpha1.TargetGroupBinding{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}
		b.Status.AtProvider.Targets, b.Status.AtProvider.Healthy = targets, healthy
		return b
	}
	ready := binding("ready", 3, 2)
	ready.SetConditions(xpv2.Condition{Type: xpv2.TypeReady, Status: corev1.ConditionTrue}, xpv2.Condition{Type: xpv2.TypeSynced, Status: corev1.ConditionTrue})
	programmed := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "a"}}
	programmed.Status.Conditions = []metav1.Condition{{Type: "Programmed", Status: metav1.ConditionTrue}}
	kube := fake.NewClientBuilder().WithScheme(s).WithObjects(ready, binding("new", 1, 0), programmed, &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "b"}}).Build()
	want := `# HELP provider_gateways Gateways by the status of their condition Programmed; those of other controllers are Unknown.
# TYPE provider_gateways gauge
provider_gateways{programmed="False"} 0
provider_gateways{programmed="True"} 1
provider_gateways{programmed="Unknown"} 1
# HELP provider_targets Targets that are registered, by namespace.
# TYPE provider_targets gauge
provider_targets{namespace="shop"} 4
# HELP provider_targets_healthy Targets that AWS says are healthy, by namespace.
# TYPE provider_targets_healthy gauge
provider_targets_healthy{namespace="shop"} 2
`
	if err := testutil.CollectAndCompare(newCensus(kube, s), strings.NewReader(want), "provider_gateways", "provider_targets", "provider_targets_healthy"); err != nil {
		t.Error(err)
	}
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(newCensus(kube, s))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if len(m.GetLabel()) == 1 && strings.HasSuffix(m.GetLabel()[0].GetValue(), "Kind=TargetGroupBinding") {
				got[f.GetName()] = m.GetGauge().GetValue()
			}
		}
	}
	if diff := cmp.Diff(map[string]float64{"crossplane_managed_resource_exists": 2, "crossplane_managed_resource_ready": 1, "crossplane_managed_resource_synced": 1}, got); diff != "" {
		t.Errorf("TargetGroupBindings: -want, +got:\n%s", diff)
	}
}
