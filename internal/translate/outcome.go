package translate

import (
	"encoding/json"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// An outcome is the answer to a request.
type outcome struct {
	actions    []albv1alpha1.Action
	transforms []albv1alpha1.RuleTransform

	// key is equal where outcomes are.
	key string
}

func newOutcome(actions []albv1alpha1.Action, transforms []albv1alpha1.RuleTransform) outcome {
	return outcome{actions: actions, transforms: transforms, key: hashOf(jsonOf(actions), jsonOf(transforms))}
}

// fixed answers by itself, without a body, as AWS Load Balancer Controller's listeners do.
func fixed(status string) []albv1alpha1.Action {
	return []albv1alpha1.Action{{
		Type:                albv1alpha1.ActionFixedResponse,
		FixedResponseConfig: &albv1alpha1.FixedResponseActionConfig{StatusCode: status, ContentType: new("text/plain")},
	}}
}

// failed is the answer of a rule that cannot be done.
func failed(status string) outcome { return newOutcome(fixed(status), nil) }

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error() // cannot be: only plain structs are given
	}
	return string(b)
}
