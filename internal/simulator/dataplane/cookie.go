package dataplane

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Names of ALB's cookies (user guide, "Sticky sessions"). The ones for cross-origin requests have CORS appended.
const (
	targetCookie = "AWSALB"
	groupCookie  = "AWSALBTG"
	appCookie    = "AWSALBAPP-0"
)

// A cookieJar seals what a cookie says, so that clients can neither read nor make one.
type cookieJar struct{ aead cipher.AEAD }

func newCookieJar() *cookieJar {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	block, err := aes.NewCipher(key)
	if err != nil {
		return &cookieJar{}
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return &cookieJar{}
	}
	return &cookieJar{aead: aead}
}

func (j *cookieJar) seal(name, value string, until time.Time) string {
	plain := strconv.FormatInt(until.Unix(), 10) + " " + value
	return base64.StdEncoding.EncodeToString(j.aead.Seal(nil, nil, []byte(plain), []byte(name)))
}

// open returns nothing for a cookie that is not ours, is another's, or is too old.
func (j *cookieJar) open(name, sealed string) string {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return ""
	}
	plain, err := j.aead.Open(nil, nil, raw, []byte(name))
	if err != nil {
		return ""
	}
	until, value, _ := strings.Cut(string(plain), " ")
	seconds, err := strconv.ParseInt(until, 10, 64)
	if err != nil || time.Now().Unix() > seconds {
		return ""
	}
	return value
}

// stuckTo is what the client's cookie says, from either variant of its name.
func (x *exchange) stuckTo(name string) string {
	for _, variant := range []string{name, name + "CORS"} {
		if c, err := x.r.Cookie(variant); err == nil {
			if value := x.plane.cookies.open(name, c.Value); value != "" {
				return value
			}
		}
	}
	return ""
}

// stick has the answer carry the cookie, in both variants.
func (x *exchange) stick(name, value string, lifetime time.Duration) {
	until := time.Now().Add(lifetime)
	sealed := x.plane.cookies.seal(name, value, until)
	end := "; Expires=" + until.UTC().Format(http.TimeFormat) + "; Path=/"
	x.cookies = append(x.cookies, name+"="+sealed+end)
	if name != appCookie {
		x.cookies = append(x.cookies, name+"CORS="+sealed+end+"; SameSite=None; Secure")
	}
}

func (x *exchange) stickyGroup(f *forward) *group {
	if f.sticky == 0 {
		return nil
	}
	return f.weighted(x.stuckTo(groupCookie))
}

// stickyTarget is the target of the client's session, while it is healthy.
func (x *exchange) stickyTarget() *target {
	switch x.view.sticky {
	case stickyToBalancer:
		return x.view.routable(x.stuckTo(targetCookie))
	case stickyToApplication:
		if _, err := x.r.Cookie(x.view.appCookie); err == nil {
			return x.view.routable(x.stuckTo(appCookie))
		}
	}
	return nil
}

func (x *exchange) stickTarget() {
	if x.view.sticky == stickyToBalancer {
		x.stick(targetCookie, x.target.key, x.view.stickyFor)
	}
}

// stickApplication sets ALB's cookie beside one that the application sets.
func (x *exchange) stickApplication(res *http.Response) {
	if x.view.sticky != stickyToApplication {
		return
	}
	for _, c := range res.Cookies() {
		if c.Name == x.view.appCookie {
			x.stick(appCookie, x.target.key, x.view.stickyFor)
		}
	}
}
