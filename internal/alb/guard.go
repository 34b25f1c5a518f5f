package alb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// validateGuard checks the actions that let a request pass or not: they need an HTTPS listener (API reference, Action).
func validateGuard(a types.Action, on ListenerPort) error {
	if on.Protocol != string(types.ProtocolEnumHttps) {
		return invalidAction(string(a.Type), "", "needs an HTTPS listener")
	}
	switch a.Type {
	case types.ActionTypeEnumAuthenticateOidc:
		return validateOIDC(*a.AuthenticateOidcConfig)
	case types.ActionTypeEnumAuthenticateCognito:
		c := *a.AuthenticateCognitoConfig
		return firstError(
			required("authenticate-cognito user pool ARN", c.UserPoolArn),
			required("authenticate-cognito user pool client id", c.UserPoolClientId),
			required("authenticate-cognito user pool domain", c.UserPoolDomain),
			sessionTimeout(c.SessionTimeout),
		)
	default:
		return validateJWT(*a.JwtValidationConfig)
	}
}

func validateOIDC(c types.AuthenticateOidcActionConfig) error {
	if err := firstError(
		required("authenticate-oidc issuer", c.Issuer),
		httpsURL("authenticate-oidc authorization endpoint", c.AuthorizationEndpoint),
		httpsURL("authenticate-oidc token endpoint", c.TokenEndpoint),
		httpsURL("authenticate-oidc user info endpoint", c.UserInfoEndpoint),
		required("authenticate-oidc client id", c.ClientId),
		sessionTimeout(c.SessionTimeout),
	); err != nil {
		return err
	}
	// The secret may be left out only where the one already stored goes on being used.
	if !deref(c.UseExistingClientSecret) {
		return required("authenticate-oidc client secret", c.ClientSecret)
	}
	return nil
}

func validateJWT(c types.JwtValidationActionConfig) error {
	if err := firstError(required("jwt-validation issuer", c.Issuer), httpsURL("jwt-validation JWKS endpoint", c.JwksEndpoint)); err != nil {
		return err
	}
	if n := len(c.AdditionalClaims); n > MaxAdditionalClaims {
		return &LimitError{Field: "jwt-validation", Got: n, Limit: MaxAdditionalClaims, Unit: "additional claims", Code: CodeValidation}
	}
	for _, claim := range c.AdditionalClaims {
		if err := validateClaim(claim); err != nil {
			return err
		}
	}
	return nil
}

// verifiedClaims are looked at anyway.
var verifiedClaims = []string{"exp", "iss", "nbf", "iat"}

// validateClaim by API reference, JwtValidationActionAdditionalClaim.
func validateClaim(claim types.JwtValidationActionAdditionalClaim) error {
	const name, value = "jwt-validation claim name", "jwt-validation claim"
	switch n := len(claim.Values); {
	case deref(claim.Name) == "":
		return required(name, claim.Name)
	case slices.Contains(verifiedClaims, *claim.Name):
		return invalidAction(name, *claim.Name, "cannot be given, as it is verified anyway")
	case n == 0:
		return invalidAction(value, *claim.Name, "must have a value")
	case n > MaxClaimValues:
		return &LimitError{Field: value, Got: n, Limit: MaxClaimValues, Unit: "values", Code: CodeValidation}
	}
	for _, text := range append([]string{*claim.Name}, claim.Values...) {
		if err := tooLong(value, text, MaxAdditionalClaimLength); err != nil {
			return err
		}
	}
	spaced := slices.ContainsFunc(claim.Values, func(v string) bool { return strings.Contains(v, " ") })
	if spaced && claim.Format == types.JwtValidationActionAdditionalClaimFormatEnumSpaceSeparatedValues {
		return invalidAction(value, *claim.Name, "must have values without spaces where its format is space-separated-values")
	}
	return nil
}

// required never shows the value: one of them is a secret.
func required(field string, text *string) error {
	if deref(text) == "" {
		return invalidAction(field, "", "must be given")
	}
	return nil
}

func httpsURL(field string, text *string) error {
	if !strings.HasPrefix(deref(text), "https://") {
		return invalidAction(field, deref(text), "must be an https:// URL")
	}
	return nil
}

func sessionTimeout(seconds *int64) error {
	if seconds != nil && (*seconds < 1 || *seconds > MaxSessionTimeoutSeconds) {
		return invalid("session timeout", fmt.Sprint(*seconds), fmt.Sprintf("must be from 1 to %d seconds", MaxSessionTimeoutSeconds))
	}
	return nil
}
