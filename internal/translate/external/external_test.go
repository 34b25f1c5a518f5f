package external_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

func arn(name string) string { return "arn:" + name }

func TestConditions(t *testing.T) {
	t.Parallel()
	got := external.Conditions([]albv1alpha1.RuleCondition{
		{Field: albv1alpha1.FieldHostHeader, HostHeaderConfig: &albv1alpha1.PatternConditionConfig{RegexValues: []string{`^a\.com$`}}},
		{Field: albv1alpha1.FieldPathPattern, PathPatternConfig: &albv1alpha1.PatternConditionConfig{Values: []string{"/a"}}},
		{Field: albv1alpha1.FieldHTTPHeader, HttpHeaderConfig: &albv1alpha1.HttpHeaderConditionConfig{HttpHeaderName: "x", Values: []string{"1"}}},
		{Field: albv1alpha1.FieldHTTPRequestMethod, HttpRequestMethodConfig: &albv1alpha1.ValuesConditionConfig{Values: []string{"GET"}}},
		{Field: albv1alpha1.FieldQueryString, QueryStringConfig: &albv1alpha1.QueryStringConditionConfig{Values: []albv1alpha1.QueryStringKeyValuePair{{Key: new("k"), Value: "v"}}}},
		{Field: albv1alpha1.FieldSourceIP, SourceIpConfig: &albv1alpha1.ValuesConditionConfig{Values: []string{"10.0.0.0/8"}}},
	})
	want := []types.RuleCondition{
		{Field: new("host-header"), HostHeaderConfig: &types.HostHeaderConditionConfig{RegexValues: []string{`^a\.com$`}}},
		{Field: new("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: []string{"/a"}}},
		{Field: new("http-header"), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: new("x"), Values: []string{"1"}}},
		{Field: new("http-request-method"), HttpRequestMethodConfig: &types.HttpRequestMethodConditionConfig{Values: []string{"GET"}}},
		{Field: new("query-string"), QueryStringConfig: &types.QueryStringConditionConfig{Values: []types.QueryStringKeyValuePair{{Key: new("k"), Value: new("v")}}}},
		{Field: new("source-ip"), SourceIpConfig: &types.SourceIpConditionConfig{Values: []string{"10.0.0.0/8"}}},
	}
	if diff := cmp.Diff(want, got, ignoreUnexported...); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if err := alb.ValidateConditions(got[:5]); err != nil {
		t.Error(err)
	}
}

var ignoreUnexported = []cmp.Option{cmpopts.IgnoreUnexported(
	types.RuleCondition{}, types.HostHeaderConditionConfig{}, types.PathPatternConditionConfig{}, types.HttpHeaderConditionConfig{},
	types.HttpRequestMethodConditionConfig{}, types.QueryStringConditionConfig{}, types.QueryStringKeyValuePair{}, types.SourceIpConditionConfig{},
	types.Action{}, types.ForwardActionConfig{}, types.TargetGroupTuple{}, types.FixedResponseActionConfig{}, types.RedirectActionConfig{},
	types.AuthenticateOidcActionConfig{}, types.TargetGroupStickinessConfig{},
)}

func TestActions(t *testing.T) {
	t.Parallel()
	got := external.Actions([]albv1alpha1.Action{
		{Type: albv1alpha1.ActionAuthenticateOIDC, AuthenticateOidcConfig: &albv1alpha1.AuthenticateOidcActionConfig{
			Issuer: "i", AuthorizationEndpoint: "a", TokenEndpoint: "t", UserInfoEndpoint: "u", ClientSecretRef: albv1alpha1.SecretReference{Name: "s"},
		}},
		{Type: albv1alpha1.ActionForward, ForwardConfig: &albv1alpha1.ForwardActionConfig{TargetGroups: []albv1alpha1.TargetGroupTuple{
			{TargetGroupRef: &albv1alpha1.Reference{Name: "web"}, Weight: new(int32(0))}, {TargetGroupArn: new("arn:given")},
		}}},
	}, arn)
	want := []types.Action{
		{Type: types.ActionTypeEnumAuthenticateOidc, Order: new(int32(1)), AuthenticateOidcConfig: &types.AuthenticateOidcActionConfig{
			Issuer: new("i"), AuthorizationEndpoint: new("a"), TokenEndpoint: new("t"), UserInfoEndpoint: new("u"),
		}},
		{Type: types.ActionTypeEnumForward, Order: new(int32(2)), ForwardConfig: &types.ForwardActionConfig{TargetGroups: []types.TargetGroupTuple{
			{TargetGroupArn: new("arn:web"), Weight: new(int32(0))}, {TargetGroupArn: new("arn:given"), Weight: new(int32(1))},
		}}},
	}
	if diff := cmp.Diff(want, got, ignoreUnexported...); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// What DescribeRules echoes, from recordings of the API.
func TestSameConditions(t *testing.T) {
	t.Parallel()
	host := func(values ...string) types.RuleCondition {
		return types.RuleCondition{Field: new("host-header"), HostHeaderConfig: &types.HostHeaderConditionConfig{Values: values}}
	}
	path := types.RuleCondition{Field: new("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{RegexValues: []string{"^/a$"}}}
	header := func(name string) types.RuleCondition {
		return types.RuleCondition{Field: new("http-header"), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: &name, Values: []string{"1"}}}
	}
	mirrored := func(c types.RuleCondition, values, regex []string) types.RuleCondition {
		c.Values, c.RegexValues = values, regex
		return c
	}
	type args struct{ want, got []types.RuleCondition }
	cases := map[string]struct {
		reason string
		args   args
		want   bool
	}{
		"Mirrored":     {"Values are mirrored at the top level.", args{[]types.RuleCondition{host("a.com")}, []types.RuleCondition{mirrored(host("a.com"), []string{"a.com"}, nil)}}, true},
		"RegexMirror":  {"Regex values are mirrored too.", args{[]types.RuleCondition{path}, []types.RuleCondition{mirrored(path, nil, []string{"^/a$"})}}, true},
		"TopLevelOnly": {"An old rule has values at the top level only.", args{[]types.RuleCondition{host("a.com")}, []types.RuleCondition{{Field: new("host-header"), Values: []string{"a.com"}}}}, true},
		"Order":        {"Neither conditions nor values have an order.", args{[]types.RuleCondition{host("a.com", "b.com"), path}, []types.RuleCondition{path, host("b.com", "a.com")}}, true},
		"HostCase":     {"Hosts are compared without case.", args{[]types.RuleCondition{host("a.com")}, []types.RuleCondition{host("A.com")}}, true},
		"HeaderCase":   {"Header names are compared without case.", args{[]types.RuleCondition{header("X-A")}, []types.RuleCondition{header("x-a")}}, true},
		"OtherHeader":  {"Another header is another condition.", args{[]types.RuleCondition{header("a")}, []types.RuleCondition{header("b")}}, false},
		"More":         {"A value more is a difference.", args{[]types.RuleCondition{host("a.com")}, []types.RuleCondition{host("a.com", "b.com")}}, false},
		"Fewer":        {"A condition less is a difference.", args{[]types.RuleCondition{host("a.com"), path}, []types.RuleCondition{path}}, false},
		"PathCase":     {"Paths are compared with case.", args{[]types.RuleCondition{{Field: new("path-pattern"), Values: []string{"/a"}}}, []types.RuleCondition{{Field: new("path-pattern"), Values: []string{"/A"}}}}, false},
		"RegexOrValue": {"A regex is no value.", args{[]types.RuleCondition{path}, []types.RuleCondition{{Field: new("path-pattern"), Values: []string{"^/a$"}}}}, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := external.SameConditions(tc.args.want, tc.args.got); got != tc.want {
				t.Errorf("%s got %t, want %t", tc.reason, got, tc.want)
			}
		})
	}
}

func TestSameActions(t *testing.T) {
	t.Parallel()
	forward := func(weights ...int32) types.Action {
		c := &types.ForwardActionConfig{}
		for i, w := range weights {
			c.TargetGroups = append(c.TargetGroups, types.TargetGroupTuple{TargetGroupArn: new(string(rune('a' + i))), Weight: new(w)})
		}
		return types.Action{Type: types.ActionTypeEnumForward, ForwardConfig: c}
	}
	lone := types.Action{Type: types.ActionTypeEnumForward, Order: new(int32(1)), TargetGroupArn: new("a"), ForwardConfig: &types.ForwardActionConfig{
		TargetGroups:                []types.TargetGroupTuple{{TargetGroupArn: new("a"), Weight: new(int32(1))}},
		TargetGroupStickinessConfig: &types.TargetGroupStickinessConfig{Enabled: new(false)},
	}}
	redirect := func(c types.RedirectActionConfig) types.Action {
		return types.Action{Type: types.ActionTypeEnumRedirect, RedirectConfig: &c}
	}
	oidc := func(c types.AuthenticateOidcActionConfig) types.Action {
		c.Issuer = new("i")
		return types.Action{Type: types.ActionTypeEnumAuthenticateOidc, Order: new(int32(1)), AuthenticateOidcConfig: &c}
	}
	cognito := func(pool, scope string) types.Action {
		a := external.Actions([]albv1alpha1.Action{{Type: albv1alpha1.ActionAuthenticateCognito, AuthenticateCognitoConfig: &albv1alpha1.AuthenticateCognitoActionConfig{
			UserPoolArn: pool, UserPoolClientId: "c", UserPoolDomain: "d", OnUnauthenticatedRequest: new(albv1alpha1.OnUnauthenticatedRequest("authenticate")),
		}}}, arn)[0]
		if scope != "" {
			a.AuthenticateCognitoConfig.Scope = &scope
		}
		return a
	}
	jwt := func(values ...string) types.Action {
		return external.Actions([]albv1alpha1.Action{{Type: albv1alpha1.ActionJWTValidation, JwtValidationConfig: &albv1alpha1.JwtValidationActionConfig{
			Issuer: "i", JwksEndpoint: "https://j", AdditionalClaims: []albv1alpha1.JwtValidationActionAdditionalClaim{{Name: "roles", Format: "string-array", Values: values}},
		}}}, arn)[0]
	}
	type args struct{ want, got []types.Action }
	cases := map[string]struct {
		reason string
		args   args
		want   bool
	}{
		"Lone":          {"A lone target group is shown twice, with stickiness off.", args{[]types.Action{forward(1)}, []types.Action{lone}}, true},
		"LoneWeight":    {"The weight of a lone target group says nothing.", args{[]types.Action{forward(7)}, []types.Action{lone}}, true},
		"Weights":       {"Weights count among several.", args{[]types.Action{forward(1, 2)}, []types.Action{forward(2, 1)}}, false},
		"Groups":        {"Another target group is a difference.", args{[]types.Action{forward(1, 2)}, []types.Action{forward(1)}}, false},
		"Redirect":      {"What a redirect leaves out is shown as placeholders.", args{[]types.Action{redirect(types.RedirectActionConfig{StatusCode: "HTTP_302", Host: new("a.com")})}, []types.Action{redirect(types.RedirectActionConfig{StatusCode: "HTTP_302", Host: new("a.com"), Path: new("/#{path}"), Port: new("#{port}"), Protocol: new("#{protocol}"), Query: new("#{query}")})}}, true},
		"RedirectPort":  {"Another port is a difference.", args{[]types.Action{redirect(types.RedirectActionConfig{StatusCode: "HTTP_302", Port: new("1")})}, []types.Action{redirect(types.RedirectActionConfig{StatusCode: "HTTP_302", Port: new("2")})}}, false},
		"Secret":        {"The client secret is never shown, and defaults are filled in.", args{[]types.Action{oidc(types.AuthenticateOidcActionConfig{ClientSecret: new("s"), ClientId: new("c")})}, []types.Action{oidc(types.AuthenticateOidcActionConfig{ClientId: new("c"), Scope: new("openid"), SessionTimeout: new(int64(604800)), SessionCookieName: new("AWSELBAuthSessionCookie"), OnUnauthenticatedRequest: "authenticate"})}}, true},
		"Client":        {"Another client is a difference.", args{[]types.Action{oidc(types.AuthenticateOidcActionConfig{ClientId: new("c")})}, []types.Action{oidc(types.AuthenticateOidcActionConfig{ClientId: new("d")})}}, false},
		"Scope":         {"Another scope is a difference.", args{[]types.Action{oidc(types.AuthenticateOidcActionConfig{Scope: new("email")})}, []types.Action{oidc(types.AuthenticateOidcActionConfig{Scope: new("openid")})}}, false},
		"FixedEmpty":    {"An empty body is shown where none was sent.", args{[]types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: new("404"), ContentType: new("text/plain")}}}, []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: new("404"), ContentType: new("text/plain"), MessageBody: new("")}}}}, true},
		"FixedStatus":   {"Another status is a difference.", args{[]types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: new("404")}}}, []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: new("500")}}}}, false},
		"Cognito":       {"Defaults are filled in.", args{[]types.Action{cognito("p", "")}, []types.Action{cognito("p", "openid")}}, true},
		"CognitoPool":   {"Another pool is a difference.", args{[]types.Action{cognito("p", "")}, []types.Action{cognito("q", "openid")}}, false},
		"JWT":           {"Claims and their values have no order.", args{[]types.Action{jwt("a", "b")}, []types.Action{jwt("b", "a")}}, true},
		"JWTClaim":      {"Another value is a difference.", args{[]types.Action{jwt("a", "b")}, []types.Action{jwt("a", "c")}}, false},
		"OtherType":     {"Another type is a difference.", args{[]types.Action{forward(1)}, []types.Action{redirect(types.RedirectActionConfig{})}}, false},
		"StickinessOff": {"Stickiness that was turned on by hand is a difference.", args{[]types.Action{forward(1, 1)}, []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{TargetGroups: forward(1, 1).ForwardConfig.TargetGroups, TargetGroupStickinessConfig: &types.TargetGroupStickinessConfig{Enabled: new(true), DurationSeconds: new(int32(60))}}}}}, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := external.SameActions(tc.args.want, tc.args.got); got != tc.want {
				t.Errorf("%s got %t, want %t", tc.reason, got, tc.want)
			}
		})
	}
}

