package gateway

import (
	"context"
	"slices"
	"testing"
	"time"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// TestLoad puts each thing that bears upon the Gateway beside one of its kind that does not.
func TestLoad(t *testing.T) {
	ours, other := withParent(parentRef(ns, gwName)), withParent(parentRef(ns, "other"))
	gw := gateway(validating, func(g *gatewayv1.Gateway) {
		g.Spec.Infrastructure = &gatewayv1.GatewayInfrastructure{ParametersRef: &gatewayv1.LocalParametersReference{
			Group: gwcfgv1.Group, Kind: gwcfgv1.LoadBalancerConfigurationKind, Name: "cfg",
		}}
		g.Spec.Listeners = append(g.Spec.Listeners, secured("https", secretRef("", "cert"), secretRef("certs", "shared"), secretRef("closed", "cert"), secretRef(ns, "missing")))
	})
	c := class(func(c *gatewayv1.GatewayClass) {
		c.Spec.ParametersRef = &gatewayv1.ParametersReference{
			Group: gwcfgv1.Group, Kind: gwcfgv1.LoadBalancerConfigurationKind, Namespace: new(gatewayv1.Namespace("infra")), Name: "gone",
		}
	})
	tgc := func(namespace, name string, ref *gwcfgv1.Reference) *gwcfgv1.TargetGroupConfiguration {
		return &gwcfgv1.TargetGroupConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: gwcfgv1.TargetGroupConfigurationSpec{TargetReference: ref}}
	}
	extension := func(r *gatewayv1.HTTPRoute) {
		r.Spec.Rules[0].Filters = []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterExtensionRef, ExtensionRef: &gatewayv1.LocalObjectReference{
			Group: gwcfgv1.Group, Kind: gwcfgv1.ListenerRuleConfigurationKind, Name: "rule",
		}}}
	}
	object := func(namespace, name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: namespace, Name: name}
	}
	grant := func(namespace, from, kind, to string) *gatewayv1.ReferenceGrant {
		return &gatewayv1.ReferenceGrant{ObjectMeta: object(namespace, "grant"), Spec: gatewayv1.ReferenceGrantSpec{
			From: []gatewayv1.ReferenceGrantFrom{{Group: gatewayv1.GroupName, Kind: gatewayv1.Kind(kind), Namespace: gatewayv1.Namespace(from)}},
			To:   []gatewayv1.ReferenceGrantTo{{Kind: gatewayv1.Kind(to)}},
		}}
	}

	w := newWorld(t,
		gw, c, bundled(clusterProviderConfig("default", "prod")),
		namespace(ns), namespace("team"), namespace("elsewhere"),
		route(ns, "cart", ours, withBackend(ns, "cart"), extension),
		route("team", "stock", ours, withBackend("depot", "stock"), withBackend("depot", "missing")),
		route(ns, "unrelated", other, withBackend(ns, "unrelated"), withBackend("elsewhere", "x")),
		route(ns, "former", other, withStatus(parentStatus(parentRef(ns, gwName), "gateway.k8s.aws/alb"))),
		grpcRoute(route("team", "calls", ours, withBackend(ns, "calls"))), service(ns, "calls"),
		grpcRoute(route(ns, "former-calls", other, withStatus(parentStatus(parentRef(ns, gwName), "gateway.k8s.aws/alb")))),
		route(ns, "theirs", other, withStatus(parentStatus(parentRef(ns, gwName), "example.org/other"))),
		listenerSet("team", "extra", gwName, func(s *gatewayv1.ListenerSet) {
			s.Spec.Listeners = append(s.Spec.Listeners, gatewayv1.ListenerEntry(secured("https", secretRef("", "cert"), secretRef("vault", "cert"))))
		}),
		listenerSet(ns, "unrelated", "other"), namespace("guests"),
		route("guests", "visit", withParent(setRef("team", "extra"))), route(ns, "elsewhere", withParent(setRef(ns, "unrelated"))),
		route(ns, "twice", ours, withParent(setRef("team", "extra"))),
		route("guests", "left", other, withStatus(parentStatus(setRef("team", "extra"), "gateway.k8s.aws/alb"))),
		grant("vault", "team", "ListenerSet", "Secret"), grant("closed", ns, "ListenerSet", "Secret"), &corev1.Secret{ObjectMeta: object("closed", "cert")},
		&corev1.Secret{ObjectMeta: object("team", "cert")}, &corev1.Secret{ObjectMeta: object("vault", "cert")},
		service(ns, "cart"), service("depot", "stock"), service(ns, "unrelated"),
		&gatewayv1.ReferenceGrant{ObjectMeta: object("depot", "grant")}, &gatewayv1.ReferenceGrant{ObjectMeta: object("elsewhere", "grant")},
		grant("certs", ns, "Gateway", "Secret"),
		&corev1.Secret{ObjectMeta: object(ns, "cert")}, &corev1.Secret{ObjectMeta: object("certs", "shared")}, &corev1.Secret{ObjectMeta: object(ns, "unrelated")},
		&gwcfgv1.LoadBalancerConfiguration{ObjectMeta: object(ns, "cfg"), Spec: gwcfgv1.LoadBalancerConfigurationSpec{
			DefaultTargetGroupConfiguration: &gwcfgv1.DefaultTargetGroupConfigurationReference{Name: "fallback"},
		}},
		&gwcfgv1.LoadBalancerConfiguration{ObjectMeta: object(ns, "unrelated")},
		tgc(ns, "fallback", nil), tgc(ns, "for-cart", &gwcfgv1.Reference{Name: "cart"}), tgc(ns, "unrelated", &gwcfgv1.Reference{Name: "unrelated"}),
		&gwcfgv1.ListenerRuleConfiguration{ObjectMeta: object(ns, "rule")}, &gwcfgv1.ListenerRuleConfiguration{ObjectMeta: object(ns, "unrelated")},
		loadBalancer(),
		&albv1alpha1.LoadBalancer{ObjectMeta: objectMeta("stale", "uid-of-stale", ownedBy("Gateway", gwName, "uid-of-former-web"))},
		&albv1alpha1.SecurityGroup{ObjectMeta: objectMeta("sg", "uid-of-sg", ownedBy("LoadBalancer", gwName, lbUID))},
		&corev1.ConfigMap{ObjectMeta: object(ns, "people")}, &corev1.ConfigMap{ObjectMeta: object("trust", "partners")}, &corev1.ConfigMap{ObjectMeta: object(ns, "unrelated")},
		grant("trust", ns, "Gateway", "ConfigMap"), &corev1.ConfigMap{ObjectMeta: object("closed", "partners")},
		&albv1alpha1.TrustStore{ObjectMeta: objectMeta("web-clients", "uid-of-store", ownedBy("LoadBalancer", gwName, lbUID))},
		&albv1alpha1.TrustStore{ObjectMeta: objectMeta("handmade", "uid-of-handmade-store", nil)},
		&albv1alpha1.Certificate{ObjectMeta: objectMeta("web-cert", "uid-of-cert", ownedBy("LoadBalancer", gwName, lbUID))},
		&albv1alpha1.Certificate{ObjectMeta: objectMeta("handmade", "uid-of-handmade-cert", nil)},
		&albv1alpha1.Listener{ObjectMeta: objectMeta("web-80", "uid-of-80", ownedBy("LoadBalancer", gwName, lbUID))},
		&albv1alpha1.Listener{ObjectMeta: objectMeta("handmade", "uid-of-handmade", nil)},
		&albv1alpha1.ListenerRule{ObjectMeta: objectMeta("web-80-a", "uid-of-rule", ownedBy("Listener", "web-80", "uid-of-80"))},
		&albv1alpha1.ListenerRule{ObjectMeta: objectMeta("web-80-b", "uid-of-orphan", ownedBy("Listener", "web-80", "uid-of-former-80"))},
		&albv1alpha1.TargetGroup{ObjectMeta: objectMeta("web-cart", "uid-of-tg", ownedBy("LoadBalancer", gwName, lbUID))},
		&albv1alpha1.TargetGroupBinding{ObjectMeta: objectMeta("web-cart", "uid-of-tgb", ownedBy("TargetGroup", "web-cart", "uid-of-tg"))},
	)

	s, err := w.r.load(t.Context(), stored[gatewayv1.Gateway](t, w, ns, gwName), c)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{
		"sets":       keys(s.ListenerSets),
		"routes":     keys(s.HTTPRoutes),
		"grpc":       keys(s.GRPCRoutes),
		"former":     names(s.former),
		"namespaces": keys(s.Namespaces),
		"services":   keys(s.Services),
		"grants":     keys(s.ReferenceGrants),
		"lbc":        keys(s.LoadBalancerConfigurations),
		"tgc":        keys(s.TargetGroupConfigurations),
		"lrc":        keys(s.ListenerRuleConfigurations),
		"secrets":    keys(s.Secrets),
		"certs":      keys(s.Observed.Certificates),
		"configmaps": keys(s.ConfigMaps),
		"stores":     keys(s.Observed.TrustStores),
		"bucket":     {s.Settings.TrustStoreBundles.Bucket},
		"lbs":        keys(s.Observed.LoadBalancers),
		"sgs":        keys(s.Observed.SecurityGroups),
		"listeners":  keys(s.Observed.Listeners),
		"rules":      keys(s.Observed.ListenerRules),
		"tgs":        keys(s.Observed.TargetGroups),
		"tgbs":       keys(s.Observed.TargetGroupBindings),
		"cluster":    {s.Settings.ClusterName},
	}
	for _, all := range got {
		slices.Sort(all)
	}
	want := map[string][]string{
		"sets":       {"team/extra"},
		"routes":     {"guests/visit", "shop/cart", "shop/twice", "team/stock"},
		"grpc":       {"team/calls"},
		"former":     {"guests/left", "shop/former", "shop/former-calls"},
		"namespaces": {"/guests", "/shop", "/team"},
		"services":   {"depot/stock", "shop/calls", "shop/cart"},
		"grants":     {"certs/grant", "closed/grant", "depot/grant", "trust/grant", "vault/grant"},
		"secrets":    {"certs/shared", "shop/cert", "team/cert", "vault/cert"},
		"configmaps": {"shop/people", "trust/partners"},
		"stores":     {"shop/web-clients"},
		"bucket":     {"bundles"},
		"certs":      {"shop/web-cert"},
		"lbc":        {"shop/cfg"},
		"tgc":        {"shop/fallback", "shop/for-cart"},
		"lrc":        {"shop/rule"},
		"lbs":        {"shop/web"},
		"sgs":        {"shop/sg"},
		"listeners":  {"shop/web-80"},
		"rules":      {"shop/web-80-a"},
		"tgs":        {"shop/web-cart"},
		"tgbs":       {"shop/web-cart"},
		"cluster":    {"prod"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("load(...): -want, +got:\n%s", diff)
	}
}

