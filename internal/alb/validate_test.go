package alb

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

// message is empty where there is no error.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestValidateConditions(t *testing.T) {
	type args struct {
		assumptions Assumptions
		conditions  []types.RuleCondition
	}
	of := func(conditions ...types.RuleCondition) args { return args{conditions: conditions} }
	cases := map[string]struct {
		reason string
		args   args
		want   string
	}{
		"Documented": {
			reason: "Condition types: the examples of the user guide",
			args:   of(hosts("*.example.com"), methods("CUSTOM-METHOD"), query("version", "v1", "", "*example*")),
		},
		"None":             {reason: "CreateRule: Conditions is required", args: of(), want: "conditions must hold at least one condition; only a default rule has none"},
		"UnknownField":     {reason: "RuleCondition: the possible fields", args: of(types.RuleCondition{Field: new("path")}), want: `condition field "path" is none that an ALB knows`},
		"FiveValues":       {reason: "Quotas: condition values per rule 5", args: of(hosts("a.com", "b.com", "c.com"), paths("/a", "/b"))},
		"SixValues":        {reason: "Quotas: condition values per rule 5, over all conditions", args: of(hosts("a.com", "b.com", "c.com"), paths("/a", "/b", "/c")), want: "conditions: 6 condition values and regex values; the limit is 5"},
		"SixWithRegexes":   {reason: "Quotas: values and regex values together", args: of(hostRegexes("a", "b", "c"), paths("/a", "/b", "/c")), want: "conditions: 6 condition values and regex values; the limit is 5"},
		"FourInCondition":  {reason: "Condition types: three match evaluations per condition, under ConditionValues", args: args{Assumptions{ConditionValues: ThreePerCondition}, []types.RuleCondition{paths("/a", "/b", "/c", "/d")}}, want: "path-pattern: 4 values in one condition; the limit is 3"},
		"PairsCountOnce":   {reason: "Assumption QueryPairCount", args: of(query("a", "1", "b", "2", "c", "3"))},
		"PairsCountTwice":  {reason: "QueryPairCount switches to the other reading", args: args{Assumptions{QueryPairCount: PairIsTwo}, []types.RuleCondition{query("a", "1", "b", "2", "c", "3")}}, want: "conditions: 6 condition values and regex values; the limit is 5"},
		"FiveWildcards":    {reason: "Quotas: wildcards per rule 5", args: of(hosts("*.a?.com"), paths("/*/?/*"))},
		"SixWildcards":     {reason: "Quotas: wildcards per rule 5", args: of(hosts("*.a?.com"), paths("/*/?/*/?")), want: "conditions: 6 wildcards; the limit is 5"},
		"EscapedIsNone":    {reason: "QueryStringConditionConfig: an escaped * is literal", args: of(query("q", `\*\*\*\*\*\*`))},
		"RegexHasNone":     {reason: "Quotas: a regex has no wildcards", args: of(pathRegexes("^/.*.*.*.*.*.*$"))},
		"TwoHosts":         {reason: "Condition types: one host-header a rule", args: of(hosts("a.com"), hosts("b.com")), want: "host-header may be given once in a rule"},
		"TwoHeaders":       {reason: "Condition types: several http-header a rule", args: of(header("X-A", "1"), header("X-A", "2"))},
		"TwoQueries":       {reason: "Condition types: several query-string a rule", args: of(query("a", "1"), query("b", "2"))},
		"EmptyValue":       {reason: "RuleCondition: the value for a condition can't be empty", args: of(paths("")), want: "path-pattern must not have an empty value"},
		"NoValues":         {reason: "RuleCondition: the value for a condition can't be empty", args: of(paths()), want: "path-pattern must have at least one value"},
		"BothPlaces":       {reason: "RuleCondition: Values, alternatively PathPatternConfig", args: of(types.RuleCondition{Field: new(FieldPathPattern), Values: []string{"/a"}, PathPatternConfig: &types.PathPatternConditionConfig{Values: []string{"/a"}}}), want: "path-pattern must have either Values or its own settings, not both"},
		"ForeignConfig":    {reason: "RuleCondition: HostHeaderConfig only when Field is host-header", args: of(types.RuleCondition{Field: new(FieldPathPattern), Values: []string{"/a"}, HostHeaderConfig: &types.HostHeaderConditionConfig{Values: []string{"a.com"}}}), want: "path-pattern must not carry the settings of a host-header condition"},
		"ValuesForHeader":  {reason: "RuleCondition: Values only for host-header and path-pattern", args: of(types.RuleCondition{Field: new(FieldRequestMethod), Values: []string{"GET"}}), want: "http-request-method must have its own settings; Values serves host-header and path-pattern only"},
		"ValueAndRegex":    {reason: "Condition types: either plain values or regexes", args: of(types.RuleCondition{Field: new(FieldHostHeader), HostHeaderConfig: &types.HostHeaderConditionConfig{Values: []string{"a.com"}, RegexValues: []string{"b"}}}), want: "host-header must have either plain values or regex values, not both"},
		"RegexForMethod":   {reason: "RuleCondition: RegexValues only for http-header, host-header and path-pattern", args: of(types.RuleCondition{Field: new(FieldRequestMethod), RegexValues: []string{"GET"}, HttpRequestMethodConfig: &types.HttpRequestMethodConditionConfig{}}), want: "http-request-method must not have regex values; host-header, path-pattern and http-header may"},
		"HostNoDot":        {reason: "HostHeaderConditionConfig: at least one dot", args: of(hosts("localhost")), want: `host-header "localhost" must contain a dot`},
		"HostPort":         {reason: "RuleCondition: no colon in a host name", args: of(hosts("example.com:80")), want: `host-header "example.com:80" must not contain ':'`},
		"HostLastLabel":    {reason: "HostHeaderConditionConfig: only alphabetical characters after the final dot", args: of(hosts("example.*")), want: `host-header "example.*" must have letters, and only letters, after the last dot`},
		"HostAddress":      {reason: "HostHeaderConditionConfig: only alphabetical characters after the final dot", args: of(hosts("10.0.0.1")), want: `host-header "10.0.0.1" must have letters, and only letters, after the last dot`},
		"HostUnderscore":   {reason: "RuleCondition: A-Z, a-z, 0-9, - . * ?", args: of(hosts("a_b.com")), want: `host-header "a_b.com" must not contain '_'`},
		"HostUnderscoreOn": {reason: "HostUnderscore switches to the other reading", args: args{Assumptions{HostUnderscore: Other}, []types.RuleCondition{hosts("a_b.com")}}},
		"HostTooLong":      {reason: "RuleCondition: up to 128 characters", args: of(hosts(strings.Repeat("a", 125) + ".com")), want: `host-header "` + strings.Repeat("a", 40) + `...": 129 characters; the limit is 128`},
		"PathCharacters":   {reason: "RuleCondition: the characters of a path pattern", args: of(paths(`/aZ9_-.$/~"'@:+&`, "/a&amp;b"))},
		"PathPercent":      {reason: "RuleCondition: the characters of a path pattern", args: of(paths("/a%20b")), want: `path-pattern "/a%20b" must not contain '%'`},
		"PathSemicolon":    {reason: "RuleCondition: the characters of a path pattern", args: of(paths("/a;b")), want: `path-pattern "/a;b" must not contain ';'`},
		"HeaderHost":       {reason: "HttpHeaderConditionConfig: not the host header", args: of(header("host", "a")), want: `http-header name "host" must be matched with a host-header condition`},
		"HeaderWildcard":   {reason: "HttpHeaderConditionConfig: no wildcards in the name", args: of(header("X-*", "a")), want: `http-header name "X-*" must not contain '*'`},
		"HeaderNameLong":   {reason: "HttpHeaderConditionConfig: the name has at most 40 characters", args: of(header(strings.Repeat("x", 41), "a")), want: `http-header name "` + strings.Repeat("x", 40) + `...": 41 characters; the limit is 40`},
		"HeaderNotASCII":   {reason: "HttpHeaderConditionConfig: visible ASCII", args: of(header("X-A", "ü")), want: `http-header "ü" must not contain 'ü'`},
		"MethodCase":       {reason: "HttpRequestMethodConditionConfig: A-Z, hyphen, underscore", args: of(methods("Get")), want: `http-request-method "Get" must not contain 'e'`},
		"MethodWildcard":   {reason: "HttpRequestMethodConditionConfig: no wildcards", args: of(methods("*")), want: `http-request-method "*" must not contain '*'`},
		"QueryNoValue":     {reason: "QueryStringKeyValuePair: the key may be omitted, the value not", args: of(query("a", "")), want: `query-string "a" must have a value; the key alone may be left out`},
		"SourceNoCIDR":     {reason: "SourceIpConditionConfig: CIDR format", args: of(sources("10.0.0.1")), want: `source-ip "10.0.0.1" is not a CIDR block`},
		"SourceBroadcast":  {reason: "Condition types: not 255.255.255.255/32", args: of(sources("255.255.255.255/32")), want: `source-ip "255.255.255.255/32" is not a block that a client can have`},
		"RegexLookbehind":  {reason: "Listener rules: no lookbehind", args: of(pathRegexes("(?<=a)b")), want: "path-pattern \"(?<=a)b\" is not a regex that ALB takes: invalid named capture: `(?<=a)b`"},
		"RegexBackref":     {reason: "Listener rules: no backreference", args: of(pathRegexes(`(a)\1`)), want: "path-pattern \"(a)\\\\1\" is not a regex that ALB takes: invalid escape sequence: `\\1`"},
		"RegexPossessive":  {reason: "Listener rules: no possessive quantifier", args: of(pathRegexes(`a++`)), want: "path-pattern \"a++\" is not a regex that ALB takes: invalid nested repetition operator: `++`"},
		"RegexClass":       {reason: "Listener rules: no Unicode classes", args: of(pathRegexes(`^/\p{L}$`)), want: `path-pattern "^/\\p{L}$" unicode classes such as \p are not supported`},
		"RegexEscapedP":    {reason: "An escaped backslash before p is no class", args: of(pathRegexes(`^/\\p$`))},
		"RegexFlags":       {reason: "InlineFlags switches to the other reading", args: args{Assumptions{InlineFlags: Other}, []types.RuleCondition{pathRegexes(`(?i)a`)}}, want: `path-pattern "(?i)a" inline flags are not supported`},
		"RegexUnbalanced":  {reason: "A regex holds by itself", args: of(pathRegexes(`a)(b`)), want: "path-pattern \"a)(b\" is not a regex that ALB takes: unexpected ): `a)(b`"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := message(tc.args.assumptions.ValidateConditions(tc.args.conditions))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: ValidateConditions(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func forward(groups ...types.TargetGroupTuple) types.Action {
	return types.Action{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{TargetGroups: groups}}
}

func group(arn string, weight int32) types.TargetGroupTuple {
	return types.TargetGroupTuple{TargetGroupArn: &arn, Weight: &weight}
}

func fixed(code, content, body string) types.Action {
	return types.Action{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: &code, ContentType: &content, MessageBody: &body}}
}

func redirect(cfg types.RedirectActionConfig) types.Action {
	if cfg.StatusCode == "" {
		cfg.StatusCode = types.RedirectActionStatusCodeEnumHttp301
	}
	return types.Action{Type: types.ActionTypeEnumRedirect, RedirectConfig: &cfg}
}

func ordered(order int32, a types.Action) types.Action {
	a.Order = &order
	return a
}

func oidc() types.Action {
	return types.Action{Type: types.ActionTypeEnumAuthenticateOidc, AuthenticateOidcConfig: &types.AuthenticateOidcActionConfig{
		Issuer: new("https://idp.example.com"), AuthorizationEndpoint: new("https://idp.example.com/auth"), TokenEndpoint: new("https://idp.example.com/token"),
		UserInfoEndpoint: new("https://idp.example.com/me"), ClientId: new("id"), ClientSecret: new("s3cret"),
	}}
}

func TestValidateActions(t *testing.T) {
	type args struct {
		on      ListenerPort
		actions []types.Action
	}
	http := func(actions ...types.Action) args { return args{ListenerPort{Protocol: "HTTP", Port: 80}, actions} }
	https := func(actions ...types.Action) args { return args{ListenerPort{Protocol: "HTTPS", Port: 443}, actions} }
	cases := map[string]struct {
		reason string
		args   args
		want   string
	}{
		"Forward":          {reason: "Action: TargetGroupArn alone", args: http(types.Action{Type: types.ActionTypeEnumForward, TargetGroupArn: new("a")})},
		"ForwardEcho":      {reason: "Action: TargetGroupArn with the same in ForwardConfig", args: http(types.Action{Type: types.ActionTypeEnumForward, TargetGroupArn: new("a"), ForwardConfig: &types.ForwardActionConfig{TargetGroups: []types.TargetGroupTuple{group("a", 1)}}})},
		"ForwardOther":     {reason: "Action: it must be the same target group", args: http(types.Action{Type: types.ActionTypeEnumForward, TargetGroupArn: new("b"), ForwardConfig: &types.ForwardActionConfig{TargetGroups: []types.TargetGroupTuple{group("a", 1)}}}), want: `forward "b" must be the one target group of ForwardConfig where both are given`},
		"ForwardFive":      {reason: "Quotas: target groups per action 5", args: http(forward(group("a", 1), group("b", 999), group("c", 0), group("d", 1), group("e", 1)))},
		"ForwardSix":       {reason: "Quotas: target groups per action 5", args: http(forward(group("a", 1), group("b", 1), group("c", 1), group("d", 1), group("e", 1), group("f", 1))), want: "forward: 6 target groups in one action; the limit is 5"},
		"ForwardTwice":     {reason: "A target group once an action", args: http(forward(group("a", 1), group("a", 1))), want: `forward "a" is named twice`},
		"ForwardWeight":    {reason: "TargetGroupTuple: 0 to 999", args: http(forward(group("a", 1000))), want: `forward weight "1000" must be from 0 to 999`},
		"ForwardNone":      {reason: "Action: forward needs a target group", args: http(types.Action{Type: types.ActionTypeEnumForward}), want: "forward must have its settings"},
		"StickyNoDuration": {reason: "TargetGroupStickinessConfig: duration required when enabled", args: http(types.Action{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{TargetGroups: []types.TargetGroupTuple{group("a", 1)}, TargetGroupStickinessConfig: &types.TargetGroupStickinessConfig{Enabled: new(true)}}}), want: "forward stickiness duration must be given where stickiness is enabled"},
		"StickyTooLong":    {reason: "TargetGroupStickinessConfig: 1-604800 seconds", args: http(types.Action{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{TargetGroups: []types.TargetGroupTuple{group("a", 1)}, TargetGroupStickinessConfig: &types.TargetGroupStickinessConfig{Enabled: new(true), DurationSeconds: new(int32(604801))}}}), want: `forward stickiness duration "604801" must be from 1 to 604800 seconds`},
		"Fixed":            {reason: "FixedResponseActionConfig: 2XX, 4XX, 5XX", args: http(fixed("404", "text/plain", "not found"))},
		"Fixed302":         {reason: "FixedResponseActionConfig: 2XX, 4XX, 5XX", args: http(fixed("302", "", "")), want: `fixed-response status code "302" must be 2XX, 4XX or 5XX`},
		"FixedContentType": {reason: "FixedResponseActionConfig: the content types", args: http(fixed("200", "image/png", "")), want: `fixed-response content type "image/png" must be one of text/plain, text/css, text/html, application/javascript, application/json`},
		"FixedTooLong":     {reason: "API model, FixedResponseActionMessage: 1024", args: http(fixed("200", "", strings.Repeat("x", 1025))), want: `fixed-response message body "` + strings.Repeat("x", 40) + `...": 1025 characters; the limit is 1024`},
		"RedirectHTTPS":    {reason: "RedirectActionConfig: HTTP to HTTPS", args: http(redirect(types.RedirectActionConfig{Protocol: new("HTTPS"), Port: new("443")}))},
		"RedirectLoop":     {reason: "Redirect actions: protocol, host, port or path must change", args: http(redirect(types.RedirectActionConfig{Query: new("a=b")})), want: "redirect creates a loop: protocol, host, port or path must change"},
		"RedirectSelf":     {reason: "Redirect actions: the listener's own protocol and port are no change", args: https(redirect(types.RedirectActionConfig{Protocol: new("HTTPS"), Port: new("443")})), want: "redirect creates a loop: protocol, host, port or path must change"},
		"RedirectDown":     {reason: "RedirectActionConfig: you can't redirect HTTPS to HTTP", args: https(redirect(types.RedirectActionConfig{Protocol: new("HTTP"), Port: new("80")})), want: `redirect protocol "HTTP" must not lead from HTTPS to HTTP`},
		"Redirect303":      {reason: "RedirectActionConfig: 301 or 302", args: http(redirect(types.RedirectActionConfig{StatusCode: "HTTP_303", Path: new("/a")})), want: `redirect status code "HTTP_303" must be HTTP_301 or HTTP_302`},
		"RedirectPath":     {reason: "RedirectActionConfig: path starts with a slash", args: http(redirect(types.RedirectActionConfig{Path: new("a")})), want: `redirect path "a" must begin with a slash`},
		"RedirectPort":     {reason: "RedirectActionConfig: 1 to 65535 or #{port}", args: http(redirect(types.RedirectActionConfig{Port: new("65536")})), want: `redirect port "65536" must be from 1 to 65535, or #{port}`},
		"RedirectQuery":    {reason: "RedirectActionConfig: no leading question mark", args: http(redirect(types.RedirectActionConfig{Path: new("/a"), Query: new("?a")})), want: `redirect query "?a" must not begin with a question mark; it is added`},
		"RedirectKeyword":  {reason: "Redirect actions: #{query} only in the query", args: http(redirect(types.RedirectActionConfig{Path: new("/#{query}")})), want: `redirect path "/#{query}" must not contain #{query}; it may contain #{host}, #{path}, #{port}`},
		"None":             {reason: "Rule: exactly one routing action", args: https(oidc()), want: "actions must have one of forward, redirect and fixed-response"},
		"Two":              {reason: "Rule: exactly one routing action", args: http(ordered(1, fixed("200", "", "")), ordered(2, fixed("200", "", ""))), want: "actions: 2 routing actions (forward, redirect, fixed-response); the limit is 1"},
		"OIDC":             {reason: "Action: authenticate-oidc before the routing action, on HTTPS", args: https(ordered(1, oidc()), ordered(2, fixed("200", "", "")))},
		"OIDCLast":         {reason: "Rule: the routing action must be the last", args: https(ordered(2, oidc()), ordered(1, fixed("200", "", ""))), want: "actions must end with forward, redirect or fixed-response"},
		"OIDCOnHTTP":       {reason: "Action: [HTTPS listeners]", args: http(ordered(1, oidc()), ordered(2, fixed("200", "", ""))), want: "authenticate-oidc needs an HTTPS listener"},
		"NoOrder":          {reason: "Action: Order is required for rules with multiple actions", args: https(oidc(), fixed("200", "", "")), want: "action order must be given where a rule has several actions"},
		"SameOrder":        {reason: "Action: one action an order", args: https(ordered(1, oidc()), ordered(1, fixed("200", "", ""))), want: `action order "1" is used twice`},
		"Unknown":          {reason: "ActionTypeEnum", args: http(ordered(1, types.Action{Type: "mirror"}), ordered(2, fixed("200", "", ""))), want: `action type "mirror" is none that an ALB knows`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := message(ValidateActionsOn(tc.args.actions, tc.args.on))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: ValidateActionsOn(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestValidateClaims(t *testing.T) {
	const spaced = types.JwtValidationActionAdditionalClaimFormatEnumSpaceSeparatedValues
	cases := map[string]struct {
		reason string
		claim  types.JwtValidationActionAdditionalClaim
		want   string
	}{
		"Good":     {reason: "JwtValidationActionAdditionalClaim: a name, a format and values", claim: types.JwtValidationActionAdditionalClaim{Name: new("scope"), Format: spaced, Values: []string{"read", "write"}}},
		"NoName":   {reason: "JwtValidationActionAdditionalClaim: Name is required", claim: types.JwtValidationActionAdditionalClaim{Values: []string{"a"}}, want: "jwt-validation claim name must be given"},
		"Verified": {reason: "JwtValidationActionAdditionalClaim: not exp, iss, nbf or iat", claim: types.JwtValidationActionAdditionalClaim{Name: new("nbf"), Values: []string{"1"}}, want: `jwt-validation claim name "nbf" cannot be given, as it is verified anyway`},
		"NoValue":  {reason: "JwtValidationActionAdditionalClaim: Values is required", claim: types.JwtValidationActionAdditionalClaim{Name: new("aud")}, want: `jwt-validation claim "aud" must have a value`},
		"Eleven":   {reason: "JwtValidationActionAdditionalClaim: at most 10 values", claim: types.JwtValidationActionAdditionalClaim{Name: new("aud"), Values: strings.Split("a,b,c,d,e,f,g,h,i,j,k", ",")}, want: "jwt-validation claim: 11 values; the limit is 10"},
		"Space":    {reason: "JwtValidationActionAdditionalClaim: no spaces in space-separated-values", claim: types.JwtValidationActionAdditionalClaim{Name: new("scope"), Format: spaced, Values: []string{"read write"}}, want: `jwt-validation claim "scope" must have values without spaces where its format is space-separated-values`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			guard := types.Action{Type: types.ActionTypeEnumJwtValidation, JwtValidationConfig: &types.JwtValidationActionConfig{
				Issuer: new("https://idp.example.com"), JwksEndpoint: new("https://idp.example.com/keys"), AdditionalClaims: []types.JwtValidationActionAdditionalClaim{tc.claim},
			}}
			got := message(ValidateActions([]types.Action{ordered(1, guard), ordered(2, fixed("200", "", ""))}, "HTTPS"))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: ValidateActions(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestValidateActionsShowsNoSecret(t *testing.T) {
	a := oidc()
	a.AuthenticateOidcConfig.TokenEndpoint = nil
	err := ValidateActions([]types.Action{ordered(1, a), ordered(2, fixed("200", "", ""))}, "HTTPS")
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("ValidateActions(...): got %v, want an error without the client secret", err)
	}
}

func TestNames(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   string
		want   string
	}{
		"Plain":    {reason: "CreateLoadBalancer: alphanumeric and hyphens", args: "k8s-shop-Web-1"},
		"Empty":    {reason: "CreateLoadBalancer: Name is required", args: "", want: "name must be given"},
		"Hyphen":   {reason: "CreateLoadBalancer: no leading hyphen", args: "-a", want: `name "-a" must not begin or end with a hyphen`},
		"Trailing": {reason: "CreateLoadBalancer: no trailing hyphen", args: "a-", want: `name "a-" must not begin or end with a hyphen`},
		"Dot":      {reason: "CreateLoadBalancer: alphanumeric and hyphens", args: "a.b", want: `name "a.b" must not contain '.'`},
		"Long":     {reason: "CreateLoadBalancer: at most 32 characters", args: strings.Repeat("a", 33), want: `name "` + strings.Repeat("a", 33) + `": 33 characters; the limit is 32`},
		"Internal": {reason: "CreateLoadBalancer: must not begin with internal-", args: "internal-a", want: `name "internal-a" must not begin with "internal-"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := message(ValidLoadBalancerName(tc.args))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: ValidLoadBalancerName(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
