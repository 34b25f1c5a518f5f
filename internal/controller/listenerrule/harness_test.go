package listenerrule_test

import (
	"net/http/httptest"
	"strconv"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listenerrule"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/targetgroupbinding"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

const name = "shop-80-0123456789"

// A bench is a simulator with a listener and two target groups in it, their objects, and the controller of ListenerRules.
type bench struct {
	*rig.Rig
	sim      *simulator.Simulator
	rules    *rig.Runner[*albv1alpha1.ListenerRule]
	lb       string // ARN
	listener *albv1alpha1.Listener
	web, api *albv1alpha1.TargetGroup
}

func newBench(t *testing.T, objects ...client.Object) *bench {
	t.Helper()
	return newBenchWith(t, simulator.Options{}, objects...)
}

func newBenchWith(t *testing.T, opts simulator.Options, objects ...client.Object) *bench {
	t.Helper()
	opts.ProvisioningDelay, opts.InterfaceLinger, opts.ValidationDelay = simulator.Immediately, simulator.Immediately, simulator.Immediately
	sim, err := simulator.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		sim.Close()
	})
	b := &bench{sim: sim, listener: &albv1alpha1.Listener{ObjectMeta: rig.Meta("shop-80")}, web: group("web"), api: group("api")}
	objects = append(objects, b.listener, b.web, b.api)
	place := rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}
	indexes := append(rig.Indexes(listenerrule.Kind(nil)), rig.Indexes(targetgroupbinding.Kind(nil))...)
	b.Rig = rig.New(t, place, indexes, objects...)
	b.rules = rig.Run(b.Rig, listenerrule.Kind(b.Kube))
	b.lb = *rig.Value(b.ELB.CreateLoadBalancer(t.Context(), &elbv2.CreateLoadBalancerInput{
		Name: new("shop"), Subnets: []string{"subnet-0a64000000000000a", "subnet-0a64000000000000b"},
	}))(b.Rig).LoadBalancers[0].LoadBalancerArn
	b.listener.Status.AtProvider.ARN = *rig.Value(b.ELB.CreateListener(t.Context(), &elbv2.CreateListenerInput{
		LoadBalancerArn: &b.lb, Port: new(int32(80)), Protocol: elbtypes.ProtocolEnumHttp, DefaultActions: notFound(),
	}))(b.Rig).Listeners[0].ListenerArn
	rig.SetStatus(b.Rig, b.listener)
	for _, g := range []*albv1alpha1.TargetGroup{b.web, b.api} {
		b.makeGroup(g)
	}
	sim.ResetCalls()
	return b
}

// makeGroup makes the target group of an object.
func (b *bench) makeGroup(g *albv1alpha1.TargetGroup) {
	b.Helper()
	g.Status.AtProvider.ARN = *rig.Value(b.ELB.CreateTargetGroup(b.Context(), &elbv2.CreateTargetGroupInput{
		Name: new(g.GetName()), Protocol: elbtypes.ProtocolEnumHttp, Port: new(int32(80)), VpcId: new(ec2.DefaultVPC),
		TargetType: elbtypes.TargetTypeEnumIp,
	}))(b.Rig).TargetGroups[0].TargetGroupArn
	rig.SetStatus(b.Rig, g)
}

func (b *bench) writes() map[string]int {
	out := rig.Writes(b.sim.Calls())
	b.sim.ResetCalls()
	return out
}

// inAWS are the rules of the listener, without its default rule.
func (b *bench) inAWS() []elbtypes.Rule {
	b.Helper()
	out := rig.Value(b.ELB.DescribeRules(b.Context(), &elbv2.DescribeRulesInput{ListenerArn: &b.listener.Status.AtProvider.ARN}))(b.Rig)
	var rules []elbtypes.Rule
	for _, r := range out.Rules {
		if !*r.IsDefault {
			rules = append(rules, r)
		}
	}
	return rules
}

// priorities of the rules in AWS, by ARN.
func (b *bench) priorities() map[string]int {
	b.Helper()
	out := map[string]int{}
	for _, r := range b.inAWS() {
		out[*r.RuleArn] = rig.Value(strconv.Atoi(*r.Priority))(b.Rig)
	}
	return out
}

