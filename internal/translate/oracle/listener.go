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

// A listener is one of the Gateway's or of a ListenerSet's.
type listener struct {
	gatewayv1.Listener

	kind, namespace, of string // the object that has it
}

// Ports on which the Gateway listens.
func Ports(in translate.Input) []int32 {
	var ports []int32
	for _, l := range merged(in) {
		ports = append(ports, l.Port)
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// listenersFor are the accepted listeners of a port whose hostname matches, in the order in which a request is offered
// to them: "Exact matches MUST be processed before wildcard matches, and wildcard matches MUST be processed before fallback
// (empty Hostname value) matches ... the higher the number of dots in the hostname to the right of the wildcard character, the
// higher the precedence" (GatewaySpec.Listeners).
func listenersFor(in translate.Input, port int32, host string) []listener {
	var found []listener
	for _, l := range merged(in) {
		if l.Port == port && hostnameMatches(listenerHostname(l.Listener), host) {
			found = append(found, l)
		}
	}
	slices.SortStableFunc(found, func(x, y listener) int {
		return cmp.Compare(specificity(listenerHostname(y.Listener)), specificity(listenerHostname(x.Listener)))
	})
	return found
}

// merged are the accepted listeners: of the Gateway's own those that are distinct, of the others those that have the port and
// hostname of no accepted one before them.
func merged(in translate.Input) []listener {
	var accepted []listener
	for _, l := range listeners(in) {
		if l.kind == "Gateway" && !distinct(in.Gateway, l.Listener) || l.kind != "Gateway" && slices.ContainsFunc(accepted, l.conflicts) {
			continue
		}
		accepted = append(accepted, l)
	}
	return accepted
}

// listeners for HTTP and HTTPS: "Implementations MUST treat the parent Gateway as having the merged list of all listeners from itself and
// attached ListenerSets using the following precedence: 1. "parent" Gateway 2. ListenerSet ordered by creation time (oldest first)
// 3. ListenerSet ordered alphabetically by "{namespace}/{name}"" (ListenerSetSpec.Listeners).
func listeners(in translate.Input) []listener {
	var all []listener
	add := func(l listener) {
		if speaksHTTP(l.Listener) {
			all = append(all, l)
		}
	}
	for _, l := range in.Gateway.Spec.Listeners {
		add(listener{l, "Gateway", in.Gateway.Namespace, in.Gateway.Name})
	}
	sets := slices.Clone(in.ListenerSets)
	slices.SortFunc(sets, func(x, y *gatewayv1.ListenerSet) int {
		return cmp.Or(x.CreationTimestamp.Compare(y.CreationTimestamp.Time), strings.Compare(x.Namespace+"/"+x.Name, y.Namespace+"/"+y.Name))
	})
	for _, set := range sets {
		if !letIn(in, set) {
			continue
		}
		for _, entry := range set.Spec.Listeners {
			add(listener{gatewayv1.Listener(entry), "ListenerSet", set.Namespace, set.Name})
		}
	}
	return all
}

// conflicts with another listener: an ALB listener speaks one protocol on a port.
func (l listener) conflicts(o listener) bool {
	return l.Port == o.Port && (l.Protocol != o.Protocol || strings.EqualFold(listenerHostname(l.Listener), listenerHostname(o.Listener)))
}

// letIn: "The default value is to allow no ListenerSets" (AllowedListeners).
func letIn(in translate.Input, set *gatewayv1.ListenerSet) bool {
	ref, allowed := set.Spec.ParentRef, in.Gateway.Spec.AllowedListeners
	if string(ref.Name) != in.Gateway.Name || string(or(ref.Namespace, gatewayv1.Namespace(set.Namespace))) != in.Gateway.Namespace {
		return false
	}
	if allowed == nil || allowed.Namespaces == nil {
		return false
	}
	return among(in, or(allowed.Namespaces.From, gatewayv1.NamespacesFromNone), allowed.Namespaces.Selector, in.Gateway.Namespace, set.Namespace)
}

// among says whether a namespace is one of those that are allowed, as the object of another says.
func among(in translate.Input, from gatewayv1.FromNamespaces, selector *metav1.LabelSelector, own, namespace string) bool {
	switch from {
	case gatewayv1.NamespacesFromAll:
		return true
	case gatewayv1.NamespacesFromSelector:
		return selected(selector, namespaceLabels(in.Namespaces, namespace))
	case gatewayv1.NamespacesFromSame:
		return namespace == own
	default:
		return false
	}
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

// attaches says whether one of the route's parentRefs selects the listener, is accepted, and the listener allows the route.
func attaches(in translate.Input, route route, l listener) bool {
	return allows(in, l, route) && slices.ContainsFunc(route.Spec.ParentRefs, func(ref gatewayv1.ParentReference) bool {
		return selects(ref, route.Namespace, l) && accepted(in, route, ref)
	})
}

// accepted: a route nothing of which can be done where a parentRef puts it is not accepted there, and so has no say in what
// becomes of requests. "Listener status does not impact successful attachment" (ListenerStatus.AttachedRoutes).
func accepted(in translate.Input, route route, ref gatewayv1.ParentReference) bool {
	for _, l := range listeners(in) {
		if !selects(ref, route.Namespace, l) || !allows(in, l, route) || !shareHostname(l, route) {
			continue
		}
		for i, rule := range rulesOf(route.HTTPRoute) {
			c := candidate{route: route, secure: l.Protocol == gatewayv1.HTTPSProtocolType, rule: i}
			if !refused(rule) && (unresolved(rule) || !loops(rule, l.Port) && !mixes(in, c)) {
				return true
			}
		}
	}
	return false
}

// shareHostname: "there MUST be an intersection between the values for a Route to be accepted" (Listener.Hostname).
func shareHostname(l listener, route route) bool {
	own := listenerHostname(l.Listener)
	return own == "" || len(route.Spec.Hostnames) == 0 || slices.ContainsFunc(route.Spec.Hostnames, func(h gatewayv1.Hostname) bool {
		return hostnameMatches(own, string(h)) || hostnameMatches(string(h), own)
	})
}

// selects: "When both Port and SectionName are specified, the name and port of the selected listener must match both
// specified values" (ParentReference).
func selects(ref gatewayv1.ParentReference, namespace string, l listener) bool {
	return or(ref.Group, gatewayv1.GroupName) == gatewayv1.GroupName &&
		string(or(ref.Kind, "Gateway")) == l.kind &&
		string(or(ref.Namespace, gatewayv1.Namespace(namespace))) == l.namespace &&
		string(ref.Name) == l.of &&
		(or(ref.SectionName, "") == "" || *ref.SectionName == l.Name) &&
		(or(ref.Port, 0) == 0 || *ref.Port == l.Port)
}

// allows says whether a listener allows a route. gRPC needs HTTP/2, which an ALB speaks over TLS only (GRPCRoute).
func allows(in translate.Input, l listener, route route) bool {
	namespace := route.Namespace
	if route.kind == kindGRPCRoute && l.Protocol != gatewayv1.HTTPSProtocolType {
		return false
	}
	if l.AllowedRoutes == nil {
		return namespace == l.namespace
	}
	kinds := l.AllowedRoutes.Kinds
	if len(kinds) > 0 && !slices.ContainsFunc(kinds, func(k gatewayv1.RouteGroupKind) bool {
		return or(k.Group, gatewayv1.GroupName) == gatewayv1.GroupName && k.Kind == route.kind
	}) {
		return false
	}
	from := l.AllowedRoutes.Namespaces
	if from == nil {
		return namespace == l.namespace
	}
	return among(in, or(from.From, gatewayv1.NamespacesFromSame), from.Selector, l.namespace, namespace)
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
