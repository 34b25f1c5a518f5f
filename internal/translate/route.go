package translate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

const (
	kindHTTPRoute = "HTTPRoute"
	kindGRPCRoute = "GRPCRoute"
)

// A route is an HTTPRoute or a GRPCRoute, read into terms that both have in common.
type route struct {
	kind, namespace, name string

	// failure is the status that its rules answer with where they cannot be done.
	failure string

	created    time.Time
	generation int64
	hostnames  []string                      // lower case
	parents    []gatewayv1.ParentReference   // all of the spec
	status     []gatewayv1.RouteParentStatus // as stored
	rules      []*routeRule
}

func newRoute(kind string, o metav1.Object, spec gatewayv1.CommonRouteSpec, hostnames []gatewayv1.Hostname, status gatewayv1.RouteStatus) *route {
	return &route{
		kind: kind, namespace: o.GetNamespace(), name: o.GetName(),
		created: o.GetCreationTimestamp().Time, generation: o.GetGeneration(),
		hostnames: lowered(hostnames), parents: spec.ParentRefs, status: status.Parents,
	}
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
	given    int // matches as the route has them, one where it has none
	redirect *gatewayv1.HTTPRequestRedirectFilter
	rewrite  *gatewayv1.HTTPURLRewriteFilter
	backends []backendRef

	// extension is the ListenerRuleConfiguration that filters name, and config what it says.
	extension string
	config    ruleConfiguration

	// unresolved are references of filters that do not hold, so that the whole rule answers 500.
	unresolved []problem

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

func (r *routeRule) refuse(format string, args ...any) {
	r.unsupported = append(r.unsupported, fmt.Sprintf(format, args...))
}

func (r *routeRule) addBackend(ref gatewayv1.BackendRef) {
	weight := int32(1)
	if ref.Weight != nil {
		weight = max(0, *ref.Weight)
	}
	r.backends = append(r.backends, backendRef{ref.BackendObjectReference, weight})
}

// addMatches reads matches of a kind of route. A rule without any takes every request that the route takes.
func addMatches[T any](r *routeRule, in []T, read func(T) (match, error)) {
	if len(in) == 0 {
		in = make([]T, 1)
	}
	r.given = len(in)
	for i, m := range in {
		out, err := read(m)
		if err != nil {
			r.unmatched = append(r.unmatched, fmt.Sprintf("match %d: %s", i, err))
			continue
		}
		r.matches = append(r.matches, ruleMatch{i, out})
	}
}

// String names the rule in messages.
func (r *routeRule) String() string { return fmt.Sprintf("rule %d of %s", r.index, r.route) }

func (r *routeRule) ownTags() map[string]string { return r.config.tags }

func (r *routeRule) id() ruleOwner { return ruleOwner{r.route.id(), r.index} }

// routes of all kinds, oldest first.
func routes(in Input) []*route {
	out := make([]*route, 0, len(in.HTTPRoutes)+len(in.GRPCRoutes))
	for _, r := range in.HTTPRoutes {
		out = append(out, httpRoute(r))
	}
	for _, r := range in.GRPCRoutes {
		out = append(out, grpcRoute(r))
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
