package dataplane

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	providerPatience   = 10 * time.Second // for one call to an identity provider
	maxProviderAnswer  = 64 << 10
	maxIdentitySize    = 11 << 10 // claims and access token together; user guide, "Authentication flow"
	statusUnauthorized = http.StatusUnauthorized
	statusInternal     = http.StatusInternalServerError
)

// A provider is an identity provider of users, as an action names it.
type provider struct {
	plane                       *DataPlane
	issuer, clientID, secret    string
	authorize                   *url.URL
	tokenEndpoint, infoEndpoint string
}

// A denial is why somebody is not authenticated, with the code to answer (user guide, "Troubleshoot": HTTP 401, 500, 561). It
// holds nothing that a client or a provider has sent.
type denial struct {
	code   int
	reason string
}

// Error is for the log.
func (r *denial) Error() string { return r.reason }

func deny(code int, format string, args ...any) *denial {
	return &denial{code, fmt.Sprintf(format, args...)}
}

// newProviderClient verifies certificates and follows no redirects.
func newProviderClient(d *DataPlane, o Options) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            d.connectByName,
			TLSClientConfig:        &tls.Config{RootCAs: o.TrustedCAs, MinVersion: tls.VersionTLS12},
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: maxProviderAnswer,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// connectByName dials what the dialler of targets allows, after looking up the name.
func (d *DataPlane) connectByName(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("cannot dial %q: %w", address, err)
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return d.dial(ctx, network, address)
	}
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host) // user guide: only IPv4 to these endpoints
	if err != nil {
		return nil, fmt.Errorf("cannot look up %q: %w", host, err)
	}
	return d.dial(ctx, network, net.JoinHostPort(found[0].Unmap().String(), port))
}

// fetch makes one call, bounded in time and size.
func (d *DataPlane) fetch(r *http.Request, limit int64) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(r.Context(), d.scaled(providerPatience))
	defer cancel()
	defer context.AfterFunc(d.end, cancel)()
	res, err := d.providers.Do(r.WithContext(ctx))
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err == nil && int64(len(body)) > limit {
		err = fmt.Errorf("the answer is larger than %d bytes", limit)
	}
	return res.StatusCode, body, err
}

// A grant is what the token endpoint gives for a code or for a refresh token.
type grant struct {
	Access  string      `json:"access_token"`
	Refresh string      `json:"refresh_token"`
	ID      string      `json:"id_token"`
	Type    string      `json:"token_type"`
	Expires json.Number `json:"expires_in"`
}

// lifetime of the access token; 0: unknown.
func (g *grant) lifetime() time.Duration {
	seconds, err := g.Expires.Int64()
	if err != nil || seconds < 0 || seconds > int64(10*365*24*time.Hour/time.Second) {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// grant asks the token endpoint.
func (p *provider) grant(ctx context.Context, form url.Values) (*grant, *denial) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.tokenEndpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, deny(statusInternal, "cannot ask the token endpoint: its URL is malformed")
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.SetBasicAuth(url.QueryEscape(p.clientID), url.QueryEscape(p.secret)) // RFC 6749, section 2.3.1
	var g grant
	if refused := p.ask(r, "token endpoint", &g); refused != nil {
		return nil, refused
	}
	if g.Access == "" || !strings.EqualFold(g.Type, "Bearer") || !printable(g.Access) {
		return nil, deny(statusProvider, "the token endpoint gave no bearer token")
	}
	return &g, nil
}

// userInfo asks for the claims about the user.
func (p *provider) userInfo(ctx context.Context, access string) (claims json.RawMessage, subject string, refused *denial) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.infoEndpoint, http.NoBody)
	if err != nil {
		return nil, "", deny(statusInternal, "cannot ask the user info endpoint: its URL is malformed")
	}
	r.Header.Set("Authorization", "Bearer "+access)
	r.Header.Set("Accept", "application/json")
	if refused := p.ask(r, "user info endpoint", &claims); refused != nil {
		return nil, "", refused
	}
	var known struct {
		Subject string `json:"sub"`
	}
	if json.Unmarshal(claims, &known) != nil || known.Subject == "" || !printable(known.Subject) {
		return nil, "", deny(statusProvider, "the user info endpoint gave no subject")
	}
	if len(claims)+len(access) > maxIdentitySize {
		return nil, "", deny(statusUnauthorized, "claims and access token are %d bytes; at most %d are possible", len(claims)+len(access), maxIdentitySize)
	}
	return claims, known.Subject, nil
}

// ask tells a provider that cannot be reached (500) from one that answers with an error (561).
func (p *provider) ask(r *http.Request, whom string, into any) *denial {
	status, body, err := p.plane.fetch(r, maxProviderAnswer)
	switch {
	case err != nil:
		return deny(statusInternal, "cannot talk to the %s: %v", whom, err)
	case status != http.StatusOK:
		return deny(statusProvider, "the %s answered %d", whom, status)
	case json.Unmarshal(body, into) != nil:
		return deny(statusProvider, "the %s gave no JSON object as expected", whom)
	}
	return nil
}

// idTokenAlgorithms are those that an ID token may be signed with.
var idTokenAlgorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.HS256, jose.HS384, jose.HS512,
}

// subjectOf checks an ID token and returns whom it is about. An action names no keys, so what vouches for the token is the TLS
// connection to the token endpoint (OpenID Connect Core, section 3.1.3.7, number 6).
func (p *provider) subjectOf(token string, now time.Time) (string, *denial) {
	if token == "" {
		return "", deny(statusUnauthorized, "the token endpoint gave no ID token; the scope must have openid")
	}
	bad := func(what string) (string, *denial) {
		return "", deny(statusUnauthorized, "the ID token is invalid: %s", what)
	}
	parsed, err := jwt.ParseSigned(token, idTokenAlgorithms)
	if err != nil {
		return bad("it cannot be read")
	}
	var claims jwt.Claims
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return bad("its claims cannot be read")
	}
	switch {
	case claims.Issuer != p.issuer:
		return bad("its issuer is another")
	case !slices.Contains(claims.Audience, p.clientID):
		return bad("it is for another client")
	case claims.Expiry == nil || !now.Before(claims.Expiry.Time()):
		return bad("it has expired")
	case claims.Subject == "":
		return bad("it is about nobody")
	}
	return claims.Subject, nil
}

// printable tells whether text can be the value of a header.
func printable(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f })
}
