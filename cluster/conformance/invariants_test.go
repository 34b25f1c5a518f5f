package conformance

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// check what must hold of every Gateway at every moment: ELBv2 takes each rule, no two have one priority, nothing is asked for
// twice, and what has come about leaves nothing to be removed.
func (w *world) check(gateway types.NamespacedName, out translate.Output) {
	protocols := map[string]string{}
	for _, l := range w.observed[gateway].Listeners {
		protocols[l.Name] = l.Spec.ForProvider.Protocol
	}
	priorities, names := map[string]string{}, map[string]bool{}
	for _, o := range out.Apply {
		key := objectKey(o)
		if names[key] {
			w.tb.Errorf("Gateway %s: %s is asked for twice", gateway, key)
		}
		names[key] = true
		r, ok := o.(*albv1alpha1.ListenerRule)
		if !ok {
			continue
		}
		p := r.Spec.ForProvider
		if err := ruleError(p, protocols[p.ListenerRef.Name]); err != nil {
			w.tb.Errorf("Gateway %s: ELBv2 would not take %s: %v", gateway, key, err)
		}
		place := fmt.Sprintf("%s %d", p.ListenerRef.Name, p.Priority)
		if other := priorities[place]; other != "" {
			w.tb.Errorf("Gateway %s: %s and %s both have priority %d", gateway, key, other, p.Priority)
		}
		priorities[place] = key
	}
	for _, o := range out.Prune {
		w.tb.Errorf("Gateway %s: %s is still to go when all is live", gateway, objectKey(o))
	}
}

func ruleError(p albv1alpha1.ListenerRuleParameters, protocol string) error {
	if err := alb.ValidateConditions(external.Conditions(p.Conditions)); err != nil {
		return err
	}
	if err := alb.ValidateTransforms(external.Transforms(p.Transforms)); err != nil {
		return err
	}
	return alb.ValidateActions(external.Actions(p.Actions, sameName), protocol)
}

// sameName stands for the ARN of a target group.
func sameName(targetGroup string) string { return targetGroup }
