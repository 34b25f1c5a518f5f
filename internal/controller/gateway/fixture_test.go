package gateway

import (
	"context"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

const (
	ns     = "shop"
	gwName = "web"
	gwUID  = types.UID("uid-of-web")
	lbUID  = types.UID("uid-of-lb")
)

var (
	then = metav1.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Local())
	now  = metav1.NewTime(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).Local())
)

// A world is an API server with some objects, a reconciler, and what the reconciler did to it.
type world struct {
	kube   client.WithWatch
	r      *Reconciler
	writes []string // "verb Kind namespace/name"
	events []event.Event
}

func (w *world) Event(_ runtime.Object, e event.Event)      { w.events = append(w.events, e) }
func (w *world) WithAnnotations(_ ...string) event.Recorder { return w }

func newWorld(t *testing.T, objects ...client.Object) *world {
	t.Helper()
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, gatewayv1.Install, gwcfgv1.AddToScheme, albv1alpha1.AddToScheme} {
		if err := add(s); err != nil {
			t.Fatal(err)
		}
	}
	b := fake.NewClientBuilder().WithScheme(s).WithObjects(objects...).
		WithStatusSubresource(&gatewayv1.Gateway{}, &gatewayv1.HTTPRoute{}, &gatewayv1.GRPCRoute{}, &gatewayv1.GatewayClass{}, &gatewayv1.ListenerSet{}).
		WithStatusSubresource(lookup.Managed()...)
	for _, i := range lookup.Indexes() {
		b = b.WithIndex(i.Object, i.Field, i.Values)
	}
	w := &world{}
	w.kube = interceptor.NewClient(b.Build(), interceptor.Funcs{
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			verb := "patch"
			if p.Type() == types.ApplyPatchType {
				verb = "apply"
			}
			w.wrote(verb, o)
			if err := c.Patch(ctx, o, p, opts...); err != nil || o.GetUID() != "" {
				return err
			}
			o.SetUID(types.UID("uid-of-" + w.r.nameOf(o))) // The fake gives none.
			return c.Update(ctx, o)
		},
		Delete: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.DeleteOption) error {
			w.wrote("delete", o)
			if err := precondition(ctx, c, o, opts); err != nil {
				return err
			}
			return c.Delete(ctx, o, opts...)
		},
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
			w.wrote(sub, o)
			return c.SubResource(sub).Patch(ctx, o, p, opts...)
		},
	})
	w.r = &Reconciler{kube: w.kube, live: w.kube, log: logging.NewNopLogger(), record: w, now: func() metav1.Time { return now }}
	return w
}

// precondition that the API server checks and the fake does not.
func precondition(ctx context.Context, c client.Reader, o client.Object, opts []client.DeleteOption) error {
	p := (&client.DeleteOptions{}).ApplyOptions(opts).Preconditions
	is, ok := o.DeepCopyObject().(client.Object)
	if p == nil || p.UID == nil || !ok {
		return errors.New("delete without a UID as its precondition")
	}
	if err := c.Get(ctx, client.ObjectKeyFromObject(o), is); err != nil {
		return err
	}
	if is.GetUID() != *p.UID {
		return kerrors.NewConflict(schema.GroupResource{}, o.GetName(), errors.New("another UID"))
	}
	return nil
}

func (w *world) wrote(verb string, o client.Object) {
	w.writes = append(w.writes, verb+" "+w.r.nameOf(o))
}

// stored is an object as the API server has it.
func stored[T any, P object[T]](t *testing.T, w *world, namespace, name string) P {
	t.Helper()
	o := P(new(T))
	if err := w.kube.Get(t.Context(), types.NamespacedName{Namespace: namespace, Name: name}, o); err != nil {
		t.Fatalf("cannot get %T %s/%s: %v", o, namespace, name, err)
	}
	return o
}

func class(edit ...func(*gatewayv1.GatewayClass)) *gatewayv1.GatewayClass {
	c := &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "alb"}, Spec: gatewayv1.GatewayClassSpec{ControllerName: "gateway.k8s.aws/alb"}}
	for _, e := range edit {
		e(c)
	}
	return c
}

func gateway(edit ...func(*gatewayv1.Gateway)) *gatewayv1.Gateway {
	g := &gatewayv1.Gateway{
		ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: gwName, UID: gwUID, Generation: 3},
		Spec:       gatewayv1.GatewaySpec{GatewayClassName: "alb", Listeners: []gatewayv1.Listener{{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType}}},
	}
	for _, e := range edit {
		e(g)
	}
	return g
}

func annotated[T client.Object](value string) func(T) {
	return func(o T) { o.SetAnnotations(map[string]string{albv1alpha1.AnnotationProviderConfig: value}) }
}

func route(namespace, name string, edit ...func(*gatewayv1.HTTPRoute)) *gatewayv1.HTTPRoute {
	r := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Generation: 1}}
	for _, e := range edit {
		e(r)
	}
	return r
}

