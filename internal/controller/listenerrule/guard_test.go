package listenerrule_test

import (
	"testing"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

// TestGuards reads back from AWS each field of the actions that let requests pass or not.
func TestGuards(t *testing.T) {
	deny := albv1alpha1.OnUnauthenticatedRequest("deny")
	cases := map[string]struct {
		reason string
		guard  albv1alpha1.Action
		want   elbtypes.Action
	}{
		"OIDC": {
			reason: "Everything but the secret is shown.",
			guard: albv1alpha1.Action{Type: albv1alpha1.ActionAuthenticateOIDC, AuthenticateOidcConfig: &albv1alpha1.AuthenticateOidcActionConfig{
				Issuer: "https://idp.example.com", AuthorizationEndpoint: "https://idp.example.com/authorize",
				TokenEndpoint: "https://idp.example.com/token", UserInfoEndpoint: "https://idp.example.com/userinfo",
				ClientSecretRef:                  albv1alpha1.SecretReference{Name: "idp"},
				AuthenticationRequestExtraParams: map[string]string{"prompt": "login"},
				OnUnauthenticatedRequest:         &deny, Scope: new("openid email"), SessionCookieName: new("shop"), SessionTimeout: new(int64(3600)),
			}},
			want: elbtypes.Action{Type: elbtypes.ActionTypeEnumAuthenticateOidc, AuthenticateOidcConfig: &elbtypes.AuthenticateOidcActionConfig{
				Issuer: new("https://idp.example.com"), AuthorizationEndpoint: new("https://idp.example.com/authorize"),
				TokenEndpoint: new("https://idp.example.com/token"), UserInfoEndpoint: new("https://idp.example.com/userinfo"),
				ClientId:                         new("shop"),
				AuthenticationRequestExtraParams: map[string]string{"prompt": "login"},
				OnUnauthenticatedRequest:         elbtypes.AuthenticateOidcActionConditionalBehaviorEnumDeny,
				Scope:                            new("openid email"), SessionCookieName: new("shop"), SessionTimeout: new(int64(3600)),
			}},
		},
		"Cognito": {
			reason: "A user pool, its client and its domain.",
			guard: albv1alpha1.Action{Type: albv1alpha1.ActionAuthenticateCognito, AuthenticateCognitoConfig: &albv1alpha1.AuthenticateCognitoActionConfig{
				UserPoolArn: "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abcdefghi", UserPoolClientId: "client", UserPoolDomain: "shop",
				AuthenticationRequestExtraParams: map[string]string{"lang": "de"},
				OnUnauthenticatedRequest:         &deny, Scope: new("openid"), SessionCookieName: new("shop"), SessionTimeout: new(int64(60)),
			}},
			want: elbtypes.Action{Type: elbtypes.ActionTypeEnumAuthenticateCognito, AuthenticateCognitoConfig: &elbtypes.AuthenticateCognitoActionConfig{
				UserPoolArn: new("arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abcdefghi"), UserPoolClientId: new("client"), UserPoolDomain: new("shop"),
				AuthenticationRequestExtraParams: map[string]string{"lang": "de"},
				OnUnauthenticatedRequest:         elbtypes.AuthenticateCognitoActionConditionalBehaviorEnumDeny,
				Scope:                            new("openid"), SessionCookieName: new("shop"), SessionTimeout: new(int64(60)),
			}},
		},
		"JWT": {
			reason: "An issuer, its keys and further claims.",
			guard: albv1alpha1.Action{Type: albv1alpha1.ActionJWTValidation, JwtValidationConfig: &albv1alpha1.JwtValidationActionConfig{
				Issuer: "https://idp.example.com", JwksEndpoint: "https://idp.example.com/keys",
				AdditionalClaims: []albv1alpha1.JwtValidationActionAdditionalClaim{{Name: "scope", Format: "space-separated-values", Values: []string{"read", "write"}}},
			}},
			want: elbtypes.Action{Type: elbtypes.ActionTypeEnumJwtValidation, JwtValidationConfig: &elbtypes.JwtValidationActionConfig{
				Issuer: new("https://idp.example.com"), JwksEndpoint: new("https://idp.example.com/keys"),
				AdditionalClaims: []elbtypes.JwtValidationActionAdditionalClaim{{
					Name: new("scope"), Format: elbtypes.JwtValidationActionAdditionalClaimFormatEnumSpaceSeparatedValues, Values: []string{"read", "write"},
				}},
			}},
		},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			secret := &corev1.Secret{ObjectMeta: rig.Meta("idp"), Data: map[string][]byte{"clientID": []byte("shop"), "clientSecret": []byte("s3cr3t")}}
			b := newBench(t, rule(name, 1000, func(p *params) { p.Actions = append([]albv1alpha1.Action{tc.guard}, p.Actions...) }), secret)
			b.secure()
			if s := rig.Synced(b.rules.Settle(name)); s != "ReconcileSuccess" {
				t.Fatalf("%s\nSynced %q", tc.reason, s)
			}
			if diff := cmp.Diff(map[string]int{"elbv2.CreateRule": 1}, b.writes()); diff != "" {
				t.Errorf("%s\nwrites at first: -want, +got:\n%s", tc.reason, diff)
			}
			tc.want.Order = new(int32(1))
			none := cmpopts.IgnoreUnexported(elbtypes.Action{}, elbtypes.AuthenticateOidcActionConfig{}, elbtypes.AuthenticateCognitoActionConfig{},
				elbtypes.JwtValidationActionConfig{}, elbtypes.JwtValidationActionAdditionalClaim{})
			if diff := cmp.Diff(tc.want, b.inAWS()[0].Actions[0], none, cmpopts.IgnoreFields(elbtypes.AuthenticateOidcActionConfig{}, "UseExistingClientSecret"), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nin AWS: -want, +got:\n%s", tc.reason, diff)
			}
			b.rules.Once(name)
			b.rules.Once(name)
			if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
				t.Errorf("%s\nwrites when nothing changed: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
