package aws

import (
	"context"
	"maps"
	"slices"
	"strconv"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// Rules of a listener. Not found when the listener or its load balancer is gone. The default rule may be missing.
func (e *ELB) Rules(ctx context.Context, listenerARN string) ([]types.Rule, error) {
	if e.isGone(listenerARN) {
		return nil, absent("listener", listenerARN)
	}
	return e.rules.get(ctx, question[[]types.Rule]{
		key:  listenerARN,
		age:  upTo[[]types.Rule](e.ages.Content),
		read: func(ctx context.Context) ([]types.Rule, error) { return e.readRules(ctx, listenerARN) },
	})
}

func (e *ELB) readRules(ctx context.Context, listenerARN string) ([]types.Rule, error) {
	return collect(func(marker *string) ([]types.Rule, *string, error) {
		out, err := do(ctx, e.api.DescribeRules, &elbv2.DescribeRulesInput{ListenerArn: &listenerARN, Marker: marker, PageSize: new(int32(pageSize))})
		if err != nil {
			return nil, nil, err
		}
		return out.Rules, out.NextMarker, nil
	})
}

// CreateRule on a listener.
func (e *ELB) CreateRule(ctx context.Context, in *elbv2.CreateRuleInput) (*types.Rule, error) {
	listener := awssdk.ToString(in.ListenerArn)
	out, err := do(ctx, e.api.CreateRule, in)
	e.edited(err, e.rules.expire, listener)
	if err != nil {
		return nil, err
	}
	e.forwardsTo(in.Actions)
	r := first(out.Rules)
	arn := awssdk.ToString(r.RuleArn)
	e.tags.put(arn, ELBTagMap(in.Tags))
	e.rules.edit(listener, func(all []types.Rule) []types.Rule {
		return insert(all, r, func(o types.Rule) bool { return same(o.RuleArn, arn) })
	})
	return &r, nil
}

// ModifyRule changes the lists that are given, whole.
func (e *ELB) ModifyRule(ctx context.Context, in *elbv2.ModifyRuleInput) (*types.Rule, error) {
	listener := parent(awssdk.ToString(in.RuleArn))
	out, err := do(ctx, e.api.ModifyRule, in)
	e.edited(err, e.rules.expire, listener)
	if err != nil {
		return nil, err
	}
	e.forwardsTo(in.Actions)
	r := first(out.Rules)
	e.rules.edit(listener, func(all []types.Rule) []types.Rule {
		return upsert(all, r, func(o types.Rule) bool { return same(o.RuleArn, awssdk.ToString(r.RuleArn)) })
	})
	return &r, nil
}

// forwardsTo these actions' target groups: targets that were unused will be checked, so what is known of their health is old.
func (e *ELB) forwardsTo(actions []types.Action) {
	for _, a := range actions {
		for _, group := range alb.TargetGroupsOf(a) {
			e.health.expire(awssdk.ToString(group.TargetGroupArn))
		}
	}
}

// DeleteRule from its listener.
func (e *ELB) DeleteRule(ctx context.Context, in *elbv2.DeleteRuleInput) error {
	arn := awssdk.ToString(in.RuleArn)
	_, err := do(ctx, e.api.DeleteRule, in)
	e.edited(err, e.rules.expire, parent(arn))
	if err != nil {
		return err
	}
	e.rules.edit(parent(arn), func(all []types.Rule) []types.Rule {
		return remove(all, func(o types.Rule) bool { return same(o.RuleArn, arn) })
	})
	e.tags.drop(arn)
	return nil
}

// A move is a request for new priorities, by rule ARN, and its outcome.
type move struct {
	priorities map[string]int32
	err        error
}

// SetRulePriorities of rules of one listener, by rule ARN. Moves that come within a moment travel in one call, which AWS
// judges by its result: rules may swap. If AWS refuses it, each goes alone, so that one wrong move stops no other.
func (e *ELB) SetRulePriorities(ctx context.Context, listenerARN string, priorities map[string]int32) error {
	m := &move{priorities: priorities}
	err := e.moves.do(ctx, listenerARN, m, func(ctx context.Context, moves []*move) error {
		together := map[string]int32{}
		for _, m := range moves {
			maps.Copy(together, m.priorities)
		}
		err := e.setRulePriorities(ctx, listenerARN, together)
		for _, m := range moves {
			m.err = err
			if err != nil && len(moves) > 1 {
				m.err = e.setRulePriorities(ctx, listenerARN, m.priorities)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return m.err
}

func (e *ELB) setRulePriorities(ctx context.Context, listenerARN string, all map[string]int32) error {
	in := &elbv2.SetRulePrioritiesInput{}
	for _, arn := range sortedKeys(all) {
		in.RulePriorities = append(in.RulePriorities, types.RulePriorityPair{RuleArn: new(arn), Priority: new(all[arn])})
	}
	_, err := do(ctx, e.api.SetRulePriorities, in)
	e.edited(err, e.rules.expire, listenerARN)
	if err != nil {
		return err
	}
	e.rules.edit(listenerARN, func(rules []types.Rule) []types.Rule {
		rules = slices.Clone(rules)
		for i, r := range rules {
			if p, ok := all[awssdk.ToString(r.RuleArn)]; ok {
				rules[i].Priority = new(strconv.Itoa(int(p)))
			}
		}
		return rules
	})
	return nil
}
