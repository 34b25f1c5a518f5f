package elbv2

import (
	"cmp"
	"slices"
	"strconv"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A rule holds its settings as values that are replaced and never written into.
type rule struct {
	arn      alb.ARN
	listener *listener
	settings types.Rule // Actions with their secrets: show is what may be seen
}

func (r *rule) show() types.Rule {
	out := r.settings
	out.Actions = withoutSecrets(out.Actions)
	return out
}

// priority is a number to sort by; the default rule comes last.
func (r *rule) priority() int {
	n, err := strconv.Atoi(*r.settings.Priority)
	if err != nil {
		return alb.MaxPriority + 1
	}
	return n
}

// inOrder are the rules of a listener in the order in which they are tried.
func (l *listener) inOrder() []*rule {
	return slices.SortedFunc(func(yield func(*rule) bool) {
		for _, r := range l.rules {
			if !yield(r) {
				return
			}
		}
	}, func(a, b *rule) int { return cmp.Compare(a.priority(), b.priority()) })
}

func (l *listener) at(priority int32) *rule {
	for _, r := range l.rules {
		if r.priority() == int(priority) {
			return r
		}
	}
	return nil
}

func priorityInUse(priority int32) error {
	return wire.Errorf("PriorityInUse", "Priority '%d' is currently in use", priority)
}

// rule finds a rule by its ARN.
func (s *Service) rule(arn string) (*rule, error) {
	if r := s.rules[arn]; r != nil {
		return r, nil
	}
	if !isARN(arn, "listener-rule/") {
		return nil, wire.Invalid("'%s' is not a valid listener rule ARN", arn)
	}
	return nil, wire.Errorf("RuleNotFound", "One or more rules not found")
}

func (s *Service) createRule(in *elb.CreateRuleInput) (*elb.CreateRuleOutput, error) {
	l, err := s.listener(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	settings, err := s.ruleSettings(l, types.Rule{Conditions: in.Conditions, Actions: in.Actions, Transforms: in.Transforms})
	if err != nil {
		return nil, err
	}
	if l.at(*in.Priority) != nil {
		return nil, priorityInUse(*in.Priority)
	}
	if l.balancer.ruleCount() >= s.quotas.RulesPerLoadBalancer {
		return nil, wire.Errorf("TooManyRules", "The maximum number of rules has been reached on load balancer '%s'", l.balancer.arn)
	}
	if err := s.admit(l.balancer, change{add: settings.Actions}); err != nil {
		return nil, err
	}
	arn := l.arn.Rule(newID())
	settings.RuleArn, settings.IsDefault, settings.Priority = new(arn.String()), new(false), new(strconv.Itoa(int(*in.Priority)))
	r := &rule{arn: arn, listener: l, settings: settings}
	l.rules[arn.String()], s.rules[arn.String()], s.tags[arn.String()] = r, r, tags
	s.sync(l.balancer)
	return &elb.CreateRuleOutput{Rules: []types.Rule{r.show()}}, nil
}

// ruleSettings checks what a rule is to be and completes it as AWS echoes it.
func (s *Service) ruleSettings(l *listener, want types.Rule) (types.Rule, error) {
	if err := s.assumptions.Rules.ValidateConditions(want.Conditions); err != nil {
		return want, err
	}
	if err := s.assumptions.Rules.ValidateTransforms(want.Transforms); err != nil {
		return want, err
	}
	actions, err := s.actions(want.Actions, alb.ListenerPort{Protocol: string(l.settings.Protocol), Port: *l.settings.Port})
	if err != nil {
		return want, err
	}
	want.Actions = actions
	want.Conditions = echoConditions(want.Conditions)
	if want.Transforms == nil {
		want.Transforms = []types.RuleTransform{}
	}
	return want, nil
}

func (s *Service) describeRules(in *elb.DescribeRulesInput) (*elb.DescribeRulesOutput, error) {
	found, err := s.selectRules(in)
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(found, in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	out := &elb.DescribeRulesOutput{Rules: []types.Rule{}, NextMarker: next}
	for _, r := range page {
		out.Rules = append(out.Rules, r.show())
	}
	return out, nil
}

func (s *Service) selectRules(in *elb.DescribeRulesInput) ([]*rule, error) {
	switch {
	case in.ListenerArn != nil && len(in.RuleArns) > 0:
		return nil, wire.Invalid("A listener ARN and rule ARNs cannot be specified at the same time")
	case in.ListenerArn != nil:
		l, err := s.listener(in.ListenerArn)
		if err != nil {
			return nil, err
		}
		return l.inOrder(), nil
	case len(in.RuleArns) == 0:
		return nil, wire.Invalid("You must specify either listener ARN or rule ARNs")
	}
	found := map[string]*rule{}
	for _, arn := range in.RuleArns {
		r, err := s.rule(arn)
		if err != nil {
			return nil, err
		}
		found[arn] = r
	}
	return byARN(found), nil
}

// modifyRule replaces the lists that are given. An empty list counts as not given, so transforms are cleared by ResetTransforms.
func (s *Service) modifyRule(in *elb.ModifyRuleInput) (*elb.ModifyRuleOutput, error) {
	r, err := s.rule(*in.RuleArn)
	if err != nil {
		return nil, err
	}
	if r == r.listener.fallback {
		return nil, wire.Errorf("OperationNotPermitted", "Default rule '%s' cannot be modified", r.arn)
	}
	reset := deref(in.ResetTransforms)
	if reset && len(in.Transforms) > 0 {
		return nil, wire.Invalid("Transforms and ResetTransforms cannot be specified at the same time")
	}
	want := r.settings
	if len(in.Conditions) > 0 {
		want.Conditions = in.Conditions
	} else {
		want.Conditions = asSent(want.Conditions)
	}
	if len(in.Actions) > 0 {
		want.Actions = keepSecrets(in.Actions, r.settings.Actions)
	}
	if len(in.Transforms) > 0 || reset {
		want.Transforms = in.Transforms
	}
	if want, err = s.ruleSettings(r.listener, want); err != nil {
		return nil, err
	}
	if err := s.admit(r.listener.balancer, change{drop: r.settings.Actions, add: want.Actions}); err != nil {
		return nil, err
	}
	r.settings = want
	s.sync(r.listener.balancer)
	return &elb.ModifyRuleOutput{Rules: []types.Rule{r.show()}}, nil
}

func (s *Service) deleteRule(in *elb.DeleteRuleInput) (*elb.DeleteRuleOutput, error) {
	r, err := s.rule(*in.RuleArn)
	if err != nil {
		return nil, err
	}
	if r == r.listener.fallback {
		return nil, wire.Errorf("OperationNotPermitted", "Default rule '%s' cannot be deleted", r.arn)
	}
	delete(r.listener.rules, r.arn.String())
	delete(s.rules, r.arn.String())
	delete(s.tags, r.arn.String())
	s.sync(r.listener.balancer)
	return &elb.DeleteRuleOutput{}, nil
}

// setRulePriorities judges the order that results, so that rules may swap their priorities in one call.
func (s *Service) setRulePriorities(in *elb.SetRulePrioritiesInput) (*elb.SetRulePrioritiesOutput, error) {
	if len(in.RulePriorities) == 0 {
		return nil, wire.Invalid("At least one rule priority must be specified")
	}
	moves := map[*rule]int32{}
	for _, p := range in.RulePriorities {
		if p.RuleArn == nil || p.Priority == nil {
			return nil, wire.Invalid("A rule ARN and a priority must be specified")
		}
		r, err := s.rule(*p.RuleArn)
		if err != nil {
			return nil, err
		}
		if r == r.listener.fallback {
			return nil, wire.Errorf("OperationNotPermitted", "The priority of default rule '%s' cannot be changed", r.arn)
		}
		if _, twice := moves[r]; twice {
			return nil, wire.Invalid("Rule '%s' is specified more than once", r.arn)
		}
		moves[r] = *p.Priority
	}
	if err := free(moves); err != nil {
		return nil, err
	}
	moved := map[string]*rule{}
	for r, priority := range moves {
		r.settings.Priority = new(strconv.Itoa(int(priority)))
		moved[r.arn.String()] = r
	}
	s.syncAll(moved)
	out := &elb.SetRulePrioritiesOutput{Rules: []types.Rule{}}
	for _, r := range byARN(moved) {
		out.Rules = append(out.Rules, r.show())
	}
	return out, nil
}

// free tells whether each priority is free once all moves are made.
func free(moves map[*rule]int32) error {
	type slot struct {
		listener *listener
		priority int
	}
	taken := map[slot]bool{}
	for r, priority := range moves {
		at := slot{r.listener, int(priority)}
		if taken[at] {
			return priorityInUse(priority)
		}
		taken[at] = true
	}
	for r, priority := range moves {
		if holder := r.listener.at(priority); holder != nil {
			if _, moves := moves[holder]; !moves {
				return priorityInUse(priority)
			}
		}
	}
	return nil
}

func (s *Service) syncAll(rules map[string]*rule) {
	done := map[*loadBalancer]bool{}
	for _, r := range rules {
		if lb := r.listener.balancer; !done[lb] {
			done[lb] = true
			s.sync(lb)
		}
	}
}
