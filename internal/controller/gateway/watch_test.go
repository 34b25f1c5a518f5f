package gateway

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// cluster has two Gateways of class alb, web and edge, and one of class alb-eu. Route cart is web's, stock is edge's.
func cluster(t *testing.T) *world {
	t.Helper()
	named := func(name string, edit ...func(*gatewayv1.Gateway)) *gatewayv1.Gateway {
		g := gateway(edit...)
		g.Name, g.UID = name, types.UID("uid-of-"+name)
		return g
	}
	configured := func(g *gatewayv1.Gateway) {
		g.Spec.Infrastructure = &gatewayv1.GatewayInfrastructure{ParametersRef: &gatewayv1.LocalParametersReference{
			Group: gwcfgv1.Group, Kind: gwcfgv1.LoadBalancerConfigurationKind, Name: "cfg",
		}}
	}
	eu := class(annotated[*gatewayv1.GatewayClass]("eu"), func(c *gatewayv1.GatewayClass) {
		c.Name = "alb-eu"
		c.Spec.ParametersRef = &gatewayv1.ParametersReference{
			Group: gwcfgv1.Group, Kind: gwcfgv1.LoadBalancerConfigurationKind, Namespace: new(gatewayv1.Namespace(ns)), Name: "class-cfg",
		}
	})
	rule := func(r *gatewayv1.HTTPRoute) {
		r.Spec.Rules[0].Filters = []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterExtensionRef, ExtensionRef: &gatewayv1.LocalObjectReference{
			Group: gwcfgv1.Group, Kind: gwcfgv1.ListenerRuleConfigurationKind, Name: "rule",
		}}}
	}
	return newWorld(t, class(), eu,
		named("web", configured, validating, func(g *gatewayv1.Gateway) {
			g.Spec.Listeners = append(g.Spec.Listeners, secured("https", secretRef("", "cert"), secretRef("certs", "shared")))
		}), named("edge", annotated[*gatewayv1.Gateway]("ProviderConfig/local")),
		named("eu", func(g *gatewayv1.Gateway) { g.Spec.GatewayClassName = "alb-eu" }),
		route(ns, "cart", withParent(parentRef(ns, "web")), withBackend(ns, "cart"), rule),
		route("team", "stock", withParent(parentRef(ns, "edge")), withBackend("depot", "stock")),
		grpcRoute(route("team", "calls", withParent(parentRef(ns, "edge")), withBackend("depot", "calls"))),
		listenerSet("guests", "extra", "edge", func(s *gatewayv1.ListenerSet) {
			s.Spec.Listeners = append(s.Spec.Listeners, gatewayv1.ListenerEntry(secured("https", secretRef("vault", "cert"))))
		}),
		route("visitors", "visit", withParent(setRef("guests", "extra")), withBackend("visitors", "visit")),
		&gwcfgv1.LoadBalancerConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "class-cfg"}, Spec: gwcfgv1.LoadBalancerConfigurationSpec{
			DefaultTargetGroupConfiguration: &gwcfgv1.DefaultTargetGroupConfigurationReference{Name: "fallback"},
		}},
		&gwcfgv1.ListenerRuleConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "rule"}, Spec: gwcfgv1.ListenerRuleConfigurationSpec{
			Actions: []gwcfgv1.Action{{Type: gwcfgv1.ActionTypeAuthenticateOIDC, AuthenticateOIDCConfig: &gwcfgv1.AuthenticateOIDCActionConfig{
				Secret: gwcfgv1.Secret{Name: "client"},
			}}},
		}},
		loadBalancer(),
		&albv1alpha1.Listener{ObjectMeta: objectMeta("web-80", "uid-of-80", ownedBy("LoadBalancer", gwName, lbUID))},
	)
}

// metadata of a Secret or ConfigMap, which is all that the cache has.
func metadata(kind, namespace, name string) *metav1.PartialObjectMetadata {
	return &metav1.PartialObjectMetadata{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: kind},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
	}
}

