package oracle_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/oracle"
)

type edit func(*gatewayv1.HTTPRoute)

// routed is a route to Service web, oldest first by name.
func routed(name string, edits ...edit) *gatewayv1.HTTPRoute {
	r := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: gatewayNamespace, Name: name, CreationTimestamp: metav1.NewTime(epoch)}}
	r.Spec.ParentRefs = []gatewayv1.ParentReference{{Name: gatewayName}}
	r.Spec.Rules = []gatewayv1.HTTPRouteRule{{BackendRefs: []gatewayv1.HTTPBackendRef{ref("web", 80)}}}
	for _, e := range edits {
		e(r)
	}
	return r
}

func ref(name string, port int32) gatewayv1.HTTPBackendRef {
	var r gatewayv1.HTTPBackendRef
	r.Name, r.Port = gatewayv1.ObjectName(name), &port
	return r
}

func matching(ms ...gatewayv1.HTTPRouteMatch) edit {
	return func(r *gatewayv1.HTTPRoute) { r.Spec.Rules[0].Matches = ms }
}

func path(kind gatewayv1.PathMatchType, value string) gatewayv1.HTTPRouteMatch {
	return gatewayv1.HTTPRouteMatch{Path: &gatewayv1.HTTPPathMatch{Type: &kind, Value: &value}}
}

func exact(value string) edit  { return matching(path(gatewayv1.PathMatchExact, value)) }
func prefix(value string) edit { return matching(path(gatewayv1.PathMatchPathPrefix, value)) }

func hosts(names ...gatewayv1.Hostname) edit {
	return func(r *gatewayv1.HTTPRoute) { r.Spec.Hostnames = names }
}

func younger(r *gatewayv1.HTTPRoute) {
	r.CreationTimestamp = metav1.NewTime(epoch.Add(time.Second))
}

func filtered(f gatewayv1.HTTPRouteFilter) edit {
	return func(r *gatewayv1.HTTPRoute) { r.Spec.Rules[0].Filters = []gatewayv1.HTTPRouteFilter{f} }
}

func redirecting(f gatewayv1.HTTPRequestRedirectFilter) edit {
	return filtered(gatewayv1.HTTPRouteFilter{Type: gatewayv1.HTTPRouteFilterRequestRedirect, RequestRedirect: &f})
}

func replacingPrefix(with string) edit {
	return filtered(gatewayv1.HTTPRouteFilter{Type: gatewayv1.HTTPRouteFilterURLRewrite, URLRewrite: &gatewayv1.HTTPURLRewriteFilter{
		Path: &gatewayv1.HTTPPathModifier{Type: gatewayv1.PrefixMatchHTTPPathModifier, ReplacePrefixMatch: &with},
	}})
}

func listener(name gatewayv1.SectionName, hostname gatewayv1.Hostname, port int32) gatewayv1.Listener {
	l := gatewayv1.Listener{Name: name, Port: port, Protocol: gatewayv1.HTTPProtocolType}
	if hostname != "" {
		l.Hostname = &hostname
	}
	return l
}

func input(listeners []gatewayv1.Listener, routes ...*gatewayv1.HTTPRoute) translate.Input {
	if listeners == nil {
		listeners = []gatewayv1.Listener{listener("http", "", 80)}
	}
	web := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: gatewayNamespace, Name: "web"}}
	web.Spec.Ports = []corev1.ServicePort{{Port: 80}}
	return translate.Input{
		Gateway: &gatewayv1.Gateway{
			ObjectMeta: metav1.ObjectMeta{Namespace: gatewayNamespace, Name: gatewayName},
			Spec:       gatewayv1.GatewaySpec{Listeners: listeners},
		},
		HTTPRoutes: routes,
		Services:   []*corev1.Service{web},
	}
}

func get(host, path string) alb.Request {
	return alb.Request{Method: "GET", Host: host, Path: path, Header: http.Header{}}
}

