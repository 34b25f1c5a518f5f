package configuration

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

var now = metav1.NewTime(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).Local())

// A world is an API server with some objects, and what was done to it.
type world struct {
	*testing.T

	kube   client.WithWatch
	writes int
	events []string
}

func (w *world) Event(_ runtime.Object, e event.Event) {
	w.events = append(w.events, string(e.Type)+" "+string(e.Reason)+": "+e.Message)
}
func (w *world) WithAnnotations(_ ...string) event.Recorder { return w }

func newWorld(t *testing.T, objects ...client.Object) *world {
	t.Helper()
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{gatewayv1.Install, gwcfgv1.AddToScheme, corev1.AddToScheme} {
		if err := add(s); err != nil {
			t.Fatal(err)
		}
	}
	b := fake.NewClientBuilder().WithScheme(s).WithObjects(objects...)
	for _, k := range kinds() {
		b = b.WithStatusSubresource(k.object())
	}
	for _, i := range lookup.Indexes() {
		if s.IsGroupRegistered("alb.gateway.crossplane.io") || !isManaged(i.Object) {
			b = b.WithIndex(i.Object, i.Field, i.Values)
		}
	}
	w := &world{T: t}
	w.kube = interceptor.NewClient(b.Build(), interceptor.Funcs{
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			w.writes++
			return c.Patch(ctx, o, p, opts...)
		},
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
			w.writes++
			return c.SubResource(sub).Patch(ctx, o, p, opts...)
		},
	})
	return w
}

func isManaged(o client.Object) bool {
	return slices.ContainsFunc(lookup.Managed(), func(m client.Object) bool { return cmp.Equal(m, o) })
}

// settle a configuration of a kind: reconcile it until nothing is written.
func (w *world) settle(k kind, name string) {
	w.Helper()
	r := &Reconciler{kube: w.kube, live: w.kube, record: w, now: func() metav1.Time { return now }, kind: k}
	for range 5 {
		before := w.writes
		if _, err := r.Reconcile(w.Context(), ctrl.Request{NamespacedName: types.NamespacedName{Namespace: "shop", Name: name}}); err != nil {
			w.Fatal(err)
		}
		if w.writes == before {
			return
		}
	}
	w.Fatalf("no end of writes for %s", name)
}

func class() *gatewayv1.GatewayClass {
	return &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "alb"}, Spec: gatewayv1.GatewayClassSpec{ControllerName: "gateway.k8s.aws/alb"}}
}

func gateway(name, class, configuration string) *gatewayv1.Gateway {
	return &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Spec: gatewayv1.GatewaySpec{
		GatewayClassName: gatewayv1.ObjectName(class),
		Infrastructure: &gatewayv1.GatewayInfrastructure{ParametersRef: &gatewayv1.LocalParametersReference{
			Group: "gateway.k8s.aws", Kind: "LoadBalancerConfiguration", Name: configuration,
		}},
	}}
}

func lbc() *gwcfgv1.LoadBalancerConfiguration {
	return &gwcfgv1.LoadBalancerConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "lbc", Generation: 3}}
}

func get[T client.Object](w *world, o T) T {
	w.Helper()
	if err := w.kube.Get(w.Context(), client.ObjectKeyFromObject(o), o); err != nil {
		w.Fatal(err)
	}
	return o
}

func TestUsedBy(t *testing.T) {
	t.Parallel()
	ofOther := &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "other"}, Spec: gatewayv1.GatewayClassSpec{ControllerName: "example.com/other"}}
	ofClass := class()
	ofClass.Spec.ParametersRef = &gatewayv1.ParametersReference{Group: "gateway.k8s.aws", Kind: "LoadBalancerConfiguration", Namespace: new(gatewayv1.Namespace("shop")), Name: "lbc"}
	w := newWorld(t, ofClass, ofOther, gateway("web", "alb", "lbc"), gateway("api", "alb", "lbc"), gateway("foreign", "other", "lbc"), gateway("without", "alb", "another"), lbc())
	w.settle(loadBalancerConfigurations(), "lbc")

	got := get(w, lbc())
	if diff := cmp.Diff([]string{"Gateway shop/api", "Gateway shop/web", "GatewayClass alb"}, got.Status.UsedBy); diff != "" {
		t.Errorf("usedBy: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{gwcfgv1.FinalizerInUse}, got.Finalizers); diff != "" {
		t.Errorf("finalizers: -want, +got:\n%s", diff)
	}
	want := gwcfgv1.LoadBalancerConfigurationStatus{ObservedGatewayConfigurationGeneration: new(int64(3)), ObservedGatewayClassConfigurationGeneration: new(int64(3))}
	got.Status.Use = gwcfgv1.Use{}
	if diff := cmp.Diff(want, got.Status); diff != "" {
		t.Errorf("observed generations: -want, +got:\n%s", diff)
	}
}

