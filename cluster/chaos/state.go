package main

import (
	"fmt"
	"slices"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/scene"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

const (
	namespace   = "chaos"
	gatewayName = "shop"
	backends    = 5 // Deployments with a Service of the same name each
)

func backendName(i int) string { return fmt.Sprintf("b%d", i) }

// A state is what the cluster is told of the Gateway. A change makes a new one.
type state struct {
	gateway  *gatewayv1.Gateway
	routes   []*gatewayv1.HTTPRoute
	services []*corev1.Service

	configurations []*gwcfgv1.TargetGroupConfiguration // of NodePort Services, by their names
}

// with another object in the place of the one with its name, or beside the others.
func (s state) with(o any) state {
	s.routes, s.services, s.configurations = slices.Clone(s.routes), slices.Clone(s.services), slices.Clone(s.configurations)
	switch o := o.(type) {
	case *gatewayv1.Gateway:
		s.gateway = o
	case *gatewayv1.HTTPRoute:
		s.routes = put(s.routes, o, func(r *gatewayv1.HTTPRoute) bool { return r.Name == o.Name })
	case *corev1.Service:
		s.services = put(s.services, o, func(v *corev1.Service) bool { return v.Name == o.Name })
	case *gwcfgv1.TargetGroupConfiguration:
		s.configurations = put(s.configurations, o, func(c *gwcfgv1.TargetGroupConfiguration) bool { return c.Name == o.Name })
	}
	return s
}

func put[T any](all []T, o T, same func(T) bool) []T {
	if i := slices.IndexFunc(all, same); i >= 0 {
		all[i] = o
		return all
	}
	return append(all, o)
}

func (s state) without(route string) state {
	s.routes = slices.DeleteFunc(slices.Clone(s.routes), func(r *gatewayv1.HTTPRoute) bool { return r.Name == route })
	return s
}

// input is what bears upon the Gateway.
func (s state) input() translate.Input {
	return translate.Input{
		Settings: translate.Settings{ClusterName: stack.ClusterName},
		Class: &gatewayv1.GatewayClass{
			TypeMeta:   metav1.TypeMeta{APIVersion: gatewayv1.GroupVersion.String(), Kind: "GatewayClass"},
			ObjectMeta: metav1.ObjectMeta{Name: scene.ClassName},
			Spec:       gatewayv1.GatewayClassSpec{ControllerName: translate.ControllerName},
		},
		Gateway:    s.gateway,
		HTTPRoutes: s.routes,
		Services:   s.services,
		Namespaces: []*corev1.Namespace{{ObjectMeta: metav1.ObjectMeta{Name: namespace}}},

		TargetGroupConfigurations: s.configurations,

		ProviderConfig: xpv2.ProviderConfigReference{Kind: "ClusterProviderConfig", Name: "default"},
	}
}
