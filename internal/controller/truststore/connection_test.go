package truststore_test

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	api "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listener"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/truststore"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/s3"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/authority"
)

const (
	name   = "clients"
	bucket = "bundles"
	key    = "test/clients.pem"
)

// authorityOf makes the certificate of an authority.
func authorityOf(t *testing.T, as string) string {
	t.Helper()
	certificate, _ := rig.KeyPair(t, as, time.Hour)
	return string(certificate)
}

func storeOf(certificates *string) *albv1alpha1.TrustStore {
	return &albv1alpha1.TrustStore{ObjectMeta: rig.Meta(name), Spec: albv1alpha1.TrustStoreSpec{
		ManagedResourceSpec: rig.Spec(),
		ForProvider: albv1alpha1.TrustStoreParameters{
			Name: "shop-clients", CaCertificatesBundleS3Bucket: bucket, CaCertificatesBundleS3Key: key, CaCertificates: certificates,
			Tags: map[string]string{"team": "shop"},
		},
	}}
}

// A bench is a simulator with buckets, and the controller of TrustStores.
type bench struct {
	*rig.Rig
	sim    *simulator.Simulator
	stores *rig.Runner[*albv1alpha1.TrustStore]
}

func newBench(t *testing.T, opts simulator.Options, objects ...client.Object) *bench {
	t.Helper()
	if opts.TrustStoreDelay == 0 {
		opts.TrustStoreDelay = simulator.Immediately
	}
	opts.World.Buckets = []s3.Bucket{{Name: bucket}, {Name: "others"}, {Name: "versions", Versioned: true}, {Name: "theirs", Foreign: true}}
	sim, err := simulator.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		sim.Close()
	})
	indexes := append(rig.Indexes(truststore.Kind()), rig.Indexes(listener.Kind(nil))...)
	b := &bench{sim: sim, Rig: rig.New(t, rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}, indexes, objects...)}
	b.stores = rig.Run(b.Rig, truststore.Kind())
	return b
}

func (b *bench) writes() map[string]int {
	out := rig.Writes(b.sim.Calls())
	b.sim.ResetCalls()
	return out
}

// holds is the content of an object in S3, empty if there is none.
func (b *bench) holds(in, at string) string {
	b.Helper()
	out, err := b.S3.GetObject(b.Context(), &api.GetObjectInput{Bucket: &in, Key: &at})
	if err != nil {
		return ""
	}
	defer func() { _ = out.Body.Close() }()
	return string(rig.Value(io.ReadAll(out.Body))(b.Rig))
}

func (b *bench) wantWrites(reason string, want map[string]int) {
	b.Helper()
	if diff := cmp.Diff(want, b.writes()); diff != "" {
		b.Errorf("%s: writes: -want, +got:\n%s", reason, diff)
	}
}

func (b *bench) quiet() {
	b.Helper()
	b.stores.Once(name)
	b.stores.Once(name)
	b.wantWrites("two looks at what has settled", map[string]int{})
}

