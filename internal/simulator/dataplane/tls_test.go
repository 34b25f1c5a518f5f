package dataplane

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certificateFor makes one for names, signed by itself or by ca.
func certificateFor(t *testing.T, key crypto.Signer, ca *tls.Certificate, edit func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x3A5), Subject: pkix.Name{CommonName: "test", Organization: []string{"Shop"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	edit(template)
	parent, signer := template, key
	if ca != nil {
		parent, signer = ca.Leaf, ca.PrivateKey.(crypto.Signer)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func named(names ...string) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.DNSNames = names }
}

func authority(t *testing.T) *tls.Certificate {
	t.Helper()
	ca := certificateFor(t, ecKey(t), nil, func(c *x509.Certificate) {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	})
	return &ca
}

// secure is a load balancer with one HTTPS listener.
func secure(attrs map[string]string, edit func(*Listener), rules ...types.Rule) LoadBalancer {
	lb := balancerWith(attrs, rules...)
	l := &lb.Listeners[0]
	l.Protocol, l.SSLPolicy = types.ProtocolEnumHttps, "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
	edit(l)
	return lb
}

func with(certs ...tls.Certificate) func(*Listener) {
	return func(l *Listener) { l.Certificates = certs }
}

func TestCertificateChoice(t *testing.T) {
	fallback := certificateFor(t, ecKey(t), nil, named("default.example.com"))
	rsaCert := certificateFor(t, rsaKey(), nil, named("shop.example.com"))
	ecdsaCert := certificateFor(t, ecKey(t), nil, named("*.example.com", "shop.example.com"))
	longer := certificateFor(t, ecKey(t), nil, func(c *x509.Certificate) {
		c.DNSNames, c.NotAfter = []string{"late.example.com"}, time.Now().Add(time.Hour*48)
	})
	shorter := certificateFor(t, ecKey(t), nil, named("late.example.com"))
	common := certificateFor(t, rsaKey(), nil, func(c *x509.Certificate) { c.Subject.CommonName = "cn.example.net" })
	d := newPlane(t, Options{Speed: 1})
	set(t, d, secure(nil, with(fallback, rsaCert, shorter, longer, ecdsaCert, common), rule("default", fixed("200", "", ""))))
	rsaOnly := []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
	cases := map[string]struct {
		reason string
		args   *tls.Config
		want   tls.Certificate
	}{
		"NoName":   {reason: "SNI: without a name the default certificate", args: &tls.Config{}, want: fallback},
		"NoMatch":  {reason: "SNI: without a match the default certificate", args: &tls.Config{ServerName: "other.example.org"}, want: fallback},
		"ECDSA":    {reason: "SNI: ECDSA is preferred over RSA", args: &tls.Config{ServerName: "shop.example.com"}, want: ecdsaCert},
		"RSA":      {reason: "SNI: the best certificate that the client supports", args: &tls.Config{ServerName: "shop.example.com", MaxVersion: tls.VersionTLS12, CipherSuites: rsaOnly}, want: rsaCert},
		"Wildcard": {reason: "SNI: a wildcard certificate covers one label", args: &tls.Config{ServerName: "cart.example.com"}, want: ecdsaCert},
		"TwoDeep":  {reason: "SNI: a wildcard certificate covers one label", args: &tls.Config{ServerName: "a.cart.example.com"}, want: fallback},
		"Validity": {reason: "SNI: the longest validity, all else being equal", args: &tls.Config{ServerName: "late.example.com"}, want: longer},
		"Common":   {reason: "SNI: a certificate without alternative names covers its common name", args: &tls.Config{ServerName: "cn.example.net"}, want: common},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.args.InsecureSkipVerify = true
			conn, err := tls.Dial("tcp", socket(t, d, port), tc.args)
			if err != nil {
				t.Fatalf("%s: %v", tc.reason, err)
			}
			defer closeQuietly(conn)
			got := conn.ConnectionState().PeerCertificates[0]
			if !got.Equal(tc.want.Leaf) {
				t.Errorf("%s: got the certificate for %q, want that for %q", tc.reason, got.DNSNames, tc.want.Leaf.DNSNames)
			}
		})
	}
}

