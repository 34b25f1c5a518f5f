package translate

import (
	"cmp"
	"fmt"
	"slices"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// A rule is one rule of the load balancer.
type rule struct {
	port       *port
	owner      owner
	atoms      node
	conditions []albv1alpha1.RuleCondition
	outcome    outcome

	// content is equal where two rules say the same.
	content string

	// name, priority and observed come by identity.
	name     string
	priority int32
	observed *albv1alpha1.ListenerRule

	// awaits names what has to happen first; empty if nothing has to.
	awaits string
}

func (t *translation) newRule(p *port, atoms node) *rule {
	conditions := t.conditions(boxOf(atoms))
	return &rule{
		port: p, owner: atoms[0].owner, atoms: atoms, conditions: conditions, outcome: atoms[0].outcome,
		content: contentOf(conditions, atoms[0].outcome.actions, atoms[0].outcome.transforms),
	}
}

func contentOf(conditions []albv1alpha1.RuleCondition, actions []albv1alpha1.Action, transforms []albv1alpha1.RuleTransform) string {
	return jsonOf(conditions) + jsonOf(actions) + jsonOf(transforms)
}

// makeRules fills the rules of every port.
func (t *translation) makeRules() {
	for _, p := range t.ports {
		serves := t.serving(p)
		var atoms []*atom
		for _, r := range t.routes {
			for _, rr := range r.rules {
				v := t.judge(rr, p.ListenerPort)
				v.atoms = keep(v.atoms, serves)
				atoms = append(atoms, v.atoms...)
			}
		}
		p.rules = t.arrange(p, atoms)
	}
	if t.limitTargetGroups() {
		for _, p := range t.ports {
			t.rearrange(p, func(*rule) bool { return true })
		}
	}
	t.limitRules()
}

// serving says which atoms of routes a port serves: those of accepted parentRefs, through listeners that are on the load
// balancer. What is not accepted has no say in where requests go.
func (t *translation) serving(p *port) func(*atom) bool {
	hostnames := map[owner][]string{}
	for _, parent := range t.parents {
		if !t.accepts(parent) {
			continue
		}
		for _, l := range keep(parent.listeners, func(l *listener) bool { return slices.Contains(p.listeners, l) }) {
			for _, r := range parent.route.rules {
				hostnames[r] = append(hostnames[r], l.hostname)
			}
		}
	}
	return func(a *atom) bool { return slices.Contains(hostnames[a.owner], a.order.listener) }
}

// rearrange a port without the rules that do not stay, and without those of routes that are no longer accepted.
func (t *translation) rearrange(p *port, stays func(*rule) bool) {
	serves := t.serving(p)
	var atoms []*atom
	for _, r := range keep(p.rules, func(r *rule) bool { return !r.isGuard() && stays(r) }) {
		atoms = append(atoms, keep(r.atoms, serves)...)
	}
	p.rules = t.arrange(p, atoms)
}

// byAge are the rules of all ports that serve routes, those of the oldest route first: what came first keeps its place under
// a quota.
func (t *translation) byAge() []*rule {
	var all []*rule
	for _, p := range t.ports {
		all = append(all, keep(p.rules, func(r *rule) bool { return !r.isGuard() })...)
	}
	slices.SortStableFunc(all, func(a, b *rule) int {
		return cmp.Or(a.atoms[0].order.older(b.atoms[0].order), cmp.Compare(a.port.Port, b.port.Port))
	})
	return all
}

// limitRules leaves out what is beyond the quota of rules. When a rule goes that took all requests of its listener, a guard may
// have to come in its place, so that the rest is arranged anew, until all of it fits.
func (t *translation) limitRules() {
	quota, needed := t.in.Settings.Quotas.orDefaults().Rules, 0
	for _, p := range t.ports {
		needed += len(p.rules)
	}
	if needed <= quota {
		return
	}
	why := fmt.Sprintf("the load balancer of Gateway %s/%s needs %d rules and AWS allows %d; ask AWS for more, use fewer matches, or another Gateway",
		t.in.Gateway.Namespace, t.in.Gateway.Name, needed, quota)
	for beyond := t.beyond(quota); len(beyond) > 0; beyond = t.beyond(quota) {
		for _, r := range beyond {
			lose(r, why)
		}
		for _, p := range t.ports {
			t.rearrange(p, func(r *rule) bool { return !slices.Contains(beyond, r) })
		}
	}
}

// beyond a quota are the rules of the youngest routes. A rule counts with the guards that keep it from the requests of more
// specific listeners, so that it is left out before they are.
func (t *translation) beyond(quota int) []*rule {
	var out []*rule
	within := map[*rule]bool{}
	for _, r := range t.byAge() {
		more := keep(append(t.guardsBefore(r), r), func(r *rule) bool { return !within[r] })
		if len(within)+len(more) > quota {
			out = append(out, r)
			continue
		}
		for _, r := range more {
			within[r] = true
		}
	}
	return out
}

// lose takes a rule out of what works.
func lose(r *rule, why string) {
	v := r.atoms[0].verdict
	v.drop(r.owner.id().where(), why)
	v.atoms = keep(v.atoms, func(a *atom) bool { return !slices.Contains(r.atoms, a) })
	v.works = len(v.atoms) > 0
}

// limitTargetGroups lets rules answer 500 whose target groups are beyond the quota, and says whether there are any.
func (t *translation) limitTargetGroups() (some bool) {
	quota := t.in.Settings.Quotas.orDefaults().TargetGroups
	used := map[string]bool{}
	for _, r := range t.byAge() {
		more := 0
		for _, name := range groupsOf(r.outcome.actions) {
			if !used[name] {
				more++
			}
		}
		if len(used)+more > quota {
			some = true
			lose(r, fmt.Sprintf("the load balancer of Gateway %s/%s would have more than the %d target groups that AWS allows; use fewer Services, or another Gateway",
				t.in.Gateway.Namespace, t.in.Gateway.Name, quota))
			r.outcome = r.atoms[0].verdict.failed
			for _, a := range r.atoms {
				a.outcome = r.outcome
			}
			r.content = contentOf(r.conditions, r.outcome.actions, r.outcome.transforms)
			continue
		}
		for _, name := range groupsOf(r.outcome.actions) {
			used[name] = true
		}
	}
	return some
}

// groupsOf are the TargetGroups that actions name.
func groupsOf(actions []albv1alpha1.Action) []string {
	var out []string
	for _, a := range actions {
		if a.ForwardConfig == nil {
			continue
		}
		for _, tg := range a.ForwardConfig.TargetGroups {
			if tg.TargetGroupRef != nil {
				out = append(out, tg.TargetGroupRef.Name)
			}
		}
	}
	return out
}
