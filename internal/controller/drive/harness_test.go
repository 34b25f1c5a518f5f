package drive

import (
	"context"
	"maps"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// A world is an API server, and something that stands outside of it, which the kind under test keeps.
type world struct {
	*testing.T

	kube   client.Client
	kind   Kind[*v1alpha1.SecurityGroup]
	engine reconcile.Reconciler

	// calls to the kind's client, and writes to the API server, since the last look.
	calls  map[string]int
	writes map[string]int

	// exists, and isAsDesired, the thing outside. errs are what a call to the kind's client fails with.
	exists, isAsDesired bool
	stubborn            bool // an update does not make it as desired
	diff                string
	adopts              bool                    // Observe finds it by its name
	lag                 *v1alpha1.SecurityGroup // what the cache still has
	errs                map[string]error
	events              events
}

var key = types.NamespacedName{Namespace: "shop", Name: "web"}

func group(change ...func(*v1alpha1.SecurityGroup)) *v1alpha1.SecurityGroup {
	mg := &v1alpha1.SecurityGroup{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name, UID: "1", Generation: 3}}
	mg.SetManagementPolicies(xpv2.ManagementPolicies{xpv2.ManagementActionAll})
	mg.SetProviderConfigReference(&xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"})
	for _, c := range change {
		c(mg)
	}
	return mg
}

func deleting(mg *v1alpha1.SecurityGroup) {
	mg.SetDeletionTimestamp(new(metav1.Now()))
	mg.SetFinalizers([]string{managed.FinalizerName})
}

func policies(actions ...xpv2.ManagementAction) func(*v1alpha1.SecurityGroup) {
	return func(mg *v1alpha1.SecurityGroup) { mg.SetManagementPolicies(actions) }
}

func newWorld(t *testing.T, mg *v1alpha1.SecurityGroup, more ...client.Object) *world {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, calls: map[string]int{}, writes: map[string]int{}, errs: map[string]error{}}
	config := &v1alpha1.ClusterProviderConfig{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	config.Spec = v1alpha1.ProviderConfigSpec{Region: "us-east-1", VpcID: "vpc-0a64000000000000a", ClusterName: "blue"}
	b := fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(&v1alpha1.SecurityGroup{}).WithObjects(config).WithObjects(more...)
	b = b.WithIndex(&v1alpha1.SecurityGroup{}, indexConfig, func(o client.Object) []string {
		ref := o.(*v1alpha1.SecurityGroup).GetProviderConfigReference()
		return []string{ref.Kind + "/" + ref.Name}
	})
	if mg != nil {
		b = b.WithObjects(mg)
	}
	w.kube = b.WithInterceptorFuncs(interceptor.Funcs{
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
			if mg, ok := o.(*v1alpha1.SecurityGroup); ok && w.lag != nil {
				w.lag.DeepCopyInto(mg)
				return nil
			}
			return c.Get(ctx, key, o, opts...)
		},
		Update: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.UpdateOption) error {
			w.writes["object"]++
			return c.Update(ctx, o, opts...)
		},
		SubResourceUpdate: func(ctx context.Context, c client.Client, sub string, o client.Object, opts ...client.SubResourceUpdateOption) error {
			w.writes[sub]++
			return c.SubResource(sub).Update(ctx, o, opts...)
		},
	}).Build()
	w.kind = Kind[*v1alpha1.SecurityGroup]{
		GVK: v1alpha1.SecurityGroupGroupVersionKind,
		New: func() *v1alpha1.SecurityGroup { return &v1alpha1.SecurityGroup{} },
		Connect: func(context.Context, *aws.Account, client.Reader, *v1alpha1.SecurityGroup) (managed.TypedExternalClient[*v1alpha1.SecurityGroup], error) {
			w.calls["connect"]++
			return w.client(), w.errs["connect"]
		},
	}
	return w.configure(func(*Kind[*v1alpha1.SecurityGroup]) {})
}

