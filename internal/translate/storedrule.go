package translate

import (
	"net/netip"
	"regexp"
	"strings"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// nodeOf are the atoms that a stored rule was made of: what it takes of requests, and how it answers. It turns conditions round.
// What it cannot read, as somebody else may have written it, it takes to match everything.
func nodeOf(o *albv1alpha1.ListenerRule) node {
	b := boxOfConditions(o.Spec.ForProvider.Conditions)
	outcome := newOutcome(o.Spec.ForProvider.Actions, o.Spec.ForProvider.Transforms)
	var out node
	for _, host := range b.hosts {
		for _, path := range b.paths {
			m := b.rest
			m.path = path
			out = append(out, &atom{host: host, match: m, outcome: outcome})
		}
	}
	return out
}

// boxOfConditions is the inverse of conditions.
func boxOfConditions(conditions []albv1alpha1.RuleCondition) box {
	b := box{hosts: []string{anyHost}, paths: []pathMatch{{kind: pathAny}}}
	for _, c := range conditions {
		switch {
		case c.HostHeaderConfig != nil:
			b.hosts = read(c.HostHeaderConfig, func(value string) string { return value }, readHost)
		case c.PathPatternConfig != nil:
			b.paths = read(c.PathPatternConfig, readPlainPath, readPath)
		case c.HttpHeaderConfig != nil:
			b.rest.readHeader(c.HttpHeaderConfig)
		case c.HttpRequestMethodConfig != nil && len(c.HttpRequestMethodConfig.Values) == 1:
			b.rest.method = c.HttpRequestMethodConfig.Values[0]
		case c.QueryStringConfig != nil && len(c.QueryStringConfig.Values) == 1:
			q := c.QueryStringConfig.Values[0]
			b.rest.queries = append(b.rest.queries, pair{name: unescapeWildcards(value(q.Key)), value: unescapeWildcards(q.Value)})
		case c.SourceIpConfig != nil:
			b.rest.sources = readSources(c.SourceIpConfig.Values)
		}
	}
	return b
}

func read[T any](c *albv1alpha1.PatternConditionConfig, plain, regex func(string) T) []T {
	var out []T
	for _, v := range c.Values {
		out = append(out, plain(v))
	}
	for _, v := range c.RegexValues {
		out = append(out, regex(v))
	}
	return out
}

// readHost is the inverse of hostRegex.
func readHost(re string) string {
	inner, whole := strings.CutSuffix(re, anyPort)
	if suffix, wild := strings.CutPrefix(inner, anyLabels); wild && whole {
		if text, ok := unquoteMeta(suffix); ok {
			return "*" + text
		}
	}
	if text, ok := exactText(inner + "$"); ok && whole {
		return text
	}
	return anyHost
}

func readPlainPath(value string) pathMatch {
	if p := (pathMatch{pathExact, value}); p.plain() {
		return p
	}
	return pathMatch{kind: pathAny}
}

// readPath is the inverse of pathMatch.regex.
func readPath(re string) pathMatch {
	for _, form := range []struct {
		kind           pathKind
		prefix, suffix string
	}{
		{pathExact, "", ""},
		{pathPrefix, "", anyRest},
		{pathService, "", "/" + anySegment},
		{pathMethod, "/" + anySegment + "/", ""},
	} {
		rest, starts := strings.CutPrefix(re, "^"+form.prefix)
		rest, ends := strings.CutSuffix(rest, form.suffix+"$")
		if text, ok := unquoteMeta(rest); starts && ends && ok {
			return pathMatch{form.kind, text}
		}
	}
	return pathMatch{pathRegex, unwhole(re)}
}

func (m *match) readHeader(c *albv1alpha1.HttpHeaderConditionConfig) {
	if len(c.RegexValues) != 1 {
		return
	}
	re := c.RegexValues[0]
	if re == grpcContent {
		m.grpc = true
		return
	}
	h := pair{name: c.HttpHeaderName, value: unwhole(re), regex: true}
	if text, ok := exactText(re); ok {
		h.value, h.regex = text, false
	}
	m.headers = append(m.headers, h)
}

// readSources are all addresses where one of them cannot be read.
func readSources(values []string) []netip.Prefix {
	var out []netip.Prefix
	for _, v := range values {
		p, err := netip.ParsePrefix(v)
		if err != nil {
			return nil
		}
		out = append(out, p)
	}
	return out
}

// exactText is the only one that an expression matches.
func exactText(re string) (text string, ok bool) {
	inner, starts := strings.CutPrefix(re, "^")
	inner, ends := strings.CutSuffix(inner, "$")
	text, ok = unquoteMeta(inner)
	return text, ok && starts && ends
}

// unquoteMeta is the inverse of regexp.QuoteMeta. It is not ok for an expression that means more than one text.
func unquoteMeta(re string) (text string, ok bool) {
	var out strings.Builder
	for i := 0; i < len(re); i++ {
		if re[i] == '\\' && i+1 < len(re) {
			i++
		}
		out.WriteByte(re[i])
	}
	return out.String(), regexp.QuoteMeta(out.String()) == re
}

// unwhole is the inverse of whole, as far as there is one.
func unwhole(re string) string {
	inner, ok := strings.CutPrefix(re, "^(")
	if inner, closed := strings.CutSuffix(inner, ")$"); ok && closed && whole(inner) == re {
		return inner
	}
	return re
}

func unescapeWildcards(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\*`, `*`, `\?`, `?`).Replace(s)
}
