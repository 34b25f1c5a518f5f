package dataplane

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/identity"
)

func asIs(*types.AuthenticateOidcActionConfig) {}

func TestLogin(t *testing.T) {
	w := newWorld(t, identity.Options{}, func(c *types.AuthenticateOidcActionConfig) {
		c.Scope = new("openid email")
		c.AuthenticationRequestExtraParams = map[string]string{"display": "page", "client_id": "forged"}
	})
	b := w.browser(t)
	first := b.step(t, "https://"+shop+"/cart?b=2&a=%2F")
	to, err := url.Parse(first.Header.Get("Location"))
	if err != nil || first.Code != http.StatusFound {
		t.Fatalf("%d, %v", first.Code, err)
	}
	q := to.Query()
	state := q.Get("state")
	q.Del("state")
	want := url.Values{"client_id": {"shop"}, "redirect_uri": {"https://" + shop + "/oauth2/idpresponse"}, "response_type": {"code"}, "scope": {"openid email"}, "display": {"page"}}
	if diff := cmp.Diff(want, q); diff != "" || state == "" || !strings.HasPrefix(to.String(), w.provider.Endpoint(identity.Authorize)+"?") {
		t.Errorf("redirect to %s: -want, +got:\n%s", to, diff)
	}
	last := get(t, b.Client, "https://"+shop+"/cart?b=2&a=%2F")
	h := told(t, last)
	if h.Get(headerIdentity) != "alice" || h.Get(headerAccess) == "" {
		t.Errorf("the target is told %v", h)
	}
	checkData(t, w, h.Get(headerData))
	if n := w.provider.Requests(identity.Token); n != 1 {
		t.Errorf("the token endpoint was asked %d times", n)
	}
	for range 3 {
		told(t, b.step(t, "https://"+shop+"/again"))
	}
	if n := w.provider.Requests(identity.Token) + w.provider.Requests(identity.UserInfo); n != 2 {
		t.Errorf("a session needs no provider, which was asked %d times", n)
	}
}