func bundled(c *albv1alpha1.ClusterProviderConfig) *albv1alpha1.ClusterProviderConfig {
	c.Spec.TrustStoreBundles = &albv1alpha1.TrustStoreBundles{Bucket: "bundles"}
	return c
}

// validating clients by authorities of the Gateway's own namespace and of another.
func validating(g *gatewayv1.Gateway) {
	g.Spec.TLS = &gatewayv1.GatewayTLSConfig{Frontend: &gatewayv1.FrontendTLSConfig{Default: gatewayv1.TLSConfig{
		Validation: &gatewayv1.FrontendTLSValidation{CACertificateRefs: []gatewayv1.ObjectReference{
			{Kind: "ConfigMap", Name: "people"},
			{Kind: "ConfigMap", Name: "partners", Namespace: new(gatewayv1.Namespace("trust"))},
			{Kind: "ConfigMap", Name: "partners", Namespace: new(gatewayv1.Namespace("closed"))},
		}},
	}}}
}

// secured listener of the Gateway.
func secured(name string, refs ...gatewayv1.SecretObjectReference) gatewayv1.Listener {
	return gatewayv1.Listener{
		Name: gatewayv1.SectionName(name), Port: 443, Protocol: gatewayv1.HTTPSProtocolType,
		TLS: &gatewayv1.ListenerTLSConfig{CertificateRefs: refs},
	}
}

