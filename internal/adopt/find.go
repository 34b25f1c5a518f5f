package adopt

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// The tags of AWS Load Balancer Controller.
const (
	tagCluster  = "elbv2.k8s.aws/cluster"
	tagStack    = "gateway.k8s.aws.alb/stack"
	tagResource = "gateway.k8s.aws.alb/resource"

	resourceLoadBalancer  = "LoadBalancer"
	resourceSecurityGroup = "ManagedLBSecurityGroup"
)

// tagsPerCall is ELBv2's limit on DescribeTags.
const tagsPerCall = 20

// Found is what AWS has of a Gateway's load balancer.
type Found struct {
	LoadBalancer elbtypes.LoadBalancer
	Listeners    []elbtypes.Listener

	// Rules that the controller made, those with the largest priority first.
	Rules []Rule

	// Foreign are the ARNs of rules that neither controller has made.
	Foreign []string

	// TargetGroups that the controller made.
	TargetGroups []elbtypes.TargetGroup

	// Ours are the ARNs of our target groups that have the controller's tags too, since they were released.
	Ours []string

	// Group that the controller made for the load balancer alone; nil where the user gave others.
	Group *ec2types.SecurityGroup

	// Taken says that the load balancer has our tags, and the controller's no more.
	Taken bool
}

// A Rule of a listener.
type Rule struct {
	elbtypes.Rule
	Port, Position int32
}

// OtherGroups of the load balancer.
func (f *Found) OtherGroups() []string {
	return slices.DeleteFunc(slices.Sorted(slices.Values(f.LoadBalancer.SecurityGroups)), func(id string) bool {
		return f.Group != nil && id == awssdk.ToString(f.Group.GroupId)
	})
}

// A stack is what the controller calls the pieces of one Gateway.
type stack struct{ cluster, name string }

func (s stack) owns(tags map[string]string) bool {
	return tags[tagCluster] == s.cluster && tags[tagStack] == s.name
}

// find what there is of a stack; arn is that of the load balancer that an object stands for, if one does.
func (m *Move) find(ctx context.Context, s stack, arn string) (*Found, error) {
	lb, tags, err := m.loadBalancer(ctx, s, arn)
	if err != nil {
		return nil, err
	}
	f := &Found{LoadBalancer: lb, Taken: tags[aws.TagCluster] == s.cluster && !s.owns(tags)}
	if err := m.findListeners(ctx, s, f); err != nil {
		return nil, err
	}
	if err := m.findTargetGroups(ctx, s, f); err != nil {
		return nil, err
	}
	return f, m.findGroup(ctx, s, f)
}

// loadBalancer that has the other controller's tags: it is the one that serves, even if an object stands for another. When it is taken
// over it has none of them, and is known by its ARN.
func (m *Move) loadBalancer(ctx context.Context, s stack, arn string) (elbtypes.LoadBalancer, map[string]string, error) {
	var all, tagged []elbtypes.LoadBalancer
	for pages := elbv2.NewDescribeLoadBalancersPaginator(m.ELB, &elbv2.DescribeLoadBalancersInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return elbtypes.LoadBalancer{}, nil, errors.Wrap(err, "cannot read the load balancers")
		}
		all = append(all, page.LoadBalancers...)
	}
	tags, err := tagsOf(ctx, m.ELB, all, func(lb elbtypes.LoadBalancer) *string { return lb.LoadBalancerArn })
	if err != nil {
		return elbtypes.LoadBalancer{}, nil, err
	}
	for _, lb := range all {
		if lb.Type == elbtypes.LoadBalancerTypeEnumApplication && s.owns(tags[*lb.LoadBalancerArn]) {
			tagged = append(tagged, lb)
		}
	}
	if len(tagged) > 1 {
		return elbtypes.LoadBalancer{}, nil, errors.Errorf("AWS has %d load balancers with the tag %s=%s; delete those that serve nobody", len(tagged), tagStack, s.name)
	}
	for _, lb := range slices.Concat(tagged, all) {
		if len(tagged) > 0 || *lb.LoadBalancerArn == arn {
			return lb, tags[*lb.LoadBalancerArn], nil
		}
	}
	return elbtypes.LoadBalancer{}, nil, errors.Errorf("AWS has no load balancer with the tags %s=%s and %s=%s, which AWS Load Balancer Controller gives; look whether region, account and cluster name are right",
		tagCluster, s.cluster, tagStack, s.name)
}

