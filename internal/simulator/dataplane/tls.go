package dataplane

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

func compileTLS(balancer attributes, l Listener, a alb.Assumptions) (*tls.Config, error) {
	if len(l.Certificates) == 0 {
		return nil, errors.New("it is HTTPS and has no certificate")
	}
	certs := make([]*certificate, len(l.Certificates))
	for i, c := range l.Certificates {
		compiled, err := newCertificate(c)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", i, err)
		}
		certs[i] = compiled
	}
	cfg := &tls.Config{
		NextProtos:     []string{"h2", "http/1.1"},
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) { return choose(certs, hello), nil },
	}
	if balancer.off(attrHTTP2) {
		cfg.NextProtos = []string{"http/1.1"}
	}
	cfg.MinVersion, cfg.MaxVersion = versions(l.SSLPolicy)
	return cfg, askClient(cfg, l.Mutual, a.NoClientCert)
}

// versions reads the protocols from a policy's name (user guide, "Security policies"): those with TLS13 in it offer
// TLS 1.3, and what follows is the oldest version offered. Ciphers are not told apart.
func versions(policy string) (oldest, newest uint16) {
	policy = cmp.Or(policy, alb.DefaultSSLPolicy)
	newest = tls.VersionTLS12
	if strings.Contains(policy, "TLS13") {
		newest = tls.VersionTLS13
	}
	for text, v := range map[string]uint16{"-1-3": tls.VersionTLS13, "-1-2": tls.VersionTLS12, "-1-1": tls.VersionTLS11} {
		if strings.Contains(policy, text) {
			return v, newest
		}
	}
	return tls.VersionTLS10, newest
}

// A certificate is one that a listener may present.
type certificate struct {
	tls  tls.Certificate
	leaf *x509.Certificate
}

func newCertificate(c tls.Certificate) (*certificate, error) {
	leaf := c.Leaf
	if leaf == nil {
		if len(c.Certificate) == 0 {
			return nil, errors.New("it is empty")
		}
		var err error
		if leaf, err = x509.ParseCertificate(c.Certificate[0]); err != nil {
			return nil, fmt.Errorf("cannot parse it: %w", err)
		}
		c.Leaf = leaf
	}
	return &certificate{tls: c, leaf: leaf}, nil
}

// choose is ALB's smart selection among the certificates that cover the name (user guide, "SNI": by public key
// algorithm, hash, key length, validity). Without a name, or where none covers it, it is the default certificate.
func choose(certs []*certificate, hello *tls.ClientHelloInfo) *tls.Certificate {
	var fit []*certificate
	for _, c := range certs {
		if hello.ServerName != "" && c.covers(hello.ServerName) && c.usable(hello) {
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 {
		return &certs[0].tls
	}
	return &slices.MinFunc(fit, better).tls
}

// usable looks at the client's signature algorithms alone: a name in the common name is no concern of crypto/tls.
func (c *certificate) usable(hello *tls.ClientHelloInfo) bool {
	nameless := *hello
	nameless.ServerName = ""
	return nameless.SupportsCertificate(&c.tls) == nil
}

func (c *certificate) covers(name string) bool {
	leaf := c.leaf
	if len(leaf.DNSNames) == 0 && len(leaf.IPAddresses) == 0 {
		leaf = &x509.Certificate{Raw: leaf.Raw, DNSNames: []string{leaf.Subject.CommonName}}
	}
	return leaf.VerifyHostname(name) == nil
}

// better puts the certificate to prefer first.
func better(a, b *certificate) int {
	return cmp.Or(
		-cmp.Compare(a.algorithm(), b.algorithm()),
		-cmp.Compare(a.hash(), b.hash()),
		-cmp.Compare(a.keyBits(), b.keyBits()),
		-a.leaf.NotAfter.Compare(b.leaf.NotAfter),
	)
}

func (c *certificate) algorithm() int {
	switch c.leaf.PublicKey.(type) {
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return 2
	case *rsa.PublicKey:
		return 1
	}
	return 0
}

func (c *certificate) hash() int {
	switch c.leaf.SignatureAlgorithm {
	case x509.MD5WithRSA:
		return 0
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1:
		return 1
	}
	return 2
}

func (c *certificate) keyBits() int {
	switch key := c.leaf.PublicKey.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen()
	case *ecdsa.PublicKey:
		return key.Params().BitSize
	}
	return 0
}