// TestRule: examples and criteria of the doc comments, with the rule that they say wins.
func TestRule(t *testing.T) {
	type args struct {
		listeners []gatewayv1.Listener
		routes    []*gatewayv1.HTTPRoute
		request   alb.Request
	}
	header := func(name gatewayv1.HTTPHeaderName, value string) gatewayv1.HTTPHeaderMatch {
		return gatewayv1.HTTPHeaderMatch{Name: name, Value: value}
	}
	withHeaders := func(hs ...gatewayv1.HTTPHeaderMatch) edit {
		return matching(gatewayv1.HTTPRouteMatch{Headers: hs})
	}
	versioned := get("a.com", "/")
	versioned.Header.Set("Version", "v2")
	versioned.Header.Set("Other", "x")
	repeated := get("a.com", "/")
	repeated.RawQuery = "a=2&a=1"

	cases := map[string]struct {
		reason string
		args   args
		want   string
	}{
		"ExactOnly":        {"an exact match on /abc does not match /abc/", args{nil, []*gatewayv1.HTTPRoute{routed("a", exact("/abc"))}, get("a.com", "/abc/")}, ""},
		"ExactCase":        {"an exact match is case-sensitive", args{nil, []*gatewayv1.HTTPRoute{routed("a", exact("/abc"))}, get("a.com", "/Abc")}, ""},
		"PrefixSlash":      {"/abc/ matches the prefix /abc", args{nil, []*gatewayv1.HTTPRoute{routed("a", prefix("/abc"))}, get("a.com", "/abc/")}, "shop/a rule 0"},
		"PrefixElement":    {"/abcd does not match the prefix /abc", args{nil, []*gatewayv1.HTTPRoute{routed("a", prefix("/abc"))}, get("a.com", "/abcd")}, ""},
		"PrefixOwnSlash":   {"a trailing slash of the prefix is ignored", args{nil, []*gatewayv1.HTTPRoute{routed("a", prefix("/abc/"))}, get("a.com", "/abc")}, "shop/a rule 0"},
		"DefaultMatch":     {"no matches: a prefix match on /", args{nil, []*gatewayv1.HTTPRoute{routed("a")}, get("a.com", "/x")}, "shop/a rule 0"},
		"ExactFirst":       {"exact before prefix, though younger", args{nil, []*gatewayv1.HTTPRoute{routed("a", prefix("/abc")), routed("b", exact("/abc"), younger)}, get("a.com", "/abc")}, "shop/b rule 0"},
		"LongestPrefix":    {"the longest prefix", args{nil, []*gatewayv1.HTTPRoute{routed("a", prefix("/a")), routed("b", prefix("/a/b"), younger)}, get("a.com", "/a/b/c")}, "shop/b rule 0"},
		"MoreHeaders":      {"most header matches", args{nil, []*gatewayv1.HTTPRoute{routed("a", withHeaders(header("version", "v2"))), routed("b", withHeaders(header("version", "v2"), header("other", "x")), younger)}, versioned}, "shop/b rule 0"},
		"MethodFirst":      {"a method before any number of headers", args{nil, []*gatewayv1.HTTPRoute{routed("a", withHeaders(header("version", "v2"), header("other", "x"))), routed("b", matching(gatewayv1.HTTPRouteMatch{Method: new(gatewayv1.HTTPMethodGet)}), younger)}, versioned}, "shop/b rule 0"},
		"FirstHeader":      {"a second match for an equivalent name is ignored", args{nil, []*gatewayv1.HTTPRoute{routed("a", withHeaders(header("version", "v2"), header("Version", "v3")))}, versioned}, "shop/a rule 0"},
		"FirstParameter":   {"the first value of a parameter", args{nil, []*gatewayv1.HTTPRoute{routed("a", matching(gatewayv1.HTTPRouteMatch{QueryParams: []gatewayv1.HTTPQueryParamMatch{{Name: "a", Value: "1"}}}))}, repeated}, ""},
		"Oldest":           {"the oldest route", args{nil, []*gatewayv1.HTTPRoute{routed("a", younger), routed("b")}, get("a.com", "/")}, "shop/b rule 0"},
		"Alphabet":         {"of one age, the first by namespace/name", args{nil, []*gatewayv1.HTTPRoute{routed("b"), routed("a")}, get("a.com", "/")}, "shop/a rule 0"},
		"WildcardDeep":     {"*.example.com matches foo.test.example.com", args{nil, []*gatewayv1.HTTPRoute{routed("a", hosts("*.example.com"))}, get("foo.test.example.com", "/")}, "shop/a rule 0"},
		"WildcardBare":     {"*.example.com does not match example.com", args{nil, []*gatewayv1.HTTPRoute{routed("a", hosts("*.example.com"))}, get("example.com", "/")}, ""},
		"PortIgnored":      {"any port in the Host header is ignored", args{nil, []*gatewayv1.HTTPRoute{routed("a", hosts("example.com"))}, get("Example.com:1234", "/")}, "shop/a rule 0"},
		"PreciseHost":      {"a precise hostname before a better path", args{nil, []*gatewayv1.HTTPRoute{routed("a", hosts("*.example.com"), exact("/")), routed("b", hosts("test.example.com"), younger)}, get("test.example.com", "/")}, "shop/b rule 0"},
		"LongerWildcard":   {"more characters in a wildcard hostname", args{nil, []*gatewayv1.HTTPRoute{routed("a", hosts("*.example.com")), routed("b", hosts("*.foo.example.com"), younger)}, get("x.foo.example.com", "/")}, "shop/b rule 0"},
		"HostnameIgnored":  {"a route's hostname that the listener's does not match is ignored", args{[]gatewayv1.Listener{listener("w", "*.example.com", 80)}, []*gatewayv1.HTTPRoute{routed("a", hosts("test.example.com", "test.example.net"))}, get("test.example.net", "/")}, ""},
		"ListenerFirst":    {"the listener with the precise hostname before that with the wildcard", args{[]gatewayv1.Listener{listener("w", "*.example.com", 80), listener("p", "foo.example.com", 80)}, []*gatewayv1.HTTPRoute{routed("a", section("w"), exact("/")), routed("b", section("p"), younger)}, get("foo.example.com", "/")}, "shop/b rule 0"},
		"ListenerConflict": {"no listener of two with the same hostname is accepted", args{[]gatewayv1.Listener{listener("x", "a.com", 80), listener("y", "a.com", 80)}, []*gatewayv1.HTTPRoute{routed("a")}, get("a.com", "/")}, ""},
		"OtherPort":        {"a listener takes requests to its own port", args{[]gatewayv1.Listener{listener("x", "", 8080)}, []*gatewayv1.HTTPRoute{routed("a")}, get("a.com", "/")}, ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := oracle.Answer(input(tc.args.listeners, tc.args.routes...), 80, tc.args.request)
			if diff := cmp.Diff(tc.want, got.Rule); diff != "" {
				t.Errorf("\n%s\nAnswer(...): -want, +got:\n%s", tc.reason, diff)
			}
			if tc.want == "" && got.Status != http.StatusNotFound {
				t.Errorf("\n%s\nAnswer(...): status %d, want 404", tc.reason, got.Status)
			}
		})
	}
}

