package authority

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

const blockCertificate = "CERTIFICATE"

// maxSize of what is read, in bytes.
const maxSize = 1 << 20

// A Bundle is CA certificates.
type Bundle struct {
	certificates []*x509.Certificate
}

// Parse a bundle. There is no clock here: whether the certificates are valid today is for AWS to say.
func Parse(data string) (Bundle, error) {
	if len(data) > maxSize {
		return Bundle{}, errors.Errorf("has %d bytes, which is more than a trust store takes; name fewer authorities", len(data))
	}
	var b Bundle
	for block, rest := pem.Decode([]byte(data)); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != blockCertificate {
			return Bundle{}, errors.Errorf("has a PEM block of type %q; put nothing but certificates there", block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return Bundle{}, errors.Errorf("has a certificate (number %d) that cannot be parsed; put X.509 certificates there", len(b.certificates)+1)
		}
		if !c.IsCA {
			return Bundle{}, errors.Errorf("has a certificate (number %d) of %q that is not an authority's; put the certificates of those there who issue client certificates",
				len(b.certificates)+1, c.Subject.CommonName)
		}
		b.certificates = append(b.certificates, c)
	}
	if len(b.certificates) == 0 {
		return Bundle{}, errors.New("has no PEM-encoded certificate; put those of the authorities there that issue client certificates")
	}
	return b, nil
}

// Join bundles, each certificate once, in the order in which they come.
func Join(bundles ...Bundle) (Bundle, error) {
	var out Bundle
	for _, b := range bundles {
		for _, c := range b.certificates {
			if !slices.ContainsFunc(out.certificates, c.Equal) {
				out.certificates = append(out.certificates, c)
			}
		}
	}
	if n := len(out.certificates); n > alb.MaxCertificatesPerTrustStore {
		return Bundle{}, errors.Errorf("has %d certificates; a trust store takes %d; name fewer authorities", n, alb.MaxCertificatesPerTrustStore)
	}
	return out, nil
}

// PEM of the certificates, and nothing between them.
func (b Bundle) PEM() string {
	var out bytes.Buffer
	for _, c := range b.certificates {
		_ = pem.Encode(&out, &pem.Block{Type: blockCertificate, Bytes: c.Raw}) // a buffer does not fail
	}
	return out.String()
}

// Fingerprint is SHA-256, in hexadecimal, over the certificates in an order of their own: neither their order in the bundle nor
// what stands between them matters.
func (b Bundle) Fingerprint() string {
	raw := make([][]byte, 0, len(b.certificates))
	for _, c := range b.certificates {
		raw = append(raw, c.Raw)
	}
	slices.SortFunc(raw, bytes.Compare)
	h := sha256.New()
	for _, r := range slices.CompactFunc(raw, bytes.Equal) {
		_, _ = h.Write(r) // a hash does not fail
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Fingerprint of a bundle; empty if it is none.
func Fingerprint(data string) string {
	b, err := Parse(data)
	if err != nil {
		return ""
	}
	return b.Fingerprint()
}
