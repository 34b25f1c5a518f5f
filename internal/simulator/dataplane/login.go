package dataplane

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// User guide, "Authenticate users": where providers send users back to, and how long a login may take.
const (
	callbackPath = "/oauth2/idpresponse"
	nonceCookie  = "AWSALBAuthNonce"
	loginTimeout = 15 * time.Minute
)

// An authentication is an action that authenticates users, compiled.
type authentication struct {
	provider
	rule      string
	scope     string
	extra     map[string]string
	cookie    string
	timeout   time.Duration
	otherwise string // deny, allow or authenticate
}

// Defaults: API reference, AuthenticateOidcActionConfig.
const (
	defaultSessionCookie = "AWSELBAuthSessionCookie"
	defaultScope         = "openid"
	defaultTimeout       = 604800
)

func compileOIDC(d *DataPlane, rule string, c types.AuthenticateOidcActionConfig) (*authentication, error) {
	a := &authentication{
		provider: provider{
			plane: d, issuer: deref(c.Issuer), clientID: deref(c.ClientId), secret: deref(c.ClientSecret),
			tokenEndpoint: deref(c.TokenEndpoint), infoEndpoint: deref(c.UserInfoEndpoint),
		},
		rule: rule, extra: c.AuthenticationRequestExtraParams, otherwise: string(c.OnUnauthenticatedRequest),
		scope: or(c.Scope, defaultScope), cookie: or(c.SessionCookieName, defaultSessionCookie),
		timeout: d.scaled(time.Duration(or(c.SessionTimeout, defaultTimeout)) * time.Second),
	}
	var err error
	if a.authorize, err = url.Parse(deref(c.AuthorizationEndpoint)); err != nil || a.authorize.Scheme != "https" || a.authorize.Host == "" {
		return nil, errors.New("its authorization endpoint is no https:// URL")
	}
	if !strings.HasPrefix(a.tokenEndpoint, "https://") || !strings.HasPrefix(a.infoEndpoint, "https://") {
		return nil, errors.New("its token or user info endpoint is no https:// URL")
	}
	if len(a.cookie) > maxCookieName || (&http.Cookie{Name: a.cookie}).Valid() != nil {
		return nil, errors.New("its session cookie cannot have that name")
	}
	return a, nil
}

func or[T comparable](p *T, otherwise T) T {
	if v := deref(p); v != *new(T) {
		return v
	}
	return otherwise
}

// admit passes users with a session, and what OnUnauthenticatedRequest says of the others.
func (a *authentication) admit(x *exchange) bool {
	x.authenticates = true
	if s := a.session(x); s != nil {
		return x.identify(s)
	}
	switch a.otherwise {
	case string(types.AuthenticateOidcActionConditionalBehaviorEnumAllow):
		return true
	case string(types.AuthenticateOidcActionConditionalBehaviorEnumDeny):
		x.page(statusUnauthorized)
	default:
		a.login(x)
	}
	return false
}

// A login is under way; the state parameter holds it, sealed.
type login struct {
	Rule  string `json:"rule"`
	Host  string `json:"host"`
	URI   string `json:"uri"`
	Nonce string `json:"nonce"`
}

func (x *exchange) stateName() string { return "state " + x.cfg.balancerARN + " " + x.cfg.ARN }

// login sends the user to the provider.
func (a *authentication) login(x *exchange) {
	if x.r.Host == "" { // user guide, "Troubleshoot", HTTP 401: no redirect URL can be made
		x.page(statusUnauthorized)
		return
	}
	l := login{Rule: a.rule, Host: x.r.Host, URI: "/", Nonce: randomHex(16)}
	if strings.HasPrefix(x.seen.Path, "/") {
		l.URI = x.seen.Path
	}
	if x.seen.RawQuery != "" {
		l.URI += "?" + x.seen.RawQuery
	}
	plain, err := json.Marshal(l)
	if err != nil {
		x.page(statusInternal)
		return
	}
	until := time.Now().Add(x.plane.scaled(loginTimeout))
	to := *a.authorize
	q := to.Query()
	for name, value := range a.extra {
		q.Set(name, value)
	}
	q.Set("client_id", a.clientID)
	q.Set("redirect_uri", callbackOn(l.Host))
	q.Set("response_type", "code")
	q.Set("scope", a.scope)
	q.Set("state", x.plane.cookies.seal(x.stateName(), string(plain), until))
	to.RawQuery = q.Encode()
	x.setCookie(nonceCookie, l.Nonce, until)
	x.sendTo(to.String())
}

func callbackOn(host string) string { return "https://" + host + callbackPath }

