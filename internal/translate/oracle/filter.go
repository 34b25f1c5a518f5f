package oracle

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// refused says whether a rule asks for something that an ALB cannot do. A filter "MUST NOT be skipped. Instead, requests that
// would have been processed by that filter MUST receive a HTTP error response" (HTTPRouteFilter.Type).
func refused(rule gatewayv1.HTTPRouteRule) bool {
	seen := map[gatewayv1.HTTPRouteFilterType]bool{}
	for _, f := range rule.Filters {
		if seen[f.Type] || !possible(f, rule) {
			return true
		}
		seen[f.Type] = true
	}
	if seen[gatewayv1.HTTPRouteFilterRequestRedirect] && seen[gatewayv1.HTTPRouteFilterURLRewrite] {
		return true // they "may not be combined" (HTTPRouteRule.Filters)
	}
	for _, ref := range rule.BackendRefs {
		if len(ref.Filters) > 0 {
			return true
		}
	}
	return false
}

// unresolved says whether a filter refers to what is not there. The rule answers an error then, whatever else it says, and the route
// is accepted, as with a backend that is not there.
func unresolved(rule gatewayv1.HTTPRouteRule) bool {
	return slices.ContainsFunc(rule.Filters, func(f gatewayv1.HTTPRouteFilter) bool { return f.ExtensionRef != nil })
}

func possible(f gatewayv1.HTTPRouteFilter, rule gatewayv1.HTTPRouteRule) bool {
	switch {
	case f.Type == gatewayv1.HTTPRouteFilterExtensionRef && f.ExtensionRef != nil:
		return true
	case f.Type == gatewayv1.HTTPRouteFilterRequestRedirect && f.RequestRedirect != nil:
		code := or(f.RequestRedirect.StatusCode, http.StatusFound)
		return unresolved(rule) || (code == http.StatusMovedPermanently || code == http.StatusFound) && compatible(f.RequestRedirect.Path, rule)
	case f.Type == gatewayv1.HTTPRouteFilterURLRewrite && f.URLRewrite != nil:
		return unresolved(rule) || compatible(f.URLRewrite.Path, rule)
	default:
		return false
	}
}

// compatible: "ReplacePrefixMatch is only compatible with a `PathPrefix` HTTPRouteMatch" (HTTPPathModifier).
func compatible(m *gatewayv1.HTTPPathModifier, rule gatewayv1.HTTPRouteRule) bool {
	if m == nil || m.Type != gatewayv1.PrefixMatchHTTPPathModifier {
		return true
	}
	for _, match := range matchesOf(rule) {
		if kind, _ := pathOf(match.Path); kind != gatewayv1.PathMatchPathPrefix {
			return false
		}
	}
	return true
}

// redirect is HTTPRequestRedirectFilter, field by field.
func redirect(f gatewayv1.HTTPRequestRedirectFilter, m gatewayv1.HTTPRouteMatch, listenerPort int32, r alb.Request) (location string, status int) {
	scheme := or(f.Scheme, "http") // "When empty, the scheme of the request is used"
	host := string(or(f.Hostname, gatewayv1.PreciseHostname(hostname(r.Host))))
	port := listenerPort // "If redirect scheme is empty, the redirect port MUST be the Gateway Listener port"
	switch {
	case f.Port != nil:
		port = *f.Port
	case f.Scheme != nil:
		port = wellKnown(scheme)
	}
	location = scheme + "://" + host
	if port != wellKnown(scheme) {
		location += fmt.Sprintf(":%d", port)
	}
	location += modified(f.Path, m, r.Path)
	if r.RawQuery != "" {
		location += "?" + r.RawQuery
	}
	return location, or(f.StatusCode, http.StatusFound)
}

// wellKnown: ""http" to port 80 and "https" to port 443" (HTTPRequestRedirectFilter.Port).
func wellKnown(scheme string) int32 {
	if scheme == "https" {
		return 443
	}
	return 80
}

// rewritten is HTTPURLRewriteFilter.
func rewritten(filters []gatewayv1.HTTPRouteFilter, m gatewayv1.HTTPRouteMatch, r alb.Request) alb.Rewritten {
	sent := alb.Rewritten{Host: r.Host, Path: r.Path, RawQuery: r.RawQuery}
	for _, f := range filters {
		if f.URLRewrite == nil {
			continue
		}
		sent.Host = string(or(f.URLRewrite.Hostname, gatewayv1.PreciseHostname(sent.Host)))
		sent.Path = modified(f.URLRewrite.Path, m, sent.Path)
	}
	return sent
}

// modified is HTTPPathModifier, with the table of ReplacePrefixMatch.
func modified(f *gatewayv1.HTTPPathModifier, m gatewayv1.HTTPRouteMatch, path string) string {
	if f == nil {
		return path
	}
	switch f.Type {
	case gatewayv1.FullPathHTTPPathModifier:
		path = or(f.ReplaceFullPath, "")
	case gatewayv1.PrefixMatchHTTPPathModifier:
		_, prefix := pathOf(m.Path)
		rest := strings.TrimPrefix(path, withoutTrailingSlash(prefix))
		path = withoutTrailingSlash(or(f.ReplacePrefixMatch, "")) + rest
	}
	if path == "" {
		return "/"
	}
	return path
}
