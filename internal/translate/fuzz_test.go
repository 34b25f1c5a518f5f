package translate_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// FuzzGateway puts any text and number wherever a route has room for them: nothing panics, and what comes out is what ELBv2
// takes.
func FuzzGateway(f *testing.F) {
	f.Add("/cart", "shop.example.com", "X-Version", "v1", "/new", int32(1), uint16(0))
	f.Add("/a*b?c", "*.example.com", "Host", "text/html, */*", "/$1", int32(1000000), uint16(0xffff))
	f.Add("^/(?P<x>[a-z]+)/.*$", "", "", "\\", "", int32(0), uint16(0x5555))
	f.Add("//", "a..b", "x y", "ü", "no/slash", int32(-1), uint16(0x1234))
	f.Fuzz(func(t *testing.T, path, host, name, value, replace string, number int32, choice uint16) {
		var in translate.Input
		addDefaults(t, &in)
		in.Settings.HostConditions = []translate.HostConditions{translate.HostRegex, translate.HostValues}[choice&1]
		in.HTTPRoutes = append(in.HTTPRoutes, fuzzed(fuzz{path, host, name, value, replace, number, choice}))
		out, observed := converged(in)
		taken(t, out)
		settles(t, in, observed)
	})
}

// FuzzGRPCRoute does for GRPCRoutes what FuzzGateway does.
func FuzzGRPCRoute(f *testing.F) {
	f.Add("shop.Cart", "Add", "shop.example.com", "version", "v1", uint8(0))
	f.Add("^a|b$", ".*", "*.example.com", "content-type", "application/grpc", uint8(0xff))
	f.Add("a/b", "*?", "", "x y", "\\", uint8(0x55))
	f.Fuzz(func(t *testing.T, service, method, host, name, value string, choice uint8) {
		var in translate.Input
		addDefaults(t, &in)
		in.Gateway.Spec.Listeners[0].Protocol = gatewayv1.HTTPSProtocolType
		in.Gateway.Spec.Listeners[0].TLS = &gatewayv1.ListenerTLSConfig{CertificateRefs: []gatewayv1.SecretObjectReference{{Name: "cert"}}}
		call := &gatewayv1.GRPCMethodMatch{Type: new([]gatewayv1.GRPCMethodMatchType{gatewayv1.GRPCMethodMatchExact, gatewayv1.GRPCMethodMatchRegularExpression}[choice&1]), Service: &service, Method: &method}
		if choice&2 != 0 {
			call.Service = nil
		}
		if choice&4 != 0 {
			call.Method = nil
		}
		headers := []gatewayv1.GRPCHeaderMatch{{Type: new([]gatewayv1.GRPCHeaderMatchType{gatewayv1.GRPCHeaderMatchExact, gatewayv1.GRPCHeaderMatchRegularExpression}[choice>>3&1]), Name: gatewayv1.GRPCHeaderName(name), Value: value}}
		backend := gatewayv1.GRPCBackendRef{BackendRef: gatewayv1.BackendRef{BackendObjectReference: gatewayv1.BackendObjectReference{Name: "web", Port: new(int32(80))}}}
		route := &gatewayv1.GRPCRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "fuzzed"}}
		route.Spec.ParentRefs = []gatewayv1.ParentReference{{Name: "gw"}}
		route.Spec.Hostnames = []gatewayv1.Hostname{gatewayv1.Hostname(host), "shop.example.com"}
		route.Spec.Rules = []gatewayv1.GRPCRouteRule{
			{Matches: []gatewayv1.GRPCRouteMatch{{Method: call}, {Headers: headers}, {Method: call, Headers: headers}}, BackendRefs: []gatewayv1.GRPCBackendRef{backend}},
			{Matches: []gatewayv1.GRPCRouteMatch{{Method: &gatewayv1.GRPCMethodMatch{Service: &service}}, {Method: &gatewayv1.GRPCMethodMatch{Method: &method}}}},
		}
		in.GRPCRoutes = append(in.GRPCRoutes, route)
		out, observed := converged(in)
		taken(t, out)
		settles(t, in, observed)
	})
}

