package keypair_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/keypair"
)

// An issued certificate and its key.
type issued struct {
	cert *x509.Certificate
	crt  []byte
	key  []byte
	priv *ecdsa.PrivateKey
}

func issue(t *testing.T, name string, by *issued) issued {
	t.Helper()
	priv, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Unix(1_700_000_000, 0), NotAfter: time.Unix(1_800_000_000, 0), IsCA: true, BasicConstraintsValid: true,
	}
	parent, signer := template, priv
	if by != nil {
		parent, signer = by.cert, by.priv
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &priv.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(priv)
	if err != nil {
		t.Fatal(err)
	}
	return issued{cert: cert, crt: block("CERTIFICATE", der), key: block("PRIVATE KEY", pkcs8), priv: priv}
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func unsupported(t *testing.T) []byte {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return block("CERTIFICATE", der)
}

// TestParse: ACM user guide, "Prerequisites for importing certificates", and API reference, ImportCertificate.
func TestParse(t *testing.T) {
	t.Parallel()
	root := issue(t, "root", nil)
	leaf, other := issue(t, "a.example.com", &root), issue(t, "b.example.com", nil)
	both := sha256.Sum256(append(append([]byte{}, leaf.cert.Raw...), root.cert.Raw...))
	alone := sha256.Sum256(leaf.cert.Raw)
	join := func(parts ...[]byte) []byte {
		var out []byte
		for _, p := range parts {
			out = append(append(out, "some words\n"...), p...)
		}
		return out
	}
	type want struct {
		certificate, chain, key, fingerprint string
		err                                  string
	}
	cases := map[string]struct {
		reason   string
		kind     corev1.SecretType
		crt, key []byte
		want     want
	}{
		"Good":        {reason: "A certificate alone.", crt: leaf.crt, key: leaf.key, want: want{string(leaf.crt), "", string(leaf.key), hex.EncodeToString(alone[:]), ""}},
		"Chain":       {reason: "The chain is apart, and words between are gone.", crt: join(leaf.crt, root.crt), key: leaf.key, want: want{string(leaf.crt), string(root.crt), string(leaf.key), hex.EncodeToString(both[:]), ""}},
		"Parameters":  {reason: "What stands before the key is left out.", crt: leaf.crt, key: join(block("EC PARAMETERS", []byte{6, 1, 1}), leaf.key), want: want{string(leaf.crt), "", string(leaf.key), hex.EncodeToString(alone[:]), ""}},
		"Type":        {reason: "Only TLS Secrets are watched.", kind: corev1.SecretTypeOpaque, crt: leaf.crt, key: leaf.key, want: want{err: "type"}},
		"Order":       {reason: "Each certificate certifies the one before it.", crt: join(root.crt, leaf.crt), key: root.key, want: want{err: "out of order"}},
		"NoPEM":       {reason: "No PEM.", crt: []byte("hello"), key: leaf.key, want: want{err: "no PEM-encoded certificate"}},
		"Garbage":     {reason: "PEM with something else in it.", crt: block("CERTIFICATE", []byte("hello")), key: leaf.key, want: want{err: "cannot be parsed"}},
		"Unsupported": {reason: "ACM takes RSA and ECDSA.", crt: unsupported(t), key: leaf.key, want: want{err: "key that ACM does not take"}},
		"NoKey":       {reason: "No key.", crt: leaf.crt, key: leaf.crt, want: want{err: "no PEM-encoded private key"}},
		"Encrypted":   {reason: "A passphrase.", crt: leaf.crt, key: block("ENCRYPTED PRIVATE KEY", []byte("x")), want: want{err: "encrypted"}},
		"WrongKey":    {reason: "Another certificate's key.", crt: leaf.crt, key: other.key, want: want{err: "cannot be used with"}},
		"BigKey":      {reason: "At most 5,120 bytes.", crt: leaf.crt, key: block("PRIVATE KEY", make([]byte, 5000)), want: want{err: "bytes in tls.key"}},
		"BigCertificate": {
			reason: "At most 32 KiB and 2 MiB.",
			crt:    make([]byte, 3<<20), key: leaf.key, want: want{err: "more than ACM takes"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &corev1.Secret{Type: corev1.SecretTypeTLS, Data: map[string][]byte{"tls.crt": tc.crt, "tls.key": tc.key}}
			if tc.kind != "" {
				s.Type = tc.kind
			}
			got, err := keypair.Parse(s)
			if tc.want.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.want.err) {
					t.Errorf("%s: want an error with %q, got %v", tc.reason, tc.want.err, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, want{string(got.Certificate), string(got.Chain), string(got.Key()), got.Fingerprint, ""}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			described := keypair.Describe(string(got.Certificate), string(got.Chain))
			if diff := cmp.Diff(keypair.Public{Fingerprint: tc.want.fingerprint, Domains: []string{"a.example.com"}, NotAfter: time.Unix(1_800_000_000, 0).UTC()}, described); diff != "" {
				t.Errorf("Describe: -want, +got:\n%s", diff)
			}
			for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
				if printed := fmt.Sprintf(verb, got); printed != tc.want.fingerprint {
					t.Errorf("%s prints %q, which may hold the key", verb, printed)
				}
			}
		})
	}
}
