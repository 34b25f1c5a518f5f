package oracle

import (
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// hostname of a Host header: "Implementations MUST ignore any port value specified in the HTTP Host header while performing
// a match" (HTTPRouteSpec.Hostnames).
func hostname(header string) string {
	colon := strings.LastIndexByte(header, ':')
	if colon < 0 || strings.Trim(header[colon+1:], "0123456789") != "" {
		return header
	}
	return header[:colon]
}

// hostnameMatches: "Hostnames that are prefixed with a wildcard label (`*.`) are interpreted as a suffix match. That means
// that a match for `*.example.com` would match both `test.example.com`, and `foo.test.example.com`, but not `example.com`."
// Hostnames are compared without case, as RFC 9110 section 4.2.3 has it.
func hostnameMatches(pattern, host string) bool {
	pattern, host = strings.ToLower(pattern), strings.ToLower(host)
	if pattern == "" {
		return true
	}
	if suffix, wildcard := strings.CutPrefix(pattern, "*"); wildcard {
		return strings.HasSuffix(host, suffix) && host != suffix
	}
	return host == pattern
}

// characters of matching hostnames.
type characters struct{ precise, any int }

// longest says whether a host is one of a route's, and how many characters its longest matching hostnames have: "precedence
// must be given to rules from the HTTPRoute with the largest number of: Characters in a matching non-wildcard hostname;
// Characters in a matching hostname". That listener and route intersect needs no check of its own: a host that both match is in
// the intersection.
func longest(hostnames []gatewayv1.Hostname, host string) (of characters, ok bool) {
	if len(hostnames) == 0 {
		return characters{}, true
	}
	for _, h := range hostnames {
		if !hostnameMatches(string(h), host) {
			continue
		}
		ok = true
		of.any = max(of.any, len(h))
		if !strings.HasPrefix(string(h), "*") {
			of.precise = max(of.precise, len(h))
		}
	}
	return of, ok
}
