package lookup

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

func name(namespace, name string) types.NamespacedName {
	return types.NamespacedName{Namespace: namespace, Name: name}
}

func backend(ref gatewayv1.BackendObjectReference) gatewayv1.HTTPBackendRef {
	return gatewayv1.HTTPBackendRef{BackendRef: gatewayv1.BackendRef{BackendObjectReference: ref}}
}

// route in namespace shop that has one of everything that can be referred to.
func route() *gatewayv1.HTTPRoute {
	return &gatewayv1.HTTPRoute{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "cart"},
		Spec: gatewayv1.HTTPRouteSpec{
			CommonRouteSpec: gatewayv1.CommonRouteSpec{ParentRefs: []gatewayv1.ParentReference{
				{Name: "web", SectionName: new(gatewayv1.SectionName("http"))},
				{Name: "web", SectionName: new(gatewayv1.SectionName("https"))},
				{Name: "edge", Namespace: new(gatewayv1.Namespace("infra")), Group: new(gatewayv1.Group(gatewayv1.GroupName)), Kind: new(gatewayv1.Kind("Gateway"))},
				{Name: "extra", Kind: new(gatewayv1.Kind("ListenerSet"))},
				{Name: "extra", Kind: new(gatewayv1.Kind("ListenerSet")), SectionName: new(gatewayv1.SectionName("https"))},
				{Name: "mesh", Group: new(gatewayv1.Group("")), Kind: new(gatewayv1.Kind("Service"))},
			}},
			Rules: []gatewayv1.HTTPRouteRule{{
				BackendRefs: []gatewayv1.HTTPBackendRef{
					backend(gatewayv1.BackendObjectReference{Name: "a"}),
					backend(gatewayv1.BackendObjectReference{Name: "b", Namespace: new(gatewayv1.Namespace("stock"))}),
					backend(gatewayv1.BackendObjectReference{Name: "c", Namespace: new(gatewayv1.Namespace("lab")), Kind: new(gatewayv1.Kind("Toaster"))}),
					backend(gatewayv1.BackendObjectReference{Name: "a"}),
				},
				Filters: []gatewayv1.HTTPRouteFilter{
					{RequestMirror: &gatewayv1.HTTPRequestMirrorFilter{BackendRef: gatewayv1.BackendObjectReference{Name: "mirror"}}},
					{ExtensionRef: &gatewayv1.LocalObjectReference{Group: gwcfgv1.Group, Kind: gwcfgv1.ListenerRuleConfigurationKind, Name: "rule"}},
					{ExtensionRef: &gatewayv1.LocalObjectReference{Group: "example.org", Kind: gwcfgv1.ListenerRuleConfigurationKind, Name: "other"}},
				},
			}},
		},
		Status: gatewayv1.HTTPRouteStatus{RouteStatus: gatewayv1.RouteStatus{Parents: []gatewayv1.RouteParentStatus{
			{ParentRef: gatewayv1.ParentReference{Name: "old"}, ControllerName: "gateway.k8s.aws/alb"},
			{ParentRef: gatewayv1.ParentReference{Name: "former", Kind: new(gatewayv1.Kind("ListenerSet"))}, ControllerName: "gateway.k8s.aws/alb"},
			{ParentRef: gatewayv1.ParentReference{Name: "theirs"}, ControllerName: "example.org/other"},
		}}},
	}
}

// gateway in namespace shop, with every kind of certificateRef.
func gateway() *gatewayv1.Gateway {
	listener := func(refs ...gatewayv1.SecretObjectReference) gatewayv1.Listener {
		return gatewayv1.Listener{TLS: &gatewayv1.ListenerTLSConfig{CertificateRefs: refs}}
	}
	return &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}, Spec: gatewayv1.GatewaySpec{Listeners: []gatewayv1.Listener{
		{},
		listener(gatewayv1.SecretObjectReference{Name: "a"}, gatewayv1.SecretObjectReference{Name: "b", Namespace: new(gatewayv1.Namespace("certs"))}),
		listener(gatewayv1.SecretObjectReference{Name: "a", Kind: new(gatewayv1.Kind("Secret")), Group: new(gatewayv1.Group(""))},
			gatewayv1.SecretObjectReference{Name: "c", Kind: new(gatewayv1.Kind("ConfigMap"))}, gatewayv1.SecretObjectReference{Name: "d", Group: new(gatewayv1.Group("example.org"))}),
	}}}
}

