package forecast_test

import (
	"reflect"
	"slices"
	"testing"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/forecast"
)

// input is a Gateway with routes of these paths, each to Service web.
func input(paths ...string) translate.Input {
	meta := func(name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: "shop", Name: name, Generation: 1}
	}
	in := translate.Input{
		Class: &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "alb"}, Spec: gatewayv1.GatewayClassSpec{ControllerName: translate.ControllerName}},
		Gateway: &gatewayv1.Gateway{ObjectMeta: meta("gw"), Spec: gatewayv1.GatewaySpec{
			GatewayClassName: "alb", Listeners: []gatewayv1.Listener{{Name: "http", Protocol: gatewayv1.HTTPProtocolType, Port: 80}},
		}},
		Namespaces: []*corev1.Namespace{{ObjectMeta: metav1.ObjectMeta{Name: "shop"}}},
		Services:   []*corev1.Service{{ObjectMeta: meta("web"), Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}},
	}
	for _, p := range paths {
		r := &gatewayv1.HTTPRoute{ObjectMeta: meta("route-" + p[1:])}
		r.Spec.ParentRefs = []gatewayv1.ParentReference{{Name: "gw"}}
		r.Spec.Rules = []gatewayv1.HTTPRouteRule{{
			Matches: []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchExact), Value: &p}}},
			BackendRefs: []gatewayv1.HTTPBackendRef{{BackendRef: gatewayv1.BackendRef{
				BackendObjectReference: gatewayv1.BackendObjectReference{Name: "web", Port: new(gatewayv1.PortNumber(80))},
			}}},
		}}
		in.HTTPRoutes = append(in.HTTPRoutes, r)
	}
	return in
}

func names(o translate.Observed) []string {
	var out []string
	for object := range forecast.Objects(o) {
		out = append(out, reflect.TypeOf(object).Elem().Name())
	}
	return out
}

func TestOf(t *testing.T) {
	in := input("/a", "/b")
	before := in.Gateway.DeepCopy()
	f := forecast.Of(in)
	if !f.Settled || len(f.Output.Prune) > 0 {
		t.Fatalf("Of(...): settled %t, %d objects to prune; want the end", f.Settled, len(f.Output.Prune))
	}
	if !equality.Semantic.DeepEqual(before, in.Gateway) || len(in.Observed.LoadBalancers) > 0 {
		t.Error("Of(...) has written to its input")
	}
	want := []string{"Service", "LoadBalancer", "SecurityGroup", "Listener", "ListenerRule", "ListenerRule", "TargetGroup", "TargetGroupBinding", "SecurityGroupRule"}
	if diff := cmp.Diff(want, names(f.Observed)); diff != "" {
		t.Errorf("Of(...): everything down to the targets: -want, +got:\n%s", diff)
	}
	if i := slices.IndexFunc(f.Output.Gateway.Conditions, func(c metav1.Condition) bool { return c.Type == "Programmed" }); f.Output.Gateway.Conditions[i].Status != metav1.ConditionTrue {
		t.Errorf("Of(...): Programmed is %v; want True, as all is live", f.Output.Gateway.Conditions[i])
	}
	if f.Observed.LoadBalancers[0].Status.AtProvider.ARN != forecast.Planned {
		t.Errorf("Of(...): the load balancer has ARN %q; want that it is planned", f.Observed.LoadBalancers[0].Status.AtProvider.ARN)
	}

	in.Observed = f.Observed
	if again := forecast.Of(in); !equality.Semantic.DeepEqual(again.Observed, f.Observed) {
		t.Errorf("Of(its own outcome) differs: -want, +got:\n%s", cmp.Diff(f.Observed, again.Observed))
	}
}

func TestOfTakesAway(t *testing.T) {
	in := input("/a")
	in.Observed = forecast.Of(input("/a", "/b")).Observed
	f := forecast.Of(in)
	if n := len(f.Observed.ListenerRules); n != 1 {
		t.Errorf("Of(...): %d rules are left; want the one that is wanted", n)
	}
	in.Gateway.Spec.Listeners[0].Port = 8080
	f = forecast.Of(in)
	if got := names(f.Observed); len(f.Observed.Listeners) != 1 || f.Observed.Listeners[0].Spec.ForProvider.Port != 8080 || len(f.Observed.ListenerRules) != 1 {
		t.Errorf("Of(...): after a listener has gone to another port there are %v; want that its rules went with it", got)
	}
}

func TestOfKeepsRefusals(t *testing.T) {
	refused := func() translate.Observed {
		o := forecast.Of(input("/a")).Observed
		o.ListenerRules[0].SetConditions(xpv2.ReconcileError(errRefused{}))
		return o
	}
	in := input("/a")
	in.Observed = refused()
	if c := forecast.Of(in).Observed.ListenerRules[0].GetCondition(xpv2.TypeSynced); c.Status != corev1.ConditionFalse {
		t.Errorf("Of(...): a rule that AWS refuses is %v; want that it remains refused", c)
	}
	in = input("/c")
	in.Observed = refused()
	f := forecast.Of(in)
	if c := f.Observed.ListenerRules[0].GetCondition(xpv2.TypeSynced); c.Status != corev1.ConditionTrue {
		t.Errorf("Of(...): a rule that has changed since AWS refused it is %v; want that it is tried again", c)
	}
}

type errRefused struct{}

func (errRefused) Error() string { return "refused" }
