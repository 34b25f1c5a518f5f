package reference_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

func listener(name, arn string) *albv1alpha1.Listener {
	return &albv1alpha1.Listener{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name},
		Status:     albv1alpha1.ListenerStatus{AtProvider: albv1alpha1.ListenerObservation{ARN: arn}},
	}
}

func kube(t *testing.T, objects ...client.Object) client.Client {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := albv1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	names := func(o client.Object) []string {
		r, ok := o.(*albv1alpha1.ListenerRule)
		if !ok {
			return nil
		}
		return reference.Names(r.Spec.ForProvider.ListenerRef)
	}
	return fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).
		WithIndex(&albv1alpha1.ListenerRule{}, reference.ByListener, names).Build()
}

func TestListener(t *testing.T) {
	dying := listener("dying", "arn:dying")
	dying.Finalizers = []string{"finalizer.managedresource.crossplane.io"}
	c := kube(t, listener("made", "arn:made"), listener("new", ""), dying)
	if err := c.Delete(t.Context(), dying); err != nil {
		t.Fatal(err)
	}
	type want struct {
		arn, waiting string
		gone         bool
	}
	byName := func(namespace, name string) reference.From {
		return reference.From{Namespace: namespace, Ref: &albv1alpha1.Reference{Name: name}}
	}
	cases := map[string]struct {
		reason string
		from   reference.From
		want   want
	}{
		"Made":    {"The ARN is that of the status.", byName("shop", "made"), want{arn: "arn:made"}},
		"New":     {"There is no ARN before AWS has given one.", byName("shop", "new"), want{waiting: `Listener "new" has no ARN yet`}},
		"Dying":   {"What is on its way out is not to be built upon.", byName("shop", "dying"), want{arn: "arn:dying", waiting: `Listener "dying" is being deleted`, gone: true}},
		"Missing": {"A reference may come before its object.", byName("shop", "other"), want{waiting: `Listener "other" is not there`, gone: true}},
		"Elsewhere": {
			"A reference does not leave its namespace.", byName("bank", "made"), want{waiting: `Listener "made" is not there`, gone: true},
		},
		"ARN": {"An ARN needs no object.", reference.From{Namespace: "shop", ARN: new("arn:given")}, want{arn: "arn:given"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r, err := reference.Listener(t.Context(), c, tc.from)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, want{r.ARN, r.Waiting(), r.Gone()}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\nListener(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// AWS deletes the listeners of a load balancer with it; the objects go later, by garbage collection.
func TestListenerGoesWithItsLoadBalancer(t *testing.T) {
	behind := func(name, lb string) *albv1alpha1.Listener {
		l := listener(name, "arn:"+name)
		l.Spec.ForProvider.LoadBalancerRef = &albv1alpha1.Reference{Name: lb}
		return l
	}
	c := kube(t, behind("orphan", "gone"), behind("served", "live"), &albv1alpha1.LoadBalancer{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "live"}})
	for name, gone := range map[string]bool{"orphan": true, "served": false} {
		r, err := reference.Listener(t.Context(), c, reference.From{Namespace: "shop", Ref: &albv1alpha1.Reference{Name: name}})
		if err != nil {
			t.Fatal(err)
		}
		if r.Gone() != gone {
			t.Errorf("Listener(%s).Gone(): want %t, got %t", name, gone, r.Gone())
		}
	}
}

func TestWake(t *testing.T) {
	rule := func(namespace, name, listener string) *albv1alpha1.ListenerRule {
		return &albv1alpha1.ListenerRule{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
			Spec:       albv1alpha1.ListenerRuleSpec{ForProvider: albv1alpha1.ListenerRuleParameters{ListenerRef: &albv1alpha1.Reference{Name: listener}}},
		}
	}
	c := kube(t, rule("shop", "a", "made"), rule("shop", "b", "other"), rule("bank", "c", "made"))
	got := reference.Wake(t.Context(), c, &albv1alpha1.ListenerRuleList{}, reference.To("shop", reference.ByListener, "made")...)
	if diff := cmp.Diff([]types.NamespacedName{{Namespace: "shop", Name: "a"}}, got); diff != "" {
		t.Errorf("Wake(...): -want, +got:\n%s", diff)
	}
}
