package translate

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// routeStatuses are by kind, namespace and name. They also count the routes of each listener.
func (t *translation) routeStatuses() []RouteStatus {
	out := make([]RouteStatus, 0, len(t.routes))
	for _, r := range t.routes {
		s := RouteStatus{Kind: r.kind, Namespace: r.namespace, Name: r.name}
		var attached []*listener
		for _, p := range t.parents {
			if p.route != r {
				continue
			}
			status := t.parentStatus(p)
			s.Parents = append(s.Parents, status)
			if status.Conditions[0].Status == metav1.ConditionTrue {
				attached = appendNew(attached, p.listeners)
			}
		}
		for _, l := range attached {
			l.attached++
		}
		out = append(out, s)
	}
	sortRoutes(out)
	return out
}

func (t *translation) controllerName() gatewayv1.GatewayController {
	if t.in.Class != nil && t.in.Class.Spec.ControllerName != "" {
		return t.in.Class.Spec.ControllerName
	}
	return ControllerName
}

// parentStatus has condition Accepted first.
func (t *translation) parentStatus(p *parent) gatewayv1.RouteParentStatus {
	out := gatewayv1.RouteParentStatus{ParentRef: *p.ref.DeepCopy(), ControllerName: t.controllerName()}
	f := t.findings(p)
	ours := []metav1.Condition{t.routeAccepted(p, f), routeResolved()}
	if len(f.unresolved) > 0 {
		ours[1] = routeUnresolved(f.unresolved)
	}
	accepted := ours[0].Status == metav1.ConditionTrue
	if accepted && len(f.dropped) > 0 {
		ours = append(ours, routePartiallyInvalid(f.dropped))
	}
	if accepted {
		ours = append(ours, t.routeProgrammed(p))
	} else {
		ours = append(ours, routeNotProgrammed())
	}
	var old []metav1.Condition
	for _, s := range p.route.status {
		if s.ControllerName == out.ControllerName && equality.Semantic.DeepEqual(s.ParentRef, p.ref) {
			old = s.Conditions
		}
	}
	out.Conditions = settled(old, p.route.generation, ours, routeConditions)
	return out
}

// findings are the verdicts on a route's rules as one parentRef has them.
type findings struct {
	dropped    []string
	unresolved []problem
	notes      []string
}

func (t *translation) findings(p *parent) findings {
	f := findings{}
	places := p.places()
	if len(places) == 0 {
		// Nothing is attached, but whether the references hold can be said. HTTPS takes every protocol version.
		for _, r := range p.route.rules {
			f.unresolve(r.unresolved)
			f.unresolve(t.distribute(r, alb.ListenerPort{Protocol: protocolHTTPS}).unresolved)
		}
		return f
	}
	for _, r := range p.route.rules {
		for _, on := range places {
			v := t.judge(r, on)
			f.unresolve(v.unresolved)
			f.dropped = appendNew(f.dropped, v.dropped)
			f.notes = appendNew(f.notes, v.notes)
		}
	}
	return f
}

func (f *findings) unresolve(ps []problem) { f.unresolved = appendNew(f.unresolved, ps) }

func appendNew[T comparable](list, more []T) []T {
	for _, v := range more {
		if !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

func (t *translation) routeAccepted(p *parent, f findings) metav1.Condition {
	switch {
	case !p.refused.isZero():
		return routeRefused(p.refused)
	case !t.accepts(p):
		return routeRefused(allRulesDropped(f.dropped))
	default:
		return routeAccepted(f.notes)
	}
}

// accepts says whether a route is accepted as one parentRef has it: something of it can be done somewhere.
func (t *translation) accepts(p *parent) bool {
	if !p.refused.isZero() {
		return false
	}
	places := p.places()
	return len(p.route.rules) == 0 || slices.ContainsFunc(p.route.rules, func(r *routeRule) bool {
		return slices.ContainsFunc(places, func(on alb.ListenerPort) bool { return t.judge(r, on).works })
	})
}

// routeProgrammed tells whether the rules of the route are live where the parentRef puts it.
func (t *translation) routeProgrammed(p *parent) metav1.Condition {
	if !t.refused.isZero() {
		return routePending("Gateway is not accepted, see its condition Accepted")
	}
	var waiting []string
	for _, l := range p.listeners {
		if t.portOf(l) == nil {
			waiting = append(waiting, "Listener "+l.name+" is not programmed, see its conditions")
		}
	}
	rules := t.rulesOf(p)
	for _, r := range rules {
		switch s := t.state(r); {
		case s.refused:
			return routeRuleRefused(s.message)
		case !s.live:
			waiting = append(waiting, s.message)
		}
	}
	switch {
	case len(waiting) > 0:
		return routePending(waiting[0])
	case len(rules) == 0:
		return routeWithoutRules()
	default:
		return routeProgrammed(len(rules), t.refusedSettings(rules))
	}
}

// refusedSettings of the target groups of live rules: requests flow, but not all is as it is asked for.
func (t *translation) refusedSettings(rules []*rule) []string {
	var out []string
	for _, r := range rules {
		for _, name := range groupsOf(r.outcome.actions) {
			if o := find(t.in.Observed.TargetGroups, name); o != nil {
				if s := stateOf("TargetGroup", o); s.refused {
					out = appendNew(out, []string{s.message})
				}
			}
		}
	}
	return out
}

// rulesOf the route where the parentRef puts it.
func (t *translation) rulesOf(p *parent) []*rule {
	var out []*rule
	for _, port := range t.ports {
		if slices.Contains(p.places(), port.ListenerPort) {
			out = append(out, keep(port.rules, func(r *rule) bool { return r.owner.id().routeID == p.route.id() })...)
		}
	}
	return out
}