func TestTLSVersionAndProtocol(t *testing.T) {
	type args struct {
		policy string
		attrs  map[string]string
		client *tls.Config
	}
	cases := map[string]struct {
		reason string
		args   args
		want   string
	}{
		"Newest":      {reason: "Security policies: TLS13 offers TLS 1.3; Listeners: HTTP/2 by default", args: args{policy: "ELBSecurityPolicy-TLS13-1-2-2021-06"}, want: "TLS 1.3 h2"},
		"ApiDefault":  {reason: "Security policies: ELBSecurityPolicy-2016-08 has no TLS 1.3", args: args{}, want: "TLS 1.2 h2"},
		"Old":         {reason: "Security policies: ELBSecurityPolicy-2016-08 takes TLS 1.0", args: args{client: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}}, want: "TLS 1.0 "},
		"OldRefused":  {reason: "Security policies: TLS13-1-2 takes nothing below TLS 1.2", args: args{policy: "ELBSecurityPolicy-TLS13-1-2-2021-06", client: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}}, want: "refused"},
		"OnlyNewest":  {reason: "Security policies: TLS13-1-3 takes nothing below TLS 1.3", args: args{policy: "ELBSecurityPolicy-TLS13-1-3-2021-06", client: &tls.Config{MaxVersion: tls.VersionTLS12}}, want: "refused"},
		"NoHTTP2":     {reason: "routing.http2.enabled=false", args: args{attrs: map[string]string{attrHTTP2: "false"}}, want: "TLS 1.2 http/1.1"},
		"ClientHTTP1": {reason: "ALPN: the client's choice", args: args{client: &tls.Config{NextProtos: []string{"http/1.1"}}}, want: "TLS 1.2 http/1.1"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := newPlane(t, Options{Speed: 1})
			lb := secure(tc.args.attrs, with(certificateFor(t, rsaKey(), nil, named("a.example"))), rule("default", fixed("200", "", "")))
			lb.Listeners[0].SSLPolicy = tc.args.policy
			set(t, d, lb)
			cfg := &tls.Config{}
			if tc.args.client != nil {
				cfg = tc.args.client
			}
			cfg.InsecureSkipVerify = true
			if cfg.NextProtos == nil && cfg.MaxVersion != tls.VersionTLS10 {
				cfg.NextProtos = []string{"h2", "http/1.1"}
			}
			got := "refused"
			if conn, err := tls.Dial("tcp", socket(t, d, port), cfg); err == nil {
				state := conn.ConnectionState()
				got = tls.VersionName(state.Version) + " " + state.NegotiatedProtocol
				_ = conn.Close()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// anyCertificate is a client that trusts every load balancer.
func anyCertificate(protocols ...string) *tls.Config {
	return &tls.Config{InsecureSkipVerify: true, NextProtos: protocols}
}

func TestHTTPSRequestToTarget(t *testing.T) {
	for _, protocol := range []string{"h2", "http/1.1"} {
		t.Run(protocol, func(t *testing.T) {
			d := newPlane(t, Options{})
			d.SetTargetGroup(groupOf(groupARN, serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for _, name := range []string{"X-Forwarded-Proto", "X-Forwarded-Port", "Renamed-Version", "X-Amzn-Tls-Cipher-Suite"} {
					_, _ = fmt.Fprintf(w, "%s=%s\n", name, r.Header.Get(name))
				}
				_, _ = fmt.Fprintf(w, "%s %s", r.Proto, r.Host)
			}))))
			lb := secure(map[string]string{attrTLSHeaders: "true"}, with(certificateFor(t, rsaKey(), nil, named("a.example"))), rule("default", forwardTo(groupARN)))
			lb.Listeners[0].Attributes = map[string]string{"routing.http.request.x_amzn_tls_version.header_name": "Renamed-Version"}
			lb.Listeners[0].SSLPolicy = ""
			set(t, d, lb)
			cfg := anyCertificate(protocol)
			cfg.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
			c := client(t, socket(t, d, port), cfg)
			c.Transport.(*http.Transport).ForceAttemptHTTP2 = protocol == "h2"
			got := get(t, c, "https://a.example/")
			want := "X-Forwarded-Proto=https\nX-Forwarded-Port=8080\nRenamed-Version=TLSv1.2\nX-Amzn-Tls-Cipher-Suite=ECDHE-RSA-AES128-GCM-SHA256\nHTTP/1.1 a.example:8080"
			if diff := cmp.Diff(want, got.Body); diff != "" {
				t.Errorf("X-Forwarded headers, TLS headers in OpenSSL's words, HTTP/1.1 to the target: -want, +got:\n%s", diff)
			}
		})
	}
}

