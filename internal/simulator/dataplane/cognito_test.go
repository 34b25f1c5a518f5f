package dataplane

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/identity"
)

const (
	userPool   = "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEf123"
	poolIssuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123"
)

func TestCognito(t *testing.T) {
	cases := map[string]struct {
		reason string
		issuer string
		edit   func(*types.AuthenticateCognitoActionConfig)
		want   int
	}{
		"LogsIn":      {reason: "a user of the pool gets to the target", issuer: poolIssuer, want: http.StatusOK},
		"OtherPool":   {reason: "an ID token of another pool is none of this one", issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other", want: http.StatusUnauthorized},
		"OtherClient": {reason: "a client without a secret cannot be used", issuer: poolIssuer, edit: func(c *types.AuthenticateCognitoActionConfig) { c.UserPoolClientId = new("none") }, want: http.StatusInternalServerError},
		"NoPool": {reason: "nor can what is no user pool", issuer: poolIssuer, edit: func(c *types.AuthenticateCognitoActionConfig) {
			c.UserPoolArn = new("arn:aws:sns:us-east-1:123456789012:x")
		}, want: http.StatusInternalServerError},
		"Denies": {reason: "onUnauthenticatedRequest holds here too", issuer: poolIssuer, edit: func(c *types.AuthenticateCognitoActionConfig) { c.OnUnauthenticatedRequest = "deny" }, want: http.StatusUnauthorized},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p, roots := startProvider(t, identity.Options{Issuer: tc.issuer})
			p.LogIn(identity.User{Subject: "alice"})
			w := &world{provider: p, roots: roots.Clone()}
			w.plane = newPlane(t, Options{Speed: 1, TrustedCAs: roots, UserPoolSecrets: map[string]string{"shop": secret}})
			c := &types.AuthenticateCognitoActionConfig{
				UserPoolArn: new(userPool), UserPoolClientId: new("shop"), UserPoolDomain: new(strings.TrimPrefix(p.URL(), "https://")),
			}
			if tc.edit != nil {
				tc.edit(c)
			}
			w.guardWith(t, types.Action{Type: types.ActionTypeEnumAuthenticateCognito, AuthenticateCognitoConfig: c})
			got := get(t, w.browser(t).Client, "https://"+shop+"/cart")
			if got.Code != tc.want {
				t.Fatalf("%s\ngot %d, want %d", tc.reason, got.Code, tc.want)
			}
			if tc.want == http.StatusOK && told(t, got).Get(headerIdentity) != "alice" {
				t.Errorf("%s\nthe target is told %v", tc.reason, told(t, got))
			}
		})
	}
}

// The prefix of a domain of Amazon's stands for the whole.
func TestCognitoDomain(t *testing.T) {
	d := newPlane(t, Options{UserPoolSecrets: map[string]string{"shop": secret}})
	a, err := compileCognito(d, "1", types.AuthenticateCognitoActionConfig{UserPoolArn: new(userPool), UserPoolClientId: new("shop"), UserPoolDomain: new("shop")})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.authorize.String(), "https://shop.auth.us-east-1.amazoncognito.com/oauth2/authorize"; got != want || a.issuer != poolIssuer {
		t.Errorf("%s, want %s; issuer %s", got, want, a.issuer)
	}
}