func TestUnderstood(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason  string
		args    gwcfgv1.LoadBalancerConfigurationSpec
		status  metav1.ConditionStatus
		message string
	}{
		"Good":     {"Settings that an ALB has are understood.", gwcfgv1.LoadBalancerConfigurationSpec{SourceRanges: []string{"10.0.0.0/8"}}, metav1.ConditionTrue, "Settings are understood"},
		"Bad":      {"A value that AWS would refuse is named.", gwcfgv1.LoadBalancerConfigurationSpec{SourceRanges: []string{"here"}}, metav1.ConditionFalse, `sourceRanges of LoadBalancerConfiguration shop/lbc has "here"`},
		"OnlyNLBs": {"What only a Network Load Balancer has is named.", gwcfgv1.LoadBalancerConfigurationSpec{DisableSecurityGroup: new(true)}, metav1.ConditionTrue, "disableSecurityGroup of LoadBalancerConfiguration shop/lbc has no effect"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := lbc()
			c.Spec = tc.args
			w := newWorld(t, c)
			w.settle(loadBalancerConfigurations(), "lbc")
			got := meta.FindStatusCondition(get(w, lbc()).Status.Conditions, gwcfgv1.ConditionAccepted)
			if got == nil || got.Status != tc.status || !strings.Contains(got.Message, tc.message) || got.LastTransitionTime != now {
				t.Errorf("%s want Accepted %s with %q, got %+v", tc.reason, tc.status, tc.message, got)
			}
		})
	}
}

func TestTargetGroupSettingsUnderstood(t *testing.T) {
	t.Parallel()
	type props = gwcfgv1.TargetGroupProps
	attribute := func(key, value string) []gwcfgv1.TargetGroupAttribute {
		return []gwcfgv1.TargetGroupAttribute{{Key: key, Value: value}}
	}
	cases := map[string]struct {
		reason  string
		args    gwcfgv1.TargetGroupConfigurationSpec
		status  metav1.ConditionStatus
		message string
	}{
		"Good":     {"Settings that a target group has are understood.", gwcfgv1.TargetGroupConfigurationSpec{DefaultConfiguration: &props{TargetControlPort: new(int32(3000))}}, metav1.ConditionTrue, "Settings are understood"},
		"Bad":      {"A value that AWS would refuse is named.", gwcfgv1.TargetGroupConfigurationSpec{DefaultConfiguration: &props{TargetGroupAttributes: attribute("stickiness.enabled", "yes")}}, metav1.ConditionFalse, `defaultConfiguration has targetGroupAttributes with stickiness.enabled "yes", which AWS does not take`},
		"Protocol": {"So is a protocol that an ALB does not speak.", gwcfgv1.TargetGroupConfigurationSpec{DefaultConfiguration: &props{Protocol: new(gwcfgv1.ProtocolTLS)}}, metav1.ConditionFalse, "defaultConfiguration has protocol TLS"},
		"OnlyNLBs": {"What only a Network Load Balancer has is named.", gwcfgv1.TargetGroupConfigurationSpec{DefaultConfiguration: &props{TargetGroupAttributes: attribute("preserve_client_ip.enabled", "true")}}, metav1.ConditionTrue, "targetGroupAttributes[preserve_client_ip.enabled] of defaultConfiguration has no effect"},
		"OfRoute": {
			"So is what is wrong for certain routes.",
			gwcfgv1.TargetGroupConfigurationSpec{RouteConfigurations: []gwcfgv1.RouteConfiguration{{TargetGroupProps: props{TargetControlPort: new(int32(0))}}}},
			metav1.ConditionFalse, "routeConfigurations[0].targetGroupProps has targetControlPort 0",
		},
		"KindOfRoute": {
			"An entry for routes that an ALB does not serve says nothing.",
			gwcfgv1.TargetGroupConfigurationSpec{RouteConfigurations: []gwcfgv1.RouteConfiguration{{RouteIdentifier: gwcfgv1.RouteIdentifier{Kind: new("TCPRoute")}}}},
			metav1.ConditionTrue, "routeConfigurations[0] has no effect (kind TCPRoute",
		},
		"SameRoutes": {
			"Nor does a second one for the same routes.",
			gwcfgv1.TargetGroupConfigurationSpec{RouteConfigurations: []gwcfgv1.RouteConfiguration{
				{RouteIdentifier: gwcfgv1.RouteIdentifier{Kind: new("HTTPRoute")}}, {RouteIdentifier: gwcfgv1.RouteIdentifier{Kind: new("HTTPRoute"), Name: new("")}},
			}},
			metav1.ConditionTrue, "routeConfigurations[1] has no effect (routeConfigurations[0] is for the same routes)",
		},
		"OfGateway": {
			"A Gateway is no backend of an ALB.",
			gwcfgv1.TargetGroupConfigurationSpec{TargetReference: &gwcfgv1.Reference{Kind: new("Gateway"), Name: "web"}},
			metav1.ConditionTrue, "targetReference to kind Gateway",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &gwcfgv1.TargetGroupConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "tgc", Generation: 3}}
			w := newWorld(t, c)
			c.Spec = tc.args
			if err := w.kube.Update(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			w.settle(targetGroupConfigurations(), "tgc")
			got := meta.FindStatusCondition(get(w, c).Status.Conditions, gwcfgv1.ConditionAccepted)
			if got == nil || got.Status != tc.status || !strings.Contains(got.Message, tc.message) || got.LastTransitionTime != now {
				t.Errorf("%s want Accepted %s with %q, got %+v", tc.reason, tc.status, tc.message, got)
			}
		})
	}
}

func TestDeletionWaitsForUsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, class(), gateway("web", "alb", "lbc"), lbc())
	w.settle(loadBalancerConfigurations(), "lbc")
	if err := w.kube.Delete(t.Context(), lbc()); err != nil {
		t.Fatal(err)
	}
	w.settle(loadBalancerConfigurations(), "lbc")
	w.settle(loadBalancerConfigurations(), "lbc")
	got := meta.FindStatusCondition(get(w, lbc()).Status.Conditions, gwcfgv1.ConditionInUse)
	if got == nil || got.Reason != "DeletionBlocked" || !strings.Contains(got.Message, "Gateway shop/web") {
		t.Errorf("want InUse with reason DeletionBlocked and the Gateway's name, got %+v", got)
	}
	if len(w.events) != 1 || !strings.HasPrefix(w.events[0], "Warning DeletionBlocked: LoadBalancerConfiguration shop/lbc is in use: Deletion waits for Gateway shop/web") {
		t.Errorf("want one event that says who holds it, got %q", w.events)
	}

	if err := w.kube.Delete(t.Context(), gateway("web", "alb", "lbc")); err != nil {
		t.Fatal(err)
	}
	w.settle(loadBalancerConfigurations(), "lbc")
	if err := w.kube.Get(t.Context(), client.ObjectKeyFromObject(lbc()), lbc()); !kerrors.IsNotFound(err) {
		t.Errorf("want it gone when nothing uses it any more, got %v", err)
	}
}

// A Gateway that is on its way out translates nothing any more, so that a namespace can be deleted as a whole.
func TestLeavingGatewayHoldsNothing(t *testing.T) {
	t.Parallel()
	gw := gateway("web", "alb", "lbc")
	gw.Finalizers, gw.DeletionTimestamp = []string{"example.com/other"}, new(now)
	w := newWorld(t, class(), gw, lbc())
	w.settle(loadBalancerConfigurations(), "lbc")
	if got := get(w, lbc()); len(got.Finalizers) > 0 || len(got.Status.UsedBy) > 0 {
		t.Errorf("want it unused, got finalizers %v, usedBy %v", got.Finalizers, got.Status.UsedBy)
	}
}