// A fuzz is what a route is made of.
type fuzz struct {
	path, host, name, value, replace string
	number                           int32
	choice                           uint16
}

func fuzzed(f fuzz) *gatewayv1.HTTPRoute {
	path, host, name, value, replace, number, choice := f.path, f.host, f.name, f.value, f.replace, f.number, f.choice
	pathTypes := []gatewayv1.PathMatchType{gatewayv1.PathMatchExact, gatewayv1.PathMatchPathPrefix, gatewayv1.PathMatchRegularExpression, gatewayv1.PathMatchType(value)}
	headerTypes := []gatewayv1.HeaderMatchType{gatewayv1.HeaderMatchExact, gatewayv1.HeaderMatchRegularExpression}
	modifier := &gatewayv1.HTTPPathModifier{Type: gatewayv1.FullPathHTTPPathModifier, ReplaceFullPath: &replace}
	if choice&2 != 0 {
		modifier = &gatewayv1.HTTPPathModifier{Type: gatewayv1.PrefixMatchHTTPPathModifier, ReplacePrefixMatch: &replace}
	}
	filters := [][]gatewayv1.HTTPRouteFilter{
		nil,
		{{Type: gatewayv1.HTTPRouteFilterURLRewrite, URLRewrite: &gatewayv1.HTTPURLRewriteFilter{Path: modifier, Hostname: new(gatewayv1.PreciseHostname(host))}}},
		{{Type: gatewayv1.HTTPRouteFilterRequestRedirect, RequestRedirect: &gatewayv1.HTTPRequestRedirectFilter{Path: modifier, StatusCode: new(int(number))}}},
		{{Type: gatewayv1.HTTPRouteFilterRequestRedirect, RequestRedirect: &gatewayv1.HTTPRequestRedirectFilter{Path: modifier, Hostname: new(gatewayv1.PreciseHostname(host)), Port: &number, Scheme: new(value)}}},
	}
	matches := []gatewayv1.HTTPRouteMatch{
		{Path: &gatewayv1.HTTPPathMatch{Type: &pathTypes[choice>>2&3], Value: &path}},
		{Headers: []gatewayv1.HTTPHeaderMatch{{Type: &headerTypes[choice>>4&1], Name: gatewayv1.HTTPHeaderName(name), Value: value}}},
		{QueryParams: []gatewayv1.HTTPQueryParamMatch{{Name: gatewayv1.HTTPHeaderName(name), Value: value}}},
		{Method: new(gatewayv1.HTTPMethod(name)), Path: &gatewayv1.HTTPPathMatch{Type: &pathTypes[1], Value: &replace}},
	}
	backend := func(name string, weight int32) gatewayv1.HTTPBackendRef {
		return gatewayv1.HTTPBackendRef{BackendRef: gatewayv1.BackendRef{
			BackendObjectReference: gatewayv1.BackendObjectReference{Name: gatewayv1.ObjectName(name), Port: new(gatewayv1.PortNumber(80))}, Weight: &weight,
		}}
	}
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "fuzzed"}}
	route.Spec.ParentRefs = []gatewayv1.ParentReference{{Name: "gw"}}
	route.Spec.Hostnames = []gatewayv1.Hostname{gatewayv1.Hostname(host), "shop.example.com"}
	if choice>>5&1 != 0 {
		route.Spec.Hostnames = nil
	}
	route.Spec.Rules = []gatewayv1.HTTPRouteRule{
		{Matches: matches, Filters: filters[choice>>6&3], BackendRefs: []gatewayv1.HTTPBackendRef{backend("web", number), backend("api", 1), backend("web", 2)}},
		{Matches: matches[choice>>8&3:], BackendRefs: []gatewayv1.HTTPBackendRef{backend("api", number)}},
		{BackendRefs: []gatewayv1.HTTPBackendRef{backend(name, 1)}},
	}
	return route
}
