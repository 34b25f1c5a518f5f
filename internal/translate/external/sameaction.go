package external

import (
	"cmp"
	"fmt"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// What ELBv2 fills in where an authentication action leaves a field out (API reference, AuthenticateOidcActionConfig).
const (
	defaultOnUnauthenticated = "authenticate"
	defaultScope             = "openid"
	defaultSessionCookie     = "AWSELBAuthSessionCookie"
	defaultSessionTimeout    = 604800
	defaultContentType       = "text/plain"
)

// keyClient is the field of a client id, which a Secret holds: that it differs is told, and not what it is.
const keyClient = ".authenticateOidcConfig.clientId"

// SameActions says whether AWS holds what is wanted. DescribeRules shows a lone target group twice, fills in redirect
// placeholders and defaults, and never shows the client secret of an authenticate-oidc action.
func SameActions(want, got []types.Action) bool { return len(DifferingActions("", want, got)) == 0 }

// DifferingActions are the fields of a list of actions that AWS holds otherwise than they are wanted.
func DifferingActions(list string, want, got []types.Action) difference.List {
	wanted, was := plainActions(list, want), plainActions(list, got)
	maps.DeleteFunc(was, func(k, _ string) bool {
		_, ok := wanted[k]
		return strings.HasSuffix(k, keyClient) && !ok // it is not known here
	})
	out := difference.Maps(was, wanted, func(key string) string { return key })
	for i := range out {
		if strings.HasSuffix(out[i].Field, keyClient) {
			out[i].Was, out[i].Wanted = "", ""
		}
	}
	return out
}

// plainActions are the values of their fields by path, as text, without what ELBv2 lets vary.
func plainActions(list string, actions []types.Action) map[string]string {
	out := map[string]string{}
	for i, a := range alb.Sorted(actions) {
		f := facts{at: fmt.Sprintf("%s[%d].", list, i), all: out}
		f.add("type", string(a.Type))
		switch a.Type {
		case types.ActionTypeEnumForward:
			f.forward(a)
		case types.ActionTypeEnumRedirect:
			f.redirect(alb.CompleteRedirect(value(a.RedirectConfig)))
		case types.ActionTypeEnumFixedResponse:
			f.fixed(value(a.FixedResponseConfig))
		case types.ActionTypeEnumAuthenticateOidc:
			f.oidc(value(a.AuthenticateOidcConfig))
		case types.ActionTypeEnumAuthenticateCognito:
			f.cognito(value(a.AuthenticateCognitoConfig))
		case types.ActionTypeEnumJwtValidation:
			f.jwt(value(a.JwtValidationConfig))
		}
	}
	return out
}

// facts of one action.
type facts struct {
	at  string
	all map[string]string
}

func (f facts) add(field, text string) { f.all[f.at+field] = text }

func (f facts) in(config string) facts { return facts{at: f.at + config + ".", all: f.all} }

// forward: a lone target group gets everything, whatever its weight.
func (f facts) forward(a types.Action) {
	f = f.in("forwardConfig")
	groups := alb.TargetGroupsOf(a)
	for _, g := range groups {
		weight := int32(1)
		if g.Weight != nil && len(groups) > 1 {
			weight = *g.Weight
		}
		f.add("targetGroups["+value(g.TargetGroupArn)+"].weight", fmt.Sprint(weight))
	}
	if c := a.ForwardConfig; c != nil && c.TargetGroupStickinessConfig != nil && value(c.TargetGroupStickinessConfig.Enabled) {
		f.add("targetGroupStickinessConfig.durationSeconds", fmt.Sprint(value(c.TargetGroupStickinessConfig.DurationSeconds)))
	}
}

func (f facts) redirect(r types.RedirectActionConfig) {
	f = f.in("redirectConfig")
	f.add("statusCode", string(r.StatusCode))
	f.add("protocol", *r.Protocol)
	f.add("host", strings.ToLower(*r.Host))
	f.add("port", *r.Port)
	f.add("path", *r.Path)
	f.add("query", *r.Query)
}

func (f facts) fixed(r types.FixedResponseActionConfig) {
	f = f.in("fixedResponseConfig")
	f.add("statusCode", value(r.StatusCode))
	f.add("messageBody", value(r.MessageBody))
	f.add("contentType", cmp.Or(value(r.ContentType), defaultContentType))
}

func (f facts) oidc(c types.AuthenticateOidcActionConfig) {
	if c.ClientId != nil {
		f.all[strings.TrimSuffix(f.at, ".")+keyClient] = *c.ClientId
	}
	f = f.in("authenticateOidcConfig")
	f.add("issuer", value(c.Issuer))
	f.add("authorizationEndpoint", value(c.AuthorizationEndpoint))
	f.add("tokenEndpoint", value(c.TokenEndpoint))
	f.add("userInfoEndpoint", value(c.UserInfoEndpoint))
	f.session(session{string(c.OnUnauthenticatedRequest), value(c.Scope), value(c.SessionCookieName), value(c.SessionTimeout), c.AuthenticationRequestExtraParams})
}

func (f facts) cognito(c types.AuthenticateCognitoActionConfig) {
	f = f.in("authenticateCognitoConfig")
	f.add("userPoolArn", value(c.UserPoolArn))
	f.add("userPoolClientId", value(c.UserPoolClientId))
	f.add("userPoolDomain", value(c.UserPoolDomain))
	f.session(session{string(c.OnUnauthenticatedRequest), value(c.Scope), value(c.SessionCookieName), value(c.SessionTimeout), c.AuthenticationRequestExtraParams})
}

// A session is what the two ways to authenticate users have in common.
type session struct {
	onUnauthenticated, scope, cookie string
	timeout                          int64
	params                           map[string]string
}

func (f facts) session(s session) {
	f.add("onUnauthenticatedRequest", cmp.Or(s.onUnauthenticated, defaultOnUnauthenticated))
	f.add("scope", cmp.Or(s.scope, defaultScope))
	f.add("sessionCookieName", cmp.Or(s.cookie, defaultSessionCookie))
	f.add("sessionTimeout", fmt.Sprint(cmp.Or(s.timeout, defaultSessionTimeout)))
	for k, v := range s.params {
		f.add("authenticationRequestExtraParams["+k+"]", v)
	}
}

func (f facts) jwt(c types.JwtValidationActionConfig) {
	f = f.in("jwtValidationConfig")
	f.add("issuer", value(c.Issuer))
	f.add("jwksEndpoint", value(c.JwksEndpoint))
	claims := make([]string, 0, len(c.AdditionalClaims))
	for _, claim := range c.AdditionalClaims {
		claims = append(claims, fmt.Sprintf("%q %s %s", value(claim.Name), claim.Format, quoted(claim.Values)))
	}
	f.add("additionalClaims", "["+strings.Join(set(claims), ", ")+"]")
}