func TestGeneratedOverHTTP2(t *testing.T) {
	d := newPlane(t, Options{})
	set(t, d, secure(nil, with(certificateFor(t, ecKey(t), nil, named("a.example"))), rule("default", forwardTo(groupARN))))
	got := get(t, client(t, socket(t, d, port), anyCertificate("h2")), "https://a.example/")
	got.Header.Del("Date")
	want := answer{503, http.Header{"Content-Length": {"162"}, "Content-Type": {"text/html"}, "Server": {"awselb/2.0"}}, pageFor(503).body}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("HTTP 503 over HTTP/2, which has no Connection header: -want, +got:\n%s", diff)
	}
}

func TestPlainHTTPOnHTTPSPort(t *testing.T) {
	d := newPlane(t, Options{})
	set(t, d, secure(nil, with(certificateFor(t, ecKey(t), nil, named("a.example"))), rule("default", fixed("200", "", ""))))
	if got := raw(t, socket(t, d, port), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 400 Bad Request\r\nServer: awselb/2.0\r\n") {
		t.Errorf("HTTP 400: plain HTTP on an HTTPS port: got %q", got)
	}
}

func TestMutualAuthentication(t *testing.T) {
	ca, stranger := authority(t), authority(t)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Leaf)
	good := certificateFor(t, ecKey(t), ca, func(c *x509.Certificate) { c.Subject.CommonName = "client" })
	old := certificateFor(t, ecKey(t), ca, func(c *x509.Certificate) {
		c.Subject.CommonName = "client"
		c.NotBefore, c.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	})
	foreign := certificateFor(t, ecKey(t), stranger, named())
	type args struct {
		mutual MutualAuthentication
		cert   *tls.Certificate
	}
	leaf := func(c tls.Certificate) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}))
	}
	headersOf := func(c tls.Certificate) map[string]string {
		return map[string]string{
			"X-Amzn-Mtls-Clientcert-Serial-Number": "3A5",
			"X-Amzn-Mtls-Clientcert-Issuer":        "CN=test,O=Shop",
			"X-Amzn-Mtls-Clientcert-Subject":       "CN=client,O=Shop",
			"X-Amzn-Mtls-Clientcert-Validity":      "NotBefore=" + c.Leaf.NotBefore.UTC().Format(time.RFC3339) + ";NotAfter=" + c.Leaf.NotAfter.UTC().Format(time.RFC3339),
			"X-Amzn-Mtls-Clientcert-Leaf":          leaf(c),
		}
	}
	cases := map[string]struct {
		reason string
		args   args
		want   map[string]string // nil: the handshake fails
	}{
		"Verified": {
			reason: "Mutual authentication: the headers of verify mode",
			args:   args{MutualAuthentication{Mode: "verify", CAs: roots}, &good},
			want:   headersOf(good),
		},
		"Foreign":       {reason: "Mutual authentication: a failed verification closes the connection", args: args{MutualAuthentication{Mode: "verify", CAs: roots}, &foreign}},
		"Missing":       {reason: "Mutual authentication: verify mode needs a certificate", args: args{MutualAuthentication{Mode: "verify", CAs: roots}, nil}},
		"Expired":       {reason: "Mutual authentication: an expired certificate is refused", args: args{MutualAuthentication{Mode: "verify", CAs: roots}, &old}},
		"Passthrough":   {reason: "Mutual authentication: passthrough verifies nothing and passes the chain on", args: args{MutualAuthentication{Mode: "passthrough"}, &foreign}, want: map[string]string{"X-Amzn-Mtls-Clientcert": leaf(foreign)}},
		"PassedNone":    {reason: "Assumption: passthrough does not insist on a certificate; what the client claims is removed", args: args{MutualAuthentication{Mode: "passthrough"}, nil}, want: map[string]string{}},
		"IgnoredExpiry": {reason: "Mutual authentication: an expired certificate is let in where expiry is ignored", args: args{MutualAuthentication{Mode: "verify", CAs: roots, IgnoreExpiry: true}, &old}, want: headersOf(old)},
		"IgnoreExpiry":  {reason: "Mutual authentication: ignoring expiry still verifies the chain", args: args{MutualAuthentication{Mode: "verify", CAs: roots, IgnoreExpiry: true}, &foreign}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := newPlane(t, Options{Speed: 1})
			var got map[string]string
			d.SetTargetGroup(groupOf(groupARN, serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/" && r.UserAgent() != "ELB-HealthChecker/2.0" {
					got = map[string]string{}
					for h := range r.Header {
						if strings.HasPrefix(h, "X-Amzn-Mtls-") {
							got[h], _ = url.PathUnescape(r.Header.Get(h))
						}
					}
				}
			}))))
			set(t, d, secure(nil, func(l *Listener) {
				l.Certificates = []tls.Certificate{certificateFor(t, ecKey(t), nil, named("a.example"))}
				l.Mutual = &tc.args.mutual
			}, rule("default", forwardTo(groupARN))))
			cfg := anyCertificate("http/1.1")
			if tc.args.cert != nil {
				// Sent whatever the server says it accepts.
				cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return tc.args.cert, nil }
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://a.example/", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Amzn-Mtls-Clientcert", "forged")
			res, err := client(t, socket(t, d, port), cfg).Do(req)
			if err == nil {
				_ = res.Body.Close()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: headers (request: %v): -want, +got:\n%s", tc.reason, err, diff)
			}
		})
	}
}

