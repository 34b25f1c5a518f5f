package oracle_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A counterexample is an input and a request under which something is wrong.
type counterexample struct {
	input translate.Input
	pair  pair
	under alb.Assumptions
}

func (c counterexample) copy() counterexample {
	in := c.input
	in.Gateway = in.Gateway.DeepCopy()
	in.ListenerSets = copies(in.ListenerSets, (*gatewayv1.ListenerSet).DeepCopy)
	in.HTTPRoutes = copies(in.HTTPRoutes, (*gatewayv1.HTTPRoute).DeepCopy)
	in.GRPCRoutes = copies(in.GRPCRoutes, (*gatewayv1.GRPCRoute).DeepCopy)
	in.Services = copies(in.Services, (*corev1.Service).DeepCopy)
	in.ReferenceGrants = copies(in.ReferenceGrants, (*gatewayv1.ReferenceGrant).DeepCopy)
	c.input = in
	c.pair.request.Header = c.pair.request.Header.Clone()
	return c
}

func copies[T any](of []T, one func(T) T) []T {
	all := make([]T, len(of))
	for i := range of {
		all[i] = one(of[i])
	}
	return all
}

// shrunk drops what can be dropped while the counter-example still fails.
func shrunk(c counterexample, fails func(counterexample) bool) counterexample {
	for {
		smaller, ok := firstThat(fails, steps(c))
		if !ok {
			return c
		}
		c = smaller
	}
}

func firstThat(fails func(counterexample) bool, candidates []counterexample) (counterexample, bool) {
	for _, c := range candidates {
		if fails(c) {
			return c, true
		}
	}
	return counterexample{}, false
}

// steps are all counter-examples that are smaller by one thing, the largest things first.
func steps(c counterexample) []counterexample {
	s := &smaller{from: c}
	in, request := c.input, c.pair.request
	for i := range in.HTTPRoutes {
		s.try(func(c *counterexample) { c.input.HTTPRoutes = without(c.input.HTTPRoutes, i) })
	}
	for i, r := range in.GRPCRoutes {
		s.try(func(c *counterexample) { c.input.GRPCRoutes = without(c.input.GRPCRoutes, i) })
		s.grpcRoute(i, r.Spec)
	}
	for i, l := range in.Gateway.Spec.Listeners {
		if len(in.Gateway.Spec.Listeners) > 1 {
			s.try(func(c *counterexample) { c.input.Gateway.Spec.Listeners = without(c.input.Gateway.Spec.Listeners, i) })
		}
		if l.Hostname != nil {
			s.try(func(c *counterexample) { c.input.Gateway.Spec.Listeners[i].Hostname = nil })
		}
	}
	for i, set := range in.ListenerSets {
		s.try(func(c *counterexample) { c.input.ListenerSets = without(c.input.ListenerSets, i) })
		for j := range set.Spec.Listeners {
			if len(set.Spec.Listeners) > 1 {
				s.try(func(c *counterexample) {
					c.input.ListenerSets[i].Spec.Listeners = without(c.input.ListenerSets[i].Spec.Listeners, j)
				})
			}
		}
	}
	for i := range in.Services {
		s.try(func(c *counterexample) { c.input.Services = without(c.input.Services, i) })
	}
	for i := range in.ReferenceGrants {
		s.try(func(c *counterexample) { c.input.ReferenceGrants = without(c.input.ReferenceGrants, i) })
	}
	for i, route := range in.HTTPRoutes {
		s.route(i, route.Spec)
	}
	for name := range request.Header {
		s.try(func(c *counterexample) { delete(c.pair.request.Header, name) })
	}
	if request.RawQuery != "" {
		s.try(func(c *counterexample) { c.pair.request.RawQuery = "" })
	}
	return s.all
}

// smaller collects counter-examples that are from with one change.
type smaller struct {
	from counterexample
	all  []counterexample
}

