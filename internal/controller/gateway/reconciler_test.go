package gateway

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// shop is a Gateway with a route to a Service, and a route that refers to nothing.
func shop() []client.Object {
	svc := service(ns, "cart")
	svc.Spec = corev1.ServiceSpec{Type: corev1.ServiceTypeNodePort, Ports: []corev1.ServicePort{{Port: 80, NodePort: 30080}}}
	port := func(r *gatewayv1.HTTPRoute) { r.Spec.Rules[0].BackendRefs[0].Port = new(gatewayv1.PortNumber(80)) }
	exact := func(r *gatewayv1.HTTPRoute) {
		r.Spec.Rules[0].Matches = []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchExact), Value: new("/lost")}}}
	}
	return []client.Object{
		class(), gateway(), namespace(ns), svc,
		route(ns, "cart", withParent(parentRef(ns, gwName)), withBackend(ns, "cart"), port),
		route(ns, "lost", withParent(parentRef(ns, gwName)), withBackend(ns, "nowhere"), port, exact),
	}
}

func (w *world) reconcile(t *testing.T) {
	t.Helper()
	w.writes = nil
	if _, err := w.r.Reconcile(t.Context(), request); err != nil {
		t.Fatalf("Reconcile(...): %v", err)
	}
}

// converge reconciles until nothing is written, as watches of what is made would have it.
func (w *world) converge(t *testing.T) {
	t.Helper()
	for range 10 {
		if w.reconcile(t); len(w.writes) == 0 {
			return
		}
	}
	t.Fatalf("no end of writes: %v", w.writes)
}

func TestReconcileConverges(t *testing.T) {
	w := newWorld(t, append(shop(), clusterProviderConfig("default", "prod"))...)
	w.converge(t)

	for _, o := range []client.ObjectList{
		&albv1alpha1.LoadBalancerList{}, &albv1alpha1.SecurityGroupList{}, &albv1alpha1.ListenerList{},
		&albv1alpha1.ListenerRuleList{}, &albv1alpha1.TargetGroupList{}, &albv1alpha1.TargetGroupBindingList{},
	} {
		if err := w.kube.List(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if meta.LenList(o) == 0 {
			t.Errorf("%T is empty; a Gateway with a route to a Service takes at least one", o)
		}
	}
	gw := stored[gatewayv1.Gateway](t, w, ns, gwName)
	if diff := cmp.Diff([]string{albv1alpha1.FinalizerGateway}, gw.Finalizers); diff != "" {
		t.Errorf("finalizers: -want, +got:\n%s", diff)
	}
	if !meta.IsStatusConditionTrue(gw.Status.Conditions, "Accepted") || !meta.IsStatusConditionFalse(gw.Status.Conditions, "Programmed") {
		t.Errorf("conditions: got %+v, want Accepted, and not Programmed before there is a load balancer", gw.Status.Conditions)
	}
	for name, resolved := range map[string]bool{"cart": true, "lost": false} {
		parents := stored[gatewayv1.HTTPRoute](t, w, ns, name).Status.Parents
		if len(parents) != 1 || meta.IsStatusConditionTrue(parents[0].Conditions, "ResolvedRefs") != resolved {
			t.Errorf("HTTPRoute %s: got %+v, want one parent, ResolvedRefs %t", name, parents, resolved)
		}
	}

	w.reconcile(t)
	w.reconcile(t)
	if len(w.writes) > 0 {
		t.Errorf("after convergence: got writes %v, want none", w.writes)
	}
}

func TestReconcileWithoutProviderConfig(t *testing.T) {
	w := newWorld(t, shop()...)
	w.converge(t)
	gw := stored[gatewayv1.Gateway](t, w, ns, gwName)
	programmed := meta.FindStatusCondition(gw.Status.Conditions, "Programmed")
	want := "ClusterProviderConfig \"default\" does not exist; create it with the AWS region, the VPC and the name of this cluster, or name another one in annotation alb.gateway.crossplane.io/provider-config"
	if programmed == nil || programmed.Status != metav1.ConditionFalse || programmed.Message != want || programmed.ObservedGeneration != gw.Generation {
		t.Errorf("Programmed: got %+v, want False with message %q", programmed, want)
	}
	if !meta.IsStatusConditionTrue(gw.Status.Conditions, "Accepted") {
		t.Errorf("conditions: got %+v; whether a Gateway is valid is no matter of AWS", gw.Status.Conditions)
	}
	if len(gw.Finalizers) > 0 {
		t.Errorf("finalizers: got %v; there is nothing to wait for", gw.Finalizers)
	}
	l := &albv1alpha1.LoadBalancerList{}
	if err := w.kube.List(t.Context(), l); err != nil || len(l.Items) > 0 {
		t.Errorf("LoadBalancers: got %v, %v; want none", keys(pointers(l.Items)), err)
	}

	if err := w.kube.Create(t.Context(), clusterProviderConfig("default", "prod")); err != nil {
		t.Fatal(err)
	}
	w.converge(t)
	stored[albv1alpha1.LoadBalancer](t, w, ns, gwName)
}

// TestReconcileForgetsRoutes has a route that changes its parent.
func TestReconcileForgetsRoutes(t *testing.T) {
	w := newWorld(t, append(shop(), clusterProviderConfig("default", "prod"))...)
	w.converge(t)
	r := stored[gatewayv1.HTTPRoute](t, w, ns, "lost")
	r.Spec.ParentRefs = []gatewayv1.ParentReference{parentRef(ns, "other")}
	if err := w.kube.Update(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	w.converge(t)
	if diff := cmp.Diff([]gatewayv1.RouteParentStatus{}, stored[gatewayv1.HTTPRoute](t, w, ns, "lost").Status.Parents); diff != "" {
		t.Errorf("status.parents: -want, +got:\n%s", diff)
	}
}

func TestReconcileReportsWhatIsTaken(t *testing.T) {
	taken := &albv1alpha1.LoadBalancer{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: gwName, UID: types.UID("uid-of-handmade")}}
	w := newWorld(t, append(shop(), clusterProviderConfig("default", "prod"), taken)...)
	_, err := w.r.Reconcile(t.Context(), request)
	var te *takenError
	if !errors.As(err, &te) {
		t.Errorf("Reconcile(...): got %v, want a *takenError, to try again", err)
	}
	want := "LoadBalancer shop/web exists and belongs to somebody else; delete it, or give the Gateway another name"
	gw := stored[gatewayv1.Gateway](t, w, ns, gwName)
	if c := meta.FindStatusCondition(gw.Status.Conditions, "Programmed"); c == nil || c.Message != want {
		t.Errorf("Programmed: got %+v, want message %q", c, want)
	}
}