// checkData reads x-amzn-oidc-data as a target would that gets the key by its id.
func checkData(t *testing.T, w *world, data string) {
	t.Helper()
	parts := strings.Split(data, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no JWT", data)
	}
	var raw [3][]byte
	for i, part := range parts {
		var err error
		if raw[i], err = base64.URLEncoding.DecodeString(part); err != nil { // with padding, as AWS has it
			t.Fatal(err)
		}
	}
	var head struct {
		Alg, Kid, Signer, Iss, Client string
		Exp                           int64
	}
	var claims map[string]any
	if json.Unmarshal(raw[0], &head) != nil || json.Unmarshal(raw[1], &claims) != nil {
		t.Fatalf("no JSON: %s, %s", raw[0], raw[1])
	}
	block, _ := pem.Decode(w.plane.UserKey(head.Kid))
	if block == nil {
		t.Fatalf("there is no key %q", head.Kid)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(key.(*ecdsa.PublicKey), sum[:], new(big.Int).SetBytes(raw[2][:32]), new(big.Int).SetBytes(raw[2][32:])) {
		t.Error("the signature is invalid")
	}
	if head.Alg != "ES256" || head.Signer != lbARN || head.Client != "shop" || head.Iss != w.provider.URL() || head.Exp < time.Now().Unix() {
		t.Errorf("header %+v", head)
	}
	if claims["sub"] != "alice" || claims["email"] != "alice@example.com" {
		t.Errorf("claims %v", claims)
	}
	if w.plane.UserKey("another") != nil {
		t.Error("there is a key of another id")
	}
}

func TestSessionCookies(t *testing.T) {
	w := newWorld(t, identity.Options{}, func(c *types.AuthenticateOidcActionConfig) {
		c.SessionCookieName, c.SessionTimeout = new("mine"), new(int64(60))
	})
	w.provider.LogIn(identity.User{Subject: "alice", Claims: map[string]any{"groups": strings.Repeat("g", 6000)}})
	b := w.browser(t)
	back := b.step(t, b.toCallback(t, "https://"+shop+"/deep?x=1"))
	if back.Code != http.StatusFound || back.Header.Get("Location") != "https://"+shop+"/deep?x=1" {
		t.Fatalf("%d to %q", back.Code, back.Header.Get("Location"))
	}
	cookies := sessionCookies(back)
	for name, c := range cookies {
		if !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || len(name)+len(c.Value) > 4096 || time.Until(c.Expires) > time.Minute {
			t.Errorf("cookie %s: %d bytes, %+v", name, len(c.Value), c)
		}
		if strings.Contains(c.Value, "alice") {
			t.Errorf("cookie %s can be read", name)
		}
	}
	if len(cookies) < 2 || cookies["mine-0"] == nil || cookies["mine-1"] == nil {
		t.Errorf("a session that is larger than a cookie is in several, got %d", len(cookies))
	}
	told(t, b.step(t, "https://"+shop+"/"))
	w.provider.LogIn(identity.User{Subject: "alice"})
	fresh := w.browser(t)
	fresh.jar.SetCookies(mustURL(t, "https://"+shop+"/"), []*http.Cookie{{Name: "mine-1", Value: "of an older session"}})
	told(t, get(t, fresh.Client, "https://"+shop+"/"))
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestUnauthenticated(t *testing.T) {
	behaviour := func(b types.AuthenticateOidcActionConditionalBehaviorEnum) func(*types.AuthenticateOidcActionConfig) {
		return func(c *types.AuthenticateOidcActionConfig) { c.OnUnauthenticatedRequest = b }
	}
	forged := []string{headerIdentity, "mallory", headerData, "forged", headerAccess, "forged", "Connection", headerIdentity}
	t.Run("Deny", func(t *testing.T) {
		b := newWorld(t, identity.Options{}, behaviour("deny")).browser(t)
		if got := b.step(t, "https://"+shop+"/", forged...); got.Code != http.StatusUnauthorized || got.Header.Get("Location") != "" || !strings.Contains(got.Body, "401 Authorization Required") {
			t.Errorf("%d %v %s", got.Code, got.Header, got.Body)
		}
	})
	t.Run("Allow", func(t *testing.T) {
		b := newWorld(t, identity.Options{}, behaviour("allow")).browser(t)
		for name := range told(t, b.step(t, "https://"+shop+"/", forged...)) {
			if strings.HasPrefix(name, "X-Amzn-Oidc") {
				t.Errorf("the target is told %s by the client", name)
			}
		}
	})
	t.Run("Authenticated", func(t *testing.T) {
		b := newWorld(t, identity.Options{}, asIs).browser(t)
		get(t, b.Client, "https://"+shop+"/")
		h := told(t, b.step(t, "https://"+shop+"/", forged...))
		if diff := cmp.Diff([]string{"alice"}, h[headerIdentity]); diff != "" || len(h[headerData]) != 1 || len(h[headerAccess]) != 1 || h.Get(headerData) == "forged" || h.Get(headerAccess) == "forged" {
			t.Errorf("the client's headers get through: %v", h)
		}
	})
	t.Run("OtherRules", func(t *testing.T) {
		b := newWorld(t, identity.Options{}, asIs).browser(t)
		if h := told(t, b.step(t, "https://"+shop+"/open")); h.Get(headerIdentity) != "" {
			t.Errorf("a rule without authentication tells %v", h)
		}
	})
}

func TestShutRule(t *testing.T) {
	oidc := func(edit func(*types.AuthenticateOidcActionConfig)) types.Action {
		c := &types.AuthenticateOidcActionConfig{
			AuthorizationEndpoint: new("https://127.0.0.1/a"), TokenEndpoint: new("https://127.0.0.1/t"), UserInfoEndpoint: new("https://127.0.0.1/u"),
			OnUnauthenticatedRequest: "allow",
		}
		edit(c)
		return types.Action{Type: types.ActionTypeEnumAuthenticateOidc, AuthenticateOidcConfig: c}
	}
	cases := map[string]types.Action{
		"Cognito":       {Type: types.ActionTypeEnumAuthenticateCognito, AuthenticateCognitoConfig: &types.AuthenticateCognitoActionConfig{}},
		"NoSettings":    {Type: types.ActionTypeEnumAuthenticateOidc},
		"Unknown":       {Type: "authenticate-by-magic"},
		"CookieName":    oidc(func(c *types.AuthenticateOidcActionConfig) { c.SessionCookieName = new("a b") }),
		"Authorization": oidc(func(c *types.AuthenticateOidcActionConfig) { c.AuthorizationEndpoint = new("https://%zz") }),
		"PlainToken":    oidc(func(c *types.AuthenticateOidcActionConfig) { c.TokenEndpoint = new("http://127.0.0.1/t") }),
	}
	for name, guard := range cases {
		t.Run(name, func(t *testing.T) {
			w := &world{plane: newPlane(t, Options{}), roots: x509.NewCertPool()}
			w.guardWith(t, guard)
			b := w.browser(t)
			if got := b.step(t, "https://"+shop+"/"); got.Code != http.StatusInternalServerError {
				t.Errorf("a rule that cannot be done is shut: got %d", got.Code)
			}
			told(t, b.step(t, "https://"+shop+"/open"))
		})
	}
}

func TestProviderFails(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   identity.Fault
		want   int
	}{
		"Denied":          {reason: "Troubleshoot, HTTP 401: the IdP denied access", args: identity.Denied, want: 401},
		"Refused":         {reason: "Troubleshoot, HTTP 561: the IdP returned an error code", args: identity.Refused, want: 561},
		"TokenError":      {reason: "Troubleshoot, HTTP 561: the IdP returned an error code", args: identity.TokenError, want: 561},
		"TokenGarbage":    {reason: "Assumption: an answer that is none", args: identity.TokenGarbage, want: 561},
		"NoIDToken":       {reason: "Troubleshoot, HTTP 401: the scope returns no ID token", args: identity.NoIDToken, want: 401},
		"WrongIssuer":     {reason: "Authentication flow: the ID token is validated", args: identity.WrongIssuer, want: 401},
		"WrongAudience":   {reason: "Authentication flow: the ID token is validated", args: identity.WrongAudience, want: 401},
		"ExpiredIDToken":  {reason: "Authentication flow: the ID token is validated", args: identity.ExpiredIDToken, want: 401},
		"UserInfoError":   {reason: "Troubleshoot, HTTP 561: the IdP returned an error code", args: identity.UserInfoError, want: 561},
		"UserInfoGarbage": {reason: "Assumption: an answer that is none", args: identity.UserInfoGarbage, want: 561},
		"UserInfoOther":   {reason: "OpenID Connect Core, 5.3.2: the subjects are the same", args: identity.UserInfoOther, want: 561},
		"UserInfoLarge":   {reason: "Troubleshoot, HTTP 401: the claims are too large", args: identity.UserInfoLarge, want: 401},
	}
	w := newWorld(t, identity.Options{}, asIs)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w.provider.Break(tc.args)
			defer w.provider.Mend()
			b := w.browser(t)
			got := get(t, b.Client, "https://"+shop+"/")
			if got.Code != tc.want || len(sessionCookies(got)) > 0 {
				t.Errorf("%s: want %d and no session, got %d %v", tc.reason, tc.want, got.Code, sessionCookies(got))
			}
			w.provider.Mend()
			told(t, get(t, b.Client, "https://"+shop+"/"))
		})
	}
}

