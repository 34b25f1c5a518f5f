package assumption

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

func paths(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: values}}
}

func pathRegexes(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{RegexValues: values}}
}

func hosts(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("host-header"), HostHeaderConfig: &types.HostHeaderConditionConfig{Values: values}}
}

func hostRegexes(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("host-header"), HostHeaderConfig: &types.HostHeaderConditionConfig{RegexValues: values}}
}

func headerRegexes(name string, values ...string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("http-header"), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: &name, RegexValues: values}}
}

// pairs of a query string: key, value, key, value.
func pairs(texts ...string) types.RuleCondition {
	cfg := &types.QueryStringConditionConfig{}
	for i := 0; i+1 < len(texts); i += 2 {
		cfg.Values = append(cfg.Values, types.QueryStringKeyValuePair{Key: &texts[i], Value: &texts[i+1]})
	}
	return types.RuleCondition{Field: aws.String("query-string"), QueryStringConfig: cfg}
}

func urlRewrite(regex, replace string) types.RuleTransform {
	return types.RuleTransform{Type: types.TransformTypeEnumUrlRewrite, UrlRewriteConfig: &types.UrlRewriteConfig{
		Rewrites: []types.RewriteConfig{{Regex: &regex, Replace: &replace}},
	}}
}
