package translate

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

const kindLoadBalancerConfiguration = "LoadBalancerConfiguration"

// maxTags leaves room for the ten that reconcilers add to a user's (ELBv2 quota: 50 tags of a resource).
const maxTags = 40

// A configuration is what class and Gateway together say about the load balancer.
type configuration struct {
	spec gwcfgv1.LoadBalancerConfigurationSpec

	// from names the LoadBalancerConfigurations, for messages.
	from string

	// defaults for target groups, the winner's first.
	defaults []*gwcfgv1.TargetGroupConfiguration

	// notes are remarks about settings that have no effect.
	notes []string

	// unknown says that the configurations could not be read.
	unknown bool

	// stem of the names of the load balancer's pieces.
	stem string
}

// configure merges the LoadBalancerConfigurations of class and Gateway. A problem means that the Gateway cannot be done.
func configure(in Input) (configuration, problem) {
	ofClass, p := classConfiguration(in.Class, in.LoadBalancerConfigurations)
	if !p.isZero() {
		p.message = "GatewayClass " + in.Class.Name + ": " + p.message
		return configuration{}, p
	}
	ofGateway, p := gatewayConfiguration(in.Gateway, in.LoadBalancerConfigurations)
	if !p.isZero() {
		return configuration{}, p
	}
	ranked := ranked(ofClass, ofGateway)
	c := configuration{}
	names := make([]string, 0, len(ranked))
	for i := len(ranked) - 1; i >= 0; i-- {
		c.spec = merged(ranked[i].Spec, c.spec)
	}
	for _, lbc := range ranked {
		if p := contradicts(lbc); !p.isZero() {
			return configuration{}, p
		}
		names = append(names, lbc.Namespace+"/"+lbc.Name)
		tgc, p := defaultTargetGroup(lbc, in.TargetGroupConfigurations)
		if !p.isZero() {
			return configuration{}, p
		}
		if tgc != nil {
			c.defaults = append(c.defaults, tgc)
		}
	}
	c.from = inWords(kindLoadBalancerConfiguration, names)
	c.notes = c.withoutEffect()
	return c, c.invalid()
}

func classConfiguration(class *gatewayv1.GatewayClass, all []*gwcfgv1.LoadBalancerConfiguration) (*gwcfgv1.LoadBalancerConfiguration, problem) {
	if class == nil || class.Spec.ParametersRef == nil {
		return nil, problem{}
	}
	ref := class.Spec.ParametersRef
	if p := loadBalancerConfigurationRef("spec.parametersRef", ref.Group, ref.Kind); !p.isZero() {
		return nil, p
	}
	if ref.Namespace == nil {
		return nil, invalidParameters("spec.parametersRef names LoadBalancerConfiguration %s without a namespace; give its namespace", ref.Name)
	}
	return findConfiguration(all, "spec.parametersRef", string(*ref.Namespace), ref.Name)
}

func gatewayConfiguration(g *gatewayv1.Gateway, all []*gwcfgv1.LoadBalancerConfiguration) (*gwcfgv1.LoadBalancerConfiguration, problem) {
	if g.Spec.Infrastructure == nil || g.Spec.Infrastructure.ParametersRef == nil {
		return nil, problem{}
	}
	const field = "spec.infrastructure.parametersRef"
	ref := g.Spec.Infrastructure.ParametersRef
	if p := loadBalancerConfigurationRef(field, ref.Group, ref.Kind); !p.isZero() {
		return nil, p
	}
	return findConfiguration(all, field, g.Namespace, ref.Name)
}

func loadBalancerConfigurationRef(field string, group gatewayv1.Group, kind gatewayv1.Kind) problem {
	if string(group) == gwcfgv1.GroupVersion.Group && kind == kindLoadBalancerConfiguration {
		return problem{}
	}
	return invalidParameters("%s names kind %s of group %q; name a LoadBalancerConfiguration of group %s", field, kind, group, gwcfgv1.GroupVersion.Group)
}

func findConfiguration(all []*gwcfgv1.LoadBalancerConfiguration, field, namespace, name string) (*gwcfgv1.LoadBalancerConfiguration, problem) {
	for _, lbc := range all {
		if lbc.Namespace == namespace && lbc.Name == name {
			return lbc, problem{}
		}
	}
	return nil, invalidParameters("%s names LoadBalancerConfiguration %s/%s, which does not exist; create it or remove the reference", field, namespace, name)
}

func defaultTargetGroup(lbc *gwcfgv1.LoadBalancerConfiguration, all []*gwcfgv1.TargetGroupConfiguration) (*gwcfgv1.TargetGroupConfiguration, problem) {
	ref := lbc.Spec.DefaultTargetGroupConfiguration
	if ref == nil {
		return nil, problem{}
	}
	for _, tgc := range all {
		if tgc.Namespace != lbc.Namespace || tgc.Name != ref.Name {
			continue
		}
		if tgc.Spec.TargetReference != nil {
			return nil, invalidParameters("defaultTargetGroupConfiguration of LoadBalancerConfiguration %s/%s names TargetGroupConfiguration %s, which has a targetReference; name one without",
				lbc.Namespace, lbc.Name, ref.Name)
		}
		return tgc, problem{}
	}
	return nil, invalidParameters("defaultTargetGroupConfiguration of LoadBalancerConfiguration %s/%s names TargetGroupConfiguration %s/%s, which does not exist; create it or remove the reference",
		lbc.Namespace, lbc.Name, lbc.Namespace, ref.Name)
}

