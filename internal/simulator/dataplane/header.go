package dataplane

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// targetHost is the Host that the target sees (user guide, "Host header preservation"): on ports 80 and 443 the
// client's, less the port where it is the listener's; on other ports the listener's port is put in its place.
func (x *exchange) targetHost() string {
	host := x.sent.Host
	if host != x.seen.Host || x.cfg.balancer.on(attrPreserveHost) {
		return host
	}
	port := strconv.Itoa(int(x.cfg.Port))
	if x.cfg.Port == 80 || x.cfg.Port == 443 {
		return strings.TrimSuffix(host, ":"+port)
	}
	if colon := strings.LastIndexByte(host, ':'); colon > strings.LastIndexByte(host, ']') {
		host = host[:colon]
	}
	return host + ":" + port
}

func (x *exchange) requestHeaders(h http.Header) {
	if x.cfg.balancer.on(attrDropInvalid) {
		dropInvalid(h)
	}
	x.passForwarded(h)
	x.forwardedFor(h)
	h.Set("X-Forwarded-Proto", x.cfg.protocolHeader())
	h.Set("X-Forwarded-Port", strconv.Itoa(int(x.cfg.Port)))
	h.Set("X-Amzn-Trace-Id", traceID(x.r.Header.Get("X-Amzn-Trace-Id"), time.Now()))
	if x.conn.tls != nil {
		x.tlsHeaders(h, x.conn.tls)
	}
	x.identityHeaders(h)
}

// dropInvalid keeps names of letters, digits and hyphens (API reference, LoadBalancerAttribute).
func dropInvalid(h http.Header) {
	for name := range h {
		if strings.ContainsFunc(name, func(c rune) bool {
			return c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
		}) {
			delete(h, name)
		}
	}
}

// passForwarded gives back what httputil takes away and ALB has no opinion on: only three headers are its own (user guide,
// "X-forwarded headers").
func (x *exchange) passForwarded(h http.Header) {
	for _, name := range []string{"Forwarded", "X-Forwarded-Host"} {
		if came := x.r.Header[name]; len(came) > 0 {
			h[name] = came
		}
	}
}

// forwardedFor works from the client's header: httputil has removed it from h (user guide, "X-Forwarded-For").
func (x *exchange) forwardedFor(h http.Header) {
	came := x.r.Header["X-Forwarded-For"]
	switch x.cfg.balancer.text(attrForwardedMode, "append") {
	case "remove":
		h.Del("X-Forwarded-For")
	case "preserve":
		if len(came) > 0 {
			h["X-Forwarded-For"] = came
		}
	default:
		client := x.client.Addr().Unmap().String()
		if x.cfg.balancer.on(attrForwardedPort) {
			client = net.JoinHostPort(client, strconv.Itoa(int(x.client.Port())))
		}
		h.Set("X-Forwarded-For", strings.Join(append(came[:len(came):len(came)], client), ", "))
	}
}

// traceID: user guide, "Request tracing". A header without Root gets one; with Root it gets Self in front, in the
// place of an earlier Self.
func traceID(came string, now time.Time) string {
	fresh := fmt.Sprintf("1-%08x-%s", now.Unix(), randomHex(12))
	var kept []string
	root := false
	for field := range strings.SplitSeq(came, ";") {
		field = strings.TrimSpace(field)
		key, _, _ := strings.Cut(field, "=")
		if field == "" || key == "Self" {
			continue
		}
		root = root || key == "Root"
		kept = append(kept, field)
	}
	own := "Root=" + fresh
	if root {
		own = "Self=" + fresh
	}
	return strings.Join(append([]string{own}, kept...), ";")
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

func (x *exchange) tlsHeaders(h http.Header, state *tls.ConnectionState) {
	if x.cfg.balancer.on(attrTLSHeaders) {
		h.Set(x.cfg.listener.requestHeader("x_amzn_tls_version", "X-Amzn-Tls-Version"), opensslVersion(state.Version))
		h.Set(x.cfg.listener.requestHeader("x_amzn_tls_cipher_suite", "X-Amzn-Tls-Cipher-Suite"), opensslCipher(state.CipherSuite))
	}
	x.clientCertificate(h, state)
}

func opensslVersion(v uint16) string {
	return map[uint16]string{tls.VersionTLS10: "TLSv1", tls.VersionTLS11: "TLSv1.1", tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3"}[v]
}

// opensslCipher turns TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 into ECDHE-RSA-AES128-GCM-SHA256. The names of TLS 1.3 are
// the same in both.
func opensslCipher(id uint16) string {
	name := tls.CipherSuiteName(id)
	exchange, cipher, old := strings.Cut(name, "_WITH_")
	if !old {
		return name
	}
	exchange = strings.TrimPrefix(exchange, "TLS_")
	cipher = strings.NewReplacer("AES_128_CBC", "AES128", "AES_256_CBC", "AES256", "AES_128", "AES128", "AES_256", "AES256", "CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305").Replace(cipher)
	if exchange == "RSA" { // the key exchange that OpenSSL does not name
		return strings.ReplaceAll(cipher, "_", "-")
	}
	return strings.ReplaceAll(exchange+"_"+cipher, "_", "-")
}