func section(name gatewayv1.SectionName) edit {
	return func(r *gatewayv1.HTTPRoute) { r.Spec.ParentRefs[0].SectionName = &name }
}

func TestIsolation(t *testing.T) {
	in := input([]gatewayv1.Listener{listener("all", "", 80), listener("precise", "foo.example.com", 80)},
		routed("fallback", section("all")), routed("narrow", section("precise"), exact("/only")))
	for reading, want := range map[oracle.Isolation]string{oracle.FallThrough: "shop/fallback rule 0", oracle.Isolated: ""} {
		if got := (oracle.Reading{Listeners: reading}).Answer(in, 80, get("foo.example.com", "/")); got.Rule != want {
			t.Errorf("reading %d: rule %q answers, want %q", reading, got.Rule, want)
		}
	}
}

// TestReplacePrefixMatch is the table of HTTPPathModifier.ReplacePrefixMatch.
func TestReplacePrefixMatch(t *testing.T) {
	for _, row := range []struct{ path, prefix, replace, want string }{
		{"/foo/bar", "/foo", "/xyz", "/xyz/bar"},
		{"/foo/bar", "/foo", "/xyz/", "/xyz/bar"},
		{"/foo/bar", "/foo/", "/xyz", "/xyz/bar"},
		{"/foo/bar", "/foo/", "/xyz/", "/xyz/bar"},
		{"/foo", "/foo", "/xyz", "/xyz"},
		{"/foo/", "/foo", "/xyz", "/xyz/"},
		{"/foo/bar", "/foo", "", "/bar"},
		{"/foo/", "/foo", "", "/"},
		{"/foo", "/foo", "", "/"},
		{"/foo/", "/foo", "/", "/"},
		{"/foo", "/foo", "/", "/"},
	} {
		got := oracle.Answer(input(nil, routed("a", prefix(row.prefix), replacingPrefix(row.replace))), 80, get("a.com", row.path))
		if got.Sent.Path != row.want {
			t.Errorf("%s, prefix %q replaced by %q: sent %q, want %q", row.path, row.prefix, row.replace, got.Sent.Path, row.want)
		}
	}
}

