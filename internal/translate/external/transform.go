package external

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
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
	return slices.Equal(plainTransforms(want), plainTransforms(got))
}

func plainTransforms(ts []types.RuleTransform) []string {
	out := make([]string, 0, len(ts))
	for _, t := range ts {
		parts := []string{string(t.Type)}
		for _, r := range slices.Concat(value(t.HostHeaderRewriteConfig).Rewrites, value(t.UrlRewriteConfig).Rewrites) {
			parts = append(parts, value(r.Regex), value(r.Replace))
		}
		out = append(out, strings.Join(parts, "\x00"))
	}
	slices.Sort(out)
	return out
}