func (s *smaller) try(change func(c *counterexample)) {
	c := s.from.copy()
	change(&c)
	s.all = append(s.all, c)
}

func (s *smaller) route(i int, spec gatewayv1.HTTPRouteSpec) {
	try := func(change func(r *gatewayv1.HTTPRouteSpec)) {
		s.try(func(c *counterexample) { change(&c.input.HTTPRoutes[i].Spec) })
	}
	for j := range spec.Rules {
		if len(spec.Rules) > 1 {
			try(func(r *gatewayv1.HTTPRouteSpec) { r.Rules = without(r.Rules, j) })
		}
	}
	for j := range spec.Hostnames {
		try(func(r *gatewayv1.HTTPRouteSpec) { r.Hostnames = without(r.Hostnames, j) })
	}
	for j, ref := range spec.ParentRefs {
		if len(spec.ParentRefs) > 1 {
			try(func(r *gatewayv1.HTTPRouteSpec) { r.ParentRefs = without(r.ParentRefs, j) })
		}
		if ref.Port != nil {
			try(func(r *gatewayv1.HTTPRouteSpec) { r.ParentRefs[j].Port = nil })
		}
	}
	for j, rule := range spec.Rules {
		tryRule := func(change func(r *gatewayv1.HTTPRouteRule)) {
			try(func(r *gatewayv1.HTTPRouteSpec) { change(&r.Rules[j]) })
		}
		smallerRules(rule, tryRule)
		for k, m := range rule.Matches {
			smallerMatches(m, func(change func(m *gatewayv1.HTTPRouteMatch)) {
				tryRule(func(r *gatewayv1.HTTPRouteRule) { change(&r.Matches[k]) })
			})
		}
	}
}

func (s *smaller) grpcRoute(i int, spec gatewayv1.GRPCRouteSpec) {
	try := func(change func(r *gatewayv1.GRPCRouteSpec)) {
		s.try(func(c *counterexample) { change(&c.input.GRPCRoutes[i].Spec) })
	}
	for j := range spec.Hostnames {
		try(func(r *gatewayv1.GRPCRouteSpec) { r.Hostnames = without(r.Hostnames, j) })
	}
	for j, rule := range spec.Rules {
		if len(spec.Rules) > 1 {
			try(func(r *gatewayv1.GRPCRouteSpec) { r.Rules = without(r.Rules, j) })
		}
		for k, m := range rule.Matches {
			if len(rule.Matches) > 1 {
				try(func(r *gatewayv1.GRPCRouteSpec) { r.Rules[j].Matches = without(r.Rules[j].Matches, k) })
			}
			if len(m.Headers) > 0 {
				try(func(r *gatewayv1.GRPCRouteSpec) { r.Rules[j].Matches[k].Headers = nil })
			}
		}
	}
}

func smallerRules(rule gatewayv1.HTTPRouteRule, try func(func(*gatewayv1.HTTPRouteRule))) {
	for k, ref := range rule.BackendRefs {
		if len(rule.BackendRefs) > 1 {
			try(func(r *gatewayv1.HTTPRouteRule) { r.BackendRefs = without(r.BackendRefs, k) })
		}
		if ref.Weight != nil {
			try(func(r *gatewayv1.HTTPRouteRule) { r.BackendRefs[k].Weight = nil })
		}
	}
	if len(rule.Filters) > 0 {
		try(func(r *gatewayv1.HTTPRouteRule) { r.Filters = nil })
	}
	for k := range rule.Matches {
		if len(rule.Matches) > 1 {
			try(func(r *gatewayv1.HTTPRouteRule) { r.Matches = without(r.Matches, k) })
		}
	}
}

