package simulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
)

func (b *bench) group(name string) string {
	b.Helper()
	return *must(b.ec2.CreateSecurityGroup(b.Context(), &ec2api.CreateSecurityGroupInput{GroupName: &name, Description: new("test"), VpcId: new(vpcID)}))(b).GroupId
}

// EC2 API reference, CreateSecurityGroup, DeleteSecurityGroup and "Error codes".
func TestSecurityGroups(t *testing.T) {
	b := newBench(t, quick())
	b.group("web")
	cases := map[string]struct {
		reason string
		in     ec2api.CreateSecurityGroupInput
		want   string
	}{
		"Same":        {"a name once in a VPC", ec2api.CreateSecurityGroupInput{GroupName: new("web"), Description: new("d"), VpcId: new(vpcID)}, "InvalidGroup.Duplicate"},
		"Reserved":    {"sg- is for ids", ec2api.CreateSecurityGroupInput{GroupName: new("sg-web"), Description: new("d"), VpcId: new(vpcID)}, "InvalidParameterValue"},
		"Characters":  {"no quotes", ec2api.CreateSecurityGroupInput{GroupName: new("web2"), Description: new("a 'web'"), VpcId: new(vpcID)}, "InvalidParameterValue"},
		"Long":        {"255 characters", ec2api.CreateSecurityGroupInput{GroupName: new(strings.Repeat("a", 256)), Description: new("d"), VpcId: new(vpcID)}, "InvalidParameterValue"},
		"NoVPC":       {"no default VPC", ec2api.CreateSecurityGroupInput{GroupName: new("web2"), Description: new("d")}, "VPCIdNotSpecified"},
		"OtherVPC":    {"it must exist", ec2api.CreateSecurityGroupInput{GroupName: new("web2"), Description: new("d"), VpcId: new("vpc-0123456789abcdef0")}, "InvalidVpcID.NotFound"},
		"OtherTags":   {"tags of the group only", ec2api.CreateSecurityGroupInput{GroupName: new("web2"), Description: new("d"), VpcId: new(vpcID), TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: new("k")}}}}}, "InvalidParameterValue"},
		"ReservedTag": {"aws: is reserved", ec2api.CreateSecurityGroupInput{GroupName: new("web2"), Description: new("d"), VpcId: new(vpcID), TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeSecurityGroup, Tags: []types.Tag{{Key: new("aws:k")}}}}}, "InvalidParameterValue"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := b.ec2.CreateSecurityGroup(t.Context(), &c.in)
			if got := codeOf(t, err); got != c.want {
				t.Errorf("%s: want %s, got %v", c.reason, c.want, err)
			}
		})
	}
	for id, want := range map[string]string{"sg-0123456789abcdef0": "InvalidGroup.NotFound", "web": "InvalidGroupId.Malformed", nodeGroup: "DependencyViolation"} {
		if _, err := b.ec2.DeleteSecurityGroup(t.Context(), &ec2api.DeleteSecurityGroupInput{GroupId: &id}); codeOf(t, err) != want {
			t.Errorf("delete %s: want %s, got %v", id, want, err)
		}
	}
}

