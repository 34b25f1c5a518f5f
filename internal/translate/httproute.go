package translate

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

func httpRoute(in *gatewayv1.HTTPRoute) *route {
	r := newRoute(kindHTTPRoute, in, in.Spec.CommonRouteSpec, in.Spec.Hostnames, in.Status.RouteStatus)
	r.failure = "500" // Gateway API, HTTPRouteRule.backendRefs
	for i := range in.Spec.Rules {
		r.rules = append(r.rules, httpRule(r, i, &in.Spec.Rules[i]))
	}
	return r
}

func httpRule(r *route, index int, in *gatewayv1.HTTPRouteRule) *routeRule {
	out := &routeRule{route: r, index: index}
	addMatches(out, in.Matches, httpMatch)
	out.readFilters(in.Filters)
	for i, b := range in.BackendRefs {
		out.addBackend(b.BackendRef)
		out.refuseBackendFilters(i, b.Filters)
	}
	if in.Timeouts != nil {
		out.refuse("timeouts cannot be set on a rule of an Application Load Balancer; remove them, or set idle_timeout.timeout_seconds in loadBalancerAttributes of a LoadBalancerConfiguration")
	}
	if in.Retry != nil {
		out.refuse("retry is nothing that an Application Load Balancer does; remove it")
	}
	out.refuseSessionPersistence(in.SessionPersistence)
	return out
}

func (r *routeRule) refuseSessionPersistence(in *gatewayv1.SessionPersistence) {
	if in != nil {
		r.refuse("sessionPersistence is not supported; remove it, or set stickiness.enabled in targetGroupAttributes of a TargetGroupConfiguration")
	}
}

func (r *routeRule) refuseBackendFilters(backend int, in []gatewayv1.HTTPRouteFilter) {
	for _, f := range in {
		r.refuse("backendRefs[%d].filters has %s, which cannot be done for one backend; move it to the rule's filters or remove it", backend, f.Type)
	}
}

func httpMatch(in gatewayv1.HTTPRouteMatch) (match, error) {
	out := match{}
	if in.Method != nil {
		out.method = string(*in.Method)
	}
	path, err := httpPath(in.Path)
	if err != nil {
		return match{}, err
	}
	out.path = path
	for _, h := range in.Headers {
		read, err := headerPair(string(h.Name), string(value(h.Type)), h.Value)
		if err != nil {
			return match{}, err
		}
		out.headers = firstOfName(out.headers, read)
	}
	for _, q := range in.QueryParams {
		if value(q.Type) == gatewayv1.QueryParamMatchRegularExpression {
			return match{}, fmt.Errorf("queryParams %q is of type RegularExpression, but an Application Load Balancer has no regular expressions for query parameters; use Exact", q.Name)
		}
		out.queries = firstOfName(out.queries, pair{name: string(q.Name), value: q.Value})
	}
	return out, nil
}

// headerPair reads a match of a header. Without a type it is Exact.
func headerPair(name, kind, value string) (pair, error) {
	out := pair{name: strings.ToLower(name), value: value, regex: kind == string(gatewayv1.HeaderMatchRegularExpression)}
	switch {
	case out.name == "host":
		return pair{}, errors.New("header Host cannot be matched as a header; use hostnames")
	case !out.regex && kind != "" && kind != string(gatewayv1.HeaderMatchExact):
		return pair{}, fmt.Errorf("header %s has a match of type %s, which is not supported; use Exact or RegularExpression", name, kind)
	default:
		return out, nil
	}
}

func httpPath(in *gatewayv1.HTTPPathMatch) (pathMatch, error) {
	if in == nil {
		return pathMatch{}, nil
	}
	given := "/"
	if in.Value != nil {
		given = *in.Value
	}
	kind := gatewayv1.PathMatchPathPrefix
	if in.Type != nil {
		kind = *in.Type
	}
	switch kind {
	case gatewayv1.PathMatchPathPrefix:
		return prefixMatch(given), nil
	case gatewayv1.PathMatchExact:
		return pathMatch{pathExact, given}, nil
	case gatewayv1.PathMatchRegularExpression:
		if _, err := regexp.Compile(given); err != nil {
			return pathMatch{}, fmt.Errorf("path %q is not a regular expression in RE2 syntax; correct it", given)
		}
		return pathMatch{pathRegex, given}, nil
	default:
		return pathMatch{}, fmt.Errorf("path type %s is not supported; use Exact, PathPrefix or RegularExpression", kind)
	}
}

// firstOfName leaves out what has a name that is there already (Gateway API, HTTPHeaderMatch.name). In name order, as the
// order of writing says nothing.
func firstOfName(list []pair, p pair) []pair {
	i, found := slices.BinarySearchFunc(list, p, func(a, b pair) int { return strings.Compare(a.name, b.name) })
	if found {
		return list
	}
	return slices.Insert(list, i, p)
}

func (r *routeRule) readFilters(in []gatewayv1.HTTPRouteFilter) {
	for i, f := range in {
		switch {
		case f.Type == gatewayv1.HTTPRouteFilterRequestRedirect && f.RequestRedirect != nil && r.redirect == nil:
			r.redirect = f.RequestRedirect
		case f.Type == gatewayv1.HTTPRouteFilterURLRewrite && f.URLRewrite != nil && r.rewrite == nil:
			r.rewrite = f.URLRewrite
		case f.Type == gatewayv1.HTTPRouteFilterExtensionRef && f.ExtensionRef != nil:
			r.extend(i, *f.ExtensionRef)
		default:
			r.refuse("filters[%d] of type %s %s", i, f.Type, cannot(f.Type))
		}
	}
	if r.redirect != nil && r.rewrite != nil {
		r.refuse("filters has both RequestRedirect and URLRewrite; keep one")
	}
}

func cannot(filter gatewayv1.HTTPRouteFilterType) string {
	switch filter {
	case gatewayv1.HTTPRouteFilterRequestHeaderModifier:
		return "is nothing that an Application Load Balancer can do; remove it, or let the backend do it"
	case gatewayv1.HTTPRouteFilterResponseHeaderModifier, gatewayv1.HTTPRouteFilterCORS:
		return "cannot be done by a rule; remove it, and set listenerAttributes in listenerConfigurations of a LoadBalancerConfiguration for the headers that a listener can add"
	case gatewayv1.HTTPRouteFilterRequestMirror:
		return "is nothing that an Application Load Balancer can do; remove it"
	default:
		return "is not supported or is given twice; remove it"
	}
}
