package simulator_test

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/s3"
)

// API reference, CreateTrustStore and its neighbours.
func TestTrustStores(t *testing.T) {
	i := newIssuer(t)
	leaf := i.issue(time.Now().Add(time.Hour), "a.example.com")
	list, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: time.Now(), NextUpdate: time.Now().Add(time.Hour),
		RevokedCertificateEntries: []x509.RevocationListEntry{{SerialNumber: big.NewInt(5), RevocationTime: time.Now()}},
	}, i.cert, i.key)
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string][]byte{
		"ca.pem": i.pem, "leaf.pem": leaf.certificate, "many.pem": slices.Concat(slices.Repeat([][]byte{i.pem}, 26)...), "empty.pem": []byte("-"),
		"list.pem": pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: list}),
	}
	opts := quick()
	opts.World.Buckets = []s3.Bucket{{Name: "bundles"}}
	b := newBench(t, opts)
	for key, content := range objects {
		b.put("bundles", key, content)
	}
	create := func(name, key string) (string, string) {
		out, err := b.elb.CreateTrustStore(t.Context(), &elb.CreateTrustStoreInput{Name: &name, CaCertificatesBundleS3Bucket: new("bundles"), CaCertificatesBundleS3Key: &key})
		if err != nil {
			return "", codeOf(t, err)
		}
		return *out.TrustStores[0].TrustStoreArn, ""
	}
	arn, code := create("clients", "ca.pem")
	if code != "" {
		t.Fatal(code)
	}
	for key, want := range map[string]string{"leaf.pem": "InvalidCaCertificatesBundle", "many.pem": "InvalidCaCertificatesBundle", "empty.pem": "InvalidCaCertificatesBundle", "gone.pem": "CaCertificatesBundleNotFound"} {
		if _, got := create("other", key); got != want {
			t.Errorf("%s: want %s, got %q", key, want, got)
		}
	}
	if _, got := create("clients", "ca.pem"); got != "DuplicateTrustStoreName" {
		t.Errorf("same name: want DuplicateTrustStoreName, got %q", got)
	}
	if _, got := create("a--b", "ca.pem"); got != "ValidationError" {
		t.Errorf("pattern of TrustStoreName: want ValidationError, got %q", got)
	}
	lb := b.loadBalancer("shop")
	in := secure(lb, b.importCertificate(i, "shop.example.com"), 443)
	in.MutualAuthentication = &types.MutualAuthenticationAttributes{Mode: new("verify"), TrustStoreArn: &arn}
	l := must(b.elb.CreateListener(t.Context(), &in))(b).Listeners[0]
	want := &types.MutualAuthenticationAttributes{
		Mode: new("verify"), TrustStoreArn: &arn, TrustStoreAssociationStatus: types.TrustStoreAssociationStatusEnumActive,
		IgnoreClientCertificateExpiry: new(false), AdvertiseTrustStoreCaNames: types.AdvertiseTrustStoreCaNamesEnumOff,
	}
	if diff := cmp.Diff(want, l.MutualAuthentication, sdk); diff != "" {
		t.Errorf("listener: -want, +got:\n%s", diff)
	}
	associations := must(b.elb.DescribeTrustStoreAssociations(t.Context(), &elb.DescribeTrustStoreAssociationsInput{TrustStoreArn: &arn}))(b).TrustStoreAssociations
	if len(associations) != 1 || *associations[0].ResourceArn != *l.ListenerArn {
		t.Errorf("associations: %+v", associations)
	}
	remove := &elb.DeleteTrustStoreInput{TrustStoreArn: &arn}
	if _, err := b.elb.DeleteTrustStore(t.Context(), remove); codeOf(t, err) != "TrustStoreInUse" {
		t.Errorf("in use: want TrustStoreInUse, got %v", err)
	}
	revoke := &elb.AddTrustStoreRevocationsInput{TrustStoreArn: &arn, RevocationContents: []types.RevocationContent{{S3Bucket: new("bundles"), S3Key: new("list.pem")}}}
	id := must(b.elb.AddTrustStoreRevocations(t.Context(), revoke))(b).TrustStoreRevocations[0].RevocationId
	if got := must(b.elb.DescribeTrustStores(t.Context(), &elb.DescribeTrustStoresInput{Names: []string{"clients"}}))(b).TrustStores[0]; *got.TotalRevokedEntries != 1 || *got.NumberOfCaCertificates != 1 {
		t.Errorf("one CA, one revoked entry: %+v", got)
	}
	must(b.elb.RemoveTrustStoreRevocations(t.Context(), &elb.RemoveTrustStoreRevocationsInput{TrustStoreArn: &arn, RevocationIds: []int64{*id}}))(b)
	if _, err := b.elb.RemoveTrustStoreRevocations(t.Context(), &elb.RemoveTrustStoreRevocationsInput{TrustStoreArn: &arn, RevocationIds: []int64{*id}}); codeOf(t, err) != "RevocationIdNotFound" {
		t.Errorf("want RevocationIdNotFound, got %v", err)
	}
	revoke.RevocationContents[0].S3Key = new("ca.pem")
	if _, err := b.elb.AddTrustStoreRevocations(t.Context(), revoke); codeOf(t, err) != "InvalidRevocationContent" {
		t.Errorf("want InvalidRevocationContent, got %v", err)
	}
	must(b.elb.DeleteListener(t.Context(), &elb.DeleteListenerInput{ListenerArn: l.ListenerArn}))(b)
	must(b.elb.DeleteTrustStore(t.Context(), remove))(b)
	if _, err := b.elb.DeleteTrustStore(t.Context(), remove); codeOf(t, err) != "TrustStoreNotFound" {
		t.Errorf("again: want TrustStoreNotFound, got %v", err)
	}
}

