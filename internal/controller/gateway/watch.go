package gateway

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

// A watch wakes the Gateways that an object bears upon. Both versions of a changed object are asked, so that a Gateway that
// a route leaves is woken too. A read that fails wakes nobody: the cache does not fail, and every Gateway is looked at again
// when it is filled anew.
type watch struct {
	object   client.Object
	when     predicate.Predicate
	gateways func(ctx context.Context, kube client.Reader, o client.Object) []types.NamespacedName
}

func watches() []watch {
	out := []watch{
		{&gatewayv1.GatewayClass{}, specOrAnnotations(), typed(ofClass)},
		{&gatewayv1.ListenerSet{}, predicate.GenerationChangedPredicate{}, typed(ofListenerSet)},
		{&gatewayv1.ReferenceGrant{}, predicate.GenerationChangedPredicate{}, typed(ofGrant)},
		{&corev1.Namespace{}, predicate.LabelChangedPredicate{}, typed(ofNamespace)},
		{&corev1.Service{}, serviceSpec(), typed(ofService)},
		{&corev1.Service{}, matters(), typed(ofOwnService)},
		{lookup.Metadata("Secret"), predicate.ResourceVersionChangedPredicate{}, typed(ofSecret)},
		{lookup.Metadata("ConfigMap"), predicate.ResourceVersionChangedPredicate{}, typed(ofConfigMap)},
		{&gwcfgv1.LoadBalancerConfiguration{}, predicate.GenerationChangedPredicate{}, typed(ofLoadBalancerConfiguration)},
		{&gwcfgv1.TargetGroupConfiguration{}, predicate.GenerationChangedPredicate{}, typed(ofTargetGroupConfiguration)},
		{&gwcfgv1.ListenerRuleConfiguration{}, predicate.GenerationChangedPredicate{}, typed(ofListenerRuleConfiguration)},
		{&albv1alpha1.ProviderConfig{}, predicate.GenerationChangedPredicate{}, typed(ofProviderConfig)},
		{&albv1alpha1.ClusterProviderConfig{}, predicate.GenerationChangedPredicate{}, typed(ofClusterProviderConfig)},
	}
	for _, o := range lookup.RouteKinds() {
		out = append(out, watch{o, predicate.GenerationChangedPredicate{}, ofRoute})
	}
	for _, o := range lookup.Managed() {
		out = append(out, watch{o, matters(), ofManaged})
	}
	return out
}

func typed[T client.Object](f func(context.Context, client.Reader, T) []types.NamespacedName) func(context.Context, client.Reader, client.Object) []types.NamespacedName {
	return func(ctx context.Context, kube client.Reader, o client.Object) []types.NamespacedName {
		t, ok := o.(T)
		if !ok {
			return nil
		}
		return f(ctx, kube, t)
	}
}

func ofRoute(ctx context.Context, kube client.Reader, r client.Object) []types.NamespacedName {
	return slices.Concat(lookup.Gateways(r), lookup.ReportedGateways(r),
		parentsOfSets(ctx, kube, lookup.ListenerSets(r)), parentsOfSets(ctx, kube, lookup.ReportedListenerSets(r)))
}

func ofListenerSet(_ context.Context, _ client.Reader, s *gatewayv1.ListenerSet) []types.NamespacedName {
	return lookup.Parent(s)
}

// parentsOfSets are the Gateways of those ListenerSets that exist.
func parentsOfSets(ctx context.Context, kube client.Reader, names []types.NamespacedName) []types.NamespacedName {
	var out []types.NamespacedName
	for _, n := range names {
		s := &gatewayv1.ListenerSet{}
		if kube.Get(ctx, n, s) == nil {
			out = append(out, lookup.Parent(s)...)
		}
	}
	return out
}

func ofClass(ctx context.Context, kube client.Reader, c *gatewayv1.GatewayClass) []types.NamespacedName {
	return gateways(ctx, kube, client.MatchingFields{lookup.ByClass: c.GetName()})
}

func ofNamespace(ctx context.Context, kube client.Reader, n *corev1.Namespace) []types.NamespacedName {
	return append(throughRoutes(ctx, kube, client.InNamespace(n.GetName())), throughListenerSets(ctx, kube, client.InNamespace(n.GetName()))...)
}

