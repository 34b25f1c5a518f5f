package external

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// Transforms are those of a rule as CreateRule and ModifyRule take them.
func Transforms(ts []albv1alpha1.RuleTransform) []types.RuleTransform {
	out := make([]types.RuleTransform, 0, len(ts))
	for _, t := range ts {
		sdk := types.RuleTransform{Type: types.TransformTypeEnum(t.Type)}
		if t.HostHeaderRewriteConfig != nil {
			sdk.HostHeaderRewriteConfig = &types.HostHeaderRewriteConfig{Rewrites: rewrites(*t.HostHeaderRewriteConfig)}
		}
		if t.UrlRewriteConfig != nil {
			sdk.UrlRewriteConfig = &types.UrlRewriteConfig{Rewrites: rewrites(*t.UrlRewriteConfig)}
		}
		out = append(out, sdk)
	}
	return out
}

func rewrites(c albv1alpha1.RewriteConfigs) []types.RewriteConfig {
	out := make([]types.RewriteConfig, 0, len(c.Rewrites))
	for _, r := range c.Rewrites {
		out = append(out, types.RewriteConfig{Regex: new(r.Regex), Replace: new(r.Replace)})
	}
	return out
}

// SameTransforms says whether AWS holds what is wanted. A rule has at most one transform of a type, so order says nothing.
func SameTransforms(want, got []types.RuleTransform) bool {
	return len(DifferingTransforms(want, got)) == 0
}

// DifferingTransforms are those that AWS holds otherwise than they are wanted.
func DifferingTransforms(want, got []types.RuleTransform) difference.List {
	return difference.Maps(plainTransforms(got), plainTransforms(want), difference.Keyed("transforms"))
}

// plainTransforms are their rewrites by type, as text.
func plainTransforms(ts []types.RuleTransform) map[string]string {
	out := make(map[string]string, len(ts))
	for _, t := range ts {
		var parts []string
		for _, r := range slices.Concat(value(t.HostHeaderRewriteConfig).Rewrites, value(t.UrlRewriteConfig).Rewrites) {
			parts = append(parts, value(r.Regex), value(r.Replace))
		}
		out[string(t.Type)] += fmt.Sprintf("%q", parts)
	}
	return out
}
