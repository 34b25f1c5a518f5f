package oracle_test

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

func (g generator) route(in translate.Input, i int) *gatewayv1.HTTPRoute {
	route := &gatewayv1.HTTPRoute{
		TypeMeta: metav1.TypeMeta{APIVersion: gatewayv1.GroupVersion.String(), Kind: "HTTPRoute"},
		ObjectMeta: metav1.ObjectMeta{
			Namespace: pick(g, namespaces), Name: fmt.Sprintf("%c%d", 'a'+rune(g.IntN(3)), i), Generation: 1,
			// Few moments, so that age alone seldom decides.
			CreationTimestamp: metav1.NewTime(epoch.Add(time.Duration(g.IntN(3)) * time.Second)),
		},
	}
	route.Spec.ParentRefs = g.parentRefs(in)
	for _, h := range few(g, hostnamePool, pick(g, []int{0, 0, 1, 1, 1, 2, 3})) {
		route.Spec.Hostnames = append(route.Spec.Hostnames, gatewayv1.Hostname(h))
	}
	for range pick(g, []int{1, 1, 2, 2, 3}) {
		route.Spec.Rules = append(route.Spec.Rules, g.rule())
	}
	return route
}

// parentRefs to the Gateway, to a ListenerSet or to both.
func (g generator) parentRefs(in translate.Input) []gatewayv1.ParentReference {
	gw := gatewayv1.ParentReference{Namespace: new(gatewayv1.Namespace(in.Gateway.Namespace)), Name: gatewayv1.ObjectName(in.Gateway.Name)}
	own := g.sections(gw, in.Gateway.Spec.Listeners)
	if len(in.ListenerSets) == 0 || g.chance(40) {
		return own
	}
	set := pick(g, in.ListenerSets)
	var listeners []gatewayv1.Listener
	for _, l := range set.Spec.Listeners {
		listeners = append(listeners, gatewayv1.Listener(l))
	}
	refs := g.sections(gatewayv1.ParentReference{
		Kind: new(gatewayv1.Kind("ListenerSet")), Namespace: new(gatewayv1.Namespace(set.Namespace)), Name: gatewayv1.ObjectName(set.Name),
	}, listeners)
	if g.chance(40) {
		return append(own, refs...)
	}
	return refs
}

func (g generator) sections(ref gatewayv1.ParentReference, listeners []gatewayv1.Listener) []gatewayv1.ParentReference {
	l := pick(g, listeners)
	switch n := g.IntN(100); {
	case n < 60:
	case n < 75:
		ref.SectionName = new(l.Name)
	case n < 85:
		ref.Port = new(pick(g, ports))
	case n < 88:
		ref.SectionName = new(gatewayv1.SectionName("none"))
	case n < 91:
		ref.SectionName, ref.Port = new(l.Name), new(pick(g, ports))
	case n < 93:
		ref.Namespace = nil
	default:
		refs := make([]gatewayv1.ParentReference, 0, len(listeners))
		for _, l := range few(g, listeners, 2) {
			ref := ref
			ref.SectionName = new(l.Name)
			refs = append(refs, ref)
		}
		return refs
	}
	return []gatewayv1.ParentReference{ref}
}

func (g generator) rule() gatewayv1.HTTPRouteRule {
	var rule gatewayv1.HTTPRouteRule
	for range pick(g, []int{0, 1, 1, 1, 1, 2, 3}) {
		rule.Matches = append(rule.Matches, g.match())
	}
	switch n := g.IntN(100); {
	case n < 65:
	case n < 80:
		rule.Filters = []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterURLRewrite, URLRewrite: g.rewrite()}}
	case n < 95:
		// The API server refuses a redirect beside backendRefs.
		rule.Filters = []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterRequestRedirect, RequestRedirect: g.redirect()}}
		g.keepPrefix(&rule)
		return rule
	default:
		rule.Filters = []gatewayv1.HTTPRouteFilter{g.impossible()}
	}
	g.keepPrefix(&rule)
	rule.BackendRefs = g.backends()
	return rule
}

// keepPrefix: the API server wants exactly one PathPrefix match beside a ReplacePrefixMatch.
func (g generator) keepPrefix(rule *gatewayv1.HTTPRouteRule) {
	if !replacesPrefix(*rule) {
		return
	}
	match := g.match()
	match.Path = g.prefix()
	rule.Matches = []gatewayv1.HTTPRouteMatch{match}
}

func replacesPrefix(rule gatewayv1.HTTPRouteRule) bool {
	for _, f := range rule.Filters {
		if m := modifierOf(f); m != nil && m.Type == gatewayv1.PrefixMatchHTTPPathModifier {
			return true
		}
	}
	return false
}

func modifierOf(f gatewayv1.HTTPRouteFilter) *gatewayv1.HTTPPathModifier {
	switch {
	case f.RequestRedirect != nil:
		return f.RequestRedirect.Path
	case f.URLRewrite != nil:
		return f.URLRewrite.Path
	default:
		return nil
	}
}

