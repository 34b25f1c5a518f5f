package shieldprotection_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	"github.com/google/go-cmp/cmp"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/shieldprotection"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

const name = "web"

// A bench is a simulator with a load balancer, and the controller of ShieldProtections.
type bench struct {
	*rig.Rig

	sim    *simulator.Simulator
	runner *rig.Runner[*albv1alpha1.ShieldProtection]
	shield *shield.Client
	lb     string
}

func newBench(t *testing.T, subscribed simulator.Options) *bench {
	t.Helper()
	subscribed.ProvisioningDelay, subscribed.InterfaceLinger = simulator.Immediately, simulator.Immediately
	sim, err := simulator.New(subscribed)
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
	b.shield = shield.New(shield.Options{Region: "us-east-1", APIOptions: body.APIOptions(), BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), HTTPClient: server.Client()})
	b.Rig = rig.New(t, rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}, rig.Indexes(shieldprotection.Kind()))
	b.runner = rig.Run(b.Rig, shieldprotection.Kind())
	lb := rig.Value(b.ELB.CreateLoadBalancer(t.Context(), &elbv2.CreateLoadBalancerInput{Name: new(name), Subnets: []string{"subnet-0a64000000000000a", "subnet-0a64000000000000b"}}))(b.Rig)
	b.lb = *lb.LoadBalancers[0].LoadBalancerArn
	object := &albv1alpha1.LoadBalancer{ObjectMeta: rig.Meta(name), Spec: albv1alpha1.LoadBalancerSpec{ManagedResourceSpec: rig.Spec()}}
	rig.Must(b.Rig, b.Kube.Create(t.Context(), object))
	object.Status.AtProvider = albv1alpha1.LoadBalancerObservation{ARN: b.lb, State: "active"}
	rig.SetStatus(b.Rig, object)
	rig.Must(b.Rig, b.Kube.Create(t.Context(), &albv1alpha1.ShieldProtection{ObjectMeta: rig.Meta(name), Spec: albv1alpha1.ShieldProtectionSpec{
		ManagedResourceSpec: rig.Spec(), ForProvider: albv1alpha1.ShieldProtectionParameters{LoadBalancerRef: &albv1alpha1.Reference{Name: name}},
	}}))
	b.sim.ResetCalls()
	return b
}

// protections in AWS, by name.
func (b *bench) protections() []string {
	b.Helper()
	var out []string
	for _, p := range rig.Value(b.shield.ListProtections(b.Context(), &shield.ListProtectionsInput{}))(b.Rig).Protections {
		if *p.ResourceArn == b.lb {
			out = append(out, *p.Name)
		}
	}
	return out
}

func (b *bench) expectWrites(reason string, want map[string]int) {
	b.Helper()
	if diff := cmp.Diff(want, rig.Writes(b.sim.Calls())); diff != "" {
		b.Errorf("%s writes: -want, +got:\n%s", reason, diff)
	}
	b.sim.ResetCalls()
}

func TestProtection(t *testing.T) {
	b := newBench(t, simulator.Options{ShieldSubscribed: true})
	if got := rig.Ready(b.runner.Settle(name)); got != "Available" {
		t.Errorf("Ready: want Available, got %q", got)
	}
	b.expectWrites("It is made once.", map[string]int{"shield.CreateProtection": 1})
	if diff := cmp.Diff([]string{"managed by provider-alb-gateway"}, b.protections()); diff != "" {
		t.Errorf("protections: -want, +got:\n%s", diff)
	}
	b.runner.Once(name)
	b.expectWrites("What is there costs no write.", map[string]int{})

	// The load balancer goes first, and the protection is not left behind.
	rig.Value(b.ELB.DeleteLoadBalancer(t.Context(), &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: &b.lb}))(b.Rig)
	rig.Must(b.Rig, b.Kube.Delete(t.Context(), &albv1alpha1.LoadBalancer{ObjectMeta: rig.Meta(name)}))
	b.sim.ResetCalls()
	b.runner.Delete(name)
	b.runner.Settle(name)
	b.expectWrites("It is deleted.", map[string]int{"shield.DeleteProtection": 1})
	if got := b.protections(); len(got) > 0 {
		t.Errorf("left behind: %q", got)
	}
	if got := b.runner.Get(name); got.GetName() != "" {
		t.Error("the object is still there")
	}
}

func TestForeignProtection(t *testing.T) {
	b := newBench(t, simulator.Options{ShieldSubscribed: true})
	rig.Value(b.shield.CreateProtection(t.Context(), &shield.CreateProtectionInput{Name: new("by hand"), ResourceArn: &b.lb}))(b.Rig)
	b.sim.ResetCalls()
	if got := rig.Ready(b.runner.Settle(name)); got != "Available" {
		t.Errorf("Ready: want Available, got %q", got)
	}
	b.runner.Delete(name)
	b.runner.Settle(name)
	b.expectWrites("Another's protection serves, and is left alone.", map[string]int{})
	if diff := cmp.Diff([]string{"by hand"}, b.protections()); diff != "" {
		t.Errorf("protections: -want, +got:\n%s", diff)
	}
}

func TestWithoutSubscription(t *testing.T) {
	b := newBench(t, simulator.Options{})
	mg, _ := b.runner.Once(name)
	if got := rig.Synced(mg); !strings.Contains(got, "the account has no subscription to AWS Shield Advanced; subscribe, or do without shieldConfiguration") {
		t.Errorf("Synced: got %q", got)
	}
	b.runner.Delete(name)
	b.runner.Settle(name)
	b.expectWrites("Without a subscription nothing is there to delete.", map[string]int{})
}
