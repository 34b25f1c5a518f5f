package translate

import (
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// findConflicts: listeners of one Gateway with one port and hostname all lose (Gateway API, Gateway.spec.listeners). Between
// those of the Gateway and of ListenerSets the first wins (ListenerSetSpec.listeners), and a ListenerSet cannot take what the
// Gateway's own listeners quarrel about. An ALB listener speaks one protocol, so HTTP and HTTPS on one port conflict too.
func findConflicts(all []*listener) {
	for i, l := range all {
		switch {
		case !l.of.isGateway():
			// Whether the protocol is one that can be had comes second here.
			l.conflict = l.conflictWith(keep(all[:i], func(o *listener) bool { return o.of.isGateway() || o.conflict.isZero() }))
		case l.competes():
			l.conflict = l.conflictWith(keep(all, func(o *listener) bool { return o != l && o.of.isGateway() }))
		}
	}
}

// competes for its port: what is refused for its protocol takes nothing away from others.
func (l *listener) competes() bool {
	return l.refused.reason != string(gatewayv1.ListenerReasonUnsupportedProtocol)
}

func (l *listener) conflictWith(others []*listener) problem {
	if rivals := l.rivals(others, func(o *listener) bool { return o.spec.Protocol != l.spec.Protocol }); len(rivals) > 0 {
		verb := "asks"
		if len(rivals) > 1 {
			verb = "ask"
		}
		return protocolConflict("Listener %s asks for %s on port %d, where %s %s for another protocol; a port of a load balancer speaks one protocol",
			l.name, l.spec.Protocol, l.port, inWords("listener", rivals), verb)
	}
	if rivals := l.rivals(others, func(o *listener) bool { return o.hostname == l.hostname }); len(rivals) > 0 {
		return hostnameConflict("Listener %s has port %d and hostname %q in common with %s; give each its own",
			l.name, l.port, l.hostname, inWords("listener", rivals))
	}
	return problem{}
}

// rivals are the names of other listeners of the same port.
func (l *listener) rivals(all []*listener, conflicts func(*listener) bool) []string {
	return l.naming(keep(all, func(o *listener) bool { return o != l && o.port == l.port && o.competes() && conflicts(o) }))
}

// naming other listeners. What is in a namespace of others is not told (Gateway API, ListenerSetSpec.listeners), but for the
// Gateway that the ListenerSet itself names.
func (l *listener) naming(others []*listener) []string {
	var out []string
	for _, o := range others {
		switch {
		case o.of == l.of:
			out = append(out, o.name)
		case o.of.isGateway() || o.of.namespace == l.of.namespace:
			out = append(out, fmt.Sprintf("%s of %s", o.name, o.of))
		default:
			out = appendNew(out, []string{"of an older ListenerSet"})
		}
	}
	return out
}

// A holder is an object that has listeners: the Gateway or a ListenerSet.
type holder struct{ kind, namespace, name string }

const (
	kindGateway     = "Gateway"
	kindListenerSet = "ListenerSet"
)

func holderOf(g *gatewayv1.Gateway) holder { return holder{kindGateway, g.Namespace, g.Name} }

func (h holder) isGateway() bool { return h.kind == kindGateway }

// String names the holder in messages.
func (h holder) String() string { return fmt.Sprintf("%s %s/%s", h.kind, h.namespace, h.name) }
