package controller_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// group settings, otherwise than they are.
func setGroup(change func(in *elbv2.ModifyTargetGroupInput)) func(*world, *string) error {
	return func(w *world, id *string) error {
		in := &elbv2.ModifyTargetGroupInput{TargetGroupArn: id}
		change(in)
		_, err := w.ELB.ModifyTargetGroup(w.Context(), in)
		return err
	}
}

func groupDrifts() []drift {
	const web = "TargetGroup/web"
	return []drift{
		{web, []string{"healthCheckProtocol"}, minute, setGroup(func(in *elbv2.ModifyTargetGroupInput) { in.HealthCheckProtocol = elbtypes.ProtocolEnumHttps }), "healthCheckProtocol was HTTPS, wanted HTTP"},
		{web, []string{"healthCheckPort"}, minute, setGroup(func(in *elbv2.ModifyTargetGroupInput) { in.HealthCheckPort = new("8081") }), "healthCheckPort was 8081, wanted traffic-port"},
		{web, []string{"healthCheckPath"}, minute, setGroup(func(in *elbv2.ModifyTargetGroupInput) { in.HealthCheckPath = new("/x") }), "healthCheckPath was /x, wanted /healthz"},
		{web, []string{"healthCheckIntervalSeconds"}, minute, setGroup(func(in *elbv2.ModifyTargetGroupInput) { in.HealthCheckIntervalSeconds = new(int32(60)) }), "healthCheckIntervalSeconds was 60, wanted 15"},
		{web, []string{"healthCheckTimeoutSeconds"}, minute, setGroup(func(in *elbv2.ModifyTargetGroupInput) { in.HealthCheckTimeoutSeconds = new(int32(7)) }), "healthCheckTimeoutSeconds was 7, wanted 5"},
		{web, []string{"healthyThresholdCount"}, minute, setGroup(func(in *elbv2.ModifyTargetGroupInput) { in.HealthyThresholdCount = new(int32(9)) }), "healthyThresholdCount was 9, wanted 3"},
		{web, []string{"unhealthyThresholdCount"}, minute, setGroup(func(in *elbv2.ModifyTargetGroupInput) { in.UnhealthyThresholdCount = new(int32(9)) }), "unhealthyThresholdCount was 9, wanted 2"},
		{web, []string{"Matcher.httpCode"}, minute, setGroup(func(in *elbv2.ModifyTargetGroupInput) { in.Matcher = &elbtypes.Matcher{HttpCode: new("404")} }), "matcher.httpCode was 404, wanted 200-299"},
		{"TargetGroup/rpc", []string{"Matcher.grpcCode"}, minute, setGroup(func(in *elbv2.ModifyTargetGroupInput) { in.Matcher = &elbtypes.Matcher{GrpcCode: new("12")} }), "matcher.grpcCode was 12, wanted 0"},
		{web, []string{"attributes"}, details, func(w *world, id *string) error {
			_, err := w.ELB.ModifyTargetGroupAttributes(w.Context(), &elbv2.ModifyTargetGroupAttributesInput{TargetGroupArn: id, Attributes: []elbtypes.TargetGroupAttribute{
				{Key: new("deregistration_delay.timeout_seconds"), Value: new("7")},
			}})
			return err
		}, "attributes[deregistration_delay.timeout_seconds] was 7, wanted 0"},
		{"TargetGroup/rpc", rest, minute, func(w *world, id *string) error {
			_, err := w.ELB.DeleteTargetGroup(w.Context(), &elbv2.DeleteTargetGroupInput{TargetGroupArn: id})
			return err
		}, "TargetGroup/rpc was gone, and was made anew"},
		{"TargetGroupBinding/web", []string{"ServiceReference.name"}, health, func(w *world, _ *string) error {
			_, err := w.ELB.DeregisterTargets(w.Context(), &elbv2.DeregisterTargetsInput{TargetGroupArn: w.id(web), Targets: []elbtypes.TargetDescription{{Id: new("10.64.0.21"), Port: new(int32(8080))}}})
			return err
		}, "targets was nothing, wanted [10.64.0.21:8080]"},
		{"TargetGroupBinding/web", []string{"ServiceReference.port"}, health, func(w *world, _ *string) error {
			_, err := w.ELB.RegisterTargets(w.Context(), &elbv2.RegisterTargetsInput{TargetGroupArn: w.id(web), Targets: []elbtypes.TargetDescription{{Id: new("10.64.0.21"), Port: new(int32(9090))}}})
			return err
		}, "targets was [10.64.0.21:9090], wanted nothing"},
	}
}

// rule changed: what is described is changed, and put back.
func rule(change func(w *world, r *elbtypes.Rule)) func(*world, *string) error {
	return func(w *world, id *string) error {
		out, err := w.ELB.DescribeRules(w.Context(), &elbv2.DescribeRulesInput{RuleArns: []string{*id}})
		if err != nil {
			return err
		}
		r := &out.Rules[0]
		for i := range r.Conditions {
			r.Conditions[i].Values = nil // given once more by its config
		}
		for i, a := range r.Actions {
			r.Actions[i].TargetGroupArn = nil // likewise
			if a.AuthenticateOidcConfig != nil {
				a.AuthenticateOidcConfig.UseExistingClientSecret = new(true)
			}
		}
		change(w, r)
		in := &elbv2.ModifyRuleInput{RuleArn: id, Conditions: r.Conditions, Actions: r.Actions, Transforms: r.Transforms}
		if len(r.Transforms) == 0 {
			in.ResetTransforms = new(true)
		}
		_, err = w.ELB.ModifyRule(w.Context(), in)
		return err
	}
}

