package aws

import (
	"context"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// EC2 is the part of Amazon EC2 that load balancers need, in one account and region. What its readers return is shared:
// callers must not change it.
type EC2 struct {
	api  *ec2.Client
	ages *Ages

	ours    *snapshot[[]types.SecurityGroup] // by VPC, those that carry our tag
	others  *snapshot[[]types.SecurityGroup] // by VPC and name, or by group id
	nodes   *snapshot[[]types.SecurityGroup] // by NodeGroups
	subnets *snapshot[[]types.Subnet]        // by VPC
	routes  *snapshot[[]types.RouteTable]    // by VPC

	instances *snapshot[[]types.Instance] // by their ids
}

func newEC2(cfg awssdk.Config, m *metrics, a *Ages, rates Rates) *EC2 {
	limit := newLimiter(serviceEC2, m, rates)
	return &EC2{
		api:     ec2.NewFromConfig(cfg, func(o *ec2.Options) { o.APIOptions = append(o.APIOptions, limit.add) }),
		ages:    a,
		ours:    newSnapshot[[]types.SecurityGroup]("securityGroups", m, a),
		others:  newSnapshot[[]types.SecurityGroup]("securityGroup", m, a),
		nodes:   newSnapshot[[]types.SecurityGroup]("nodeGroups", m, a),
		subnets: newSnapshot[[]types.Subnet]("subnets", m, a),
		routes:  newSnapshot[[]types.RouteTable]("routeTables", m, a),

		instances: newSnapshot[[]types.Instance]("instances", m, a),
	}
}

// Subnets of a VPC.
func (e *EC2) Subnets(ctx context.Context, vpc string) ([]types.Subnet, error) {
	return e.subnets.get(ctx, question[[]types.Subnet]{
		key: vpc,
		age: upTo[[]types.Subnet](e.ages.Network),
		read: func(ctx context.Context) ([]types.Subnet, error) {
			return collect(func(token *string) ([]types.Subnet, *string, error) {
				out, err := do(ctx, e.api.DescribeSubnets, &ec2.DescribeSubnetsInput{NextToken: token, Filters: []types.Filter{filter("vpc-id", vpc)}})
				if err != nil {
					return nil, nil, err
				}
				return out.Subnets, out.NextToken, nil
			})
		},
	})
}

// RouteTables of a VPC.
func (e *EC2) RouteTables(ctx context.Context, vpc string) ([]types.RouteTable, error) {
	return e.routes.get(ctx, question[[]types.RouteTable]{
		key: vpc,
		age: upTo[[]types.RouteTable](e.ages.Network),
		read: func(ctx context.Context) ([]types.RouteTable, error) {
			return collect(func(token *string) ([]types.RouteTable, *string, error) {
				out, err := do(ctx, e.api.DescribeRouteTables, &ec2.DescribeRouteTablesInput{NextToken: token, Filters: []types.Filter{filter("vpc-id", vpc)}})
				if err != nil {
					return nil, nil, err
				}
				return out.RouteTables, out.NextToken, nil
			})
		},
	})
}

// SecurityGroup of a VPC by its group name, among those that SecurityGroup objects of any cluster made.
func (e *EC2) SecurityGroup(ctx context.Context, name, vpc string) (*types.SecurityGroup, error) {
	ours, err := e.oursOf(ctx, vpc)
	if err != nil {
		return nil, err
	}
	return find(ours, func(g types.SecurityGroup) bool { return awssdk.ToString(g.GroupName) == name }, "security group", name)
}

// SecurityGroupByID of a VPC.
func (e *EC2) SecurityGroupByID(ctx context.Context, id, vpc string) (*types.SecurityGroup, error) {
	is := func(g types.SecurityGroup) bool { return awssdk.ToString(g.GroupId) == id }
	ours, err := e.oursOf(ctx, vpc)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(ours, is); i >= 0 {
		return &ours[i], nil
	}
	all, err := e.groups(ctx, id, filter("group-id", id))
	if err != nil {
		return nil, err
	}
	return find(all, is, "security group", id)
}

// SecurityGroupNamed finds any group of a VPC by its group name or, as people see it, by its Name tag.
func (e *EC2) SecurityGroupNamed(ctx context.Context, name, vpc string) (*types.SecurityGroup, error) {
	for _, by := range []string{"group-name", "tag:Name"} {
		all, err := e.groups(ctx, vpc+"/"+by+"/"+name, filter("vpc-id", vpc), filter(by, name))
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			return &all[0], nil
		}
	}
	return nil, absent("security group", name)
}

// oursOf a VPC are those that any cluster's SecurityGroup objects made: one call serves them all.
func (e *EC2) oursOf(ctx context.Context, vpc string) ([]types.SecurityGroup, error) {
	kind := strings.ToLower(v1alpha1.SecurityGroupGroupVersionKind.Kind) + "." + v1alpha1.Group
	return e.ours.get(ctx, question[[]types.SecurityGroup]{
		key: vpc,
		age: upTo[[]types.SecurityGroup](e.ages.Groups),
		read: func(ctx context.Context) ([]types.SecurityGroup, error) {
			return e.readGroups(ctx, filter("vpc-id", vpc), filter("tag:"+TagKind, kind))
		},
	})
}

