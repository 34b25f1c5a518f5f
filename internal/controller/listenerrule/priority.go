package listenerrule

import (
	"context"
	"maps"
	"slices"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

// move the rule to its priority. A priority belongs to the listener rather than to the rule: two rules that swap can do so only
// in one call, so whoever moves takes along all that have to, and the others find that they have moved.
func (e *connection) move(ctx context.Context, mg *albv1alpha1.ListenerRule, arn string) error {
	listener, err := listenerARN(ctx, e.kube, mg)
	if err != nil {
		return err
	}
	done, err := e.turns.take(ctx, listener)
	if err != nil {
		return errors.Wrap(err, "cannot wait for other rules to move")
	}
	defer done()
	rules, err := e.read.Rules(ctx, listener)
	if err != nil {
		return errors.Wrap(err, "cannot read the rules of the listener")
	}
	if slices.ContainsFunc(rules, func(r elbtypes.Rule) bool {
		return value(r.RuleArn) == arn && priority(&r) == mg.Spec.ForProvider.Priority
	}) {
		return nil
	}
	siblings, err := e.siblings(ctx, mg)
	if err != nil {
		return err
	}
	wants := map[string]int32{}
	for i := range siblings {
		if !meta.WasDeleted(&siblings[i]) && !meta.IsPaused(&siblings[i]) {
			wants[meta.GetExternalName(&siblings[i])] = siblings[i].Spec.ForProvider.Priority
		}
	}
	wants[arn] = mg.Spec.ForProvider.Priority // newer than the cache
	moves := feasible(rules, wants)
	if _, ok := moves[arn]; !ok {
		return e.held(rules, siblings, mg.Spec.ForProvider.Priority)
	}
	return errors.Wrap(e.write.SetRulePriorities(ctx, listener, moves), "cannot set the priority of the rule")
}

// feasible are the moves, by rule ARN, that AWS can make together: rules that are not where they are wanted, except those whose
// place is held by a rule that stays, and those that a rule before them wants too. One that cannot move must not fail the rest.
func feasible(rules []elbtypes.Rule, wants map[string]int32) map[string]int32 {
	holders := map[int32]string{}
	moves := map[string]int32{}
	taken := map[int32]bool{}
	for i := range rules {
		arn, at := value(rules[i].RuleArn), priority(&rules[i])
		holders[at] = arn
		if to, ok := wants[arn]; ok && at != 0 && to != at && !taken[to] {
			moves[arn], taken[to] = to, true
		}
	}
	for before := -1; before != len(moves); {
		before = len(moves)
		maps.DeleteFunc(moves, func(_ string, to int32) bool {
			holder, held := holders[to]
			_, leaves := moves[holder]
			return held && !leaves
		})
	}
	return moves
}

// siblings are the ListenerRules of the same Listener, this one included.
func (e *connection) siblings(ctx context.Context, mg *albv1alpha1.ListenerRule) ([]albv1alpha1.ListenerRule, error) {
	ref := mg.Spec.ForProvider.ListenerRef
	if ref == nil {
		return []albv1alpha1.ListenerRule{*mg}, nil
	}
	list := &albv1alpha1.ListenerRuleList{}
	err := e.kube.List(ctx, list, client.InNamespace(mg.GetNamespace()), client.MatchingFields{reference.ByListener: ref.Name}, client.UnsafeDisableDeepCopy)
	return list.Items, errors.Wrapf(err, "cannot list the ListenerRules of Listener %q", ref.Name)
}

// held says who has the priority that a rule wants; nil when nobody has. A rule of ours will move or go, so that passes; one
// that nobody here made stays until somebody does something about it.
func (e *connection) held(rules []elbtypes.Rule, siblings []albv1alpha1.ListenerRule, wanted int32) error {
	i := slices.IndexFunc(rules, func(r elbtypes.Rule) bool { return priority(&r) == wanted })
	if i < 0 {
		return nil
	}
	arn := value(rules[i].RuleArn)
	for j := range siblings {
		if meta.GetExternalName(&siblings[j]) == arn {
			return errors.Errorf("priority %d is still held by ListenerRule %q; the rule is made once that one has moved or is gone", wanted, siblings[j].GetName())
		}
	}
	return aws.Refuse("priority %d is held by rule %s, which no ListenerRule of this Listener has made; delete it, or choose another priority", wanted, arn)
}