func TestSameTransforms(t *testing.T) {
	t.Parallel()
	url := func(regex, replace string) albv1alpha1.RuleTransform {
		return albv1alpha1.RuleTransform{Type: "url-rewrite", UrlRewriteConfig: &albv1alpha1.RewriteConfigs{Rewrites: []albv1alpha1.RewriteConfig{{Regex: regex, Replace: replace}}}}
	}
	host := albv1alpha1.RuleTransform{Type: "host-header-rewrite", HostHeaderRewriteConfig: &albv1alpha1.RewriteConfigs{Rewrites: []albv1alpha1.RewriteConfig{{Regex: "^.*$", Replace: "a.com"}}}}
	type args struct{ want, got []albv1alpha1.RuleTransform }
	cases := map[string]struct {
		reason string
		args   args
		want   bool
	}{
		"Order":   {"Transforms have no order.", args{[]albv1alpha1.RuleTransform{host, url("^/a", "/b")}, []albv1alpha1.RuleTransform{url("^/a", "/b"), host}}, true},
		"None":    {"None are none.", args{nil, []albv1alpha1.RuleTransform{}}, true},
		"Regex":   {"Another regex is a difference.", args{[]albv1alpha1.RuleTransform{url("^/a", "/b")}, []albv1alpha1.RuleTransform{url("^/c", "/b")}}, false},
		"Cleared": {"One that is to go is a difference.", args{nil, []albv1alpha1.RuleTransform{host}}, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := external.SameTransforms(external.Transforms(tc.args.want), external.Transforms(tc.args.got)); got != tc.want {
				t.Errorf("%s got %t, want %t", tc.reason, got, tc.want)
			}
		})
	}
}

