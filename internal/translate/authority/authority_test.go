package authority_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/authority"
)

func certificate(t *testing.T, name string, ca bool) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour), IsCA: ca, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestParse(t *testing.T) {
	ca := certificate(t, "ca", true)
	cases := map[string]struct {
		reason string
		data   string
		want   string // part of the error
	}{
		"Valid":       {"an authority's certificate, with words around it", "# ours\n" + ca + "\nend\n", ""},
		"Empty":       {"nothing", "", "has no PEM-encoded certificate"},
		"NoPEM":       {"words", "hello", "has no PEM-encoded certificate"},
		"Leaf":        {"a client's certificate", ca + certificate(t, "me", false), `(number 2) of "me" that is not an authority's`},
		"Key":         {"a private key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", `has a PEM block of type "PRIVATE KEY"`},
		"Unparseable": {"no certificate in it", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "(number 1) that cannot be parsed"},
		"Huge":        {"more than anybody needs", strings.Repeat(" ", 1<<20+1), "which is more than a trust store takes"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := authority.Parse(c.data)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: want error %q, got %v", c.reason, c.want, err)
			}
		})
	}
}

func TestJoin(t *testing.T) {
	a, b := certificate(t, "a", true), certificate(t, "b", true)
	parse := func(data string) authority.Bundle {
		out, err := authority.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	joined, err := authority.Join(parse(a), parse(b+a))
	if err != nil || joined.PEM() != a+b {
		t.Errorf("each certificate once: got %v\n%s", err, joined.PEM())
	}
	if joined.Fingerprint() != authority.Fingerprint("b:\n"+b+"a:\n"+a) {
		t.Error("neither order nor words count")
	}
	if joined.Fingerprint() == parse(a).Fingerprint() || authority.Fingerprint("hello") != "" {
		t.Error("bundles that differ have fingerprints that differ, and what is no bundle has none")
	}
	var many []authority.Bundle
	for range 26 {
		many = append(many, parse(certificate(t, "x", true)))
	}
	if _, err := authority.Join(many...); err == nil || !strings.Contains(err.Error(), "has 26 certificates; a trust store takes 25") {
		t.Errorf("26 authorities: got %v", err)
	}
}
