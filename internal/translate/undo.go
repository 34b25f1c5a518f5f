package translate

import (
	"maps"
	"slices"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// undo what a load balancer was given and is not asked for any more: a reconciler leaves alone what its object does not set, so
// the object says what AWS has by default. Deletion protection stays on until it is set to false.
func undo(p *albv1alpha1.LoadBalancerParameters, stored albv1alpha1.LoadBalancerParameters) {
	p.Attributes = undoAttributes(p.Attributes, stored.Attributes, alb.LoadBalancerAttributes)
	if p.MinimumCapacityUnits == nil && stored.MinimumCapacityUnits != nil {
		p.MinimumCapacityUnits = new(int32(0))
	}
	if p.Ipv4IpamPoolId == nil && stored.Ipv4IpamPoolId != nil {
		p.Ipv4IpamPoolId = new("")
	}
	if p.IpAddressType == nil && stored.IpAddressType != nil {
		p.IpAddressType = new("ipv4")
	}
}

func undoAttributes(want, stored []albv1alpha1.Attribute, known map[string]alb.Attribute) []albv1alpha1.Attribute {
	for _, a := range stored {
		wanted := slices.ContainsFunc(want, func(w albv1alpha1.Attribute) bool { return w.Key == a.Key })
		k, ok := known[a.Key]
		switch {
		case wanted || !ok:
		case a.Key == alb.AttributeDeletionProtection:
			want = append(want, a)
		default:
			want = append(want, albv1alpha1.Attribute{Key: a.Key, Value: k.Default})
		}
	}
	slices.SortFunc(want, func(a, b albv1alpha1.Attribute) int {
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
	return want
}

// listenerDefaults are the attributes of a listener of a protocol.
func listenerDefaults(protocol string) map[string]alb.Attribute {
	if protocol != protocolHTTPS {
		return alb.ListenerAttributes
	}
	out := maps.Clone(alb.ListenerAttributes)
	maps.Copy(out, alb.TLSListenerAttributes)
	return out
}

// keepsProtection says that deletion protection is on and nobody asks for it any more.
func (t *translation) keepsProtection() bool {
	stored := find(t.in.Observed.LoadBalancers, t.succession.name)
	if stored == nil || !slices.Contains(stored.Spec.ForProvider.Attributes, albv1alpha1.Attribute{Key: alb.AttributeDeletionProtection, Value: "true"}) {
		return false
	}
	return !slices.ContainsFunc(t.config.spec.LoadBalancerAttributes, func(a loadBalancerAttribute) bool { return a.Key == alb.AttributeDeletionProtection })
}
