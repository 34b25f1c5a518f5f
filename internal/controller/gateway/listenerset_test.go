package gateway

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

func TestReportListenerSet(t *testing.T) {
	accepted := verdict("Accepted", metav1.ConditionTrue, "Accepted", "ListenerSet is accepted")
	refused := verdict("Accepted", metav1.ConditionFalse, "HostnameConflict", "Listener extra has a rival")
	foreign := at(verdict("example.org/Audited", metav1.ConditionTrue, "Yes", ""), then)
	status := func(entry metav1.Condition, conditions ...metav1.Condition) gatewayv1.ListenerSetStatus {
		return gatewayv1.ListenerSetStatus{Conditions: conditions, Listeners: []gatewayv1.ListenerEntryStatus{{Name: "extra", Conditions: []metav1.Condition{entry}}}}
	}
	w := newWorld(t, listenerSet(ns, "extra", gwName, func(s *gatewayv1.ListenerSet) { s.Status.Conditions = []metav1.Condition{foreign} }))
	report := func(want gatewayv1.ListenerSetStatus) {
		t.Helper()
		w.writes, w.events = nil, nil
		set := stored[gatewayv1.ListenerSet](t, w, ns, "extra")
		if errs := w.r.reportListenerSets(t.Context(), []*gatewayv1.ListenerSet{set}, []translate.ListenerSetStatus{{Namespace: ns, Name: "extra", Status: want}}); len(errs) > 0 {
			t.Fatal(errs)
		}
	}

	report(status(refused, accepted, foreign))
	if diff := cmp.Diff(status(at(refused, now), at(accepted, now), foreign), stored[gatewayv1.ListenerSet](t, w, ns, "extra").Status); diff != "" {
		t.Errorf("\nWhat is new is stamped, listeners too, and what others say stays.\n-want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"Normal Accepted: Accepted of ListenerSet shop/extra is True: ListenerSet is accepted",
		"Warning HostnameConflict: Accepted of listener extra of ListenerSet shop/extra is False: Listener extra has a rival",
	}, w.announced()); diff != "" {
		t.Errorf("events: -want, +got:\n%s", diff)
	}
	report(status(refused, accepted, foreign))
	if len(w.writes)+len(w.events) > 0 {
		t.Errorf("a status that says the same is written: %v, %v", w.writes, w.events)
	}
}

// TestListenerSetOfDeletedGateway: the ListenerSets hear at once that their Gateway goes.
func TestListenerSetOfDeletedGateway(t *testing.T) {
	w := newWorld(t, class(), gateway(holding, deleted), loadBalancer(holdingLoadBalancer), listenerSet("team", "extra", gwName))
	if _, err := w.r.Reconcile(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	got := stored[gatewayv1.ListenerSet](t, w, "team", "extra").Status.Conditions
	if len(got) != 2 || got[0].Reason != "ParentNotAccepted" || got[1].Reason != "ParentNotProgrammed" {
		t.Errorf("conditions: %v", got)
	}
}

func TestOrphanage(t *testing.T) {
	of := func(set string) gatewayv1.RouteParentStatus { return parentStatus(setRef(ns, set), ours) }
	theirs := parentStatus(setRef(ns, "gone"), "example.org/other")
	cases := map[string]struct {
		reason string
		set    string
		want   []gatewayv1.RouteParentStatus
	}{
		"Ours":           {reason: "What a Gateway of ours has the say about stays.", set: "kept", want: []gatewayv1.RouteParentStatus{of("kept"), of("foreign"), of("parentless"), of("gone"), theirs}},
		"Gone":           {reason: "A ListenerSet that is gone leaves no entry of ours, and those of others.", set: "gone", want: []gatewayv1.RouteParentStatus{of("kept"), of("foreign"), of("parentless"), theirs}},
		"GatewayGone":    {reason: "So does one whose Gateway is gone.", set: "parentless", want: []gatewayv1.RouteParentStatus{of("kept"), of("foreign"), of("gone"), theirs}},
		"GatewayForeign": {reason: "And one whose Gateway is another controller's.", set: "foreign", want: []gatewayv1.RouteParentStatus{of("kept"), of("parentless"), of("gone"), theirs}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, class(), gateway(), class(func(c *gatewayv1.GatewayClass) { c.Name, c.Spec.ControllerName = "other", "example.org/other" }),
				gateway(func(g *gatewayv1.Gateway) {
					g.Name, g.UID, g.Spec.GatewayClassName = "theirs", "uid-of-theirs", "other"
				}),
				listenerSet(ns, "kept", gwName), listenerSet(ns, "foreign", "theirs"), listenerSet(ns, "parentless", "missing"),
				route("team", "r", withStatus(of("kept"), of("foreign"), of("parentless"), of("gone"), theirs)))
			if _, err := (orphanage{w.r}).Reconcile(t.Context(), ctrl.Request{NamespacedName: types.NamespacedName{Namespace: ns, Name: tc.set}}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, stored[gatewayv1.HTTPRoute](t, w, "team", "r").Status.Parents); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
