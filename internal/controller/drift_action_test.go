package controller_test

import (
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// first action of a rule, changed.
func first(change func(w *world, a *elbtypes.Action)) func(*world, *string) error {
	return rule(func(w *world, r *elbtypes.Rule) { change(w, &r.Actions[0]) })
}

func actionDrifts() []drift {
	const fixed, redirect, forward = "ListenerRule/fixed", "ListenerRule/redirect", "ListenerRule/forward"
	answer := func(field string, change func(*elbtypes.FixedResponseActionConfig), told string) drift {
		return drift{fixed, []string{"FixedResponseActionConfig." + field}, minute, first(func(_ *world, a *elbtypes.Action) { change(a.FixedResponseConfig) }), "fixedResponseConfig." + field + told}
	}
	lead := func(field string, change func(*elbtypes.RedirectActionConfig), told string) drift {
		return drift{redirect, []string{"RedirectActionConfig." + field}, minute, first(func(_ *world, a *elbtypes.Action) { change(a.RedirectConfig) }), "redirectConfig." + field + told}
	}
	return []drift{
		{fixed, []string{"Action.type"}, minute, first(func(w *world, a *elbtypes.Action) {
			a.Type, a.FixedResponseConfig = elbtypes.ActionTypeEnumForward, nil
			a.ForwardConfig = &elbtypes.ForwardActionConfig{TargetGroups: []elbtypes.TargetGroupTuple{{TargetGroupArn: w.id("TargetGroup/web")}}}
		}), "actions[0].type was forward, wanted fixed-response"},
		answer("statusCode", func(c *elbtypes.FixedResponseActionConfig) { c.StatusCode = new("503") }, " was 503, wanted 404"),
		answer("contentType", func(c *elbtypes.FixedResponseActionConfig) { c.ContentType = new("text/html") }, " was text/html, wanted text/plain"),
		answer("messageBody", func(c *elbtypes.FixedResponseActionConfig) { c.MessageBody = new("lost") }, " was lost, wanted gone"),
		lead("protocol", func(c *elbtypes.RedirectActionConfig) { c.Protocol = new("#{protocol}") }, " was #{protocol}, wanted HTTPS"),
		lead("host", func(c *elbtypes.RedirectActionConfig) { c.Host = new("evil.example.com") }, " was evil.example.com, wanted shop.example.com"),
		lead("port", func(c *elbtypes.RedirectActionConfig) { c.Port = new("444") }, " was 444, wanted 8443"),
		lead("path", func(c *elbtypes.RedirectActionConfig) { c.Path = new("/x") }, " was /x, wanted /cart"),
		lead("query", func(c *elbtypes.RedirectActionConfig) { c.Query = new("b=2") }, " was b=2, wanted a=1"),
		lead("statusCode", func(c *elbtypes.RedirectActionConfig) { c.StatusCode = elbtypes.RedirectActionStatusCodeEnumHttp301 }, " was HTTP_301, wanted HTTP_302"),
		{forward, []string{"TargetGroupTuple.weight"}, minute, first(func(_ *world, a *elbtypes.Action) {
			for i := range a.ForwardConfig.TargetGroups {
				a.ForwardConfig.TargetGroups[i].Weight = new(int32(5))
			}
		}), "targetGroups[TargetGroup/api].weight was 5, wanted 1; "},
		{forward, []string{"TargetGroupTuple.targetGroupRef"}, minute, first(func(w *world, a *elbtypes.Action) {
			a.ForwardConfig.TargetGroups = []elbtypes.TargetGroupTuple{{TargetGroupArn: w.id("TargetGroup/shared"), Weight: new(int32(1))}}
		}), "targetGroups[TargetGroup/shared].weight was 1, wanted nothing"},
		{forward, []string{"TargetGroupStickinessConfig.enabled"}, minute, first(func(_ *world, a *elbtypes.Action) {
			a.ForwardConfig.TargetGroupStickinessConfig = nil
		}), "targetGroupStickinessConfig.durationSeconds was nothing, wanted 60"},
		{forward, []string{"TargetGroupStickinessConfig.durationSeconds"}, minute, first(func(_ *world, a *elbtypes.Action) {
			a.ForwardConfig.TargetGroupStickinessConfig.DurationSeconds = new(int32(61))
		}), "targetGroupStickinessConfig.durationSeconds was 61, wanted 60"},
	}
}

func authenticationDrifts() []drift {
	oidc := func(field string, change func(*elbtypes.AuthenticateOidcActionConfig), told string) drift {
		return drift{"ListenerRule/oidc", []string{"AuthenticateOidcActionConfig." + field}, minute, first(func(_ *world, a *elbtypes.Action) { change(a.AuthenticateOidcConfig) }), "authenticateOidcConfig." + told}
	}
	cognito := func(field string, change func(*elbtypes.AuthenticateCognitoActionConfig), told string) drift {
		return drift{"ListenerRule/cognito", []string{"AuthenticateCognitoActionConfig." + field}, minute, first(func(_ *world, a *elbtypes.Action) { change(a.AuthenticateCognitoConfig) }), "authenticateCognitoConfig." + told}
	}
	jwt := func(field string, change func(*elbtypes.JwtValidationActionConfig), told string) drift {
		return drift{"ListenerRule/jwt", []string{field}, minute, first(func(_ *world, a *elbtypes.Action) { change(a.JwtValidationConfig) }), "jwtValidationConfig." + told}
	}
	const idp = "https://idp.example.com"
	return []drift{
		oidc("issuer", func(c *elbtypes.AuthenticateOidcActionConfig) { c.Issuer = new("https://x.example.com") }, "issuer was https://x.example.com, wanted "+idp),
		oidc("authorizationEndpoint", func(c *elbtypes.AuthenticateOidcActionConfig) {
			c.AuthorizationEndpoint = new("https://x.example.com/a")
		}, "authorizationEndpoint was https://x.example.com/a, wanted "+idp+"/authorize"),
		oidc("tokenEndpoint", func(c *elbtypes.AuthenticateOidcActionConfig) { c.TokenEndpoint = new("https://x.example.com/t") }, "tokenEndpoint was https://x.example.com/t, wanted "+idp+"/token"),
		oidc("userInfoEndpoint", func(c *elbtypes.AuthenticateOidcActionConfig) { c.UserInfoEndpoint = new("https://x.example.com/u") }, "userInfoEndpoint was https://x.example.com/u, wanted "+idp+"/user"),
		oidc("clientSecretRef", func(c *elbtypes.AuthenticateOidcActionConfig) { c.ClientId = new("another") }, "clientId differed"),
		oidc("authenticationRequestExtraParams", func(c *elbtypes.AuthenticateOidcActionConfig) {
			c.AuthenticationRequestExtraParams = map[string]string{"prompt": "none"}
		}, "authenticationRequestExtraParams[prompt] was none, wanted login"),
		oidc("onUnauthenticatedRequest", func(c *elbtypes.AuthenticateOidcActionConfig) { c.OnUnauthenticatedRequest = "allow" }, "onUnauthenticatedRequest was allow, wanted deny"),
		oidc("scope", func(c *elbtypes.AuthenticateOidcActionConfig) { c.Scope = new("openid") }, `scope was openid, wanted "openid email"`),
		oidc("sessionCookieName", func(c *elbtypes.AuthenticateOidcActionConfig) { c.SessionCookieName = new("x") }, "sessionCookieName was x, wanted shop"),
		oidc("sessionTimeout", func(c *elbtypes.AuthenticateOidcActionConfig) { c.SessionTimeout = new(int64(7200)) }, "sessionTimeout was 7200, wanted 3600"),
		cognito("userPoolArn", func(c *elbtypes.AuthenticateCognitoActionConfig) {
			c.UserPoolArn = new("arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_xxxxxxxxx")
		}, "userPoolArn was arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_xxxxxxxxx, wanted "),
		cognito("userPoolClientId", func(c *elbtypes.AuthenticateCognitoActionConfig) { c.UserPoolClientId = new("x") }, "userPoolClientId was x, wanted shop"),
		cognito("userPoolDomain", func(c *elbtypes.AuthenticateCognitoActionConfig) { c.UserPoolDomain = new("x") }, "userPoolDomain was x, wanted shop"),
		cognito("authenticationRequestExtraParams", func(c *elbtypes.AuthenticateCognitoActionConfig) {
			c.AuthenticationRequestExtraParams = map[string]string{"prompt": "none"}
		}, "authenticationRequestExtraParams[prompt] was none, wanted login"),
		cognito("onUnauthenticatedRequest", func(c *elbtypes.AuthenticateCognitoActionConfig) { c.OnUnauthenticatedRequest = "allow" }, "onUnauthenticatedRequest was allow, wanted deny"),
		cognito("scope", func(c *elbtypes.AuthenticateCognitoActionConfig) { c.Scope = new("openid") }, `scope was openid, wanted "openid email"`),
		cognito("sessionCookieName", func(c *elbtypes.AuthenticateCognitoActionConfig) { c.SessionCookieName = new("x") }, "sessionCookieName was x, wanted shop"),
		cognito("sessionTimeout", func(c *elbtypes.AuthenticateCognitoActionConfig) { c.SessionTimeout = new(int64(7200)) }, "sessionTimeout was 7200, wanted 3600"),
		jwt("JwtValidationActionConfig.issuer", func(c *elbtypes.JwtValidationActionConfig) { c.Issuer = new("https://x.example.com") }, "issuer was https://x.example.com, wanted "+idp),
		jwt("JwtValidationActionConfig.jwksEndpoint", func(c *elbtypes.JwtValidationActionConfig) { c.JwksEndpoint = new("https://x.example.com/k") }, "jwksEndpoint was https://x.example.com/k, wanted "+idp+"/keys"),
		jwt("JwtValidationActionAdditionalClaim.name", func(c *elbtypes.JwtValidationActionConfig) { c.AdditionalClaims[0].Name = new("groups") }, `additionalClaims was ["groups" string-array ["admin"]], wanted ["roles" string-array ["admin"]]`),
		jwt("JwtValidationActionAdditionalClaim.format", func(c *elbtypes.JwtValidationActionConfig) { c.AdditionalClaims[0].Format = "single-string" }, `additionalClaims was ["roles" single-string ["admin"]], wanted `),
		jwt("JwtValidationActionAdditionalClaim.values", func(c *elbtypes.JwtValidationActionConfig) { c.AdditionalClaims[0].Values = []string{"guest"} }, `additionalClaims was ["roles" string-array ["guest"]], wanted `),
	}
}
