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

// A parent is a route's reference to the Gateway or to a ListenerSet of it.
type parent struct {
	route     *route
	ref       gatewayv1.ParentReference
	of        holder
	listeners []*listener // those that take the route
	refused   problem
}

// A boundHost is a hostname in effect, with what it comes from: the hostnames of listener and route.
type boundHost struct{ host, original, listener string }

// attach finds what each parentRef to the Gateway and its ListenerSets is attached to.
func (t *translation) attach() []*parent {
	gateway, own := holderOf(t.in.Gateway), t.own()
	sets := map[holder]*listenerSet{}
	for _, s := range t.sets {
		sets[s.holder()] = s
	}
	var out []*parent
	for _, r := range t.routes {
		for _, ref := range r.parents {
			p := &parent{route: r, ref: ref, of: referent(r, ref)}
			switch s := sets[p.of]; {
			case p.of == gateway:
				p.attach(own)
			case s == nil:
				continue
			case s.refused.isZero():
				p.attach(s.listeners)
			default:
				p.refused = s.notAttached()
			}
			out = append(out, p)
		}
	}
	return out
}

// referent of a parentRef; zero if it is of another group than Gateway API's.
func referent(r *route, ref gatewayv1.ParentReference) holder {
	if ref.Group != nil && *ref.Group != gatewayv1.GroupName {
		return holder{}
	}
	return holder{
		kind:      string(*first(ref.Kind, new(gatewayv1.Kind(kindGateway)))),
		namespace: string(*first(ref.Namespace, new(gatewayv1.Namespace(r.namespace)))),
		name:      string(ref.Name),
	}
}

// attach to the listeners that the parentRef names, less those that do not allow the route, less those whose hostname the
// route has no part in. The reason is that of the last step that left nothing.
func (p *parent) attach(listeners []*listener) {
	r, ref := p.route, p.ref
	named := keep(listeners, func(l *listener) bool {
		return (ref.SectionName == nil || string(*ref.SectionName) == l.name) && (ref.Port == nil || *ref.Port == l.port)
	})
	if len(named) == 0 {
		p.refused = noMatchingParent("%s has no listener%s; correct the parentRef", p.of, sought(ref))
		return
	}
	allowing := keep(named, func(l *listener) bool { return l.takes(r.kind) && l.admits(r.namespace) })
	if len(allowing) == 0 {
		p.refused = p.notAllowed(named)
		return
	}
	p.listeners = keep(allowing, func(l *listener) bool { return len(l.bind(r)) > 0 })
	if len(p.listeners) == 0 {
		p.refused = noMatchingListenerHostname("Hostnames %s of %s match no hostname of %s; change the hostnames of either",
			strings.Join(r.hostnames, ", "), r, inWords("listener", namesOf(allowing)))
	}
}

// notAllowed says why none of the listeners that a parentRef names takes the route.
func (p *parent) notAllowed(named []*listener) problem {
	r := p.route
	admitting := keep(named, func(l *listener) bool { return l.admits(r.namespace) })
	if r.kind == kindGRPCRoute && len(admitting) > 0 && !slices.ContainsFunc(admitting, (*listener).secure) {
		return notAllowedByListeners("A GRPCRoute cannot be attached to %s of %s, which speaks no HTTPS; %s; attach the route to an HTTPS listener",
			inWords("listener", namesOf(admitting)), p.of, grpcNeedsTLS)
	}
	return notAllowedByListeners("No listener%s of %s allows %s from namespace %s; change allowedRoutes of the listener",
		sought(p.ref), p.of, withArticle(r.kind), r.namespace)
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
