package controller_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/configuration"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gateway"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gatewayclass"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

// A cluster is a world that all controllers serve: what users write, and what comes of it.
type cluster struct {
	*world
	defaults defaults
	users    map[string]reconcile.Reconciler // by kind
	engines  map[string]reconcile.Reconciler // likewise
}

// userKinds that have controllers.
func userKinds() []client.ObjectList {
	return []client.ObjectList{
		&gatewayv1.GatewayClassList{}, &gwcfgv1.LoadBalancerConfigurationList{}, &gwcfgv1.TargetGroupConfigurationList{},
		&gwcfgv1.ListenerRuleConfigurationList{}, &gatewayv1.GatewayList{},
	}
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	var indexes []rig.Index
	for _, ix := range lookup.Indexes() {
		indexes = append(indexes, rig.Index{Object: ix.Object, Field: ix.Field, Values: ix.Values})
	}
	c := &cluster{world: newAccount(t, indexes...), defaults: readDefaults(t), engines: map[string]reconcile.Reconciler{}}
	kube, ok := c.Kube.(client.WithWatch)
	if !ok {
		t.Fatalf("%T cannot be intercepted", c.Kube)
	}
	c.Kube = interceptor.NewClient(kube, interceptor.Funcs{Patch: c.complete})
	c.users = map[string]reconcile.Reconciler{
		"GatewayClass": gatewayclass.New(c.Kube, c), "Gateway": gateway.New(c.Kube, c.Kube, c, gateway.Settings{}),
	}
	for kind, r := range configuration.New(c.Kube, c.Kube, c) {
		c.users[kind] = r
	}
	for _, k := range kinds {
		c.engines[k.name] = k.engine(c.world, c.account())
	}
	rig.Must(c.Rig, c.Kube.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: rig.Namespace}}))
	for _, o := range network(c.world) {
		rig.Must(c.Rig, c.Kube.Create(t.Context(), o))
	}
	return c
}

// complete what is applied as the API server does with a new object.
func (c *cluster) complete(ctx context.Context, kube client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
	if err := kube.Patch(ctx, o, p, opts...); err != nil || o.GetUID() != "" {
		return err
	}
	kind := kindOfObject(c.Rig, o)
	o.SetUID(types.UID(kind + "-" + o.GetName()))
	o.SetGeneration(1)
	if err := c.defaults.apply(kind, o); err != nil {
		return err
	}
	status, ok := o.DeepCopyObject().(client.Object)
	if err := kube.Update(ctx, o); err != nil || !ok {
		return err
	}
	status.SetResourceVersion(o.GetResourceVersion())
	return client.IgnoreNotFound(kube.Status().Update(ctx, status))
}

// apply the objects of a file, as Argo CD and Flux do.
func (c *cluster) apply(file string) {
	c.Helper()
	text := rig.Value(os.ReadFile(file))(c.Rig)
	decode := serializer.NewCodecFactory(c.Scheme).UniversalDeserializer()
	for doc := range bytes.SplitSeq(text, []byte("\n---\n")) {
		decoded, _, err := decode.Decode(doc, nil, nil)
		rig.Must(c.Rig, err)
		o, ok := decoded.(client.Object)
		if !ok {
			c.Fatalf("%T is not an API object", decoded)
		}
		o.SetLabels(maps.Clone(theirLabels))
		o.SetAnnotations(maps.Clone(theirAnnotations))
		o.SetUID(types.UID(kindOfObject(c.Rig, o) + "-" + o.GetName()))
		o.SetGeneration(1)
		c.add(c.defaults, o)
	}
}

// What Argo CD and Flux put on what they apply.
var (
	theirLabels = map[string]string{
		"app.kubernetes.io/instance": "shop", "argocd.argoproj.io/instance": "shop",
		"kustomize.toolkit.fluxcd.io/name": "shop", "kustomize.toolkit.fluxcd.io/namespace": "flux-system",
	}
	theirAnnotations = map[string]string{
		"argocd.argoproj.io/tracking-id": "shop:gateway.networking.k8s.io/Gateway:shop/web", "argocd.argoproj.io/sync-wave": "1",
		"kubectl.kubernetes.io/last-applied-configuration": "{}", "kustomize.toolkit.fluxcd.io/reconcile": "enabled",
	}
)

// objects of a list's kind.
func (c *cluster) list(l client.ObjectList) []client.Object {
	c.Helper()
	rig.Must(c.Rig, c.Kube.List(c.Context(), l))
	var out []client.Object
	for _, o := range rig.Value(apimeta.ExtractList(l))(c.Rig) {
		if o, ok := o.(client.Object); ok {
			out = append(out, o)
		}
	}
	return out
}

// made are the managed objects that there are, in the order of kinds.
func (c *cluster) made() []resource.Managed {
	c.Helper()
	var out []resource.Managed
	for _, k := range kinds {
		l, ok := rig.Value(c.Scheme.New(v1alpha1.GroupVersion.WithKind(k.name + "List")))(c.Rig).(client.ObjectList)
		if !ok {
			c.Fatalf("%s has no list", k.name)
		}
		for _, o := range c.list(l) {
			if mg, ok := o.(resource.Managed); ok {
				out = append(out, mg)
			}
		}
	}
	return out
}

// look of the users' controllers at all that there is.
func (c *cluster) lookOnce() {
	c.Helper()
	for _, l := range userKinds() {
		for _, o := range c.list(l) {
			c.run(c.users[kindOfObject(c.Rig, o)], o)
		}
	}
}

// turn of every controller at every object.
func (c *cluster) turn() {
	c.Helper()
	c.lookOnce()
	for _, mg := range c.made() {
		c.run(c.engines[kindOf(mg)], mg)
	}
}

func (c *cluster) run(r reconcile.Reconciler, o client.Object) {
	c.Helper()
	if _, err := r.Reconcile(c.Context(), reconcile.Request{NamespacedName: client.ObjectKeyFromObject(o)}); err != nil {
		c.Fatalf("%s %s: %v", kindOfObject(c.Rig, o), o.GetName(), err)
	}
}

// rest is when a turn writes nothing.
func (c *cluster) rest() {
	c.Helper()
	const enough = 40
	var before map[string]string
	for range enough {
		if before = c.stand(); len(before) == 0 {
			c.Fatal("there is nothing")
		}
		c.turn()
		if maps.Equal(before, c.stand()) {
			return
		}
	}
	c.Fatalf("no end of writes: %v", c.stand())
}

func (c *cluster) stand() map[string]string {
	c.Helper()
	out := map[string]string{}
	for _, l := range append(userKinds(), &gatewayv1.HTTPRouteList{}, &gatewayv1.GRPCRouteList{}, &gatewayv1.ListenerSetList{}) {
		for _, o := range c.list(l) {
			out[kindOfObject(c.Rig, o)+"/"+o.GetName()] = o.GetResourceVersion()
		}
	}
	for _, mg := range c.made() {
		out[nameOf(mg)] = mg.GetResourceVersion() + " " + rig.Synced(mg) + " " + rig.Ready(mg)
	}
	return out
}
