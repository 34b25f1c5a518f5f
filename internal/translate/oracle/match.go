package oracle

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// matches: "Multiple match types are ANDed together, i.e. the match will evaluate to true only if all conditions are
// satisfied" (HTTPRouteMatch).
func (d Reading) matches(m gatewayv1.HTTPRouteMatch, r alb.Request) bool {
	if m.Method != nil && string(*m.Method) != r.Method {
		return false
	}
	if !d.pathMatches(m.Path, r.Path) {
		return false
	}
	if !d.allHeadersMatch(m.Headers, r) {
		return false
	}
	for _, q := range parametersOf(m) {
		if !d.parameterMatches(q, r.RawQuery) {
			return false
		}
	}
	return true
}

// pathOf has the CRD's defaults: a prefix match on "/".
func pathOf(m *gatewayv1.HTTPPathMatch) (gatewayv1.PathMatchType, string) {
	if m == nil {
		return gatewayv1.PathMatchPathPrefix, "/"
	}
	return or(m.Type, gatewayv1.PathMatchPathPrefix), or(m.Value, "/")
}

func (d Reading) pathMatches(m *gatewayv1.HTTPPathMatch, path string) bool {
	switch kind, value := pathOf(m); kind {
	case gatewayv1.PathMatchExact:
		return path == value
	case gatewayv1.PathMatchPathPrefix:
		return hasPrefix(path, value)
	case gatewayv1.PathMatchRegularExpression:
		return d.regexMatches(value, path)
	default:
		return false
	}
}

// hasPrefix: "Matching is case-sensitive and done on a path element by element basis. A path element refers to the list of
// labels in the path split by the `/` separator. When specified, a trailing `/` is ignored" (PathMatchPathPrefix).
func hasPrefix(path, prefix string) bool {
	want, have := strings.Split(withoutTrailingSlash(prefix), "/"), strings.Split(path, "/")
	return len(have) >= len(want) && slices.Equal(have[:len(want)], want)
}

func withoutTrailingSlash(path string) string { return strings.TrimSuffix(path, "/") }

func (d Reading) regexMatches(expr, text string) bool {
	if d.Regexes == Whole {
		expr = `\A(?:` + expr + `)\z`
	}
	re, err := regexp.Compile(expr)
	return err == nil && re.MatchString(text)
}

// headersOf: "If multiple entries specify equivalent header names, only the first entry with an equivalent name MUST be
// considered for a match" (HTTPHeaderMatch.Name).
func headersOf(all []gatewayv1.HTTPHeaderMatch) []gatewayv1.HTTPHeaderMatch {
	var first []gatewayv1.HTTPHeaderMatch
	for _, h := range all {
		if !slices.ContainsFunc(first, func(f gatewayv1.HTTPHeaderMatch) bool { return strings.EqualFold(string(f.Name), string(h.Name)) }) {
			first = append(first, h)
		}
	}
	return first
}

func (d Reading) allHeadersMatch(all []gatewayv1.HTTPHeaderMatch, r alb.Request) bool {
	return !slices.ContainsFunc(headersOf(all), func(h gatewayv1.HTTPHeaderMatch) bool { return !d.headerMatches(h, r) })
}

func (d Reading) headerMatches(h gatewayv1.HTTPHeaderMatch, r alb.Request) bool {
	fold := d.lenient&headerCase != 0
	return slices.ContainsFunc(r.Header.Values(string(h.Name)), func(line string) bool {
		switch or(h.Type, gatewayv1.HeaderMatchExact) {
		case gatewayv1.HeaderMatchExact:
			return line == h.Value || fold && strings.EqualFold(line, h.Value)
		case gatewayv1.HeaderMatchRegularExpression:
			return d.regexMatches(h.Value, line) || fold && d.regexMatches("(?i)"+h.Value, line)
		default:
			return false
		}
	})
}

// parametersOf: "If multiple entries specify equivalent query param names, only the first entry with an equivalent name MUST
// be considered for a match" (HTTPQueryParamMatch.Name).
func parametersOf(m gatewayv1.HTTPRouteMatch) []gatewayv1.HTTPQueryParamMatch {
	var first []gatewayv1.HTTPQueryParamMatch
	for _, q := range m.QueryParams {
		if !slices.ContainsFunc(first, func(f gatewayv1.HTTPQueryParamMatch) bool { return f.Name == q.Name }) {
			first = append(first, q)
		}
	}
	return first
}

// parameterMatches: the name "must be an exact string match", and "it is recommended that implementations should match
// against the first value of the param" (HTTPQueryParamMatch.Name).
func (d Reading) parameterMatches(q gatewayv1.HTTPQueryParamMatch, query string) bool {
	for _, pair := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if pair == "" || !d.sameText(name, string(q.Name)) {
			continue
		}
		matches := d.parameterValueMatches(q, value)
		if matches || d.lenient&queryRepeated == 0 {
			return matches
		}
	}
	return false
}

func (d Reading) parameterValueMatches(q gatewayv1.HTTPQueryParamMatch, value string) bool {
	switch or(q.Type, gatewayv1.QueryParamMatchExact) {
	case gatewayv1.QueryParamMatchExact:
		return d.sameText(value, q.Value)
	case gatewayv1.QueryParamMatchRegularExpression:
		return d.regexMatches(q.Value, decoded(value))
	default:
		return false
	}
}

func (d Reading) sameText(sent, want string) bool {
	if d.lenient&queryRaw == 0 {
		sent = decoded(sent)
	}
	return sent == want || d.lenient&queryCase != 0 && strings.EqualFold(sent, want)
}

func decoded(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
