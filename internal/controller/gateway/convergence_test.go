package gateway

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

func TestConvergence(t *testing.T) {
	registry := prometheus.NewRegistry()
	c := NewConvergence(registry)
	a, b := types.NamespacedName{Namespace: "shop", Name: "a"}, types.NamespacedName{Namespace: "shop", Name: "b"}
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	c.see(a, true, at(0))  // as it was when the provider started
	c.see(a, false, at(1)) // a change
	c.see(b, false, at(2))
	c.see(a, false, at(3))
	c.see(a, true, at(5)) // 4 s
	c.see(a, true, at(6))
	c.forget(b)
	c.see(b, true, at(9)) // another one of its name
	families, err := registry.Gather()
	if err != nil || len(families) != 1 {
		t.Fatalf("Gather(): %v, %v", families, err)
	}
	h := families[0].GetMetric()[0].GetHistogram()
	if h.GetSampleCount() != 1 || h.GetSampleSum() != 4 {
		t.Errorf("want one change that took 4 s, got %v", h)
	}
}

func TestLive(t *testing.T) {
	condition := func(kind string, status metav1.ConditionStatus) metav1.Condition {
		return metav1.Condition{Type: kind, Status: status}
	}
	with := func(gateway, listener, route metav1.ConditionStatus) translate.Output {
		out := translate.Output{}
		out.Gateway.Conditions = []metav1.Condition{condition("Programmed", gateway)}
		out.Gateway.Listeners = []gatewayv1.ListenerStatus{
			{Conditions: []metav1.Condition{condition("Accepted", "True"), condition("Programmed", listener)}},
			{Conditions: []metav1.Condition{condition("Accepted", "False"), condition("Programmed", "False")}},
		}
		out.Routes = []translate.RouteStatus{{Parents: []gatewayv1.RouteParentStatus{
			{Conditions: []metav1.Condition{condition(translate.RouteConditionProgrammed, route)}},
			{Conditions: []metav1.Condition{condition("Accepted", "False")}},
		}}}
		return out
	}
	cases := map[string]struct {
		reason string
		out    translate.Output
		want   bool
	}{
		"All":      {reason: "what is not accepted is not waited for", out: with("True", "True", "True"), want: true},
		"Gateway":  {reason: "the load balancer is made", out: with("False", "True", "True")},
		"Listener": {reason: "a listener is made", out: with("True", "False", "True")},
		"Rule":     {reason: "a rule of a route is made", out: with("True", "True", "False")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := live(tc.out); got != tc.want {
				t.Errorf("\n%s\nlive(...): want %t, got %t", tc.reason, tc.want, got)
			}
		})
	}
}