// withoutEffect lists what is set and not done: nothing is ignored in silence.
func (c configuration) withoutEffect() []string {
	s := c.spec
	network := given(map[string]bool{
		"enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": s.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic != nil,
		"disableSecurityGroup":                                 value(s.DisableSecurityGroup),
	})
	for _, subnet := range s.LoadBalancerSubnets {
		network = append(network, given(map[string]bool{
			"loadBalancerSubnets[].eipAllocation":         subnet.EIPAllocation != nil,
			"loadBalancerSubnets[].privateIPv4Allocation": subnet.PrivateIPv4Allocation != nil,
			"loadBalancerSubnets[].ipv6Allocation":        subnet.IPv6Allocation != nil,
			"loadBalancerSubnets[].sourceNatIPv6Prefix":   subnet.SourceNatIPv6Prefix != nil,
		})...)
	}
	for _, l := range s.ListenerConfigurations {
		of := "listenerConfigurations[" + string(l.ProtocolPort) + "]."
		network = append(network, given(map[string]bool{
			of + "alpnPolicy":            l.ALPNPolicy != nil && *l.ALPNPolicy != gwcfgv1.ALPNPolicyNone,
			of + "targetGroupStickiness": l.TargetGroupStickiness != nil,
			of + "quicEnabled":           l.QuicEnabled != nil,
		})...)
	}
	overruled := given(map[string]bool{
		"sourceRanges":          len(s.SecurityGroups) > 0 && len(s.SourceRanges) > 0,
		"securityGroupPrefixes": len(s.SecurityGroups) > 0 && len(s.SecurityGroupPrefixes) > 0,
		"enableICMP":            len(s.SecurityGroups) > 0 && value(s.EnableICMP),
	})
	notes := c.ignored(unique(network), "only for Network Load Balancers")
	notes = append(notes, c.ignored(overruled, "securityGroups are given")...)
	if v6 := c.unusableRanges(); len(v6) > 0 {
		notes = append(notes, fmt.Sprintf("sourceRanges %s of %s have no effect (IPv6 needs ipAddressType dualstack)", strings.Join(v6, ", "), c.from))
	}
	if len(s.LoadBalancerSubnets) > 0 && len(s.LoadBalancerSubnetsSelector) > 0 {
		notes = append(notes, c.ignored([]string{"loadBalancerSubnetsSelector"}, "loadBalancerSubnets are given")...)
	}
	return notes
}

func (c configuration) ignored(fields []string, why string) []string {
	if len(fields) == 0 {
		return nil
	}
	verb := "has"
	if len(fields) > 1 {
		verb = "have"
	}
	return []string{fmt.Sprintf("%s of %s %s no effect (%s)", strings.Join(fields, ", "), c.from, verb, why)}
}

func (c configuration) unusableRanges() []string {
	if c.dualstack() || len(c.spec.SecurityGroups) > 0 {
		return nil
	}
	var out []string
	for _, r := range c.spec.SourceRanges {
		if isIPv6(r) {
			out = append(out, r)
		}
	}
	return out
}

func (c configuration) dualstack() bool {
	t := value(c.spec.IPAddressType)
	return t == gwcfgv1.LoadBalancerIPAddressTypeDualstack || t == gwcfgv1.LoadBalancerIPAddressTypeDualstackWithoutPublicIPv4
}

func (c configuration) scheme() string {
	if c.spec.Scheme == nil {
		return string(gwcfgv1.LoadBalancerSchemeInternal)
	}
	return string(*c.spec.Scheme)
}

// listener is what the configuration says about the listener of a protocol and port.
func (c configuration) listener(protocol gatewayv1.ProtocolType, port int32) gwcfgv1.ListenerConfiguration {
	for _, l := range c.spec.ListenerConfigurations {
		if protocolPort(l) == protocolPortOf(protocol, port) {
			return l
		}
	}
	return gwcfgv1.ListenerConfiguration{}
}

func protocolPort(l gwcfgv1.ListenerConfiguration) string {
	return strings.ToUpper(string(l.ProtocolPort))
}

func protocolPortOf(protocol gatewayv1.ProtocolType, port int32) string {
	return fmt.Sprintf("%s:%d", strings.ToUpper(string(protocol)), port)
}

func isIPv6(cidr string) bool {
	prefix, err := netip.ParsePrefix(cidr)
	return err == nil && prefix.Addr().Is6()
}

// tags are the user's, and the Gateway's name. Those of the configuration come before those of the Gateway's infrastructure.
func (c configuration) tags(g *gatewayv1.Gateway, of infrastructure) map[string]string {
	out := map[string]string{albv1alpha1.Group + "/gateway": shortened(g.Namespace+"/"+g.Name, maxTagValue)}
	maps.Copy(out, c.spec.Tags)
	for _, k := range slices.Sorted(maps.Keys(of.tags)) {
		if _, known := out[k]; !known && len(out) < maxTags {
			out[k] = of.tags[k]
		}
	}
	return out
}