func (m *Move) findListeners(ctx context.Context, s stack, f *Found) error {
	in := &elbv2.DescribeListenersInput{LoadBalancerArn: f.LoadBalancer.LoadBalancerArn}
	for pages := elbv2.NewDescribeListenersPaginator(m.ELB, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return errors.Wrap(err, "cannot read the listeners of the load balancer")
		}
		f.Listeners = append(f.Listeners, page.Listeners...)
	}
	slices.SortFunc(f.Listeners, func(a, b elbtypes.Listener) int {
		return cmp.Compare(awssdk.ToInt32(a.Port), awssdk.ToInt32(b.Port))
	})
	for _, l := range f.Listeners {
		if err := m.findRules(ctx, s, l, f); err != nil {
			return err
		}
	}
	// From the last on, so that a request never falls from one of the controller's rules to a later one of them.
	slices.SortStableFunc(f.Rules, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(b.Position, a.Position))
	})
	return nil
}

func (m *Move) findRules(ctx context.Context, s stack, l elbtypes.Listener, f *Found) error {
	var all []elbtypes.Rule
	for pages := elbv2.NewDescribeRulesPaginator(m.ELB, &elbv2.DescribeRulesInput{ListenerArn: l.ListenerArn}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return errors.Wrapf(err, "cannot read the rules of port %d", awssdk.ToInt32(l.Port))
		}
		all = append(all, page.Rules...)
	}
	all = slices.DeleteFunc(all, func(r elbtypes.Rule) bool { return awssdk.ToBool(r.IsDefault) })
	tags, err := tagsOf(ctx, m.ELB, all, func(r elbtypes.Rule) *string { return r.RuleArn })
	if err != nil {
		return err
	}
	for _, r := range all {
		switch has := tags[*r.RuleArn]; {
		case s.owns(has):
			f.Rules = append(f.Rules, Rule{Rule: r, Port: awssdk.ToInt32(l.Port), Position: position(r)})
		case !aws.OfCluster(has, s.cluster):
			f.Foreign = append(f.Foreign, *r.RuleArn)
		}
	}
	return nil
}

func (m *Move) findTargetGroups(ctx context.Context, s stack, f *Found) error {
	var all []elbtypes.TargetGroup
	for pages := elbv2.NewDescribeTargetGroupsPaginator(m.ELB, &elbv2.DescribeTargetGroupsInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return errors.Wrap(err, "cannot read the target groups")
		}
		all = append(all, page.TargetGroups...)
	}
	tags, err := tagsOf(ctx, m.ELB, all, func(g elbtypes.TargetGroup) *string { return g.TargetGroupArn })
	if err != nil {
		return err
	}
	for _, g := range all {
		switch has := tags[*g.TargetGroupArn]; {
		case !s.owns(has):
		case slices.ContainsFunc(g.LoadBalancerArns, func(arn string) bool { return arn != *f.LoadBalancer.LoadBalancerArn }):
			// serves elsewhere, and is not touched
		case aws.OfCluster(has, s.cluster):
			f.Ours = append(f.Ours, *g.TargetGroupArn)
		default:
			f.TargetGroups = append(f.TargetGroups, g)
		}
	}
	return nil
}

func (m *Move) findGroup(ctx context.Context, s stack, f *Found) error {
	if len(f.LoadBalancer.SecurityGroups) == 0 {
		return nil
	}
	out, err := m.EC2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: f.LoadBalancer.SecurityGroups})
	if err != nil {
		return errors.Wrap(err, "cannot read the security groups of the load balancer")
	}
	for i, g := range out.SecurityGroups {
		tags := aws.EC2TagMap(g.Tags)
		theirs := s.owns(tags) && tags[tagResource] == resourceSecurityGroup
		if theirs || tags[aws.TagCluster] == s.cluster {
			f.Group = &out.SecurityGroups[i]
		}
	}
	return nil
}

// tagsOf things, by ARN.
func tagsOf[T any](ctx context.Context, client *elbv2.Client, things []T, arn func(T) *string) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	for some := range slices.Chunk(things, tagsPerCall) {
		in := &elbv2.DescribeTagsInput{}
		for _, t := range some {
			in.ResourceArns = append(in.ResourceArns, *arn(t))
		}
		page, err := client.DescribeTags(ctx, in)
		if err != nil {
			return nil, errors.Wrap(err, "cannot read tags")
		}
		for _, d := range page.TagDescriptions {
			tags := map[string]string{}
			for _, t := range d.Tags {
				tags[awssdk.ToString(t.Key)] = awssdk.ToString(t.Value)
			}
			out[awssdk.ToString(d.ResourceArn)] = tags
		}
	}
	return out, nil
}

// position of a rule among those of its listener.
func position(r elbtypes.Rule) int32 {
	n, err := strconv.ParseInt(awssdk.ToString(r.Priority), 10, 32)
	if err != nil {
		return 0 // the default rule's is a word
	}
	return int32(n)
}

func portOf(port *int32) string { return strconv.Itoa(int(awssdk.ToInt32(port))) }