// secretRef to a Secret; without a namespace, in the Gateway's own.
func secretRef(namespace, name string) gatewayv1.SecretObjectReference {
	ref := gatewayv1.SecretObjectReference{Name: gatewayv1.ObjectName(name)}
	if namespace != "" {
		ref.Namespace = new(gatewayv1.Namespace(namespace))
	}
	return ref
}

func TestProviderConfig(t *testing.T) {
	type want struct {
		ref     xpv2.ProviderConfigReference
		cluster string
		missing string
		again   time.Duration
	}
	local := &albv1alpha1.ProviderConfig{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "local"}, Spec: albv1alpha1.ProviderConfigSpec{ClusterName: "team"}}
	cases := map[string]struct {
		reason  string
		class   *gatewayv1.GatewayClass
		gateway *gatewayv1.Gateway
		objects []client.Object
		told    string // by AWS
		problem string
		want    want
	}{
		"Default": {
			reason:  "Where nothing is named, it is the ClusterProviderConfig default.",
			class:   class(),
			gateway: gateway(),
			objects: []client.Object{clusterProviderConfig("default", "prod")},
			want:    want{ref: xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"}, cluster: "prod"},
		},
		"Class": {
			reason:  "What the class names is for all its Gateways.",
			class:   class(annotated[*gatewayv1.GatewayClass]("eu")),
			gateway: gateway(),
			objects: []client.Object{clusterProviderConfig("eu", "prod-eu")},
			want:    want{ref: xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "eu"}, cluster: "prod-eu"},
		},
		"GatewayBeforeClass": {
			reason:  "The Gateway's own annotation wins, and may name a ProviderConfig of its namespace.",
			class:   class(annotated[*gatewayv1.GatewayClass]("eu")),
			gateway: gateway(annotated[*gatewayv1.Gateway]("ProviderConfig/local")),
			objects: []client.Object{clusterProviderConfig("eu", "prod-eu"), local},
			want:    want{ref: xpv2.ProviderConfigReference{Kind: "ProviderConfig", Name: "local"}, cluster: "team"},
		},
		"Absent": {
			reason:  "The message names the object to create.",
			class:   class(),
			gateway: gateway(),
			want: want{
				ref:     xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"},
				missing: `ClusterProviderConfig "default" does not exist; create it with the AWS region, the VPC and the name of this cluster, or name another one in annotation alb.gateway.crossplane.io/provider-config`,
			},
		},
		"AbsentInNamespace": {
			reason:  "The message says in which namespace.",
			class:   class(),
			gateway: gateway(annotated[*gatewayv1.Gateway]("ProviderConfig/local")),
			want: want{
				ref:     xpv2.ProviderConfigReference{Kind: "ProviderConfig", Name: "local"},
				missing: `ProviderConfig "local" in namespace "shop" does not exist; create it with the AWS region, the VPC and the name of this cluster, or name another one in annotation alb.gateway.crossplane.io/provider-config`,
			},
		},
		"NoClusterName": {
			reason:  "Names are made from the cluster's and cannot change in AWS, so nothing is made without it.",
			class:   class(),
			gateway: gateway(),
			objects: []client.Object{clusterProviderConfig("default", "")},
			want: want{
				ref:     xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"},
				missing: `ClusterProviderConfig "default" has no spec.clusterName, which goes into the names that load balancers have in AWS; set it`,
			},
		},
		"ClusterNameOfAWS": {
			reason:  "What the config does not say AWS may know.",
			class:   class(),
			gateway: gateway(),
			objects: []client.Object{clusterProviderConfig("default", "")},
			told:    "blue",
			want:    want{ref: xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"}, cluster: "blue"},
		},
		"ClusterNameOfNobody": {
			reason:  "What AWS does not know either a user has to say, or a Node that comes.",
			class:   class(),
			gateway: gateway(),
			objects: []client.Object{clusterProviderConfig("default", "")},
			problem: "set spec.clusterName",
			want: want{
				ref:     xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"},
				missing: "set spec.clusterName", again: askAgain,
			},
		},
		"Malformed": {
			reason:  "The message says what may be written.",
			class:   class(),
			gateway: gateway(annotated[*gatewayv1.Gateway]("Secret/x")),
			want: want{
				missing: `Annotation alb.gateway.crossplane.io/provider-config of Gateway shop/web is "Secret/x"; write the name of a ClusterProviderConfig, or ProviderConfig/ and the name of a ProviderConfig in the Gateway's namespace`,
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tc.objects...)
			if tc.told != "" || tc.problem != "" {
				w.r.settings.ClusterName = func(context.Context, xpv2.ProviderConfigReference, string) (string, string, error) {
					return tc.told, tc.problem, nil
				}
			}
			s := &state{}
			s.Gateway, s.Class = tc.gateway, tc.class
			if err := w.r.loadProviderConfig(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			got := want{ref: s.ProviderConfig, cluster: s.Settings.ClusterName}
			if s.missing != nil {
				got.missing, got.again = s.missing.Error(), s.missing.again
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
