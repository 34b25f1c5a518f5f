package controller_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

// written are the objects of testdata/good.yaml or bad.yaml, which bears the names.
type written struct {
	class  *gatewayv1.GatewayClass
	lbc    *gwcfgv1.LoadBalancerConfiguration
	tgc    *gwcfgv1.TargetGroupConfiguration
	lrc    *gwcfgv1.ListenerRuleConfiguration
	gw     *gatewayv1.Gateway
	set    *gatewayv1.ListenerSet
	http   *gatewayv1.HTTPRoute
	grpc   *gatewayv1.GRPCRoute
	albums *album
	c      *cluster
}

func in(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: rig.Namespace, Name: name}
}

func good(c *cluster, a *album) *written {
	return &written{
		class: &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "alb"}},
		lbc:   &gwcfgv1.LoadBalancerConfiguration{ObjectMeta: in("lbc")}, tgc: &gwcfgv1.TargetGroupConfiguration{ObjectMeta: in("tgc")},
		lrc: &gwcfgv1.ListenerRuleConfiguration{ObjectMeta: in("lrc")}, gw: &gatewayv1.Gateway{ObjectMeta: in("web")},
		set: &gatewayv1.ListenerSet{ObjectMeta: in("more")}, http: &gatewayv1.HTTPRoute{ObjectMeta: in("shop")}, grpc: &gatewayv1.GRPCRoute{ObjectMeta: in("api")},
		c: c, albums: a,
	}
}

func bad(c *cluster, a *album) *written {
	return &written{
		class: &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "bad"}},
		lbc:   &gwcfgv1.LoadBalancerConfiguration{ObjectMeta: in("bad")}, tgc: &gwcfgv1.TargetGroupConfiguration{ObjectMeta: in("bad")},
		lrc: &gwcfgv1.ListenerRuleConfiguration{ObjectMeta: in("bad")}, gw: &gatewayv1.Gateway{ObjectMeta: in("bad")},
		set: &gatewayv1.ListenerSet{ObjectMeta: in("bad")}, http: &gatewayv1.HTTPRoute{ObjectMeta: in("bad")}, grpc: &gatewayv1.GRPCRoute{ObjectMeta: in("bad")},
		c: c, albums: a,
	}
}

// attached are what stands and falls with the load balancer.
func (w *written) attached() []client.Object { return []client.Object{w.gw, w.set, w.http, w.grpc} }

func (w *written) all() []client.Object {
	return append(w.attached(), w.class, w.lbc, w.tgc, w.lrc)
}

// take pictures of objects as they are now.
func (w *written) take(state string, objects ...client.Object) {
	w.c.Helper()
	for _, o := range objects {
		rig.Must(w.c.Rig, w.c.Kube.Get(w.c.Context(), client.ObjectKeyFromObject(o), o))
		w.albums.take(state, o)
	}
}

// Each kind that users write is brought into each state that its objects can be in, and its picture is taken.
func TestStatesOfGateways(t *testing.T) {
	c := newCluster(t)
	a := &album{Rig: c.Rig, pages: map[string]string{}}
	w := good(c, a)
	c.apply("testdata/good.yaml")
	w.take("new", w.all()...)
	c.lookOnce()
	c.lookOnce()
	w.take("waiting", w.attached()...)

	c.fault(simulator.Refused, "CreateLoadBalancer")
	for range 4 {
		c.turn()
	}
	w.take("refused", w.gw, w.set)
	c.forgive()
	c.fault(simulator.Refused, "CreateRule")
	for range 12 {
		c.turn()
	}
	w.take("refused", w.http, w.grpc)
	c.forgive()
	c.rest()
	w.take("ready", w.all()...)
	t.Run("Tree", func(t *testing.T) { tree(t, c) })
	t.Run("NothingOfTheirs", func(t *testing.T) { nothingOfTheirs(t, c) })

	c.apply("testdata/bad.yaml")
	c.rest()
	b := bad(c, a)
	b.take("invalid", b.all()...)
	for _, o := range w.all() {
		rig.Must(c.Rig, c.Kube.Get(t.Context(), client.ObjectKeyFromObject(o), o))
		o.SetGeneration(o.GetGeneration() + 1)
		rig.Must(c.Rig, c.Kube.Update(t.Context(), o))
	}
	w.take("changed", w.all()...)
	c.rest()
	w.farewell()
	a.check(t)
	everyOneSays(t, a)
}

// farewell: what is in use stays until it is not. Routes and ListenerSets go at once.
func (w *written) farewell() {
	w.c.Helper()
	for _, o := range []client.Object{w.class, w.lbc, w.tgc, w.lrc} {
		rig.Must(w.c.Rig, w.c.Kube.Delete(w.c.Context(), o))
	}
	w.c.lookOnce()
	w.take("deleting", w.class, w.lbc, w.tgc, w.lrc)
	rig.Must(w.c.Rig, w.c.Kube.Delete(w.c.Context(), w.gw))
	w.c.lookOnce()
	w.take("deleting", w.gw)
}

// tree of owners: as the README draws it.
func tree(t *testing.T, c *cluster) {
	t.Helper()
	got := map[string]bool{}
	for _, mg := range c.made() {
		owner := metav1.GetControllerOf(mg)
		if owner == nil {
			t.Errorf("%s has no owner", nameOf(mg))
			continue
		}
		if len(mg.GetOwnerReferences()) != 1 || owner.BlockOwnerDeletion == nil || *owner.BlockOwnerDeletion {
			t.Errorf("%s has other owners, or one that waits for it: %v", nameOf(mg), mg.GetOwnerReferences())
		}
		got[owner.Kind+" > "+kindOf(mg)] = true
	}
	want := []string{
		"Gateway > LoadBalancer", "Listener > ListenerRule", "LoadBalancer > Certificate", "LoadBalancer > Listener", "LoadBalancer > SecurityGroup",
		"LoadBalancer > SecurityGroupRule", "LoadBalancer > TargetGroup", "TargetGroup > TargetGroupBinding",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// nothingOfTheirs is on what we make: a copied label would have Argo CD or Flux prune it.
func nothingOfTheirs(t *testing.T, c *cluster) {
	t.Helper()
	for _, mg := range c.made() {
		for k := range theirLabels {
			if v, copied := mg.GetLabels()[k]; copied {
				t.Errorf("%s has the label %s: %s", nameOf(mg), k, v)
			}
		}
		for k := range mg.GetAnnotations() {
			if _, theirs := theirAnnotations[k]; theirs || strings.Contains(k, "argoproj.io/") || strings.Contains(k, "fluxcd.io/") {
				t.Errorf("%s has the annotation %s", nameOf(mg), k)
			}
		}
	}
}