func TestLife(t *testing.T) {
	first, second := authorityOf(t, "first"), authorityOf(t, "second")
	b := newBench(t, simulator.Options{}, storeOf(&first))
	mg := b.stores.Settle(name)
	b.wantWrites("made", map[string]int{"s3.PutObject": 1, "elbv2.CreateTrustStore": 1})
	got := mg.Status.AtProvider
	want := albv1alpha1.TrustStoreObservation{
		ARN: meta.GetExternalName(mg), Status: "ACTIVE", NumberOfCaCertificates: 1, Fingerprint: authority.Fingerprint(first),
		Bundle: &albv1alpha1.BundleLocation{Bucket: bucket, Key: key},
	}
	if diff := cmp.Diff(want, got); diff != "" || rig.Ready(mg) != "Available" {
		t.Errorf("Ready %q, Synced %q, status: -want, +got:\n%s", rig.Ready(mg), rig.Synced(mg), diff)
	}
	if b.holds(bucket, key) != first {
		t.Error("the bundle is not in S3")
	}
	b.quiet()

	b.stores.Change(name, func(mg *albv1alpha1.TrustStore) {
		mg.Spec.ForProvider.CaCertificates = new("# both\n" + second + first)
	})
	mg = b.stores.Settle(name)
	b.wantWrites("changed", map[string]int{"s3.PutObject": 1, "elbv2.ModifyTrustStore": 1})
	if n := mg.Status.AtProvider.NumberOfCaCertificates; n != 2 || mg.Status.AtProvider.ARN != got.ARN {
		t.Errorf("%d certificates, ARN %q after %q", n, mg.Status.AtProvider.ARN, got.ARN)
	}
	b.quiet()
	b.stores.Change(name, func(mg *albv1alpha1.TrustStore) { mg.Spec.ForProvider.CaCertificates = new(first + second) })
	b.quiet() // the order of certificates does not count

	b.stores.Change(name, func(mg *albv1alpha1.TrustStore) { mg.Spec.ForProvider.Tags = map[string]string{"team": "web"} })
	b.stores.Settle(name)
	b.wantWrites("tagged", map[string]int{"elbv2.AddTags": 1})

	b.stores.Change(name, func(mg *albv1alpha1.TrustStore) { mg.Spec.ForProvider.CaCertificatesBundleS3Bucket = "others" })
	b.stores.Settle(name)
	b.wantWrites("moved", map[string]int{"s3.PutObject": 1, "elbv2.ModifyTrustStore": 1, "s3.DeleteObject": 1})
	if b.holds(bucket, key) != "" || b.holds("others", key) == "" {
		t.Error("the bundle has not moved")
	}
	b.quiet()

	b.stores.Delete(name)
	b.stores.Settle(name)
	b.wantWrites("deleted", map[string]int{"s3.DeleteObject": 1, "elbv2.DeleteTrustStore": 1})
	if left := b.stores.Get(name); left.GetName() != "" || b.holds("others", key) != "" {
		t.Errorf("left over: object %q, bundle %t", left.GetName(), b.holds("others", key) != "")
	}
}

func TestDriftIsRepaired(t *testing.T) {
	first, second := authorityOf(t, "first"), authorityOf(t, "second")
	b := newBench(t, simulator.Options{}, storeOf(&first))
	arn := b.stores.Settle(name).Status.AtProvider.ARN
	rig.Put(b.Rig, "others", "evil.pem", second)
	_, err := b.ELB.ModifyTrustStore(t.Context(), &elbv2.ModifyTrustStoreInput{TrustStoreArn: &arn, CaCertificatesBundleS3Bucket: new("others"), CaCertificatesBundleS3Key: new("evil.pem")})
	rig.Must(b.Rig, err)
	b.writes()
	mg := b.stores.Settle(name)
	b.wantWrites("another authority behind our back", map[string]int{"s3.PutObject": 1, "elbv2.ModifyTrustStore": 1})
	if mg.Status.AtProvider.Fingerprint != authority.Fingerprint(first) {
		t.Error("the trust store does not hold what it is to hold")
	}
}

func TestBundleByReference(t *testing.T) {
	first, second := authorityOf(t, "first"), authorityOf(t, "second")
	b := newBench(t, simulator.Options{}, storeOf(nil))
	b.stores.Once(name)
	mg, _ := b.stores.Once(name)
	if !strings.Contains(rig.Synced(mg), "s3://bundles/test/clients.pem does not exist; put the CA certificates there") {
		t.Errorf("Synced %q", rig.Synced(mg))
	}
	rig.Put(b.Rig, bucket, key, first)
	b.writes()
	b.stores.Settle(name)
	b.wantWrites("made", map[string]int{"elbv2.CreateTrustStore": 1})
	b.quiet()
	rig.Put(b.Rig, bucket, key, second)
	b.writes()
	b.stores.Settle(name)
	b.wantWrites("the user's object changed", map[string]int{"elbv2.ModifyTrustStore": 1})
	rig.Put(b.Rig, bucket, key, "hello")
	b.writes()
	if mg := b.stores.Settle(name); !strings.Contains(rig.Synced(mg), "s3://bundles/test/clients.pem has no PEM-encoded certificate") {
		t.Errorf("Synced %q", rig.Synced(mg))
	}
	b.stores.Delete(name)
	b.stores.Settle(name)
	b.wantWrites("deleted", map[string]int{"elbv2.DeleteTrustStore": 1})
	if b.holds(bucket, key) != "hello" {
		t.Error("the user's own object is gone")
	}
}

