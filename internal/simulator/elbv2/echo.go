package elbv2

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

func same(a, b any) bool { return reflect.DeepEqual(a, b) }

// echoConditions completes conditions as DescribeRules shows them: values of hosts and paths are both in their configuration and
// mirrored at the top (alb.md section 6).
func echoConditions(conditions []types.RuleCondition) []types.RuleCondition {
	out := slices.Clone(conditions)
	for i, c := range out {
		switch deref(c.Field) {
		case alb.FieldHostHeader:
			config := deref(c.HostHeaderConfig)
			config.Values, config.RegexValues = either(config.Values, c.Values), either(config.RegexValues, c.RegexValues)
			c.HostHeaderConfig, c.Values, c.RegexValues = &config, config.Values, config.RegexValues
		case alb.FieldPathPattern:
			config := deref(c.PathPatternConfig)
			config.Values, config.RegexValues = either(config.Values, c.Values), either(config.RegexValues, c.RegexValues)
			c.PathPatternConfig, c.Values, c.RegexValues = &config, config.Values, config.RegexValues
		}
		out[i] = c
	}
	return out
}

func either(a, b []string) []string {
	if len(a) > 0 {
		return a
	}
	return b
}

// asSent takes the mirrored values away again, since a call may give values in one place only.
func asSent(conditions []types.RuleCondition) []types.RuleCondition {
	out := slices.Clone(conditions)
	for i := range out {
		if out[i].HostHeaderConfig != nil || out[i].PathPatternConfig != nil {
			out[i].Values, out[i].RegexValues = nil, nil
		}
	}
	return out
}

// echoActions completes actions as DescribeRules shows them.
func echoActions(actions []types.Action) []types.Action {
	out := slices.Clone(actions)
	for i, a := range out {
		if a.Order == nil {
			a.Order = new(int32(i + 1))
		}
		switch a.Type {
		case types.ActionTypeEnumForward:
			echoForward(&a)
		case types.ActionTypeEnumRedirect:
			a.RedirectConfig = new(alb.CompleteRedirect(*a.RedirectConfig))
		case types.ActionTypeEnumFixedResponse:
			config := *a.FixedResponseConfig
			config.MessageBody = new(deref(config.MessageBody))
			a.FixedResponseConfig = &config
		case types.ActionTypeEnumAuthenticateOidc:
			a.AuthenticateOidcConfig = echoOIDC(*a.AuthenticateOidcConfig)
		case types.ActionTypeEnumAuthenticateCognito:
			a.AuthenticateCognitoConfig = echoCognito(*a.AuthenticateCognitoConfig)
		}
		out[i] = a
	}
	return out
}

// echoForward shows one target group both ways and several in ForwardConfig only.
func echoForward(a *types.Action) {
	groups := slices.Clone(alb.TargetGroupsOf(*a))
	for i := range groups {
		if groups[i].Weight == nil {
			groups[i].Weight = new(int32(1))
		}
	}
	stickiness := &types.TargetGroupStickinessConfig{Enabled: new(false)}
	if a.ForwardConfig != nil && a.ForwardConfig.TargetGroupStickinessConfig != nil {
		stickiness = new(*a.ForwardConfig.TargetGroupStickinessConfig)
		stickiness.Enabled = new(deref(stickiness.Enabled))
	}
	a.ForwardConfig = &types.ForwardActionConfig{TargetGroups: groups, TargetGroupStickinessConfig: stickiness}
	a.TargetGroupArn = nil
	if len(groups) == 1 {
		a.TargetGroupArn = groups[0].TargetGroupArn
	}
}

// Defaults of the authentication actions: API reference, AuthenticateOidcActionConfig and AuthenticateCognitoActionConfig.
const (
	sessionCookie  = "AWSELBAuthSessionCookie"
	sessionTimeout = int64(604800)
	scope          = "openid"
)

func echoOIDC(c types.AuthenticateOidcActionConfig) *types.AuthenticateOidcActionConfig {
	c.SessionCookieName = new(cmp.Or(deref(c.SessionCookieName), sessionCookie))
	c.SessionTimeout = new(cmp.Or(deref(c.SessionTimeout), sessionTimeout))
	c.Scope = new(cmp.Or(deref(c.Scope), scope))
	c.OnUnauthenticatedRequest = cmp.Or(c.OnUnauthenticatedRequest, types.AuthenticateOidcActionConditionalBehaviorEnumAuthenticate)
	return &c
}

func echoCognito(c types.AuthenticateCognitoActionConfig) *types.AuthenticateCognitoActionConfig {
	c.SessionCookieName = new(cmp.Or(deref(c.SessionCookieName), sessionCookie))
	c.SessionTimeout = new(cmp.Or(deref(c.SessionTimeout), sessionTimeout))
	c.Scope = new(cmp.Or(deref(c.Scope), scope))
	c.OnUnauthenticatedRequest = cmp.Or(c.OnUnauthenticatedRequest, types.AuthenticateCognitoActionConditionalBehaviorEnumAuthenticate)
	return &c
}

// withoutSecrets hides what no answer may hold.
func withoutSecrets(actions []types.Action) []types.Action {
	out := slices.Clone(actions)
	for i, a := range out {
		if a.AuthenticateOidcConfig != nil {
			config := *a.AuthenticateOidcConfig
			config.ClientSecret, config.UseExistingClientSecret = nil, nil
			out[i].AuthenticateOidcConfig = &config
		}
	}
	return out
}

// keepSecrets carries the client secret over where a call says UseExistingClientSecret.
func keepSecrets(next, have []types.Action) []types.Action {
	var secret *string
	for _, a := range have {
		if a.AuthenticateOidcConfig != nil {
			secret = a.AuthenticateOidcConfig.ClientSecret
		}
	}
	out := slices.Clone(next)
	for i, a := range out {
		if c := a.AuthenticateOidcConfig; c != nil && deref(c.UseExistingClientSecret) && c.ClientSecret == nil {
			config := *c
			config.ClientSecret, config.UseExistingClientSecret = secret, nil
			out[i].AuthenticateOidcConfig = &config
		}
	}
	return out
}
