package main

import (
	"fmt"
	"math/rand/v2"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/scene"
)

// Pools are small, so that rules overlap. Requests are made of the same ones.
var (
	hostnames = []gatewayv1.Hostname{"one.example.com", "two.example.com"}
	hosts     = []string{"one.example.com", "two.example.com", "other.example.org"}
	paths     = []string{"/", "/a", "/a/b", "/a/b/c", "/cart", "/cart/x", "/cartoon"}
	methods   = []string{"GET", "POST"}
	values    = []string{"", "prod", "test"} // of header
	ports     = []int32{80, 8080, 8081}
)

const (
	header     = "X-Env"
	mostRules  = 5
	mostRoutes = 6
)

// A dice decides what happens, the same for the same seed.
type dice struct{ *rand.Rand }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func pick[T any](d dice, of []T) T { return of[d.IntN(len(of))] }

// A change edits, makes or deletes one object.
type change struct {
	what   string
	object client.Object // as it is to be
	gone   bool          // deleted
}

// start is the state of a Gateway with two routes.
func (d dice) start() state {
	s := state{gateway: &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: gatewayName}}}
	s.gateway.Spec.GatewayClassName = scene.ClassName
	s.gateway.Spec.Listeners = []gatewayv1.Listener{listener(80)}
	for i := range backends {
		svc := scene.Service(namespace, backendName(i), backendName(i))
		if i%2 == 0 {
			svc.Spec.Type = corev1.ServiceTypeNodePort
			s.configurations = append(s.configurations, targets(svc.Name, gwcfgv1.TargetTypeInstance))
		}
		s.services = append(s.services, svc)
	}
	for i := range 2 {
		s.routes = append(s.routes, d.route(i))
	}
	return s
}

func listener(port int32) gatewayv1.Listener {
	return gatewayv1.Listener{Name: gatewayv1.SectionName(fmt.Sprintf("http-%d", port)), Protocol: gatewayv1.HTTPProtocolType, Port: port}
}

func (d dice) route(i int) *gatewayv1.HTTPRoute {
	r := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: fmt.Sprintf("r%d", i)}}
	r.Spec.ParentRefs = []gatewayv1.ParentReference{{Name: gatewayName}}
	r.Spec.Hostnames = d.hostnames()
	for range 1 + d.IntN(3) {
		r.Spec.Rules = append(r.Spec.Rules, d.rule())
	}
	return r
}

func (d dice) hostnames() []gatewayv1.Hostname {
	return hostnames[:d.IntN(len(hostnames)+1)]
}

func (d dice) rule() gatewayv1.HTTPRouteRule {
	rule := gatewayv1.HTTPRouteRule{Matches: []gatewayv1.HTTPRouteMatch{d.match()}}
	if d.chance(25) {
		rule.Matches = append(rule.Matches, d.match())
	}
	if d.chance(10) {
		rule.Filters = []gatewayv1.HTTPRouteFilter{{
			Type: gatewayv1.HTTPRouteFilterRequestRedirect,
			RequestRedirect: &gatewayv1.HTTPRequestRedirectFilter{
				Hostname: new(gatewayv1.PreciseHostname("elsewhere.example.net")), StatusCode: new(pick(d, []int{301, 302})),
			},
		}}
		return rule
	}
	if d.chance(20) {
		rule.Filters = []gatewayv1.HTTPRouteFilter{{
			Type: gatewayv1.HTTPRouteFilterURLRewrite,
			URLRewrite: &gatewayv1.HTTPURLRewriteFilter{
				Path: &gatewayv1.HTTPPathModifier{Type: gatewayv1.FullPathHTTPPathModifier, ReplaceFullPath: new(pick(d, []string{"/new", "/other"}))},
			},
		}}
	}
	rule.BackendRefs = d.backends()
	return rule
}

func (d dice) match() gatewayv1.HTTPRouteMatch {
	kind := pick(d, []gatewayv1.PathMatchType{gatewayv1.PathMatchExact, gatewayv1.PathMatchPathPrefix, gatewayv1.PathMatchPathPrefix})
	m := gatewayv1.HTTPRouteMatch{Path: &gatewayv1.HTTPPathMatch{Type: &kind, Value: new(pick(d, paths))}}
	if d.chance(20) {
		m.Method = new(gatewayv1.HTTPMethod(pick(d, methods)))
	}
	if d.chance(25) {
		m.Headers = []gatewayv1.HTTPHeaderMatch{{Type: new(gatewayv1.HeaderMatchExact), Name: header, Value: pick(d, values[1:])}}
	}
	return m
}

// backends of a rule, one of which has a weight at least.
func (d dice) backends() []gatewayv1.HTTPBackendRef {
	var refs []gatewayv1.HTTPBackendRef
	for i, b := range d.Perm(backends)[:1+d.IntN(3)] {
		ref := gatewayv1.HTTPBackendRef{}
		ref.Name, ref.Port = gatewayv1.ObjectName(backendName(b)), new(int32(80))
		ref.Weight = new(int32(1 + d.IntN(9)))
		if i > 0 && d.chance(20) {
			ref.Weight = new(int32(0))
		}
		refs = append(refs, ref)
	}
	return refs
}