func TestVersions(t *testing.T) {
	first, second := authorityOf(t, "first"), authorityOf(t, "second")
	b := newBench(t, simulator.Options{})
	put := func(content string) *string {
		out, err := b.S3.PutObject(t.Context(), &api.PutObjectInput{Bucket: new("versions"), Key: new(key), Body: strings.NewReader(content)})
		rig.Must(b.Rig, err)
		return out.VersionId
	}
	mg := storeOf(nil)
	mg.Spec.ForProvider.CaCertificatesBundleS3Bucket, mg.Spec.ForProvider.CaCertificatesBundleS3ObjectVersion = "versions", put(first)
	put(second)
	rig.Must(b.Rig, b.Kube.Create(t.Context(), mg))
	if got := b.stores.Settle(name).Status.AtProvider.Fingerprint; got != authority.Fingerprint(first) {
		t.Errorf("fingerprint %q is not that of the version", got)
	}
	b.writes()
	b.quiet()
}

func TestRefused(t *testing.T) {
	cases := map[string]struct {
		certificates, in string
		want             string
	}{
		"NoCertificates": {"hello", bucket, "spec.forProvider.caCertificates has no PEM-encoded certificate"},
		"NoBucket":       {authorityOf(t, "ca"), "nobodys", "cannot put the CA certificates into s3://nobodys/test/clients.pem: s3:PutObject: NoSuchBucket"},
		"Denied":         {authorityOf(t, "ca"), "theirs", "AWS denies s3:PutObject"},
	}
	for caseName, c := range cases {
		t.Run(caseName, func(t *testing.T) {
			o := storeOf(&c.certificates)
			o.Spec.ForProvider.CaCertificatesBundleS3Bucket = c.in
			b := newBench(t, simulator.Options{}, o)
			b.stores.Once(name)
			mg, _ := b.stores.Once(name)
			if s := rig.Synced(mg); !strings.Contains(s, c.want) {
				t.Errorf("Synced %q, want %q", s, c.want)
			}
			b.stores.Delete(name)
			b.stores.Settle(name)
			if left := b.stores.Get(name); left.GetName() != "" {
				t.Errorf("what was never made cannot be deleted: Synced %q", rig.Synced(left))
			}
		})
	}
}

// A crash between two calls leaves nothing behind and makes nothing twice.
func TestLostAnswers(t *testing.T) {
	lose := func(operation string) simulator.Options {
		return simulator.Options{Faults: simulator.Faults{After: func(_ context.Context, c simulator.Call) error {
			if c.Operation == operation {
				return errors.New("the answer is lost")
			}
			return nil
		}}}
	}
	ca := authorityOf(t, "ca")
	t.Run("Created", func(t *testing.T) {
		b := newBench(t, lose("CreateTrustStore"), storeOf(&ca))
		b.stores.Once(name)
		b.stores.Once(name)
		b.stores.Change(name, func(mg *albv1alpha1.TrustStore) { mg.SetAnnotations(nil) })
		b.stores = rig.Run(b.Rig, truststore.Kind())
		mg := b.stores.Settle(name)
		if rig.Ready(mg) != "Available" || !strings.Contains(mg.Status.AtProvider.ARN, "truststore/shop-clients/") {
			t.Errorf("Ready %q, Synced %q, ARN %q", rig.Ready(mg), rig.Synced(mg), mg.Status.AtProvider.ARN)
		}
	})
	t.Run("Put", func(t *testing.T) {
		b := newBench(t, lose("PutObject"), storeOf(&ca))
		b.stores.Once(name)
		b.stores.Once(name)
		if b.holds(bucket, key) == "" {
			t.Fatal("nothing was put")
		}
		b.stores.Delete(name)
		b.stores.Settle(name)
		if left := b.stores.Get(name); left.GetName() != "" || b.holds(bucket, key) != "" {
			t.Errorf("left over: object %q, bundle %t", left.GetName(), b.holds(bucket, key) != "")
		}
	})
}

