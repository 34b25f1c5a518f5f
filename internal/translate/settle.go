package translate

import "github.com/crossplane-contrib/provider-alb-gateway/internal/alb"

// prioritizePort gives the rules of a port their priorities. Only where a request may meet two rules does their order mean
// anything; elsewhere it follows the priorities that they have, so that nothing moves without need.
func (t *translation) prioritizePort(p *port) {
	taken := map[int32]bool{}
	for _, o := range t.in.Observed.ListenerRules {
		if onPort(o, p) {
			taken[o.Spec.ForProvider.Priority] = true
			taken[o.Status.AtProvider.Priority] = true
		}
	}
	p.rules = settle(p.rules)
	had := make([]int32, len(p.rules))
	for i, r := range p.rules {
		had[i] = r.had()
	}
	for i, priority := range prioritize(had, taken) {
		p.rules[i].priority = priority
	}
}

// had is the priority that the rule has, or zero.
func (r *rule) had() int32 {
	if r.observed == nil {
		return 0
	}
	return r.observed.Spec.ForProvider.Priority
}

// settle orders rules by the priorities that they have, new ones before the rule that follows them in precedence, but never
// two that conflict against their precedence.
func settle(rules []*rule) []*rule {
	wish := wishes(rules)
	later, waiting := conflicts(rules)
	out := make([]*rule, 0, len(rules))
	done := make([]bool, len(rules))
	for range rules {
		next := -1
		for i := range rules {
			if !done[i] && waiting[i] == 0 && (next < 0 || wish[i] < wish[next]) {
				next = i
			}
		}
		done[next] = true
		out = append(out, rules[next])
		for _, j := range later[next] {
			waiting[j]--
		}
	}
	return out
}

// wishes are the priorities that rules have; that of the next rule which has one, for those without.
func wishes(rules []*rule) []int32 {
	out := make([]int32, len(rules))
	next := int32(alb.MaxPriority + 1)
	for i := len(rules) - 1; i >= 0; i-- {
		if had := rules[i].had(); had > 0 {
			next = had
		}
		out[i] = next
	}
	return out
}

// conflicts are the later rules that each must come before, and how many each has to wait for.
func conflicts(rules []*rule) (later [][]int, waiting []int) {
	later, waiting = make([][]int, len(rules)), make([]int, len(rules))
	for j := range rules {
		for i := range j {
			if rules[i].conflicts(rules[j]) {
				later[i] = append(later[i], j)
				waiting[j]++
			}
		}
	}
	return later, waiting
}

func (r *rule) conflicts(o *rule) bool { return r.atoms.conflicts(o.atoms) }
