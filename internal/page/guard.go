package page

import (
	"net"
	"net/http"
	"net/netip"
)

// headers of every answer: nothing but what this server serves is loaded, and nobody else shows the page in theirs.
var headers = map[string]string{
	"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
}

// guarded answers with headers. Where the page is for this machine only, a request must name this machine: a name of somebody
// else that resolves to it would let their page read this one (DNS rebinding).
func guarded(next http.Handler, here bool) http.Handler { //nolint:revive // a property of where the server listens
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		if here && !thisMachine(r.Host) {
			http.Error(w, "This page is for this machine only: ask for it at localhost, or serve it elsewhere with --page-bind-address", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func thisMachine(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
