package aws

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

// What is known of a node group follows our own writes, so that it need not be read again for them, and is what AWS says.
func TestNodeGroupsFollowWrites(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{})
	n := NodeGroups{VPC: vpc, ID: nodes}
	source := must[string](t)(b.account.EC2.CreateSecurityGroup(t.Context(), &ec2.CreateSecurityGroupInput{GroupName: new("a"), Description: new("a"), VpcId: new(vpc)}))
	port := func(p int32) []types.IpPermission {
		return []types.IpPermission{{IpProtocol: new("tcp"), FromPort: &p, ToPort: &p, UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: &source}}}}
	}
	ports := func() []int32 {
		t.Helper()
		var out []int32
		for _, p := range must[[]types.SecurityGroup](t)(b.account.EC2.NodeGroups(t.Context(), n))[0].IpPermissions {
			for _, pair := range p.UserIdGroupPairs {
				if *pair.GroupId == source {
					out = append(out, *p.FromPort)
				}
			}
		}
		return out
	}
	ports()
	b.calls()
	for _, p := range []int32{80, 443} {
		if err := b.account.EC2.OpenNodeGroup(t.Context(), n, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: new(nodes), IpPermissions: port(p)}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]int32{80, 443}, ports()); diff != "" {
		t.Errorf("opened: -want, +got:\n%s", diff)
	}
	if err := b.account.EC2.CloseNodeGroup(t.Context(), n, &ec2.RevokeSecurityGroupIngressInput{GroupId: new(nodes), IpPermissions: port(80)}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int32{443}, ports()); diff != "" {
		t.Errorf("closed again: -want, +got:\n%s", diff)
	}
	if got := b.calls()["ec2.DescribeSecurityGroups"]; got != 0 {
		t.Errorf("what is known need not be read: %d calls", got)
	}
	b.account.EC2.nodes.reset(n.key())
	if diff := cmp.Diff([]int32{443}, ports()); diff != "" {
		t.Errorf("AWS says the same: -want, +got:\n%s", diff)
	}
}
