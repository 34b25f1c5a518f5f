package translate

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

func (t *translation) gatewayStatus() gatewayv1.GatewayStatus {
	old := t.in.Gateway.Status
	out := gatewayv1.GatewayStatus{AttachedListenerSets: t.attachedListenerSets()}
	lb, s := t.loadBalancerState()
	before := t.predecessor()
	if at := first(before, lb); at != nil && at.Status.AtProvider.DNSName != "" {
		out.Addresses = []gatewayv1.GatewayStatusAddress{{
			Type: new(gatewayv1.HostnameAddressType), Value: strings.ToLower(at.Status.AtProvider.DNSName),
		}}
	}
	programmed := gatewayPending(s.message)
	switch {
	case !t.addressing.unusable.isZero():
		programmed = gatewayAddressNotUsable(t.addressing.unusable)
	case before != nil:
		programmed = t.whenSucceeding(before, s)
	case s.live:
		programmed = t.whenActive(lb.Status.AtProvider.ARN)
	case s.refused && t.addressing.adopted != "":
		programmed = gatewayAddressNotUsable(addressNotUsable("%s", s.message))
	}
	accepted := t.gatewayAccepted()
	switch {
	case accepted.Status == metav1.ConditionFalse:
		programmed = gatewayNotProgrammed("Gateway is not accepted; what it has in AWS stays as it is")
	case t.refusedByAWS(s) && programmed.Reason == string(gatewayv1.GatewayReasonPending):
		accepted, programmed = gatewayRefused(problem{string(gatewayv1.GatewayReasonInvalid), programmed.Message}), gatewayNotProgrammed(programmed.Message)
	}
	conditions := []metav1.Condition{accepted, programmed}
	if where := insecureFallbacks(t.in.Gateway); len(where) > 0 {
		conditions = append(conditions, gatewayInsecureFallback(where))
	}
	out.Conditions = settled(old.Conditions, t.in.Gateway.Generation, conditions, gatewayConditions)
	for _, l := range t.own() {
		var before []metav1.Condition
		for _, o := range old.Listeners {
			if o.Name == l.spec.Name {
				before = o.Conditions
			}
		}
		out.Listeners = append(out.Listeners, t.listenerStatus(l, before, t.in.Gateway.Generation))
	}
	return out
}

// refusedByAWS says whether nothing of the Gateway can be had, the load balancer or all of its listeners. That does not pass by
// itself, and a Gateway that comes to nothing is not accepted (Gateway API, GatewayConditionAccepted).
func (t *translation) refusedByAWS(lb state) bool {
	return lb.refused || lb.live && len(t.ports) > 0 && t.together(t.ports).refused
}

// whenSucceeding: the address is that of the former load balancer until its successor can take over.
func (t *translation) whenSucceeding(old *albv1alpha1.LoadBalancer, s state) metav1.Condition {
	message := s.message
	if s.live {
		message = t.unfinished()
	}
	return gatewayPending(fmt.Sprintf("LoadBalancer %s takes the place of %s, which serves until then: %s", t.succession.name, old.Name, message))
}

// whenActive: an active load balancer is programmed when its listeners are.
func (t *translation) whenActive(arn string) metav1.Condition {
	if len(t.ports) == 0 {
		return gatewayNotProgrammed("No listener is on the load balancer, see the conditions of each")
	}
	if s := t.together(t.ports); !s.live {
		return gatewayPending(s.message)
	}
	if s := t.protectionState(); !s.live {
		return gatewayPending(s.message)
	}
	return gatewayProgrammed(arn)
}

// together ports are live when each is live, or has been refused by AWS, which is told by the listener's own conditions and
// holds up no other. They are refused when all are.
func (t *translation) together(ports []*port) state {
	out := state{}
	for _, p := range ports {
		switch s := t.listenerState(p); {
		case s.waits():
			return s
		case s.live:
			out.live = true
		default:
			out.refused, out.message = true, s.message
		}
	}
	out.refused = out.refused && !out.live
	return out
}

func (t *translation) gatewayAccepted() metav1.Condition {
	if !t.refused.isZero() {
		return gatewayRefused(t.refused)
	}
	var bad []string
	own := t.own()
	for _, l := range own {
		if !valid(l) {
			bad = append(bad, l.name)
		}
	}
	switch {
	case len(bad) == len(own):
		return gatewayListenersNotValid()
	case len(bad) > 0:
		return gatewayPartlyAccepted(bad, t.gatewayNotes())
	default:
		return gatewayAccepted(t.gatewayNotes())
	}
}

func (t *translation) listenerStatus(l *listener, old []metav1.Condition, generation int64) gatewayv1.ListenerStatus {
	out := gatewayv1.ListenerStatus{Name: l.spec.Name, SupportedKinds: l.kinds, AttachedRoutes: l.attached}
	accepted, conflicted, resolved := listenerAccepted(l.notes), listenerNoConflicts(), listenerResolved()
	if !l.refused.isZero() {
		accepted = listenerRefused(l.refused)
	}
	if s := t.refusalOf(l); s != "" {
		accepted = listenerRefused(problem{string(gatewayv1.ListenerReasonInvalid), s})
	}
	if !l.conflict.isZero() {
		accepted, conflicted = listenerRefused(l.conflict), listenerConflicted(l.conflict)
	}
	if !l.unresolved.isZero() {
		resolved = listenerUnresolved(l.unresolved)
	}
	ours := []metav1.Condition{accepted, conflicted, resolved, t.listenerProgrammed(l)}
	if rivals := l.rivals(t.listeners, l.sharesClients); len(rivals) > 0 {
		ours = append(ours, listenerOverlaps(l, rivals))
	}
	out.Conditions = settled(old, generation, ours, listenerConditions)
	return out
}

// refusalOf a listener by AWS, in its words.
func (t *translation) refusalOf(l *listener) string {
	p := t.portOf(l)
	if p == nil || t.gatewayAccepted().Status == metav1.ConditionFalse {
		return ""
	}
	if s := t.listenerState(p); s.refused {
		return s.message
	}
	return ""
}

func (t *translation) listenerProgrammed(l *listener) metav1.Condition {
	p := t.portOf(l)
	switch {
	case !l.conflict.isZero() && !l.of.isGateway():
		return listenerLost(l.conflict)
	case p == nil:
		return listenerNotProgrammed("Listener is not on the load balancer, see its other conditions")
	case t.gatewayAccepted().Status == metav1.ConditionFalse:
		return listenerNotProgrammed("Gateway is not accepted, see its condition Accepted")
	}
	switch s := t.listenerState(p); {
	case s.live:
		return listenerProgrammed()
	case s.refused:
		return listenerNotProgrammed(s.message)
	default:
		return listenerPending(s.message)
	}
}

func (t *translation) portOf(l *listener) *port {
	for _, p := range t.ports {
		for _, o := range p.listeners {
			if o == l {
				return p
			}
		}
	}
	return nil
}
