package listenerrule

import (
	"slices"
	"strconv"
	"strings"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// A plan is what has to be done to a rule.
type plan struct {
	// Modify conditions, actions and transforms; nil: nothing.
	Modify *elbv2.ModifyRuleInput

	// Changed names the parts that Modify changes.
	Changed []string

	// Move to another priority.
	Move bool

	// Tags to set. Tags that the spec does not have are left alone: others may have set them.
	Tags map[string]string
}

const partActions = "actions"

func (p plan) empty() bool { return p.Modify == nil && !p.Move && len(p.Tags) == 0 }

// String names what differs, as an event tells it.
func (p plan) String() string {
	parts := slices.Clone(p.Changed)
	if p.Move {
		parts = append(parts, "priority")
	}
	if len(p.Tags) > 0 {
		parts = append(parts, "tags")
	}
	return strings.Join(parts, ", ")
}

// modification of the lists that differ. ModifyRule replaces a list that is given as a whole and takes an empty one for one
// that is left out, so transforms are cleared by ResetTransforms (API reference, ModifyRule).
func modification(want albv1alpha1.ListenerRuleParameters, actions []elbtypes.Action, got *elbtypes.Rule) (*elbv2.ModifyRuleInput, []string) {
	in := &elbv2.ModifyRuleInput{RuleArn: got.RuleArn}
	var changed []string
	if conditions := external.Conditions(want.Conditions); !external.SameConditions(conditions, got.Conditions) {
		in.Conditions = conditions
		changed = append(changed, "conditions")
	}
	if !external.SameActions(actions, got.Actions) {
		in.Actions = actions
		changed = append(changed, partActions)
	}
	if transforms := external.Transforms(want.Transforms); !external.SameTransforms(transforms, got.Transforms) {
		if len(transforms) == 0 {
			in.ResetTransforms = new(true)
		} else {
			in.Transforms = transforms
		}
		changed = append(changed, "transforms")
	}
	if len(changed) == 0 {
		return nil, nil
	}
	return in, changed
}

// renew the client of an identity provider where AWS has that of an older Secret. The actions look alike then.
func (p *plan) renew(actions []elbtypes.Action, got *elbtypes.Rule) {
	if p.Tags[aws.TagClient] == "" || slices.Contains(p.Changed, partActions) {
		return
	}
	if p.Modify == nil {
		p.Modify = &elbv2.ModifyRuleInput{RuleArn: got.RuleArn}
	}
	p.Modify.Actions = actions
	p.Changed = append(p.Changed, "client of the identity provider")
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
