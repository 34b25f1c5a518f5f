package dataplane

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/identity"
)

func newTokenWorld(t *testing.T, speed float64, claims ...types.JwtValidationActionAdditionalClaim) *world {
	t.Helper()
	p, roots := startProvider(t, identity.Options{})
	w := &world{provider: p, roots: roots.Clone(), plane: newPlane(t, Options{Speed: speed, TrustedCAs: roots})}
	w.guardWith(t, types.Action{Type: types.ActionTypeEnumJwtValidation, JwtValidationConfig: &types.JwtValidationActionConfig{
		Issuer: new(p.URL()), JwksEndpoint: new(p.Endpoint(identity.Keys)), AdditionalClaims: claims,
	}})
	return w
}

func wanted(name string, format types.JwtValidationActionAdditionalClaimFormatEnum, values ...string) types.JwtValidationActionAdditionalClaim {
	return types.JwtValidationActionAdditionalClaim{Name: &name, Format: format, Values: values}
}

func sign(t *testing.T, p *identity.Provider, edit func(map[string]any)) string {
	t.Helper()
	claims := p.Claims("robot")
	edit(claims)
	token, err := p.Sign(claims)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func forge(t *testing.T, p *identity.Provider, key jose.SigningKey) string {
	t.Helper()
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(p.Claims("robot")).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTokens(t *testing.T) {
	w := newTokenWorld(t, 1, wanted("tier", "single-string", "gold"), wanted("aud", "string-array", "shop", "cart"), wanted("scope", "space-separated-values", "read", "write"))
	good := func(c map[string]any) {
		c["tier"], c["aud"], c["scope"] = "gold", []string{"cart", "shop", "more"}, "write admin read"
	}
	but := func(name string, value any) func() string {
		return func() string {
			return "Bearer " + sign(t, w.provider, func(c map[string]any) {
				good(c)
				if c[name] = value; value == nil {
					delete(c, name)
				}
			})
		}
	}
	mine, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	past, future := time.Now().Add(-time.Minute).Unix(), time.Now().Add(time.Minute).Unix()
	valid := but("extra", "x")
	cases := map[string]struct {
		reason string
		args   func() string
		want   int
	}{
		"Good":        {reason: "Verify JWTs", args: valid, want: 200},
		"LowerCase":   {reason: "RFC 9110: schemes are case-insensitive", args: func() string { return "b" + valid()[1:] }, want: 200},
		"NoOptionals": {reason: "Verify JWTs: nbf and iat where present", args: but("nbf", nil), want: 200},
		"None":        {reason: "no header", args: func() string { return "" }, want: 401},
		"Basic":       {reason: "another scheme", args: func() string { return "Basic YTpi" }, want: 401},
		"Garbage":     {reason: "no JWT", args: func() string { return "Bearer a.b.c" }, want: 401},
		"Tampered":    {reason: "another signature", args: func() string { v := valid(); return v[:len(v)-9] + "AAAAAAAAA" }, want: 401},
		"AlgNone": {reason: "Verify JWTs: RS256 only", args: func() string {
			_, rest, _ := strings.Cut(valid(), ".")
			payload, _, _ := strings.Cut(rest, ".")
			return "Bearer eyJhbGciOiJub25lIn0." + payload + "."
		}, want: 401},
		"HS256": {reason: "Verify JWTs: RS256 only", args: func() string {
			return "Bearer " + forge(t, w.provider, jose.SigningKey{Algorithm: jose.HS256, Key: make([]byte, 32)})
		}, want: 401},
		"NoKeyID": {reason: "Assumption: the key is found by its id", args: func() string {
			return "Bearer " + forge(t, w.provider, jose.SigningKey{Algorithm: jose.RS256, Key: mine})
		}, want: 401},
		"OtherKey": {reason: "the key is not in the set", args: func() string {
			return "Bearer " + forge(t, w.provider, jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: mine, KeyID: "mine"}})
		}, want: 401},
		"Issuer":        {reason: "Verify JWTs: iss", args: but("iss", "https://idp.example.org"), want: 401},
		"NoIssuer":      {reason: "Verify JWTs: iss is mandatory", args: but("iss", nil), want: 401},
		"Expired":       {reason: "Verify JWTs: exp", args: but("exp", past), want: 401},
		"NoExpiry":      {reason: "Verify JWTs: exp is mandatory", args: but("exp", nil), want: 401},
		"ExpiryText":    {reason: "RFC 7519: exp is a number", args: but("exp", "tomorrow"), want: 401},
		"TooEarly":      {reason: "Verify JWTs: nbf", args: but("nbf", future), want: 401},
		"FromTheFuture": {reason: "Verify JWTs: iat", args: but("iat", future), want: 401},
		"SingleOther":   {reason: "single-string", args: but("tier", "silver"), want: 401},
		"SingleArray":   {reason: "single-string is no array", args: but("tier", []string{"gold"}), want: 401},
		"SingleMissing": {reason: "a claim that is wanted", args: but("tier", nil), want: 401},
		"ArrayString":   {reason: "string-array is no string", args: but("aud", "shop"), want: 401},
		"ArrayPart":     {reason: "Assumption: every value is wanted", args: but("aud", []string{"shop"}), want: 401},
		"SpacePart":     {reason: "Assumption: every value is wanted", args: but("scope", "read"), want: 401},
		"SpacePrefix":   {reason: "values are compared whole", args: but("scope", "read writer"), want: 401},
		"SpaceArray":    {reason: "space-separated-values is no array", args: but("scope", []string{"read", "write"}), want: 401},
	}
	b := w.browser(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var header []string
			if v := tc.args(); v != "" {
				header = []string{"Authorization", v}
			}
			got := b.step(t, "https://"+shop+"/", header...)
			if got.Code != tc.want {
				t.Fatalf("%s: want %d, got %d", tc.reason, tc.want, got.Code)
			}
			if tc.want == http.StatusOK {
				if h := told(t, got); h.Get("Authorization") != header[1] {
					t.Errorf("the token goes to the target as it is, got %q", h.Get("Authorization"))
				}
			}
		})
	}
	if got := b.step(t, "https://"+shop+"/", "Authorization", valid(), "Authorization", valid()); got.Code != http.StatusUnauthorized {
		t.Errorf("two tokens: want 401, got %d", got.Code)
	}
	if n := w.provider.Requests(identity.Keys); n != 1 {
		t.Errorf("keys are kept: the endpoint was asked %d times", n)
	}
}

