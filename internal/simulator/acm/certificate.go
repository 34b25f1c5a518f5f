package acm

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Statuses and types of certificates.
const (
	pending  = "PENDING_VALIDATION"
	issued   = "ISSUED"
	expired  = "EXPIRED"
	imported = "IMPORTED"
	ofAmazon = "AMAZON_ISSUED"
)

// A certificate is one ARN. What it holds is replaced when it is imported again.
type certificate struct {
	arn      string
	kind     string // imported or ofAmazon
	leaf     *x509.Certificate
	pair     tls.Certificate
	pem      string
	chain    string
	created  time.Time
	imported time.Time
	issued   time.Time // in the future while validation is pending
	tags     map[string]string

	domain     string   // of a requested one
	names      []string // its names, the domain first
	validation string   // DNS or EMAIL
	token      string   // idempotency token of the request
	logging    string   // the certificate transparency preference
}

func (c *certificate) status(now time.Time) string {
	switch {
	case c.kind == ofAmazon && now.Before(c.issued):
		return pending
	case now.After(c.leaf.NotAfter):
		return expired
	default:
		return issued
	}
}

func (c *certificate) domainName() string {
	if c.domain != "" {
		return c.domain
	}
	if c.leaf.Subject.CommonName != "" {
		return c.leaf.Subject.CommonName
	}
	if len(c.leaf.DNSNames) > 0 {
		return c.leaf.DNSNames[0]
	}
	return ""
}

func (c *certificate) alternativeNames() []string {
	if c.names != nil {
		return c.names
	}
	names := slices.Clone(c.leaf.DNSNames)
	if d := c.domainName(); d != "" && !slices.Contains(names, d) {
		names = append([]string{d}, names...)
	}
	return names
}

// keyAlgorithm is the algorithm as the API spells it, with an underscore: RSA_2048, EC_prime256v1.
func keyAlgorithm(leaf *x509.Certificate) string {
	switch key := leaf.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA_%d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return map[int]string{256: "EC_prime256v1", 384: "EC_secp384r1", 521: "EC_secp521r1"}[key.Params().BitSize]
	default:
		return ""
	}
}

// accepted are the key algorithms that can be imported.
var accepted = []string{"RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"}

// parse reads the three parts of an import: one certificate, its unencrypted key, and the rest of the chain.
func parse(certificatePEM, key, chain []byte, now time.Time) (*certificate, error) {
	leaf, err := one(certificatePEM)
	if err != nil {
		return nil, err
	}
	if algorithm := keyAlgorithm(leaf); !slices.Contains(accepted, algorithm) {
		return nil, wire.Errorf("ValidationException", "The key algorithm of the certificate is not supported")
	}
	if block, _ := pem.Decode(key); block == nil || strings.Contains(string(key), "ENCRYPTED") {
		return nil, wire.Errorf("ValidationException", "The private key is not supported. It must be PEM-encoded and unencrypted.")
	}
	if now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
		return nil, wire.Errorf("ValidationException", "The certificate is not in its validity period")
	}
	if err := validChain(leaf, chain); err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(bytes.Join([][]byte{certificatePEM, chain}, []byte("\n")), key)
	if err != nil && strings.Contains(err.Error(), "match") {
		return nil, wire.Errorf("ValidationException", "The certificate and the private key don't match")
	}
	if err != nil {
		return nil, wire.Errorf("ValidationException", "The private key could not be parsed")
	}
	return &certificate{kind: imported, leaf: leaf, pair: pair, pem: string(certificatePEM), chain: string(chain)}, nil
}

func one(raw []byte) (*x509.Certificate, error) {
	block, rest := pem.Decode(raw)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, wire.Errorf("ValidationException", "Could not validate the certificate. The certificate must be PEM-encoded.")
	}
	if more, _ := pem.Decode(rest); more != nil {
		return nil, wire.Errorf("ValidationException", "The certificate field contains more than one certificate. You can specify only one certificate in this field.")
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, wire.Errorf("ValidationException", "Could not parse the certificate")
	}
	return leaf, nil
}

// validChain wants each certificate of a chain to sign the one before it.
func validChain(leaf *x509.Certificate, chain []byte) error {
	below := leaf
	for block, rest := pem.Decode(chain); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil || block.Type != "CERTIFICATE" || below.CheckSignatureFrom(c) != nil {
			return wire.Errorf("ValidationException", "Could not validate the certificate with the certificate chain.")
		}
		below = c
	}
	if len(bytes.TrimSpace(chain)) > 0 && below == leaf {
		return wire.Errorf("ValidationException", "The certificate chain is not PEM-encoded")
	}
	return nil
}

// serial writes a serial number as pairs of hexadecimal digits with colons.
func serial(n *big.Int) string {
	var pairs []string
	for _, b := range n.Bytes() {
		pairs = append(pairs, fmt.Sprintf("%02x", b))
	}
	return strings.Join(pairs, ":")
}

func (c *certificate) tagList() []tag {
	out := []tag{}
	for _, key := range slices.Sorted(maps.Keys(c.tags)) {
		out = append(out, tag{key, new(c.tags[key])})
	}
	return out
}
