package external

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
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
	return len(DifferingConditions(want, got)) == 0
}

// DifferingConditions are those that AWS holds otherwise than they are wanted.
func DifferingConditions(want, got []types.RuleCondition) difference.List {
	return difference.Maps(plainConditions(got), plainConditions(want), difference.Keyed("conditions"))
}

// plainConditions are their values by field, as text, without what ELBv2 lets vary.
func plainConditions(cs []types.RuleCondition) map[string]string {
	all := map[string][]string{}
	for _, c := range cs {
		key, values := plain(c)
		all[key] = append(all[key], values)
	}
	out := make(map[string]string, len(all))
	for key, values := range all {
		slices.Sort(values)
		out[key] = strings.Join(values, " and ")
	}
	return out
}

// plain is one condition: its field, with the name of a header, and its values or, as ELBv2 takes no condition
// with both, its regular expressions, quoted so that no two lists have the same text.
func plain(c types.RuleCondition) (key, text string) {
	key = value(c.Field)
	values, regex := c.Values, c.RegexValues
	switch {
	case c.HostHeaderConfig != nil:
		values, regex = c.HostHeaderConfig.Values, c.HostHeaderConfig.RegexValues
	case c.PathPatternConfig != nil:
		values, regex = c.PathPatternConfig.Values, c.PathPatternConfig.RegexValues
	case c.HttpHeaderConfig != nil:
		values, regex = c.HttpHeaderConfig.Values, c.HttpHeaderConfig.RegexValues
		key += " " + strings.ToLower(value(c.HttpHeaderConfig.HttpHeaderName))
	case c.HttpRequestMethodConfig != nil:
		values = c.HttpRequestMethodConfig.Values
	case c.SourceIpConfig != nil:
		values = c.SourceIpConfig.Values
	case c.QueryStringConfig != nil:
		return key, queries(c.QueryStringConfig.Values)
	}
	if value(c.Field) == string(albv1alpha1.FieldHostHeader) {
		values = lower(values)
	}
	if len(regex) > 0 {
		return key, quoted(regex) + " (regex)"
	}
	return key, quoted(values)
}

// queries are the pairs of a query condition, as text.
func queries(pairs []types.QueryStringKeyValuePair) string {
	out := make([]string, 0, len(pairs))
	for _, p := range pairs {
		out = append(out, fmt.Sprintf("%q=%q", value(p.Key), value(p.Value)))
	}
	return "[" + strings.Join(set(out), " ") + "]"
}

// quoted is a set of texts as one.
func quoted(vs []string) string { return fmt.Sprintf("%q", set(vs)) }

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
