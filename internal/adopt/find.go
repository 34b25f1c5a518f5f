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

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// The tags of AWS Load Balancer Controller.
const (
	tagCluster  = "elbv2.k8s.aws/cluster"
	tagStack    = "gateway.k8s.aws.alb/stack"
	tagResource = "gateway.k8s.aws.alb/resource"

	resourceLoadBalancer  = "LoadBalancer"
	resourceSecurityGroup = "ManagedLBSecurityGroup"
)

// Found is what AWS has of a Gateway's load balancer.
type Found struct {
	LoadBalancer elbtypes.LoadBalancer
	Listeners    []elbtypes.Listener

	// Certificates of HTTPS listeners by their ARN, the default one first.
	Certificates map[string][]string

	// Rules that the controller made, those with the largest priority first.
	Rules []Rule

	// Foreign are rules that neither controller has made.
	Foreign []Rule

	// TargetGroups that the controller made, and that nothing which stays forwards to.
	TargetGroups []elbtypes.TargetGroup

	// Used are target groups that the controller made, and that what stays forwards to.
	Used []Used

	// Ours are the ARNs of our target groups that have the controller's tags too, since they were released.
	Ours []string

	// Group that the controller made for the load balancer alone; nil where the user gave others.
	Group *ec2types.SecurityGroup

	// GroupNames of the load balancer's security groups by id: each may be given by its own name or by its tag.
	GroupNames map[string][]string

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

// find what there is of a stack, and of what the objects stand for.
func (m *Move) find(ctx context.Context, s stack, o translate.Observed) (*Found, error) {
	arn := ""
	for _, lb := range o.LoadBalancers {
		arn = externalName(lb)
	}
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
	return f, m.findGroup(ctx, s, o, f)
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
	f.Certificates = map[string][]string{}
	for _, l := range f.Listeners {
		if err := m.findRules(ctx, s, l, f); err != nil {
			return err
		}
		if err := m.findCertificates(ctx, l, f); err != nil {
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
		rule := Rule{Rule: r, Port: awssdk.ToInt32(l.Port), Position: position(r)}
		switch has := tags[*r.RuleArn]; {
		case s.owns(has):
			f.Rules = append(f.Rules, rule)
		case !aws.OfCluster(has, s.cluster):
			f.Foreign = append(f.Foreign, rule)
		}
	}
	return nil
}

func (m *Move) findCertificates(ctx context.Context, l elbtypes.Listener, f *Found) error {
	if l.Protocol != elbtypes.ProtocolEnumHttps {
		return nil
	}
	var all []elbtypes.Certificate
	in := &elbv2.DescribeListenerCertificatesInput{ListenerArn: l.ListenerArn}
	for pages := elbv2.NewDescribeListenerCertificatesPaginator(m.ELB, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return errors.Wrapf(err, "cannot read the certificates of port %d", awssdk.ToInt32(l.Port))
		}
		all = append(all, page.Certificates...)
	}
	slices.SortStableFunc(all, func(a, b elbtypes.Certificate) int {
		return cmp.Compare(rank(a), rank(b))
	})
	for _, c := range all {
		if arn := awssdk.ToString(c.CertificateArn); !slices.Contains(f.Certificates[*l.ListenerArn], arn) { // AWS may list the default one twice
			f.Certificates[*l.ListenerArn] = append(f.Certificates[*l.ListenerArn], arn)
		}
	}
	return nil
}

// rank has the default certificate first.
func rank(c elbtypes.Certificate) int {
	if awssdk.ToBool(c.IsDefault) {
		return 0
	}
	return 1
}

// findGroup that the controller made, or that an object stands for since it was taken over.
func (m *Move) findGroup(ctx context.Context, s stack, o translate.Observed, f *Found) error {
	if len(f.LoadBalancer.SecurityGroups) == 0 {
		return nil
	}
	out, err := m.EC2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: f.LoadBalancer.SecurityGroups})
	if err != nil {
		return errors.Wrap(err, "cannot read the security groups of the load balancer")
	}
	f.GroupNames = map[string][]string{}
	for i, g := range out.SecurityGroups {
		tags := aws.EC2TagMap(g.Tags)
		f.GroupNames[*g.GroupId] = []string{awssdk.ToString(g.GroupName), tags["Name"]}
		theirs := s.owns(tags) && tags[tagResource] == resourceSecurityGroup
		taken := slices.ContainsFunc(o.SecurityGroups, func(sg *albv1alpha1.SecurityGroup) bool { return externalName(sg) == *g.GroupId })
		if theirs || taken {
			f.Group = &out.SecurityGroups[i]
		}
	}
	return nil
}

// tagsOf things, by ARN.
func tagsOf[T any](ctx context.Context, client *elbv2.Client, things []T, arn func(T) *string) (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	for some := range slices.Chunk(things, aws.TagsPerCall) {
		in := &elbv2.DescribeTagsInput{}
		for _, t := range some {
			in.ResourceArns = append(in.ResourceArns, *arn(t))
		}
		page, err := client.DescribeTags(ctx, in)
		if err != nil {
			return nil, errors.Wrap(err, "cannot read tags")
		}
		for _, d := range page.TagDescriptions {
			out[awssdk.ToString(d.ResourceArn)] = aws.ELBTagMap(d.Tags)
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
