package translate

import (
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// A listener is one of the Gateway's or of a ListenerSet's, with what is to be said of it.
type listener struct {
	spec     gatewayv1.Listener
	of       holder
	name     string
	hostname string // lower case; empty is any
	port     int32
	stem     string // of the names of what is made for it

	kinds  []gatewayv1.RouteGroupKind // supported and asked for
	admits func(namespace string) bool

	// tls is how an HTTPS listener terminates TLS.
	tls termination

	refused    problem // of condition Accepted
	conflict   problem // of condition Conflicted
	unresolved problem // of condition ResolvedRefs
	broken     bool    // unresolved in a way that leaves nothing to listen with
	notes      []string

	attached int32
}

// live says whether the listener is to be on the load balancer.
func (l *listener) live() bool { return l.refused.isZero() && l.conflict.isZero() && !l.broken }

func (l *listener) secure() bool { return l.spec.Protocol == gatewayv1.HTTPSProtocolType }

// listen judges the listeners of the Gateway, in the order of its spec, and after them those of the ListenerSets that it lets
// in, the oldest set's first (Gateway API, ListenerSetSpec.listeners).
func listen(in Input, c configuration, sets []*listenerSet) []*listener {
	var out []*listener
	for _, spec := range in.Gateway.Spec.Listeners {
		out = append(out, newListener(in, c, holderOf(in.Gateway), spec))
	}
	for _, s := range sets {
		if s.refused.isZero() {
			s.listen(in, c)
			out = append(out, s.listeners...)
		}
	}
	findConflicts(out)
	limitPorts(out, in.Settings.Quotas.orDefaults().Listeners)
	limitVerifying(out)
	limitCertificates(out, in.Settings.Quotas.orDefaults().Certificates)
	return out
}

func newListener(in Input, c configuration, of holder, spec gatewayv1.Listener) *listener {
	l := &listener{
		spec: spec, of: of, name: string(spec.Name), port: spec.Port, stem: c.stem,
		hostname: strings.ToLower(string(value(spec.Hostname))),
		admits:   allowedRoutes(spec.AllowedRoutes, of.namespace, in.Namespaces),
	}
	l.judgeProtocol()
	l.judgeKinds()
	if l.secure() {
		l.judgeTLS(in, c)
	}
	return l
}

func (l *listener) judgeProtocol() {
	if len(routeKinds[l.spec.Protocol]) == 0 {
		l.refused = unsupportedProtocol("Listener %s asks for protocol %s; an Application Load Balancer speaks HTTP and HTTPS", l.name, l.spec.Protocol)
	}
}

// routeKinds that listeners of each supported protocol take. An ALB speaks HTTP/2, which gRPC needs, to clients over TLS only.
var routeKinds = map[gatewayv1.ProtocolType][]gatewayv1.Kind{
	gatewayv1.HTTPProtocolType:  {kindHTTPRoute},
	gatewayv1.HTTPSProtocolType: {kindHTTPRoute, kindGRPCRoute},
}

// judgeKinds: supportedKinds holds what is both asked for and supported (Gateway API, ListenerStatus).
func (l *listener) judgeKinds() {
	l.kinds = []gatewayv1.RouteGroupKind{}
	supported := routeKinds[l.spec.Protocol]
	if l.spec.AllowedRoutes == nil || len(l.spec.AllowedRoutes.Kinds) == 0 {
		for _, kind := range supported {
			l.kinds = append(l.kinds, groupKind(kind))
		}
		return
	}
	var invalid []string
	for _, asked := range l.spec.AllowedRoutes.Kinds {
		group := gatewayv1.Group(gatewayv1.GroupName)
		if asked.Group != nil {
			group = *asked.Group
		}
		if group != gatewayv1.GroupName || !slices.Contains(supported, asked.Kind) {
			invalid = append(invalid, fmt.Sprintf("%s of group %q", asked.Kind, group))
			continue
		}
		l.kinds = append(l.kinds, groupKind(asked.Kind))
	}
	if len(invalid) > 0 && l.refused.isZero() {
		l.unresolved = invalidRouteKinds("Listener %s allows %s, which it cannot take; it can take %s", l.name, inWords("kind", invalid), inWords("kind", texts(supported)))
		l.broken = len(l.kinds) == 0
	}
	// Gateway API, GRPCRoute: without HTTP/2 over cleartext TCP the affected listener is not accepted. One that takes HTTPRoutes
	// too has other work to do.
	if l.broken && !l.secure() && slices.ContainsFunc(l.spec.AllowedRoutes.Kinds, isGRPC) {
		l.refused = unsupportedProtocol("Listener %s asks for GRPCRoutes over HTTP; %s; use protocol HTTPS", l.name, grpcNeedsTLS)
	}
}

func isGRPC(kind gatewayv1.RouteGroupKind) bool {
	return kind.Kind == kindGRPCRoute && (kind.Group == nil || *kind.Group == gatewayv1.GroupName)
}

// grpcNeedsTLS is the reason in messages.
const grpcNeedsTLS = "gRPC needs HTTP/2, which an Application Load Balancer speaks to clients over TLS only"

func groupKind(kind gatewayv1.Kind) gatewayv1.RouteGroupKind {
	return gatewayv1.RouteGroupKind{Group: new(gatewayv1.Group(gatewayv1.GroupName)), Kind: kind}
}

func (l *listener) takes(kind string) bool {
	return slices.ContainsFunc(l.kinds, func(k gatewayv1.RouteGroupKind) bool { return string(k.Kind) == kind })
}

// sharesClients says whether a client may use its connection to one HTTPS listener for requests to the other.
func (l *listener) sharesClients(o *listener) bool {
	return l.secure() && o.secure() && hostsOverlap(l.hostname, o.hostname)
}

// limitPorts refuses what is beyond the quota of listeners, as the listeners come.
func limitPorts(all []*listener, quota int) {
	seen := map[int32]bool{}
	for _, l := range all {
		if !l.live() || seen[l.port] {
			continue
		}
		if len(seen) == quota {
			l.refused = portUnavailable("Listener %s asks for port %d; AWS allows %d listeners for a load balancer; use fewer ports", l.name, l.port, quota)
			continue
		}
		seen[l.port] = true
	}
}

func texts[T ~string](in []T) []string {
	out := make([]string, 0, len(in))
	for _, v := range in {
		out = append(out, string(v))
	}
	return out
}