func ofGrant(ctx context.Context, kube client.Reader, g *gatewayv1.ReferenceGrant) []types.NamespacedName {
	return slices.Concat(throughRoutes(ctx, kube, client.MatchingFields{lookup.ByBackendNamespace: g.GetNamespace()}),
		throughListeners(ctx, kube, client.MatchingFields{lookup.BySecretNamespace: g.GetNamespace()}),
		gateways(ctx, kube, client.MatchingFields{lookup.ByConfigMapNamespace: g.GetNamespace()}))
}

func ofSecret(ctx context.Context, kube client.Reader, s *metav1.PartialObjectMetadata) []types.NamespacedName {
	key := client.MatchingFields{lookup.BySecret: client.ObjectKeyFromObject(s).String()}
	out := throughListeners(ctx, kube, key)
	l := &gwcfgv1.ListenerRuleConfigurationList{}
	if err := kube.List(ctx, l, key); err != nil {
		return out
	}
	for i := range l.Items {
		out = append(out, ofListenerRuleConfiguration(ctx, kube, &l.Items[i])...)
	}
	return out
}

func ofConfigMap(ctx context.Context, kube client.Reader, c *metav1.PartialObjectMetadata) []types.NamespacedName {
	return gateways(ctx, kube, client.MatchingFields{lookup.ByConfigMap: client.ObjectKeyFromObject(c).String()})
}

func ofService(ctx context.Context, kube client.Reader, s *corev1.Service) []types.NamespacedName {
	return throughRoutes(ctx, kube, client.MatchingFields{lookup.ByService: client.ObjectKeyFromObject(s).String()})
}

// ofOwnService: the Service that stands for a Gateway's load balancer, or one that takes its name.
func ofOwnService(ctx context.Context, kube client.Reader, s *corev1.Service) []types.NamespacedName {
	return gateways(ctx, kube, client.MatchingFields{lookup.ByOwnService: client.ObjectKeyFromObject(s).String()})
}

func ofListenerRuleConfiguration(ctx context.Context, kube client.Reader, c *gwcfgv1.ListenerRuleConfiguration) []types.NamespacedName {
	return throughRoutes(ctx, kube, client.MatchingFields{lookup.ByListenerRuleConfiguration: client.ObjectKeyFromObject(c).String()})
}

func ofLoadBalancerConfiguration(ctx context.Context, kube client.Reader, c *gwcfgv1.LoadBalancerConfiguration) []types.NamespacedName {
	key := client.MatchingFields{lookup.ByLoadBalancerConfiguration: client.ObjectKeyFromObject(c).String()}
	return append(gateways(ctx, kube, key), throughClasses(ctx, kube, key)...)
}

func ofTargetGroupConfiguration(ctx context.Context, kube client.Reader, c *gwcfgv1.TargetGroupConfiguration) []types.NamespacedName {
	var out []types.NamespacedName
	for _, svc := range lookup.TargetService(c) {
		out = append(out, throughRoutes(ctx, kube, client.MatchingFields{lookup.ByService: svc.String()})...)
	}
	l := &gwcfgv1.LoadBalancerConfigurationList{}
	key := client.MatchingFields{lookup.ByDefaultTargetGroupConfiguration: client.ObjectKeyFromObject(c).String()}
	if err := kube.List(ctx, l, key); err != nil {
		return out
	}
	for i := range l.Items {
		out = append(out, ofLoadBalancerConfiguration(ctx, kube, &l.Items[i])...)
	}
	return out
}

func ofProviderConfig(ctx context.Context, kube client.Reader, c *albv1alpha1.ProviderConfig) []types.NamespacedName {
	key := client.MatchingFields{lookup.ByProviderConfig: kindProviderConfig + "/" + c.GetName()}
	ns := client.InNamespace(c.GetNamespace())
	return append(gateways(ctx, kube, key, ns), throughClasses(ctx, kube, key, ns)...)
}

