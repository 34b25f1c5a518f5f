package gatewayclass

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/google/go-cmp/cmp"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

var (
	then    = metav1.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Local())
	now     = metav1.NewTime(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).Local())
	request = ctrl.Request{NamespacedName: types.NamespacedName{Name: "alb"}}
)

const finalizer = gatewayv1.GatewayClassFinalizerGatewaysExist

// A world is an API server with some objects, a reconciler, and what the reconciler did to it.
type world struct {
	kube   client.WithWatch
	r      *Reconciler
	writes []string
	events []string
	fail   error // of every write
	lack   string
}

func (w *world) Event(_ runtime.Object, e event.Event) {
	w.events = append(w.events, string(e.Type)+" "+string(e.Reason))
}
func (w *world) WithAnnotations(_ ...string) event.Recorder { return w }

func newWorld(t *testing.T, objects ...client.Object) *world {
	t.Helper()
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{gatewayv1.Install, gwcfgv1.AddToScheme, albv1alpha1.AddToScheme} {
		if err := add(s); err != nil {
			t.Fatal(err)
		}
	}
	b := fake.NewClientBuilder().WithScheme(s).WithObjects(objects...).WithStatusSubresource(&gatewayv1.GatewayClass{})
	for _, i := range lookup.Indexes() {
		b = b.WithIndex(i.Object, i.Field, i.Values)
	}
	w := &world{}
	w.kube = interceptor.NewClient(b.Build(), interceptor.Funcs{
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			w.writes = append(w.writes, "patch")
			return errors.Join(w.fail, c.Patch(ctx, o, p, opts...))
		},
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
			w.writes = append(w.writes, sub)
			return errors.Join(w.fail, c.SubResource(sub).Patch(ctx, o, p, opts...))
		},
	})
	w.r = &Reconciler{kube: w.kube, record: w, now: func() metav1.Time { return now }, lack: func() string { return w.lack }}
	return w
}

func class(edit ...func(*gatewayv1.GatewayClass)) *gatewayv1.GatewayClass {
	c := &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "alb", Generation: 2}, Spec: gatewayv1.GatewayClassSpec{ControllerName: "gateway.k8s.aws/alb"}}
	for _, e := range edit {
		e(c)
	}
	return c
}

func foreign(c *gatewayv1.GatewayClass) { c.Spec.ControllerName = "example.org/other" }
func held(c *gatewayv1.GatewayClass)    { c.Finalizers = []string{finalizer} }
func deleted(c *gatewayv1.GatewayClass) { c.DeletionTimestamp = &then }

func configured(name string) func(*gatewayv1.GatewayClass) {
	return func(c *gatewayv1.GatewayClass) {
		c.Spec.ParametersRef = &gatewayv1.ParametersReference{
			Group: gwcfgv1.Group, Kind: gwcfgv1.LoadBalancerConfigurationKind, Namespace: new(gatewayv1.Namespace("infra")), Name: name,
		}
	}
}

func gateway(class string) *gatewayv1.Gateway {
	return &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}, Spec: gatewayv1.GatewaySpec{GatewayClassName: gatewayv1.ObjectName(class)}}
}

