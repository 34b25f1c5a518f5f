package external

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// What ELBv2 fills in where an authentication action leaves a field out (API reference, AuthenticateOidcActionConfig).
const (
	defaultOnUnauthenticated = "authenticate"
	defaultScope             = "openid"
	defaultSessionCookie     = "AWSELBAuthSessionCookie"
	defaultSessionTimeout    = 604800
	defaultContentType       = "text/plain"
)

// SameActions says whether AWS holds what is wanted. DescribeRules shows a lone target group twice, fills in redirect
// placeholders and defaults, and never shows the client secret of an authenticate-oidc action.
func SameActions(want, got []types.Action) bool {
	return slices.EqualFunc(alb.Sorted(want), alb.Sorted(got), sameAction)
}

func sameAction(want, got types.Action) bool {
	if want.Type != got.Type {
		return false
	}
	switch want.Type {
	case types.ActionTypeEnumForward:
		return sameForward(want, got)
	case types.ActionTypeEnumRedirect:
		return sameRedirect(value(want.RedirectConfig), value(got.RedirectConfig))
	case types.ActionTypeEnumFixedResponse:
		return sameFixed(value(want.FixedResponseConfig), value(got.FixedResponseConfig))
	case types.ActionTypeEnumAuthenticateOidc:
		return sameOIDC(value(want.AuthenticateOidcConfig), value(got.AuthenticateOidcConfig))
	case types.ActionTypeEnumAuthenticateCognito:
		return sameCognito(value(want.AuthenticateCognitoConfig), value(got.AuthenticateCognitoConfig))
	case types.ActionTypeEnumJwtValidation:
		return sameJWT(value(want.JwtValidationConfig), value(got.JwtValidationConfig))
	default:
		return false
	}
}

func sameForward(want, got types.Action) bool {
	return maps.Equal(weights(want), weights(got)) &&
		stickiness(want.ForwardConfig) == stickiness(got.ForwardConfig)
}

// weights of target groups by ARN. A lone target group gets everything, whatever its weight.
func weights(a types.Action) map[string]int32 {
	groups := alb.TargetGroupsOf(a)
	out := make(map[string]int32, len(groups))
	for _, g := range groups {
		out[value(g.TargetGroupArn)] = 1
		if g.Weight != nil && len(groups) > 1 {
			out[value(g.TargetGroupArn)] = *g.Weight
		}
	}
	return out
}

// stickiness in seconds; zero is off.
func stickiness(f *types.ForwardActionConfig) int32 {
	if f == nil || f.TargetGroupStickinessConfig == nil || !value(f.TargetGroupStickinessConfig.Enabled) {
		return 0
	}
	return value(f.TargetGroupStickinessConfig.DurationSeconds)
}

func sameRedirect(want, got types.RedirectActionConfig) bool {
	w, g := alb.CompleteRedirect(want), alb.CompleteRedirect(got)
	return w.StatusCode == g.StatusCode && *w.Protocol == *g.Protocol && strings.EqualFold(*w.Host, *g.Host) &&
		*w.Port == *g.Port && *w.Path == *g.Path && *w.Query == *g.Query
}

func sameFixed(want, got types.FixedResponseActionConfig) bool {
	return value(want.StatusCode) == value(got.StatusCode) && value(want.MessageBody) == value(got.MessageBody) &&
		cmp.Or(value(want.ContentType), defaultContentType) == cmp.Or(value(got.ContentType), defaultContentType)
}

func sameOIDC(want, got types.AuthenticateOidcActionConfig) bool {
	return value(want.Issuer) == value(got.Issuer) &&
		value(want.AuthorizationEndpoint) == value(got.AuthorizationEndpoint) &&
		value(want.TokenEndpoint) == value(got.TokenEndpoint) &&
		value(want.UserInfoEndpoint) == value(got.UserInfoEndpoint) &&
		(want.ClientId == nil || *want.ClientId == value(got.ClientId)) &&
		maps.Equal(want.AuthenticationRequestExtraParams, got.AuthenticationRequestExtraParams) &&
		sameSession(
			session{string(want.OnUnauthenticatedRequest), value(want.Scope), value(want.SessionCookieName), value(want.SessionTimeout)},
			session{string(got.OnUnauthenticatedRequest), value(got.Scope), value(got.SessionCookieName), value(got.SessionTimeout)})
}

func sameCognito(want, got types.AuthenticateCognitoActionConfig) bool {
	return value(want.UserPoolArn) == value(got.UserPoolArn) &&
		value(want.UserPoolClientId) == value(got.UserPoolClientId) &&
		value(want.UserPoolDomain) == value(got.UserPoolDomain) &&
		maps.Equal(want.AuthenticationRequestExtraParams, got.AuthenticationRequestExtraParams) &&
		sameSession(
			session{string(want.OnUnauthenticatedRequest), value(want.Scope), value(want.SessionCookieName), value(want.SessionTimeout)},
			session{string(got.OnUnauthenticatedRequest), value(got.Scope), value(got.SessionCookieName), value(got.SessionTimeout)})
}

// A session is what the two ways to authenticate users have in common.
type session struct {
	onUnauthenticated, scope, cookie string
	timeout                          int64
}

func sameSession(want, got session) bool { return want.complete() == got.complete() }

func (s session) complete() session {
	return session{
		cmp.Or(s.onUnauthenticated, defaultOnUnauthenticated), cmp.Or(s.scope, defaultScope),
		cmp.Or(s.cookie, defaultSessionCookie), cmp.Or(s.timeout, defaultSessionTimeout),
	}
}

func sameJWT(want, got types.JwtValidationActionConfig) bool {
	return value(want.Issuer) == value(got.Issuer) && value(want.JwksEndpoint) == value(got.JwksEndpoint) &&
		slices.Equal(claims(want), claims(got))
}

func claims(c types.JwtValidationActionConfig) []string {
	out := make([]string, 0, len(c.AdditionalClaims))
	for _, claim := range c.AdditionalClaims {
		out = append(out, value(claim.Name)+"\x00"+string(claim.Format)+"\x00"+strings.Join(set(claim.Values), "\x00"))
	}
	return set(out)
}