func TestForeign(t *testing.T) {
	ca := authorityOf(t, "ca")
	b := newBench(t, simulator.Options{}, storeOf(&ca))
	rig.Put(b.Rig, "others", "ca.pem", ca)
	made, err := b.ELB.CreateTrustStore(t.Context(), &elbv2.CreateTrustStoreInput{Name: new("shop-clients"), CaCertificatesBundleS3Bucket: new("others"), CaCertificatesBundleS3Key: new("ca.pem")})
	rig.Must(b.Rig, err)
	arn := *made.TrustStores[0].TrustStoreArn
	b.writes()
	mg := b.stores.Settle(name)
	if s := rig.Synced(mg); !strings.Contains(s, "crossplane.io/external-name: "+arn) {
		t.Errorf("Synced %q does not say how to import %s", s, arn)
	}
	b.wantWrites("a stranger is not touched", map[string]int{})
	b.stores.Change(name, func(mg *albv1alpha1.TrustStore) { meta.SetExternalName(mg, arn) })
	mg = b.stores.Settle(name)
	b.wantWrites("imported", map[string]int{"elbv2.AddTags": 1})
	if rig.Ready(mg) != "Available" {
		t.Errorf("Ready %q, Synced %q", rig.Ready(mg), rig.Synced(mg))
	}
}

func TestCreating(t *testing.T) {
	ca := authorityOf(t, "ca")
	b := newBench(t, simulator.Options{TrustStoreDelay: time.Hour}, storeOf(&ca))
	mg := b.stores.Settle(name)
	if got, want := rig.Ready(mg), "Creating: AWS is creating the trust store"; got != want {
		t.Errorf("Ready %q, want %q", got, want)
	}
	if soon := b.stores.Kind.Poll(mg); soon <= 0 || soon > 5*time.Second {
		t.Errorf("looked at again after %s", soon)
	}
}

func TestInUse(t *testing.T) {
	ca := authorityOf(t, "ca")
	b := newBench(t, simulator.Options{}, storeOf(&ca))
	arn := b.stores.Settle(name).Status.AtProvider.ARN
	l := &albv1alpha1.Listener{ObjectMeta: rig.Meta("shop-443"), Spec: albv1alpha1.ListenerSpec{ManagedResourceSpec: rig.Spec()}}
	rig.Must(b.Rig, b.Kube.Create(t.Context(), l))
	l.Status.AtProvider.TrustStoreARN = arn
	rig.SetStatus(b.Rig, l)
	b.writes()
	b.stores.Delete(name)
	if got, want := rig.Ready(b.stores.Settle(name)), `Deleting: in use by Listener "shop-443"`; got != want {
		t.Errorf("Ready %q, want %q", got, want)
	}
	b.wantWrites("in use", map[string]int{})
	if woken := b.stores.Woken(l); len(woken) != 1 || woken[0].Name != name {
		t.Errorf("a change of the Listener wakes %v", woken)
	}
	l.Status.AtProvider.TrustStoreARN = ""
	rig.SetStatus(b.Rig, l)
	b.stores.Settle(name)
	if left := b.stores.Get(name); left.GetName() != "" {
		t.Errorf("the object is left: Ready %q", rig.Ready(left))
	}
}