func TestFinalizer(t *testing.T) {
	cases := map[string]struct {
		reason  string
		objects []client.Object
		gone    bool
		want    []string
	}{
		"Used":           {reason: "A class with Gateways is held (GatewayClassFinalizerGatewaysExist).", objects: []client.Object{class(), gateway("alb")}, want: []string{finalizer}},
		"Unused":         {reason: "A class without is not.", objects: []client.Object{class(), gateway("other")}},
		"NoLongerUsed":   {reason: "When the last Gateway goes, so does the finalizer.", objects: []client.Object{class(held)}},
		"DeletedInUse":   {reason: "Deletion waits for the Gateways.", objects: []client.Object{class(held, deleted), gateway("alb")}, want: []string{finalizer}},
		"DeletedUnused":  {reason: "And then happens.", objects: []client.Object{class(held, deleted)}, gone: true},
		"Foreign":        {reason: "Another controller's class is not touched.", objects: []client.Object{class(foreign), gateway("alb")}},
		"ForeignAndHeld": {reason: "Not even its finalizer, which is not ours alone.", objects: []client.Object{class(foreign, held)}, want: []string{finalizer}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tc.objects...)
			if _, err := w.r.Reconcile(t.Context(), request); err != nil {
				t.Fatalf("\n%s\nReconcile(...): %v", tc.reason, err)
			}
			c := &gatewayv1.GatewayClass{}
			if err := w.kube.Get(t.Context(), request.NamespacedName, c); kerrors.IsNotFound(err) != tc.gone {
				t.Fatalf("\n%s\nGet(...): %v, want gone: %t", tc.reason, err, tc.gone)
			}
			if diff := cmp.Diff(tc.want, c.Finalizers); diff != "" {
				t.Errorf("\n%s\nfinalizers: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestReport(t *testing.T) {
	configuration := &gwcfgv1.LoadBalancerConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: "infra", Name: "cfg"}}
	audited := metav1.Condition{Type: "example.org/Audited", Status: metav1.ConditionTrue, Reason: "Yes", LastTransitionTime: then}
	cases := map[string]struct {
		reason  string
		objects []client.Object
		status  metav1.ConditionStatus
		because string
		event   string
	}{
		"Plain":      {reason: "A class without parameters is accepted.", objects: []client.Object{class()}, status: metav1.ConditionTrue, because: "Accepted", event: "Normal Accepted"},
		"Configured": {reason: "One whose configuration exists is too.", objects: []client.Object{class(configured("cfg")), configuration}, status: metav1.ConditionTrue, because: "Accepted", event: "Normal Accepted"},
		"Missing": {
			reason:  "One whose configuration does not exist is not (GatewayClassReasonInvalidParameters).",
			objects: []client.Object{class(configured("gone")), configuration}, status: metav1.ConditionFalse, because: "InvalidParameters", event: "Warning InvalidParameters",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if c, ok := tc.objects[0].(*gatewayv1.GatewayClass); ok {
				c.Status.Conditions = []metav1.Condition{audited}
			}
			w := newWorld(t, tc.objects...)
			for range 2 {
				if _, err := w.r.Reconcile(t.Context(), request); err != nil {
					t.Fatal(err)
				}
			}
			c := &gatewayv1.GatewayClass{}
			if err := w.kube.Get(t.Context(), request.NamespacedName, c); err != nil {
				t.Fatal(err)
			}
			got := meta.FindStatusCondition(c.Status.Conditions, "Accepted")
			if got == nil || got.Status != tc.status || got.Reason != tc.because || got.ObservedGeneration != 2 || !got.LastTransitionTime.Equal(&now) {
				t.Errorf("\n%s\nAccepted: got %+v, want %s/%s of generation 2, stamped", tc.reason, got, tc.status, tc.because)
			}
			if published := len(c.Status.SupportedFeatures) > 0; published != (tc.status == metav1.ConditionTrue) {
				t.Errorf("\nAn accepted class says what is supported.\ngot %+v", c.Status.SupportedFeatures)
			}
			if !slices.Contains(c.Status.Conditions, audited) {
				t.Errorf("\nA condition of somebody else stays.\ngot %+v", c.Status.Conditions)
			}
			if diff := cmp.Diff([]string{"status"}, w.writes); diff != "" {
				t.Errorf("\nTwo reconciles write once.\nwrites: -want, +got:\n%s", diff)
			}
			if diff := cmp.Diff([]string{tc.event}, w.events); diff != "" {
				t.Errorf("\n%s\nevents: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestConflict(t *testing.T) {
	w := newWorld(t, class(), gateway("alb"))
	w.fail = kerrors.NewConflict(schema.GroupResource{Resource: "gatewayclasses"}, "alb", errors.New("modified"))
	result, err := w.r.Reconcile(t.Context(), request)
	if err != nil || result.RequeueAfter != staleAfter {
		t.Errorf("Reconcile(...): got %v, %v; a conflict is tried again in silence", result, err)
	}
}
