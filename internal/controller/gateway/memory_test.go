package gateway

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

func TestComparison(t *testing.T) {
	object := func(uid types.UID, version string) *albv1alpha1.LoadBalancer {
		return &albv1alpha1.LoadBalancer{ObjectMeta: metav1.ObjectMeta{UID: uid, ResourceVersion: version}}
	}
	want, err := digest(wanted())
	if err != nil {
		t.Fatal(err)
	}
	other, err := digest(wanted(func(lb *albv1alpha1.LoadBalancer) { lb.Spec.ForProvider.Tags["team"] = "sales" }))
	if err != nil {
		t.Fatal(err)
	}
	key := types.NamespacedName{Namespace: ns, Name: gwName}
	m := &memory{}
	c := comparison{before: m.recall(key), now: findings{}}
	if c.holds(object("1", "7"), want) {
		t.Error("who knows nothing says nothing")
	}
	c.found(object("1", "7"), want)
	c.found(object("2", "7"), want)
	m.keep(key, c.now)

	c = comparison{before: m.recall(key), now: findings{}}
	for name, tc := range map[string]struct {
		stored *albv1alpha1.LoadBalancer
		same   bool
		want   bool
	}{
		"Same":       {stored: object("1", "7"), same: true, want: true},
		"Changed":    {stored: object("1", "8"), same: true},
		"MadeAnew":   {stored: object("3", "7"), same: true},
		"Other want": {stored: object("1", "7")},
	} {
		digest := other
		if tc.same {
			digest = want
		}
		if got := c.holds(tc.stored, digest); got != tc.want {
			t.Errorf("%s: want %t, got %t", name, tc.want, got)
		}
	}
	m.keep(key, c.now)
	if got := m.recall(key); len(got) != 1 {
		t.Errorf("what a pass did not come by is not kept: got %v", got)
	}
}

// A pass over what has not changed remembers it; nothing is remembered of a Gateway that is gone.
func TestApplyRemembers(t *testing.T) {
	w := newWorld(t, gateway())
	s := stateOf(stored[gatewayv1.Gateway](t, w, ns, gwName))
	key := types.NamespacedName{Namespace: ns, Name: gwName}
	for _, want := range []int{0, 1, 1} { // made, compared, remembered
		if errs := w.r.apply(t.Context(), s, output(wanted())); len(errs) > 0 {
			t.Fatal(errs)
		}
		if got := w.r.memory.recall(key); len(got) != want {
			t.Errorf("want %d objects to be known, got %v", want, got)
		}
	}
	gw := stored[gatewayv1.Gateway](t, w, ns, gwName)
	gw.Finalizers = nil
	if err := w.kube.Update(t.Context(), gw); err != nil {
		t.Fatal(err)
	}
	if err := w.kube.Delete(t.Context(), gw, client.Preconditions{UID: new(gw.GetUID())}); err != nil {
		t.Fatal(err)
	}
	w.reconcile(t)
	if got := w.r.memory.recall(key); len(got) != 0 {
		t.Errorf("the Gateway is gone: got %v", got)
	}
}