func smallerMatches(m gatewayv1.HTTPRouteMatch, try func(func(*gatewayv1.HTTPRouteMatch))) {
	for h := range m.Headers {
		try(func(m *gatewayv1.HTTPRouteMatch) { m.Headers = without(m.Headers, h) })
	}
	for q := range m.QueryParams {
		try(func(m *gatewayv1.HTTPRouteMatch) { m.QueryParams = without(m.QueryParams, q) })
	}
	if m.Method != nil {
		try(func(m *gatewayv1.HTTPRouteMatch) { m.Method = nil })
	}
}

func without[T any](s []T, i int) []T { return slices.Delete(slices.Clone(s), i, i+1) }

// String is the counter-example as YAML and a curl line.
func (c counterexample) String() string {
	var b strings.Builder
	in := c.input
	write(&b, in.Gateway)
	for _, o := range in.ListenerSets {
		write(&b, o)
	}
	for _, o := range in.HTTPRoutes {
		write(&b, o)
	}
	for _, o := range in.GRPCRoutes {
		write(&b, o)
	}
	for _, o := range in.LoadBalancerConfigurations {
		write(&b, o)
	}
	for _, o := range in.Services {
		write(&b, o)
	}
	for _, o := range in.ReferenceGrants {
		write(&b, o)
	}
	if c.pair.request.Method != "" {
		fmt.Fprintf(&b, "%s\n", curl(c.pair))
	}
	return b.String()
}

func write(b *strings.Builder, o any) {
	text, err := yaml.Marshal(o)
	if err != nil {
		text = []byte(err.Error())
	}
	fmt.Fprintf(b, "---\n%s", text)
}

func curl(p pair) string {
	r := p.request
	words := []string{"curl", "-i", "--path-as-is", "-X", r.Method, "-H", quoted("Host: " + r.Host)}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		for _, line := range r.Header.Values(name) {
			words = append(words, "-H", quoted(http.CanonicalHeaderKey(name)+": "+line))
		}
	}
	target := fmt.Sprintf("http://$ADDRESS:%d%s", p.port, r.Path)
	if r.RawQuery != "" {
		target += "?" + r.RawQuery
	}
	return strings.Join(append(words, strings.ReplaceAll(quoted(target), "$ADDRESS", `'"$ADDRESS"'`)), " ")
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func TestShrunk(t *testing.T) {
	redirects := func(c counterexample) bool {
		return slices.ContainsFunc(c.input.HTTPRoutes, func(r *gatewayv1.HTTPRoute) bool {
			return slices.ContainsFunc(r.Spec.Rules, func(r gatewayv1.HTTPRouteRule) bool {
				return len(r.Filters) > 0 && r.Filters[0].RequestRedirect != nil
			})
		})
	}
	for i := range uint64(20) {
		g := newGenerator(3, i)
		c := counterexample{input: g.input()}
		if !redirects(c) {
			continue
		}
		in := shrunk(c, redirects).input
		if !redirects(counterexample{input: in}) {
			t.Errorf("input %d: what is left does not fail any more", i)
		}
		got := []int{len(in.HTTPRoutes), len(in.HTTPRoutes[0].Spec.Rules), len(in.HTTPRoutes[0].Spec.Rules[0].Filters), len(in.Gateway.Spec.Listeners), len(in.Services), len(in.ReferenceGrants), len(in.ListenerSets)}
		if diff := cmp.Diff([]int{1, 1, 1, 1, 0, 0, 0}, got); diff != "" {
			t.Errorf("input %d: routes, rules, filters, listeners, services, grants, sets: -want, +got:\n%s", i, diff)
		}
	}
}

func TestCurl(t *testing.T) {
	r := get("a.com", "/it's")
	r.RawQuery = "q=1"
	r.Header.Set("X-Env", `"a b"`)
	want := `curl -i --path-as-is -X GET -H 'Host: a.com' -H 'X-Env: "a b"' 'http://'"$ADDRESS"':8080/it'\''s?q=1'`
	if diff := cmp.Diff(want, curl(pair{8080, r})); diff != "" {
		t.Errorf("curl(...): -want, +got:\n%s", diff)
	}
}
