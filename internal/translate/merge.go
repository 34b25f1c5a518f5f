package translate

import (
	"maps"
	"slices"
	"strings"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// ranked are the configurations of class and Gateway, the one that prevails first. The class's own mergingMode decides.
func ranked(class, gateway *gwcfgv1.LoadBalancerConfiguration) []*gwcfgv1.LoadBalancerConfiguration {
	out := []*gwcfgv1.LoadBalancerConfiguration{class, gateway}
	if class != nil && value(class.Spec.MergingMode) == gwcfgv1.MergeModePreferGateway {
		slices.Reverse(out)
	}
	return slices.DeleteFunc(out, func(c *gwcfgv1.LoadBalancerConfiguration) bool { return c == nil })
}

// merged takes each field from the winner where it sets it. Tags and attributes are merged by key, listeners by protocol
// and port, each entry whole.
func merged(winner, loser gwcfgv1.LoadBalancerConfigurationSpec) gwcfgv1.LoadBalancerConfigurationSpec {
	return gwcfgv1.LoadBalancerConfigurationSpec{
		LoadBalancerName: first(winner.LoadBalancerName, loser.LoadBalancerName),
		Scheme:           first(winner.Scheme, loser.Scheme),
		IPAddressType:    first(winner.IPAddressType, loser.IPAddressType),
		EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: first(winner.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic,
			loser.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic),
		CustomerOwnedIpv4Pool:       first(winner.CustomerOwnedIpv4Pool, loser.CustomerOwnedIpv4Pool),
		IPv4IPAMPoolID:              first(winner.IPv4IPAMPoolID, loser.IPv4IPAMPoolID),
		LoadBalancerSubnets:         firstList(winner.LoadBalancerSubnets, loser.LoadBalancerSubnets),
		LoadBalancerSubnetsSelector: firstMap(winner.LoadBalancerSubnetsSelector, loser.LoadBalancerSubnetsSelector),
		ListenerConfigurations: mergedBy(winner.ListenerConfigurations, loser.ListenerConfigurations,
			protocolPort),
		DisableSecurityGroup:            first(winner.DisableSecurityGroup, loser.DisableSecurityGroup),
		SecurityGroups:                  firstList(winner.SecurityGroups, loser.SecurityGroups),
		SecurityGroupPrefixes:           firstList(winner.SecurityGroupPrefixes, loser.SecurityGroupPrefixes),
		SourceRanges:                    firstList(winner.SourceRanges, loser.SourceRanges),
		EnableICMP:                      first(winner.EnableICMP, loser.EnableICMP),
		ManageBackendSecurityGroupRules: first(winner.ManageBackendSecurityGroupRules, loser.ManageBackendSecurityGroupRules),
		LoadBalancerAttributes: mergedBy(winner.LoadBalancerAttributes, loser.LoadBalancerAttributes,
			func(a gwcfgv1.LoadBalancerAttribute) string { return a.Key }),
		Tags:                            mergedMap(winner.Tags, loser.Tags),
		MinimumLoadBalancerCapacity:     first(winner.MinimumLoadBalancerCapacity, loser.MinimumLoadBalancerCapacity),
		WAFv2:                           first(winner.WAFv2, loser.WAFv2),
		ShieldConfiguration:             first(winner.ShieldConfiguration, loser.ShieldConfiguration),
		DefaultTargetGroupConfiguration: first(winner.DefaultTargetGroupConfiguration, loser.DefaultTargetGroupConfiguration),
	}
}

// mergedProps takes each field from the winner where it sets it; tags and attributes are merged by key. A health check is
// taken whole.
func mergedProps(winner, loser gwcfgv1.TargetGroupProps) gwcfgv1.TargetGroupProps {
	return gwcfgv1.TargetGroupProps{
		TargetGroupName:   first(winner.TargetGroupName, loser.TargetGroupName),
		IPAddressType:     first(winner.IPAddressType, loser.IPAddressType),
		HealthCheckConfig: first(winner.HealthCheckConfig, loser.HealthCheckConfig),
		NodeSelector:      first(winner.NodeSelector, loser.NodeSelector),
		TargetGroupAttributes: mergedBy(winner.TargetGroupAttributes, loser.TargetGroupAttributes,
			func(a gwcfgv1.TargetGroupAttribute) string { return a.Key }),
		TargetType:         first(winner.TargetType, loser.TargetType),
		Protocol:           first(winner.Protocol, loser.Protocol),
		ProtocolVersion:    first(winner.ProtocolVersion, loser.ProtocolVersion),
		TargetControlPort:  first(winner.TargetControlPort, loser.TargetControlPort),
		EnableMultiCluster: first(winner.EnableMultiCluster, loser.EnableMultiCluster),
		Tags:               mergedMap(winner.Tags, loser.Tags),
	}
}

func first[T any](winner, loser *T) *T {
	if winner != nil {
		return winner
	}
	return loser
}

func firstList[T any](winner, loser []T) []T {
	if len(winner) > 0 {
		return winner
	}
	return loser
}

func firstMap[K comparable, V any](winner, loser map[K]V) map[K]V {
	if len(winner) > 0 {
		return winner
	}
	return loser
}

func mergedMap[V any](winner, loser map[string]V) map[string]V {
	out := maps.Clone(loser)
	if out == nil {
		out = map[string]V{}
	}
	maps.Copy(out, winner)
	return out
}

// mergedBy has one entry for each key, in the order of the keys. Of entries with one key in one list the last counts, as
// it would when they are applied one after the other.
func mergedBy[T any](winner, loser []T, key func(T) string) []T {
	byKey := map[string]T{}
	for _, list := range [][]T{loser, winner} {
		for _, entry := range list {
			byKey[key(entry)] = entry
		}
	}
	out := make([]T, 0, len(byKey))
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		out = append(out, byKey[k])
	}
	return out
}

// given are the names that are true, in order.
func given(set map[string]bool) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if set[name] {
			out = append(out, name)
		}
	}
	return out
}

func unique(names []string) []string {
	return slices.Compact(slices.SortedFunc(slices.Values(names), strings.Compare))
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
