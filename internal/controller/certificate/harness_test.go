package certificate_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	acmapi "github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/certificate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listener"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/keypair"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const name = "shop-tls"

// A bench is a simulator, an API server, and the controller of Certificates.
type bench struct {
	*rig.Rig

	sim          *simulator.Simulator
	certificates *rig.Runner[*albv1alpha1.Certificate]
	acm          *acmapi.Client
}

func newBench(t *testing.T, objects ...client.Object) *bench {
	t.Helper()
	return newFaultyBench(t, simulator.Faults{}, objects...)
}

func newFaultyBench(t *testing.T, faults simulator.Faults, objects ...client.Object) *bench {
	t.Helper()
	sim, err := simulator.New(simulator.Options{ProvisioningDelay: simulator.Immediately, InterfaceLinger: simulator.Immediately, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		sim.Close()
	})
	b := &bench{sim: sim}
	indexes := append(rig.Indexes(certificate.Kind(nil)), rig.Indexes(listener.Kind(nil))...)
	b.Rig = rig.New(t, rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}, indexes, objects...)
	b.certificates = rig.Run(b.Rig, certificate.Kind(b.Kube))
	b.acm = acmapi.New(acmapi.Options{
		Region: "us-east-1", APIOptions: body.APIOptions(), BaseEndpoint: &server.URL, HTTPClient: server.Client(), Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
	return b
}

func (b *bench) expectWrites(reason string, want map[string]int) {
	b.Helper()
	if diff := cmp.Diff(want, rig.Writes(b.sim.Calls())); diff != "" {
		b.Errorf("%s\nwrites: -want, +got:\n%s", reason, diff)
	}
	b.sim.ResetCalls()
}

// inACM are the certificates that ACM has.
func (b *bench) inACM() []types.CertificateSummary {
	b.Helper()
	var none types.KeyAlgorithm
	out := rig.Value(b.acm.ListCertificates(b.Context(), &acmapi.ListCertificatesInput{Includes: &types.Filters{KeyTypes: none.Values()}}))(b.Rig)
	b.sim.ResetCalls()
	return out.CertificateSummaryList
}

func (b *bench) pem(arn string) string {
	b.Helper()
	out := rig.Value(b.acm.GetCertificate(b.Context(), &acmapi.GetCertificateInput{CertificateArn: &arn}))(b.Rig)
	b.sim.ResetCalls()
	return *out.Certificate
}

// renew the Secret, as somebody who issues certificates does.
func (b *bench) renew(s *corev1.Secret, host string) *corev1.Secret {
	b.Helper()
	s.Data = secret(b.T, s.Name, host, time.Hour).Data
	rig.Must(b.Rig, b.Kube.Update(b.Context(), s))
	return s
}

func secret(t *testing.T, secretName, host string, validFor time.Duration) *corev1.Secret {
	t.Helper()
	leaf, key := rig.KeyPair(t, host, validFor)
	return &corev1.Secret{ObjectMeta: rig.Meta(secretName), Type: corev1.SecretTypeTLS, Data: map[string][]byte{"tls.crt": leaf, "tls.key": key}}
}

func fingerprint(t *testing.T, s *corev1.Secret) string {
	t.Helper()
	p, err := keypair.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return p.Fingerprint
}

// object for the Secret tls, with a fingerprint or without.
func object(digest string) *albv1alpha1.Certificate {
	mg := &albv1alpha1.Certificate{ObjectMeta: rig.Meta(name), Spec: albv1alpha1.CertificateSpec{ManagedResourceSpec: rig.Spec()}}
	mg.Spec.ForProvider.SecretRef.Name = "tls"
	mg.Spec.ForProvider.Tags = map[string]string{"team": "web"}
	if digest != "" {
		mg.Spec.ForProvider.Fingerprint = &digest
	}
	return mg
}

// withoutKey fails when an object, or the like, holds anything of the private key.
func withoutKey(t *testing.T, o any, s *corev1.Secret) {
	t.Helper()
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(s.Data["tls.key"]) {
		if line = bytes.TrimSpace(line); len(line) > 20 && !bytes.HasPrefix(line, []byte("--")) && bytes.Contains(data, line) {
			t.Errorf("the private key is in %s", data)
		}
	}
}
