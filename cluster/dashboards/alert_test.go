package dashboards

import (
	"encoding/json"
	"log/slog"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

var promQL = parser.NewParser(parser.Options{})

// alerts of the file, as Prometheus reads it: unknown fields, wrong expressions and wrong templates are errors.
func alerts(t *testing.T) map[string]rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.ParseFile("alerts.yaml", false, model.LegacyValidation, promQL, slog.New(slog.DiscardHandler))
	for _, err := range errs {
		t.Error(err)
	}
	if groups == nil || t.Failed() {
		t.FailNow()
	}
	out := map[string]rulefmt.Rule{}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			out[r.Alert] = r
		}
	}
	return out
}

func TestDashboardIsRead(t *testing.T) {
	b, err := os.ReadFile("grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, p := range file.Panels {
		for _, target := range p.Targets {
			read++
			if _, err := promQL.ParseExpr(target.Expr); err != nil {
				t.Errorf("panel %q: %q: %v", p.Title, target.Expr, err)
			}
		}
	}
	if read < len(file.Panels) {
		t.Errorf("%d expressions of %d panels were found: the test looks for the wrong thing", read, len(file.Panels))
	}
}

// TestAlerts has for each alert series by which it fires, and series that come near.
func TestAlerts(t *testing.T) {
	cases := map[string]struct {
		reason string
		series string
		want   map[string]string // series of the alerts that fire, by name
	}{
		"Quiet": {
			"Nothing fires while all is well.",
			`provider_gateways{programmed="True"} 3x60
			provider_gateways{programmed="False"} 0x60
			crossplane_managed_resource_exists{gvk="LoadBalancer"} 3x60
			crossplane_managed_resource_ready{gvk="LoadBalancer"} 3x60
			provider_targets{namespace="shop"} 4x60
			provider_targets_healthy{namespace="shop"} 3x60
			provider_aws_calls_total{service="elbv2",operation="DescribeRules",outcome="ok"} 0+60x60
			provider_aws_calls_total{service="elbv2",operation="DescribeRules",outcome="throttled"} 0+1x60
			controller_runtime_reconcile_errors_total{controller="gateway"} 0+1x60`, nil,
		},
		"NotProgrammed": {
			"A Gateway is not served.", `provider_gateways{programmed="False"} 2x60`,
			map[string]string{"GatewayNotProgrammed": `{__name__="provider_gateways", programmed="False"}`},
		},
		"NotProgrammedForALittle": {"A load balancer takes minutes.", `provider_gateways{programmed="False"} 0x48 1x11`, nil},
		"NotReady": {
			"Objects of one kind are not Ready, those of the other are.",
			`crossplane_managed_resource_exists{gvk="Listener"} 3x60
			crossplane_managed_resource_ready{gvk="Listener"} 1x60
			crossplane_managed_resource_exists{gvk="LoadBalancer"} 1x60
			crossplane_managed_resource_ready{gvk="LoadBalancer"} 1x60`,
			map[string]string{"ManagedResourceNotReady": `{gvk="Listener"}`},
		},
		"Unhealthy": {
			"No target of one namespace is healthy; another namespace has none.",
			`provider_targets{namespace="shop"} 4x60
			provider_targets_healthy{namespace="shop"} 0x60
			provider_targets{namespace="empty"} 0x60
			provider_targets_healthy{namespace="empty"} 0x60`,
			map[string]string{"TargetsUnhealthy": `{__name__="provider_targets", namespace="shop"}`},
		},
		"Denied": {
			"AWS denies one operation.", `provider_aws_calls_total{service="elbv2",operation="CreateRule",outcome="denied"} 0+1x60`,
			map[string]string{"AWSDenies": `{operation="CreateRule", service="elbv2"}`},
		},
		"Throttled": {
			"One call of ten.",
			`provider_aws_calls_total{service="elbv2",operation="DescribeRules",outcome="ok"} 0+90x60
			provider_aws_calls_total{service="elbv2",operation="DescribeRules",outcome="throttled"} 0+10x60`,
			map[string]string{"AWSThrottles": `{}`},
		},
		"Failing": {
			"One reconcile in five seconds fails.", `controller_runtime_reconcile_errors_total{controller="gateway"} 0+12x60`,
			map[string]string{"ReconcilesFail": `{controller="gateway"}`},
		},
	}
	fired := map[string]bool{}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := fire(t, alerts(t), memoryOf(t, tc.series))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nalerts that fire: -want, +got:\n%s", tc.reason, diff)
			}
			for alert := range got {
				fired[alert] = true
			}
		})
	}
	for _, alert := range slices.Sorted(maps.Keys(alerts(t))) {
		if !fired[alert] {
			t.Errorf("no case makes alert %s fire", alert)
		}
	}
}

// fire returns the series of each alert that fires at the end, by name: those for which its expression has held for as long as it asks.
func fire(t *testing.T, all map[string]rulefmt.Rule, series memory) map[string]string {
	t.Helper()
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 100_000, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Parser: promQL})
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	end := time.Unix(0, 0).Add(window)
	var out map[string]string
	for name, r := range all {
		query, err := engine.NewRangeQuery(t.Context(), series, nil, r.Expr, end.Add(-time.Duration(r.For)), end, step)
		if err != nil {
			t.Fatalf("alert %s: %v", name, err)
		}
		matrix, err := query.Exec(t.Context()).Matrix()
		if err != nil {
			t.Fatalf("alert %s: %v", name, err)
		}
		for _, s := range matrix {
			if len(s.Floats) < int(time.Duration(r.For)/step)+1 {
				continue // it is pending
			}
			if out == nil {
				out = map[string]string{}
			}
			out[name] += s.Metric.String()
		}
		query.Close()
	}
	return out
}
