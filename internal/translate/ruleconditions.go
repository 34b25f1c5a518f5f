package translate

import (
	"regexp"
	"regexp/syntax"
	"strings"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// A box is what one ALB rule matches: any of its hosts with any of its paths, and the rest of the match.
type box struct {
	hosts []string
	paths []pathMatch
	rest  match
}

// conditions of a box. A rule must have one: a path of any kind serves where there is no other.
func (t *translation) conditions(b box) []albv1alpha1.RuleCondition {
	var out []albv1alpha1.RuleCondition
	if b.hosts[0] != anyHost {
		out = append(out, albv1alpha1.RuleCondition{Field: albv1alpha1.FieldHostHeader, HostHeaderConfig: t.hostPatterns(b.hosts)})
	}
	if b.paths[0].kind != pathAny {
		out = append(out, albv1alpha1.RuleCondition{Field: albv1alpha1.FieldPathPattern, PathPatternConfig: pathPatterns(b.paths)})
	}
	for _, h := range b.rest.headers {
		out = append(out, headerCondition(h.name, headerRegex(h)))
	}
	if b.rest.grpc {
		out = append(out, headerCondition("content-type", grpcContent))
	}
	for _, q := range b.rest.queries {
		out = append(out, albv1alpha1.RuleCondition{Field: albv1alpha1.FieldQueryString, QueryStringConfig: &albv1alpha1.QueryStringConditionConfig{
			Values: []albv1alpha1.QueryStringKeyValuePair{{Key: new(escapeWildcards(q.name)), Value: escapeWildcards(q.value)}},
		}})
	}
	if b.rest.method != "" {
		out = append(out, albv1alpha1.RuleCondition{
			Field:                   albv1alpha1.FieldHTTPRequestMethod,
			HttpRequestMethodConfig: &albv1alpha1.ValuesConditionConfig{Values: []string{b.rest.method}},
		})
	}
	if len(b.rest.sources) > 0 {
		out = append(out, sourceCondition(b.rest.sources))
	}
	if len(out) == 0 {
		out = append(out, albv1alpha1.RuleCondition{Field: albv1alpha1.FieldPathPattern, PathPatternConfig: &albv1alpha1.PatternConditionConfig{Values: []string{"/*"}}})
	}
	return out
}

// grpcContent is the content type of gRPC requests (gRPC over HTTP2, Requests), and not that of gRPC-Web.
const grpcContent = `^application/grpc([+;].*)?$`

func headerCondition(name, regex string) albv1alpha1.RuleCondition {
	return albv1alpha1.RuleCondition{Field: albv1alpha1.FieldHTTPHeader, HttpHeaderConfig: &albv1alpha1.HttpHeaderConditionConfig{
		HttpHeaderName: name, RegexValues: []string{regex},
	}}
}

func (t *translation) hostPatterns(hosts []string) *albv1alpha1.PatternConditionConfig {
	if t.in.Settings.HostConditions == HostValues {
		return &albv1alpha1.PatternConditionConfig{Values: hosts}
	}
	out := &albv1alpha1.PatternConditionConfig{}
	for _, h := range hosts {
		out.RegexValues = append(out.RegexValues, hostRegex(h))
	}
	return out
}

// pathPatterns are plain values where all paths mean exactly themselves. A prefix is always a regular expression: it needs
// one value where plain ones would be two, of the five that a rule may have.
func pathPatterns(paths []pathMatch) *albv1alpha1.PatternConditionConfig {
	out := &albv1alpha1.PatternConditionConfig{}
	plain := true
	for _, p := range paths {
		plain = plain && p.plain()
	}
	for _, p := range paths {
		if plain {
			out.Values = append(out.Values, p.value)
		} else {
			out.RegexValues = append(out.RegexValues, p.regex())
		}
	}
	return out
}

// headerRegex: plain header values have wildcards and know no case, so an exact value is a regular expression too.
func headerRegex(h pair) string {
	if h.regex {
		return whole(h.value)
	}
	return "^" + regexp.QuoteMeta(h.value) + "$"
}

// whole makes a regular expression match all of a path or header value, as most Gateways do, and not a part of it. Gateway API
// leaves that open, and AWS does not say what an ALB does without anchors.
func whole(re string) string {
	parsed, err := syntax.Parse(re, syntax.Perl)
	if err == nil && parsed.Op == syntax.OpConcat && len(parsed.Sub) > 1 &&
		parsed.Sub[0].Op == syntax.OpBeginText && parsed.Sub[len(parsed.Sub)-1].Op == syntax.OpEndText {
		return re
	}
	return "^(" + re + ")$"
}

// escapeWildcards makes text mean itself in a query-string condition. ALB compares query strings without case; Gateway API
// wants case heeded, which no condition of an ALB can.
func escapeWildcards(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(s)
}
