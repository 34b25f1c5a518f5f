package dataplane

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// Modes of mutual authentication (API reference, MutualAuthenticationAttributes).
const (
	mutualPassthrough = "passthrough"
	mutualVerify      = "verify"
)

// askClient has the handshake ask for, and in verify mode insist on, the client's certificate.
func askClient(cfg *tls.Config, m *MutualAuthentication, without alb.NoClientCert) error {
	switch {
	case m == nil || m.Mode == "" || m.Mode == "off":
		return nil
	case m.Mode == mutualPassthrough:
		cfg.ClientAuth = tls.RequestClientCert
		if without == alb.NoClientCertRefused {
			cfg.ClientAuth = tls.RequireAnyClientCert
		}
		return nil
	case m.Mode != mutualVerify:
		return fmt.Errorf("its mutual authentication mode %q is none of off, passthrough and verify", m.Mode)
	case m.CAs == nil:
		return errors.New("it verifies client certificates and has no trust store")
	}
	// Verified here and not by crypto/tls, which would advertise the authorities in any case.
	cfg.ClientAuth = tls.RequireAnyClientCert
	cfg.VerifyConnection = func(s tls.ConnectionState) error { return m.verify(s.PeerCertificates) }
	if m.Advertise {
		cfg.ClientCAs = m.CAs
	}
	return nil
}

// verify a chain as of now; where expiry is ignored, it is that of the client's own certificate.
func (m *MutualAuthentication) verify(chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return errors.New("the client sent no certificate")
	}
	now, leaf := time.Now(), *chain[0]
	if m.IgnoreExpiry && leaf.NotAfter.Before(now) {
		leaf.NotAfter = now
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{
		Roots: m.CAs, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return err
}

// mutualHeaders are the headers about the client's certificate, with the middle of the attribute that renames each.
var mutualHeaders = map[string]string{
	"x_amzn_mtls_clientcert":               "X-Amzn-Mtls-Clientcert",
	"x_amzn_mtls_clientcert_serial_number": "X-Amzn-Mtls-Clientcert-Serial-Number",
	"x_amzn_mtls_clientcert_issuer":        "X-Amzn-Mtls-Clientcert-Issuer",
	"x_amzn_mtls_clientcert_subject":       "X-Amzn-Mtls-Clientcert-Subject",
	"x_amzn_mtls_clientcert_validity":      "X-Amzn-Mtls-Clientcert-Validity",
	"x_amzn_mtls_clientcert_leaf":          "X-Amzn-Mtls-Clientcert-Leaf",
}

// clientCertificate tells the target about the client's certificate (user guide, "Mutual authentication", HTTP
// headers). What a client itself claims in these headers is removed.
func (x *exchange) clientCertificate(h http.Header, state *tls.ConnectionState) {
	if x.cfg.Mutual == nil || x.cfg.Mutual.Mode == "" || x.cfg.Mutual.Mode == "off" {
		return
	}
	set := func(key, value string) { h.Set(x.cfg.listener.requestHeader(key, mutualHeaders[key]), value) }
	for key, name := range mutualHeaders {
		h.Del(x.cfg.listener.requestHeader(key, name))
	}
	if len(state.PeerCertificates) == 0 {
		return
	}
	leaf := state.PeerCertificates[0]
	if x.cfg.Mutual.Mode == mutualPassthrough {
		set("x_amzn_mtls_clientcert", encodePEM(state.PeerCertificates))
		return
	}
	set("x_amzn_mtls_clientcert_serial_number", strings.ToUpper(leaf.SerialNumber.Text(16)))
	set("x_amzn_mtls_clientcert_issuer", leaf.Issuer.String())
	set("x_amzn_mtls_clientcert_subject", leaf.Subject.String())
	set("x_amzn_mtls_clientcert_validity", fmt.Sprintf("NotBefore=%s;NotAfter=%s", leaf.NotBefore.UTC().Format(time.RFC3339), leaf.NotAfter.UTC().Format(time.RFC3339)))
	set("x_amzn_mtls_clientcert_leaf", encodePEM(state.PeerCertificates[:1]))
}

// encodePEM is percent-encoded PEM with "+", "=" and "/" left as they are.
func encodePEM(chain []*x509.Certificate) string {
	var b strings.Builder
	for _, c := range chain {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
	}
	return strings.NewReplacer("%2B", "+", "%3D", "=", "%2F", "/", "+", "%20").Replace(url.QueryEscape(b.String()))
}