func TestSummarize(t *testing.T) {
	t.Parallel()
	pattern := func(field albv1alpha1.RuleConditionField, values, regex []string) albv1alpha1.RuleCondition {
		c := albv1alpha1.RuleCondition{Field: field}
		p := &albv1alpha1.PatternConditionConfig{Values: values, RegexValues: regex}
		if field == albv1alpha1.FieldHostHeader {
			c.HostHeaderConfig = p
		} else {
			c.PathPatternConfig = p
		}
		return c
	}
	groups := func(tuples ...albv1alpha1.TargetGroupTuple) []albv1alpha1.Action {
		return []albv1alpha1.Action{{Type: albv1alpha1.ActionForward, ForwardConfig: &albv1alpha1.ForwardActionConfig{TargetGroups: tuples}}}
	}
	ref := func(name string) albv1alpha1.TargetGroupTuple {
		return albv1alpha1.TargetGroupTuple{TargetGroupRef: &albv1alpha1.Reference{Name: name}}
	}
	weighted := func(name string, weight int32) albv1alpha1.TargetGroupTuple {
		out := ref(name)
		out.Weight = &weight
		return out
	}
	redirect := func(c albv1alpha1.RedirectActionConfig) []albv1alpha1.Action {
		return []albv1alpha1.Action{{Type: albv1alpha1.ActionRedirect, RedirectConfig: &c}}
	}
	hostField, pathField := albv1alpha1.FieldHostHeader, albv1alpha1.FieldPathPattern
	listener := &albv1alpha1.Reference{Name: "my-gw-443"}
	cases := map[string]struct {
		reason string
		args   albv1alpha1.ListenerRuleParameters
		want   external.Summary
	}{
		"Any":           {"Without conditions on them, any host and path.", albv1alpha1.ListenerRuleParameters{}, external.Summary{Hosts: "*", Paths: "/*"}},
		"Plain":         {"Plain values stand as they are.", albv1alpha1.ListenerRuleParameters{Conditions: []albv1alpha1.RuleCondition{pattern(hostField, []string{"a.com"}, nil), pattern(pathField, []string{"/a", "/b*"}, nil)}}, external.Summary{Hosts: "a.com", Paths: "/a,/b*"}},
		"Own":           {"Regexes that translate writes are read back.", albv1alpha1.ListenerRuleParameters{Conditions: []albv1alpha1.RuleCondition{pattern(hostField, nil, []string{`^shop\.example\.com(:[0-9]+)?$`, `^[^:]+\.example\.org(:[0-9]+)?$`}), pattern(pathField, nil, []string{`^/cart(/.*)?$`, `^/v1\.0$`})}}, external.Summary{Hosts: "shop.example.com,*.example.org", Paths: "/cart/*,/v1.0"}},
		"Foreign":       {"Other regexes stand as such.", albv1alpha1.ListenerRuleParameters{Conditions: []albv1alpha1.RuleCondition{pattern(hostField, nil, []string{`^(a|b)\.com(:[0-9]+)?$`}), pattern(pathField, nil, []string{`^/v[0-9]+`, `^/x.y$`})}}, external.Summary{Hosts: `~^(a|b)\.com(:[0-9]+)?$`, Paths: "~^/v[0-9]+,~^/x.y$"}},
		"Forward":       {"A target group is known by its Service and port.", albv1alpha1.ListenerRuleParameters{ListenerRef: listener, Actions: groups(ref("my-gw-web-80-0123456789"))}, external.Summary{Hosts: "*", Paths: "/*", Action: "forward web:80"}},
		"Weights":       {"Several show their weights.", albv1alpha1.ListenerRuleParameters{ListenerRef: listener, Actions: groups(weighted("my-gw-web-80-0123456789", 90), weighted("my-gw-web-next-80-0123456789", 10))}, external.Summary{Hosts: "*", Paths: "/*", Action: "forward web:80 (90), web-next:80 (10)"}},
		"OtherName":     {"A name that is not translate's stands as it is.", albv1alpha1.ListenerRuleParameters{ListenerRef: listener, Actions: groups(ref("mine"))}, external.Summary{Hosts: "*", Paths: "/*", Action: "forward mine"}},
		"ARN":           {"An ARN shows the name in it.", albv1alpha1.ListenerRuleParameters{Actions: groups(albv1alpha1.TargetGroupTuple{TargetGroupArn: new("arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/mine/0123456789abcdef")})}, external.Summary{Hosts: "*", Paths: "/*", Action: "forward mine"}},
		"Redirect":      {"A redirect of the scheme alone.", albv1alpha1.ListenerRuleParameters{Actions: redirect(albv1alpha1.RedirectActionConfig{Protocol: new("HTTPS"), Port: new("443")})}, external.Summary{Hosts: "*", Paths: "/*", Action: "redirect https"}},
		"RedirectWhole": {"A redirect of all.", albv1alpha1.ListenerRuleParameters{Actions: redirect(albv1alpha1.RedirectActionConfig{Protocol: new("HTTPS"), Host: new("a.com"), Port: new("8443"), Path: new("/x")})}, external.Summary{Hosts: "*", Paths: "/*", Action: "redirect https://a.com:8443/x"}},
		"RedirectPath":  {"A redirect of the path alone.", albv1alpha1.ListenerRuleParameters{Actions: redirect(albv1alpha1.RedirectActionConfig{Path: new("/x")})}, external.Summary{Hosts: "*", Paths: "/*", Action: "redirect /x"}},
		"Other": {"Conditions on neither host nor path.", albv1alpha1.ListenerRuleParameters{Conditions: []albv1alpha1.RuleCondition{
			{Field: albv1alpha1.FieldHTTPHeader, HttpHeaderConfig: &albv1alpha1.HttpHeaderConditionConfig{HttpHeaderName: "x", RegexValues: []string{`^a\.b$`, `^(a|b)$`}}},
			{Field: albv1alpha1.FieldHTTPHeader, HttpHeaderConfig: &albv1alpha1.HttpHeaderConditionConfig{HttpHeaderName: "y", Values: []string{"1*"}}},
			{Field: albv1alpha1.FieldQueryString, QueryStringConfig: &albv1alpha1.QueryStringConditionConfig{Values: []albv1alpha1.QueryStringKeyValuePair{{Key: new("p"), Value: "2"}, {Value: "3"}}}},
			{Field: albv1alpha1.FieldHTTPRequestMethod, HttpRequestMethodConfig: &albv1alpha1.ValuesConditionConfig{Values: []string{"GET", "PUT"}}},
			{Field: albv1alpha1.FieldSourceIP, SourceIpConfig: &albv1alpha1.ValuesConditionConfig{Values: []string{"10.0.0.0/8"}}},
		}}, external.Summary{Hosts: "*", Paths: "/*", Other: "header x=a.b,~^(a|b)$ and header y=1* and query p=2,3 and method GET,PUT and source 10.0.0.0/8"}},
		"Rewrites": {"What becomes of the request.", albv1alpha1.ListenerRuleParameters{Transforms: []albv1alpha1.RuleTransform{
			{Type: "host-header-rewrite", HostHeaderRewriteConfig: &albv1alpha1.RewriteConfigs{Rewrites: []albv1alpha1.RewriteConfig{{Regex: ".*", Replace: "a.com"}}}},
			{Type: "url-rewrite", UrlRewriteConfig: &albv1alpha1.RewriteConfigs{Rewrites: []albv1alpha1.RewriteConfig{{Regex: "^/a", Replace: "/b"}}}},
		}}, external.Summary{Hosts: "*", Paths: "/*", Rewrites: "rewrite host .* to a.com, rewrite url ^/a to /b"}},
		"Guarded": {"What comes first is told first.", albv1alpha1.ListenerRuleParameters{Actions: append([]albv1alpha1.Action{{Type: albv1alpha1.ActionAuthenticateOIDC}}, albv1alpha1.Action{Type: albv1alpha1.ActionFixedResponse, FixedResponseConfig: &albv1alpha1.FixedResponseActionConfig{StatusCode: "404"}})}, external.Summary{Hosts: "*", Paths: "/*", Action: "authenticate-oidc, then fixed 404"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, external.Summarize(tc.args)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	oidc := func(client, scope string) []types.Action {
		return []types.Action{{Type: types.ActionTypeEnumAuthenticateOidc, AuthenticateOidcConfig: &types.AuthenticateOidcActionConfig{
			ClientId: &client, ClientSecret: new("hush " + client), Scope: &scope,
		}}}
	}
	forward := func(weight int32) []types.Action {
		return []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{TargetGroups: []types.TargetGroupTuple{
			{TargetGroupArn: new("arn:a"), Weight: &weight}, {TargetGroupArn: new("arn:b"), Weight: new(int32(1))},
		}}}}
	}
	paths := func(values ...string) []types.RuleCondition {
		return []types.RuleCondition{{Field: new("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: values}}}
	}
	header := []types.RuleCondition{{Field: new("http-header"), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: new("X-Beta"), RegexValues: []string{"^1$"}}}}
	query := []types.RuleCondition{{Field: new("query-string"), QueryStringConfig: &types.QueryStringConditionConfig{
		Values: []types.QueryStringKeyValuePair{{Key: new("page"), Value: new("2")}},
	}}}
	rewrite := []types.RuleTransform{{Type: types.TransformTypeEnumUrlRewrite, UrlRewriteConfig: &types.UrlRewriteConfig{Rewrites: []types.RewriteConfig{{Regex: new("^/a"), Replace: new("/b")}}}}}
	cases := map[string]struct {
		reason string
		got    string
		want   string
	}{
		"Weight":    {reason: "The field is named as in the spec, and its target group.", got: external.DifferingActions("actions", forward(9), forward(2)).String(), want: "actions[0].forwardConfig.targetGroups[arn:a].weight was 2, wanted 9"},
		"Client":    {reason: "Nothing of a client is told.", got: external.DifferingActions("actions", oidc("new", "openid"), oidc("old", "email")).String(), want: "actions[0].authenticateOidcConfig.clientId differed; actions[0].authenticateOidcConfig.scope was email, wanted openid"},
		"Paths":     {reason: "Values are told as a set.", got: external.DifferingConditions(paths("/b", "/a"), paths("/c")).String(), want: `conditions[path-pattern] was ["/c"], wanted ["/a" "/b"]`},
		"Header":    {reason: "A header is named.", got: external.DifferingConditions(header, nil).String(), want: `conditions[http-header x-beta] was nothing, wanted ["^1$"] (regex)`},
		"Query":     {reason: "A parameter has a name and a value.", got: external.DifferingConditions(nil, query).String(), want: `conditions[query-string] was ["page"="2"], wanted nothing`},
		"Transform": {reason: "A transform is told by its type.", got: external.DifferingTransforms(rewrite, nil).String(), want: `transforms[url-rewrite] was nothing, wanted ["^/a" "/b"]`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, tc.got); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
