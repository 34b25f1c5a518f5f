package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/forecast"
)

const (
	tagName = albv1alpha1.Group + "/crossplane-name"
	tagOf   = albv1alpha1.Group + "/cluster"
)

// An auditor compares AWS with what is wanted. It asks AWS by itself, past the provider.
type auditor struct {
	elb *elbv2.Client
	ec2 *ec2.Client
}

// A ledger is what AWS holds.
type ledger struct {
	balancers []types.LoadBalancer
	groups    map[string]types.TargetGroup // by the object that made them
	doubled   []string
	rules     map[int32][]types.Rule // by port, in order, the default one left out
}

// differences between AWS and what a state comes to, as a person would put them; none when all is as it ought to be.
func (a *auditor) differences(ctx context.Context, s state) ([]string, error) {
	held, err := a.read(ctx)
	if err != nil {
		return nil, err
	}
	wanted := forecast.Of(s.input())
	if !wanted.Settled {
		return nil, fmt.Errorf("what is wanted cannot be foreseen")
	}
	out := slices.Clone(held.doubled)
	if n := len(held.balancers); n != 1 {
		out = append(out, fmt.Sprintf("AWS holds %d load balancers, not 1", n))
	}
	out = append(out, held.compareGroups(wanted.Observed.TargetGroups)...)
	out = append(out, held.compareRules(wanted)...)
	groups, err := a.securityGroups(ctx)
	if err == nil && len(groups) != len(wanted.Observed.SecurityGroups) {
		out = append(out, fmt.Sprintf("AWS holds %d security groups (%s), not %d", len(groups), strings.Join(groups, ", "), len(wanted.Observed.SecurityGroups)))
	}
	return out, err
}

func (a *auditor) read(ctx context.Context) (ledger, error) {
	l := ledger{groups: map[string]types.TargetGroup{}, rules: map[int32][]types.Rule{}}
	lbs, err := a.elb.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{})
	if err != nil {
		return l, fmt.Errorf("cannot list load balancers: %w", err)
	}
	l.balancers = lbs.LoadBalancers
	for _, lb := range l.balancers {
		if err := a.readRules(ctx, lb, &l); err != nil {
			return l, err
		}
	}
	tgs, err := a.elb.DescribeTargetGroups(ctx, &elbv2.DescribeTargetGroupsInput{})
	if err != nil {
		return l, fmt.Errorf("cannot list target groups: %w", err)
	}
	for _, tg := range tgs.TargetGroups {
		name, err := a.owner(ctx, awssdk.ToString(tg.TargetGroupArn))
		if err != nil {
			return l, err
		}
		if _, twice := l.groups[name]; twice {
			l.doubled = append(l.doubled, fmt.Sprintf("target group %q is there twice", name))
		}
		l.groups[name] = tg
	}
	return l, nil
}

func (a *auditor) readRules(ctx context.Context, lb types.LoadBalancer, l *ledger) error {
	listeners, err := a.elb.DescribeListeners(ctx, &elbv2.DescribeListenersInput{LoadBalancerArn: lb.LoadBalancerArn})
	if err != nil {
		return fmt.Errorf("cannot list listeners: %w", err)
	}
	for _, at := range listeners.Listeners {
		out, err := a.elb.DescribeRules(ctx, &elbv2.DescribeRulesInput{ListenerArn: at.ListenerArn})
		if err != nil {
			return fmt.Errorf("cannot list rules: %w", err)
		}
		rules := slices.DeleteFunc(out.Rules, func(r types.Rule) bool { return awssdk.ToBool(r.IsDefault) })
		slices.SortFunc(rules, func(x, y types.Rule) int { return priority(x) - priority(y) })
		l.rules[awssdk.ToInt32(at.Port)] = rules
	}
	return nil
}

func priority(r types.Rule) int {
	n, _ := strconv.Atoi(awssdk.ToString(r.Priority))
	return n
}

// owner is the object whose name a resource's tags give.
func (a *auditor) owner(ctx context.Context, arn string) (string, error) {
	out, err := a.elb.DescribeTags(ctx, &elbv2.DescribeTagsInput{ResourceArns: []string{arn}})
	if err != nil {
		return "", fmt.Errorf("cannot read tags: %w", err)
	}
	for _, t := range out.TagDescriptions[0].Tags {
		if awssdk.ToString(t.Key) == tagName {
			return awssdk.ToString(t.Value), nil
		}
	}
	return arn + " without an owner", nil
}

