package identity

import (
	"crypto/rand"
	"crypto/subtle"
	"maps"
	"net/http"
	"strings"
	"time"
)

// token gives tokens for a code, a refresh token, or to a client for itself (RFC 6749, sections 4.1.3, 6 and 4.4).
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil || len(r.URL.RawQuery) > 0 || repeated(r.PostForm) {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "invalid_request"})
		return
	}
	client, ok := p.authenticated(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", "Basic")
		writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	var g grant
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		g, ok = p.spend(p.codes, r.PostForm.Get("code"), client)
		ok = ok && g.redirect == r.PostForm.Get("redirect_uri")
	case "refresh_token":
		g, ok = p.spend(p.renewal, r.PostForm.Get("refresh_token"), client)
	case "client_credentials":
		g = grant{client: client, scope: r.PostForm.Get("scope"), user: User{Subject: client}}
	default:
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "unsupported_grant_type"})
		return
	}
	if !ok {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	p.give(w, g)
}

// authenticated is the client that has shown its secret, in the header or in the body, but not in both (RFC 6749, section 2.3).
func (p *Provider) authenticated(r *http.Request) (string, bool) {
	id, secret, basic := r.BasicAuth()
	inBody := r.PostForm.Has("client_secret")
	if basic == inBody {
		return "", false
	}
	if inBody {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c, known := p.clients[id]
	return id, known && subtle.ConstantTimeCompare([]byte(c.Secret), []byte(secret)) == 1
}

// spend takes what is good for one use.
func (p *Provider) spend(from map[string]grant, key, client string) (grant, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g, there := from[key]
	delete(from, key)
	return g, there && g.client == client && (g.until.IsZero() || time.Now().Before(g.until))
}

func (p *Provider) give(w http.ResponseWriter, g grant) {
	claims := p.Claims(g.user.Subject)
	claims["client_id"], claims["scope"], claims["jti"] = g.client, g.scope, rand.Text()
	token, err := p.Sign(claims)
	if err != nil {
		writeJSON(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	out := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(p.lifetime.Seconds()), "scope": g.scope}
	g.until = time.Now().Add(p.lifetime)
	if g.openID() && !p.broken(NoIDToken) {
		if out["id_token"], err = p.idToken(g); err != nil {
			writeJSON(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
			return
		}
	}
	p.mu.Lock()
	p.access[token] = g
	if p.refresh && g.redirect != "" {
		g.until = time.Time{}
		refresh := rand.Text()
		p.renewal[refresh], out["refresh_token"] = g, refresh
	}
	p.mu.Unlock()
	writeJSON(w, http.StatusOK, out)
}

func (p *Provider) idToken(g grant) (string, error) {
	claims := p.Claims(g.user.Subject)
	claims["aud"] = g.client
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	switch {
	case p.broken(WrongIssuer):
		claims["iss"] = "https://idp.example.org"
	case p.broken(WrongAudience):
		claims["aud"] = "somebody-else"
	case p.broken(ExpiredIDToken):
		claims["exp"], claims["iat"] = time.Now().Add(-24*time.Hour).Unix(), time.Now().Add(-25*time.Hour).Unix()
	}
	return p.Sign(claims)
}

// userInfo tells what is known of the user of an access token (OpenID Connect Core, section 5.3).
func (p *Provider) userInfo(w http.ResponseWriter, r *http.Request) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	p.mu.Lock()
	g, known := p.access[token]
	p.mu.Unlock()
	if !bearer || !known || !g.openID() && g.redirect == "" || time.Now().After(g.until) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	claims := map[string]any{}
	maps.Copy(claims, g.user.Claims)
	claims["sub"] = g.user.Subject
	switch {
	case p.broken(UserInfoOther):
		claims["sub"] = "mallory"
	case p.broken(UserInfoLarge):
		claims["groups"] = strings.Repeat("g", 12000)
	}
	writeJSON(w, http.StatusOK, claims)
}