func TestUsersThroughRoutes(t *testing.T) {
	t.Parallel()
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "cart"}, Spec: gatewayv1.HTTPRouteSpec{
		CommonRouteSpec: gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{{Name: "web"}}},
		Rules: []gatewayv1.HTTPRouteRule{{
			Filters:     []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterExtensionRef, ExtensionRef: &gatewayv1.LocalObjectReference{Group: "gateway.k8s.aws", Kind: "ListenerRuleConfiguration", Name: "lrc"}}},
			BackendRefs: []gatewayv1.HTTPBackendRef{{BackendRef: gatewayv1.BackendRef{BackendObjectReference: gatewayv1.BackendObjectReference{Name: "cart"}}}},
		}},
	}}
	tgc := &gwcfgv1.TargetGroupConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "tgc"}, Spec: gwcfgv1.TargetGroupConfigurationSpec{TargetReference: &gwcfgv1.Reference{Name: "cart"}}}
	usual := &gwcfgv1.TargetGroupConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "usual"}}
	lrc := &gwcfgv1.ListenerRuleConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "lrc"}}
	naming := lbc()
	naming.Spec.DefaultTargetGroupConfiguration = &gwcfgv1.DefaultTargetGroupConfigurationReference{Name: "usual"}
	w := newWorld(t, class(), gateway("web", "alb", "lbc"), route, tgc, usual, lrc, naming)

	for name, tc := range map[string]struct {
		kind kind
		want string
	}{
		"tgc":   {targetGroupConfigurations(), "HTTPRoute shop/cart"},
		"usual": {targetGroupConfigurations(), "LoadBalancerConfiguration shop/lbc"},
		"lrc":   {listenerRuleConfigurations(), "HTTPRoute shop/cart"},
	} {
		w.settle(tc.kind, name)
		o := tc.kind.object()
		o.SetNamespace("shop")
		o.SetName(name)
		if diff := cmp.Diff([]string{tc.want}, tc.kind.use(get(w, o)).UsedBy); diff != "" {
			t.Errorf("users of %s: -want, +got:\n%s", name, diff)
		}
		if diff := cmp.Diff([]string{gwcfgv1.FinalizerInUse}, o.GetFinalizers()); diff != "" {
			t.Errorf("finalizers of %s: -want, +got:\n%s", name, diff)
		}
	}
	for _, changed := range []client.Object{gateway("web", "alb", "lbc"), class(), route} {
		for _, k := range []kind{targetGroupConfigurations(), listenerRuleConfigurations()} {
			if len(woken(w, k, changed)) != 1 {
				t.Errorf("a change of %T wakes %v of kind %s, want the one that it uses", changed, woken(w, k, changed), k.name)
			}
		}
	}
}

// TestClientOfRule: a ListenerRuleConfiguration says whether the client that it names can be had, and never what it is.
func TestClientOfRule(t *testing.T) {
	t.Parallel()
	const hidden = "s3cr3t"
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "cart"}, Spec: gatewayv1.HTTPRouteSpec{
		CommonRouteSpec: gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{{Name: "web"}}},
		Rules: []gatewayv1.HTTPRouteRule{{
			Filters: []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterExtensionRef, ExtensionRef: &gatewayv1.LocalObjectReference{Group: "gateway.k8s.aws", Kind: "ListenerRuleConfiguration", Name: "lrc"}}},
		}},
	}}
	lrc := &gwcfgv1.ListenerRuleConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "lrc", Generation: 2}}
	lrc.Spec.Actions = []gwcfgv1.Action{{Type: gwcfgv1.ActionTypeAuthenticateOIDC, AuthenticateOIDCConfig: &gwcfgv1.AuthenticateOIDCActionConfig{
		Issuer: "https://idp.example.com", AuthorizationEndpoint: "https://idp.example.com/authorize", TokenEndpoint: "https://idp.example.com/token",
		UserInfoEndpoint: "https://idp.example.com/userinfo", Secret: gwcfgv1.Secret{Name: "client"},
	}}}
	w := newWorld(t, class(), gateway("web", "alb", "lbc"), route, lrc)
	w.settle(listenerRuleConfigurations(), "lrc")
	got := get(w, lrc)
	const why = "actions[0] names Secret shop/client, which does not exist; create it with the keys clientID and clientSecret"
	if got.Status.Accepted == nil || *got.Status.Accepted || *got.Status.Message != why || *got.Status.ObservedGeneration != 2 {
		t.Errorf("without a Secret: %+v, want not accepted: %s", got.Status, why)
	}

	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "client"}, Data: map[string][]byte{"clientID": []byte("shop"), "clientSecret": []byte(hidden)}}
	if err := w.kube.Create(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	changed := lookup.Metadata("Secret")
	changed.SetNamespace("shop")
	changed.SetName("client")
	if diff := cmp.Diff([]types.NamespacedName{{Namespace: "shop", Name: "lrc"}}, woken(w, listenerRuleConfigurations(), changed)); diff != "" {
		t.Errorf("woken by the Secret: -want, +got:\n%s", diff)
	}
	w.settle(listenerRuleConfigurations(), "lrc")
	got = get(w, lrc)
	if got.Status.Accepted == nil || !*got.Status.Accepted || *got.Status.Message != "Accepted" {
		t.Errorf("with a Secret: %+v, want accepted", got.Status)
	}
	if told := fmt.Sprintf("%+v %v", got, w.events); strings.Contains(told, hidden) {
		t.Error("status or events tell the client secret")
	}
}

func woken(w *world, k kind, changed client.Object) []types.NamespacedName {
	var out []types.NamespacedName
	for _, x := range k.watches {
		if reflect.TypeOf(x.object) != reflect.TypeOf(changed) {
			continue
		}
		out = append(out, x.used(w.Context(), w.kube, changed)...)
	}
	return out
}