func TestSecurityGroupTagsAndFilters(t *testing.T) {
	b := newBench(t, quick())
	id := must(b.ec2.CreateSecurityGroup(t.Context(), &ec2api.CreateSecurityGroupInput{
		GroupName: new("web"), Description: new("the web"), VpcId: new(vpcID),
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeSecurityGroup, Tags: []types.Tag{{Key: new("owner"), Value: new("shop")}}}},
	}))(b).GroupId
	b.authorize(*id, tcp(443, "10.0.0.0/8"))
	for name, filter := range map[string]types.Filter{
		"GroupName": where("group-name", "web"), "Tag": where("tag:owner", "shop"), "Description": where("description", "the web"),
		"CIDR": where("ip-permission.cidr", "10.0.0.0/8"), "Port": where("ip-permission.from-port", "443"), "ID": where("group-id", *id),
	} {
		t.Run(name, func(t *testing.T) {
			groups := must(b.ec2.DescribeSecurityGroups(t.Context(), &ec2api.DescribeSecurityGroupsInput{Filters: []types.Filter{where("vpc-id", vpcID), filter}}))(b).SecurityGroups
			if len(groups) != 1 || *groups[0].GroupId != *id {
				t.Errorf("got %+v", groups)
			}
		})
	}
	must(b.ec2.CreateTags(t.Context(), &ec2api.CreateTagsInput{Resources: []string{*id}, Tags: []types.Tag{{Key: new("stage"), Value: new("test")}}}))(b)
	must(b.ec2.DeleteTags(t.Context(), &ec2api.DeleteTagsInput{Resources: []string{*id}, Tags: []types.Tag{{Key: new("owner"), Value: new("other")}, {Key: new("stage")}}}))(b)
	tags := must(b.ec2.DescribeTags(t.Context(), &ec2api.DescribeTagsInput{Filters: []types.Filter{where("resource-id", *id)}}))(b).Tags
	if len(tags) != 1 || *tags[0].Key != "owner" || tags[0].ResourceType != types.ResourceTypeSecurityGroup {
		t.Errorf("a tag with another value stays: %+v", tags)
	}
	if _, err := b.ec2.CreateTags(t.Context(), &ec2api.CreateTagsInput{Resources: []string{"sg-0123456789abcdef0"}, Tags: []types.Tag{{Key: new("k")}}}); codeOf(t, err) != "InvalidGroup.NotFound" {
		t.Errorf("want InvalidGroup.NotFound, got %v", err)
	}
}

func tcp(port int32, cidr string) types.IpPermission {
	return types.IpPermission{IpProtocol: new("tcp"), FromPort: &port, ToPort: &port, IpRanges: []types.IpRange{{CidrIp: &cidr}}}
}

func (b *bench) authorize(group string, permissions ...types.IpPermission) []types.SecurityGroupRule {
	b.Helper()
	return must(b.ec2.AuthorizeSecurityGroupIngress(b.Context(), &ec2api.AuthorizeSecurityGroupIngressInput{GroupId: &group, IpPermissions: permissions}))(b).SecurityGroupRules
}

