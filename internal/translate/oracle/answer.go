package oracle

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// Invalid stands in Want.Backends for backends that are invalid, whose share of requests answers 500.
const Invalid = ""

// A Want is what must happen to a request.
type Want struct {
	// Rule that wins, as "namespace/name rule 0"; empty when nothing matches.
	Rule string

	// Status that the load balancer answers with by itself: 404 when nothing matches, 500 for a rule that is refused or has no
	// usable backend, 301 or 302 for a redirect; 0 when the request is forwarded.
	Status int

	// Location of a redirect. The port is left out where it is the scheme's own.
	Location string

	// Backends are shares of 1 by "namespace/name:port", those of invalid backends together under Invalid.
	Backends map[string]float64

	// Sent is what a backend is sent of the request.
	Sent alb.Rewritten
}

// Same says whether client and backends see the same, whichever rule it comes from: a rule that the next one answers for may
// be left out. Shares may differ by what they lose as floating point numbers.
func (w Want) Same(v Want) bool {
	same := func(x, y float64) bool { return math.Abs(x-y) < 1e-9 }
	return w.Status == v.Status && w.Location == v.Location && w.Sent == v.Sent &&
		maps.EqualFunc(w.Backends, v.Backends, same)
}

// A Reading is what Gateway API leaves to an implementation.
type Reading struct {
	Listeners Isolation
	Regexes   Extent

	lenient leniency
}

// Extent is how much of its subject a regular expression must match.
type Extent int

const (
	// Whole paths and header values must match.
	Whole Extent = iota

	// Part of them may match.
	Part
)

// Isolation is whether a request that matches a listener's hostname may be served by another listener.
type Isolation int

const (
	// FallThrough serves a request by the next most specific listener when no route of the most specific one matches.
	FallThrough Isolation = iota

	// Isolated is feature GatewayHTTPListenerIsolation.
	Isolated

	// Merged offers a request to all listeners that match at once: of listener's and route's hostname the more specific counts.
	Merged
)

// Answer is what must happen to a request that comes to a port of the Gateway, in the zero Reading.
func Answer(in translate.Input, listenerPort int32, r alb.Request) Want {
	return Reading{}.Answer(in, listenerPort, r)
}

// Answer is what must happen to a request that comes to a port of the Gateway.
func (d Reading) Answer(in translate.Input, listenerPort int32, r alb.Request) Want {
	var matching []candidate
	for _, l := range listenersFor(in, listenerPort, hostname(r.Host)) {
		matching = append(matching, d.candidates(in, l, r)...)
		if d.Listeners == Isolated || d.Listeners == FallThrough && len(matching) > 0 {
			break
		}
	}
	if len(matching) > 0 {
		return outcome(in, listenerPort, r, slices.MinFunc(matching, precedence))
	}
	// "When no rules matching a request have been successfully attached to the parent a request is coming from, a HTTP 404
	// status code MUST be returned" (HTTPRouteRule.Matches).
	return Want{Status: http.StatusNotFound}
}

// A candidate is a match that a request meets.
type candidate struct {
	route  route
	secure bool // by an HTTPS listener
	rule   int
	match  gatewayv1.HTTPRouteMatch
	call   gatewayv1.GRPCRouteMatch // of a GRPCRoute

	host   characters // of the route's hostnames
	merged characters // of the route's and the listener's
}

func (c candidate) spec() gatewayv1.HTTPRouteRule { return rulesOf(c.route.HTTPRoute)[c.rule] }

func (c candidate) String() string {
	return fmt.Sprintf("%s/%s rule %d", c.route.Namespace, c.route.Name, c.rule)
}

func (d Reading) candidates(in translate.Input, l listener, r alb.Request) []candidate {
	var found []candidate
	for _, route := range routesOf(in) {
		host, ok := longest(route.Spec.Hostnames, hostname(r.Host))
		if !ok || !attaches(in, route, l) {
			continue
		}
		merged, _ := longest(append([]gatewayv1.Hostname{or(l.Hostname, "")}, route.Spec.Hostnames...), hostname(r.Host))
		c := candidate{route: route, secure: l.Protocol == gatewayv1.HTTPSProtocolType, host: host, merged: merged}
		found = append(found, d.meeting(c, r)...)
	}
	return found
}

// meeting are the matches of a candidate's route that a request meets.
func (d Reading) meeting(c candidate, r alb.Request) []candidate {
	var found []candidate
	for i, rule := range rulesOf(c.route.HTTPRoute) {
		c.rule = i
		if c.route.kind == kindGRPCRoute {
			for _, call := range c.route.callsOf(i) {
				if c.call = call; d.calls(call, r) {
					found = append(found, c)
				}
			}
			continue
		}
		for _, match := range matchesOf(rule) {
			if c.match = match; d.matches(match, r) {
				found = append(found, c)
			}
		}
	}
	return found
}

// rulesOf has the CRD's default for a route without rules.
func rulesOf(route *gatewayv1.HTTPRoute) []gatewayv1.HTTPRouteRule {
	if len(route.Spec.Rules) == 0 {
		return []gatewayv1.HTTPRouteRule{{}}
	}
	return route.Spec.Rules
}

// matchesOf: "If no matches are specified, the default is a prefix path match on "/"" (HTTPRouteRule.Matches).
func matchesOf(rule gatewayv1.HTTPRouteRule) []gatewayv1.HTTPRouteMatch {
	if len(rule.Matches) == 0 {
		return []gatewayv1.HTTPRouteMatch{{}}
	}
	return rule.Matches
}

func outcome(in translate.Input, listenerPort int32, r alb.Request, c candidate) Want {
	want := Want{Rule: c.String()}
	rule := c.spec()
	if refused(rule) || unresolved(rule) {
		want.Status = c.route.failure()
		return want
	}
	for _, f := range rule.Filters {
		if f.RequestRedirect != nil {
			want.Location, want.Status = redirect(*f.RequestRedirect, c.match, listenerPort, r)
			return want
		}
	}
	want.Backends = shares(in, c, rule.BackendRefs)
	if len(want.Backends) == 0 || want.Backends[Invalid] == 1 {
		want.Backends, want.Status = nil, c.route.failure()
		return want
	}
	want.Sent = rewritten(rule.Filters, c.match, r)
	return want
}
