package gateway

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// wanted is a LoadBalancer as translate puts it out.
func wanted(edit ...func(*albv1alpha1.LoadBalancer)) *albv1alpha1.LoadBalancer {
	lb := &albv1alpha1.LoadBalancer{
		TypeMeta: metav1.TypeMeta{APIVersion: albv1alpha1.GroupVersion.String(), Kind: "LoadBalancer"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: ns, Name: gwName, OwnerReferences: ownedBy("Gateway", gwName, gwUID),
			Labels: map[string]string{albv1alpha1.LabelGatewayName: gwName},
		},
		Spec: albv1alpha1.LoadBalancerSpec{
			ManagedResourceSpec: xpv2.ManagedResourceSpec{ProviderConfigReference: &xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"}},
			ForProvider: albv1alpha1.LoadBalancerParameters{
				Name:       new("k8s-shop-web-0123456789"),
				Scheme:     "internal",
				Attributes: []albv1alpha1.Attribute{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}},
				Tags:       map[string]string{"team": "shop"},
			},
		},
	}
	for _, e := range edit {
		e(lb)
	}
	return lb
}

func output(apply ...translate.Object) translate.Output { return translate.Output{Apply: apply} }

func stateOf(gw *gatewayv1.Gateway) *state { return &state{Input: translate.Input{Gateway: gw}} }

func TestApplyConverges(t *testing.T) {
	w := newWorld(t, gateway())
	s := stateOf(stored[gatewayv1.Gateway](t, w, ns, gwName))
	step := func(reason string, want *albv1alpha1.LoadBalancer, writes ...string) {
		t.Helper()
		w.writes = nil
		if errs := w.r.apply(t.Context(), s, output(want)); len(errs) > 0 {
			t.Fatal(errs)
		}
		if diff := cmp.Diff(writes, w.writes); diff != "" {
			t.Errorf("\n%s\nwrites: -want, +got:\n%s", reason, diff)
		}
	}
	byOthers := func(edit func(*albv1alpha1.LoadBalancer)) {
		t.Helper()
		lb := stored[albv1alpha1.LoadBalancer](t, w, ns, gwName)
		edit(lb)
		if err := w.kube.Update(t.Context(), lb); err != nil {
			t.Fatal(err)
		}
	}

	step("First the Gateway is held, then the object is made.", wanted(), "patch Gateway shop/web", "apply LoadBalancer shop/web")
	step("What is there is not written again.", wanted())

	byOthers(func(lb *albv1alpha1.LoadBalancer) {
		lb.SetAnnotations(map[string]string{annotationApplied: lb.GetAnnotations()[annotationApplied], "crossplane.io/paused": "true"})
		lb.SetFinalizers([]string{"finalizer.managedresource.crossplane.io"})
		lb.Spec.ManagementPolicies = xpv2.ManagementPolicies{xpv2.ManagementActionAll}
		lb.Spec.ForProvider.Attributes = append(lb.Spec.ForProvider.Attributes, albv1alpha1.Attribute{Key: "theirs", Value: "3"})
	})
	step("What others add is theirs.", wanted())

	byOthers(func(lb *albv1alpha1.LoadBalancer) { lb.Spec.ForProvider.Tags["team"] = "sales" })
	step("What others change of ours is put right.", wanted(), "apply LoadBalancer shop/web")
	if got := stored[albv1alpha1.LoadBalancer](t, w, ns, gwName).Spec.ForProvider.Tags["team"]; got != "shop" {
		t.Errorf("tag team is %q, want \"shop\"", got)
	}

	fewer := wanted(func(lb *albv1alpha1.LoadBalancer) { lb.Spec.ForProvider.Tags = nil })
	step("What is no longer wanted goes, though all that is wanted is there.", fewer, "apply LoadBalancer shop/web")
	if got := stored[albv1alpha1.LoadBalancer](t, w, ns, gwName).Spec.ForProvider.Tags; len(got) > 0 {
		t.Errorf("tags are %v, want none", got)
	}
	step("And that is that.", fewer)
}