// EC2 API reference, AuthorizeSecurityGroupIngress and IpPermission.
func TestAuthorize(t *testing.T) {
	b := newBench(t, quick())
	group := b.group("web")
	b.authorize(group, tcp(80, "10.0.0.0/8"))
	many := tcp(1, "10.0.0.0/32")
	many.IpRanges = nil
	for i := range 60 {
		many.IpRanges = append(many.IpRanges, types.IpRange{CidrIp: new(fmt.Sprintf("10.0.0.%d/32", i))})
	}
	cases := map[string]struct {
		reason string
		p      types.IpPermission
		want   string
	}{
		"Again":         {"the rule is there", tcp(80, "10.0.0.0/8"), "InvalidPermission.Duplicate"},
		"AgainByNumber": {"6 is tcp", types.IpPermission{IpProtocol: new("6"), FromPort: new(int32(80)), ToPort: new(int32(80)), IpRanges: []types.IpRange{{CidrIp: new("10.0.0.0/8"), Description: new("other")}}}, "InvalidPermission.Duplicate"},
		"HostBits":      {"a CIDR block loses its host bits", tcp(82, "10.0.0.1/8"), ""},
		"HostBitsAgain": {"without them it is the same block", tcp(80, "10.1.2.3/8"), "InvalidPermission.Duplicate"},
		"NotACIDR":      {"an address is none", tcp(81, "10.0.0.1"), "InvalidParameterValue"},
		"NoPorts":       {"TCP has ports", types.IpPermission{IpProtocol: new("tcp"), IpRanges: []types.IpRange{{CidrIp: new("10.0.0.0/8")}}}, "InvalidParameterValue"},
		"Backwards":     {"from is not above to", types.IpPermission{IpProtocol: new("tcp"), FromPort: new(int32(2)), ToPort: new(int32(1)), IpRanges: []types.IpRange{{CidrIp: new("10.0.0.0/8")}}}, "InvalidParameterValue"},
		"PortTooHigh":   {"0 to 65535", tcp(65536, "10.0.0.0/8"), "InvalidParameterValue"},
		"NoProtocol":    {"it is needed", types.IpPermission{IpRanges: []types.IpRange{{CidrIp: new("10.0.0.0/8")}}}, "MissingParameter"},
		"NoPeer":        {"one at least", types.IpPermission{IpProtocol: new("-1")}, "MissingParameter"},
		"NoSuchPrefix":  {"it must exist", types.IpPermission{IpProtocol: new("-1"), PrefixListIds: []types.PrefixListId{{PrefixListId: new("pl-0123456789abcdef0")}}}, "InvalidPrefixListID.NotFound"},
		"NoSuchGroup":   {"it must exist", types.IpPermission{IpProtocol: new("-1"), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: new("sg-0123456789abcdef0")}}}, "InvalidGroup.NotFound"},
		"Description":   {"no quotes", types.IpPermission{IpProtocol: new("-1"), IpRanges: []types.IpRange{{CidrIp: new("10.0.0.0/8"), Description: new(`"x"`)}}}, "InvalidParameterValue"},
		"Protocol256":   {"protocols are bytes", types.IpPermission{IpProtocol: new("256"), IpRanges: []types.IpRange{{CidrIp: new("10.0.0.0/8")}}}, "InvalidParameterValue"},
		"ProtocolName":  {"four names", types.IpPermission{IpProtocol: new("sctp"), IpRanges: []types.IpRange{{CidrIp: new("10.0.0.0/8")}}}, "InvalidParameterValue"},
		"Protocol50":    {"any number will do", types.IpPermission{IpProtocol: new("50"), IpRanges: []types.IpRange{{CidrIp: new("172.16.0.0/12")}}}, ""},
		"ICMPNoType":    {"ICMP has type and code", types.IpPermission{IpProtocol: new("icmp"), IpRanges: []types.IpRange{{CidrIp: new("10.0.0.0/8")}}}, "InvalidParameterValue"},
		"SixtyMore":     {"60 rules a group", many, "RulesPerSecurityGroupLimitExceeded"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := b.ec2.AuthorizeSecurityGroupIngress(t.Context(), &ec2api.AuthorizeSecurityGroupIngressInput{GroupId: &group, IpPermissions: []types.IpPermission{c.p}})
			if got := codeOf(t, err); got != c.want {
				t.Errorf("%s: want %s, got %v", c.reason, c.want, err)
			}
		})
	}
	both := []types.IpPermission{tcp(90, "10.0.0.0/8"), tcp(80, "10.0.0.0/8")}
	_, err := b.ec2.AuthorizeSecurityGroupIngress(t.Context(), &ec2api.AuthorizeSecurityGroupIngressInput{GroupId: &group, IpPermissions: both})
	if got := codeOf(t, err); got != "InvalidPermission.Duplicate" {
		t.Errorf("one of two is there: want InvalidPermission.Duplicate, got %v", err)
	}
	g := must(b.ec2.DescribeSecurityGroups(t.Context(), &ec2api.DescribeSecurityGroupsInput{GroupIds: []string{group}}))(b).SecurityGroups[0]
	var shown []string
	for _, p := range g.IpPermissions {
		shown = append(shown, *p.IpProtocol+" "+*p.IpRanges[0].CidrIp)
	}
	slices.Sort(shown)
	if diff := cmp.Diff([]string{"50 172.16.0.0/12", "tcp 10.0.0.0/8", "tcp 10.0.0.0/8"}, shown); diff != "" {
		t.Errorf("a refused call adds nothing, and CIDR blocks are shown without host bits: -want, +got:\n%s", diff)
	}
	if len(g.IpPermissionsEgress) != 1 || *g.IpPermissionsEgress[0].IpProtocol != "-1" || *g.IpPermissionsEgress[0].IpRanges[0].CidrIp != "0.0.0.0/0" || *g.IpPermissionsEgress[0].Ipv6Ranges[0].CidrIpv6 != "::/0" {
		t.Errorf("a new group lets everything out: %+v", g.IpPermissionsEgress)
	}
}

