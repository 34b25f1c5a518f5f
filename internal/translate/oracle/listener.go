package oracle

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// listenersFor are the accepted listeners of a port whose hostname matches, in the order in which a request is offered
// to them: "Exact matches MUST be processed before wildcard matches, and wildcard matches MUST be processed before fallback
// (empty Hostname value) matches ... the higher the number of dots in the hostname to the right of the wildcard character, the
// higher the precedence" (GatewaySpec.Listeners).
func listenersFor(gw *gatewayv1.Gateway, port int32, host string) []gatewayv1.Listener {
	var found []gatewayv1.Listener
	for _, l := range gw.Spec.Listeners {
		if l.Port == port && speaksHTTP(l) && distinct(gw, l) && hostnameMatches(listenerHostname(l), host) {
			found = append(found, l)
		}
	}
	slices.SortStableFunc(found, func(x, y gatewayv1.Listener) int {
		return cmp.Compare(specificity(listenerHostname(y)), specificity(listenerHostname(x)))
	})
	return found
}

// distinct: "ALL indistinct Listeners must not be accepted for processing"; HTTP, HTTPS and TLS listeners of one protocol
// differ in port or hostname, and an ALB listener speaks one protocol on a port.
func distinct(gw *gatewayv1.Gateway, l gatewayv1.Listener) bool {
	for _, other := range gw.Spec.Listeners {
		if other.Name == l.Name || other.Port != l.Port {
			continue
		}
		switch {
		case other.Protocol != l.Protocol && (speaksHTTP(other) || other.Protocol == gatewayv1.TLSProtocolType):
			return false
		case other.Protocol == l.Protocol:
			if strings.EqualFold(listenerHostname(other), listenerHostname(l)) {
				return false
			}
		}
	}
	return true
}

func speaksHTTP(l gatewayv1.Listener) bool {
	return l.Protocol == gatewayv1.HTTPProtocolType || l.Protocol == gatewayv1.HTTPSProtocolType
}

func listenerHostname(l gatewayv1.Listener) string {
	if l.Hostname == nil {
		return ""
	}
	return string(*l.Hostname)
}

func specificity(hostname string) int {
	switch {
	case hostname == "":
		return 0
	case strings.HasPrefix(hostname, "*"):
		return strings.Count(hostname, ".")
	default:
		return 1 << 10 // a hostname has at most 253 characters
	}
}

// attaches says whether one of the route's parentRefs selects the listener and the listener allows the route. gRPC needs HTTP/2,
// which an ALB speaks over TLS only (GRPCRoute).
func attaches(in translate.Input, route route, l gatewayv1.Listener) bool {
	if route.kind == kindGRPCRoute && l.Protocol != gatewayv1.HTTPSProtocolType {
		return false
	}
	return allows(in, l, route) && slices.ContainsFunc(route.Spec.ParentRefs, func(ref gatewayv1.ParentReference) bool {
		return selects(ref, route.Namespace, in.Gateway, l)
	})
}

// selects: "When both Port and SectionName are specified, the name and port of the selected listener must match both
// specified values" (ParentReference).
func selects(ref gatewayv1.ParentReference, namespace string, gw *gatewayv1.Gateway, l gatewayv1.Listener) bool {
	return or(ref.Group, gatewayv1.GroupName) == gatewayv1.GroupName &&
		or(ref.Kind, "Gateway") == "Gateway" &&
		string(or(ref.Namespace, gatewayv1.Namespace(namespace))) == gw.Namespace &&
		string(ref.Name) == gw.Name &&
		(or(ref.SectionName, "") == "" || *ref.SectionName == l.Name) &&
		(or(ref.Port, 0) == 0 || *ref.Port == l.Port)
}

func allows(in translate.Input, l gatewayv1.Listener, route route) bool {
	namespace := route.Namespace
	if l.AllowedRoutes == nil {
		return namespace == in.Gateway.Namespace
	}
	kinds := l.AllowedRoutes.Kinds
	if len(kinds) > 0 && !slices.ContainsFunc(kinds, func(k gatewayv1.RouteGroupKind) bool {
		return or(k.Group, gatewayv1.GroupName) == gatewayv1.GroupName && k.Kind == route.kind
	}) {
		return false
	}
	from := l.AllowedRoutes.Namespaces
	if from == nil {
		return namespace == in.Gateway.Namespace
	}
	switch or(from.From, gatewayv1.NamespacesFromSame) {
	case gatewayv1.NamespacesFromAll:
		return true
	case gatewayv1.NamespacesFromSelector:
		return selected(from.Selector, namespaceLabels(in.Namespaces, namespace))
	case gatewayv1.NamespacesFromSame:
		return namespace == in.Gateway.Namespace
	default:
		return false
	}
}

func selected(s *metav1.LabelSelector, of labels.Set) bool {
	selector, err := metav1.LabelSelectorAsSelector(s)
	return err == nil && selector.Matches(of)
}

func namespaceLabels(namespaces []*corev1.Namespace, name string) labels.Set {
	for _, ns := range namespaces {
		if ns.Name == name {
			return ns.Labels
		}
	}
	return nil
}

// or is the value of an optional field, or its default.
func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
