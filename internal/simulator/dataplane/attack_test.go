package dataplane

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/identity"
)

func TestCallbackRefuses(t *testing.T) {
	w := newWorld(t, identity.Options{}, asIs)
	change := func(u string, edit func(url.Values)) string {
		parsed := mustURL(t, u)
		q := parsed.Query()
		edit(q)
		parsed.RawQuery = q.Encode()
		return parsed.String()
	}
	cases := map[string]struct {
		reason string
		args   func(b *browser, back string) answer
	}{
		"Bare": {reason: "no state", args: func(b *browser, _ string) answer { return b.step(t, "https://"+shop+callbackPath) }},
		"NoState": {reason: "no state", args: func(b *browser, back string) answer {
			return b.step(t, change(back, func(q url.Values) { q.Del("state") }))
		}},
		"TwoStates": {reason: "which one?", args: func(b *browser, back string) answer { return b.step(t, back+"&state=x") }},
		"Forged": {reason: "a state of somebody else's making", args: func(b *browser, back string) answer {
			plain := `{"rule":"rule/default","host":"` + shop + `","uri":"/","nonce":""}`
			return b.step(t, change(back, func(q url.Values) {
				q.Set("state", newCookieJar().seal("state "+lbARN+" listener", plain, time.Now().Add(time.Hour)))
			}))
		}},
		"Tampered": {reason: "one bit of the state is another", args: func(b *browser, back string) answer {
			return b.step(t, change(back, func(q url.Values) {
				raw, err := base64.StdEncoding.DecodeString(q.Get("state"))
				if err != nil {
					t.Fatal(err)
				}
				raw[len(raw)/2] ^= 1
				q.Set("state", base64.StdEncoding.EncodeToString(raw))
			}))
		}},
		"NoCode": {reason: "no code", args: func(b *browser, back string) answer {
			return b.step(t, change(back, func(q url.Values) { q.Del("code") }))
		}},
		"Other": {reason: "another browser has no nonce: nobody can be logged in by a link", args: func(_ *browser, back string) answer { return w.browser(t).step(t, back) }},
		"OtherNonce": {reason: "a browser in another login of its own", args: func(_ *browser, back string) answer {
			other := w.browser(t)
			other.step(t, "https://"+shop+"/")
			return other.step(t, back)
		}},
		"OtherHost": {reason: "the login began on another host", args: func(b *browser, back string) answer {
			nonce := b.jar.Cookies(mustURL(t, "https://"+shop+"/"))[0]
			return b.step(t, strings.Replace(back, shop, "other.example.com", 1), "Cookie", nonce.Name+"="+nonce.Value)
		}},
		"Malformed": {reason: "no query", args: func(b *browser, _ string) answer { return b.step(t, "https://"+shop+callbackPath+"?state=%zz") }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b := w.browser(t)
			got := tc.args(b, b.toCallback(t, "https://"+shop+"/"))
			if got.Code != http.StatusUnauthorized || got.Header.Get("Location") != "" || len(sessionCookies(got)) > 0 {
				t.Errorf("%s: want 401 and no session, got %d to %q with %v", tc.reason, got.Code, got.Header.Get("Location"), sessionCookies(got))
			}
		})
	}
	if n := w.provider.Requests(identity.Token); n != 0 {
		t.Errorf("the token endpoint was asked %d times for nothing", n)
	}
	t.Run("Again", func(t *testing.T) {
		b := w.browser(t)
		back := b.toCallback(t, "https://"+shop+"/")
		if got := b.step(t, back); got.Code != http.StatusFound {
			t.Fatal(got.Code)
		}
		if got := b.step(t, back); got.Code != http.StatusUnauthorized {
			t.Errorf("a callback is good once, got %d", got.Code)
		}
	})
}

func TestNoOpenRedirect(t *testing.T) {
	w := newWorld(t, identity.Options{}, asIs)
	for _, uri := range []string{"//evil.example.org/x", "/\\evil.example.org", "/x?to=https://evil.example.org", "/%2F%2Fevil.example.org", "/.evil.example.org"} {
		b := w.browser(t)
		login := mustURL(t, "https://"+shop+"/")
		login.Opaque = "//" + shop + uri // as it is
		r := &http.Request{Method: http.MethodGet, URL: login, Host: shop, Header: http.Header{}}
		one := *b.Client
		one.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		first := do(t, &one, r.WithContext(t.Context()))
		b.jar.SetCookies(mustURL(t, "https://"+shop+"/"), []*http.Cookie{setCookieOf(t, first, nonceCookie)})
		back := b.step(t, first.Header.Get("Location"))
		got := b.step(t, back.Header.Get("Location"))
		to := mustURL(t, strings.ReplaceAll(got.Header.Get("Location"), "\\", "%5C"))
		if got.Code != http.StatusFound || to.Host != shop || to.Scheme != "https" || !strings.HasSuffix(got.Header.Get("Location"), shop+uri) {
			t.Errorf("%s: %d to %q", uri, got.Code, got.Header.Get("Location"))
		}
	}
}

