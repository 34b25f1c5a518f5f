package configuration

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// usersOfLoadBalancerConfiguration are the Gateways and GatewayClasses of ours that name it. A Gateway that is being deleted
// needs it no more: nothing is translated for it.
func usersOfLoadBalancerConfiguration(ctx context.Context, kube client.Reader, c *gwcfgv1.LoadBalancerConfiguration) ([]translate.User, error) {
	key := client.MatchingFields{lookup.ByLoadBalancerConfiguration: client.ObjectKeyFromObject(c).String()}
	classes, gateways := &gatewayv1.GatewayClassList{}, &gatewayv1.GatewayList{}
	if err := kube.List(ctx, classes, key); err != nil {
		return nil, errors.Wrap(err, "cannot list GatewayClasses")
	}
	if err := kube.List(ctx, gateways, key); err != nil {
		return nil, errors.Wrap(err, "cannot list Gateways")
	}
	var out []translate.User
	for i := range classes.Items {
		if c := &classes.Items[i]; c.Spec.ControllerName == translate.ControllerName {
			out = append(out, translate.User{Kind: "GatewayClass", Name: c.GetName()})
		}
	}
	for i := range gateways.Items {
		served, err := serves(ctx, kube, &gateways.Items[i])
		if err != nil {
			return nil, err
		}
		if served {
			out = append(out, translate.User{Kind: "Gateway", Namespace: gateways.Items[i].GetNamespace(), Name: gateways.Items[i].GetName()})
		}
	}
	return out, nil
}

// usersOfTargetGroupConfiguration are the LoadBalancerConfigurations that name it as their default, and the routes to its Service.
func usersOfTargetGroupConfiguration(ctx context.Context, kube client.Reader, c *gwcfgv1.TargetGroupConfiguration) ([]translate.User, error) {
	defaulting := &gwcfgv1.LoadBalancerConfigurationList{}
	key := client.MatchingFields{lookup.ByDefaultTargetGroupConfiguration: client.ObjectKeyFromObject(c).String()}
	if err := kube.List(ctx, defaulting, key); err != nil {
		return nil, errors.Wrap(err, "cannot list LoadBalancerConfigurations")
	}
	var out []translate.User
	for i := range defaulting.Items {
		if lbc := &defaulting.Items[i]; lbc.GetDeletionTimestamp() == nil || len(lbc.Status.UsedBy) > 0 {
			out = append(out, translate.User{Kind: gwcfgv1.LoadBalancerConfigurationKind, Namespace: lbc.GetNamespace(), Name: lbc.GetName()})
		}
	}
	for _, service := range lookup.TargetService(c) {
		routes, err := routesBy(ctx, kube, lookup.ByService, service)
		if err != nil {
			return nil, err
		}
		out = append(out, routes...)
	}
	return out, nil
}

// usersOfListenerRuleConfiguration are the routes that name it.
func usersOfListenerRuleConfiguration(ctx context.Context, kube client.Reader, c *gwcfgv1.ListenerRuleConfiguration) ([]translate.User, error) {
	return routesBy(ctx, kube, lookup.ByListenerRuleConfiguration, client.ObjectKeyFromObject(c))
}

// routesBy an index, those with a Gateway of ours.
func routesBy(ctx context.Context, kube client.Reader, index string, key types.NamespacedName) ([]translate.User, error) {
	routes, err := lookup.Routes(ctx, kube, client.MatchingFields{index: key.String()})
	if err != nil {
		return nil, err
	}
	var out []translate.User
	for _, r := range routes {
		ours, err := anyServed(ctx, kube, lookup.Gateways(r))
		if err != nil {
			return nil, err
		}
		if ours {
			out = append(out, translate.User{Kind: lookup.RouteKind(r), Namespace: r.GetNamespace(), Name: r.GetName()})
		}
	}
	return out, nil
}

func anyServed(ctx context.Context, kube client.Reader, gateways []types.NamespacedName) (bool, error) {
	for _, name := range gateways {
		gw := &gatewayv1.Gateway{}
		err := kube.Get(ctx, name, gw)
		if kerrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return false, errors.Wrapf(err, "cannot get Gateway %q", name)
		}
		if served, err := serves(ctx, kube, gw); served || err != nil {
			return served, err
		}
	}
	return false, nil
}

// serves says whether a Gateway is of a class of ours, and is to stay.
func serves(ctx context.Context, kube client.Reader, gw *gatewayv1.Gateway) (bool, error) {
	if gw.GetDeletionTimestamp() != nil {
		return false, nil
	}
	class := &gatewayv1.GatewayClass{}
	err := kube.Get(ctx, types.NamespacedName{Name: string(gw.Spec.GatewayClassName)}, class)
	if kerrors.IsNotFound(err) {
		return false, nil
	}
	return class.Spec.ControllerName == translate.ControllerName, errors.Wrapf(err, "cannot get GatewayClass %q", gw.Spec.GatewayClassName)
}