// groups that are not known to be ours.
func (e *EC2) groups(ctx context.Context, key string, filters ...types.Filter) ([]types.SecurityGroup, error) {
	return e.others.get(ctx, question[[]types.SecurityGroup]{
		key:  key,
		age:  upTo[[]types.SecurityGroup](e.ages.Groups),
		read: func(ctx context.Context) ([]types.SecurityGroup, error) { return e.readGroups(ctx, filters...) },
	})
}

func (e *EC2) readGroups(ctx context.Context, filters ...types.Filter) ([]types.SecurityGroup, error) {
	return collect(func(token *string) ([]types.SecurityGroup, *string, error) {
		out, err := do(ctx, e.api.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{NextToken: token, Filters: filters})
		if err != nil {
			return nil, nil, err
		}
		return out.SecurityGroups, out.NextToken, nil
	})
}

func filter(name string, values ...string) types.Filter {
	return types.Filter{Name: new(name), Values: values}
}

// CreateSecurityGroup in a VPC, with its tags, and returns its id.
func (e *EC2) CreateSecurityGroup(ctx context.Context, in *ec2.CreateSecurityGroupInput) (string, error) {
	vpc := awssdk.ToString(in.VpcId)
	out, err := do(ctx, e.api.CreateSecurityGroup, in)
	if err != nil {
		e.ours.expire(vpc)
		return "", err
	}
	g := types.SecurityGroup{GroupId: out.GroupId, GroupName: in.GroupName, Description: in.Description, VpcId: in.VpcId}
	for _, s := range in.TagSpecifications {
		g.Tags = append(g.Tags, s.Tags...)
	}
	e.ours.edit(vpc, func(all []types.SecurityGroup) []types.SecurityGroup {
		return insert(all, g, func(o types.SecurityGroup) bool { return same(o.GroupId, awssdk.ToString(g.GroupId)) })
	})
	return awssdk.ToString(out.GroupId), nil
}

// DeleteSecurityGroup that nothing uses.
func (e *EC2) DeleteSecurityGroup(ctx context.Context, in *ec2.DeleteSecurityGroupInput, vpc string) error {
	id := awssdk.ToString(in.GroupId)
	if _, err := do(ctx, e.api.DeleteSecurityGroup, in); err != nil {
		e.forget(id, vpc)
		return err
	}
	e.ours.edit(vpc, func(all []types.SecurityGroup) []types.SecurityGroup {
		return slices.DeleteFunc(slices.Clone(all), func(g types.SecurityGroup) bool { return same(g.GroupId, id) })
	})
	e.others.put(id, nil)
	return nil
}

// forget what is remembered of a group.
func (e *EC2) forget(id, vpc string) {
	e.ours.reset(vpc)
	e.others.reset(id)
}

// AuthorizeSecurityGroupIngress adds rules.
func (e *EC2) AuthorizeSecurityGroupIngress(ctx context.Context, in *ec2.AuthorizeSecurityGroupIngressInput, vpc string) error {
	id := awssdk.ToString(in.GroupId)
	_, err := do(ctx, e.api.AuthorizeSecurityGroupIngress, in)
	e.others.expire(id)
	if err != nil {
		e.ours.expire(vpc)
		return err
	}
	e.ours.edit(vpc, func(all []types.SecurityGroup) []types.SecurityGroup {
		all = slices.Clone(all)
		for i, g := range all {
			if same(g.GroupId, id) {
				all[i].IpPermissions = append(slices.Clone(g.IpPermissions), in.IpPermissions...)
			}
		}
		return all
	})
	return nil
}

// RevokeSecurityGroupIngress takes rules away.
func (e *EC2) RevokeSecurityGroupIngress(ctx context.Context, in *ec2.RevokeSecurityGroupIngressInput, vpc string) error {
	_, err := do(ctx, e.api.RevokeSecurityGroupIngress, in)
	e.forget(awssdk.ToString(in.GroupId), vpc)
	return err
}

// UpdateSecurityGroupRuleDescriptionsIngress of rules.
func (e *EC2) UpdateSecurityGroupRuleDescriptionsIngress(ctx context.Context, in *ec2.UpdateSecurityGroupRuleDescriptionsIngressInput, vpc string) error {
	_, err := do(ctx, e.api.UpdateSecurityGroupRuleDescriptionsIngress, in)
	e.forget(awssdk.ToString(in.GroupId), vpc)
	return err
}

// CreateTags on a resource, or change them.
func (e *EC2) CreateTags(ctx context.Context, in *ec2.CreateTagsInput, vpc string) error {
	_, err := do(ctx, e.api.CreateTags, in)
	for _, id := range in.Resources {
		e.forget(id, vpc)
	}
	return err
}

// DeleteTags from a resource.
func (e *EC2) DeleteTags(ctx context.Context, in *ec2.DeleteTagsInput, vpc string) error {
	_, err := do(ctx, e.api.DeleteTags, in)
	for _, id := range in.Resources {
		e.forget(id, vpc)
	}
	return err
}

// EC2Tags in the SDK's shape, in order.
func EC2Tags(tags map[string]string) []types.Tag {
	out := make([]types.Tag, 0, len(tags))
	for _, k := range sortedKeys(tags) {
		out = append(out, types.Tag{Key: new(k), Value: new(tags[k])})
	}
	return out
}

// EC2TagMap of the SDK's shape.
func EC2TagMap(in []types.Tag) map[string]string {
	out := make(map[string]string, len(in))
	for _, t := range in {
		out[awssdk.ToString(t.Key)] = awssdk.ToString(t.Value)
	}
	return out
}
