package simulator_test

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

// API reference, CreateTrustStore and its neighbours; bundles come from objects, as there is no S3.
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
	opts.Bundle = func(_, key string) ([]byte, error) {
		if raw, ok := objects[key]; ok {
			return raw, nil
		}
		return nil, errors.New("no such object")
	}
	b := newBench(t, opts)
	create := func(name, key string) (string, string) {
		out, err := b.elb.CreateTrustStore(t.Context(), &elb.CreateTrustStoreInput{Name: &name, CaCertificatesBundleS3Bucket: new("bucket"), CaCertificatesBundleS3Key: &key})
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
	revoke := &elb.AddTrustStoreRevocationsInput{TrustStoreArn: &arn, RevocationContents: []types.RevocationContent{{S3Bucket: new("bucket"), S3Key: new("list.pem")}}}
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
