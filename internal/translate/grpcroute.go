package translate

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

func grpcRoute(in *gatewayv1.GRPCRoute) *route {
	r := newRoute(kindGRPCRoute, in, in.Spec.CommonRouteSpec, in.Spec.Hostnames, in.Status.RouteStatus)
	r.failure = "503" // gRPC clients take it for UNAVAILABLE, which Gateway API demands (GRPCRouteRule.backendRefs).
	for i := range in.Spec.Rules {
		r.rules = append(r.rules, grpcRule(r, i, &in.Spec.Rules[i]))
	}
	return r
}

func grpcRule(r *route, index int, in *gatewayv1.GRPCRouteRule) *routeRule {
	out := &routeRule{route: r, index: index}
	addMatches(out, in.Matches, grpcMatch)
	out.readFilters(asHTTP(in.Filters))
	for i, b := range in.BackendRefs {
		out.addBackend(b.BackendRef)
		out.refuseBackendFilters(i, asHTTP(b.Filters))
	}
	out.refuseSessionPersistence(in.SessionPersistence)
	return out
}

// asHTTP: the filters of GRPCRoutes are some of those of HTTPRoutes.
func asHTTP(in []gatewayv1.GRPCRouteFilter) []gatewayv1.HTTPRouteFilter {
	out := make([]gatewayv1.HTTPRouteFilter, 0, len(in))
	for _, f := range in {
		out = append(out, gatewayv1.HTTPRouteFilter{
			Type: gatewayv1.HTTPRouteFilterType(f.Type), ExtensionRef: f.ExtensionRef, RequestMirror: f.RequestMirror,
			RequestHeaderModifier: f.RequestHeaderModifier, ResponseHeaderModifier: f.ResponseHeaderModifier,
		})
	}
	return out
}

// maxHeadersBesideType leaves room among the five values of a rule for host, path and content type.
const maxHeadersBesideType = 2

// grpcMatch: a GRPCRoute matches gRPC requests, which a load balancer knows by their content type, so that an HTTPRoute of the
// same hostname keeps all others. Where the headers leave no room for that condition, the path alone has to do.
func grpcMatch(in gatewayv1.GRPCRouteMatch) (match, error) {
	path, err := grpcPath(value(in.Method))
	if err != nil {
		return match{}, err
	}
	out := match{path: path}
	if in.Method != nil {
		out.call = [2]int{len(value(in.Method.Service)), len(value(in.Method.Method))}
	}
	for _, h := range in.Headers {
		read, err := headerPair(string(h.Name), string(value(h.Type)), h.Value)
		if err != nil {
			return match{}, err
		}
		out.headers = firstOfName(out.headers, read)
	}
	out.grpc = len(out.headers) <= maxHeadersBesideType
	return out, nil
}

// grpcPath of a gRPC method is "/service/method".
func grpcPath(in gatewayv1.GRPCMethodMatch) (pathMatch, error) {
	service, method := value(in.Service), value(in.Method)
	kind := gatewayv1.GRPCMethodMatchExact
	if in.Type != nil {
		kind = *in.Type
	}
	switch {
	case service == "" && method == "":
		return pathMatch{}, nil
	case kind == gatewayv1.GRPCMethodMatchRegularExpression:
		return grpcRegex(service, method)
	case kind != gatewayv1.GRPCMethodMatchExact:
		return pathMatch{}, fmt.Errorf("method type %s is not supported; use Exact or RegularExpression", kind)
	case strings.Contains(service+method, "/"):
		return pathMatch{}, fmt.Errorf("service %q or method %q has a slash, which neither can have; remove it", service, method)
	case method == "":
		return pathMatch{pathService, "/" + service}, nil
	case service == "":
		return pathMatch{pathMethod, method}, nil
	default:
		return pathMatch{pathExact, "/" + service + "/" + method}, nil
	}
}

// anySegment is a service or a method.
const anySegment = "[^/]+"

func grpcRegex(service, method string) (pathMatch, error) {
	parts := []string{service, method}
	for i, field := range []string{"service", "method"} {
		if parts[i] == "" {
			parts[i] = anySegment
			continue
		}
		bare, err := withoutAnchors(parts[i])
		if err != nil {
			return pathMatch{}, fmt.Errorf("%s %q %w", field, parts[i], err)
		}
		parts[i] = "(" + bare + ")"
	}
	return pathMatch{pathRegex, "^/" + parts[0] + "/" + parts[1] + "$"}, nil
}

// withoutAnchors takes off what says that a service or method matches as a whole, which it does anyway: within a path, which is
// what a load balancer matches, it would match nothing.
func withoutAnchors(re string) (string, error) {
	if _, err := regexp.Compile(re); err != nil {
		return "", fmt.Errorf("is not a regular expression in RE2 syntax; correct it")
	}
	bare := re
	if whole(re) == re {
		bare = strings.TrimSuffix(strings.TrimPrefix(re, "^"), "$")
	}
	parsed, err := syntax.Parse(bare, syntax.Perl)
	if err != nil || anchored(parsed) {
		return "", fmt.Errorf("has an anchor such as ^ or $ within; leave it out, as services and methods match as a whole")
	}
	return bare, nil
}

func anchored(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine:
		return true
	}
	for _, sub := range re.Sub {
		if anchored(sub) {
			return true
		}
	}
	return false
}
