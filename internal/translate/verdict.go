package translate

import (
	"fmt"
	"slices"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

type verdictKey struct {
	rule *routeRule
	on   alb.ListenerPort
}

// A verdict is what becomes of a route's rule on a port.
type verdict struct {
	// atoms are the rule's matches with their answers, for each hostname.
	atoms []*atom

	// dropped says what is left out and why, each as "Dropped Rule ...".
	dropped []string

	// works says whether anything of the rule can be done. A rule whose backends are missing, all or some, works: it answers 500,
	// as a route with bad backends is accepted.
	works bool

	unresolved []problem

	// failed is the answer where the rule cannot be done.
	failed outcome

	// notes are remarks on what works.
	notes []string

	// shadowed are the matches that are never reached.
	shadowed []Shadow
}

// An atom is one match of a rule for one hostname, or the guard of a listener.
type atom struct {
	host    string
	match   match
	outcome outcome
	order   precedence
	owner   owner
	verdict *verdict // of a guard: for nobody to read
}

func (v *verdict) drop(where, why string) {
	v.dropped = appendNew(v.dropped, []string{fmt.Sprintf("Dropped Rule %s: %s", where, why)})
}

// judge says what becomes of a rule on a port. What is refused answers 500 in its place, so that its requests do not go to
// a rule that was not meant for them (Gateway API, HTTPRouteFilter: an HTTP error response).
func (t *translation) judge(r *routeRule, on alb.ListenerPort) *verdict {
	key := verdictKey{r, on}
	if known := t.verdicts[key]; known != nil {
		return known
	}
	v := &verdict{failed: failed(r.route.failure)}
	t.verdicts[key] = v
	d := t.distribute(r, on)
	v.unresolved, v.notes = slices.Concat(r.unresolved, d.unresolved), slices.Clone(d.notes)
	answer := r.config.guarded(t.answers(r, d, on), on, v.failed)
	for _, why := range slices.Concat(r.unmatched, r.unsupported, answer.refused) {
		v.drop(r.id().where(), why)
	}
	hosts := t.hostsOn(r.route, on)
	for _, m := range r.matches {
		variants, err := answer.to(m.match)
		if err != nil {
			v.drop(r.id().where(), fmt.Sprintf("match %d: %s", m.index, err))
			variants = []variant{{m.match, v.failed}}
		}
		variants = splitSources(variants, hosts)
		made := t.atoms(v, ruleVariants{r, m, variants}, hosts)
		v.works = v.works || made > 0 && err == nil && !answer.broken
	}
	return v
}

// ruleVariants are what became of one match of a rule.
type ruleVariants struct {
	rule     *routeRule
	match    ruleMatch
	variants []variant
}

// atoms adds those of a match, and says how many they are.
func (t *translation) atoms(v *verdict, of ruleVariants, hosts []boundHost) (made int) {
	for part, variant := range of.variants {
		for _, host := range hosts {
			a := &atom{
				host: host.host, match: variant.match, outcome: variant.outcome,
				order: precedenceOf(of.rule, of.match, host, part), owner: of.rule, verdict: v,
			}
			if err := t.expressible(a); err != nil {
				v.drop(of.rule.id().where(), fmt.Sprintf("match %d%s: %s", of.match.index, forHost(host.host), err))
				continue
			}
			v.atoms = append(v.atoms, a)
			made++
		}
	}
	return made
}

// An answer is what a rule says to each of its matches.
type answer struct {
	refused []string
	broken  bool
	to      func(match) ([]variant, error)
}

func (t *translation) answers(r *routeRule, d distribution, on alb.ListenerPort) answer {
	switch {
	case len(r.unsupported)+len(r.unresolved) > 0:
		return answer{broken: len(r.unsupported) > 0, to: func(m match) ([]variant, error) { return []variant{{m, failed(r.route.failure)}}, nil }}
	case r.redirect != nil:
		return answer{to: func(m match) ([]variant, error) {
			out, err := redirected(r.redirect, m, on)
			return r.config.queried(out), err
		}}
	case len(r.config.fixed) > 0:
		return answer{to: func(m match) ([]variant, error) { return []variant{{m, newOutcome(r.config.fixed, nil)}}, nil }}
	}
	out, refused := forward(d, r)
	return answer{refused: refused, broken: len(refused) > 0 && d.lost == 0, to: func(m match) ([]variant, error) {
		if r.rewrite == nil || out.actions[0].ForwardConfig == nil {
			return []variant{{m, out}}, nil
		}
		transforms, err := rewritten(r.rewrite, m.path)
		if err != nil {
			return nil, err
		}
		return []variant{{m, newOutcome(out.actions, transforms)}}, nil
	}}
}

// expressible says why an atom alone cannot be a rule, with the remedy.
func (t *translation) expressible(a *atom) error {
	conditions := t.conditions(box{hosts: []string{a.host}, paths: []pathMatch{a.match.path}, rest: a.match})
	n := 0
	sdk := external.Conditions(conditions)
	for _, c := range sdk {
		n += alb.CountValues(c)
	}
	if n > alb.MaxConditionValues {
		return fmt.Errorf("needs %d condition values, an Application Load Balancer rule holds %d; match on fewer headers, query parameters and source addresses", n, alb.MaxConditionValues)
	}
	if err := alb.ValidateConditions(sdk); err != nil {
		return fmt.Errorf("%w; change the match", err)
	}
	return nil
}

func forHost(host string) string {
	if host == anyHost {
		return ""
	}
	return " for hostname " + host
}

func precedenceOf(r *routeRule, m ruleMatch, host boundHost, part int) precedence {
	return precedence{
		listener: host.listener, host: host.host, original: host.original,
		path: m.path.kind, call: m.call, pathLen: len(m.path.value), methods: min(1, len(m.method)), headers: len(m.headers), queries: len(m.queries),
		created: r.route.created, kind: r.route.kind, namespaced: r.route.namespaced(),
		rule: r.index, match: m.index, part: part,
	}
}