// condition of a field.
func condition(r *elbtypes.Rule, field string) *elbtypes.RuleCondition {
	for i := range r.Conditions {
		if aws.ToString(r.Conditions[i].Field) == field {
			return &r.Conditions[i]
		}
	}
	return &elbtypes.RuleCondition{}
}

func ruleDrifts() []drift {
	const fixed, match, regex, rewrite = "ListenerRule/fixed", "ListenerRule/match", "ListenerRule/regex", "ListenerRule/forward"
	return []drift{
		{fixed, rest, minute, func(w *world, id *string) error {
			_, err := w.ELB.DeleteRule(w.Context(), &elbv2.DeleteRuleInput{RuleArn: id})
			return err
		}, fixed + " was gone, and was made anew"},
		{fixed, []string{"priority"}, minute, func(w *world, id *string) error {
			_, err := w.ELB.SetRulePriorities(w.Context(), &elbv2.SetRulePrioritiesInput{RulePriorities: []elbtypes.RulePriorityPair{{RuleArn: id, Priority: new(int32(7))}}})
			return err
		}, "priority was 7, wanted 1000"},
		{fixed, []string{"RuleCondition.field"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			r.Conditions = []elbtypes.RuleCondition{{Field: new("host-header"), HostHeaderConfig: &elbtypes.HostHeaderConditionConfig{Values: []string{"a.example.com"}}}}
		}), `conditions[host-header] was ["a.example.com"], wanted nothing`},
		{fixed, []string{"PatternConditionConfig.values"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			condition(r, "path-pattern").PathPatternConfig.Values = []string{"/other"}
		}), `conditions[path-pattern] was ["/other"], wanted ["/fixed"]`},
		{regex, []string{"PatternConditionConfig.regexValues"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			condition(r, "host-header").HostHeaderConfig.RegexValues = []string{"^x$"}
		}), `conditions[host-header] was ["^x$"] (regex), wanted `},
		{regex, []string{"PatternConditionConfig.regexValues"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			condition(r, "path-pattern").PathPatternConfig.RegexValues = []string{"^/x$"}
		}), `conditions[path-pattern] was ["^/x$"] (regex), wanted `},
		{regex, []string{"HttpHeaderConditionConfig.regexValues"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			condition(r, "http-header").HttpHeaderConfig.RegexValues = []string{"^x$"}
		}), `conditions[http-header x-beta] was `},
		{match, []string{"HttpHeaderConditionConfig.httpHeaderName"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			condition(r, "http-header").HttpHeaderConfig.HttpHeaderName = new("x-alpha")
		}), `conditions[http-header x-alpha] was ["1"], wanted nothing`},
		{match, []string{"HttpHeaderConditionConfig.values"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			condition(r, "http-header").HttpHeaderConfig.Values = []string{"2"}
		}), `conditions[http-header x-beta] was ["2"], wanted ["1"]`},
		{match, []string{"ValuesConditionConfig.values"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			condition(r, "http-request-method").HttpRequestMethodConfig.Values = []string{"PUT"}
		}), `conditions[http-request-method] was ["PUT"], wanted ["GET"]`},
		{match, []string{"ValuesConditionConfig.values"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			condition(r, "source-ip").SourceIpConfig.Values = []string{"0.0.0.0/0"}
		}), `conditions[source-ip] was ["0.0.0.0/0"], wanted ["10.0.0.0/8"]`},
		{match, []string{"QueryStringKeyValuePair.key"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			condition(r, "query-string").QueryStringConfig.Values[0].Key = new("other")
		}), `conditions[query-string] was ["other"="2"], wanted ["page"="2"]`},
		{match, []string{"QueryStringKeyValuePair.value"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			condition(r, "query-string").QueryStringConfig.Values[0].Value = new("3")
		}), `conditions[query-string] was ["page"="3"], wanted ["page"="2"]`},
		{rewrite, []string{"RuleTransform.type"}, minute, rule(func(_ *world, r *elbtypes.Rule) { r.Transforms = nil }), `transforms[host-header-rewrite] was nothing, wanted ["^.*$" "inner.example.com"]`},
		{fixed, []string{"RuleTransform.type"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			r.Transforms = []elbtypes.RuleTransform{{Type: elbtypes.TransformTypeEnumUrlRewrite, UrlRewriteConfig: &elbtypes.UrlRewriteConfig{Rewrites: []elbtypes.RewriteConfig{{Regex: new("a"), Replace: new("b")}}}}}
		}), `transforms[url-rewrite] was ["a" "b"], wanted nothing`},
		{rewrite, []string{"RewriteConfig.regex", "RewriteConfig.replace"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			for _, t := range r.Transforms {
				if t.UrlRewriteConfig != nil {
					t.UrlRewriteConfig.Rewrites = []elbtypes.RewriteConfig{{Regex: new("^/older"), Replace: new("/newer")}}
				}
			}
		}), `transforms[url-rewrite] was ["^/older" "/newer"], wanted ["^/old" "/new"]`},
		{rewrite, []string{"RewriteConfig.replace"}, minute, rule(func(_ *world, r *elbtypes.Rule) {
			for _, t := range r.Transforms {
				if t.HostHeaderRewriteConfig != nil {
					t.HostHeaderRewriteConfig.Rewrites[0].Replace = new("outer.example.com")
				}
			}
		}), `transforms[host-header-rewrite] was ["^.*$" "outer.example.com"], wanted ["^.*$" "inner.example.com"]`},
	}
}