func TestEnsure(t *testing.T) {
	deleted := func(lb *albv1alpha1.LoadBalancer) {
		lb.DeletionTimestamp = &then
		lb.Finalizers = []string{"x"}
	}
	type want struct {
		writes []string
		err    error
	}
	cases := map[string]struct {
		reason string
		stored client.Object
		want   want
	}{
		"Handmade": {
			reason: "An object without owner is somebody's own.",
			stored: loadBalancer(func(lb *albv1alpha1.LoadBalancer) { lb.OwnerReferences = nil }),
			want:   want{err: &takenError{object: "LoadBalancer shop/web"}},
		},
		"OthersGateway": {
			reason: "An object of another owner is not taken over, forced apply or not.",
			stored: loadBalancer(func(lb *albv1alpha1.LoadBalancer) { lb.OwnerReferences = ownedBy("Gateway", "other", "uid") }),
			want:   want{err: &takenError{object: "LoadBalancer shop/web"}},
		},
		"FormerOwner": {
			reason: "An object whose owner had the same name is about to be collected; its deletion wakes us.",
			stored: loadBalancer(func(lb *albv1alpha1.LoadBalancer) {
				lb.OwnerReferences = ownedBy("Gateway", gwName, "uid-of-former-web")
			}),
		},
		"Leaving": {
			reason: "An object that is being deleted is let go.",
			stored: loadBalancer(deleted),
		},
		"Ours": {
			reason: "An object of ours that lacks something is applied.",
			stored: loadBalancer(),
			want:   want{writes: []string{"apply LoadBalancer shop/web"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tc.stored)
			got := want{err: w.r.ensure(t.Context(), comparison{now: findings{}}, wanted())}
			got.writes = w.writes
			sameError := cmp.Comparer(func(a, b error) bool { return a == nil && b == nil || a != nil && b != nil && a.Error() == b.Error() })
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), sameError); diff != "" {
				t.Errorf("\n%s\nensure(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestApplyGoesOn(t *testing.T) {
	boom := errors.New("boom")
	w := newWorld(t, gateway(), &albv1alpha1.Listener{ObjectMeta: objectMeta("old", "uid-of-old", ownedBy("LoadBalancer", gwName, lbUID))})
	w.r.kube = interceptor.NewClient(w.kube, interceptor.Funcs{
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			if o.GetName() == "bad" {
				return boom
			}
			return c.Patch(ctx, o, p, opts...)
		},
	})
	out := output(wanted(func(lb *albv1alpha1.LoadBalancer) { lb.Name = "bad" }), wanted(func(lb *albv1alpha1.LoadBalancer) { lb.Name = "good" }))
	out.Prune = []translate.Object{stored[albv1alpha1.Listener](t, w, ns, "old")}

	errs := w.r.apply(t.Context(), stateOf(stored[gatewayv1.Gateway](t, w, ns, gwName)), out)
	if len(errs) != 1 || !errors.Is(errs[0], boom) || errs[0].Error() != "cannot apply LoadBalancer shop/bad: boom" {
		t.Errorf("apply(...): got errors %v, want one that names the object", errs)
	}
	want := []string{"patch Gateway shop/web", "apply LoadBalancer shop/good", "delete Listener shop/old"}
	if diff := cmp.Diff(want, w.writes); diff != "" {
		t.Errorf("\nOne object's error does not hold up the others.\nwrites: -want, +got:\n%s", diff)
	}
}

func TestApplyWithoutProviderConfig(t *testing.T) {
	w := newWorld(t, gateway())
	s := stateOf(stored[gatewayv1.Gateway](t, w, ns, gwName))
	s.missing = &missingError{message: "ClusterProviderConfig is missing"}
	out := output(wanted())
	out.Prune = []translate.Object{loadBalancer()}
	if errs := w.r.apply(t.Context(), s, out); len(errs) > 0 {
		t.Error(errs)
	}
	if diff := cmp.Diff([]string(nil), w.writes); diff != "" {
		t.Errorf("\nWithout a ProviderConfig nothing is made, nor is anything taken away.\nwrites: -want, +got:\n%s", diff)
	}
}

func TestRemove(t *testing.T) {
	successor := func() client.Object {
		return loadBalancer(func(lb *albv1alpha1.LoadBalancer) { lb.UID = "uid-of-successor" })
	}
	cases := map[string]struct {
		reason string
		stored client.Object
		remove client.Object
		writes []string
		gone   bool
	}{
		"Stored":    {reason: "What is stored goes.", stored: loadBalancer(), remove: loadBalancer(), writes: []string{"delete LoadBalancer shop/web"}, gone: true},
		"Gone":      {reason: "What is gone is no error.", remove: loadBalancer(), writes: []string{"delete LoadBalancer shop/web"}, gone: true},
		"Successor": {reason: "Another object of the same name stays.", stored: successor(), remove: loadBalancer(), writes: []string{"delete LoadBalancer shop/web"}},
		"Leaving": {
			reason: "What is being deleted is not deleted again.",
			stored: loadBalancer(),
			remove: loadBalancer(func(lb *albv1alpha1.LoadBalancer) { lb.DeletionTimestamp = &then }),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var objects []client.Object
			if tc.stored != nil {
				objects = append(objects, tc.stored)
			}
			w := newWorld(t, objects...)
			if err := w.r.remove(t.Context(), tc.remove); err != nil {
				t.Fatalf("\n%s\nremove(...): %v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.writes, w.writes); diff != "" {
				t.Errorf("\n%s\nwrites: -want, +got:\n%s", tc.reason, diff)
			}
			err := w.kube.Get(t.Context(), types.NamespacedName{Namespace: ns, Name: gwName}, &albv1alpha1.LoadBalancer{})
			if kerrors.IsNotFound(err) != tc.gone {
				t.Errorf("\n%s\nGet after remove: %v, want gone: %t", tc.reason, err, tc.gone)
			}
		})
	}
}
