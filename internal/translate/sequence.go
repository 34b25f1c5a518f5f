package translate

import (
	"cmp"
	"slices"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// A change is what has to happen to one rule of a port: it is made, changed, or goes. Each is carried out by itself, so that their
// sequence decides how requests are answered meanwhile: always as before all of them or as after all of them, if
//
//   - a rule gets requests only once the rules are live that come before it and may want the same requests;
//   - a rule lets go of requests only once the rules are live that get them, and those are gone that come after it and would
//     catch them.
type change struct {
	rule   *rule                     // nil: it goes
	object *albv1alpha1.ListenerRule // nil: it is made
	leaves node                      // what it lets go of

	// after are the changes that come first; awaits is the name of one of them, or of a rule that is not live yet.
	after  []*change
	awaits string
}

// sequence finds out which changes of a port have to wait. A rule that cannot become what it is to be in one step is made anew beside
// what is stored, if there is room for one more: that is so if it has to move too, or waits for what waits for it.
func (t *translation) sequence(p *port) {
	for {
		changes := t.changes(p)
		for _, c := range changes {
			t.order(p, c, changes)
		}
		free := free(changes)
		stuck := firstStuck(changes, free)
		if stuck == nil || !t.roomForRule() {
			p.release(changes, free)
			return
		}
		stuck.rule.observed, stuck.rule.name = nil, ""
		t.name(p, t.stored(p))
		t.prioritizePort(p)
	}
}

// release what has nothing to wait for, and what would wait for ever.
func (p *port) release(changes []*change, free map[*change]bool) {
	for _, c := range changes {
		switch {
		case c.object != nil && c.rule != nil && !free[c]:
		case c.rule != nil:
			c.rule.awaits = c.awaits
		case c.awaits == "" && c.object.DeletionTimestamp == nil:
			p.leaving = append(p.leaving, c.object)
		}
	}
}

// changes of a port: what is not as it is stored, rules in order of precedence first.
func (t *translation) changes(p *port) []*change {
	var out []*change
	wanted := map[string]bool{}
	for _, r := range p.rules {
		wanted[r.name] = true
		switch {
		case r.observed == nil:
			out = append(out, &change{rule: r})
		case !r.isStored():
			out = append(out, &change{rule: r, object: r.observed, leaves: r.leaves(r.observed)})
		}
	}
	for _, o := range t.stored(p) {
		if !wanted[o.Name] {
			out = append(out, &change{object: o, leaves: nodeOf(o)})
		}
	}
	return out
}

// stored rules of a port, those on their way out included.
func (t *translation) stored(p *port) []*albv1alpha1.ListenerRule {
	return keep(t.in.Observed.ListenerRules, func(o *albv1alpha1.ListenerRule) bool { return onPort(o, p) })
}

// isStored as it is to be, as far as requests notice.
func (r *rule) isStored() bool {
	return r.observed != nil && r.says(r.observed) && r.priority == r.observed.Spec.ForProvider.Priority
}

// leaves is what a stored rule takes of requests and the rule does not: everything, for a while, if it moves down past others.
func (r *rule) leaves(o *albv1alpha1.ListenerRule) node {
	switch {
	case r.priority > o.Spec.ForProvider.Priority:
		return r.atoms
	case r.asks(o):
		return nil
	}
	return keep(nodeOf(o), func(had *atom) bool {
		return !slices.ContainsFunc(r.atoms, func(a *atom) bool { return a.covers(had) })
	})
}

// order a change after others: the wanted rules before it that are not settled yet, and the stored ones after it.
func (t *translation) order(p *port, c *change, all []*change) {
	for _, r := range t.firstOf(p, c) {
		c.await(r.name)
		if i := slices.IndexFunc(all, func(o *change) bool { return o.rule == r }); i >= 0 {
			c.after = append(c.after, all[i])
		}
	}
	for _, o := range all {
		if o != c && c.leavesTo(o) {
			c.await(o.object.Name)
			c.after = append(c.after, o)
		}
	}
}

func (c *change) await(name string) { c.awaits = cmp.Or(c.awaits, name) }

// leavesTo says whether what c lets go of would be caught by what another change has not let go of yet.
func (c *change) leavesTo(o *change) bool {
	return len(c.leaves) > 0 && len(o.leaves) > 0 && byPriority(c.object, o.object) < 0 && c.leaves.conflicts(o.leaves)
}

// firstOf the wanted rules are those that have to be live, or refused, before a change: those that come before the rule which it
// makes, and those that get what it lets go of.
func (t *translation) firstOf(p *port, c *change) []*rule {
	var out []*rule
	place := slices.Index(p.rules, c.rule)
	for i, r := range p.rules {
		gained := i < place && r.conflicts(c.rule) && !r.isLiveBefore(c.rule.priority)
		lost := i != place && len(c.leaves) > 0 && (r.atoms.overlaps(c.leaves) || r.isUnsure(c.object)) && !r.isLiveBefore(c.object.Spec.ForProvider.Priority)
		if (gained || lost) && !t.decided(r) {
			out = append(out, r)
		}
	}
	return out
}

// isUnsure says whether the rule comes after another, and is in AWS as it is stored or as it was before, which nobody knows.
func (r *rule) isUnsure(o *albv1alpha1.ListenerRule) bool {
	return r.observed != nil && r.observed.Status.AtProvider.ARN != "" && byPriority(o, r.observed) < 0
}

// isLiveBefore says whether the rule takes requests already before those with a priority, wherever it is to move.
func (r *rule) isLiveBefore(priority int32) bool {
	return r.observed != nil && r.observed.Spec.ForProvider.Priority < priority && r.says(r.observed) && stateOf("ListenerRule", r.observed).live
}

// decided says whether a rule is as it will be for now: live, or refused, or waiting for a target group that is refused.
func (t *translation) decided(r *rule) bool {
	return r.isStored() && (!stateOf("ListenerRule", r.observed).waits() || slices.ContainsFunc(groupsOf(r.outcome.actions), t.isRefusedGroup))
}

func (t *translation) isRefusedGroup(name string) bool {
	if o := find(t.in.Observed.TargetGroups, name); o != nil && stateOf("TargetGroup", o).refused {
		return true
	}
	o := find(t.in.Observed.TargetGroupBindings, name)
	return o != nil && stateOf("TargetGroupBinding", o).refused
}

// free are the changes whose turn comes some time.
func free(changes []*change) map[*change]bool {
	out := map[*change]bool{}
	for before := -1; before != len(out); {
		before = len(out)
		for _, c := range changes {
			if !slices.ContainsFunc(c.after, func(o *change) bool { return !out[o] }) {
				out[c] = true
			}
		}
	}
	return out
}

// firstStuck is a change of what a stored rule says that is never its turn, or that AWS would have to carry out in two steps.
func firstStuck(changes []*change, free map[*change]bool) *change {
	i := slices.IndexFunc(changes, func(c *change) bool {
		return c.rule != nil && c.object != nil && !c.rule.says(c.object) && (c.moves() || len(c.leaves) > 0 && !free[c])
	})
	if i < 0 {
		return nil
	}
	return changes[i]
}

// moves says whether the rule is to be in another place.
func (c *change) moves() bool { return c.rule.priority != c.object.Spec.ForProvider.Priority }

// roomForRule says whether the load balancer can have one more rule.
func (t *translation) roomForRule() bool {
	wanted := 0
	for _, p := range t.ports {
		wanted += len(keep(p.rules, func(r *rule) bool { return r.observed == nil }))
	}
	return len(t.in.Observed.ListenerRules)+wanted < t.in.Settings.Quotas.orDefaults().Rules
}
