package identity_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"go.uber.org/goleak"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/identity"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const callback = "https://shop.example.com/oauth2/idpresponse"

// A desk is a provider and a client that trusts it.
type desk struct {
	*testing.T
	*identity.Provider
	http *http.Client
}

func open(t *testing.T, o identity.Options) desk {
	t.Helper()
	o.Clients = []identity.Client{{ID: "shop", Secret: "hush", RedirectURIs: []string{callback}}, {ID: "other", Secret: "psst"}}
	p, err := identity.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(p.CA())
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return desk{t, p, &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (d desk) do(method, path string, form url.Values, header ...string) (code int, location *url.URL, out map[string]any) {
	d.Helper()
	target := d.Endpoint(path)
	if method == http.MethodGet && form != nil {
		target += "?" + form.Encode()
	}
	r, err := http.NewRequestWithContext(d.Context(), method, target, strings.NewReader(form.Encode()))
	if err != nil {
		d.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := d.http.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		d.Fatal(err)
	}
	_ = json.Unmarshal(body, &out) // not all answers are JSON
	location, _ = resp.Location()
	return resp.StatusCode, location, out
}

func asking() url.Values {
	return url.Values{"client_id": {"shop"}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid email"}, "state": {"s"}}
}

// RFC 6749, sections 3.1 and 4.1; OpenID Connect Core, section 3.1.2.
func TestAuthorize(t *testing.T) {
	d := open(t, identity.Options{})
	d.LogIn(identity.User{Subject: "alice"})
	cases := map[string]struct {
		reason string
		change func(url.Values)
		fault  identity.Fault
		code   int
		error  string
	}{
		"Good":          {reason: "a code", change: func(url.Values) {}, code: 302},
		"UnknownClient": {reason: "nobody is redirected", change: func(q url.Values) { q.Set("client_id", "x") }, code: 400},
		"OtherURI":      {reason: "nobody is redirected", change: func(q url.Values) { q.Set("redirect_uri", callback+"/") }, code: 400},
		"OtherClient":   {reason: "nor to another client's", change: func(q url.Values) { q.Set("client_id", "other") }, code: 400},
		"ResponseType":  {reason: "code alone", change: func(q url.Values) { q.Set("response_type", "token") }, code: 302, error: "unsupported_response_type"},
		"NoState":       {reason: "clients without it are open to forgery", change: func(q url.Values) { q.Del("state") }, code: 302, error: "invalid_request"},
		"Twice":         {reason: "a parameter once", change: func(q url.Values) { q.Add("scope", "email") }, code: 302, error: "invalid_request"},
		"Denied":        {reason: "a fault", change: func(url.Values) {}, fault: identity.Denied, code: 302, error: "access_denied"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d.Break(tc.fault)
			q := asking()
			tc.change(q)
			code, to, _ := d.do(http.MethodGet, identity.Authorize, q)
			if code != tc.code || to != nil && (to.Query().Get("error") != tc.error || (to.Query().Get("code") == "") != (tc.error != "")) {
				t.Errorf("%s: got %d to %v, want %d with error %q", tc.reason, code, to, tc.code, tc.error)
			}
		})
	}
	d.Mend()
	d.LogOut()
	if code, to, _ := d.do(http.MethodGet, identity.Authorize, asking()); code != 200 || to != nil {
		t.Errorf("logged out: %d to %v, want the page to log in", code, to)
	}
}

func (d desk) code() string {
	d.Helper()
	_, to, _ := d.do(http.MethodGet, identity.Authorize, asking())
	if to == nil || to.Query().Get("code") == "" || to.Query().Get("state") != "s" {
		d.Fatalf("no code: %v", to)
	}
	return to.Query().Get("code")
}

func (d desk) spending(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "client_id": {"shop"}, "client_secret": {"hush"}}
}

// RFC 6749, sections 2.3, 4.1.3 and 5.2.
func TestTokenRefuses(t *testing.T) {
	d := open(t, identity.Options{})
	d.LogIn(identity.User{Subject: "alice"})
	cases := map[string]struct {
		reason string
		change func(url.Values)
		header []string
		error  string
	}{
		"WrongSecret": {reason: "2.3", change: func(f url.Values) { f.Set("client_secret", "x") }, error: "invalid_client"},
		"TwoWays":     {reason: "2.3: one method a request", change: func(url.Values) {}, header: []string{"Authorization", "Basic c2hvcDpodXNo"}, error: "invalid_client"},
		"OtherClient": {reason: "4.1.3: the code was issued to another client", change: func(f url.Values) { f.Set("client_id", "other"); f.Set("client_secret", "psst") }, error: "invalid_grant"},
		"OtherURI":    {reason: "4.1.3: identical redirect_uri", change: func(f url.Values) { f.Set("redirect_uri", callback+"x") }, error: "invalid_grant"},
		"NoCode":      {reason: "4.1.3", change: func(f url.Values) { f.Set("code", "") }, error: "invalid_grant"},
		"OtherGrant":  {reason: "5.2", change: func(f url.Values) { f.Set("grant_type", "password") }, error: "unsupported_grant_type"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := d.spending(d.code())
			tc.change(f)
			if _, _, out := d.do(http.MethodPost, identity.Token, f, tc.header...); out["error"] != tc.error {
				t.Errorf("%s: got %v, want error %q", tc.reason, out, tc.error)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	d := open(t, identity.Options{Refresh: true})
	d.LogIn(identity.User{Subject: "alice", Claims: map[string]any{"email": "alice@example.com"}})
	f := d.spending(d.code())
	_, _, out := d.do(http.MethodPost, identity.Token, f)
	access, _ := out["access_token"].(string)
	id, _ := out["id_token"].(string)
	if _, _, again := d.do(http.MethodPost, identity.Token, f); again["error"] != "invalid_grant" {
		t.Errorf("a code is good for one use: %v", again)
	}
	for what, token := range map[string]string{"access token": access, "ID token": id} {
		if claims := d.verified(token); claims.Issuer != d.URL() || claims.Subject != "alice" {
			t.Errorf("%s: %+v", what, claims)
		}
	}
	if code, _, user := d.do(http.MethodGet, identity.UserInfo, nil, "Authorization", "Bearer "+access); code != 200 || user["sub"] != "alice" || user["email"] != "alice@example.com" {
		t.Errorf("user info: %d %v", code, user)
	}
	if code, _, _ := d.do(http.MethodGet, identity.UserInfo, nil, "Authorization", "Bearer "+id); code != 401 {
		t.Errorf("user info for an ID token: %d, want 401", code)
	}
	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {out["refresh_token"].(string)}, "client_id": {"shop"}, "client_secret": {"hush"}}
	_, _, renewed := d.do(http.MethodPost, identity.Token, refresh)
	if renewed["access_token"] == nil || renewed["access_token"] == access {
		t.Errorf("refreshed: %v", renewed)
	}
	if _, _, again := d.do(http.MethodPost, identity.Token, refresh); again["error"] != "invalid_grant" {
		t.Errorf("a refresh token is good for one use: %v", again)
	}
	d.LogOut()
	if code, _, _ := d.do(http.MethodGet, identity.UserInfo, nil, "Authorization", "Bearer "+access); code != 401 {
		t.Errorf("user info after logging out: %d, want 401", code)
	}
}

// verified checks a token against the published keys.
func (d desk) verified(token string) jwt.Claims {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), http.MethodGet, d.Endpoint(identity.Keys), http.NoBody)
	if err != nil {
		d.Fatal(err)
	}
	resp, err := d.http.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var set jose.JSONWebKeySet
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil {
		d.Fatal(err)
	}
	for _, k := range set.Keys {
		if !k.IsPublic() {
			d.Error("a private key is published")
		}
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		d.Fatal(err)
	}
	var claims jwt.Claims
	if err := parsed.Claims(&set, &claims); err != nil {
		d.Fatal(err)
	}
	return claims
}

func TestRotate(t *testing.T) {
	d := open(t, identity.Options{})
	old, err := d.Sign(d.Claims("a"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Rotate(); err != nil {
		t.Fatal(err)
	}
	fresh, err := d.Sign(d.Claims("b"))
	if err != nil {
		t.Fatal(err)
	}
	if d.verified(old).Subject != "a" || d.verified(fresh).Subject != "b" {
		t.Error("tokens of the old and the new key are good")
	}
}

// Close ends requests that hang.
func TestCloseEndsRequests(t *testing.T) {
	d := open(t, identity.Options{})
	d.Break(identity.KeysHang)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.Endpoint(identity.Keys), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := d.http.Do(r); err == nil {
		_ = resp.Body.Close()
		t.Error("it answered")
	}
}