// validating Gateway in namespace shop, with every kind of caCertificateRef.
func validating() *gatewayv1.Gateway {
	ref := func(name, namespace string) gatewayv1.ObjectReference {
		out := gatewayv1.ObjectReference{Kind: "ConfigMap", Name: gatewayv1.ObjectName(name)}
		if namespace != "" {
			out.Namespace = new(gatewayv1.Namespace(namespace))
		}
		return out
	}
	validation := func(refs ...gatewayv1.ObjectReference) gatewayv1.TLSConfig {
		return gatewayv1.TLSConfig{Validation: &gatewayv1.FrontendTLSValidation{CACertificateRefs: refs}}
	}
	return &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}, Spec: gatewayv1.GatewaySpec{
		TLS: &gatewayv1.GatewayTLSConfig{Frontend: &gatewayv1.FrontendTLSConfig{
			Default: validation(ref("a", ""), gatewayv1.ObjectReference{Kind: "Secret", Name: "b"}, gatewayv1.ObjectReference{Group: "example.org", Kind: "ConfigMap", Name: "c"}),
			PerPort: []gatewayv1.TLSPortConfig{{Port: 443}, {Port: 8443, TLS: validation(ref("a", "shop"), ref("d", "certs"))}},
		}},
	}}
}

func TestConfigMaps(t *testing.T) {
	if diff := cmp.Diff([]types.NamespacedName{name("shop", "a"), name("certs", "d")}, ConfigMaps(validating())); diff != "" {
		t.Errorf("ConfigMaps(...): -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"certs"}, ConfigMapNamespaces(validating())); diff != "" {
		t.Errorf("ConfigMapNamespaces(...): -want, +got:\n%s", diff)
	}
	if got := ConfigMaps(gateway()); got != nil {
		t.Errorf("ConfigMaps(...) of a Gateway that validates nobody: %v", got)
	}
}

func TestSecretNamespaces(t *testing.T) {
	if diff := cmp.Diff([]string{"certs"}, SecretNamespaces(gateway())); diff != "" {
		t.Errorf("SecretNamespaces(...): -want, +got:\n%s", diff)
	}
}

func TestNames(t *testing.T) {
	cases := map[string]struct {
		reason string
		got    []types.NamespacedName
		want   []types.NamespacedName
	}{
		"Secrets": {
			reason: "Core Secrets that listeners refer to, each once.",
			got:    Secrets(gateway()),
			want:   []types.NamespacedName{name("shop", "a"), name("certs", "b")},
		},
		"Gateways": {
			reason: "A parent is a Gateway unless its group or kind says otherwise, in the route's namespace unless it names one.",
			got:    Gateways(route()),
			want:   []types.NamespacedName{name("shop", "web"), name("infra", "edge")},
		},
		"ReportedGateways": {
			reason: "Only entries of our controller name count.",
			got:    ReportedGateways(route()),
			want:   []types.NamespacedName{name("shop", "old")},
		},
		"ListenerSets": {
			reason: "A parent is a ListenerSet if its kind says so.",
			got:    ListenerSets(route()),
			want:   []types.NamespacedName{name("shop", "extra")},
		},
		"ReportedListenerSets": {
			reason: "Entries for ListenerSets are told from those for Gateways.",
			got:    ReportedListenerSets(route()),
			want:   []types.NamespacedName{name("shop", "former")},
		},
		"Parent": {
			reason: "A ListenerSet's parent is a Gateway, in its own namespace unless it names one.",
			got:    Parent(&gatewayv1.ListenerSet{ObjectMeta: metav1.ObjectMeta{Namespace: "shop"}, Spec: gatewayv1.ListenerSetSpec{ParentRef: gatewayv1.ParentGatewayReference{Name: "web"}}}),
			want:   []types.NamespacedName{name("shop", "web")},
		},
		"ParentOfAnotherKind": {
			reason: "What is no Gateway is no parent.",
			got:    Parent(&gatewayv1.ListenerSet{Spec: gatewayv1.ListenerSetSpec{ParentRef: gatewayv1.ParentGatewayReference{Name: "web", Kind: new(gatewayv1.Kind("Service"))}}}),
		},
		"Services": {
			reason: "Mirrors are Services too, other kinds are not.",
			got:    Services(route()),
			want:   []types.NamespacedName{name("shop", "a"), name("stock", "b"), name("shop", "mirror")},
		},
		"ListenerRuleConfigurations": {
			reason: "Only our group's kind counts.",
			got:    ListenerRuleConfigurations(route()),
			want:   []types.NamespacedName{name("shop", "rule")},
		},
		"GatewayWithoutInfrastructure": {
			reason: "infrastructure is optional.",
			got:    GatewayConfiguration(&gatewayv1.Gateway{}),
		},
		"GatewayConfiguration": {
			reason: "parametersRef of a Gateway is local to its namespace.",
			got: GatewayConfiguration(&gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "shop"}, Spec: gatewayv1.GatewaySpec{
				Infrastructure: &gatewayv1.GatewayInfrastructure{ParametersRef: &gatewayv1.LocalParametersReference{Group: gwcfgv1.Group, Kind: gwcfgv1.LoadBalancerConfigurationKind, Name: "cfg"}},
			}}),
			want: []types.NamespacedName{name("shop", "cfg")},
		},
		"GatewayConfigurationOfOthers": {
			reason: "A parametersRef to another kind is not ours to look up.",
			got: GatewayConfiguration(&gatewayv1.Gateway{Spec: gatewayv1.GatewaySpec{
				Infrastructure: &gatewayv1.GatewayInfrastructure{ParametersRef: &gatewayv1.LocalParametersReference{Kind: "ConfigMap", Name: "cfg"}},
			}}),
		},
		"ClassConfiguration": {
			reason: "parametersRef of a class names a namespace.",
			got: ClassConfiguration(&gatewayv1.GatewayClass{Spec: gatewayv1.GatewayClassSpec{ParametersRef: &gatewayv1.ParametersReference{
				Group: gwcfgv1.Group, Kind: gwcfgv1.LoadBalancerConfigurationKind, Namespace: new(gatewayv1.Namespace("infra")), Name: "cfg",
			}}}),
			want: []types.NamespacedName{name("infra", "cfg")},
		},
		"TargetService": {
			reason: "An empty group and kind are a Service.",
			got: TargetService(&gwcfgv1.TargetGroupConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: "shop"}, Spec: gwcfgv1.TargetGroupConfigurationSpec{
				TargetReference: &gwcfgv1.Reference{Name: "a"},
			}}),
			want: []types.NamespacedName{name("shop", "a")},
		},
		"TargetGateway": {
			reason: "A configuration for a Gateway is for no Service.",
			got: TargetService(&gwcfgv1.TargetGroupConfiguration{Spec: gwcfgv1.TargetGroupConfigurationSpec{
				TargetReference: &gwcfgv1.Reference{Group: new(gatewayv1.GroupName), Kind: new("Gateway"), Name: "web"},
			}}),
		},
	}
	for n, tc := range cases {
		t.Run(n, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.got); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestBackendNamespaces(t *testing.T) {
	want := []string{"lab", "stock"}
	if diff := cmp.Diff(want, BackendNamespaces(route())); diff != "" {
		t.Errorf("\nA grant may allow any kind of backend in another namespace.\n-want, +got:\n%s", diff)
	}
}
