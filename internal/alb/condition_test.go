package alb

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

func hosts(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: new(FieldHostHeader), HostHeaderConfig: &types.HostHeaderConditionConfig{Values: values}}
}

func hostRegexes(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: new(FieldHostHeader), HostHeaderConfig: &types.HostHeaderConditionConfig{RegexValues: values}}
}

func paths(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: new(FieldPathPattern), PathPatternConfig: &types.PathPatternConditionConfig{Values: values}}
}

func pathRegexes(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: new(FieldPathPattern), PathPatternConfig: &types.PathPatternConditionConfig{RegexValues: values}}
}

func header(name string, values ...string) types.RuleCondition {
	return types.RuleCondition{Field: new(FieldHTTPHeader), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: &name, Values: values}}
}

func headerRegex(name string, values ...string) types.RuleCondition {
	return types.RuleCondition{Field: new(FieldHTTPHeader), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: &name, RegexValues: values}}
}

func methods(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: new(FieldRequestMethod), HttpRequestMethodConfig: &types.HttpRequestMethodConditionConfig{Values: values}}
}

// query takes pairs as key, value, key, value; an empty key is none.
func query(pairs ...string) types.RuleCondition {
	cfg := &types.QueryStringConditionConfig{}
	for i := 0; i < len(pairs); i += 2 {
		pair := types.QueryStringKeyValuePair{Value: &pairs[i+1]}
		if pairs[i] != "" {
			pair.Key = &pairs[i]
		}
		cfg.Values = append(cfg.Values, pair)
	}
	return types.RuleCondition{Field: new(FieldQueryString), QueryStringConfig: cfg}
}

func sources(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: new(FieldSourceIP), SourceIpConfig: &types.SourceIpConditionConfig{Values: values}}
}

