package oracle

import (
	"net/http"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

const (
	kindHTTPRoute = "HTTPRoute"
	kindGRPCRoute = "GRPCRoute"
)

// A route is an HTTPRoute; a GRPCRoute is one whose matches are calls.
type route struct {
	*gatewayv1.HTTPRoute
	kind  gatewayv1.Kind
	calls [][]gatewayv1.GRPCRouteMatch // by rule
}

func routesOf(in translate.Input) []route {
	var all []route
	for _, r := range in.HTTPRoutes {
		all = append(all, route{HTTPRoute: r, kind: kindHTTPRoute})
	}
	for _, r := range in.GRPCRoutes {
		all = append(all, grpcRoute(r))
	}
	return all
}

func grpcRoute(in *gatewayv1.GRPCRoute) route {
	out := route{HTTPRoute: &gatewayv1.HTTPRoute{ObjectMeta: in.ObjectMeta}, kind: kindGRPCRoute}
	out.Spec.ParentRefs, out.Spec.Hostnames = in.Spec.ParentRefs, in.Spec.Hostnames
	for _, rule := range in.Spec.Rules {
		like := gatewayv1.HTTPRouteRule{Filters: impossible(rule.Filters)}
		for _, ref := range rule.BackendRefs {
			like.BackendRefs = append(like.BackendRefs, gatewayv1.HTTPBackendRef{BackendRef: ref.BackendRef, Filters: impossible(ref.Filters)})
		}
		out.Spec.Rules = append(out.Spec.Rules, like)
		out.calls = append(out.calls, rule.Matches)
	}
	return out
}

// impossible: an ALB can do none of the filters of a GRPCRoute.
func impossible(of []gatewayv1.GRPCRouteFilter) []gatewayv1.HTTPRouteFilter {
	var all []gatewayv1.HTTPRouteFilter
	for _, f := range of {
		all = append(all, gatewayv1.HTTPRouteFilter{Type: gatewayv1.HTTPRouteFilterType(f.Type)})
	}
	return all
}

// failure: "*all* traffic which matches this rule MUST receive an `UNAVAILABLE` status" (GRPCRouteRule.BackendRefs), for which
// gRPC clients take 503.
func (r route) failure() int {
	if r.kind == kindGRPCRoute {
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// callsOf: "If no matches are specified, the implementation MUST match every gRPC request" (GRPCRouteRule.Matches).
func (r route) callsOf(rule int) []gatewayv1.GRPCRouteMatch {
	if rule >= len(r.calls) || len(r.calls[rule]) == 0 {
		return []gatewayv1.GRPCRouteMatch{{}}
	}
	return r.calls[rule]
}

// calls says whether a request is a gRPC call that meets the match (GRPCRouteMatch). A gRPC request has a path of service and
// method, and a content type that says so (gRPC over HTTP2, Requests).
func (d Reading) calls(m gatewayv1.GRPCRouteMatch, r alb.Request) bool {
	content, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if content != "application/grpc" && !strings.HasPrefix(content, "application/grpc+") {
		return false
	}
	if !d.allHeadersMatch(asHTTPHeaders(m.Headers), r) {
		return false
	}
	if m.Method == nil {
		return true
	}
	segments := strings.Split(r.Path, "/")
	if len(segments) != 3 {
		return false
	}
	kind := or(m.Method.Type, gatewayv1.GRPCMethodMatchExact)
	return d.nameMatches(kind, or(m.Method.Service, ""), segments[1]) && d.nameMatches(kind, or(m.Method.Method, ""), segments[2])
}

// nameMatches: "If left empty or omitted, will match any service" (GRPCMethodMatch.Service). No name is empty.
func (d Reading) nameMatches(kind gatewayv1.GRPCMethodMatchType, want, name string) bool {
	switch {
	case want == "":
		return name != ""
	case kind == gatewayv1.GRPCMethodMatchRegularExpression:
		return d.regexMatches(want, name)
	default:
		return want == name
	}
}

func asHTTPHeaders(of []gatewayv1.GRPCHeaderMatch) []gatewayv1.HTTPHeaderMatch {
	var all []gatewayv1.HTTPHeaderMatch
	for _, h := range of {
		kind := gatewayv1.HeaderMatchType(or(h.Type, gatewayv1.GRPCHeaderMatchExact))
		all = append(all, gatewayv1.HTTPHeaderMatch{Type: &kind, Name: gatewayv1.HTTPHeaderName(h.Name), Value: h.Value})
	}
	return all
}
