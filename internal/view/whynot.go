package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// WhyNot says why a route did not answer.
type WhyNot struct {
	// Route as namespace/name.
	Route string `json:"route"`

	// Won is true where the route did answer.
	Won bool `json:"won"`

	// Reasons, one for each of its rules on the listener, or for the route as a whole.
	Reasons []string `json:"reasons"`
}

// WhyNot says why a route, given as namespace/name, did not get a request that was traced. out is what its status says.
func (t *Tracer) WhyNot(route string, r Request, traced Trace, out translate.Output) (WhyNot, error) {
	w := WhyNot{Route: route}
	_, steps, err := t.steps(r)
	if err != nil {
		return w, err
	}
	winner := traced.Steps[len(traced.Steps)-1]
	behind := false
	for _, s := range steps {
		step := t.step(s)
		won := step.Priority == winner.Priority
		if step.Rule != nil && step.Rule.From.of("", route) {
			w.Won = w.Won || won
			w.Reasons = append(w.Reasons, reasonOf(step, winner, won, behind))
		}
		behind = behind || won
	}
	w.Reasons = append(w.Reasons, withoutRule(route, r.Port(), out)...)
	if len(w.Reasons) == 0 {
		return w, t.noSuchRoute(route, traced, out)
	}
	return w, nil
}

// withoutRule are the reasons why matches of a route, or all of it, have no rule on a port.
func withoutRule(route string, port int32, out translate.Output) []string {
	var reasons []string
	for _, s := range out.Shadowed {
		if s.Namespace+"/"+s.Name == route && s.Port == port {
			reasons = append(reasons, fmt.Sprintf("match %d of rule %d has no rule on the load balancer: %s takes all its requests", s.Match, s.Rule, s.By))
		}
	}
	for _, s := range statusesOfRoute(route, out) {
		for _, c := range s.Conditions {
			if !c.fine() {
				reasons = append(reasons, fmt.Sprintf("%s: %s", s.Object, c))
			}
		}
	}
	return reasons
}

func reasonOf(step, winner TraceStep, won, behind bool) string {
	rule := fmt.Sprintf("rule %d at priority %s", step.Rule.From.Rule, step.Priority)
	switch {
	case won:
		return rule + " is the one that answers"
	case step.Matched && behind:
		return fmt.Sprintf("%s matches too, but comes after the one that answers, at priority %s", rule, winner.Priority)
	}
	var failed []string
	for _, c := range step.Conditions {
		if !c.Matched {
			failed = append(failed, c.Reason)
		}
	}
	return rule + ": " + strings.Join(failed, ", and ")
}

func statusesOfRoute(route string, out translate.Output) []ObjectStatus {
	var all []ObjectStatus
	for _, r := range out.Routes {
		if r.Namespace+"/"+r.Name != route {
			continue
		}
		for _, p := range r.Parents {
			all = append(all, ObjectStatus{Object: routeName(r, p.ParentRef), Conditions: conditionsOf(p.Conditions)})
		}
	}
	return all
}

func (t *Tracer) noSuchRoute(route string, traced Trace, out translate.Output) error {
	var names []string
	for _, r := range out.Routes {
		names = append(names, r.Namespace+"/"+r.Name)
	}
	if slices.Contains(names, route) {
		return fmt.Errorf("route %s is attached to Gateway %s, but has no rule on listener %s; see its parentRefs", route, t.gateway, traced.Listener)
	}
	return fmt.Errorf("Gateway %s has no route %s%s", t.gateway, route, Suggest(route, names)) //nolint:staticcheck // a Gateway is a kind
}