func TestProviderUnreachable(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   func(*types.AuthenticateOidcActionConfig)
	}{
		"Refuses": {reason: "nobody listens", args: func(c *types.AuthenticateOidcActionConfig) {
			c.TokenEndpoint = new("https://" + refused(t).String() + "/token")
		}},
		"OffMachine": {reason: "a simulator calls nobody off the machine", args: func(c *types.AuthenticateOidcActionConfig) { c.TokenEndpoint = new("https://192.0.2.1/token") }},
		"WrongName": {reason: "the certificate is for other names", args: func(c *types.AuthenticateOidcActionConfig) {
			c.TokenEndpoint = new(strings.Replace(*c.TokenEndpoint, "127.0.0.1", "127.0.0.2", 1))
		}},
		"InfoRefuses": {reason: "nobody listens", args: func(c *types.AuthenticateOidcActionConfig) {
			c.UserInfoEndpoint = new("https://" + refused(t).String() + "/info")
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, identity.Options{}, tc.args)
			if got := get(t, w.browser(t).Client, "https://"+shop+"/"); got.Code != http.StatusInternalServerError {
				t.Errorf("%s: want 500, got %d", tc.reason, got.Code)
			}
		})
	}
	t.Run("Untrusted", func(t *testing.T) {
		w := newWorld(t, identity.Options{}, asIs)
		w.plane.providers = newProviderClient(w.plane, Options{TrustedCAs: x509.NewCertPool()})
		if got := get(t, w.browser(t).Client, "https://"+shop+"/"); got.Code != http.StatusInternalServerError {
			t.Errorf("a provider whom nobody vouches for: want 500, got %d", got.Code)
		}
	})
	t.Run("Hangs", func(t *testing.T) {
		w := newWorld(t, identity.Options{}, asIs)
		w.provider.Break(identity.UserInfoHangs)
		b := w.browser(t)
		back := b.toCallback(t, "https://"+shop+"/")
		w.plane.speed = 3 // the token has a third of ten seconds to come, on a busy machine too
		if got := b.step(t, back); got.Code != http.StatusInternalServerError {
			t.Errorf("want 500 when the time is up, got %d", got.Code)
		}
	})
}

func TestSessionEnds(t *testing.T) {
	t.Run("Timeout", func(t *testing.T) {
		w := newWorld(t, identity.Options{}, func(c *types.AuthenticateOidcActionConfig) { c.SessionTimeout = new(int64(1)) })
		b := w.browser(t)
		back := b.step(t, b.toCallback(t, "https://"+shop+"/"))
		var pairs []string
		for name, c := range sessionCookies(back) {
			pairs = append(pairs, name+"="+c.Value)
		}
		thief := w.browser(t) // keeps cookies for as long as it likes
		cookie := strings.Join(pairs, "; ")
		told(t, thief.step(t, "https://"+shop+"/", "Cookie", cookie))
		eventually(t, "the session ends", func() bool { return thief.step(t, "https://"+shop+"/", "Cookie", cookie).Code == http.StatusFound })
	})
	t.Run("Refresh", func(t *testing.T) {
		w := newWorld(t, identity.Options{Refresh: true, Lifetime: time.Second}, asIs)
		b := w.browser(t)
		before := told(t, get(t, b.Client, "https://"+shop+"/")).Get(headerAccess)
		w.provider.LogIn(identity.User{Subject: "mallory"})
		eventually(t, "another access token", func() bool { return told(t, b.step(t, "https://"+shop+"/")).Get(headerAccess) != before })
		if n := w.provider.Requests(identity.Authorize); n != 1 {
			t.Errorf("the user had to log in %d times", n)
		}
		w.provider.LogOut()
		eventually(t, "the session ends with the user's at the provider", func() bool { return b.step(t, "https://"+shop+"/").Code == http.StatusFound })
	})
}
