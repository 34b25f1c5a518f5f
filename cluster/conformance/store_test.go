package conformance

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/apis/v1alpha2"
	"sigs.k8s.io/gateway-api/apis/v1alpha3"
	"sigs.k8s.io/gateway-api/apis/v1beta1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// newScheme has every kind that the suite's manifests hold and that translate reads.
func newScheme(tb testing.TB) *runtime.Scheme {
	tb.Helper()
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		clientgoscheme.AddToScheme, apiextensionsv1.AddToScheme, gwcfgv1.AddToScheme,
		gatewayv1.Install, v1beta1.Install, v1alpha2.Install, v1alpha3.Install,
	} {
		if err := add(s); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// A store keeps objects as the API server would: it gives them UIDs, times, generations and the defaults of their CRDs. It
// calls changed after each write that did not come from there.
type store struct {
	client.Client // for the suite
	kube          client.WithWatch
	defaults      defaults
	changed       func(context.Context) error

	mu    sync.Mutex
	made  int
	names map[types.UID]client.Object // every object ever made, empty but for its kind and name
}

func newStore(tb testing.TB, d defaults, seed ...client.Object) *store {
	tb.Helper()
	s := &store{defaults: d, made: len(seed), names: map[types.UID]client.Object{}, changed: func(context.Context) error { return nil }}
	s.kube = fake.NewClientBuilder().WithScheme(newScheme(tb)).WithObjects(seed...).
		WithStatusSubresource(&gatewayv1.GatewayClass{}, &gatewayv1.Gateway{}, &gatewayv1.HTTPRoute{}, &gatewayv1.GRPCRoute{}, &gatewayv1.ListenerSet{}).Build()
	s.Client = interceptor.NewClient(s.kube, interceptor.Funcs{
		Create: func(ctx context.Context, _ client.WithWatch, o client.Object, opts ...client.CreateOption) error {
			return s.create(ctx, o, opts...)
		},
		Update: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.UpdateOption) error {
			return s.write(ctx, o, func() error { return c.Update(ctx, o, opts...) })
		},
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			return s.write(ctx, o, func() error { return c.Patch(ctx, o, p, opts...) })
		},
		Delete: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.DeleteOption) error {
			if err := c.Delete(ctx, o, opts...); err != nil {
				return err
			}
			return s.changed(ctx)
		},
		SubResourceUpdate: func(ctx context.Context, c client.Client, sub string, o client.Object, opts ...client.SubResourceUpdateOption) error {
			if err := c.SubResource(sub).Update(ctx, o, opts...); err != nil {
				return err
			}
			return s.changed(ctx)
		},
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
			if err := c.SubResource(sub).Patch(ctx, o, p, opts...); err != nil {
				return err
			}
			return s.changed(ctx)
		},
	})
	return s
}

func (s *store) create(ctx context.Context, o client.Object, opts ...client.CreateOption) error {
	gvk, err := apiutil.GVKForObject(o, s.kube.Scheme())
	if err != nil {
		return err
	}
	if err := s.defaults.apply(gvk.GroupKind(), o); err != nil {
		return err
	}
	s.mu.Lock()
	s.made++
	o.SetUID(types.UID(fmt.Sprintf("uid-%s-%s-%s", gvk.Kind, o.GetNamespace(), o.GetName())))
	// One second apart, as precedence goes by age.
	o.SetCreationTimestamp(metav1.NewTime(time.Date(2026, 1, 1, 0, 0, s.made, 0, time.UTC)))
	s.mu.Unlock()
	o.SetGeneration(1)
	if gvk.Kind == "Namespace" {
		labels := o.GetLabels()
		if labels == nil {
			labels = map[string]string{}
		}
		labels["kubernetes.io/metadata.name"] = o.GetName() // by the API server
		o.SetLabels(labels)
	}
	if err := s.kube.Create(ctx, o, opts...); err != nil {
		return err
	}
	s.remember(gvk, o)
	if gvk.Kind == "Deployment" {
		return s.roll(ctx, o)
	}
	return s.changed(ctx)
}

// roll out a Deployment: a ready pod is made of it.
func (s *store) roll(ctx context.Context, o client.Object) error {
	d := &appsv1.Deployment{}
	if err := s.kube.Get(ctx, client.ObjectKeyFromObject(o), d); err != nil {
		return err
	}
	s.mu.Lock()
	address := fmt.Sprintf("10.64.0.%d", s.made)
	s.mu.Unlock()
	return s.create(ctx, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: d.Namespace, Name: d.Name + "-5d4f8c7b9-x2x2x", Labels: d.Spec.Template.Labels},
		Status: corev1.PodStatus{
			PodIP: address, PodIPs: []corev1.PodIP{{IP: address}}, Phase: corev1.PodRunning,
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}},
		},
	})
}

func (s *store) remember(gvk schema.GroupVersionKind, o client.Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	empty := &unstructured.Unstructured{}
	empty.SetGroupVersionKind(gvk)
	empty.SetNamespace(o.GetNamespace())
	empty.SetName(o.GetName())
	s.names[o.GetUID()] = empty
}

// write changes an object, and gives it a new generation if its spec is another than before.
func (s *store) write(ctx context.Context, o client.Object, do func() error) error {
	before, err := s.stored(ctx, o)
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	after, err := s.stored(ctx, o)
	if err != nil {
		return err
	}
	if err := s.defaults.apply(after.GroupVersionKind().GroupKind(), after); err != nil {
		return err
	}
	if !equality.Semantic.DeepEqual(before.Object["spec"], after.Object["spec"]) {
		after.SetGeneration(before.GetGeneration() + 1)
		if err := s.kube.Update(ctx, after); err != nil {
			return err
		}
	}
	if err := s.kube.Get(ctx, client.ObjectKeyFromObject(o), o); err != nil {
		return err
	}
	return s.changed(ctx)
}

func (s *store) stored(ctx context.Context, o client.Object) (*unstructured.Unstructured, error) {
	gvk, err := apiutil.GVKForObject(o, s.kube.Scheme())
	if err != nil {
		return nil, err
	}
	out := &unstructured.Unstructured{}
	out.SetGroupVersionKind(gvk)
	return out, s.kube.Get(ctx, client.ObjectKeyFromObject(o), out)
}

// objects are all that there are.
func (s *store) objects(ctx context.Context) ([]client.Object, error) {
	var out []client.Object
	for _, o := range s.names {
		got, ok := o.DeepCopyObject().(client.Object)
		if !ok {
			return nil, fmt.Errorf("%T is no API object", o)
		}
		if err := s.kube.Get(ctx, client.ObjectKeyFromObject(o), got); err != nil {
			return nil, err
		}
		out = append(out, got)
	}
	return out, nil
}

// list every object of the type of which slice is a list of pointers, and return such a list.
func (s *store) list(ctx context.Context, slice reflect.Type) (reflect.Value, error) {
	out := reflect.MakeSlice(slice, 0, 0)
	one, ok := reflect.New(slice.Elem().Elem()).Interface().(client.Object)
	if !ok {
		return out, fmt.Errorf("%s is no list of API objects", slice)
	}
	gvk, err := apiutil.GVKForObject(one, s.kube.Scheme())
	if err != nil {
		return out, err
	}
	l := &unstructured.UnstructuredList{}
	l.SetGroupVersionKind(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
	if err := s.kube.List(ctx, l); err != nil {
		return out, err
	}
	for _, item := range l.Items {
		o := reflect.New(slice.Elem().Elem())
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(item.Object, o.Interface()); err != nil {
			return out, err
		}
		out = reflect.Append(out, o)
	}
	return out, nil
}