// TestRedirectPort is the text of HTTPRequestRedirectFilter.Port.
func TestRedirectPort(t *testing.T) {
	type redirect = gatewayv1.HTTPRequestRedirectFilter
	cases := map[string]struct {
		reason string
		args   redirect
		want   string
	}{
		"SchemeGiven":   {"the well-known port of the scheme, left out", redirect{Scheme: new("https")}, "https://a.com/p?q=1"},
		"SchemeEmpty":   {"the listener's port", redirect{Hostname: new(gatewayv1.PreciseHostname("b.com"))}, "http://b.com:8080/p?q=1"},
		"PortGiven":     {"the port given", redirect{Scheme: new("https"), Port: new(int32(8443))}, "https://a.com:8443/p?q=1"},
		"PortWellKnown": {"port 80 of HTTP is left out", redirect{Port: new(int32(80))}, "http://a.com/p?q=1"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := get("a.com:8080", "/p")
			r.RawQuery = "q=1"
			in := input([]gatewayv1.Listener{listener("http", "", 8080)}, routed("a", redirecting(tc.args)))
			got := oracle.Answer(in, 8080, r)
			if diff := cmp.Diff(tc.want, got.Location); diff != "" {
				t.Errorf("\n%s\nAnswer(...): -want, +got:\n%s", tc.reason, diff)
			}
			if got.Status != http.StatusFound {
				t.Errorf("\n%s\nAnswer(...): status %d, want 302", tc.reason, got.Status)
			}
		})
	}
}

func TestBackends(t *testing.T) {
	weighed := func(name string, weight int32) gatewayv1.HTTPBackendRef {
		r := ref(name, 80)
		r.Weight = &weight
		return r
	}
	away := ref("web", 80)
	away.Namespace = new(gatewayv1.Namespace("team"))
	cases := map[string]struct {
		reason string
		args   []gatewayv1.HTTPBackendRef
		want   oracle.Want
	}{
		"Alone":      {"one backend gets everything", []gatewayv1.HTTPBackendRef{weighed("web", 7)}, oracle.Want{Backends: map[string]float64{"shop/web:80": 1}}},
		"HalfBroken": {"with equal weights and one invalid, 50 percent answer 500", []gatewayv1.HTTPBackendRef{ref("web", 80), ref("ghost", 80)}, oracle.Want{Backends: map[string]float64{"shop/web:80": 0.5, oracle.Invalid: 0.5}}},
		"AllBroken":  {"all invalid: 500", []gatewayv1.HTTPBackendRef{ref("ghost", 80), ref("web", 81)}, oracle.Want{Status: 500}},
		"None":       {"no backends: 500", nil, oracle.Want{Status: 500}},
		"AllZero":    {"no traffic may be forwarded for weight 0", []gatewayv1.HTTPBackendRef{weighed("web", 0)}, oracle.Want{Status: 500}},
		"BrokenZero": {"an invalid backend of weight 0 has no share", []gatewayv1.HTTPBackendRef{ref("web", 80), weighed("ghost", 0)}, oracle.Want{Backends: map[string]float64{"shop/web:80": 1}}},
		"NoGrant":    {"another namespace needs a ReferenceGrant", []gatewayv1.HTTPBackendRef{away}, oracle.Want{Status: 500}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := oracle.Answer(input(nil, routed("a", func(r *gatewayv1.HTTPRoute) { r.Spec.Rules[0].BackendRefs = tc.args })), 80, get("a.com", "/"))
			tc.want.Rule = "shop/a rule 0"
			if tc.want.Status == 0 {
				tc.want.Sent = alb.Rewritten{Host: "a.com", Path: "/"}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nAnswer(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
