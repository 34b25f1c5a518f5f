package configuration

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

// A watch wakes the configurations that an object uses. Both versions of a changed object are asked.
type watch struct {
	object client.Object
	used   func(ctx context.Context, kube client.Reader, o client.Object) []types.NamespacedName
}

// specChanged: generations change with specs and with deletion, and so not with a status.
var specChanged = predicate.GenerationChangedPredicate{}

// when a changed object wakes anyone. Secrets have no generations.
func (w watch) when() builder.WatchesOption {
	if _, ok := w.object.(*metav1.PartialObjectMetadata); ok {
		return builder.WithPredicates(predicate.ResourceVersionChangedPredicate{})
	}
	return builder.WithPredicates(specChanged)
}

// on the objects of one type.
func on[T client.Object](object T, used func(context.Context, client.Reader, T) []types.NamespacedName) watch {
	return watch{object: object, used: func(ctx context.Context, kube client.Reader, o client.Object) []types.NamespacedName {
		t, ok := o.(T)
		if !ok {
			return nil
		}
		return used(ctx, kube, t)
	}}
}

func watchesOfLoadBalancerConfigurations() []watch {
	return []watch{
		on(&gatewayv1.Gateway{}, func(_ context.Context, _ client.Reader, g *gatewayv1.Gateway) []types.NamespacedName {
			return lookup.GatewayConfiguration(g)
		}),
		on(&gatewayv1.GatewayClass{}, func(ctx context.Context, kube client.Reader, c *gatewayv1.GatewayClass) []types.NamespacedName {
			out := lookup.ClassConfiguration(c)
			for _, g := range gatewaysOf(ctx, kube, c) {
				out = append(out, lookup.GatewayConfiguration(g)...)
			}
			return out
		}),
	}
}

func watchesOfTargetGroupConfigurations() []watch {
	used := func(ctx context.Context, kube client.Reader, r client.Object) []types.NamespacedName {
		var out []types.NamespacedName
		for _, service := range lookup.Services(r) {
			l := &gwcfgv1.TargetGroupConfigurationList{}
			if err := kube.List(ctx, l, client.MatchingFields{lookup.ByService: service.String()}); err != nil {
				continue // The cache does not fail.
			}
			for i := range l.Items {
				out = append(out, client.ObjectKeyFromObject(&l.Items[i]))
			}
		}
		return out
	}
	return append(throughRoutes(used),
		on(&gwcfgv1.LoadBalancerConfiguration{}, func(_ context.Context, _ client.Reader, c *gwcfgv1.LoadBalancerConfiguration) []types.NamespacedName {
			return lookup.DefaultTargetGroupConfiguration(c)
		}))
}

func watchesOfListenerRuleConfigurations() []watch {
	used := func(_ context.Context, _ client.Reader, r client.Object) []types.NamespacedName {
		return lookup.ListenerRuleConfigurations(r)
	}
	return append(throughRoutes(used), on(lookup.Metadata("Secret"), func(ctx context.Context, kube client.Reader, s *metav1.PartialObjectMetadata) []types.NamespacedName {
		l := &gwcfgv1.ListenerRuleConfigurationList{}
		if err := kube.List(ctx, l, client.MatchingFields{lookup.BySecret: client.ObjectKeyFromObject(s).String()}); err != nil {
			return nil // The cache does not fail.
		}
		var out []types.NamespacedName
		for i := range l.Items {
			out = append(out, client.ObjectKeyFromObject(&l.Items[i]))
		}
		return out
	}))
}

// throughRoutes: what a route uses, and what the routes of a Gateway and of a class's Gateways use.
func throughRoutes(used func(context.Context, client.Reader, client.Object) []types.NamespacedName) []watch {
	ofGateway := func(ctx context.Context, kube client.Reader, g *gatewayv1.Gateway) []types.NamespacedName {
		routes, err := lookup.Routes(ctx, kube, client.MatchingFields{lookup.ByGateway: client.ObjectKeyFromObject(g).String()})
		if err != nil {
			return nil // The cache does not fail.
		}
		var out []types.NamespacedName
		for _, r := range routes {
			out = append(out, used(ctx, kube, r)...)
		}
		return out
	}
	var out []watch
	for _, o := range lookup.RouteKinds() {
		out = append(out, watch{object: o, used: used})
	}
	return append(out,
		on(&gatewayv1.Gateway{}, ofGateway),
		on(&gatewayv1.GatewayClass{}, func(ctx context.Context, kube client.Reader, c *gatewayv1.GatewayClass) []types.NamespacedName {
			var out []types.NamespacedName
			for _, g := range gatewaysOf(ctx, kube, c) {
				out = append(out, ofGateway(ctx, kube, g)...)
			}
			return out
		}),
	)
}

func gatewaysOf(ctx context.Context, kube client.Reader, c *gatewayv1.GatewayClass) []*gatewayv1.Gateway {
	l := &gatewayv1.GatewayList{}
	if err := kube.List(ctx, l, client.MatchingFields{lookup.ByClass: c.GetName()}); err != nil {
		return nil
	}
	out := make([]*gatewayv1.Gateway, 0, len(l.Items))
	for i := range l.Items {
		out = append(out, &l.Items[i])
	}
	return out
}
