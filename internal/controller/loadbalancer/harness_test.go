package loadbalancer_test

import (
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/loadbalancer"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

func TestMain(m *testing.M) {
	// The SDK's clients of the accounts keep connections, which the servers of the simulators close in their own time.
	goleak.VerifyTestMain(m)
}

// What exists in the simulator's default world.
const (
	name     = "web"
	privateA = "subnet-0b64000000000000a"
	privateB = "subnet-0b64000000000000b"
	privateC = "subnet-0b64000000000000c"
	publicA  = "subnet-0a64000000000000a"
	publicB  = "subnet-0a64000000000000b"
	publicC  = "subnet-0a64000000000000c"
)

// A bench is a simulator, an API server, and the controller of LoadBalancers.
type bench struct {
	*rig.Rig

	sim *simulator.Simulator
	lbs *rig.Runner[*v1alpha1.LoadBalancer]
	ec2 *ec2api.Client
}

func newBench(t *testing.T, o simulator.Options, objects ...client.Object) *bench {
	t.Helper()
	if o.ProvisioningDelay == 0 {
		o.ProvisioningDelay = simulator.Immediately
	}
	sim, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		sim.Close()
	})
	kind := loadbalancer.Kind()
	b := &bench{sim: sim, Rig: rig.New(t, rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}, rig.Indexes(kind), objects...)}
	b.lbs = rig.Run(b.Rig, kind)
	b.ec2 = ec2api.New(ec2api.Options{
		Region: "us-east-1", APIOptions: body.APIOptions(), BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient: server.Client(),
	})
	return b
}

// restart the controller: it has forgotten what it knew.
func (b *bench) restart() { b.lbs = rig.Run(b.Rig, b.lbs.Kind) }

func object(change ...func(*v1alpha1.LoadBalancerParameters)) *v1alpha1.LoadBalancer {
	lb := &v1alpha1.LoadBalancer{ObjectMeta: rig.Meta(name), Spec: v1alpha1.LoadBalancerSpec{ManagedResourceSpec: rig.Spec()}}
	lb.Spec.ForProvider.Scheme = "internal"
	for _, c := range change {
		c(&lb.Spec.ForProvider)
	}
	return lb
}

// writes to AWS since the last look.
func (b *bench) writes() map[string]int {
	out := rig.Writes(b.sim.Calls())
	b.sim.ResetCalls()
	return out
}

func (b *bench) expectWrites(reason string, want map[string]int) {
	b.Helper()
	if diff := cmp.Diff(want, b.writes()); diff != "" {
		b.Errorf("\n%s\nwrites: -want, +got:\n%s", reason, diff)
	}
}

// found in AWS; nil if it is not there.
func (b *bench) found() *elbtypes.LoadBalancer {
	b.Helper()
	out := rig.Value(b.ELB.DescribeLoadBalancers(b.Context(), &elbv2.DescribeLoadBalancersInput{}))(b.Rig)
	if len(out.LoadBalancers) == 0 {
		return nil
	}
	if len(out.LoadBalancers) > 1 {
		b.Errorf("nothing is made twice: %d load balancers", len(out.LoadBalancers))
	}
	return &out.LoadBalancers[0]
}

func (b *bench) tags(arn string) map[string]string {
	b.Helper()
	out := rig.Value(b.ELB.DescribeTags(b.Context(), &elbv2.DescribeTagsInput{ResourceArns: []string{arn}}))(b.Rig)
	tags := map[string]string{}
	for _, t := range out.TagDescriptions[0].Tags {
		tags[*t.Key] = *t.Value
	}
	return tags
}

func (b *bench) attribute(arn, key string) string {
	b.Helper()
	out := rig.Value(b.ELB.DescribeLoadBalancerAttributes(b.Context(), &elbv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &arn}))(b.Rig)
	for _, a := range out.Attributes {
		if *a.Key == key {
			return *a.Value
		}
	}
	return ""
}
