package oracle_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

var (
	grpcServices       = []string{"shop.Cart", "shop.Cart", "shop.Till", "shopXCart", "a"}
	grpcMethods        = []string{"Add", "Add", "AddAll", "List", "b"}
	grpcServiceRegexes = []string{"shop[.][A-Za-z]+", "^shop.Cart$", "a|shop[.]Till"}
	grpcMethodRegexes  = []string{"Add|b", "^[A-Z][a-z]+$", "List"}
	grpcPaths          = []string{"/shop.Cart/Add", "/shop.Cart", "/shop.Cart/AddAll", "/a", "/a/b", "/shop.Till/"}
	contentTypes       = []string{"application/grpc", "application/grpc", "application/grpc", "application/grpc+proto", "application/grpc;x=y", "application/grpc-web+proto", "application/json", ""}
)

// mixed is an input whose listeners of port 80 are HTTPS ones of port 443, with GRPCRoutes beside HTTPRoutes that forward.
func (g generator) mixed() translate.Input {
	in := g.input()
	for i := range in.Gateway.Spec.Listeners {
		if l := &in.Gateway.Spec.Listeners[i]; l.Port == 80 && l.Protocol == gatewayv1.HTTPProtocolType {
			l.Port, l.Protocol = 443, gatewayv1.HTTPSProtocolType
			if l.AllowedRoutes != nil && len(l.AllowedRoutes.Kinds) > 0 {
				l.AllowedRoutes.Kinds[0].Kind = pick(g, []gatewayv1.Kind{"HTTPRoute", "GRPCRoute"})
			}
		}
	}
	in.Gateway.Spec.Infrastructure = &gatewayv1.GatewayInfrastructure{ParametersRef: &gatewayv1.LocalParametersReference{
		Group: gwcfgv1.Group, Kind: gwcfgv1.LoadBalancerConfigurationKind, Name: "cfg",
	}}
	in.LoadBalancerConfigurations = []*gwcfgv1.LoadBalancerConfiguration{{
		ObjectMeta: metav1.ObjectMeta{Namespace: gatewayNamespace, Name: "cfg"},
		Spec: gwcfgv1.LoadBalancerConfigurationSpec{ListenerConfigurations: []gwcfgv1.ListenerConfiguration{{
			ProtocolPort: "HTTPS:443", DefaultCertificate: new("arn:aws:acm:us-east-1:123456789012:certificate/a"),
		}}},
	}}
	in.HTTPRoutes = in.HTTPRoutes[:g.IntN(min(3, len(in.HTTPRoutes)+1))]
	for _, r := range in.HTTPRoutes {
		overTLS(r.Spec.ParentRefs)
		for i := range r.Spec.Rules {
			g.forwarding(&r.Spec.Rules[i])
		}
	}
	for i := range g.between(1, 4) {
		in.GRPCRoutes = append(in.GRPCRoutes, g.grpcRoute(in, i))
	}
	return in
}

func overTLS(refs []gatewayv1.ParentReference) {
	for i := range refs {
		if refs[i].Port != nil && *refs[i].Port == 80 {
			refs[i].Port = new(int32(443))
		}
	}
}

// forwarding makes a rule one without filters, and without paths by regex: whether those come before a gRPC one is nobody's to say.
func (g generator) forwarding(rule *gatewayv1.HTTPRouteRule) {
	rule.Filters = nil
	if len(rule.BackendRefs) == 0 {
		rule.BackendRefs = g.backends()
	}
	for i := range rule.Matches {
		if m := &rule.Matches[i]; m.Path == nil || or(m.Path.Type, "") == gatewayv1.PathMatchRegularExpression || g.chance(50) {
			kind := pick(g, []gatewayv1.PathMatchType{gatewayv1.PathMatchExact, gatewayv1.PathMatchPathPrefix})
			m.Path = &gatewayv1.HTTPPathMatch{Type: &kind, Value: new(pick(g, grpcPaths))}
		}
	}
}

