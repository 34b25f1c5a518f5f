package dataplane

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/identity"
)

const (
	shop   = "shop.example.com"
	secret = "a-secret-of-the-client"
)

// A world is a load balancer whose rule authenticates users, its provider, and a target that tells what it was sent.
type world struct {
	plane    *DataPlane
	provider *identity.Provider
	balancer LoadBalancer
	roots    *x509.CertPool
}

func startProvider(t *testing.T, o identity.Options) (*identity.Provider, *x509.CertPool) {
	t.Helper()
	o.Clients = []identity.Client{{ID: "shop", Secret: secret, RedirectURIs: []string{"https://" + shop + callbackPath, "https://other.example.com" + callbackPath}}}
	p, err := identity.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(p.CA()) {
		t.Fatal("the provider has no authority")
	}
	return p, roots
}

// tells is a target that answers with the headers that it got.
func tells() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(r.Header)
	})
}

func newWorld(t *testing.T, o identity.Options, edit func(*types.AuthenticateOidcActionConfig)) *world {
	t.Helper()
	p, roots := startProvider(t, o)
	p.LogIn(identity.User{Subject: "alice", Claims: map[string]any{"email": "alice@example.com"}})
	w := &world{provider: p, roots: roots.Clone()}
	w.plane = newPlane(t, Options{Speed: 1, TrustedCAs: roots})
	cfg := types.AuthenticateOidcActionConfig{
		Issuer: new(p.URL()), AuthorizationEndpoint: new(p.Endpoint(identity.Authorize)), TokenEndpoint: new(p.Endpoint(identity.Token)),
		UserInfoEndpoint: new(p.Endpoint(identity.UserInfo)), ClientId: new("shop"), ClientSecret: new(secret),
	}
	edit(&cfg)
	w.guardWith(t, types.Action{Type: types.ActionTypeEnumAuthenticateOidc, AuthenticateOidcConfig: &cfg})
	return w
}

// guardWith has one action guard every path but /open.
func (w *world) guardWith(t *testing.T, guard types.Action) {
	t.Helper()
	w.plane.SetTargetGroup(groupOf(groupARN, serve(t, tells())))
	forward := forwardTo(groupARN)
	guard.Order, forward.Order = new(int32(1)), new(int32(2))
	guarded := rule("default", forward)
	guarded.Actions = []types.Action{guard, forward}
	cert := certificateFor(t, ecKey(t), nil, named(shop, "other.example.com"))
	w.roots.AddCert(cert.Leaf)
	w.balancer = secure(nil, with(cert), rule("1", forwardTo(groupARN), pathIs("/open")), guarded)
	set(t, w.plane, w.balancer)
	waitHealthy(t, w.plane, groupARN)
}

// A browser keeps cookies and follows redirects.
type browser struct {
	*http.Client
	jar *cookiejar.Jar
}

func (w *world) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	at := socket(t, w.plane, port)
	tr := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasSuffix(address, ".example.com:443") {
				address = at
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
		TLSClientConfig: &tls.Config{RootCAs: w.roots}, DisableCompression: true,
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &browser{&http.Client{Transport: tr, Jar: jar, Timeout: 30 * time.Second}, jar}
}

// step makes one request and follows nothing.
func (b *browser) step(t *testing.T, url string, header ...string) answer {
	t.Helper()
	one := *b.Client
	one.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return get(t, &one, url, header...)
}

// toCallback logs in as far as the provider's redirect, and returns where that leads.
func (b *browser) toCallback(t *testing.T, url string) string {
	t.Helper()
	first := b.step(t, url)
	if first.Code != http.StatusFound {
		t.Fatalf("no redirect to the provider: %d", first.Code)
	}
	second := b.step(t, first.Header.Get("Location"))
	if second.Code != http.StatusFound {
		t.Fatalf("no redirect from the provider: %d %s", second.Code, second.Body)
	}
	return second.Header.Get("Location")
}

// told are the headers that the target got.
func told(t *testing.T, a answer) http.Header {
	t.Helper()
	var h http.Header
	if err := json.Unmarshal([]byte(a.Body), &h); a.Code != http.StatusOK || err != nil {
		t.Fatalf("this is no answer of the target: %d %s", a.Code, a.Body)
	}
	return h
}

func sessionCookies(a answer) map[string]*http.Cookie {
	found := map[string]*http.Cookie{}
	for _, line := range a.Header["Set-Cookie"] {
		if c, err := http.ParseSetCookie(line); err == nil && c.Name != nonceCookie {
			found[c.Name] = c
		}
	}
	return maps.Clone(found)
}
