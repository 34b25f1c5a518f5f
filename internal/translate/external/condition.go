package external

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// Conditions are those of a rule as CreateRule and ModifyRule take them.
func Conditions(cs []albv1alpha1.RuleCondition) []types.RuleCondition {
	out := make([]types.RuleCondition, 0, len(cs))
	for _, c := range cs {
		out = append(out, condition(c))
	}
	return out
}

func condition(c albv1alpha1.RuleCondition) types.RuleCondition {
	out := types.RuleCondition{Field: new(string(c.Field))}
	switch {
	case c.HostHeaderConfig != nil:
		out.HostHeaderConfig = &types.HostHeaderConditionConfig{
			Values: slices.Clone(c.HostHeaderConfig.Values), RegexValues: slices.Clone(c.HostHeaderConfig.RegexValues),
		}
	case c.PathPatternConfig != nil:
		out.PathPatternConfig = &types.PathPatternConditionConfig{
			Values: slices.Clone(c.PathPatternConfig.Values), RegexValues: slices.Clone(c.PathPatternConfig.RegexValues),
		}
	case c.HttpHeaderConfig != nil:
		out.HttpHeaderConfig = &types.HttpHeaderConditionConfig{
			HttpHeaderName: new(c.HttpHeaderConfig.HttpHeaderName),
			Values:         slices.Clone(c.HttpHeaderConfig.Values), RegexValues: slices.Clone(c.HttpHeaderConfig.RegexValues),
		}
	case c.HttpRequestMethodConfig != nil:
		out.HttpRequestMethodConfig = &types.HttpRequestMethodConditionConfig{Values: slices.Clone(c.HttpRequestMethodConfig.Values)}
	case c.QueryStringConfig != nil:
		out.QueryStringConfig = &types.QueryStringConditionConfig{Values: pairs(c.QueryStringConfig.Values)}
	case c.SourceIpConfig != nil:
		out.SourceIpConfig = &types.SourceIpConditionConfig{Values: slices.Clone(c.SourceIpConfig.Values)}
	}
	return out
}

func pairs(vs []albv1alpha1.QueryStringKeyValuePair) []types.QueryStringKeyValuePair {
	out := make([]types.QueryStringKeyValuePair, 0, len(vs))
	for _, v := range vs {
		out = append(out, types.QueryStringKeyValuePair{Key: clone(v.Key), Value: new(v.Value)})
	}
	return out
}

// SameConditions says whether AWS holds what is wanted. DescribeRules gives conditions and values in any order, mirrors the
// values of host and path conditions at the top level, and compares hosts and header names without case.
func SameConditions(want, got []types.RuleCondition) bool {
	return slices.EqualFunc(plainConditions(want), plainConditions(got), func(a, b plainCondition) bool { return a.compare(b) == 0 })
}

// A plainCondition is a condition without what ELBv2 lets vary.
type plainCondition struct {
	field, header string
	values, regex []string
}

func (c plainCondition) compare(d plainCondition) int {
	return cmp.Or(
		strings.Compare(c.field, d.field),
		strings.Compare(c.header, d.header),
		slices.Compare(c.values, d.values),
		slices.Compare(c.regex, d.regex),
	)
}

func plainConditions(cs []types.RuleCondition) []plainCondition {
	out := make([]plainCondition, 0, len(cs))
	for _, c := range cs {
		out = append(out, plain(c))
	}
	slices.SortFunc(out, plainCondition.compare)
	return out
}

func plain(c types.RuleCondition) plainCondition {
	p := plainCondition{field: value(c.Field), values: c.Values, regex: c.RegexValues}
	switch {
	case c.HostHeaderConfig != nil:
		p.values, p.regex = c.HostHeaderConfig.Values, c.HostHeaderConfig.RegexValues
	case c.PathPatternConfig != nil:
		p.values, p.regex = c.PathPatternConfig.Values, c.PathPatternConfig.RegexValues
	case c.HttpHeaderConfig != nil:
		p.values, p.regex = c.HttpHeaderConfig.Values, c.HttpHeaderConfig.RegexValues
		p.header = strings.ToLower(value(c.HttpHeaderConfig.HttpHeaderName))
	case c.HttpRequestMethodConfig != nil:
		p.values = c.HttpRequestMethodConfig.Values
	case c.SourceIpConfig != nil:
		p.values = c.SourceIpConfig.Values
	case c.QueryStringConfig != nil:
		p.values = make([]string, 0, len(c.QueryStringConfig.Values))
		for _, v := range c.QueryStringConfig.Values {
			p.values = append(p.values, value(v.Key)+"\x00"+value(v.Value))
		}
	}
	if p.field == string(albv1alpha1.FieldHostHeader) {
		p.values = lower(p.values)
	}
	p.values, p.regex = set(p.values), set(p.regex)
	return p
}

func lower(vs []string) []string {
	out := make([]string, 0, len(vs))
	for _, v := range vs {
		out = append(out, strings.ToLower(v))
	}
	return out
}

func set(vs []string) []string { return slices.Compact(slices.Sorted(slices.Values(vs))) }

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func clone[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}
