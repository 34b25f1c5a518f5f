package oracle_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/oracle"
)

// A pair is a request and the port that it comes to.
type pair struct {
	port    int32
	request alb.Request
}

// aim is what the routes of one input look at: requests are made from it and from its neighbours.
type aim struct {
	listeners []gatewayv1.Listener
	routes    []*gatewayv1.HTTPRoute
	paths     []string
}

func aimAt(in translate.Input) aim {
	a := aim{routes: in.HTTPRoutes, paths: []string{"/", "/a", "/other"}}
	for _, l := range in.Gateway.Spec.Listeners {
		if l.Protocol == gatewayv1.HTTPProtocolType {
			a.listeners = append(a.listeners, l)
		}
	}
	ports := oracle.Ports(in)
	for _, set := range in.ListenerSets {
		for _, l := range set.Spec.Listeners {
			if slices.Contains(ports, l.Port) {
				a.listeners = append(a.listeners, gatewayv1.Listener(l))
			}
		}
	}
	for _, route := range in.HTTPRoutes {
		for _, rule := range route.Spec.Rules {
			for _, m := range rule.Matches {
				if m.Path != nil && or(m.Path.Type, "") != gatewayv1.PathMatchRegularExpression {
					a.paths = append(a.paths, *m.Path.Value)
				}
			}
		}
	}
	return a
}

// pair aims most requests at one match of one route, and then spoils some of it.
func (g generator) pair(a aim) pair {
	l, route := pick(g, a.listeners), pick(g, a.routes)
	r := alb.Request{
		Method:       "GET",
		Host:         g.host(l, route),
		Path:         g.path(pick(g, a.paths)),
		Header:       http.Header{},
		SourceIP:     netip.MustParseAddr("192.0.2.1"),
		ListenerPort: l.Port,
	}
	if rule := pick(g, route.Spec.Rules); len(rule.Matches) > 0 && g.chance(85) {
		g.aimed(&r, pick(g, rule.Matches))
	}
	g.noise(&r)
	return pair{l.Port, r}
}

func (g generator) aimed(r *alb.Request, m gatewayv1.HTTPRouteMatch) {
	if m.Method != nil && g.chance(90) {
		r.Method = string(*m.Method)
	}
	if m.Path != nil && g.chance(90) {
		r.Path = g.pathFor(m.Path)
	}
	for _, h := range m.Headers {
		if g.chance(90) {
			r.Header.Add(string(h.Name), g.headerFor(h))
		}
	}
	var query []string
	for _, q := range m.QueryParams {
		if g.chance(90) {
			query = append(query, string(q.Name)+"="+g.near(q.Value))
		}
	}
	r.RawQuery = strings.Join(query, "&")
}

func (g generator) noise(r *alb.Request) {
	if g.chance(10) {
		r.Method = pick(g, []string{"GET", "POST", "HEAD", "PUT", "get", "PROPFIND"})
	}
	if g.chance(15) {
		r.Header.Add(pick(g, []string{"X-Env", "X-Version", "X-Other", "User-Agent"}), pick(g, []string{"prod", "other", "v1", "1.0", "test"}))
	}
	if g.chance(15) {
		more := pick(g, []string{"debug=true", "q=1", "x=/a?b", "x", "r=/a/b", "Q=1", "q=2&q=1", "q=%31"})
		r.RawQuery = strings.TrimPrefix(r.RawQuery+"&"+more, "&")
	}
}

func (g generator) host(l gatewayv1.Listener, route *gatewayv1.HTTPRoute) string {
	of := append(hostnamesOf(l), route.Spec.Hostnames...)
	if len(of) == 0 || g.chance(15) {
		of = []gatewayv1.Hostname{gatewayv1.Hostname(pick(g, hostnamePool))}
	}
	host := string(pick(g, of))
	if rest, wildcard := strings.CutPrefix(host, "*."); wildcard {
		host = pick(g, []string{"x.", "x.y.", "foo.", "x-1.", "foo.example.", "bar.foo.example.", "shop.example."}) + rest
		if g.chance(10) {
			host = rest
		}
	}
	switch n := g.IntN(100); {
	case n < 80:
	case n < 88:
		host = strings.ToUpper(host[:1]) + host[1:]
	case n < 95:
		host = pick(g, []string{
			"foo.example.com.evil.net", "fooXexample.com", "xfoo.example.com", "com", "example.net", "10.1.2.3", "[::1]",
			"foo.example.co", "foo.example.comm", "EXAMPLE.COM",
		})
	default:
		host = strings.ToUpper(host)
	}
	if g.chance(25) {
		host += fmt.Sprintf(":%d", pick(g, []int{80, 8080, 1, 65535}))
	}
	return host
}

func hostnamesOf(l gatewayv1.Listener) []gatewayv1.Hostname {
	if l.Hostname == nil {
		return nil
	}
	return []gatewayv1.Hostname{*l.Hostname}
}

func (g generator) path(p string) string {
	switch n := g.IntN(100); {
	case n < 30:
		return p
	case n < 40:
		return p + "/"
	case n < 55:
		return strings.TrimSuffix(p, "/") + "/" + pick(g, []string{"x", "b", "b/c", "1", "x/y.png", "b/"})
	case n < 65:
		return p + pick(g, []string{"x", "b", ".", "%20"})
	case n < 72:
		return strings.TrimSuffix(p, "/") + "//" + pick(g, []string{"", "b"})
	case n < 80 && len(p) > 1:
		return p[:len(p)-1]
	case n < 88:
		return strings.NewReplacer(".", "X", "*", "zz", "+", "1", "$", "", "(", "", ")", "").Replace(p)
	case n < 94:
		return strings.ToUpper(p)
	default:
		return "/x" + p
	}
}

func (g generator) pathFor(m *gatewayv1.HTTPPathMatch) string {
	if or(m.Type, "") != gatewayv1.PathMatchRegularExpression {
		return g.path(*m.Value)
	}
	return pick(g, []string{"/a/1", "/a/12", "/a/1x", "/x/a/1", "/a", "/ab", "/b", "/bc", "/x.png", "/x.pngx", "/v1/x", "/v1/x/y", "/a/x/c", "/a/x/y/c", "/a/c"})
}

func (g generator) headerFor(h gatewayv1.HTTPHeaderMatch) string {
	if or(h.Type, "") == gatewayv1.HeaderMatchRegularExpression {
		return pick(g, []string{"v1", "v12", "v", "xv1", "v1x", "prod", "test", "production", "a beta b", "beta", "1.0", "1x0"})
	}
	return g.near(h.Value)
}

// near is the value itself most of the time, else one that a loose match would take for it.
func (g generator) near(value string) string {
	switch n := g.IntN(100); {
	case n < 75:
		return value
	case n < 85:
		return strings.NewReplacer("*", "zz", "?", "Z", ".", "X", "(", "", ")", "", "^", "", "$", "").Replace(value)
	case n < 90:
		return value + "x"
	case n < 95:
		return "x" + value
	default:
		return strings.ToUpper(value)
	}
}