// User guide, "Mutual authentication": the names of the authorities are told to clients where that is turned on.
func TestAdvertisedAuthorities(t *testing.T) {
	ca := authority(t)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Leaf)
	good := certificateFor(t, ecKey(t), ca, named("client"))
	for name, want := range map[string]int{"Advertised": 1, "Kept": 0} {
		t.Run(name, func(t *testing.T) {
			d := newPlane(t, Options{})
			set(t, d, secure(nil, func(l *Listener) {
				l.Certificates = []tls.Certificate{certificateFor(t, ecKey(t), nil, named("a.example"))}
				l.Mutual = &MutualAuthentication{Mode: "verify", CAs: roots, Advertise: want > 0}
			}, rule("default", fixed("200", "", ""))))
			told := -1
			cfg := anyCertificate("http/1.1")
			cfg.GetClientCertificate = func(asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
				told = len(asked.AcceptableCAs)
				return &good, nil
			}
			_ = get(t, client(t, socket(t, d, port), cfg), "https://a.example/")
			if told != want {
				t.Errorf("the client was told %d names of authorities, want %d", told, want)
			}
		})
	}
}

func TestHTTPSTarget(t *testing.T) {
	d := newPlane(t, Options{})
	self := certificateFor(t, ecKey(t), nil, named("unrelated.example"))
	tg := groupOf(groupARN, serveOn(t, &http.Server{Handler: echo("tls")}, &tls.Config{Certificates: []tls.Certificate{self}}))
	tg.Settings.Protocol = types.ProtocolEnumHttps
	d.SetTargetGroup(tg)
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN)
	if got := get(t, client(t, socket(t, d, port), nil), "http://a.example/").Header.Get("X-Target"); got != "tls" {
		t.Errorf("Target groups, HTTPS: the load balancer does not verify certificates: got target %q", got)
	}
}
