package sts

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/iam"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// algorithms that tokens may be signed with.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.RS384, jose.RS512, jose.ES256, jose.ES384, jose.ES512}

type webIdentityInput struct {
	wish
	WebIdentityToken *string
	ProviderId       *string
}

type webIdentityOutput struct {
	assumeRoleOutput
	SubjectFromWebIdentityToken, Audience, Provider string
}

func (s *Service) assumeRoleWithWebIdentity(_ context.Context, in *webIdentityInput) (*webIdentityOutput, error) {
	lasts, err := in.check()
	if err != nil {
		return nil, err
	}
	if in.WebIdentityToken == nil || len(*in.WebIdentityToken) < 4 || len(*in.WebIdentityToken) > 20000 {
		return nil, wire.Invalid("1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have length between 4 and 20000")
	}
	if in.ProviderId != nil {
		return nil, wire.Invalid("The ProviderId parameter is not valid for this request")
	}
	account := accountOf(*in.RoleArn)
	claims, err := s.directory.read(*in.WebIdentityToken, account, nil)
	if err != nil {
		return nil, err
	}
	role, found := s.directory.role(*in.RoleArn)
	host := strings.TrimPrefix(claims.Issuer, "https://")
	r := iam.Request{Action: "sts:AssumeRoleWithWebIdentity", Resource: *in.RoleArn, Keys: map[string][]string{
		"sts:RoleSessionName": {*in.RoleSessionName}, host + ":sub": {claims.Subject}, host + ":aud": {claims.Audience[0]},
	}}
	if !found || !trusts(role, iam.Principal{Kind: "Federated", Names: []string{providerARN(account, claims.Issuer)}}, r) {
		return nil, wire.Errorf("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity").WithStatus(http.StatusForbidden)
	}
	return &webIdentityOutput{
		assumeRoleOutput:            *s.issue(session{role: role, name: *in.RoleSessionName}, lasts),
		SubjectFromWebIdentityToken: claims.Subject, Audience: claims.Audience[0], Provider: providerARN(account, claims.Issuer),
	}, nil
}

func trusts(to role, who iam.Principal, r iam.Request) bool {
	d, _ := to.Trust.Decide(who, r)
	return d == iam.Allowed
}

// read a token that a provider of the account signed. It must be for one of the audiences; nil is those of the provider.
func (d *Directory) read(text, account string, audiences []string) (*jwt.Claims, error) {
	token, err := jwt.ParseSigned(text, algorithms)
	if err != nil {
		return nil, wire.Errorf("InvalidIdentityToken", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	}
	claims := &jwt.Claims{}
	if err := token.UnsafeClaimsWithoutVerification(claims); err != nil {
		return nil, wire.Errorf("InvalidIdentityToken", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	}
	p, ok := d.provider(providerARN(account, claims.Issuer))
	if !ok || p.URL != claims.Issuer {
		return nil, wire.Errorf("InvalidIdentityToken", "No OpenIDConnect provider found in your account for %s", claims.Issuer)
	}
	if err := verified(token, p.Keys, claims); err != nil {
		return nil, wire.Errorf("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements")
	}
	if audiences == nil {
		audiences = p.Audiences
	}
	now := d.now()
	switch {
	case claims.Expiry == nil || now.After(claims.Expiry.Time()):
		return nil, wire.Errorf("ExpiredTokenException", "Token expired: current date/time %d must be before the expiration date/time %d", now.Unix(), expiry(claims))
	case claims.IssuedAt == nil || claims.IssuedAt.Time().After(now.Add(time.Minute)), claims.NotBefore != nil && claims.NotBefore.Time().After(now.Add(time.Minute)):
		return nil, wire.Errorf("InvalidIdentityToken", "Token is not yet valid")
	case claims.Subject == "":
		return nil, wire.Errorf("InvalidIdentityToken", "Missing a required claim: sub")
	case len(claims.Audience) == 0 || !slices.Contains(audiences, claims.Audience[0]):
		return nil, wire.Errorf("InvalidIdentityToken", "Incorrect token audience")
	}
	return claims, nil
}

// verified fills the claims of a token that one of the keys signed: the one with its id.
func verified(token *jwt.JSONWebToken, keys jose.JSONWebKeySet, claims *jwt.Claims) error {
	err := jose.ErrJWKSKidNotFound
	for _, key := range keys.Key(token.Headers[0].KeyID) {
		if err = token.Claims(key.Key, claims); err == nil {
			return nil
		}
	}
	return err
}

func expiry(c *jwt.Claims) int64 {
	if c.Expiry == nil {
		return 0
	}
	return c.Expiry.Time().Unix()
}

// accountOf an ARN.
func accountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}
