package translate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// An addressing is what becomes of the addresses that a Gateway asks for. AWS gives a load balancer its addresses, so one with
// a value can only be the DNS name of a load balancer that is there already, which is then adopted.
type addressing struct {
	// adopted is the DNS name of the load balancer to adopt; empty: one is made.
	adopted string

	// unusable says why an address that is asked for cannot be had. What lives goes on.
	unusable problem

	notes []string
}

// unsupportedAddress finds an address that no Gateway of ours could have.
func unsupportedAddress(g *gatewayv1.Gateway) problem {
	for i, a := range g.Spec.Addresses {
		switch t := addressType(a); {
		case t == gatewayv1.HostnameAddressType, t == gatewayv1.IPAddressType && a.Value == "":
		case t == gatewayv1.IPAddressType:
			return addressNotSupported("spec.addresses[%d] asks for IP address %q, but AWS gives a load balancer its IP addresses; remove it, or name an existing load balancer by its DNS name with type Hostname", i, a.Value)
		default:
			return addressNotSupported("spec.addresses[%d] has type %s; remove it, or name an existing load balancer by its DNS name with type Hostname", i, t)
		}
	}
	return problem{}
}

func addressType(a gatewayv1.GatewaySpecAddress) gatewayv1.AddressType {
	return cmp.Or(value(a.Type), gatewayv1.IPAddressType)
}

// address decides on a Gateway's addresses. A load balancer that was made or found stays: AWS cannot turn one into another, and
// its listeners and rules would have nowhere to be meanwhile.
func (t *translation) address() addressing {
	out := addressing{}
	var names []string
	for i, a := range t.in.Gateway.Spec.Addresses {
		switch {
		case a.Value != "":
			names = appendNew(names, []string{strings.ToLower(a.Value)})
		case addressType(a) == gatewayv1.IPAddressType:
			out.notes = append(out.notes, fmt.Sprintf("spec.addresses[%d] asks for any IP address and is given a DNS name (the IP addresses of a load balancer change)", i))
		}
	}
	stored := find(t.in.Observed.LoadBalancers, t.succession.name)
	switch {
	case stored != nil && settledOn(stored):
		out.adopted = value(stored.Spec.ForProvider.DNSName)
		out.unusable = otherThan(stored, names)
	case len(names) == 1:
		out.adopted = names[0]
	case len(names) > 1:
		out.unusable = addressNotUsable("spec.addresses names %d load balancers, %s, but a Gateway is one; name one of them", len(names), strings.Join(names, ", "))
		if stored != nil {
			out.adopted = value(stored.Spec.ForProvider.DNSName)
		}
	}
	return out
}

// settledOn says whether a load balancer was made or found for an object, or may be in the making.
func settledOn(lb *albv1alpha1.LoadBalancer) bool {
	return lb.Status.AtProvider.ARN != "" || lb.Annotations[annotationExternalName] != "" || lb.Annotations[annotationCreating] != ""
}

// Annotations of the Crossplane runtime: of what was made, and of what is being made.
const (
	annotationExternalName = "crossplane.io/external-name"
	annotationCreating     = "crossplane.io/external-create-pending"
)

// otherThan says that a Gateway asks for another load balancer than it has.
func otherThan(stored *albv1alpha1.LoadBalancer, names []string) problem {
	adopted, has := value(stored.Spec.ForProvider.DNSName), strings.ToLower(stored.Status.AtProvider.DNSName)
	switch {
	case len(names) == 0 && adopted != "":
		return addressNotUsable("Gateway has adopted load balancer %s, which spec.addresses no longer names; name it again, or delete the Gateway and create it anew", adopted)
	case len(names) == 0, len(names) == 1 && slices.Contains([]string{adopted, has}, names[0]):
		return problem{}
	}
	return addressNotUsable("spec.addresses names %s, but the Gateway has load balancer %s already; remove what is not its own, or delete the Gateway and create it anew",
		inWords("load balancer", names), cmp.Or(has, adopted, stored.Name))
}

// nowhere says that there is no load balancer to make or to find.
func (t *translation) nowhere() bool {
	return !t.addressing.unusable.isZero() && find(t.in.Observed.LoadBalancers, t.succession.name) == nil
}

// adoptionNotes say what is its owner's to decide about a load balancer that is adopted.
func (t *translation) adoptionNotes() []string {
	if t.addressing.adopted == "" {
		return nil
	}
	s := t.config.spec
	notes := []string{"of load balancer " + t.addressing.adopted + ", which is adopted, only listeners are made, and all else is its owner's to set up"}
	return append(notes, t.config.ignored(given(map[string]bool{
		"loadBalancerName":            s.LoadBalancerName != nil,
		"scheme":                      s.Scheme != nil,
		"ipAddressType":               s.IPAddressType != nil,
		"loadBalancerSubnets":         len(s.LoadBalancerSubnets) > 0,
		"loadBalancerSubnetsSelector": len(s.LoadBalancerSubnetsSelector) > 0,
		"securityGroups":              len(s.SecurityGroups) > 0,
		"sourceRanges":                len(s.SourceRanges) > 0,
		"securityGroupPrefixes":       len(s.SecurityGroupPrefixes) > 0,
		"enableICMP":                  value(s.EnableICMP),
		"loadBalancerAttributes":      len(s.LoadBalancerAttributes) > 0,
		"minimumLoadBalancerCapacity": s.MinimumLoadBalancerCapacity != nil,
		"customerOwnedIpv4Pool":       s.CustomerOwnedIpv4Pool != nil,
		"ipv4IPAMPoolId":              s.IPv4IPAMPoolID != nil,
		"wafV2":                       s.WAFv2 != nil,
		"shieldConfiguration":         t.config.shielded(),
	}), "the load balancer is adopted")...)
}
