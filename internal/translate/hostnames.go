package translate

import (
	"regexp"
	"strings"
)

// anyHost is the hostname of listeners and routes that name none.
const anyHost = ""

// intersection of two hostnames is the more specific one if one covers the other (Gateway API, HTTPRoute.spec.hostnames).
func intersection(a, b string) (string, bool) {
	switch {
	case hostCovers(a, b):
		return b, true
	case hostCovers(b, a):
		return a, true
	default:
		return "", false
	}
}

// hostCovers says whether every host that b stands for is one that a stands for. A wildcard stands for one label or more,
// never for the bare domain.
func hostCovers(a, b string) bool {
	if a == anyHost || a == b {
		return true
	}
	suffix, wild := strings.CutPrefix(a, "*")
	return wild && b != anyHost && len(b) > len(suffix) && strings.HasSuffix(b, suffix)
}

func hostsOverlap(a, b string) bool {
	_, ok := intersection(a, b)
	return ok
}

// literalLength is how many characters of a hostname are no wildcard.
func literalLength(host string) int { return len(strings.TrimPrefix(host, "*")) }

// Parts of a hostRegex.
const (
	anyLabels = `^[^:]+`
	anyPort   = `(:[0-9]+)?$`
)

// hostRegex matches the hostname with and without a port, which Gateway API says must be left aside.
func hostRegex(host string) string {
	if suffix, wild := strings.CutPrefix(host, "*"); wild {
		return anyLabels + regexp.QuoteMeta(suffix) + anyPort
	}
	return "^" + regexp.QuoteMeta(host) + anyPort
}
