package identity

import (
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
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Claims are those that every token of a subject has, valid from now on for as long as access tokens are.
func (p *Provider) Claims(subject string) map[string]any {
	now := time.Now()
	return map[string]any{"iss": p.issuer, "sub": subject, "iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(p.lifetime).Unix()}
}

// Sign makes a token of claims.
func (p *Provider) Sign(claims map[string]any) (string, error) {
	p.mu.Lock()
	key := p.keys[0]
	p.mu.Unlock()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("cannot sign with key %q: %w", key.KeyID, err)
	}
	return jwt.Signed(signer).Claims(claims).Serialize()
}

// Rotate has a new key sign from now on; the one before is still in the key set, older ones are not.
func (p *Provider) Rotate() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return fmt.Errorf("cannot make a key: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fresh := jose.JSONWebKey{Key: key, KeyID: rand.Text(), Algorithm: string(jose.RS256), Use: "sig"}
	p.keys = append([]jose.JSONWebKey{fresh}, p.keys[:min(1, len(p.keys))]...)
	return nil
}

func (p *Provider) keySet(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	keys := slices.Clone(p.keys)
	p.mu.Unlock()
	out := map[string]any{}
	for i := range keys {
		keys[i] = keys[i].Public()
	}
	switch {
	case p.broken(KeysMany):
		for i := len(keys); i < 11; i++ {
			more := keys[0]
			more.KeyID = fmt.Sprint("more-", i)
			keys = append(keys, more)
		}
	case p.broken(KeysLarge):
		out["padding"] = strings.Repeat("x", 160000)
	}
	out["keys"] = keys
	writeJSON(w, http.StatusOK, out)
}

// serverTLS makes an authority and a certificate of it.
func serverTLS(names []string) (ca []byte, config *tls.Config, err error) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot make a key: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot make a key: %w", err)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "identity provider's authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	rootDER, err := x509.CreateCertificate(rand.Reader, root, root, rootKey.Public(), rootKey)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot make an authority: %w", err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "identity provider"}, NotBefore: root.NotBefore, NotAfter: root.NotAfter,
		DNSNames: append([]string{"localhost"}, names...), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, root, key.Public(), rootKey)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot make a certificate: %w", err)
	}
	config = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: rootDER}), config, nil
}
