package lookup

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// grpcRoute refers to the same as route.
func grpcRoute() *gatewayv1.GRPCRoute {
	like := route()
	out := &gatewayv1.GRPCRoute{ObjectMeta: like.ObjectMeta}
	out.Spec.CommonRouteSpec, out.Status.RouteStatus = like.Spec.CommonRouteSpec, like.Status.RouteStatus
	for _, rule := range like.Spec.Rules {
		into := gatewayv1.GRPCRouteRule{}
		for _, b := range rule.BackendRefs {
			into.BackendRefs = append(into.BackendRefs, gatewayv1.GRPCBackendRef{BackendRef: b.BackendRef})
		}
		for i, f := range rule.Filters {
			filter := gatewayv1.GRPCRouteFilter{RequestMirror: f.RequestMirror, ExtensionRef: f.ExtensionRef}
			if i == 0 { // A filter may stand in a backend too.
				into.BackendRefs[0].Filters = append(into.BackendRefs[0].Filters, filter)
				continue
			}
			into.Filters = append(into.Filters, filter)
		}
		out.Spec.Rules = append(out.Spec.Rules, into)
	}
	return out
}

// TestRouteKinds: all kinds of routes refer to others in the same way.
func TestRouteKinds(t *testing.T) {
	for _, i := range Indexes() {
		if _, ok := i.Object.(*gatewayv1.HTTPRoute); !ok {
			continue
		}
		want := i.Values(route())
		if len(want) == 0 {
			t.Errorf("index %s: there is nothing to compare", i.Field)
		}
		if diff := cmp.Diff(want, grpcValues(t, i.Field)); diff != "" {
			t.Errorf("index %s of GRPCRoutes: -as of HTTPRoutes, +got:\n%s", i.Field, diff)
		}
	}
	for _, r := range []client.Object{route(), grpcRoute()} {
		if got := len(RouteStatus(r).Parents); got != 3 {
			t.Errorf("RouteStatus(%s): got %d parents, want 3", RouteKind(r), got)
		}
	}
}

func grpcValues(t *testing.T, field string) []string {
	t.Helper()
	for _, i := range Indexes() {
		if _, ok := i.Object.(*gatewayv1.GRPCRoute); ok && i.Field == field {
			return i.Values(grpcRoute())
		}
	}
	t.Fatalf("GRPCRoutes are not indexed by %s", field)
	return nil
}
