package identity

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A grant is what a code or token stands for.
type grant struct {
	client, redirect, scope, nonce string
	user                           User
	until                          time.Time
}

func (g grant) openID() bool { return slices.Contains(strings.Fields(g.scope), "openid") }

// codeLifetime is short, as RFC 6749, section 4.1.2 recommends.
const codeLifetime = time.Minute

// authorize sends the user back with a code (OpenID Connect Core, section 3.1.2). An unknown client or redirect URI is told so
// here, as nobody must be sent to a place that is not the client's.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p.mu.Lock()
	client, known := p.clients[q.Get("client_id")]
	user, fault := p.user, p.fault
	p.mu.Unlock()
	redirect := q.Get("redirect_uri")
	if !known || !slices.Contains(client.RedirectURIs, redirect) {
		http.Error(w, "redirect_mismatch: unknown client, or not a redirect URI of this one", http.StatusBadRequest)
		return
	}
	back := url.Values{}
	switch {
	case repeated(q) || q.Get("state") == "" || q.Get("scope") == "":
		back.Set("error", "invalid_request")
	case q.Get("response_type") != "code":
		back.Set("error", "unsupported_response_type")
	case fault == Denied:
		back.Set("error", "access_denied")
	case fault == Refused:
		back.Set("error", "server_error")
	case user == nil:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<h1>Log in</h1>")) // whoever asked may be gone
		return
	default:
		code := rand.Text()
		back.Set("code", code)
		p.mu.Lock()
		p.codes[code] = grant{client.ID, redirect, q.Get("scope"), q.Get("nonce"), *user, time.Now().Add(codeLifetime)}
		p.mu.Unlock()
	}
	back.Set("state", q.Get("state"))
	http.Redirect(w, r, redirect+"?"+back.Encode(), http.StatusFound)
}

// repeated parameters make a request invalid: RFC 6749, section 3.1.
func repeated(q url.Values) bool {
	for _, values := range q {
		if len(values) > 1 {
			return true
		}
	}
	return false
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(v) // whoever asked may be gone
}
