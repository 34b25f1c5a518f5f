package listener_test

import (
	"net/http/httptest"
	"testing"
	"time"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listener"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/acm"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/s3"
)

const name = "shop-443"

// Certificates that the account has.
const (
	certA = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-00000000000a"
	certB = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-00000000000b"
	certC = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-00000000000c"
)

// A bench is a simulator with a load balancer in it, its object, and the controller of Listeners.
type bench struct {
	*rig.Rig
	sim       *simulator.Simulator
	listeners *rig.Runner[*albv1alpha1.Listener]
	lb        *albv1alpha1.LoadBalancer
	store     string // ARN of a trust store
}

func newBench(t *testing.T, objects ...client.Object) *bench {
	t.Helper()
	return newFaultyBench(t, simulator.Faults{}, objects...)
}

func newFaultyBench(t *testing.T, faults simulator.Faults, objects ...client.Object) *bench {
	t.Helper()
	sim, err := simulator.New(simulator.Options{
		ProvisioningDelay: simulator.Immediately, InterfaceLinger: simulator.Immediately, TrustStoreDelay: simulator.Immediately, Faults: faults,
		World: simulator.World{Certificates: []acm.Material{
			certificate(t, certA, "a.example.com"), certificate(t, certB, "b.example.com"), certificate(t, certC, "c.example.com"),
		}, Buckets: []s3.Bucket{{Name: "bundles"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		sim.Close()
	})
	b := &bench{sim: sim, lb: &albv1alpha1.LoadBalancer{
		ObjectMeta: rig.Meta("shop"), Spec: albv1alpha1.LoadBalancerSpec{ManagedResourceSpec: rig.Spec()},
	}}
	objects = append(objects, b.lb)
	place := rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}
	b.Rig = rig.New(t, place, rig.Indexes(listener.Kind(nil)), objects...)
	b.listeners = rig.Run(b.Rig, listener.Kind(b.Kube))
	b.lb.Status.AtProvider.ARN = b.loadBalancer("shop")
	rig.SetStatus(b.Rig, b.lb)
	rig.Put(b.Rig, "bundles", "ca.pem", string(certificate(t, "", "ca.example.com").Certificate))
	b.store = *rig.Value(b.ELB.CreateTrustStore(t.Context(), &elbv2.CreateTrustStoreInput{
		Name: new("clients"), CaCertificatesBundleS3Bucket: new("bundles"), CaCertificatesBundleS3Key: new("ca.pem"),
	}))(b.Rig).TrustStores[0].TrustStoreArn
	sim.ResetCalls()
	return b
}

func (b *bench) loadBalancer(name string) string {
	b.Helper()
	out := rig.Value(b.ELB.CreateLoadBalancer(b.Context(), &elbv2.CreateLoadBalancerInput{
		Name: &name, Subnets: []string{"subnet-0a64000000000000a", "subnet-0a64000000000000b"},
	}))(b.Rig)
	return *out.LoadBalancers[0].LoadBalancerArn
}

func (b *bench) writes() map[string]int {
	out := rig.Writes(b.sim.Calls())
	b.sim.ResetCalls()
	return out
}

func (b *bench) inAWS() []elbtypes.Listener {
	b.Helper()
	out := rig.Value(b.ELB.DescribeListeners(b.Context(), &elbv2.DescribeListenersInput{LoadBalancerArn: &b.lb.Status.AtProvider.ARN}))(b.Rig)
	return out.Listeners
}

// sni are the certificates of a listener for server names.
func (b *bench) sni(arn string) []string {
	b.Helper()
	out := rig.Value(b.ELB.DescribeListenerCertificates(b.Context(), &elbv2.DescribeListenerCertificatesInput{ListenerArn: &arn}))(b.Rig)
	var arns []string
	for _, c := range out.Certificates {
		if !*c.IsDefault {
			arns = append(arns, *c.CertificateArn)
		}
	}
	return arns
}

func certificate(t *testing.T, arn, host string) acm.Material {
	t.Helper()
	certificate, key := rig.KeyPair(t, host, time.Hour)
	return acm.Material{ARN: arn, Certificate: certificate, PrivateKey: key}
}

func fixed(status string) []albv1alpha1.Action {
	return []albv1alpha1.Action{{Type: albv1alpha1.ActionFixedResponse, FixedResponseConfig: &albv1alpha1.FixedResponseActionConfig{
		StatusCode: status, ContentType: new("text/plain"),
	}}}
}

func http(change ...func(*albv1alpha1.ListenerParameters)) *albv1alpha1.Listener {
	mg := &albv1alpha1.Listener{ObjectMeta: rig.Meta(name), Spec: albv1alpha1.ListenerSpec{
		ManagedResourceSpec: rig.Spec(),
		ForProvider: albv1alpha1.ListenerParameters{
			LoadBalancerRef: &albv1alpha1.Reference{Name: "shop"}, Port: 443, Protocol: "HTTP", DefaultActions: fixed("404"),
			Tags: map[string]string{"team": "web"},
		},
	}}
	for _, c := range change {
		c(&mg.Spec.ForProvider)
	}
	return mg
}

// https is a Listener with every setting that can be changed in place.
func https(change ...func(*albv1alpha1.ListenerParameters)) *albv1alpha1.Listener {
	return http(append([]func(*albv1alpha1.ListenerParameters){secure, func(p *albv1alpha1.ListenerParameters) {
		p.SslPolicy = new("ELBSecurityPolicy-TLS13-1-2-2021-06")
		p.SniCertificateArns = []string{certB}
		p.Attributes = []albv1alpha1.Attribute{{Key: "routing.http.response.server.enabled", Value: "false"}}
	}}, change...)...)
}

func secure(p *albv1alpha1.ListenerParameters) { p.Protocol, p.CertificateArn = "HTTPS", new(certA) }

func secret(data map[string][]byte) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: rig.Meta("idp"), Data: data}
}
