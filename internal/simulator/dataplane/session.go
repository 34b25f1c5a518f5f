package dataplane

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	maxSessionCookies = 4    // user guide, "Authentication flow": what is larger than a cookie is cut into several
	maxCookieLength   = 4096 // name and value: more is dropped by browsers
	maxCookieName     = 128
)

// A session is what the session cookies hold.
type session struct {
	Issuer  string          `json:"iss"`
	Client  string          `json:"client"`
	Subject string          `json:"sub"`
	Claims  json.RawMessage `json:"claims"`
	Access  string          `json:"access"`
	Refresh string          `json:"refresh,omitempty"`
	Stale   int64           `json:"stale,omitempty"` // when the access token expires, in milliseconds; 0: never
	Until   int64           `json:"until"`           // when the session ends, in milliseconds
}

// sealedFor is what session cookies are bound to: they are good for one load balancer and one name.
func (a *authentication) sealedFor(x *exchange) string {
	return "session " + x.cfg.balancerARN + " " + a.cookie
}

// session is that of the client's cookies, or nil. It is good for every rule with the same provider, client and cookie name.
func (a *authentication) session(x *exchange) *session {
	opened := x.plane.cookies.open(a.sealedFor(x), joined(x.r, a.cookie))
	var s session
	if opened == "" || json.Unmarshal([]byte(opened), &s) != nil {
		return nil
	}
	now := time.Now().UnixMilli()
	if s.Issuer != a.issuer || s.Client != a.clientID || now >= s.Until {
		return nil
	}
	if s.Stale == 0 || now < s.Stale || s.Refresh == "" {
		return &s
	}
	return a.renew(x, s)
}

// joined puts the pieces of a session together. The first says how many there are, so that those of an older and longer session
// do no harm.
func joined(r *http.Request, name string) string {
	first, err := r.Cookie(name + "-0")
	if err != nil {
		return ""
	}
	text, piece, _ := strings.Cut(first.Value, ".")
	count, err := strconv.Atoi(text)
	if err != nil || count < 1 || count > maxSessionCookies {
		return ""
	}
	var b strings.Builder
	b.WriteString(piece)
	for i := 1; i < count; i++ {
		next, err := r.Cookie(fmt.Sprintf("%s-%d", name, i))
		if err != nil {
			return ""
		}
		b.WriteString(next.Value)
	}
	return b.String()
}

// keep has the answer carry the session.
func (a *authentication) keep(x *exchange, s *session) *denial {
	plain, err := json.Marshal(s)
	if err != nil {
		return deny(statusProvider, "the claims are no JSON")
	}
	until := time.UnixMilli(s.Until)
	sealed := x.plane.cookies.seal(a.sealedFor(x), string(plain), until.Add(time.Second)) // Until is exact, the seal's second is not
	room := maxCookieLength - len(a.cookie) - len("-0=4.")
	count := (len(sealed) + room - 1) / room
	if count > maxSessionCookies {
		return deny(statusUnauthorized, "the session needs %d cookies; at most %d are possible", count, maxSessionCookies)
	}
	for i := range count {
		value := sealed[i*room : min((i+1)*room, len(sealed))]
		if i == 0 {
			value = strconv.Itoa(count) + "." + value
		}
		x.setCookie(fmt.Sprintf("%s-%d", a.cookie, i), value, until)
	}
	return nil
}

// setCookie puts a cookie for the load balancer alone on the answer, whoever makes it.
func (x *exchange) setCookie(name, value string, until time.Time) {
	x.w.Header().Add("Set-Cookie", name+"="+value+"; Expires="+until.UTC().Format(http.TimeFormat)+"; Path=/; Secure; HttpOnly")
}
