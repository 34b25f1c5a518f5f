package external

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// Actions are those of a rule or listener as ELBv2 takes them, with Order filled. arn turns the name of a TargetGroup into
// its ARN. The client of an authenticate-oidc action is left empty: it is a secret that only the reconciler reads.
func Actions(as []albv1alpha1.Action, arn func(targetGroup string) string) []types.Action {
	out := make([]types.Action, 0, len(as))
	for i, a := range as {
		sdk := action(a, arn)
		sdk.Order = new(int32(i + 1))
		if a.Order != nil {
			sdk.Order = clone(a.Order)
		}
		out = append(out, sdk)
	}
	return out
}

func action(a albv1alpha1.Action, arn func(string) string) types.Action {
	out := types.Action{Type: types.ActionTypeEnum(a.Type)}
	switch {
	case a.ForwardConfig != nil:
		out.ForwardConfig = forward(*a.ForwardConfig, arn)
	case a.RedirectConfig != nil:
		r := a.RedirectConfig
		out.RedirectConfig = &types.RedirectActionConfig{
			Protocol: clone(r.Protocol), Host: clone(r.Host), Port: clone(r.Port), Path: clone(r.Path), Query: clone(r.Query),
			StatusCode: types.RedirectActionStatusCodeEnum(r.StatusCode),
		}
	case a.FixedResponseConfig != nil:
		f := a.FixedResponseConfig
		out.FixedResponseConfig = &types.FixedResponseActionConfig{
			StatusCode: new(f.StatusCode), ContentType: clone(f.ContentType), MessageBody: clone(f.MessageBody),
		}
	case a.AuthenticateOidcConfig != nil:
		out.AuthenticateOidcConfig = oidc(*a.AuthenticateOidcConfig)
	case a.AuthenticateCognitoConfig != nil:
		out.AuthenticateCognitoConfig = cognito(*a.AuthenticateCognitoConfig)
	case a.JwtValidationConfig != nil:
		out.JwtValidationConfig = jwt(*a.JwtValidationConfig)
	}
	return out
}

// forward always uses ForwardConfig, for one target group too: one shape to send and to compare.
func forward(f albv1alpha1.ForwardActionConfig, arn func(string) string) *types.ForwardActionConfig {
	out := &types.ForwardActionConfig{TargetGroups: make([]types.TargetGroupTuple, 0, len(f.TargetGroups))}
	for _, tg := range f.TargetGroups {
		tuple := types.TargetGroupTuple{TargetGroupArn: clone(tg.TargetGroupArn), Weight: new(int32(1))}
		if tg.TargetGroupRef != nil {
			tuple.TargetGroupArn = new(arn(tg.TargetGroupRef.Name))
		}
		if tg.Weight != nil {
			tuple.Weight = clone(tg.Weight)
		}
		out.TargetGroups = append(out.TargetGroups, tuple)
	}
	if s := f.TargetGroupStickinessConfig; s != nil {
		out.TargetGroupStickinessConfig = &types.TargetGroupStickinessConfig{Enabled: new(s.Enabled), DurationSeconds: clone(s.DurationSeconds)}
	}
	return out
}

func oidc(c albv1alpha1.AuthenticateOidcActionConfig) *types.AuthenticateOidcActionConfig {
	out := &types.AuthenticateOidcActionConfig{
		Issuer: new(c.Issuer), AuthorizationEndpoint: new(c.AuthorizationEndpoint),
		TokenEndpoint: new(c.TokenEndpoint), UserInfoEndpoint: new(c.UserInfoEndpoint),
		AuthenticationRequestExtraParams: maps.Clone(c.AuthenticationRequestExtraParams),
		Scope:                            clone(c.Scope), SessionCookieName: clone(c.SessionCookieName), SessionTimeout: clone(c.SessionTimeout),
	}
	if c.OnUnauthenticatedRequest != nil {
		out.OnUnauthenticatedRequest = types.AuthenticateOidcActionConditionalBehaviorEnum(*c.OnUnauthenticatedRequest)
	}
	return out
}

func cognito(c albv1alpha1.AuthenticateCognitoActionConfig) *types.AuthenticateCognitoActionConfig {
	out := &types.AuthenticateCognitoActionConfig{
		UserPoolArn: new(c.UserPoolArn), UserPoolClientId: new(c.UserPoolClientId), UserPoolDomain: new(c.UserPoolDomain),
		AuthenticationRequestExtraParams: maps.Clone(c.AuthenticationRequestExtraParams),
		Scope:                            clone(c.Scope), SessionCookieName: clone(c.SessionCookieName), SessionTimeout: clone(c.SessionTimeout),
	}
	if c.OnUnauthenticatedRequest != nil {
		out.OnUnauthenticatedRequest = types.AuthenticateCognitoActionConditionalBehaviorEnum(*c.OnUnauthenticatedRequest)
	}
	return out
}

func jwt(c albv1alpha1.JwtValidationActionConfig) *types.JwtValidationActionConfig {
	out := &types.JwtValidationActionConfig{Issuer: new(c.Issuer), JwksEndpoint: new(c.JwksEndpoint)}
	for _, claim := range c.AdditionalClaims {
		out.AdditionalClaims = append(out.AdditionalClaims, types.JwtValidationActionAdditionalClaim{
			Name: new(claim.Name), Format: types.JwtValidationActionAdditionalClaimFormatEnum(claim.Format), Values: slices.Clone(claim.Values),
		})
	}
	return out
}
