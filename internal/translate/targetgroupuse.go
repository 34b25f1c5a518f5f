package translate

import (
	"fmt"
	"slices"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// understood says what of a TargetGroupConfiguration AWS would refuse for every Service, and what has no effect for any.
func understood(c *gwcfgv1.TargetGroupConfiguration) (complaints, notes []string) {
	notes = targetWithoutEffect(c)
	props := []struct {
		where string
		props gwcfgv1.TargetGroupProps
	}{{"defaultConfiguration", value(c.Spec.DefaultConfiguration)}}
	for i, rc := range c.Spec.RouteConfigurations {
		where := fmt.Sprintf("routeConfigurations[%d]", i)
		props = append(props, struct {
			where string
			props gwcfgv1.TargetGroupProps
		}{where + ".targetGroupProps", rc.TargetGroupProps})
		notes = append(notes, identifierWithoutEffect(where, c.Spec.RouteConfigurations, i)...)
	}
	for _, p := range props {
		if protocol := p.props.Protocol; protocol != nil && !speaksHTTP(string(*protocol)) {
			complaints = append(complaints, fmt.Sprintf("%s has protocol %s, but an Application Load Balancer speaks HTTP or HTTPS to targets; set one of them", p.where, *protocol))
		}
		if complaint := invalidProps(p.props); complaint != "" {
			complaints = append(complaints, p.where+" has "+complaint)
		}
		notes = append(notes, configuration{from: p.where}.ignored(otherAttributes(p.props), notForTargets)...)
	}
	return complaints, notes
}

func targetWithoutEffect(c *gwcfgv1.TargetGroupConfiguration) []string {
	ref := c.Spec.TargetReference
	if ref == nil || value(ref.Group) == "" && value(first(ref.Kind, new(kindService))) == kindService {
		return nil
	}
	return []string{fmt.Sprintf("targetReference to kind %s of group %q has no effect (only Services are backends of an Application Load Balancer)", value(ref.Kind), value(ref.Group))}
}

// identifierWithoutEffect: an entry for routes of a kind that there is not, or for the same routes as an earlier one.
func identifierWithoutEffect(where string, all []gwcfgv1.RouteConfiguration, i int) []string {
	id := all[i].RouteIdentifier
	if kind := value(id.Kind); kind != "" && kind != kindHTTPRoute && kind != kindGRPCRoute {
		return []string{fmt.Sprintf("%s has no effect (kind %s is none of HTTPRoute and GRPCRoute)", where, kind)}
	}
	same := func(o gwcfgv1.RouteConfiguration) bool {
		o2 := o.RouteIdentifier
		return value(o2.Kind) == value(id.Kind) && value(o2.Namespace) == value(id.Namespace) && value(o2.Name) == value(id.Name)
	}
	if earlier := slices.IndexFunc(all, same); earlier < i {
		return []string{fmt.Sprintf("%s has no effect (routeConfigurations[%d] is for the same routes)", where, earlier)}
	}
	return nil
}
