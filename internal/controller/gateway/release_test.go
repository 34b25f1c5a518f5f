package gateway

import (
	"testing"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

var request = ctrl.Request{NamespacedName: types.NamespacedName{Namespace: ns, Name: gwName}}

func holding(g *gatewayv1.Gateway) { g.Finalizers = []string{albv1alpha1.FinalizerGateway} }
func holdingLoadBalancer(lb *albv1alpha1.LoadBalancer) {
	lb.Finalizers = []string{"finalizer.managedresource.crossplane.io"}
}

func deleted(g *gatewayv1.Gateway) { g.DeletionTimestamp = &then }

// bad is a route that cannot be translated into anything sensible; it must not be looked at on the way out.
func bad(r *gatewayv1.HTTPRoute) {
	r.Spec.Rules = []gatewayv1.HTTPRouteRule{{BackendRefs: []gatewayv1.HTTPBackendRef{{BackendRef: gatewayv1.BackendRef{Weight: new(int32(-1))}}}}}
}

func TestDeletion(t *testing.T) {
	reported := parentStatus(parentRef(ns, gwName), ours, at(verdict("Accepted", metav1.ConditionTrue, "Accepted", ""), then))
	live := func(g *gatewayv1.Gateway) {
		g.Status.Conditions = []metav1.Condition{at(verdict("Programmed", metav1.ConditionTrue, "Programmed", "arn"), then)}
	}
	w := newWorld(t, class(), gateway(holding, deleted, live),
		loadBalancer(holdingLoadBalancer),
		route(ns, "cart", withParent(parentRef(ns, gwName)), bad, withStatus(reported, parentStatus(parentRef("infra", "edge"), ours))))
	step := func(reason string, writes ...string) {
		t.Helper()
		w.writes, w.events = nil, nil
		result, err := w.r.Reconcile(t.Context(), request)
		if err != nil || !result.IsZero() {
			t.Fatalf("\n%s\nReconcile(...): %v, %v", reason, result, err)
		}
		if diff := cmp.Diff(writes, w.writes); diff != "" {
			t.Errorf("\n%s\nwrites: -want, +got:\n%s", reason, diff)
		}
	}
	says := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, w.announced()); diff != "" {
			t.Errorf("events: -want, +got:\n%s", diff)
		}
	}

	step("The LoadBalancer is told to go, and the Gateway says that it waits.", "delete LoadBalancer shop/web", "status Gateway shop/web")
	says("Normal Pending: Programmed of Gateway shop/web is False: Deletion waits for LoadBalancer shop/web")
	step("It is told once.")

	lb := stored[albv1alpha1.LoadBalancer](t, w, ns, gwName)
	lb.SetConditions(xpv2.ReconcileError(kerrors.NewBadRequest("deletion protection is on")))
	if err := w.kube.Status().Update(t.Context(), lb); err != nil {
		t.Fatal(err)
	}
	step("What keeps the LoadBalancer is said on the Gateway.", "status Gateway shop/web")
	says("Warning DeletionBlocked: Programmed of Gateway shop/web is False: Deletion waits for LoadBalancer shop/web: deletion protection is on")

	lb.SetFinalizers(nil)
	if err := w.kube.Update(t.Context(), lb); err != nil {
		t.Fatal(err)
	}
	step("When it is gone, routes forget the Gateway and the Gateway may go.", "status HTTPRoute shop/cart", "patch Gateway shop/web")
	if diff := cmp.Diff([]gatewayv1.RouteParentStatus{parentStatus(parentRef("infra", "edge"), ours)}, stored[gatewayv1.HTTPRoute](t, w, ns, "cart").Status.Parents); diff != "" {
		t.Errorf("status.parents: -want, +got:\n%s", diff)
	}
	if err := w.kube.Get(t.Context(), request.NamespacedName, &gatewayv1.Gateway{}); !kerrors.IsNotFound(err) {
		t.Errorf("Gateway is still there: %v", err)
	}
	step("A Gateway that is gone wants nothing.")
}

