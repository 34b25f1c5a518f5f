package e2e

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/rogpeppe/go-internal/testscript"
)

// identities are authorities and clients, by namespace and name. Scripts run one after the other.
var identities = map[string]tls.Certificate{}

func identityKey(ts *testscript.TestScript, name string) string { return ts.Getenv("NS") + "/" + name }

// authority NAME makes a new authority that issues client certificates, and applies a ConfigMap NAME with its certificate.
func makeAuthority(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: authority NAME")
	}
	ca, err := issue(args[0], nil)
	ts.Check(err)
	identities[identityKey(ts, args[0])] = ca
	manifest, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]string{"name": args[0], "namespace": ts.Getenv("NS")},
		"data": map[string]string{"ca.crt": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Certificate[0]}))},
	})
	ts.Check(err)
	_, err = system.Kubectl(context.Background(), string(manifest), "apply", "-f", "-")
	ts.Check(err)
}

// client NAME AUTHORITY makes a client certificate, to be shown by fetch with cert=NAME.
func makeClient(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: client NAME AUTHORITY")
	}
	ca, ok := identities[identityKey(ts, args[1])]
	if !ok {
		ts.Fatalf("there is no authority %q", args[1])
	}
	c, err := issue(args[0], &ca)
	ts.Check(err)
	identities[identityKey(ts, args[0])] = c
}

// issue a certificate; without an issuer, an authority's own.
func issue(name string, by *tls.Certificate) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	parent, signer := template, any(key)
	if by == nil {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	} else {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		parent, signer = by.Leaf, by.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}

// show a client's certificate, whatever the server says that it accepts.
func show(ts *testscript.TestScript, config *tls.Config, client string) {
	c, ok := identities[identityKey(ts, client)]
	if !ok {
		ts.Fatalf("there is no client %q", client)
	}
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &c, nil }
}

// aws-truststores prints how many trust stores AWS has.
func awsTrustStores(ts *testscript.TestScript, _ bool, _ []string) {
	ctx := context.Background()
	client, err := elb(ctx)
	ts.Check(err)
	out, err := client.DescribeTrustStores(ctx, &elbv2.DescribeTrustStoresInput{})
	ts.Check(err)
	_, err = fmt.Fprintf(ts.Stdout(), "%d trust stores\n", len(out.TrustStores))
	ts.Check(err)
}