func ofClusterProviderConfig(ctx context.Context, kube client.Reader, c *albv1alpha1.ClusterProviderConfig) []types.NamespacedName {
	values := []string{c.GetName(), kindClusterProviderConfig + "/" + c.GetName()}
	if c.GetName() == defaultProviderConfig {
		values = append(values, "")
	}
	var out []types.NamespacedName
	for _, v := range values {
		key := client.MatchingFields{lookup.ByProviderConfig: v}
		if v != "" { // A Gateway that names none is found through its class.
			out = append(out, gateways(ctx, kube, key)...)
		}
		out = append(out, throughClasses(ctx, kube, key)...)
	}
	return out
}

// ofManaged climbs from a managed resource to its Gateway. Where an owner on the way is gone, the label still tells.
func ofManaged(ctx context.Context, kube client.Reader, o client.Object) []types.NamespacedName {
	var at metav1.Object = o
	for {
		up := metav1.GetControllerOf(at)
		if up == nil {
			return nil
		}
		name := types.NamespacedName{Namespace: o.GetNamespace(), Name: up.Name}
		if up.Kind == "Gateway" {
			return []types.NamespacedName{name}
		}
		owner := ownerOf(up.Kind)
		if owner == nil || kube.Get(ctx, name, owner) != nil {
			return labelled(o)
		}
		at = owner
	}
}

func ownerOf(kind string) client.Object {
	switch kind {
	case albv1alpha1.LoadBalancerGroupVersionKind.Kind:
		return &albv1alpha1.LoadBalancer{}
	case albv1alpha1.ListenerGroupVersionKind.Kind:
		return &albv1alpha1.Listener{}
	case albv1alpha1.TargetGroupGroupVersionKind.Kind:
		return &albv1alpha1.TargetGroup{}
	}
	return nil
}

func labelled(o client.Object) []types.NamespacedName {
	name := o.GetLabels()[albv1alpha1.LabelGatewayName]
	if name == "" {
		return nil
	}
	return []types.NamespacedName{{Namespace: o.GetNamespace(), Name: name}}
}

func gateways(ctx context.Context, kube client.Reader, opts ...client.ListOption) []types.NamespacedName {
	l := &gatewayv1.GatewayList{}
	if err := kube.List(ctx, l, opts...); err != nil {
		return nil
	}
	out := make([]types.NamespacedName, 0, len(l.Items))
	for i := range l.Items {
		out = append(out, client.ObjectKeyFromObject(&l.Items[i]))
	}
	return out
}

func throughRoutes(ctx context.Context, kube client.Reader, opts ...client.ListOption) []types.NamespacedName {
	routes, err := lookup.Routes(ctx, kube, opts...)
	if err != nil {
		return nil
	}
	var out []types.NamespacedName
	for _, r := range routes {
		out = slices.Concat(out, lookup.Gateways(r), parentsOfSets(ctx, kube, lookup.ListenerSets(r)))
	}
	return out
}

// throughListeners finds Gateways by their own listeners and by those of their ListenerSets.
func throughListeners(ctx context.Context, kube client.Reader, key client.MatchingFields) []types.NamespacedName {
	return append(gateways(ctx, kube, key), throughListenerSets(ctx, kube, key)...)
}

func throughListenerSets(ctx context.Context, kube client.Reader, opts ...client.ListOption) []types.NamespacedName {
	l := &gatewayv1.ListenerSetList{}
	if err := kube.List(ctx, l, opts...); err != nil {
		return nil
	}
	var out []types.NamespacedName
	for i := range l.Items {
		out = append(out, lookup.Parent(&l.Items[i])...)
	}
	return out
}

func throughClasses(ctx context.Context, kube client.Reader, key client.MatchingFields, opts ...client.ListOption) []types.NamespacedName {
	l := &gatewayv1.GatewayClassList{}
	if err := kube.List(ctx, l, key); err != nil {
		return nil
	}
	var out []types.NamespacedName
	for i := range l.Items {
		out = append(out, gateways(ctx, kube, append(opts, client.MatchingFields{lookup.ByClass: l.Items[i].GetName()})...)...)
	}
	return out
}

func requests(names []types.NamespacedName) []ctrl.Request {
	out := make([]ctrl.Request, 0, len(names))
	for _, n := range names {
		out = append(out, ctrl.Request{NamespacedName: n})
	}
	return out
}