func TestMatchCondition(t *testing.T) {
	type args struct {
		assumptions Assumptions
		conditions  []types.RuleCondition
		request     Request
	}
	cases := map[string]struct {
		reason string
		args   args
		want   bool
	}{
		"HostExact": {
			reason: "RuleCondition: a host name is case insensitive",
			args:   args{conditions: []types.RuleCondition{hosts("My.Example.com")}, request: Request{Host: "my.EXAMPLE.com"}},
			want:   true,
		},
		"HostWildcardSubdomain": {
			reason: "Condition types, host conditions: *.example.com matches test.example.com",
			args:   args{conditions: []types.RuleCondition{hosts("*.example.com")}, request: Request{Host: "test.example.com"}},
			want:   true,
		},
		"HostWildcardSpansDots": {
			reason: "RuleCondition: * matches 0 or more characters, dots among them",
			args:   args{conditions: []types.RuleCondition{hosts("*.example.com")}, request: Request{Host: "a.b.example.com"}},
			want:   true,
		},
		"HostWildcardNotApex": {
			reason: "Condition types, host conditions: *.example.com does not match example.com",
			args:   args{conditions: []types.RuleCondition{hosts("*.example.com")}, request: Request{Host: "example.com"}},
		},
		"HostQuestionMark": {
			reason: "RuleCondition: ? matches exactly 1 character",
			args:   args{conditions: []types.RuleCondition{hosts("v?.example.com")}, request: Request{Host: "v2.example.com"}},
			want:   true,
		},
		"HostQuestionMarkNotNone": {
			reason: "RuleCondition: ? matches exactly 1 character",
			args:   args{conditions: []types.RuleCondition{hosts("v?.example.com")}, request: Request{Host: "v.example.com"}},
		},
		"HostPortIsKept": {
			reason: "Recorded: the port of the Host header is compared too, so that a plain name does not match",
			args:   args{conditions: []types.RuleCondition{hosts("example.com")}, request: Request{Host: "example.com:8443", ListenerPort: 8443}},
		},
		"HostPortDroppedUnderAssumption": {
			reason: "HostPort switches to the other reading",
			args: args{
				assumptions: Assumptions{HostPort: HostPortOfListenerDropped},
				conditions:  []types.RuleCondition{hosts("example.com")}, request: Request{Host: "example.com:8443", ListenerPort: 8443},
			},
			want: true,
		},
		"HostRegexWithPort": {
			reason: "Recorded: users match the port with a regex such as ^example\\.com:8443$",
			args:   args{conditions: []types.RuleCondition{hostRegexes(`^example\.com:8443$`)}, request: Request{Host: "example.com:8443"}},
			want:   true,
		},
		"HostRegexIgnoresCase": {
			reason: "Assumption RegexHostCase: like plain host values",
			args:   args{conditions: []types.RuleCondition{hostRegexes(`^example\.com$`)}, request: Request{Host: "EXAMPLE.com"}},
			want:   true,
		},
		"HostRegexHeedsCaseUnderAssumption": {
			reason: "RegexHostCase switches to the other reading",
			args: args{
				assumptions: Assumptions{RegexHostCase: CaseHeeded},
				conditions:  []types.RuleCondition{hostRegexes(`^example\.com$`)}, request: Request{Host: "EXAMPLE.com"},
			},
		},
		"HostFromTopLevelValues": {
			reason: "RuleCondition: Values may hold the host name instead of HostHeaderConfig",
			args: args{
				conditions: []types.RuleCondition{{Field: new(FieldHostHeader), Values: []string{"example.com"}}},
				request:    Request{Host: "example.com"},
			},
			want: true,
		},
		"HostFromTopLevelRegexValues": {
			reason: "RuleCondition: RegexValues may stand at the top level",
			args: args{
				conditions: []types.RuleCondition{{Field: new(FieldHostHeader), RegexValues: []string{"^example"}}},
				request:    Request{Host: "example.com"},
			},
			want: true,
		},
		"PathExample": {
			reason: "Condition types, path conditions: /img/* matches /img/picture.jpg",
			args:   args{conditions: []types.RuleCondition{paths("/img/*")}, request: Request{Path: "/img/picture.jpg"}},
			want:   true,
		},
		"PathWildcardSpansSlashes": {
			reason: "Condition types, path conditions: /img/*/pics; * spans slashes",
			args:   args{conditions: []types.RuleCondition{paths("/img/*/pics")}, request: Request{Path: "/img/a/b/pics"}},
			want:   true,
		},
		"PathWildcardNeedsItsSlash": {
			reason: "/img/* is not a prefix match of /img",
			args:   args{conditions: []types.RuleCondition{paths("/img/*")}, request: Request{Path: "/img"}},
		},
		"PathCase": {
			reason: "RuleCondition: a path pattern is case-sensitive",
			args:   args{conditions: []types.RuleCondition{paths("/img/*")}, request: Request{Path: "/IMG/a"}},
		},
		"PathNeverQuery": {
			reason: "PathPatternConditionConfig: compared only to the path, not to the query string",
			args:   args{conditions: []types.RuleCondition{paths("*version*")}, request: Request{Path: "/a", RawQuery: "version=1"}},
		},
		"PathAmpersand": {
			reason: "RuleCondition: & is written &amp;",
			args:   args{conditions: []types.RuleCondition{paths("/a&amp;b")}, request: Request{Path: "/a&b"}},
			want:   true,
		},
		"PathRaw": {
			reason: "Assumption Path: compared as sent",
			args:   args{conditions: []types.RuleCondition{pathRegexes("^/a b$")}, request: Request{Path: "/a%20b"}},
		},
		"PathDecodedUnderAssumption": {
			reason: "Path switches to the other reading",
			args: args{
				assumptions: Assumptions{Path: Decoded},
				conditions:  []types.RuleCondition{pathRegexes("^/a b$")}, request: Request{Path: "/a%20b"},
			},
			want: true,
		},
		"PathRegexAlternation": {
			reason: "Condition types, path conditions: a regex may hold alternatives",
			args:   args{conditions: []types.RuleCondition{pathRegexes(`^\/api\/(.*)$`)}, request: Request{Path: "/api/users"}},
			want:   true,
		},
		"PathRegexCase": {
			reason: "A path is case-sensitive, by regex too",
			args:   args{conditions: []types.RuleCondition{pathRegexes(`^/api$`)}, request: Request{Path: "/API"}},
		},
		"PathRegexUnanchored": {
			reason: "Assumption RegexAnchor: a part is enough",
			args:   args{conditions: []types.RuleCondition{pathRegexes(`b`)}, request: Request{Path: "/abc"}},
			want:   true,
		},
		"PathRegexAnchoredUnderAssumption": {
			reason: "RegexAnchor switches to the other reading",
			args: args{
				assumptions: Assumptions{RegexAnchor: Anchored},
				conditions:  []types.RuleCondition{pathRegexes(`b|/ab`)}, request: Request{Path: "/abc"},
			},
		},
		"HeaderExample": {
			reason: "Condition types, HTTP header conditions: User-Agent against *Chrome* and *Safari*",
			args: args{
				conditions: []types.RuleCondition{header("User-Agent", "*Chrome*", "*Safari*")},
				request:    Request{Header: http.Header{"User-Agent": {"Mozilla/5.0 safari/537"}}},
			},
			want: true,
		},
		"HeaderNameCase": {
			reason: "HttpHeaderConditionConfig: the header name is case insensitive",
			args: args{
				conditions: []types.RuleCondition{header("x-ENV", "blue")},
				request:    Request{Header: http.Header{"X-Env": {"blue"}}},
			},
			want: true,
		},
		"HeaderSecondLine": {
			reason: "HttpHeaderConditionConfig: the same header several times is searched in order",
			args: args{
				conditions: []types.RuleCondition{header("X-Env", "green")},
				request:    Request{Header: http.Header{"X-Env": {"blue", "green"}}},
			},
			want: true,
		},
		"HeaderWholeValue": {
			reason: "A value without wildcards is compared with the whole header value",
			args: args{
				conditions: []types.RuleCondition{header("X-Env", "blue")},
				request:    Request{Header: http.Header{"X-Env": {"blue,green"}}},
			},
		},
		"HeaderRegex": {
			reason: "Condition types: regex values serve HTTP headers",
			args: args{
				conditions: []types.RuleCondition{headerRegex("X-Env", "^(blue|green)$")},
				request:    Request{Header: http.Header{"X-Env": {"green"}}},
			},
			want: true,
		},
		"HeaderRegexHeedsCaseUnderAssumption": {
			reason: "RegexHeaderCase switches to the other reading",
			args: args{
				assumptions: Assumptions{RegexHeaderCase: CaseHeeded},
				conditions:  []types.RuleCondition{headerRegex("X-Env", "^green$")},
				request:     Request{Header: http.Header{"X-Env": {"GREEN"}}},
			},
		},
		"HeadersAnded": {
			reason: "HttpHeaderConditionConfig: to require all strings, make a condition of each",
			args: args{
				conditions: []types.RuleCondition{header("X-A", "1"), header("X-B", "2")},
				request:    Request{Header: http.Header{"X-A": {"1"}}},
			},
		},
		"MethodExact": {
			reason: "HttpRequestMethodConditionConfig: an exact match",
			args:   args{conditions: []types.RuleCondition{methods("GET", "POST")}, request: Request{Method: "POST"}},
			want:   true,
		},
		"MethodHead": {
			reason: "HttpRequestMethodConditionConfig: HEAD is a method of its own",
			args:   args{conditions: []types.RuleCondition{methods("GET")}, request: Request{Method: "HEAD"}},
		},
		"MethodCase": {
			reason: "HttpRequestMethodConditionConfig: the comparison is case sensitive",
			args:   args{conditions: []types.RuleCondition{methods("GET")}, request: Request{Method: "get"}},
		},
		"QueryExamplePair": {
			reason: "Condition types, query string conditions: version=v1 or any key set to example",
			args:   args{conditions: []types.RuleCondition{query("version", "v1", "", "*example*")}, request: Request{RawQuery: "a=b&VERSION=V1"}},
			want:   true,
		},
		"QueryExampleAnyKey": {
			reason: "Condition types, query string conditions: version=v1 or any key set to example",
			args:   args{conditions: []types.RuleCondition{query("version", "v1", "", "*example*")}, request: Request{RawQuery: "site=my-example"}},
			want:   true,
		},
		"QueryOtherValue": {
			reason: "Condition types, query string conditions: neither of both",
			args:   args{conditions: []types.RuleCondition{query("version", "v1", "", "*example*")}, request: Request{RawQuery: "version=v2"}},
		},
		"QueryPairTogether": {
			reason: "A pair is found as a pair",
			args:   args{conditions: []types.RuleCondition{query("a", "1")}, request: Request{RawQuery: "a=2&b=1"}},
		},
		"QueryEscapedWildcard": {
			reason: "QueryStringConditionConfig: a literal * is written \\*",
			args:   args{conditions: []types.RuleCondition{query("q", `a\*`)}, request: Request{RawQuery: "q=a*"}},
			want:   true,
		},
		"QueryEscapedWildcardIsLiteral": {
			reason: "QueryStringConditionConfig: a literal * matches no other character",
			args:   args{conditions: []types.RuleCondition{query("q", `a\*`)}, request: Request{RawQuery: "q=ab"}},
		},
		"QueryRaw": {
			reason: "Assumption Query: compared as sent",
			args:   args{conditions: []types.RuleCondition{query("q", "a b")}, request: Request{RawQuery: "q=a+b"}},
		},
		"QueryDecodedUnderAssumption": {
			reason: "Query switches to the other reading",
			args: args{
				assumptions: Assumptions{Query: Decoded},
				conditions:  []types.RuleCondition{query("q", "a b")}, request: Request{RawQuery: "q=a+b"},
			},
			want: true,
		},
		"SourceIPv4": {
			reason: "SourceIpConditionConfig: within one of the CIDR blocks",
			args: args{
				conditions: []types.RuleCondition{sources("192.0.2.0/24", "198.51.100.10/32")},
				request:    Request{SourceIP: netip.MustParseAddr("198.51.100.10")},
			},
			want: true,
		},
		"SourceIPv4Mapped": {
			reason: "A dual-stack socket reports IPv4 peers as mapped addresses",
			args: args{
				conditions: []types.RuleCondition{sources("192.0.2.0/24")},
				request:    Request{SourceIP: netip.MustParseAddr("::ffff:192.0.2.7")},
			},
			want: true,
		},
		"SourceIPv6": {
			reason: "SourceIpConditionConfig: IPv6 too",
			args: args{
				conditions: []types.RuleCondition{sources("2001:db8::/32")},
				request:    Request{SourceIP: netip.MustParseAddr("2001:db8::1")},
			},
			want: true,
		},
		"SourceIPNotForwardedFor": {
			reason: "SourceIpConditionConfig: not satisfied by addresses in X-Forwarded-For",
			args: args{
				conditions: []types.RuleCondition{sources("192.0.2.0/24")},
				request:    Request{SourceIP: netip.MustParseAddr("203.0.113.1"), Header: http.Header{"X-Forwarded-For": {"192.0.2.1"}}},
			},
		},
		"ConditionsAnded": {
			reason: "Listener rules: all conditions of a rule must be met",
			args: args{
				conditions: []types.RuleCondition{hosts("example.com"), paths("/a")},
				request:    Request{Host: "example.com", Path: "/b"},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			m, err := tc.args.assumptions.Compile([]types.Rule{{Priority: new("1"), Conditions: tc.args.conditions}})
			if err != nil {
				t.Fatalf("%s: Compile(...): %v", tc.reason, err)
			}
			_, got := m.Match(tc.args.request)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: Match(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