func (g generator) grpcRoute(in translate.Input, i int) *gatewayv1.GRPCRoute {
	like := g.route(in, i)
	r := &gatewayv1.GRPCRoute{TypeMeta: metav1.TypeMeta{APIVersion: gatewayv1.GroupVersion.String(), Kind: "GRPCRoute"}, ObjectMeta: like.ObjectMeta}
	r.CreationTimestamp = metav1.NewTime(epoch.Add(time.Duration(g.IntN(3)) * time.Second))
	r.Spec.ParentRefs, r.Spec.Hostnames = like.Spec.ParentRefs, like.Spec.Hostnames
	overTLS(r.Spec.ParentRefs)
	for range g.between(1, 3) {
		rule := gatewayv1.GRPCRouteRule{}
		for range pick(g, []int{0, 1, 1, 1, 2, 3}) {
			rule.Matches = append(rule.Matches, g.call())
		}
		for _, b := range g.backends() {
			rule.BackendRefs = append(rule.BackendRefs, gatewayv1.GRPCBackendRef{BackendRef: b.BackendRef})
		}
		if g.chance(5) {
			rule.Filters = []gatewayv1.GRPCRouteFilter{{Type: gatewayv1.GRPCRouteFilterRequestHeaderModifier, RequestHeaderModifier: &gatewayv1.HTTPHeaderFilter{}}}
		}
		r.Spec.Rules = append(r.Spec.Rules, rule)
	}
	return r
}

func (g generator) call() gatewayv1.GRPCRouteMatch {
	var m gatewayv1.GRPCRouteMatch
	services, methods, kind := grpcServices, grpcMethods, gatewayv1.GRPCMethodMatchExact
	if g.chance(20) {
		services, methods, kind = grpcServiceRegexes, grpcMethodRegexes, gatewayv1.GRPCMethodMatchRegularExpression
	}
	if what := g.IntN(10); what > 0 { // else every call
		m.Method = &gatewayv1.GRPCMethodMatch{Type: &kind}
		if what > 2 {
			m.Method.Service = new(pick(g, services))
		}
		if what < 3 || what > 5 {
			m.Method.Method = new(pick(g, methods))
		}
	}
	for _, name := range few(g, headerNames, pick(g, []int{0, 0, 0, 1, 2})) {
		h := g.header(name)
		m.Headers = append(m.Headers, gatewayv1.GRPCHeaderMatch{Type: (*gatewayv1.GRPCHeaderMatchType)(h.Type), Name: gatewayv1.GRPCHeaderName(h.Name), Value: h.Value})
	}
	return m
}

// callPair aims at a match of a GRPCRoute, mostly.
func (g generator) callPair(in translate.Input) pair {
	if len(in.HTTPRoutes) > 0 && g.chance(20) {
		a := aimAt(in)
		a.listeners = in.Gateway.Spec.Listeners
		p := g.pair(a)
		g.contentType(&p.request)
		return p
	}
	l, r := pick(g, in.Gateway.Spec.Listeners), pick(g, in.GRPCRoutes)
	request := alb.Request{
		Method: "POST", Host: g.host(l, &gatewayv1.HTTPRoute{Spec: gatewayv1.HTTPRouteSpec{Hostnames: r.Spec.Hostnames}}),
		Path:   "/" + pick(g, grpcServices) + "/" + pick(g, grpcMethods),
		Header: http.Header{}, SourceIP: netip.MustParseAddr("192.0.2.1"), ListenerPort: l.Port,
	}
	if g.chance(10) {
		request.Path = g.path(pick(g, grpcPaths))
	}
	if rule := pick(g, r.Spec.Rules); len(rule.Matches) > 0 {
		for _, h := range pick(g, rule.Matches).Headers {
			if g.chance(85) {
				request.Header.Add(string(h.Name), g.headerFor(gatewayv1.HTTPHeaderMatch{Type: (*gatewayv1.HeaderMatchType)(h.Type), Value: h.Value}))
			}
		}
	}
	g.contentType(&request)
	return pair{l.Port, request}
}