func (g generator) match() gatewayv1.HTTPRouteMatch {
	var m gatewayv1.HTTPRouteMatch
	switch n := g.IntN(100); {
	case n < 10:
	case n < 45:
		m.Path = &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchExact), Value: new(pick(g, exactPaths))}
	case n < 92:
		m.Path = g.prefix()
	default:
		m.Path = &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchRegularExpression), Value: new(pick(g, regexPaths))}
	}
	if g.chance(25) {
		m.Method = new(pick(g, methodPool))
	}
	// With hostname, path and method, two more make the five values that an ALB rule has.
	more := pick(g, []int{0, 0, 0, 1, 1, 2})
	headers := g.IntN(more + 1)
	for _, name := range few(g, headerNames, headers) {
		m.Headers = append(m.Headers, g.header(name))
	}
	for _, name := range few(g, paramNames, more-headers) {
		m.QueryParams = append(m.QueryParams, gatewayv1.HTTPQueryParamMatch{Name: gatewayv1.HTTPHeaderName(name), Value: pick(g, paramValues)})
	}
	return m
}

func (g generator) prefix() *gatewayv1.HTTPPathMatch {
	return &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchPathPrefix), Value: new(pick(g, prefixPaths))}
}

func (g generator) header(name string) gatewayv1.HTTPHeaderMatch {
	if g.chance(20) {
		return gatewayv1.HTTPHeaderMatch{Type: new(gatewayv1.HeaderMatchRegularExpression), Name: gatewayv1.HTTPHeaderName(name), Value: pick(g, headerRegexes)}
	}
	return gatewayv1.HTTPHeaderMatch{Name: gatewayv1.HTTPHeaderName(name), Value: pick(g, headerValues)}
}

func (g generator) backends() []gatewayv1.HTTPBackendRef {
	refs := make([]gatewayv1.HTTPBackendRef, 0, 3)
	for range pick(g, []int{0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4}) {
		ref := gatewayv1.HTTPBackendRef{}
		ref.Name = gatewayv1.ObjectName(services[g.IntN(len(services)-1)])
		ref.Port = new(pick(g, servicePorts))
		if g.chance(5) {
			ref.Name = "ghost"
		}
		if g.chance(20) {
			ref.Namespace = new(gatewayv1.Namespace(pick(g, namespaces)))
		}
		if g.chance(3) {
			ref.Kind = new(gatewayv1.Kind("Foo"))
		}
		if g.chance(3) {
			ref.Group = new(gatewayv1.Group("example.com"))
		}
		if g.chance(40) {
			ref.Weight = new(pick(g, []int32{0, 1, 2, 9, 90, 100, 999, 1000, 1_000_000}))
		}
		if g.chance(2) {
			ref.Filters = []gatewayv1.HTTPRouteFilter{g.impossible()}
		}
		refs = append(refs, ref)
	}
	return refs
}

func (g generator) rewrite() *gatewayv1.HTTPURLRewriteFilter {
	f := &gatewayv1.HTTPURLRewriteFilter{Path: g.modifier()}
	if f.Path == nil || g.chance(40) {
		f.Hostname = new(gatewayv1.PreciseHostname(pick(g, rewriteHosts)))
	}
	return f
}

func (g generator) redirect() *gatewayv1.HTTPRequestRedirectFilter {
	f := &gatewayv1.HTTPRequestRedirectFilter{Path: g.modifier()}
	if g.chance(40) {
		f.Scheme = new(pick(g, []string{"http", "https", "https"}))
	}
	if g.chance(40) {
		f.Hostname = new(gatewayv1.PreciseHostname(pick(g, rewriteHosts)))
	}
	if g.chance(25) {
		f.Port = new(pick(g, []int32{80, 443, 8080, 8443}))
	}
	if g.chance(50) {
		f.StatusCode = new(pick(g, []int{301, 302, 301, 302, 301, 302, 303, 307, 308}))
	}
	return f
}

func (g generator) modifier() *gatewayv1.HTTPPathModifier {
	switch n := g.IntN(100); {
	case n < 40:
		return &gatewayv1.HTTPPathModifier{Type: gatewayv1.PrefixMatchHTTPPathModifier, ReplacePrefixMatch: new(pick(g, prefixesNew))}
	case n < 70:
		return &gatewayv1.HTTPPathModifier{Type: gatewayv1.FullPathHTTPPathModifier, ReplaceFullPath: new(pick(g, fullPaths))}
	default:
		return nil
	}
}

// impossible filters are those that an ALB has nothing for.
func (g generator) impossible() gatewayv1.HTTPRouteFilter {
	headers := &gatewayv1.HTTPHeaderFilter{Set: []gatewayv1.HTTPHeader{{Name: "X-Set", Value: "yes"}}}
	return pick(g, []gatewayv1.HTTPRouteFilter{
		{Type: gatewayv1.HTTPRouteFilterRequestHeaderModifier, RequestHeaderModifier: headers},
		{Type: gatewayv1.HTTPRouteFilterResponseHeaderModifier, ResponseHeaderModifier: headers},
		{Type: gatewayv1.HTTPRouteFilterRequestMirror, RequestMirror: &gatewayv1.HTTPRequestMirrorFilter{
			BackendRef: gatewayv1.BackendObjectReference{Name: "web", Port: new(int32(80))},
		}},
		{Type: gatewayv1.HTTPRouteFilterCORS, CORS: &gatewayv1.HTTPCORSFilter{AllowOrigins: []gatewayv1.CORSOrigin{"*"}}},
		{Type: gatewayv1.HTTPRouteFilterExtensionRef, ExtensionRef: &gatewayv1.LocalObjectReference{Group: "example.com", Kind: "Filter", Name: "f"}},
	})
}
