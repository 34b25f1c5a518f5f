package aws

import (
	"bytes"
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

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/s3"
)

func withBuckets(t *testing.T) *bench {
	t.Helper()
	return newBench(t, simulator.Options{
		TrustStoreDelay: simulator.Immediately,
		World:           simulator.World{Buckets: []s3.Bucket{{Name: "bundles"}, {Name: "versions", Versioned: true}, {Name: "theirs", Foreign: true}}},
	}, Options{})
}

func bundleOf(t *testing.T, name string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTrustStores(t *testing.T) {
	b := withBuckets(t)
	elb, objects := b.account.ELB, b.account.S3
	bundle := bundleOf(t, "ca")
	at := Object{Bucket: "bundles", Key: "ca.pem"}
	if _, err := objects.Put(t.Context(), at, bundle); err != nil {
		t.Fatal(err)
	}
	if _, err := elb.TrustStore(t.Context(), "clients"); !IsNotFound(err) {
		t.Errorf("before it is made: got %v, want it not to be found", err)
	}
	made, err := elb.CreateTrustStore(t.Context(), &elbv2.CreateTrustStoreInput{
		Name: new("clients"), CaCertificatesBundleS3Bucket: &at.Bucket, CaCertificatesBundleS3Key: &at.Key, Tags: []types.Tag{{Key: new("a"), Value: new("b")}},
	}, bundle)
	if err != nil {
		t.Fatal(err)
	}
	arn := *made.TrustStoreArn
	b.calls()
	for _, name := range []string{"clients", arn} {
		if got, err := elb.TrustStore(t.Context(), name); err != nil || *got.TrustStoreArn != arn {
			t.Errorf("TrustStore(%s): %v, %v", name, got, err)
		}
	}
	if got, err := elb.TrustStoreBundle(t.Context(), arn); err != nil || got != bundle {
		t.Errorf("TrustStoreBundle: %q, %v", got, err)
	}
	if got, err := elb.Tags(t.Context(), arn); err != nil || got["a"] != "b" {
		t.Errorf("Tags: %v, %v", got, err)
	}
	if diff := cmp.Diff(map[string]int{}, b.calls()); diff != "" {
		t.Errorf("what a write told is not asked for: -want, +got:\n%s", diff)
	}

	fresh := b.fresh(t)
	if got, err := fresh.ELB.TrustStoreBundle(t.Context(), arn); err != nil || got != bundle {
		t.Errorf("TrustStoreBundle of AWS: %q, %v", got, err)
	}
	if _, err := fresh.ELB.Tags(t.Context(), arn+"0"); !IsNotFound(err) && !IsRefused(err) {
		t.Errorf("tags of a trust store that is not there: %v", err)
	}
	if err := elb.DeleteTrustStore(t.Context(), &elbv2.DeleteTrustStoreInput{TrustStoreArn: &arn}); err != nil {
		t.Fatal(err)
	}
	if _, err := elb.TrustStore(t.Context(), arn); !IsNotFound(err) {
		t.Errorf("deleted: got %v, want it not to be found", err)
	}
	if err := elb.DeleteTrustStore(t.Context(), &elbv2.DeleteTrustStoreInput{TrustStoreArn: &arn}); !IsNotFound(err) {
		t.Errorf("deleted twice: got %v, want it not to be found", err)
	}
}

// fresh account, which remembers nothing.
func (b *bench) fresh(t *testing.T) *Account {
	t.Helper()
	a, err := NewAccounts(b.kube, Options{}).For(t.Context(), loadBalancer("shop", "web"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A URL that opens what AWS holds is in no message.
func TestSignedURLsAreKept(t *testing.T) {
	b := withBuckets(t)
	const at = "http://127.0.0.1:1/bundle?X-Amz-Signature=0123456789abcdef"
	if _, err := b.account.ELB.fetch(t.Context(), at); err == nil || strings.Contains(err.Error(), "Signature") || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("nobody listens: %v", err)
	}
	if _, err := b.account.ELB.fetch(t.Context(), b.url+"/nobody?X-Amz-Signature=0123"); err == nil || strings.Contains(err.Error(), "Signature") || !strings.Contains(err.Error(), "S3 answered 404") {
		t.Errorf("nothing there: %v", err)
	}
}

func TestObjects(t *testing.T) {
	b := withBuckets(t)
	objects := b.account.S3
	at := Object{Bucket: "versions", Key: "a b/ca.pem"}
	version, err := objects.Put(t.Context(), at, "one")
	if err != nil || version == "" {
		t.Fatalf("Put: version %q, %v", version, err)
	}
	if _, err := objects.Put(t.Context(), at, "two"); err != nil {
		t.Fatal(err)
	}
	for v, want := range map[string]string{"": "two", version: "one"} {
		at.Version = v
		for range 2 {
			if got, err := objects.Content(t.Context(), at); err != nil || got != want {
				t.Errorf("Content(version %q): %q, %v", v, got, err)
			}
		}
	}
	if n := b.calls()["s3.GetObject"]; n != 2 {
		t.Errorf("%d calls of GetObject for two contents, want 2", n)
	}
	at.Version = ""
	if there, err := objects.Exists(t.Context(), at); err != nil || !there {
		t.Errorf("Exists: %t, %v", there, err)
	}
	if err := objects.Delete(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Object{at, {Bucket: "nobodys", Key: "k"}, {Bucket: "theirs", Key: "k"}} {
		if there, err := objects.Exists(t.Context(), o); err != nil || there {
			t.Errorf("Exists(%s): %t, %v", o, there, err)
		}
	}
	if _, err := objects.Content(t.Context(), Object{Bucket: "bundles", Key: "gone"}); !IsNotFound(err) {
		t.Errorf("NoSuchKey: %v", err)
	}
	if _, err := objects.Put(t.Context(), Object{Bucket: "nobodys", Key: "k"}, ""); !IsRefused(err) {
		t.Errorf("NoSuchBucket: a user can create it: %v", err)
	}
	if _, err := objects.Put(t.Context(), Object{Bucket: "theirs", Key: "k"}, ""); !IsDenied(err) || !strings.Contains(err.Error(), "s3:PutObject") {
		t.Errorf("AccessDenied: %v", err)
	}
}