func TestKeyWithoutID(t *testing.T) {
	nameless := &keySet{keys: []jose.JSONWebKey{{Key: "a key"}}}
	if got := nameless.find(""); got != nil {
		t.Errorf("Assumption: a token without a key id has no key, got %v", got)
	}
}

func TestKeySets(t *testing.T) {
	for _, fault := range []identity.Fault{identity.KeysError, identity.KeysGarbage, identity.KeysLarge, identity.KeysMany, identity.KeysHang} {
		t.Run(string(fault), func(t *testing.T) {
			w := newTokenWorld(t, fast, nil...)
			w.provider.Break(fault)
			b, token := w.browser(t), "Bearer "+sign(t, w.provider, func(map[string]any) {})
			if got := b.step(t, "https://"+shop+"/", "Authorization", token); got.Code != http.StatusInternalServerError {
				t.Errorf("no keys, no way: want 500, got %d", got.Code)
			}
			w.provider.Mend()
			eventually(t, "the keys are there", func() bool { return b.step(t, "https://"+shop+"/", "Authorization", token).Code == http.StatusOK })
		})
	}
	t.Run("Rotation", func(t *testing.T) {
		w := newTokenWorld(t, fast)
		b := w.browser(t)
		told(t, b.step(t, "https://"+shop+"/", "Authorization", "Bearer "+sign(t, w.provider, func(map[string]any) {})))
		if err := w.provider.Rotate(); err != nil {
			t.Fatal(err)
		}
		token := "Bearer " + sign(t, w.provider, func(map[string]any) {})
		eventually(t, "a new key is found", func() bool { return b.step(t, "https://"+shop+"/", "Authorization", token).Code == http.StatusOK })
	})
}