// sendTo is a redirect of the load balancer's own.
func (x *exchange) sendTo(location string) {
	x.w.Header().Set("Location", location)
	x.page(http.StatusFound)
}

// callback ends a login: the provider has sent the user back.
func (x *exchange) callback() {
	err := x.finishLogin()
	if err == nil {
		return
	}
	x.plane.log.Warn("a user is not authenticated", "listener", x.cfg.ARN, "code", err.code, "reason", err.reason)
	x.page(err.code)
}

func (x *exchange) finishLogin() *denial {
	q, err := url.ParseQuery(x.seen.RawQuery)
	if err != nil {
		return deny(statusUnauthorized, "the query of the callback is malformed")
	}
	l, refused := x.openState(q)
	if refused != nil {
		return refused
	}
	a := x.cfg.logins[l.Rule]
	if a == nil {
		return deny(statusUnauthorized, "the rule that the login is for is gone")
	}
	switch why := q.Get("error"); {
	case why == "access_denied":
		return deny(statusUnauthorized, "the provider denied access")
	case why != "":
		return deny(statusProvider, "the provider answered with an error")
	case len(q["code"]) != 1 || q.Get("code") == "":
		return deny(statusUnauthorized, "the callback has no code")
	}
	s, refused := a.start(x.r.Context(), q.Get("code"), l.Host)
	if refused != nil {
		return refused
	}
	if refused := a.keep(x, s); refused != nil {
		return refused
	}
	x.setCookie(nonceCookie, "", time.Unix(1, 0))
	x.sendTo("https://" + l.Host + l.URI)
	return nil
}

// openState takes only what login has made for this very browser and host, within the time for logins.
func (x *exchange) openState(q url.Values) (login, *denial) {
	var l login
	if len(q["state"]) != 1 {
		return l, deny(statusUnauthorized, "the callback has no state")
	}
	opened := x.plane.cookies.open(x.stateName(), q.Get("state"))
	if opened == "" || json.Unmarshal([]byte(opened), &l) != nil {
		return l, deny(statusUnauthorized, "the state is invalid or too old")
	}
	nonce, err := x.r.Cookie(nonceCookie)
	switch {
	case err != nil:
		return l, deny(statusUnauthorized, "the nonce is missing")
	case subtle.ConstantTimeCompare([]byte(nonce.Value), []byte(l.Nonce)) != 1:
		return l, deny(statusUnauthorized, "the nonce is invalid")
	case l.Host != x.r.Host:
		return l, deny(statusUnauthorized, "the login began on another host")
	}
	return l, nil
}

// start a session for a code.
func (a *authentication) start(ctx context.Context, code, host string) (*session, *denial) {
	g, refused := a.grant(ctx, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callbackOn(host)}})
	if refused != nil {
		return nil, refused
	}
	now := time.Now()
	subject, refused := a.subjectOf(g.ID, now)
	if refused != nil {
		return nil, refused
	}
	s := &session{Issuer: a.issuer, Client: a.clientID, Refresh: g.Refresh, Until: now.Add(a.timeout).UnixMilli()}
	if refused := a.fill(ctx, s, g); refused != nil {
		return nil, refused
	}
	if s.Subject != subject {
		return nil, deny(statusProvider, "ID token and user info are about different users")
	}
	return s, nil
}

// fill a session with what a grant gives access to.
func (a *authentication) fill(ctx context.Context, s *session, g *grant) (refused *denial) {
	s.Access, s.Stale = g.Access, 0
	if lifetime := g.lifetime(); lifetime > 0 {
		s.Stale = time.Now().Add(a.plane.scaled(lifetime)).UnixMilli()
	}
	s.Claims, s.Subject, refused = a.userInfo(ctx, g.Access)
	return refused
}

// renew asks the provider whether the user is still logged in; if not, there is no session any more. The session ends when it
// would have ended (user guide, "Authentication logout and session timeout").
func (a *authentication) renew(x *exchange, s session) *session {
	ctx, was := x.r.Context(), s.Subject
	g, refused := a.grant(ctx, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {s.Refresh}})
	if refused == nil {
		if g.Refresh != "" {
			s.Refresh = g.Refresh
		}
		refused = a.fill(ctx, &s, g)
	}
	if refused == nil && s.Subject != was {
		refused = deny(statusProvider, "the user is another one")
	}
	if refused == nil {
		refused = a.keep(x, &s)
	}
	if refused != nil {
		x.plane.log.Warn("a session is not renewed", "rule", a.rule, "reason", refused.reason)
		return nil
	}
	return &s
}