func setCookieOf(t *testing.T, a answer, name string) *http.Cookie {
	t.Helper()
	for _, line := range a.Header["Set-Cookie"] {
		if c, err := http.ParseSetCookie(line); err == nil && c.Name == name {
			return c
		}
	}
	t.Fatalf("no cookie %s: %d %v", name, a.Code, a.Header)
	return nil
}

func TestForgedSessions(t *testing.T) {
	w := newWorld(t, identity.Options{}, asIs)
	b := w.browser(t)
	told(t, get(t, b.Client, "https://"+shop+"/"))
	good := b.jar.Cookies(mustURL(t, "https://"+shop+"/"))[0].Value
	_, sealed, _ := strings.Cut(good, ".")
	flipped := []byte(sealed)
	flipped[len(flipped)/2] ^= 1
	foreign := newCookieJar().seal("session "+lbARN+" "+defaultSessionCookie, `{"iss":"`+w.provider.URL()+`","client":"shop","sub":"mallory","claims":{},"until":99999999999999}`, time.Now().Add(time.Hour))
	cases := map[string]string{
		"Tampered": "1." + string(flipped), "Foreign": "1." + foreign, "State": "1." + mustURL(t, b.toCallback(t, "https://other.example.com/")).Query().Get("state"),
		"Empty": "", "NoCount": sealed, "Zero": "0." + sealed, "Negative": "-1." + sealed, "TooMany": "5." + sealed, "Missing": "2." + sealed,
		"Huge": "99999999999999999999." + sealed, "Garbage": "1.%%%", "Large": "1." + strings.Repeat("A", 12<<10),
	}
	stranger := w.browser(t)
	told(t, stranger.step(t, "https://"+shop+"/", "Cookie", defaultSessionCookie+"-0="+good))
	for name, value := range cases {
		t.Run(name, func(t *testing.T) {
			if got := stranger.step(t, "https://"+shop+"/", "Cookie", defaultSessionCookie+"-0="+value); got.Code != http.StatusFound {
				t.Errorf("want the way to the provider, got %d", got.Code)
			}
		})
	}
}

func TestNoSecretsInLogs(t *testing.T) {
	var log safeBuffer
	p, roots := startProvider(t, identity.Options{Refresh: true, Lifetime: time.Second})
	p.LogIn(identity.User{Subject: "alice-the-subject"})
	w := &world{provider: p, roots: roots.Clone(), plane: newPlane(t, Options{Speed: 1, TrustedCAs: roots, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})}
	w.guardWith(t, types.Action{Type: types.ActionTypeEnumAuthenticateOidc, AuthenticateOidcConfig: &types.AuthenticateOidcActionConfig{
		Issuer: new(p.URL()), AuthorizationEndpoint: new(p.Endpoint(identity.Authorize)), TokenEndpoint: new(p.Endpoint(identity.Token)),
		UserInfoEndpoint: new(p.Endpoint(identity.UserInfo)), ClientId: new("shop"), ClientSecret: new(secret),
	}})
	b := w.browser(t)
	access := told(t, get(t, b.Client, "https://"+shop+"/")).Get(headerAccess)
	p.LogOut()
	eventually(t, "a session that is not renewed", func() bool { return b.step(t, "https://"+shop+"/").Code == http.StatusFound })
	b.step(t, "https://"+shop+callbackPath+"?state=a-forged-state&code=a-forged-code")
	text := log.String()
	for _, no := range []string{secret, access, "alice-the-subject", "a-forged-state", "a-forged-code"} {
		if strings.Contains(text, no) {
			t.Errorf("the log holds %q", no)
		}
	}
	if !strings.Contains(text, "is not renewed") || !strings.Contains(text, "is not authenticated") {
		t.Errorf("the log does not say what happened: %s", text)
	}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
