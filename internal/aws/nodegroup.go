package aws

import (
	"context"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// TagClusterPrefix begins the key of the tag by which the security groups of a cluster's nodes are known, before its name.
const TagClusterPrefix = "kubernetes.io/cluster/"

// NodeGroups are security groups that we open and close for load balancers and that others made: one by its id, or those of a
// VPC with the tag of a cluster.
type NodeGroups struct{ VPC, Cluster, ID string }

func (n NodeGroups) key() string { return n.VPC + "/" + n.Cluster + "/" + n.ID }

func (n NodeGroups) filters() []types.Filter {
	if n.ID != "" {
		return []types.Filter{filter("group-id", n.ID)}
	}
	return []types.Filter{filter("vpc-id", n.VPC), filter("tag-key", TagClusterPrefix+n.Cluster)}
}

// NodeGroups with their rules.
func (e *EC2) NodeGroups(ctx context.Context, n NodeGroups) ([]types.SecurityGroup, error) {
	return e.nodes.get(ctx, question[[]types.SecurityGroup]{
		key:  n.key(),
		age:  upTo[[]types.SecurityGroup](e.ages.Groups),
		read: func(ctx context.Context) ([]types.SecurityGroup, error) { return e.readGroups(ctx, n.filters()...) },
	})
}

// OpenNodeGroup adds rules to one of the groups.
func (e *EC2) OpenNodeGroup(ctx context.Context, n NodeGroups, in *ec2.AuthorizeSecurityGroupIngressInput) error {
	_, err := do(ctx, e.api.AuthorizeSecurityGroupIngress, in)
	if err != nil {
		e.nodes.expire(n.key())
		return err
	}
	e.knowNodeGroup(n, awssdk.ToString(in.GroupId), func(rules []types.IpPermission) []types.IpPermission {
		return append(slices.Clone(rules), in.IpPermissions...)
	})
	return nil
}

// CloseNodeGroup takes rules away from one of the groups.
func (e *EC2) CloseNodeGroup(ctx context.Context, n NodeGroups, in *ec2.RevokeSecurityGroupIngressInput) error {
	_, err := do(ctx, e.api.RevokeSecurityGroupIngress, in)
	if err != nil {
		e.nodes.reset(n.key())
		return err
	}
	e.knowNodeGroup(n, awssdk.ToString(in.GroupId), func(rules []types.IpPermission) []types.IpPermission {
		return revoked(rules, in.IpPermissions)
	})
	return nil
}

// knowNodeGroup by other rules, which we have just written.
func (e *EC2) knowNodeGroup(n NodeGroups, id string, change func([]types.IpPermission) []types.IpPermission) {
	e.nodes.edit(n.key(), func(all []types.SecurityGroup) []types.SecurityGroup {
		all = slices.Clone(all)
		for i, g := range all {
			if same(g.GroupId, id) {
				all[i].IpPermissions = change(g.IpPermissions)
			}
		}
		return all
	})
}

// revoked is what is left of rules when some are taken away. Rules of one protocol and ports come as one permission with
// several sources; node groups are opened for other groups only.
func revoked(rules, gone []types.IpPermission) []types.IpPermission {
	var left []types.IpPermission
	for _, r := range rules {
		r.UserIdGroupPairs = slices.DeleteFunc(slices.Clone(r.UserIdGroupPairs), func(pair types.UserIdGroupPair) bool {
			return slices.ContainsFunc(gone, func(g types.IpPermission) bool { return sameTraffic(r, g) && hasSource(g, pair) })
		})
		if len(r.UserIdGroupPairs)+len(r.IpRanges)+len(r.Ipv6Ranges)+len(r.PrefixListIds) > 0 {
			left = append(left, r)
		}
	}
	return left
}

func sameTraffic(a, b types.IpPermission) bool {
	return awssdk.ToString(a.IpProtocol) == awssdk.ToString(b.IpProtocol) &&
		awssdk.ToInt32(a.FromPort) == awssdk.ToInt32(b.FromPort) && awssdk.ToInt32(a.ToPort) == awssdk.ToInt32(b.ToPort)
}

func hasSource(p types.IpPermission, pair types.UserIdGroupPair) bool {
	return slices.ContainsFunc(p.UserIdGroupPairs, func(s types.UserIdGroupPair) bool {
		return awssdk.ToString(s.GroupId) == awssdk.ToString(pair.GroupId)
	})
}
