package drive

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// An object that is deleted with its kind stays, and AWS is left alone.
func TestObjectsStayWhenTheirKindGoes(t *testing.T) {
	dying := group(deleting)
	deleted := new(dying.GetDeletionTimestamp().Rfc3339Copy())
	earlier, later := new(metav1.NewTime(deleted.Add(-time.Second))), new(metav1.NewTime(deleted.Add(time.Second)))
	asked, goes := map[string]int{"connect": 1, "observe": 1}, map[string]int{"connect": 1, "observe": 1, "delete": 1}
	cases := map[string]struct {
		reason string
		object *v1alpha1.SecurityGroup
		since  *metav1.Time
		calls  map[string]int
		says   string
	}{
		"KindWent":    {reason: "nobody asked for it to go", object: dying, since: earlier, calls: map[string]int{}, says: "The kind SecurityGroup is being deleted"},
		"AtOnce":      {reason: "times are told by the second", object: dying, since: deleted, calls: map[string]int{}, says: "The kind SecurityGroup is being deleted"},
		"KindIsGone":  {reason: "what the cache holds is old", object: dying, since: &metav1.Time{}, calls: map[string]int{}, says: "The kind SecurityGroup is being deleted"},
		"ObjectFirst": {reason: "it was to go before", object: dying, since: later, calls: goes},
		"ObjectGoes":  {reason: "it alone is to go", object: dying, calls: goes},
		"Lives":       {reason: "only what is deleted is asked about", object: group(), since: earlier, calls: asked},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tc.object.DeepCopy())
			w.exists, w.isAsDesired = true, true
			w.engineWith(Options{Withdrawal: func(context.Context) (*metav1.Time, error) { return tc.since, nil }})
			w.reconcile()
			calls, _ := w.seen()
			if diff := cmp.Diff(tc.calls, calls); diff != "" {
				t.Errorf("\n%s\ncalls: -want, +got:\n%s", tc.reason, diff)
			}
			if got := w.stored().GetCondition(xpv2.TypeReady).Message; !strings.Contains(got, tc.says) {
				t.Errorf("\n%s\nmessage: want %q, got %q", tc.reason, tc.says, got)
			}
		})
	}
}

// Who cannot know whether the kind is going deletes nothing.
func TestWithdrawalUnknown(t *testing.T) {
	w := newWorld(t, group(deleting))
	w.exists = true
	w.engineWith(Options{Withdrawal: func(context.Context) (*metav1.Time, error) { return nil, errors.New("forbidden") }})
	if _, err := w.engine.Reconcile(t.Context(), reconcile.Request{NamespacedName: key}); err == nil {
		t.Error("Reconcile(...): want an error")
	}
	if calls, _ := w.seen(); len(calls) > 0 {
		t.Errorf("calls: want none, got %v", calls)
	}
}

func TestWithdrawal(t *testing.T) {
	mapper := meta.NewDefaultRESTMapper(nil)
	mapper.Add(v1alpha1.SecurityGroupGroupVersionKind, meta.RESTScopeNamespace)
	now := new(metav1.Now().Rfc3339Copy())
	definition := func(finalizers ...string) *metav1.PartialObjectMetadata {
		d := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: "securitygroups.alb.gateway.crossplane.io", Finalizers: finalizers}}
		d.SetGroupVersionKind(definitions)
		if len(finalizers) > 0 {
			d.SetDeletionTimestamp(now)
		}
		return d
	}
	boom := errors.New("boom")
	cases := map[string]struct {
		reason  string
		objects []client.Object
		fails   error
		want    *metav1.Time
	}{
		"Served":  {reason: "a kind that is there stays", objects: []client.Object{definition()}},
		"Goes":    {reason: "a kind that is deleted goes", objects: []client.Object{definition("customresourcecleanup.apiextensions.k8s.io")}, want: now},
		"Gone":    {reason: "a kind that nothing defines has gone", want: &metav1.Time{}},
		"Unknown": {reason: "not to know is not to be there", objects: []client.Object{definition()}, fails: boom},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := runtime.NewScheme()
			if err := metav1.AddMetaToScheme(s); err != nil {
				t.Fatal(err)
			}
			s.AddKnownTypeWithName(definitions, &metav1.PartialObjectMetadata{})
			live := fake.NewClientBuilder().WithScheme(s).WithObjects(tc.objects...).WithInterceptorFuncs(interceptor.Funcs{
				Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
					if tc.fails != nil {
						return tc.fails
					}
					return c.Get(ctx, key, o, opts...)
				},
			}).Build()
			got, err := withdrawal(live, mapper, v1alpha1.SecurityGroupGroupVersionKind)(t.Context())
			if !got.Equal(tc.want) || !errors.Is(err, tc.fails) {
				t.Errorf("\n%s\nwithdrawal(): want %v, %v, got %v, %v", tc.reason, tc.want, tc.fails, got, err)
			}
		})
	}
}