// stranger makes a rule behind the provider's back.
func (b *bench) stranger(priority int32) string {
	b.Helper()
	out := rig.Value(b.ELB.CreateRule(b.Context(), &elbv2.CreateRuleInput{
		ListenerArn: &b.listener.Status.AtProvider.ARN, Priority: &priority, Actions: notFound(),
		Conditions: []elbtypes.RuleCondition{{Field: new("path-pattern"), PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: []string{"/x"}}}},
	}))(b.Rig)
	return *out.Rules[0].RuleArn
}

func notFound() []elbtypes.Action {
	return []elbtypes.Action{{Type: elbtypes.ActionTypeEnumFixedResponse, FixedResponseConfig: &elbtypes.FixedResponseActionConfig{
		StatusCode: new("404"), ContentType: new("text/plain"),
	}}}
}

func group(name string) *albv1alpha1.TargetGroup {
	return &albv1alpha1.TargetGroup{ObjectMeta: rig.Meta(name), Spec: albv1alpha1.TargetGroupSpec{ManagedResourceSpec: rig.Spec()}}
}

// binding of a target group, Ready or not.
func binding(targetGroup string, ready xpv2.Condition) *albv1alpha1.TargetGroupBinding {
	b := &albv1alpha1.TargetGroupBinding{ObjectMeta: rig.Meta(targetGroup), Spec: albv1alpha1.TargetGroupBindingSpec{
		ManagedResourceSpec: rig.Spec(),
		ForProvider:         albv1alpha1.TargetGroupBindingParameters{TargetGroupRef: &albv1alpha1.Reference{Name: targetGroup}},
	}}
	b.SetConditions(ready)
	return b
}

func forward(names ...string) albv1alpha1.Action {
	c := &albv1alpha1.ForwardActionConfig{}
	for _, n := range names {
		c.TargetGroups = append(c.TargetGroups, albv1alpha1.TargetGroupTuple{TargetGroupRef: &albv1alpha1.Reference{Name: n}})
	}
	return albv1alpha1.Action{Type: albv1alpha1.ActionForward, ForwardConfig: c}
}

func fixed(status string) albv1alpha1.Action {
	return albv1alpha1.Action{Type: albv1alpha1.ActionFixedResponse, FixedResponseConfig: &albv1alpha1.FixedResponseActionConfig{StatusCode: status}}
}

func host(regex string) albv1alpha1.RuleCondition {
	return albv1alpha1.RuleCondition{Field: albv1alpha1.FieldHostHeader, HostHeaderConfig: &albv1alpha1.PatternConditionConfig{RegexValues: []string{regex}}}
}

func path(values ...string) albv1alpha1.RuleCondition {
	return albv1alpha1.RuleCondition{Field: albv1alpha1.FieldPathPattern, PathPatternConfig: &albv1alpha1.PatternConditionConfig{Values: values}}
}

func urlRewrite(regex, replace string) albv1alpha1.RuleTransform {
	return albv1alpha1.RuleTransform{Type: "url-rewrite", UrlRewriteConfig: &albv1alpha1.RewriteConfigs{
		Rewrites: []albv1alpha1.RewriteConfig{{Regex: regex, Replace: replace}},
	}}
}

type params = albv1alpha1.ListenerRuleParameters

// rule with every part that can be changed.
func rule(name string, priority int32, change ...func(*params)) *albv1alpha1.ListenerRule {
	mg := &albv1alpha1.ListenerRule{ObjectMeta: rig.Meta(name), Spec: albv1alpha1.ListenerRuleSpec{
		ManagedResourceSpec: rig.Spec(),
		ForProvider: params{
			ListenerRef: &albv1alpha1.Reference{Name: "shop-80"}, Priority: priority,
			Conditions: []albv1alpha1.RuleCondition{host(`^shop\.example\.com(:[0-9]+)?$`), path("/cart", "/cart/*")},
			Actions:    []albv1alpha1.Action{forward("web")},
			Transforms: []albv1alpha1.RuleTransform{urlRewrite("^/cart", "/")},
			Tags:       map[string]string{"team": "web"},
		},
	}}
	for _, c := range change {
		c(&mg.Spec.ForProvider)
	}
	return mg
}
