package oracle

import (
	"cmp"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// precedence is negative when x is to be preferred to y: HTTPRouteSpec.Hostnames first, then HTTPRouteRule.Matches, each
// criterion in the order of the text. Matches of one rule that tie lead to the same outcome.
func precedence(x, y candidate) int {
	return cmp.Or(
		// "Characters in a matching non-wildcard hostname. Characters in a matching hostname. If ties exist across multiple
		// Routes, the matching precedence rules for HTTPRouteMatches takes over."
		// Among routes of one listener, counting its hostname too changes nothing.
		cmp.Compare(y.merged.precise, x.merged.precise),
		cmp.Compare(y.merged.any, x.merged.any),
		cmp.Compare(y.host.precise, x.host.precise),
		cmp.Compare(y.host.any, x.host.any),

		// "precedence must be given to the match having: "Exact" path match. "Prefix" path match with largest number of
		// characters. Method match. Largest number of header matches. Largest number of query param matches."
		cmp.Compare(pathRank(y.match), pathRank(x.match)),
		cmp.Compare(pathLength(y.match), pathLength(x.match)),
		cmp.Compare(methods(y.match), methods(x.match)),
		cmp.Compare(len(headersOf(y.match)), len(headersOf(x.match))),
		cmp.Compare(len(parametersOf(y.match)), len(parametersOf(x.match))),

		// "The oldest Route based on creation timestamp. The Route appearing first in alphabetical order by
		// "{namespace}/{name}"."
		x.route.CreationTimestamp.Compare(y.route.CreationTimestamp.Time),
		strings.Compare(x.route.Namespace+"/"+x.route.Name, y.route.Namespace+"/"+y.route.Name),

		// "matching precedence MUST be granted to the FIRST matching rule (in list order)".
		cmp.Compare(x.rule, y.rule),
	)
}

// pathRank: "The precedence of RegularExpression path matches are implementation-specific". As "/" takes every path, regexes
// come before it and after every other prefix, and the longest come first.
func pathRank(m gatewayv1.HTTPRouteMatch) int {
	kind, _ := pathOf(m.Path)
	switch {
	case kind == gatewayv1.PathMatchExact:
		return 3
	case kind == gatewayv1.PathMatchPathPrefix && pathLength(m) > 0:
		return 2
	case kind == gatewayv1.PathMatchRegularExpression:
		return 1
	default:
		return 0
	}
}

// pathLength of exact paths makes no difference: two that match one request are the same.
func pathLength(m gatewayv1.HTTPRouteMatch) int {
	kind, value := pathOf(m.Path)
	if kind == gatewayv1.PathMatchRegularExpression {
		return len(value)
	}
	return len(withoutTrailingSlash(value))
}

func methods(m gatewayv1.HTTPRouteMatch) int {
	if m.Method == nil {
		return 0
	}
	return 1
}
