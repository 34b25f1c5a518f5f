package gateway

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// linger is how long a load balancer goes on serving whose Gateway has another address: resolvers remember for a minute where it
// was (the TTL of ELBv2's DNS names is 60 s).
const linger = 70 * time.Second

// lingers says how long it is until nobody goes to the Gateway's former address. A Gateway is programmed when its address moves.
func (r *Reconciler) lingers(gw *gatewayv1.Gateway) time.Duration {
	c := meta.FindStatusCondition(gw.Status.Conditions, string(gatewayv1.GatewayConditionProgrammed))
	if c == nil || c.Status != metav1.ConditionTrue {
		return 0
	}
	return linger - r.now().Sub(c.LastTransitionTime.Time)
}

// lingering says when to look again at a Gateway whose address has just moved, or whose former load balancer is still to go.
func (r *Reconciler) lingering(s *state, out translate.Output) time.Duration {
	switch {
	case len(s.Gateway.Status.Addresses) > 0 && !equality.Semantic.DeepEqual(s.Gateway.Status.Addresses, out.Gateway.Addresses):
		return staleAfter
	case slices.ContainsFunc(out.Prune, isLoadBalancer):
		return r.lingers(s.Gateway)
	}
	return 0
}

func isLoadBalancer(o translate.Object) bool {
	_, is := o.(*albv1alpha1.LoadBalancer)
	return is
}