func TestRelease(t *testing.T) {
	foreign := class(func(c *gatewayv1.GatewayClass) { c.Spec.ControllerName = "example.org/other" })
	reported := withStatus(parentStatus(parentRef(ns, gwName), ours))
	cases := map[string]struct {
		reason  string
		objects []client.Object
		writes  []string
	}{
		"NeverOurs": {
			reason:  "A Gateway of another class is not touched.",
			objects: []client.Object{foreign, gateway()},
		},
		"NoLongerOurs": {
			reason:  "A Gateway that went over to another class loses its LoadBalancer; its status is the other controller's.",
			objects: []client.Object{foreign, gateway(holding), loadBalancer()},
			writes:  []string{"delete LoadBalancer shop/web"},
		},
		"LetGo": {
			reason:  "And then our finalizer and our reports.",
			objects: []client.Object{foreign, gateway(holding), route(ns, "cart", reported)},
			writes:  []string{"status HTTPRoute shop/cart", "patch Gateway shop/web"},
		},
		"Service": {
			reason:  "Our Service goes too.",
			objects: []client.Object{foreign, gateway(holding), ownService(ownedBy("Gateway", gwName, gwUID)...)},
			writes:  []string{"delete Service shop/alb-web", "patch Gateway shop/web"},
		},
		"OthersService": {
			reason:  "And one of the same name that is not ours does not.",
			objects: []client.Object{foreign, gateway(holding), ownService()},
			writes:  []string{"patch Gateway shop/web"},
		},
		"AdoptedWithListeners": {
			reason:  "Of an adopted load balancer the listeners go first, as it does not take them along.",
			objects: []client.Object{foreign, gateway(holding), loadBalancer(adopting), listenerOf(lbUID)},
			writes:  []string{"delete Listener shop/web-80"},
		},
		"Adopted": {
			reason:  "And then the LoadBalancer, which stays in AWS.",
			objects: []client.Object{foreign, gateway(holding), loadBalancer(adopting), listenerOf("uid-of-another")},
			writes:  []string{"delete LoadBalancer shop/web"},
		},
		"NoClass": {
			reason:  "A Gateway whose class is not there (yet, or for a moment) keeps what it has.",
			objects: []client.Object{gateway(holding), loadBalancer()},
		},
		"DeletedWithoutClass": {
			reason:  "But it can be deleted.",
			objects: []client.Object{gateway(holding, deleted)},
			writes:  []string{"patch Gateway shop/web"},
		},
		"DeletedUnknown": {
			reason:  "A Gateway that was gone before we looked leaves no report on any route.",
			objects: []client.Object{class(), route(ns, "cart", withParent(parentRef(ns, gwName)), reported)},
			writes:  []string{"status HTTPRoute shop/cart"},
		},
		"OthersLoadBalancer": {
			reason:  "A LoadBalancer of the same name that another Gateway owns is none of ours.",
			objects: []client.Object{class(), gateway(holding, deleted), loadBalancer(func(lb *albv1alpha1.LoadBalancer) { lb.OwnerReferences = ownedBy("Gateway", "other", "uid") })},
			writes:  []string{"patch Gateway shop/web"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tc.objects...)
			if _, err := w.r.Reconcile(t.Context(), request); err != nil {
				t.Fatalf("\n%s\nReconcile(...): %v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.writes, w.writes); diff != "" {
				t.Errorf("\n%s\nwrites: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func adopting(lb *albv1alpha1.LoadBalancer) {
	lb.Spec.ForProvider.DNSName = new("theirs-1.us-east-1.elb.amazonaws.com")
}

func listenerOf(lb types.UID) *albv1alpha1.Listener {
	return &albv1alpha1.Listener{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "web-80", UID: "uid-of-listener", OwnerReferences: ownedBy("LoadBalancer", gwName, lb)}}
}

// ownService has the name of the one that stands for the load balancer.
func ownService(owners ...metav1.OwnerReference) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "alb-web", UID: "uid-of-service", OwnerReferences: owners}}
}

// TestReleaseAsksTheServer has a cache that has not yet seen the LoadBalancer.
func TestReleaseAsksTheServer(t *testing.T) {
	w := newWorld(t, class(), gateway(holding, deleted))
	w.r.live = newWorld(t, loadBalancer()).kube
	if _, err := w.r.Reconcile(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"delete LoadBalancer shop/web", "status Gateway shop/web"}, w.writes); diff != "" {
		t.Errorf("\nA Gateway does not go while the API server knows a LoadBalancer of it.\nwrites: -want, +got:\n%s", diff)
	}
}