func (g generator) contentType(r *alb.Request) {
	if c := pick(g, contentTypes); c != "" {
		r.Header.Set("Content-Type", c)
	}
}

// served leaves out inputs in which nothing listens, as for TCP.
func served(in translate.Input) translate.Input {
	var live []gatewayv1.Listener
	for _, l := range in.Gateway.Spec.Listeners {
		if l.Protocol != gatewayv1.TCPProtocolType {
			live = append(live, l)
		}
	}
	in.Gateway.Spec.Listeners = live
	return in
}

// TestALBAnswersGRPCAsGatewayAPIDemands does for GRPCRoutes, alone and beside HTTPRoutes, what
// TestALBAnswersAsGatewayAPIDemands does for HTTPRoutes.
func TestALBAnswersGRPCAsGatewayAPIDemands(t *testing.T) {
	t.Logf("seed %d: go test ./internal/translate/oracle -run %s -oracle.seed=%[1]d", *seed, t.Name())
	const shards = 4
	sum, sets := newTally(), setsToTry()/2
	t.Run("Shards", func(t *testing.T) {
		for shard := range uint64(shards) {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				for i := shard; i < sets; i += shards {
					g := newGenerator(*seed+1000, i)
					in := served(g.mixed())
					count, ok := check(t, in, alb.Assumptions{}, func() pair { return g.callPair(in) })
					sum.add(count)
					if !ok {
						return
					}
				}
			})
		}
	})
	sum.report(t, []string{"404", "500", "503", "forward", "forward+500", "weighted"})
}

// TestGRPCFaultsAreFound: see TestFaultsAreFound.
func TestGRPCFaultsAreFound(t *testing.T) {
	cases := map[string]struct {
		reason string
		spoil  func(p *albv1alpha1.ListenerRuleParameters)
	}{
		"Order": {"precedence turned round", func(p *albv1alpha1.ListenerRuleParameters) { p.Priority = 50_000 - p.Priority }},
		"ContentType": {"gRPC-Web taken for gRPC", func(p *albv1alpha1.ListenerRuleParameters) {
			for _, c := range p.Conditions {
				if c.HttpHeaderConfig != nil && c.HttpHeaderConfig.HttpHeaderName == "content-type" {
					c.HttpHeaderConfig.RegexValues = []string{"^application/grpc"}
				}
			}
		}},
		"Method": {"methods left aside", func(p *albv1alpha1.ListenerRuleParameters) {
			for _, c := range p.Conditions {
				if c.PathPatternConfig != nil {
					c.PathPatternConfig.Values = replaced(c.PathPatternConfig.Values, "/Add", "/*")
				}
			}
		}},
		"Status": {"another answer where nothing can be done", func(p *albv1alpha1.ListenerRuleParameters) {
			if f := p.Actions[0].FixedResponseConfig; f != nil && f.StatusCode == "503" {
				f.StatusCode = "500"
			}
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !foundByCalls(tc.spoil) {
				t.Errorf("%s: no request shows the difference", tc.reason)
			}
		})
	}
}

func foundByCalls(spoil func(*albv1alpha1.ListenerRuleParameters)) bool {
	for i := range uint64(200) {
		g := newGenerator(7, i)
		in := served(g.mixed())
		all, _ := converge(in)
		for _, r := range all.ListenerRules {
			spoil(&r.Spec.ForProvider)
		}
		listeners, err := bringUp(all, alb.Assumptions{})
		if err != nil {
			continue
		}
		for range 100 {
			p := g.callPair(in)
			if l := listeners[p.port]; l != nil {
				if _, ok := agree(counterexample{input: in, pair: p}, reading.Answer(in, p.port, p.request), l); !ok {
					return true
				}
			}
		}
	}
	return false
}
