package keypair

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
)

// What ACM ImportCertificate takes at most, in bytes.
const (
	maxCertificate = 32768
	maxChain       = 2097152
	maxKey         = 5120
)

const blockCertificate = "CERTIFICATE"

// A Pair is a certificate with its chain and private key, in PEM as ACM imports them.
type Pair struct {
	Certificate []byte
	Chain       []byte // empty if there is none
	Fingerprint string

	key []byte
}

// Key is the private key.
func (p Pair) Key() []byte { return p.key }

// String leaves the private key out, and so do the verbs of package fmt.
func (p Pair) String() string { return p.Fingerprint }

// GoString leaves the private key out.
func (p Pair) GoString() string { return p.Fingerprint }

// Parse a Secret. There is no clock here: whether the certificate is valid today is for ACM to say.
func Parse(s *corev1.Secret) (Pair, error) {
	if s.Type != corev1.SecretTypeTLS {
		return Pair{}, errors.Errorf("is of type %q; make it anew with type %s", s.Type, corev1.SecretTypeTLS)
	}
	crt, key := s.Data[corev1.TLSCertKey], s.Data[corev1.TLSPrivateKeyKey]
	if len(crt) > maxCertificate+maxChain {
		return Pair{}, errors.Errorf("has %d bytes in %s, which is more than ACM takes", len(crt), corev1.TLSCertKey)
	}
	chain, err := parseChain(crt)
	if err != nil {
		return Pair{}, err
	}
	if key, err = judgeKey(crt, key); err != nil {
		return Pair{}, err
	}
	out := Pair{Certificate: encode(chain[:1]), Chain: encode(chain[1:]), Fingerprint: fingerprint(chain), key: key}
	if len(out.Certificate) > maxCertificate || len(out.Chain) > maxChain {
		return Pair{}, errors.Errorf("has a certificate or chain in %s that is larger than ACM takes (%d and %d bytes)", corev1.TLSCertKey, maxCertificate, maxChain)
	}
	return out, nil
}

func parseChain(crt []byte) ([]*x509.Certificate, error) {
	chain := certificates(crt)
	switch {
	case len(chain) == 0:
		return nil, errors.Errorf("has no PEM-encoded certificate in %s; put the certificate there, and after it its chain", corev1.TLSCertKey)
	case slices.Contains(chain, nil):
		return nil, errors.Errorf("has a certificate in %s that cannot be parsed; put an X.509 certificate there", corev1.TLSCertKey)
	case !supported(chain[0]):
		return nil, errors.Errorf("has a certificate in %s for a key that ACM does not take; use RSA of 1024 to 4096 bits, or ECDSA P-256, P-384 or P-521", corev1.TLSCertKey)
	}
	for i := range chain[1:] {
		// ACM, prerequisites for importing: each certificate certifies the one before it.
		if !bytes.Equal(chain[i].RawIssuer, chain[i+1].RawSubject) {
			return nil, errors.Errorf("has certificates in %s out of order: number %d did not issue the one before it; put the certificate first, then its issuers in order", corev1.TLSCertKey, i+2)
		}
	}
	return chain, nil
}

// certificates in PEM; nil stands for one that cannot be parsed.
func certificates(data []byte) []*x509.Certificate {
	var out []*x509.Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != blockCertificate {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			c = nil
		}
		out = append(out, c)
	}
	return out
}

func supported(c *x509.Certificate) bool {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return slices.Contains([]int{1024, 2048, 3072, 4096}, key.N.BitLen())
	case *ecdsa.PublicKey:
		return slices.Contains([]int{256, 384, 521}, key.Params().BitSize)
	}
	return false
}

// judgeKey returns the private key alone, without what may stand before it, such as the parameters of its curve. Errors are in
// words of our own: those of the parser could quote what it read.
func judgeKey(crt, data []byte) ([]byte, error) {
	block := firstKey(data)
	if block == nil {
		return nil, errors.Errorf("has no PEM-encoded private key in %s; put the certificate's key there", corev1.TLSPrivateKeyKey)
	}
	if strings.Contains(block.Type, "ENCRYPTED") || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
		return nil, errors.Errorf("has an encrypted private key in %s; ACM takes none with a passphrase", corev1.TLSPrivateKeyKey)
	}
	key := pem.EncodeToMemory(block)
	if len(key) > maxKey {
		return nil, errors.Errorf("has a private key of %d bytes in %s; ACM takes %d", len(key), corev1.TLSPrivateKeyKey, maxKey)
	}
	if _, err := tls.X509KeyPair(crt, key); err != nil {
		return nil, errors.Errorf("has a private key in %s that cannot be used with the certificate in %s; put the key there that the certificate was made for",
			corev1.TLSPrivateKeyKey, corev1.TLSCertKey)
	}
	return key, nil
}

func firstKey(data []byte) *pem.Block {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return block
		}
	}
	return nil
}

func encode(chain []*x509.Certificate) []byte {
	var out []byte
	for _, c := range chain {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: blockCertificate, Bytes: c.Raw})...)
	}
	return out
}

func fingerprint(chain []*x509.Certificate) string {
	h := sha256.New()
	for _, c := range chain {
		_, _ = h.Write(c.Raw) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Public is what everybody may know of a certificate.
type Public struct {
	Fingerprint string
	Domains     []string
	NotAfter    time.Time
}

// Describe a certificate and its chain, in PEM. What cannot be read has no fingerprint.
func Describe(certificate, chain string) Public {
	all := append(certificates([]byte(certificate)), certificates([]byte(chain))...)
	if len(all) == 0 || slices.Contains(all, nil) {
		return Public{}
	}
	leaf := all[0]
	domains := slices.Clone(leaf.DNSNames)
	if len(domains) == 0 && leaf.Subject.CommonName != "" {
		domains = []string{leaf.Subject.CommonName}
	}
	return Public{Fingerprint: fingerprint(all), Domains: domains, NotAfter: leaf.NotAfter}
}
