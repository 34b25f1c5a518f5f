package gateway

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

const ours = "gateway.k8s.aws/alb"

func TestReportGateway(t *testing.T) {
	accepted := verdict("Accepted", metav1.ConditionTrue, "Accepted", "Gateway is accepted")
	foreign := at(verdict("example.org/Audited", metav1.ConditionTrue, "Yes", ""), then)
	programmed := verdict("Programmed", metav1.ConditionTrue, "Programmed", "arn:aws:...")
	listener := func(conditions ...metav1.Condition) []gatewayv1.ListenerStatus {
		return []gatewayv1.ListenerStatus{{Name: "http", AttachedRoutes: 1, Conditions: conditions}}
	}
	type args struct {
		stored  gatewayv1.GatewayStatus
		want    gatewayv1.GatewayStatus
		missing *missingError
		applied []error
	}
	type want struct {
		status gatewayv1.GatewayStatus
		writes []string
		events []string
	}
	taken := &takenError{object: "LoadBalancer shop/web"}
	cases := map[string]struct {
		reason string
		args   args
		want   want
	}{
		"First": {
			reason: "What is new is stamped, listeners too, and announced.",
			args: args{
				stored: gatewayv1.GatewayStatus{Conditions: []metav1.Condition{at(verdict("Accepted", metav1.ConditionUnknown, "Pending", ""), then)}},
				want:   gatewayv1.GatewayStatus{Conditions: []metav1.Condition{accepted}, Listeners: listener(accepted)},
			},
			want: want{
				status: gatewayv1.GatewayStatus{Conditions: []metav1.Condition{at(accepted, now)}, Listeners: listener(at(accepted, now))},
				writes: []string{"status Gateway shop/web"},
				events: []string{
					"Normal Accepted: Accepted of Gateway shop/web is True: Gateway is accepted",
				},
			},
		},
		"Same": {
			reason: "A status that says the same is not written.",
			args: args{
				stored: gatewayv1.GatewayStatus{Conditions: []metav1.Condition{at(accepted, then), foreign}, Listeners: listener(at(accepted, then))},
				want:   gatewayv1.GatewayStatus{Conditions: []metav1.Condition{accepted, foreign}, Listeners: listener(accepted)},
			},
			want: want{status: gatewayv1.GatewayStatus{Conditions: []metav1.Condition{at(accepted, then), foreign}, Listeners: listener(at(accepted, then))}},
		},
		"NewGeneration": {
			reason: "A newer generation is written and is no transition, and no event.",
			args: args{
				stored: gatewayv1.GatewayStatus{Conditions: []metav1.Condition{{Type: "Accepted", Status: "True", Reason: "Accepted", Message: "Gateway is accepted", ObservedGeneration: 2, LastTransitionTime: then}}},
				want:   gatewayv1.GatewayStatus{Conditions: []metav1.Condition{accepted}},
			},
			want: want{status: gatewayv1.GatewayStatus{Conditions: []metav1.Condition{at(accepted, then)}}, writes: []string{"status Gateway shop/web"}},
		},
		"ProviderConfigMissing": {
			reason: "Without a ProviderConfig the Gateway stays accepted and is not programmed; the message says what to make.",
			args: args{
				want:    gatewayv1.GatewayStatus{Conditions: []metav1.Condition{accepted, programmed}},
				missing: &missingError{message: "create it"},
			},
			want: want{
				status: gatewayv1.GatewayStatus{Conditions: []metav1.Condition{at(accepted, now), at(verdict("Programmed", metav1.ConditionFalse, "Invalid", "create it"), now)}},
				writes: []string{"status Gateway shop/web"},
				events: []string{
					"Normal Accepted: Accepted of Gateway shop/web is True: Gateway is accepted",
					"Warning Invalid: Programmed of Gateway shop/web is False: create it",
				},
			},
		},
		"NameTaken": {
			reason: "What keeps a Gateway from being programmed is said there.",
			args: args{
				stored:  gatewayv1.GatewayStatus{Conditions: []metav1.Condition{at(verdict("Programmed", metav1.ConditionFalse, "Pending", "wait"), then)}},
				want:    gatewayv1.GatewayStatus{Conditions: []metav1.Condition{verdict("Programmed", metav1.ConditionFalse, "Pending", "wait")}},
				applied: []error{errors.New("boom"), errors.Wrap(taken, "cannot apply")},
			},
			want: want{
				status: gatewayv1.GatewayStatus{Conditions: []metav1.Condition{at(verdict("Programmed", metav1.ConditionFalse, "Invalid", taken.Error()), then)}},
				writes: []string{"status Gateway shop/web"},
				events: []string{"Warning Invalid: Programmed of Gateway shop/web is False: " + taken.Error()},
			},
		},
		"NameOfOneTaken": {
			reason: "A Gateway that is live stays so when one of its objects cannot be.",
			args: args{
				stored:  gatewayv1.GatewayStatus{Conditions: []metav1.Condition{at(programmed, then)}},
				want:    gatewayv1.GatewayStatus{Conditions: []metav1.Condition{programmed}},
				applied: []error{taken},
			},
			want: want{status: gatewayv1.GatewayStatus{Conditions: []metav1.Condition{at(programmed, then)}}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, gateway(func(g *gatewayv1.Gateway) { g.Status = tc.args.stored }))
			s := stateOf(stored[gatewayv1.Gateway](t, w, ns, gwName))
			s.missing = tc.args.missing
			if errs := w.r.report(t.Context(), s, translate.Output{Gateway: tc.args.want}, tc.args.applied); len(errs) > 0 {
				t.Fatal(errs)
			}
			got := want{status: stored[gatewayv1.Gateway](t, w, ns, gwName).Status, writes: w.writes, events: w.announced()}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("\n%s\nreport(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestReportRoute(t *testing.T) {
	web, edge := parentRef(ns, gwName), parentRef("infra", "edge")
	webHTTPS := parentRef(ns, gwName)
	webHTTPS.SectionName = new(gatewayv1.SectionName("https"))
	accepted := verdict("Accepted", metav1.ConditionTrue, "Accepted", "")
	refused := verdict("Accepted", metav1.ConditionFalse, "NoMatchingParent", "no")
	cases := map[string]struct {
		reason string
		stored []gatewayv1.RouteParentStatus
		want   []gatewayv1.RouteParentStatus
		after  []gatewayv1.RouteParentStatus
		events []string
	}{
		"First": {
			reason: "Our entry comes after those of others.",
			stored: []gatewayv1.RouteParentStatus{parentStatus(web, "example.org/other", at(refused, then))},
			want:   []gatewayv1.RouteParentStatus{parentStatus(web, ours, accepted)},
			after:  []gatewayv1.RouteParentStatus{parentStatus(web, "example.org/other", at(refused, then)), parentStatus(web, ours, at(accepted, now))},
			events: []string{"Normal Accepted: Accepted of HTTPRoute shop/cart for Gateway shop/web is True"},
		},
		"InPlace": {
			reason: "An entry keeps its place, its time while the status stays, and its neighbours: other controllers', and ours for other Gateways.",
			stored: []gatewayv1.RouteParentStatus{
				parentStatus(web, ours, at(accepted, then)), parentStatus(web, "example.org/other", at(refused, then)), parentStatus(edge, ours, at(accepted, then)),
			},
			want: []gatewayv1.RouteParentStatus{parentStatus(webHTTPS, ours, refused), parentStatus(web, ours, accepted)},
			after: []gatewayv1.RouteParentStatus{
				parentStatus(web, ours, at(accepted, then)), parentStatus(web, "example.org/other", at(refused, then)), parentStatus(edge, ours, at(accepted, then)),
				parentStatus(webHTTPS, ours, at(refused, now)),
			},
			events: []string{"Warning NoMatchingParent: Accepted of HTTPRoute shop/cart for Gateway shop/web listener https is False: no"},
		},
		"Gone": {
			reason: "Entries of ours for parents that the spec no longer has go; all others stay.",
			stored: []gatewayv1.RouteParentStatus{
				parentStatus(webHTTPS, ours, at(accepted, then)), parentStatus(web, ours, at(accepted, then)), parentStatus(edge, ours, at(accepted, then)), parentStatus(web, "example.org/other", at(accepted, then)),
			},
			after: []gatewayv1.RouteParentStatus{parentStatus(edge, ours, at(accepted, then)), parentStatus(web, "example.org/other", at(accepted, then))},
		},
		"NoneLeft": {
			reason: "The list may become empty, and is a list even then: the field is required.",
			stored: []gatewayv1.RouteParentStatus{parentStatus(web, ours, at(accepted, then))},
			after:  []gatewayv1.RouteParentStatus{},
		},
		"Same": {
			reason: "What is there is not written again.",
			stored: []gatewayv1.RouteParentStatus{parentStatus(web, ours, at(accepted, then))},
			want:   []gatewayv1.RouteParentStatus{parentStatus(web, ours, accepted)},
			after:  []gatewayv1.RouteParentStatus{parentStatus(web, ours, at(accepted, then))},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, route(ns, "cart", withStatus(tc.stored...)))
			r := stored[gatewayv1.HTTPRoute](t, w, ns, "cart")
			if err := w.r.reportRoute(t.Context(), r, scope{gateway: types.NamespacedName{Namespace: ns, Name: gwName}}, tc.want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.after, stored[gatewayv1.HTTPRoute](t, w, ns, "cart").Status.Parents); diff != "" {
				t.Errorf("\n%s\nstatus.parents: -want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.events, w.announced()); diff != "" {
				t.Errorf("\n%s\nevents: -want, +got:\n%s", tc.reason, diff)
			}
			if wrote, differs := len(w.writes) > 0, !cmp.Equal(tc.stored, tc.after); wrote != differs {
				t.Errorf("\n%s\nwrites: %v", tc.reason, w.writes)
			}
		})
	}
}

// TestReportGoesOn has a route that somebody else writes at the same time.
func TestReportGoesOn(t *testing.T) {
	accepted := parentStatus(parentRef(ns, gwName), ours, verdict("Accepted", metav1.ConditionTrue, "Accepted", ""))
	conflict := kerrors.NewConflict(schema.GroupResource{Resource: "httproutes"}, "a", errors.New("modified"))
	w := newWorld(t, gateway(), route(ns, "a"), route(ns, "b"), grpcRoute(route(ns, "b")), grpcRoute(route(ns, "c")), route(ns, "former", withStatus(accepted)))
	w.r.kube = interceptor.NewClient(w.kube, interceptor.Funcs{
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
			if o.GetName() == "a" {
				return conflict
			}
			return c.SubResource(sub).Patch(ctx, o, p, opts...)
		},
	})
	s := stateOf(stored[gatewayv1.Gateway](t, w, ns, gwName))
	s.routes = []client.Object{
		stored[gatewayv1.HTTPRoute](t, w, ns, "a"), stored[gatewayv1.HTTPRoute](t, w, ns, "b"), stored[gatewayv1.GRPCRoute](t, w, ns, "b"), stored[gatewayv1.GRPCRoute](t, w, ns, "c"),
	}
	s.former = []client.Object{stored[gatewayv1.HTTPRoute](t, w, ns, "former")}
	errs := w.r.report(t.Context(), s, translate.Output{Routes: []translate.RouteStatus{
		{Kind: "HTTPRoute", Namespace: ns, Name: "a", Parents: []gatewayv1.RouteParentStatus{accepted}},
		{Kind: "HTTPRoute", Namespace: ns, Name: "b", Parents: []gatewayv1.RouteParentStatus{accepted}},
		{Kind: "GRPCRoute", Namespace: ns, Name: "c", Parents: []gatewayv1.RouteParentStatus{accepted}},
	}}, nil)
	// GRPCRoute shop/b is another than HTTPRoute shop/b: nothing is said of it.
	if diff := cmp.Diff([]string{"status HTTPRoute shop/b", "status GRPCRoute shop/c", "status HTTPRoute shop/former"}, w.writes); diff != "" {
		t.Errorf("\nOne route's conflict does not hold up the others.\nwrites: -want, +got:\n%s", diff)
	}
	result, err := settle(errs)
	if err != nil || result.RequeueAfter != staleAfter {
		t.Errorf("settle(%v): got %v, %v; a conflict is tried again in silence", errs, result, err)
	}
}

func TestSettle(t *testing.T) {
	conflict := errors.Wrap(kerrors.NewConflict(schema.GroupResource{}, "a", errors.New("modified")), "cannot write")
	boom := errors.New("boom")
	result, err := settle([]error{conflict, boom})
	if !errors.Is(err, boom) || kerrors.IsConflict(err) || result.RequeueAfter != 0 {
		t.Errorf("settle(conflict, boom): got %v, %v; what is not a conflict is an error, with its backoff", result, err)
	}
	if result, err := settle(nil); err != nil || !result.IsZero() {
		t.Errorf("settle(nil): got %v, %v", result, err)
	}
}