// configure the kind otherwise.
func (w *world) configure(change func(*Kind[*v1alpha1.SecurityGroup])) *world {
	change(&w.kind)
	w.engineWith(Options{Recorder: &w.events})
	return w
}

func (w *world) engineWith(o Options) {
	w.engine = New(w.kube, w.kube.Scheme(), aws.NewAccounts(w.kube, aws.Options{}), w.kind, o)
}

// events that were sent, as "Reason: message".
type events []string

func (e *events) Event(_ runtime.Object, ev event.Event) {
	*e = append(*e, string(ev.Reason)+": "+ev.Message)
}

func (e *events) WithAnnotations(...string) event.Recorder { return e }

func (w *world) client() managed.TypedExternalClient[*v1alpha1.SecurityGroup] {
	type mg = *v1alpha1.SecurityGroup
	return managed.TypedExternalClientFns[mg]{
		ObserveFn: func(_ context.Context, o mg) (managed.ExternalObservation, error) {
			w.calls["observe"]++
			if err := w.errs["observe"]; err != nil || !w.exists {
				return managed.ExternalObservation{}, err
			}
			adopted := w.adopts && meta.GetExternalName(o) == ""
			if adopted {
				meta.SetExternalName(o, "sg-1")
			}
			o.Status.AtProvider.GroupID = "sg-1"
			o.SetConditions(xpv2.Available())
			return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: w.isAsDesired, ResourceLateInitialized: adopted, Diff: w.diff}, nil
		},
		CreateFn: func(_ context.Context, o mg) (managed.ExternalCreation, error) {
			if mg := w.stored(); !meta.FinalizerExists(mg, managed.FinalizerName) || meta.GetExternalCreatePending(mg).IsZero() {
				w.Errorf("\nnothing is made before it is stored that it will be\nobject: %+v", mg.ObjectMeta)
			}
			w.calls["create"]++
			if err := w.errs["create"]; err != nil {
				return managed.ExternalCreation{}, err
			}
			w.exists, w.isAsDesired = true, true
			meta.SetExternalName(o, "sg-1")
			return managed.ExternalCreation{}, nil
		},
		UpdateFn: func(context.Context, mg) (managed.ExternalUpdate, error) {
			w.calls["update"]++
			if w.errs["update"] == nil && !w.stubborn {
				w.isAsDesired = true
			}
			return managed.ExternalUpdate{}, w.errs["update"]
		},
		DeleteFn: func(context.Context, mg) (managed.ExternalDelete, error) {
			w.calls["delete"]++
			if w.errs["delete"] == nil && !w.stubborn {
				w.exists = false
			}
			return managed.ExternalDelete{}, w.errs["delete"]
		},
		DisconnectFn: func(context.Context) error { return nil },
	}
}

// reconcile once.
func (w *world) reconcile() reconcile.Result {
	w.Helper()
	r, err := w.engine.Reconcile(w.Context(), reconcile.Request{NamespacedName: key})
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// stored object; nil if it is gone.
func (w *world) stored() *v1alpha1.SecurityGroup {
	w.Helper()
	mg := &v1alpha1.SecurityGroup{}
	if err := w.kube.Get(w.Context(), key, mg); client.IgnoreNotFound(err) != nil {
		w.Fatal(err)
	} else if err != nil {
		return nil
	}
	return mg
}

// seen since the last look.
func (w *world) seen() (calls, writes map[string]int) {
	calls, writes = maps.Clone(w.calls), maps.Clone(w.writes)
	clear(w.calls)
	clear(w.writes)
	return calls, writes
}

// conditions in their order, as "Type=Status Reason: message".
func conditions(mg *v1alpha1.SecurityGroup) []string {
	var out []string
	for _, c := range mg.Status.Conditions {
		text := string(c.Type) + "=" + string(c.Status) + " " + string(c.Reason)
		if c.Message != "" {
			text += ": " + c.Message
		}
		out = append(out, text)
	}
	return out
}
