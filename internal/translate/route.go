package translate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// A route is an HTTPRoute or the like, read into terms that all kinds of routes have in common.
type route struct {
	kind, namespace, name string

	created    time.Time
	generation int64
	hostnames  []string                      // lower case
	parents    []gatewayv1.ParentReference   // all of the spec
	status     []gatewayv1.RouteParentStatus // as stored
	rules      []*routeRule
}

func (r *route) namespaced() string { return r.namespace + "/" + r.name }

func (r *route) id() routeID { return routeID{r.kind, r.namespace, r.name} }

// String names the route in messages.
func (r *route) String() string { return r.kind + " " + r.namespaced() }

// older says which of two routes has the say where both cannot have it.
func (r *route) older(o *route) int {
	return cmp.Or(r.created.Compare(o.created), strings.Compare(r.namespaced(), o.namespaced()), strings.Compare(r.kind, o.kind))
}

// A routeRule is one rule of a route.
type routeRule struct {
	route *route
	index int

	matches  []ruleMatch
	redirect *gatewayv1.HTTPRequestRedirectFilter
	rewrite  *gatewayv1.HTTPURLRewriteFilter
	backends []backendRef

	// unsupported says what of the rule cannot be done, so that the whole rule answers 500.
	unsupported []string

	// unmatched says which matches cannot be made into conditions at all.
	unmatched []string
}

// A ruleMatch is a match and its place in the rule.
type ruleMatch struct {
	index int
	match
}

// A backendRef is one backend of a rule.
type backendRef struct {
	gatewayv1.BackendObjectReference
	weight int32
}

// String names the rule in messages.
func (r *routeRule) String() string { return fmt.Sprintf("rule %d of %s", r.index, r.route) }

func (r *routeRule) id() ruleOwner { return ruleOwner{r.route.id(), r.index} }

// routes of all kinds, oldest first.
func routes(in Input) []*route {
	out := make([]*route, 0, len(in.HTTPRoutes))
	for _, r := range in.HTTPRoutes {
		out = append(out, httpRoute(r))
	}
	slices.SortFunc(out, (*route).older)
	return out
}

func lowered(hostnames []gatewayv1.Hostname) []string {
	out := make([]string, 0, len(hostnames))
	for _, h := range hostnames {
		out = append(out, strings.ToLower(string(h)))
	}
	return out
}
