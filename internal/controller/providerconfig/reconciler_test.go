package providerconfig

import (
	"context"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/providerconfig"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

type events []string

func (e *events) Event(_ runtime.Object, said event.Event) {
	*e = append(*e, string(said.Reason)+": "+said.Message)
}
func (e *events) WithAnnotations(...string) event.Recorder { return e }

// A desk is a reconciler of one kind, and the API server in front of it.
type desk struct {
	*testing.T
	kube   client.Client
	writes int
	said   events
	r      *Reconciler
}

func newDesk(t *testing.T, kind string, objects ...client.Object) *desk {
	t.Helper()
	s := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(s); err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t}
	d.kube = fake.NewClientBuilder().WithScheme(s).WithObjects(objects...).
		WithStatusSubresource(&v1alpha1.ProviderConfig{}, &v1alpha1.ClusterProviderConfig{}).
		WithInterceptorFuncs(interceptor.Funcs{
			Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
				d.writes++
				return c.Patch(ctx, o, p, opts...)
			},
			SubResourcePatch: func(ctx context.Context, c client.Client, sub string, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
				d.writes++
				return c.SubResource(sub).Patch(ctx, o, p, opts...)
			},
		}).Build()
	d.r = &Reconciler{kube: d.kube, live: d.kube, record: &d.said, kind: kind, object: kinds()[kind]}
	return d
}

func (d *desk) reconcile(o client.Object) ctrl.Result {
	d.Helper()
	d.writes = 0
	result, err := d.r.Reconcile(d.Context(), ctrl.Request{NamespacedName: client.ObjectKeyFromObject(o)})
	if err != nil {
		d.Fatalf("Reconcile(...): %v", err)
	}
	return result
}

func referring(o interface {
	client.Object
	SetProviderConfigReference(r *xpv2.ProviderConfigReference)
}, namespace, name, kind, config string,
) client.Object {
	o.SetNamespace(namespace)
	o.SetName(name)
	o.SetProviderConfigReference(&xpv2.ProviderConfigReference{Kind: kind, Name: config})
	return o
}

func TestReconcile(t *testing.T) {
	cluster := func() client.Object {
		return &v1alpha1.ClusterProviderConfig{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	}
	own := func() client.Object {
		return &v1alpha1.ProviderConfig{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "default"}}
	}
	cases := map[string]struct {
		reason string
		config client.Object
		users  []client.Object
		count  int64
		says   []string
	}{
		"Unused": {reason: "what nothing needs goes", config: cluster()},
		"Used": {
			reason: "what is needed stays and says for what",
			config: cluster(),
			users: []client.Object{
				referring(&v1alpha1.LoadBalancer{}, "shop", "web", "ClusterProviderConfig", "default"),
				referring(&v1alpha1.ListenerRule{}, "shop", "one", "ClusterProviderConfig", "default"),
				referring(&v1alpha1.ListenerRule{}, "other", "two", "ClusterProviderConfig", "default"),
			},
			count: 3,
			says:  []string{"1 of kind LoadBalancer and 2 of kind ListenerRule need it, such as LoadBalancer shop/web", "delete them first"},
		},
		"OthersUsed": {
			reason: "users of another config, or of one of the other kind, do not count",
			config: cluster(),
			users: []client.Object{
				referring(&v1alpha1.LoadBalancer{}, "shop", "a", "ClusterProviderConfig", "other"),
				referring(&v1alpha1.LoadBalancer{}, "shop", "b", "ProviderConfig", "default"),
			},
		},
		"Namespaced": {
			reason: "a ProviderConfig is needed by its own namespace only",
			config: own(),
			users: []client.Object{
				referring(&v1alpha1.TargetGroup{}, "shop", "a", "ProviderConfig", "default"),
				referring(&v1alpha1.TargetGroup{}, "other", "b", "ProviderConfig", "default"),
			},
			count: 1,
			says:  []string{"1 of kind TargetGroup need it, such as TargetGroup shop/a"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kind := "ClusterProviderConfig"
			if tc.config.GetNamespace() != "" {
				kind = "ProviderConfig"
			}
			d := newDesk(t, kind, append(tc.users, tc.config)...)
			d.reconcile(tc.config)
			if d.reconcile(tc.config); d.writes != 0 {
				t.Errorf("\na config that is held is let alone\nwrites: want 0, got %d", d.writes)
			}
			if err := d.kube.Delete(t.Context(), tc.config); err != nil {
				t.Fatal(err)
			}
			result := d.reconcile(tc.config)
			got := kinds()[kind]()
			err := d.kube.Get(t.Context(), client.ObjectKeyFromObject(tc.config), got)
			if tc.count == 0 {
				if !kerrors.IsNotFound(err) {
					t.Errorf("\n%s\nGet(...): want not found, got %v", tc.reason, err)
				}
				return
			}
			if err != nil {
				t.Fatalf("\n%s\nGet(...): %v", tc.reason, err)
			}
			c := got.GetCondition(providerconfig.TypeTerminating)
			if c.Status != corev1.ConditionTrue || c.Reason != providerconfig.ReasonInUse || got.GetUsers() != tc.count {
				t.Errorf("\n%s\nstatus: %+v, %d users", tc.reason, c, got.GetUsers())
			}
			for _, says := range tc.says {
				if !strings.Contains(c.Message, says) || len(d.said) != 1 || !strings.Contains(d.said[0], says) {
					t.Errorf("\n%s\nwant %q in the condition and one event, got %q, %q", tc.reason, says, c.Message, d.said)
				}
			}
			if result.RequeueAfter != lookAgain {
				t.Errorf("\nit is looked at again\nRequeueAfter: want %s, got %s", lookAgain, result.RequeueAfter)
			}
			if d.reconcile(tc.config); d.writes != 0 || len(d.said) != 1 {
				t.Errorf("\nnothing is said twice\nwrites: want 0, got %d; events: %q", d.writes, d.said)
			}
			for _, u := range tc.users {
				if err := d.kube.Delete(t.Context(), u); err != nil {
					t.Fatal(err)
				}
			}
			d.reconcile(tc.config)
			if err := d.kube.Get(t.Context(), client.ObjectKeyFromObject(tc.config), got); !kerrors.IsNotFound(err) {
				t.Errorf("\nit goes with its last user\nGet(...): want not found, got %v", err)
			}
		})
	}
}