// next change of a state.
func (d dice) next(s state) change {
	kinds := []func(state) (change, bool){d.editRule, d.editRule, d.addRule, d.removeRule, d.reweigh, d.replaceBackends, d.rehost, d.addRoute, d.removeRoute, d.relisten}
	for {
		if c, ok := pick(d, kinds)(s); ok {
			return c
		}
	}
}

// edit a route that is there.
func (d dice) edit(s state, what string, f func(*gatewayv1.HTTPRoute) bool) (change, bool) {
	r := pick(d, s.routes).DeepCopy()
	ok := f(r)
	return change{what: what + " of " + r.Name, object: r}, ok
}

func (d dice) editRule(s state) (change, bool) {
	return d.edit(s, "another match in a rule", func(r *gatewayv1.HTTPRoute) bool {
		r.Spec.Rules[d.IntN(len(r.Spec.Rules))].Matches = []gatewayv1.HTTPRouteMatch{d.match()}
		return true
	})
}

func (d dice) addRule(s state) (change, bool) {
	return d.edit(s, "a rule more", func(r *gatewayv1.HTTPRoute) bool {
		r.Spec.Rules = slices.Insert(r.Spec.Rules, d.IntN(len(r.Spec.Rules)+1), d.rule())
		return len(r.Spec.Rules) <= mostRules
	})
}

func (d dice) removeRule(s state) (change, bool) {
	return d.edit(s, "a rule less", func(r *gatewayv1.HTTPRoute) bool {
		i := d.IntN(len(r.Spec.Rules))
		r.Spec.Rules = slices.Delete(r.Spec.Rules, i, i+1)
		return len(r.Spec.Rules) > 0
	})
}

func (d dice) reweigh(s state) (change, bool) {
	return d.edit(s, "other weights", func(r *gatewayv1.HTTPRoute) bool {
		refs := pick(d, r.Spec.Rules).BackendRefs
		for i := range refs {
			refs[i].Weight = new(int32(1 + d.IntN(9)))
		}
		return len(refs) > 1
	})
}

func (d dice) replaceBackends(s state) (change, bool) {
	return d.edit(s, "other backends", func(r *gatewayv1.HTTPRoute) bool {
		rule := &r.Spec.Rules[d.IntN(len(r.Spec.Rules))]
		had := len(rule.BackendRefs) > 0 // a redirect has none
		rule.BackendRefs = d.backends()
		return had
	})
}

func (d dice) rehost(s state) (change, bool) {
	return d.edit(s, "other hostnames", func(r *gatewayv1.HTTPRoute) bool {
		r.Spec.Hostnames = d.hostnames()
		return true
	})
}

func (d dice) addRoute(s state) (change, bool) {
	for i := range mostRoutes {
		r := d.route(i)
		if !slices.ContainsFunc(s.routes, func(o *gatewayv1.HTTPRoute) bool { return o.Name == r.Name }) {
			return change{what: "a new route " + r.Name, object: r}, true
		}
	}
	return change{}, false
}

func (d dice) removeRoute(s state) (change, bool) {
	r := pick(d, s.routes)
	return change{what: "no more route " + r.Name, object: r, gone: true}, len(s.routes) > 2
}

// relisten opens another port, or shuts one; never the first.
func (d dice) relisten(s state) (change, bool) {
	gw := s.gateway.DeepCopy()
	port := pick(d, ports[1:])
	i := slices.IndexFunc(gw.Spec.Listeners, func(l gatewayv1.Listener) bool { return l.Port == port })
	if i >= 0 {
		gw.Spec.Listeners = slices.Delete(gw.Spec.Listeners, i, i+1)
		return change{what: fmt.Sprintf("no more port %d", port), object: gw}, true
	}
	gw.Spec.Listeners = append(gw.Spec.Listeners, listener(port))
	return change{what: fmt.Sprintf("port %d too", port), object: gw}, true
}

// retype has the targets of a Service that requests go to be nodes instead of pods, or the other way round: another target group.
func (d dice) retype(s state) change {
	var used []*gwcfgv1.TargetGroupConfiguration
	for _, c := range s.configurations {
		if slices.ContainsFunc(s.routes, func(r *gatewayv1.HTTPRoute) bool { return sendsTo(r, c.Name) }) {
			used = append(used, c)
		}
	}
	if len(used) == 0 {
		used = s.configurations
	}
	c := pick(d, used).DeepCopy()
	kind := c.Spec.DefaultConfiguration.TargetType
	if *kind == gwcfgv1.TargetTypeIP {
		*kind = gwcfgv1.TargetTypeInstance
	} else {
		*kind = gwcfgv1.TargetTypeIP
	}
	return change{what: fmt.Sprintf("targets of %s become of type %s", c.Name, *kind), object: c}
}

func targets(service string, kind gwcfgv1.TargetType) *gwcfgv1.TargetGroupConfiguration {
	c := &gwcfgv1.TargetGroupConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: service}}
	c.Spec.TargetReference = &gwcfgv1.Reference{Name: service}
	c.Spec.DefaultConfiguration = &gwcfgv1.TargetGroupProps{TargetType: &kind}
	return c
}

func sendsTo(r *gatewayv1.HTTPRoute, service string) bool {
	return slices.ContainsFunc(r.Spec.Rules, func(rule gatewayv1.HTTPRouteRule) bool {
		return slices.ContainsFunc(rule.BackendRefs, func(b gatewayv1.HTTPBackendRef) bool { return string(b.Name) == service })
	})
}
