package translate

import (
	"cmp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// A listenerSet names the Gateway as its parent.
type listenerSet struct {
	*gatewayv1.ListenerSet

	// refused says why the Gateway does not let it in. It has no listeners then.
	refused   problem
	listeners []*listener
}

func (s *listenerSet) holder() holder { return holder{kindListenerSet, s.Namespace, s.Name} }

// listenerSets of the Gateway, oldest first.
func listenerSets(in Input) []*listenerSet {
	admits := allowedListeners(in.Gateway, in.Namespaces)
	var out []*listenerSet
	for _, set := range in.ListenerSets {
		if !isParent(set, in.Gateway) {
			continue
		}
		s := &listenerSet{ListenerSet: set}
		if !admits(set.Namespace) {
			s.refused = listenerSetNotAllowed("Gateway %s/%s takes no ListenerSet of namespace %s; change spec.allowedListeners of the Gateway",
				in.Gateway.Namespace, in.Gateway.Name, set.Namespace)
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *listenerSet) int {
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name))
	})
	return out
}

func isParent(s *gatewayv1.ListenerSet, g *gatewayv1.Gateway) bool {
	ref := s.Spec.ParentRef
	return value(first(ref.Group, new(gatewayv1.Group(gatewayv1.GroupName)))) == gatewayv1.GroupName &&
		value(first(ref.Kind, new(gatewayv1.Kind(kindGateway)))) == kindGateway &&
		string(ref.Name) == g.Name && string(*first(ref.Namespace, new(gatewayv1.Namespace(s.Namespace)))) == g.Namespace
}

func (s *listenerSet) listen(in Input, c configuration) {
	for _, entry := range s.Spec.Listeners {
		s.listeners = append(s.listeners, newListener(in, c, s.holder(), gatewayv1.Listener(entry)))
	}
}

// listenerSetStatuses are by namespace and name.
func (t *translation) listenerSetStatuses() []ListenerSetStatus {
	out := make([]ListenerSetStatus, 0, len(t.sets))
	for _, s := range t.sets {
		out = append(out, ListenerSetStatus{s.Namespace, s.Name, t.listenerSetStatus(s)})
	}
	sortListenerSets(out)
	return out
}

func sortListenerSets(sets []ListenerSetStatus) {
	slices.SortFunc(sets, func(a, b ListenerSetStatus) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
}

func (t *translation) listenerSetStatus(s *listenerSet) gatewayv1.ListenerSetStatus {
	accepted := t.listenerSetAccepted(s)
	out := gatewayv1.ListenerSetStatus{Conditions: settled(s.Status.Conditions, s.Generation,
		[]metav1.Condition{accepted, t.listenerSetProgrammed(s, accepted)}, listenerSetConditions)}
	for _, l := range s.listeners {
		var old []metav1.Condition
		for _, o := range s.Status.Listeners {
			if o.Name == l.spec.Name {
				old = o.Conditions
			}
		}
		out.Listeners = append(out.Listeners, gatewayv1.ListenerEntryStatus(t.listenerStatus(l, old, s.Generation)))
	}
	return out
}

func (t *translation) listenerSetAccepted(s *listenerSet) metav1.Condition {
	if !s.refused.isZero() {
		return listenerSetRefused(s.refused)
	}
	if t.gatewayAccepted().Status == metav1.ConditionFalse {
		return listenerSetRefused(parentNotAccepted("Gateway %s/%s is not accepted, see its condition Accepted", t.in.Gateway.Namespace, t.in.Gateway.Name))
	}
	bad := namesOf(keep(s.listeners, func(l *listener) bool { return !l.live() }))
	switch len(bad) {
	case 0:
		return listenerSetAccepted()
	case len(s.listeners):
		return listenerSetRefused(noListenerValid())
	default:
		return listenerSetPartlyAccepted(bad)
	}
}

func (t *translation) listenerSetProgrammed(s *listenerSet, accepted metav1.Condition) metav1.Condition {
	if accepted.Status == metav1.ConditionFalse {
		return listenerSetNotProgrammed(accepted)
	}
	if _, lb := t.loadBalancerState(); !lb.live {
		return listenerSetNotLive(lb)
	}
	if together := t.together(keep(t.ports, func(p *port) bool {
		return slices.ContainsFunc(p.listeners, func(l *listener) bool { return l.of == s.holder() })
	})); !together.live {
		return listenerSetNotLive(together)
	}
	return listenerSetProgrammed()
}

// attachedListenerSets are counted where there are any.
func (t *translation) attachedListenerSets() *int32 {
	if len(t.sets) == 0 {
		return nil
	}
	accepted := keep(t.sets, func(s *listenerSet) bool { return t.listenerSetAccepted(s).Status == metav1.ConditionTrue })
	return new(int32(len(accepted))) //nolint:gosec // far fewer
}

// orphaned is the status of a ListenerSet whose Gateway is being deleted.
func orphaned(s *gatewayv1.ListenerSet, g *gatewayv1.Gateway) gatewayv1.ListenerSetStatus {
	accepted := listenerSetRefused(parentNotAccepted("Gateway %s/%s is being deleted; name another Gateway in spec.parentRef, or delete the ListenerSet", g.Namespace, g.Name))
	return gatewayv1.ListenerSetStatus{Conditions: settled(s.Status.Conditions, s.Generation,
		[]metav1.Condition{accepted, listenerSetNotProgrammed(accepted)}, listenerSetConditions)}
}

// notAttached says why routes of the set come to nothing.
func (s *listenerSet) notAttached() problem {
	return noMatchingParent("ListenerSet %s/%s is not attached to its Gateway, see its condition Accepted", s.Namespace, s.Name)
}