// grpcRoute is an HTTPRoute's like.
func grpcRoute(like *gatewayv1.HTTPRoute) *gatewayv1.GRPCRoute {
	r := &gatewayv1.GRPCRoute{ObjectMeta: like.ObjectMeta}
	r.Spec.CommonRouteSpec, r.Status.RouteStatus = like.Spec.CommonRouteSpec, like.Status.RouteStatus
	for _, rule := range like.Spec.Rules {
		into := gatewayv1.GRPCRouteRule{}
		for _, b := range rule.BackendRefs {
			into.BackendRefs = append(into.BackendRefs, gatewayv1.GRPCBackendRef{BackendRef: b.BackendRef})
		}
		r.Spec.Rules = append(r.Spec.Rules, into)
	}
	return r
}

func listenerSet(namespace, name, gw string, edit ...func(*gatewayv1.ListenerSet)) *gatewayv1.ListenerSet {
	s := &gatewayv1.ListenerSet{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Generation: 3}}
	s.Spec.ParentRef = gatewayv1.ParentGatewayReference{Namespace: new(gatewayv1.Namespace(ns)), Name: gatewayv1.ObjectName(gw)}
	s.Spec.Listeners = []gatewayv1.ListenerEntry{{Name: "extra", Port: 8080, Protocol: gatewayv1.HTTPProtocolType}}
	for _, e := range edit {
		e(s)
	}
	return s
}

func setRef(namespace, name string) gatewayv1.ParentReference {
	ref := parentRef(namespace, name)
	ref.Kind = new(gatewayv1.Kind("ListenerSet"))
	return ref
}

func parentRef(namespace, name string) gatewayv1.ParentReference {
	return gatewayv1.ParentReference{Namespace: new(gatewayv1.Namespace(namespace)), Name: gatewayv1.ObjectName(name)}
}

func withParent(refs ...gatewayv1.ParentReference) func(*gatewayv1.HTTPRoute) {
	return func(r *gatewayv1.HTTPRoute) { r.Spec.ParentRefs = append(r.Spec.ParentRefs, refs...) }
}

func withBackend(namespace, name string) func(*gatewayv1.HTTPRoute) {
	return func(r *gatewayv1.HTTPRoute) {
		ref := gatewayv1.BackendObjectReference{Namespace: new(gatewayv1.Namespace(namespace)), Name: gatewayv1.ObjectName(name)}
		r.Spec.Rules = append(r.Spec.Rules, gatewayv1.HTTPRouteRule{BackendRefs: []gatewayv1.HTTPBackendRef{{BackendRef: gatewayv1.BackendRef{BackendObjectReference: ref}}}})
	}
}

func withStatus(parents ...gatewayv1.RouteParentStatus) func(*gatewayv1.HTTPRoute) {
	return func(r *gatewayv1.HTTPRoute) { r.Status.Parents = parents }
}

func parentStatus(ref gatewayv1.ParentReference, controller string, conditions ...metav1.Condition) gatewayv1.RouteParentStatus {
	return gatewayv1.RouteParentStatus{ParentRef: ref, ControllerName: gatewayv1.GatewayController(controller), Conditions: conditions}
}

func verdict(kind string, status metav1.ConditionStatus, reason, message string) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: message, ObservedGeneration: 3}
}

func at(c metav1.Condition, when metav1.Time) metav1.Condition {
	c.LastTransitionTime = when
	return c
}

func ownedBy(kind, name string, uid types.UID) []metav1.OwnerReference {
	return []metav1.OwnerReference{{APIVersion: "v1", Kind: kind, Name: name, UID: uid, Controller: new(true), BlockOwnerDeletion: new(false)}}
}

func objectMeta(name string, uid types.UID, owners []metav1.OwnerReference) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: ns, Name: name, UID: uid, OwnerReferences: owners, Labels: map[string]string{albv1alpha1.LabelGatewayName: gwName}}
}

func loadBalancer(edit ...func(*albv1alpha1.LoadBalancer)) *albv1alpha1.LoadBalancer {
	lb := &albv1alpha1.LoadBalancer{ObjectMeta: objectMeta(gwName, lbUID, ownedBy("Gateway", gwName, gwUID))}
	for _, e := range edit {
		e(lb)
	}
	return lb
}

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

func service(namespace, name string) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
}

func clusterProviderConfig(name, cluster string) *albv1alpha1.ClusterProviderConfig {
	return &albv1alpha1.ClusterProviderConfig{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: albv1alpha1.ProviderConfigSpec{ClusterName: cluster}}
}

func keys[T any, P object[T]](all []*T) []string {
	var out []string
	for _, o := range all {
		out = append(out, client.ObjectKeyFromObject(P(o)).String())
	}
	return out
}

func names(all []client.Object) []string {
	var out []string
	for _, o := range all {
		out = append(out, client.ObjectKeyFromObject(o).String())
	}
	return out
}

func (w *world) announced() []string {
	var out []string
	for _, e := range w.events {
		out = append(out, string(e.Type)+" "+string(e.Reason)+": "+e.Message)
	}
	return out
}
