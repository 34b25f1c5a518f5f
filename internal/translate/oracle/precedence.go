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
		// Between an HTTPRoute and a GRPCRoute it says nothing, as it would have one of them refused; here what says most about
		// the path comes first, and of two that say the same that of the GRPCRoute.
		cmp.Compare(y.rank(), x.rank()),
		cmp.Compare(y.service(), x.service()),
		cmp.Compare(y.method(), x.method()),
		cmp.Compare(pathLength(y.match), pathLength(x.match)),
		strings.Compare(string(x.route.kind), string(y.route.kind)),
		cmp.Compare(methods(y.match), methods(x.match)),
		cmp.Compare(len(y.headers()), len(x.headers())),
		cmp.Compare(len(parametersOf(y.match)), len(parametersOf(x.match))),

		// "The oldest Route based on creation timestamp. The Route appearing first in alphabetical order by
		// "{namespace}/{name}"."
		x.route.CreationTimestamp.Compare(y.route.CreationTimestamp.Time),
		strings.Compare(x.route.Namespace+"/"+x.route.Name, y.route.Namespace+"/"+y.route.Name),

		// "matching precedence MUST be granted to the FIRST matching rule (in list order)".
		cmp.Compare(x.rule, y.rule),
	)
}

// rank by path. "Characters in a matching service. Characters in a matching method" (GRPCRouteRule.Matches): for one request, a
// service and a method are more than a service, and that is more than a method.
func (c candidate) rank() int {
	if c.route.kind != kindGRPCRoute {
		return pathRank(c.match)
	}
	call := or(c.call.Method, gatewayv1.GRPCMethodMatch{})
	service, method := or(call.Service, "") != "", or(call.Method, "") != ""
	switch {
	case !service && !method:
		return rankAny
	case or(call.Type, gatewayv1.GRPCMethodMatchExact) == gatewayv1.GRPCMethodMatchRegularExpression:
		return rankRegex
	case service && method:
		return rankExact
	case service:
		return rankService
	default:
		return rankMethod
	}
}

func (c candidate) service() int {
	return len(or(or(c.call.Method, gatewayv1.GRPCMethodMatch{}).Service, ""))
}

func (c candidate) method() int {
	return len(or(or(c.call.Method, gatewayv1.GRPCMethodMatch{}).Method, ""))
}

func (c candidate) headers() []gatewayv1.HTTPHeaderMatch {
	if c.route.kind == kindGRPCRoute {
		return headersOf(asHTTPHeaders(c.call.Headers))
	}
	return headersOf(c.match.Headers)
}

const (
	rankAny = iota
	rankRegex
	rankMethod
	rankPrefix
	rankService
	rankExact
)

// pathRank: "The precedence of RegularExpression path matches are implementation-specific". As "/" takes every path, regexes
// come before it and after every other prefix, and the longest come first.
func pathRank(m gatewayv1.HTTPRouteMatch) int {
	kind, _ := pathOf(m.Path)
	switch {
	case kind == gatewayv1.PathMatchExact:
		return rankExact
	case kind == gatewayv1.PathMatchPathPrefix && pathLength(m) > 0:
		return rankPrefix
	case kind == gatewayv1.PathMatchRegularExpression:
		return rankRegex
	default:
		return rankAny
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