// A trust store is CREATING for a while, during which no listener can have it (API reference, TrustStore, TrustStoreNotReady). It
// keeps a copy of its bundle, told by a URL that needs no credentials (GetTrustStoreCaCertificatesBundle).
func TestTrustStoreBundle(t *testing.T) {
	c := newClock()
	opts := quick()
	opts.Now, opts.TrustStoreDelay = c.Now, time.Minute
	opts.World.Buckets = []s3.Bucket{{Name: "bundles", Versioned: true}}
	b := newBench(t, opts)
	first, second := newIssuer(t), newIssuer(t)
	version := b.put("bundles", "ca.pem", first.pem)
	b.put("bundles", "ca.pem", second.pem)
	made := must(b.elb.CreateTrustStore(t.Context(), &elb.CreateTrustStoreInput{
		Name: new("clients"), CaCertificatesBundleS3Bucket: new("bundles"), CaCertificatesBundleS3Key: new("ca.pem"), CaCertificatesBundleS3ObjectVersion: version,
	}))(b).TrustStores[0]
	arn := made.TrustStoreArn
	if made.Status != types.TrustStoreStatusCreating {
		t.Errorf("status %q, want CREATING", made.Status)
	}
	in := secure(b.loadBalancer("shop"), b.importCertificate(first, "shop.example.com"), 443)
	in.MutualAuthentication = &types.MutualAuthenticationAttributes{Mode: new("verify"), TrustStoreArn: arn}
	if _, err := b.elb.CreateListener(t.Context(), &in); codeOf(t, err) != "TrustStoreNotReady" {
		t.Errorf("while it is being created: want TrustStoreNotReady, got %v", err)
	}
	c.advance(time.Minute)
	if got := must(b.elb.DescribeTrustStores(t.Context(), &elb.DescribeTrustStoresInput{}))(b).TrustStores[0].Status; got != types.TrustStoreStatusActive {
		t.Errorf("status %q, want ACTIVE", got)
	}
	must(b.elb.CreateListener(t.Context(), &in))(b)

	if got := b.bundle(arn); got != string(first.pem) {
		t.Errorf("the bundle is not that of the version:\n%s", got)
	}
	must(b.elb.ModifyTrustStore(t.Context(), &elb.ModifyTrustStoreInput{TrustStoreArn: arn, CaCertificatesBundleS3Bucket: new("bundles"), CaCertificatesBundleS3Key: new("ca.pem")}))(b)
	if got := b.bundle(arn); got != string(second.pem) {
		t.Errorf("the bundle is not the newest:\n%s", got)
	}
}

func (b *bench) bundle(trustStore *string) string {
	b.Helper()
	out := must(b.elb.GetTrustStoreCaCertificatesBundle(b.Context(), &elb.GetTrustStoreCaCertificatesBundleInput{TrustStoreArn: trustStore}))(b)
	return b.fetch(*out.Location)
}