// securityGroups that were made for load balancers.
func (a *auditor) securityGroups(ctx context.Context) ([]string, error) {
	out, err := a.ec2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{})
	if err != nil {
		return nil, fmt.Errorf("cannot list security groups: %w", err)
	}
	var made []string
	for _, g := range out.SecurityGroups {
		for _, t := range g.Tags {
			if awssdk.ToString(t.Key) == tagOf {
				made = append(made, awssdk.ToString(g.GroupName))
			}
		}
	}
	return made, nil
}

func (l *ledger) compareGroups(wanted []*albv1alpha1.TargetGroup) []string {
	var out []string
	left := maps.Clone(l.groups)
	for _, tg := range wanted {
		held, ok := left[tg.Name]
		delete(left, tg.Name)
		if !ok {
			out = append(out, fmt.Sprintf("target group %s is missing", tg.Name))
			continue
		}
		if kind := tg.Spec.ForProvider.TargetType; kind != string(held.TargetType) {
			out = append(out, fmt.Sprintf("target group %s has targets of type %s, not %s", tg.Name, held.TargetType, kind))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		out = append(out, fmt.Sprintf("target group %s is left", name))
	}
	return out
}

// compareRules of each port: the same ones, and in an order that means the same to every probe. Priorities themselves are the
// provider's own business, and so is the order of rules that no request can meet both of.
func (l *ledger) compareRules(wanted forecast.Forecast) []string {
	var out []string
	left := maps.Clone(l.rules)
	for _, listener := range wanted.Observed.Listeners {
		port := listener.Spec.ForProvider.Port
		held, ok := left[port]
		delete(left, port)
		if !ok {
			out = append(out, fmt.Sprintf("the listener on port %d is missing", port))
			continue
		}
		var rules []*albv1alpha1.ListenerRule
		for _, r := range wanted.Observed.ListenerRules {
			if ref := r.Spec.ForProvider.ListenerRef; ref != nil && ref.Name == listener.Name {
				rules = append(rules, r)
			}
		}
		out = append(out, l.comparePort(port, rules, held)...)
	}
	for port := range left {
		out = append(out, fmt.Sprintf("the listener on port %d is left", port))
	}
	return out
}

func (l *ledger) comparePort(port int32, wanted []*albv1alpha1.ListenerRule, held []types.Rule) []string {
	var out []string
	twin := map[string]string{} // of a rule in AWS: the object that it is to be
	for _, r := range wanted {
		i := slices.IndexFunc(held, func(h types.Rule) bool {
			_, taken := twin[awssdk.ToString(h.RuleArn)]
			return !taken && l.same(r, h)
		})
		if i < 0 {
			out = append(out, fmt.Sprintf("port %d has no rule as %s (%v) is to be", port, r.Name, external.Summarize(r.Spec.ForProvider)))
			continue
		}
		twin[awssdk.ToString(held[i].RuleArn)] = r.Name
	}
	for _, h := range held {
		if _, known := twin[awssdk.ToString(h.RuleArn)]; !known {
			out = append(out, fmt.Sprintf("port %d has rule %s too many", port, awssdk.ToString(h.RuleArn)))
		}
	}
	if len(out) > 0 {
		return out
	}
	return compareOrder(port, wanted, held, twin)
}

// compareOrder by what comes of each probe.
func compareOrder(port int32, wanted []*albv1alpha1.ListenerRule, held []types.Rule, twin map[string]string) []string {
	var rules []types.Rule
	for _, r := range wanted {
		p := r.Spec.ForProvider
		rules = append(rules, types.Rule{RuleArn: &r.Name, Priority: new(strconv.Itoa(int(p.Priority))), Conditions: external.Conditions(p.Conditions)})
	}
	want, err := alb.Compile(rules)
	if err != nil {
		return []string{err.Error()}
	}
	got, err := alb.Compile(held)
	if err != nil {
		return []string{err.Error()}
	}
	for _, p := range probes() {
		if p.port != port {
			continue
		}
		w, _ := want.Match(p.request())
		g, _ := got.Match(p.request())
		if name := twin[awssdk.ToString(g.RuleArn)]; name != awssdk.ToString(w.RuleArn) {
			return []string{fmt.Sprintf("%s meets rule %q first, not %q", p, name, awssdk.ToString(w.RuleArn))}
		}
	}
	return nil
}

// same content: conditions, transforms and actions.
func (l *ledger) same(want *albv1alpha1.ListenerRule, held types.Rule) bool {
	p := want.Spec.ForProvider
	arn := func(group string) string { return awssdk.ToString(l.groups[group].TargetGroupArn) }
	return external.SameConditions(external.Conditions(p.Conditions), held.Conditions) &&
		external.SameTransforms(external.Transforms(p.Transforms), held.Transforms) &&
		external.SameActions(external.Actions(p.Actions, arn), held.Actions)
}