func TestWatches(t *testing.T) {
	object := func(namespace, name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: namespace, Name: name}
	}
	cases := map[string]struct {
		reason string
		object client.Object
		want   []string
	}{
		"Class":              {reason: "A class wakes its Gateways.", object: class(), want: []string{"shop/edge", "shop/web"}},
		"Route":              {reason: "A route wakes its parents and those that it was reported for.", object: route("team", "r", withParent(parentRef(ns, "new")), withStatus(parentStatus(parentRef(ns, "old"), ours))), want: []string{"shop/new", "shop/old"}},
		"GRPCRoute":          {reason: "So does one of another kind.", object: grpcRoute(route("team", "r", withParent(parentRef(ns, "new")), withStatus(parentStatus(parentRef(ns, "old"), ours)))), want: []string{"shop/new", "shop/old"}},
		"ServiceOfGRPC":      {reason: "A Service wakes those whose GRPCRoutes name it.", object: service("depot", "calls"), want: []string{"shop/edge"}},
		"ListenerSet":        {reason: "A ListenerSet wakes its Gateway.", object: listenerSet("guests", "new", "web"), want: []string{"shop/web"}},
		"RouteOfSet":         {reason: "A route wakes the Gateway of its ListenerSet, and of one that it was reported for.", object: route("guests", "r", withParent(setRef("guests", "extra"))), want: []string{"shop/edge"}},
		"RouteOfFormerSet":   {reason: "And of one that it was reported for.", object: route("guests", "r", withStatus(parentStatus(setRef("guests", "extra"), ours))), want: []string{"shop/edge"}},
		"RouteOfMissingSet":  {reason: "A ListenerSet that is not there has no Gateway.", object: route("guests", "r", withParent(setRef("guests", "missing")))},
		"NamespaceOfSet":     {reason: "The labels of a ListenerSet's namespace decide whether its Gateway takes it.", object: namespace("guests"), want: []string{"shop/edge"}},
		"NamespaceBehindSet": {reason: "The labels of a route's namespace decide whether a ListenerSet's listener takes it.", object: namespace("visitors"), want: []string{"shop/edge"}},
		"ServiceBehindSet":   {reason: "A Service wakes the Gateway of the ListenerSet of the route that names it.", object: service("visitors", "visit"), want: []string{"shop/edge"}},
		"SecretOfSet":        {reason: "So does a Secret of a ListenerSet.", object: metadata("Secret", "vault", "cert"), want: []string{"shop/edge"}},
		"GrantOfSet":         {reason: "And a grant in a namespace into which the ListenerSet refers.", object: &gatewayv1.ReferenceGrant{ObjectMeta: object("vault", "g")}, want: []string{"shop/edge"}},
		"Grant":              {reason: "A grant wakes those whose routes refer into its namespace.", object: &gatewayv1.ReferenceGrant{ObjectMeta: object("depot", "g")}, want: []string{"shop/edge"}},
		"GrantElsewhere":     {reason: "And no others.", object: &gatewayv1.ReferenceGrant{ObjectMeta: object(ns, "g")}},
		"Secret":             {reason: "A Secret wakes the Gateways that refer to it.", object: metadata("Secret", ns, "cert"), want: []string{"shop/web"}},
		"SecretShared":       {reason: "From other namespaces too.", object: metadata("Secret", "certs", "shared"), want: []string{"shop/web"}},
		"SecretUnused":       {reason: "And no others.", object: metadata("Secret", "certs", "cert")},
		"GrantForSecret":     {reason: "A grant wakes those that refer to Secrets in its namespace.", object: &gatewayv1.ReferenceGrant{ObjectMeta: object("certs", "g")}, want: []string{"shop/web"}},
		"Namespace":          {reason: "A namespace wakes the parents of its routes.", object: namespace("team"), want: []string{"shop/edge"}},
		"Service":            {reason: "A Service wakes those whose routes refer to it.", object: service(ns, "cart"), want: []string{"shop/web"}},
		"OwnService":         {reason: "The Service of a Gateway's load balancer wakes it, and so does one that takes its name.", object: service(ns, "alb-web"), want: []string{"shop/web"}},
		"ServiceUnused":      {reason: "And no others.", object: service("team", "stock")},
		"ConfigMap":          {reason: "A ConfigMap wakes the Gateways that validate clients by it.", object: metadata("ConfigMap", ns, "people"), want: []string{"shop/web"}},
		"ConfigMapOther":     {reason: "And no others.", object: metadata("ConfigMap", ns, "cert")},
		"GrantForCAs":        {reason: "A grant wakes those that refer to ConfigMaps in its namespace.", object: &gatewayv1.ReferenceGrant{ObjectMeta: object("trust", "g")}, want: []string{"shop/web"}},
		"LoadBalancerConfiguration": {
			reason: "A configuration wakes the Gateways that name it.",
			object: &gwcfgv1.LoadBalancerConfiguration{ObjectMeta: object(ns, "cfg")}, want: []string{"shop/web"},
		},
		"LoadBalancerConfigurationOfClass": {
			reason: "And those whose class names it.",
			object: &gwcfgv1.LoadBalancerConfiguration{ObjectMeta: object(ns, "class-cfg")}, want: []string{"shop/eu"},
		},
		"TargetGroupConfiguration": {
			reason: "A configuration of a Service wakes whom the Service wakes.",
			object: &gwcfgv1.TargetGroupConfiguration{ObjectMeta: object("depot", "x"), Spec: gwcfgv1.TargetGroupConfigurationSpec{TargetReference: &gwcfgv1.Reference{Name: "stock"}}},
			want:   []string{"shop/edge"},
		},
		"TargetGroupConfigurationByDefault": {
			reason: "A default wakes whom the configuration wakes that names it.",
			object: &gwcfgv1.TargetGroupConfiguration{ObjectMeta: object(ns, "fallback")}, want: []string{"shop/eu"},
		},
		"ListenerRuleConfiguration": {
			reason: "A rule's configuration wakes the parents of the routes that name it.",
			object: &gwcfgv1.ListenerRuleConfiguration{ObjectMeta: object(ns, "rule")}, want: []string{"shop/web"},
		},
		"SecretOfClient": {
			reason: "A Secret with the client of an identity provider wakes the parents of the routes whose configuration names it.",
			object: metadata("Secret", ns, "client"), want: []string{"shop/web"},
		},
		"SecretOfClientElsewhere": {reason: "A namesake in another namespace wakes nobody.", object: metadata("Secret", "team", "client")},
		"ProviderConfig": {
			reason: "A ProviderConfig wakes those in its namespace that name it.",
			object: &albv1alpha1.ProviderConfig{ObjectMeta: object(ns, "local")}, want: []string{"shop/edge"},
		},
		"ProviderConfigElsewhere": {reason: "A namesake in another namespace wakes nobody.", object: &albv1alpha1.ProviderConfig{ObjectMeta: object("team", "local")}},
		"ClusterProviderConfig":   {reason: "A ClusterProviderConfig wakes those whose class names it.", object: clusterProviderConfig("eu", ""), want: []string{"shop/eu"}},
		"ClusterProviderConfigByDefault": {
			reason: "The default wakes the Gateways of classes that name none.",
			object: clusterProviderConfig("default", ""), want: []string{"shop/edge", "shop/web"},
		},
		"LoadBalancer": {reason: "A LoadBalancer wakes its owner.", object: loadBalancer(), want: []string{"shop/web"}},
		"ListenerRule": {
			reason: "A rule wakes the Gateway at the top of its owners.",
			object: &albv1alpha1.ListenerRule{ObjectMeta: objectMeta("r", "u", ownedBy("Listener", "web-80", "uid-of-80"))}, want: []string{"shop/web"},
		},
		"Orphan": {
			reason: "Where an owner is gone, the label tells.",
			object: &albv1alpha1.ListenerRule{ObjectMeta: objectMeta("r", "u", ownedBy("Listener", "web-81", "uid-of-81"))}, want: []string{"shop/web"},
		},
		"Handmade": {reason: "What nobody made for a Gateway wakes none.", object: &albv1alpha1.TargetGroup{ObjectMeta: object(ns, "mine")}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := cluster(t)
			var got []string
			for _, watch := range watches() {
				if sameType(watch.object, tc.object) {
					for _, n := range watch.gateways(t.Context(), w.kube, tc.object) {
						got = append(got, n.String())
					}
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, slices.Compact(got)); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// sameType: metadata alone have one Go type for all kinds.
func sameType(a, b client.Object) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && a.GetObjectKind().GroupVersionKind() == b.GetObjectKind().GroupVersionKind()
}

func TestPredicates(t *testing.T) {
	svc := func(edit func(*corev1.Service)) *corev1.Service {
		s := service(ns, "cart")
		edit(s)
		return s
	}
	lb := func(edit func(*albv1alpha1.LoadBalancer)) *albv1alpha1.LoadBalancer { return loadBalancer(edit) }
	cases := map[string]struct {
		reason    string
		predicate predicate.Predicate
		was, is   client.Object
		want      bool
	}{
		"GatewayStatus": {reason: "Our own status writes wake nobody.", predicate: specOrAnnotations(), was: gateway(), is: gateway(func(g *gatewayv1.Gateway) {
			g.ResourceVersion, g.Status.Conditions = "2", []metav1.Condition{{Type: "Accepted"}}
		})},
		"GatewaySpec":       {reason: "A new generation matters.", predicate: specOrAnnotations(), was: gateway(), is: gateway(func(g *gatewayv1.Gateway) { g.Generation++ }), want: true},
		"GatewayAnnotation": {reason: "An annotation may name a ProviderConfig.", predicate: specOrAnnotations(), was: gateway(), is: gateway(annotated[*gatewayv1.Gateway]("x")), want: true},
		"ServicePorts": {reason: "Ports matter.", predicate: serviceSpec(), was: service(ns, "cart"), is: svc(func(s *corev1.Service) {
			s.Spec.Ports = []corev1.ServicePort{{Port: 80}}
		}), want: true},
		"ServiceStatus": {reason: "A Service's status and metadata do not.", predicate: serviceSpec(), was: service(ns, "cart"), is: svc(func(s *corev1.Service) {
			s.ResourceVersion, s.Annotations = "2", map[string]string{"a": "b"}
			s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "10.0.0.1"}}
		})},
		"ManagedStatus": {reason: "What AWS says matters.", predicate: matters(), was: loadBalancer(), is: lb(func(lb *albv1alpha1.LoadBalancer) {
			lb.Status.AtProvider.State = "active"
		}), want: true},
		"ManagedSpec":    {reason: "A changed spec is drift.", predicate: matters(), was: loadBalancer(), is: lb(func(lb *albv1alpha1.LoadBalancer) { lb.Spec.ForProvider.Scheme = "internal" }), want: true},
		"ManagedDeleted": {reason: "Deletion matters.", predicate: matters(), was: loadBalancer(), is: lb(func(lb *albv1alpha1.LoadBalancer) { lb.DeletionTimestamp = &then }), want: true},
		"ManagedBookkeeping": {reason: "The runtime's bookkeeping does not.", predicate: matters(), was: loadBalancer(), is: lb(func(lb *albv1alpha1.LoadBalancer) {
			lb.ResourceVersion, lb.Generation = "2", 2
			lb.Annotations = map[string]string{"crossplane.io/external-name": "arn"}
			lb.Finalizers = []string{"finalizer.managedresource.crossplane.io"}
			lb.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "x"}}
		})},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := tc.predicate.Update(event.UpdateEvent{ObjectOld: tc.was, ObjectNew: tc.is}); got != tc.want {
				t.Errorf("\n%s\nUpdate(...): want %t, got %t", tc.reason, tc.want, got)
			}
		})
	}
}
