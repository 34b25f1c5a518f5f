package translate

import (
	"cmp"
	"strings"
	"time"
)

// precedence is what decides which of two matches answers a request that both would take (Gateway API, HTTPRouteRule.matches
// and GRPCRouteRule.matches). The listener comes first: a request goes to the routes of the one with the most specific hostname
// (Gateway API, Gateway.spec.listeners), whose guard comes after them. One order over everything on a port: a strict weak order, and
// total where the routes differ.
//
// A gRPC service and method are a path: both come before a service, that before a method of any service, as the numbers of
// their characters would have it, which decide among regular expressions. Of an HTTPRoute and a GRPCRoute that match one path the GRPCRoute comes first, as it takes gRPC requests only.
//
// Gateway API leaves open where regular expressions stand. Here they come after exact paths and prefixes and before "/",
// which takes every path: AWS Load Balancer Controller has them after "/" too, where they can never match.
type precedence struct {
	listener string // the hostname of the Gateway's listener
	host     string // in effect
	original string // as the route has it

	path    pathKind
	call    [2]int // characters of a gRPC service and method
	pathLen int
	methods int // none or one
	headers int
	queries int

	created    time.Time
	kind       string
	namespaced string // namespace/name
	rule       int
	match      int
	part       int // of a match that becomes several
}

// older says which of two has the say where both cannot have it.
func (a precedence) older(b precedence) int {
	return cmp.Or(
		a.created.Compare(b.created),
		strings.Compare(a.namespaced, b.namespaced),
		strings.Compare(a.kind, b.kind),
		cmp.Compare(a.rule, b.rule),
	)
}

// compare is negative where a comes before b.
func (a precedence) compare(b precedence) int {
	return cmp.Or(
		cmp.Compare(literalLength(b.listener), literalLength(a.listener)),
		cmp.Compare(len(b.listener), len(a.listener)),
		cmp.Compare(literalLength(b.host), literalLength(a.host)),
		cmp.Compare(len(b.host), len(a.host)),
		cmp.Compare(literalLength(b.original), literalLength(a.original)),
		cmp.Compare(len(b.original), len(a.original)),
		cmp.Compare(b.path, a.path),
		cmp.Compare(b.call[0], a.call[0]),
		cmp.Compare(b.call[1], a.call[1]),
		cmp.Compare(b.pathLen, a.pathLen),
		strings.Compare(a.kind, b.kind), // GRPCRoute, HTTPRoute
		cmp.Compare(b.methods, a.methods),
		cmp.Compare(b.headers, a.headers),
		cmp.Compare(b.queries, a.queries),
		a.older(b),
		cmp.Compare(a.match, b.match),
		cmp.Compare(a.part, b.part),
		strings.Compare(a.listener, b.listener),
		strings.Compare(a.host, b.host),
		strings.Compare(a.original, b.original),
	)
}
