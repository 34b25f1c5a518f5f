package translate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// A parent is a route's reference to the Gateway.
type parent struct {
	route     *route
	ref       gatewayv1.ParentReference
	listeners []*listener // those that take the route
	refused   problem
}

// A boundHost is a hostname in effect, with what it comes from: the hostnames of listener and route.
type boundHost struct{ host, original, listener string }

// attach finds what each parentRef to the Gateway is attached to.
func (t *translation) attach() []*parent {
	var out []*parent
	for _, r := range t.routes {
		for _, ref := range r.parents {
			if t.refersToGateway(r, ref) {
				out = append(out, t.attachment(r, ref))
			}
		}
	}
	return out
}

func (t *translation) refersToGateway(r *route, ref gatewayv1.ParentReference) bool {
	namespace := r.namespace
	if ref.Namespace != nil {
		namespace = string(*ref.Namespace)
	}
	return (ref.Group == nil || *ref.Group == gatewayv1.GroupName) && (ref.Kind == nil || *ref.Kind == "Gateway") &&
		string(ref.Name) == t.in.Gateway.Name && namespace == t.in.Gateway.Namespace
}

// attachment: the listeners that the parentRef names, less those that do not allow the route, less those whose hostname the
// route has no part in. The reason is that of the last step that left nothing.
func (t *translation) attachment(r *route, ref gatewayv1.ParentReference) *parent {
	p := &parent{route: r, ref: ref}
	named := keep(t.listeners, func(l *listener) bool {
		return (ref.SectionName == nil || string(*ref.SectionName) == l.name) && (ref.Port == nil || *ref.Port == l.port)
	})
	if len(named) == 0 {
		p.refused = noMatchingParent("Gateway %s/%s has no listener%s; correct the parentRef", t.in.Gateway.Namespace, t.in.Gateway.Name, sought(ref))
		return p
	}
	allowing := keep(named, func(l *listener) bool { return l.takes(r.kind) && l.admits(r.namespace) })
	if len(allowing) == 0 {
		p.refused = t.notAllowed(p, named)
		return p
	}
	p.listeners = keep(allowing, func(l *listener) bool { return len(l.bind(r)) > 0 })
	if len(p.listeners) == 0 {
		p.refused = noMatchingListenerHostname("Hostnames %s of %s match no hostname of %s; change the hostnames of either",
			strings.Join(r.hostnames, ", "), r, inWords("listener", namesOf(allowing)))
	}
	return p
}

// notAllowed says why none of the listeners that a parentRef names takes the route.
func (t *translation) notAllowed(p *parent, named []*listener) problem {
	r, gateway := p.route, t.in.Gateway.Namespace+"/"+t.in.Gateway.Name
	admitting := keep(named, func(l *listener) bool { return l.admits(r.namespace) })
	if r.kind == kindGRPCRoute && len(admitting) > 0 && !slices.ContainsFunc(admitting, (*listener).secure) {
		return notAllowedByListeners("A GRPCRoute cannot be attached to %s of Gateway %s, which speaks no HTTPS; %s; attach the route to an HTTPS listener",
			inWords("listener", namesOf(admitting)), gateway, grpcNeedsTLS)
	}
	return notAllowedByListeners("No listener%s of Gateway %s allows %s from namespace %s; change allowedRoutes of the listener",
		sought(p.ref), gateway, withArticle(r.kind), r.namespace)
}

func keep[T any](in []T, ok func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(in), func(v T) bool { return !ok(v) })
}

func namesOf(ls []*listener) []string {
	out := make([]string, 0, len(ls))
	for _, l := range ls {
		out = append(out, l.name)
	}
	return out
}

func sought(ref gatewayv1.ParentReference) string {
	out := ""
	if ref.SectionName != nil {
		out += " " + string(*ref.SectionName)
	}
	if ref.Port != nil {
		out += fmt.Sprintf(" on port %d", *ref.Port)
	}
	return out
}

// bind intersects the hostnames of listener and route. A route without hostnames has those of the listener.
func (l *listener) bind(r *route) []boundHost {
	if len(r.hostnames) == 0 {
		return []boundHost{{l.hostname, anyHost, l.hostname}}
	}
	var out []boundHost
	for _, h := range r.hostnames {
		if host, ok := intersection(l.hostname, h); ok {
			out = append(out, boundHost{host, h, l.hostname})
		}
	}
	return out
}

// hostsOn are the hostnames that a route serves on a port, for each of its listeners there, the one without a hostname
// included. Of two ways to one hostname of a listener the more specific of the route's own counts.
func (t *translation) hostsOn(r *route, on alb.ListenerPort) []boundHost {
	best := map[[2]string]boundHost{}
	for _, l := range t.listenersOf(r, on) {
		for _, b := range l.bind(r) {
			way := [2]string{b.listener, b.host}
			if known, ok := best[way]; !ok || literalLength(b.original) > literalLength(known.original) {
				best[way] = b
			}
		}
	}
	return slices.SortedFunc(maps.Values(best), func(a, b boundHost) int {
		return cmp.Or(strings.Compare(a.listener, b.listener), strings.Compare(a.host, b.host))
	})
}

func (t *translation) listenersOf(r *route, on alb.ListenerPort) []*listener {
	var out []*listener
	for _, p := range t.parents {
		if p.route == r {
			out = appendNew(out, keep(p.listeners, func(l *listener) bool { return l.on() == on }))
		}
	}
	return out
}

// places are where a parentRef puts the route on the load balancer, each once.
func (p *parent) places() []alb.ListenerPort {
	var out []alb.ListenerPort
	for _, l := range p.listeners {
		if !slices.Contains(out, l.on()) {
			out = append(out, l.on())
		}
	}
	return out
}
