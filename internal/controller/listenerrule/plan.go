package listenerrule

import (
	"slices"
	"strconv"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/action"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// A plan is what has to be done to a rule.
type plan struct {
	// Modify conditions, actions and transforms; nil: nothing.
	Modify *elbv2.ModifyRuleInput

	// Move to another priority.
	Move bool

	// Tags to set and to remove.
	Tags tag.Change

	// Differences that the plan undoes.
	Differences difference.List
}

func (p *plan) empty() bool { return p.Modify == nil && !p.Move && p.Tags.Empty() }

// compare the rule with what it is to be.
func (p *plan) compare(want albv1alpha1.ListenerRuleParameters, resolved action.Resolved, got *elbtypes.Rule) {
	actions := resolved.Differences("actions", got.Actions, p.Tags)
	p.modify(want, got)
	if len(actions) > 0 {
		p.modification(got).Actions = resolved.Actions
	}
	p.Differences = slices.Concat(p.Differences, actions, difference.Setting("priority", new(priority(got)), &want.Priority), p.Tags.Differences)
}

// modify the lists that differ. ModifyRule replaces a list that is given as a whole and takes an empty one for one that is left
// out, so transforms are cleared by ResetTransforms (API reference, ModifyRule).
func (p *plan) modify(want albv1alpha1.ListenerRuleParameters, got *elbtypes.Rule) {
	conditions := external.Conditions(want.Conditions)
	if d := external.DifferingConditions(conditions, got.Conditions); len(d) > 0 {
		p.modification(got).Conditions = conditions
		p.Differences = append(p.Differences, d...)
	}
	transforms := external.Transforms(want.Transforms)
	d := external.DifferingTransforms(transforms, got.Transforms)
	switch {
	case len(d) == 0:
	case len(transforms) == 0:
		p.modification(got).ResetTransforms = new(true)
	default:
		p.modification(got).Transforms = transforms
	}
	p.Differences = append(p.Differences, d...)
}

func (p *plan) modification(got *elbtypes.Rule) *elbv2.ModifyRuleInput {
	if p.Modify == nil {
		p.Modify = &elbv2.ModifyRuleInput{RuleArn: got.RuleArn}
	}
	return p.Modify
}

func creation(p albv1alpha1.ListenerRuleParameters, actions []elbtypes.Action) *elbv2.CreateRuleInput {
	return &elbv2.CreateRuleInput{
		Priority:   new(p.Priority),
		Conditions: external.Conditions(p.Conditions),
		Actions:    actions,
		Transforms: external.Transforms(p.Transforms),
	}
}

// priority of a rule; 0 for the default rule, whose priority is "default".
func priority(r *elbtypes.Rule) int32 {
	if r.Priority == nil {
		return 0
	}
	p, err := strconv.ParseInt(*r.Priority, 10, 32)
	if err != nil {
		return 0
	}
	return int32(p)
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
