package translate

import (
	"fmt"
	"slices"
)

// An owner is what a rule of the load balancer is there for: a rule of a route, or a listener that keeps its requests from
// the less specific listeners of its port.
type owner interface {
	// Stringer names it in messages.
	fmt.Stringer

	// id is what objects say of it. It is zero for listeners, of which one rule can serve several.
	id() ruleOwner

	// ownTags are for its rules alone.
	ownTags() map[string]string
}

// A routeID tells routes apart.
type routeID struct{ kind, namespace, name string }

// A ruleOwner is an owner as objects name it.
type ruleOwner struct {
	routeID
	index int
}

// where names the rule in what is dropped.
func (o ruleOwner) where() string {
	return fmt.Sprintf("%d of %s %s/%s", o.index, o.kind, o.namespace, o.name)
}

func (o ruleOwner) isListener() bool { return o == ruleOwner{} }

func (l *listener) id() ruleOwner { return ruleOwner{} }

func (l *listener) ownTags() map[string]string { return nil }

func (l *listener) String() string {
	if l.of.isGateway() {
		return "listener " + l.name
	}
	return fmt.Sprintf("listener %s of %s", l.name, l.of)
}

// guards answer 404 to what the routes of each listener with a hostname leave, so that it does not go to a less specific
// listener (Gateway API, Gateway.spec.listeners: isolation). They come right after the routes of their listener: in the order
// of precedence, no host is what comes last.
func (t *translation) guards(p *port) []*atom {
	var out []*atom
	for _, l := range p.listeners {
		if l.hostname == anyHost {
			continue
		}
		a := &atom{
			host: l.hostname, outcome: newOutcome(fixed("404"), nil), owner: l,
			order: precedence{listener: l.hostname, host: anyHost}, verdict: &verdict{},
		}
		if err := t.expressible(a); err != nil {
			l.notes = appendNew(l.notes, []string{fmt.Sprintf("Requests for hostname %s that no route takes may go to a less specific listener of port %d (%s)", l.hostname, p.Port, err)})
			continue
		}
		out = append(out, a)
	}
	return out
}

// withoutIdle leaves out guards that keep no request from anyone: the load balancer answers 404 itself to what no rule takes,
// and rules are scarce.
func withoutIdle(atoms []*atom) []*atom {
	var out []*atom
	for i, a := range atoms {
		if !a.owner.id().isListener() || slices.ContainsFunc(atoms[i+1:], func(later *atom) bool { return a.keepsFrom(later, out) }) {
			out = append(out, a)
		}
	}
	return out
}

// keepsFrom says whether a later atom would answer a request that the guard takes. It would not where an earlier one has
// taken all that both match, as is so when a route is attached to both listeners.
func (a *atom) keepsFrom(later *atom, earlier []*atom) bool {
	if !a.conflicts(later) {
		return false
	}
	host, _ := intersection(a.host, later.host)
	return !slices.ContainsFunc(earlier, func(e *atom) bool { return hostCovers(e.host, host) && e.match.covers(later.match) })
}

// guardsBefore are the rules of listeners without which r would answer requests of theirs.
func (t *translation) guardsBefore(r *rule) []*rule {
	before := r.port.rules[:slices.Index(r.port.rules, r)]
	return keep(before, func(g *rule) bool { return g.isGuard() && g.conflicts(r) })
}

func (r *rule) isGuard() bool { return r.owner.id().isListener() }
