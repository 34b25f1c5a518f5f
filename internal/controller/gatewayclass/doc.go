// Package gatewayclass accepts or refuses the GatewayClasses that name this controller.
//
// In go a GatewayClass and the LoadBalancerConfiguration that it names; out comes its status, and the finalizer that keeps it
// while there are Gateways of it.
package gatewayclass
