package securitygroup

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// A rule admits one source to a range of ports. It is what EC2 tells rules apart by; the description is not part of it.
type rule struct {
	protocol string
	from, to int32
	kind     sourceKind
	source   string
}

// String of a rule, for people: "tcp 80-443 from 10.0.0.0/8".
func (r rule) String() string {
	var ports string
	switch {
	case r.protocol == "-1":
		return "all from " + r.source
	case r.from == r.to:
		ports = fmt.Sprint(r.from)
	default:
		ports = fmt.Sprintf("%d-%d", r.from, r.to)
	}
	return r.protocol + " " + ports + " from " + r.source
}

// present is the value of a rule that is there, for people.
const present = "present"

// A sourceKind is the kind of a rule's source.
type sourceKind string

const (
	sourceIPv4       sourceKind = "cidrIp"
	sourceIPv6       sourceKind = "cidrIpv6"
	sourcePrefixList sourceKind = "prefixListId"
	sourceGroup      sourceKind = "sourceSecurityGroupId"
)

// allPorts stands for every port, as EC2 says it.
const allPorts = -1

// flatten the permissions that EC2 tells, each with any number of sources, into rules and their descriptions.
func flatten(permissions []ec2types.IpPermission) map[rule]string {
	out := map[rule]string{}
	for _, p := range permissions {
		base := rule{protocol: awssdk.ToString(p.IpProtocol)}
		base.from, base.to = ports(base.protocol, p.FromPort, p.ToPort)
		add := func(kind sourceKind, source, description *string) {
			r := base
			r.kind, r.source = kind, awssdk.ToString(source)
			out[r] = awssdk.ToString(description)
		}
		for _, s := range p.IpRanges {
			add(sourceIPv4, s.CidrIp, s.Description)
		}
		for _, s := range p.Ipv6Ranges {
			add(sourceIPv6, s.CidrIpv6, s.Description)
		}
		for _, s := range p.PrefixListIds {
			add(sourcePrefixList, s.PrefixListId, s.Description)
		}
		for _, s := range p.UserIdGroupPairs {
			add(sourceGroup, s.GroupId, s.Description)
		}
	}
	return out
}

// ports that a protocol's rule covers: EC2 gives none to the rule for all protocols.
func ports(protocol string, from, to *int32) (first, last int32) {
	switch {
	case protocol == "-1":
		return allPorts, allPorts
	case protocol == "icmp" || protocol == "icmpv6":
		return portOr(from, allPorts), portOr(to, allPorts)
	case from == nil && to == nil:
		return 0, 65535
	case to == nil:
		return *from, *from
	}
	return portOr(from, 0), *to
}

func portOr(p *int32, fallback int32) int32 {
	if p == nil {
		return fallback
	}
	return *p
}

// desired rules and their descriptions. CIDR blocks are given without host bits, as EC2 keeps them.
func desired(ingress []v1alpha1.IPPermission) (map[rule]string, error) {
	out := map[rule]string{}
	for i, p := range ingress {
		r := rule{protocol: p.IpProtocol}
		r.from, r.to = ports(p.IpProtocol, p.FromPort, p.ToPort)
		switch {
		case p.CidrIp != nil:
			r.kind, r.source = sourceIPv4, *p.CidrIp
		case p.CidrIpv6 != nil:
			r.kind, r.source = sourceIPv6, *p.CidrIpv6
		case p.PrefixListId != nil:
			r.kind, r.source = sourcePrefixList, *p.PrefixListId
		case p.SourceSecurityGroupId != nil:
			r.kind, r.source = sourceGroup, *p.SourceSecurityGroupId
		}
		if r.kind == sourceIPv4 || r.kind == sourceIPv6 {
			block, err := netip.ParsePrefix(r.source)
			if err != nil || block.Addr().Is4() != (r.kind == sourceIPv4) {
				return nil, aws.Refuse("spec.forProvider.ingress[%d].%s is %q, which is no such CIDR block; give one such as 10.0.0.0/8 or 2001:db8::/32", i, r.kind, r.source)
			}
			r.source = block.Masked().String()
		}
		out[r] = awssdk.ToString(p.Description)
	}
	return out, nil
}

// compare the rules of a group to the desired ones.
func compare(have, want map[rule]string) due {
	var d due
	differ := func(r rule, field, was, wanted string) {
		d.differences = append(d.differences, difference.Difference{Field: "ingress[" + r.String() + "]" + field, Was: was, Wanted: wanted})
	}
	for _, r := range sorted(want) {
		text, ok := have[r]
		switch {
		case !ok:
			d.missing = append(d.missing, permission(r, want[r]))
			differ(r, "", "", present)
		case want[r] != "" && text != want[r]:
			d.reworded = append(d.reworded, permission(r, want[r]))
			differ(r, ".description", text, want[r])
		}
	}
	for _, r := range sorted(have) {
		if _, ok := want[r]; !ok {
			d.surplus = append(d.surplus, permission(r, ""))
			differ(r, "", present, "")
		}
	}
	return d
}

func sorted(rules map[rule]string) []rule {
	out := make([]rule, 0, len(rules))
	for r := range rules {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b rule) int {
		return cmp.Or(
			cmp.Compare(a.protocol, b.protocol),
			cmp.Compare(a.from, b.from),
			cmp.Compare(a.to, b.to),
			cmp.Compare(a.kind, b.kind),
			cmp.Compare(a.source, b.source),
		)
	})
	return out
}

// permission for one rule.
func permission(r rule, description string) ec2types.IpPermission {
	p := ec2types.IpPermission{IpProtocol: new(r.protocol)}
	if r.protocol != "-1" {
		p.FromPort, p.ToPort = new(r.from), new(r.to)
	}
	var text *string
	if description != "" {
		text = &description
	}
	switch r.kind {
	case sourceIPv4:
		p.IpRanges = []ec2types.IpRange{{CidrIp: new(r.source), Description: text}}
	case sourceIPv6:
		p.Ipv6Ranges = []ec2types.Ipv6Range{{CidrIpv6: new(r.source), Description: text}}
	case sourcePrefixList:
		p.PrefixListIds = []ec2types.PrefixListId{{PrefixListId: new(r.source), Description: text}}
	case sourceGroup:
		p.UserIdGroupPairs = []ec2types.UserIdGroupPair{{GroupId: new(r.source), Description: text}}
	}
	return p
}
