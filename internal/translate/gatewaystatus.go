package translate

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

func (t *translation) gatewayStatus() gatewayv1.GatewayStatus {
	old := t.in.Gateway.Status
	out := gatewayv1.GatewayStatus{AttachedListenerSets: t.attachedListenerSets()}
	lb, s := t.loadBalancerState()
	if lb != nil && lb.Status.AtProvider.DNSName != "" {
		out.Addresses = []gatewayv1.GatewayStatusAddress{{
			Type: new(gatewayv1.HostnameAddressType), Value: strings.ToLower(lb.Status.AtProvider.DNSName),
		}}
	}
	programmed := gatewayPending(s.message)
	switch {
	case !t.addressing.unusable.isZero():
		programmed = gatewayAddressNotUsable(t.addressing.unusable)
	case s.live:
		programmed = t.whenActive(lb.Status.AtProvider.ARN)
	case s.refused && t.addressing.adopted != "":
		programmed = gatewayAddressNotUsable(addressNotUsable("%s", s.message))
	}
	accepted := t.gatewayAccepted()
	if accepted.Status == metav1.ConditionFalse {
		programmed = gatewayNotProgrammed("Gateway is not accepted; what it has in AWS stays as it is")
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

// together ports are live when each is live, or has been refused by AWS, which is told by the listener's own condition and
// holds up no other.
func (t *translation) together(ports []*port) state {
	out := state{}
	for _, p := range ports {
		switch s := t.listenerState(p); {
		case s.waits():
			return s
		case s.live:
			out.live = true
		default:
			out.message = s.message
		}
	}
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
