package oracle

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// shares of the backends: "This is computed as weight/(sum of all weights in this BackendRefs list)" (BackendRef.Weight);
// "the proportion of requests that would otherwise have been routed to an invalid backend MUST receive a 500 status code"
// (HTTPRouteRule.BackendRefs). Empty when no request may go anywhere.
func shares(in translate.Input, c candidate, refs []gatewayv1.HTTPBackendRef) map[string]float64 {
	total := 0
	for _, ref := range refs {
		total += weight(ref)
	}
	of := map[string]float64{}
	for _, ref := range refs {
		if w := weight(ref); w > 0 {
			of[target(in, c, ref.BackendObjectReference)] += float64(w) / float64(total)
		}
	}
	return of
}

// weight: "If unspecified, weight defaults to 1" (BackendRef.Weight).
func weight(ref gatewayv1.HTTPBackendRef) int { return int(or(ref.Weight, 1)) }

// target is the Service port that a backendRef means, or Invalid (HTTPBackendRef).
func target(in translate.Input, c candidate, ref gatewayv1.BackendObjectReference) string {
	route := c.route
	if or(ref.Group, "") != "" || or(ref.Kind, "Service") != "Service" || ref.Port == nil {
		return Invalid
	}
	namespace := string(or(ref.Namespace, gatewayv1.Namespace(route.Namespace)))
	if namespace != route.Namespace && !granted(in.ReferenceGrants, route, namespace, ref.Name) {
		return Invalid
	}
	for _, s := range in.Services {
		if s.Namespace == namespace && s.Name == string(ref.Name) && hasPort(s, *ref.Port, c) {
			return fmt.Sprintf("%s/%s:%d", s.Namespace, s.Name, *ref.Port)
		}
	}
	return Invalid
}

// hasPort says whether a Service can be sent to at this port: "the port number is the service port number, not the target port" (BackendObjectReference.Port), and
// "Implementations SHOULD NOT support ExternalName Services". "If a Route is not able to send traffic to the backend using the
// specified protocol then the backend is considered invalid" (BackendRef): an ALB speaks HTTP/2 to targets of HTTPS listeners
// only, and no gRPC to WebSockets.
func hasPort(s *corev1.Service, port int32, c candidate) bool {
	return s.Spec.Type != corev1.ServiceTypeExternalName &&
		slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool {
			app := or(p.AppProtocol, "")
			return p.Port == port && (c.secure || app != "kubernetes.io/h2c") && (c.route.kind != kindGRPCRoute || app != "kubernetes.io/ws")
		})
}

// granted: "Implementations that support ReferenceGrant MUST NOT permit cross-namespace references which have no grant"; the
// entries of from, and those of to, are combined using OR (ReferenceGrantSpec).
func granted(grants []*gatewayv1.ReferenceGrant, from route, to string, name gatewayv1.ObjectName) bool {
	return slices.ContainsFunc(grants, func(g *gatewayv1.ReferenceGrant) bool {
		return g.Namespace == to &&
			slices.ContainsFunc(g.Spec.From, func(f gatewayv1.ReferenceGrantFrom) bool {
				return f.Group == gatewayv1.GroupName && f.Kind == from.kind && string(f.Namespace) == from.Namespace
			}) &&
			slices.ContainsFunc(g.Spec.To, func(t gatewayv1.ReferenceGrantTo) bool {
				return t.Group == "" && t.Kind == "Service" && (or(t.Name, "") == "" || *t.Name == name)
			})
	})
}