// Rules have ids, permissions gather them; both views agree.
func TestRulesOfGroups(t *testing.T) {
	b := newBench(t, quick())
	group, peer := b.group("web"), b.group("peer")
	p := tcp(80, "10.0.0.0/8")
	p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: new("192.168.0.0/16"), Description: new("office")})
	p.UserIdGroupPairs = []types.UserIdGroupPair{{GroupId: &peer}}
	p.Ipv6Ranges = []types.Ipv6Range{{CidrIpv6: new("2001:db8::/32")}}
	added := b.authorize(group, p)
	if len(added) != 4 {
		t.Fatalf("one rule a peer: want 4, got %d", len(added))
	}
	g := must(b.ec2.DescribeSecurityGroups(t.Context(), &ec2api.DescribeSecurityGroupsInput{GroupIds: []string{group}}))(b).SecurityGroups[0]
	want := p
	want.UserIdGroupPairs = []types.UserIdGroupPair{{GroupId: &peer, UserId: new("123456789012")}}
	if diff := cmp.Diff([]types.IpPermission{want}, g.IpPermissions, sdk); diff != "" {
		t.Errorf("permissions: -want, +got:\n%s", diff)
	}
	if _, err := b.ec2.DeleteSecurityGroup(t.Context(), &ec2api.DeleteSecurityGroupInput{GroupId: &peer}); codeOf(t, err) != "DependencyViolation" {
		t.Errorf("a group that another refers to: want DependencyViolation, got %v", err)
	}
	rules := func() map[string]string {
		out := map[string]string{}
		for _, r := range must(b.ec2.DescribeSecurityGroupRules(t.Context(), &ec2api.DescribeSecurityGroupRulesInput{Filters: []types.Filter{where("group-id", group)}}))(b).SecurityGroupRules {
			if *r.IsEgress {
				continue
			}
			text := fmt.Sprint(*r.IpProtocol, " ", *r.FromPort)
			for _, s := range []*string{r.CidrIpv4, r.CidrIpv6, r.Description} {
				if s != nil {
					text += " " + *s
				}
			}
			if r.ReferencedGroupInfo != nil {
				text += " " + *r.ReferencedGroupInfo.GroupId
			}
			out[*r.SecurityGroupRuleId] = text
		}
		return out
	}
	ids := map[string]string{}
	for id, text := range rules() {
		ids[text] = id
	}
	office := ids["tcp 80 192.168.0.0/16 office"]
	must(b.ec2.UpdateSecurityGroupRuleDescriptionsIngress(t.Context(), &ec2api.UpdateSecurityGroupRuleDescriptionsIngressInput{
		GroupId: &group, SecurityGroupRuleDescriptions: []types.SecurityGroupRuleDescription{{SecurityGroupRuleId: &office, Description: new("home")}},
	}))(b)
	must(b.ec2.ModifySecurityGroupRules(t.Context(), &ec2api.ModifySecurityGroupRulesInput{GroupId: &group, SecurityGroupRules: []types.SecurityGroupRuleUpdate{{
		SecurityGroupRuleId: new(ids["tcp 80 10.0.0.0/8"]), SecurityGroupRule: &types.SecurityGroupRuleRequest{IpProtocol: new("tcp"), FromPort: new(int32(81)), ToPort: new(int32(81)), CidrIpv4: new("10.1.0.0/16")},
	}}}))(b)
	must(b.ec2.RevokeSecurityGroupIngress(t.Context(), &ec2api.RevokeSecurityGroupIngressInput{GroupId: &group, SecurityGroupRuleIds: []string{ids["tcp 80 2001:db8::/32"]}}))(b)
	must(b.ec2.RevokeSecurityGroupIngress(t.Context(), &ec2api.RevokeSecurityGroupIngressInput{GroupId: &group, IpPermissions: []types.IpPermission{{
		IpProtocol: new("tcp"), FromPort: new(int32(80)), ToPort: new(int32(80)), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: &peer}},
	}}}))(b)
	after := map[string]string{office: "tcp 80 192.168.0.0/16 home", ids["tcp 80 10.0.0.0/8"]: "tcp 81 10.1.0.0/16"}
	if diff := cmp.Diff(after, rules()); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	_, byRule := b.ec2.RevokeSecurityGroupIngress(t.Context(), &ec2api.RevokeSecurityGroupIngressInput{GroupId: &group, SecurityGroupRuleIds: []string{ids["tcp 80 2001:db8::/32"]}})
	_, byPermission := b.ec2.RevokeSecurityGroupIngress(t.Context(), &ec2api.RevokeSecurityGroupIngressInput{GroupId: &group, IpPermissions: []types.IpPermission{tcp(80, "10.0.0.0/8")}})
	if got := []string{codeOf(t, byRule), codeOf(t, byPermission)}; !slices.Equal(got, []string{"InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound"}) {
		t.Errorf("revoked again: %v", got)
	}
}
