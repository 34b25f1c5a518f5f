package translate

import (
	"fmt"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// A state is how far a managed resource has come.
type state struct {
	live    bool
	refused bool // by AWS
	message string
}

func (s state) waits() bool { return !s.live && !s.refused }

type conditioned interface {
	metav1.Object
	GetCondition(xpv2.ConditionType) xpv2.Condition
}

// stateOf what is stored, as its controller last reported on its present spec.
func stateOf(kind string, o conditioned) state {
	ready, synced := o.GetCondition(xpv2.TypeReady), o.GetCondition(xpv2.TypeSynced)
	current := func(c xpv2.Condition) bool {
		return c.ObservedGeneration == 0 || c.ObservedGeneration == o.GetGeneration()
	}
	switch {
	case synced.Status == corev1.ConditionFalse && current(synced) && synced.Reason == albv1alpha1.ReasonRetrying:
		return state{message: fmt.Sprintf("%s %s is tried again: %s", kind, o.GetName(), synced.Message)}
	case synced.Status == corev1.ConditionFalse && current(synced):
		return state{refused: true, message: fmt.Sprintf("%s %s: %s", kind, o.GetName(), synced.Message)}
	case ready.Status == corev1.ConditionTrue && current(ready):
		return state{live: true}
	case ready.Message != "":
		return state{message: fmt.Sprintf("%s %s is not live yet: %s", kind, o.GetName(), ready.Message)}
	default:
		return state{message: fmt.Sprintf("%s %s is not live yet", kind, o.GetName())}
	}
}

// state of a rule: what is stored must be what is wanted.
func (t *translation) state(r *rule) state {
	o := r.observed
	switch {
	case r.awaits != "":
		return state{message: fmt.Sprintf("ListenerRule %s waits for ListenerRule %s, so that no request meets the wrong rule in between", r.name, r.awaits)}
	case o == nil:
		return state{message: fmt.Sprintf("ListenerRule %s is not made yet", r.name)}
	}
	want := t.ruleParameters(r)
	if !equality.Semantic.DeepEqual(want, o.Spec.ForProvider) {
		return state{message: fmt.Sprintf("ListenerRule %s is being changed", r.name)}
	}
	return stateOf("ListenerRule", o)
}

// listenerState of a port.
func (t *translation) listenerState(p *port) state {
	if s := t.refusedAnchor(p); s.refused {
		return s
	}
	if o := find(t.in.Observed.Listeners, p.name); o != nil {
		return stateOf("Listener", o)
	}
	return state{message: fmt.Sprintf("Listener %s is not made yet", p.name)}
}

// loadBalancerState, with the load balancer where there is one.
func (t *translation) loadBalancerState() (*albv1alpha1.LoadBalancer, state) {
	o := find(t.in.Observed.LoadBalancers, t.succession.name)
	if o == nil {
		return nil, state{message: fmt.Sprintf("LoadBalancer %s is not made yet", t.succession.name)}
	}
	s := stateOf("LoadBalancer", o)
	active := o.Status.AtProvider.State == "active" || o.Status.AtProvider.State == "active_impaired"
	switch {
	case active && o.Status.AtProvider.DNSName != "":
		return o, state{live: true, message: s.message}
	case s.refused:
		return o, s
	case s.message == "":
		return o, state{message: fmt.Sprintf("LoadBalancer %s is not active yet", o.Name)}
	default:
		return o, state{message: s.message}
	}
}
