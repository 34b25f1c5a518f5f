package targetgroup_test

import (
	"net/http/httptest"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listener"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listenerrule"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/targetgroup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

const name = "shop-web-80-0123456789"

// A bench is a simulator with the controller of TargetGroups in front of it.
type bench struct {
	*rig.Rig
	sim    *simulator.Simulator
	groups *rig.Runner[*albv1alpha1.TargetGroup]
}

func newBench(t *testing.T, opts simulator.Options, objects ...client.Object) *bench {
	t.Helper()
	opts.ProvisioningDelay, opts.InterfaceLinger = simulator.Immediately, simulator.Immediately
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
	place := rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}
	indexes := append(rig.Indexes(listenerrule.Kind(nil)), rig.Indexes(listener.Kind(nil))...)
	r := rig.New(t, place, indexes, objects...)
	return &bench{Rig: r, sim: sim, groups: rig.Run(r, targetgroup.Kind())}
}

// writes are the calls that change something in AWS, since the last time.
func (b *bench) writes() map[string]int {
	out := rig.Writes(b.sim.Calls())
	b.sim.ResetCalls()
	return out
}

// inAWS are all target groups that there are.
func (b *bench) inAWS() []elbtypes.TargetGroup {
	b.Helper()
	return rig.Value(b.ELB.DescribeTargetGroups(b.Context(), &elbv2.DescribeTargetGroupsInput{}))(b.Rig).TargetGroups
}

func (b *bench) tagsOf(arn string) map[string]string {
	b.Helper()
	out := rig.Value(b.ELB.DescribeTags(b.Context(), &elbv2.DescribeTagsInput{ResourceArns: []string{arn}}))(b.Rig)
	tags := map[string]string{}
	for _, tag := range out.TagDescriptions[0].Tags {
		tags[*tag.Key] = *tag.Value
	}
	return tags
}

func (b *bench) attributesOf(arn string) map[string]string {
	b.Helper()
	out := rig.Value(b.ELB.DescribeTargetGroupAttributes(b.Context(), &elbv2.DescribeTargetGroupAttributesInput{TargetGroupArn: &arn}))(b.Rig)
	attributes := map[string]string{}
	for _, a := range out.Attributes {
		attributes[*a.Key] = *a.Value
	}
	return attributes
}

// group is a TargetGroup with every setting that can be changed in place.
func group(change ...func(*albv1alpha1.TargetGroup)) *albv1alpha1.TargetGroup {
	mg := &albv1alpha1.TargetGroup{
		ObjectMeta: rig.Meta(name),
		Spec: albv1alpha1.TargetGroupSpec{
			ManagedResourceSpec: rig.Spec(),
			ForProvider: albv1alpha1.TargetGroupParameters{
				Name: new("k8s-shop-web-0123456789"), Protocol: "HTTP", ProtocolVersion: "HTTP1", Port: 80, TargetType: "ip",
				HealthCheckProtocol: new("HTTP"), HealthCheckPort: new("traffic-port"), HealthCheckPath: new("/healthz"),
				HealthCheckIntervalSeconds: new(int32(15)), HealthCheckTimeoutSeconds: new(int32(5)),
				HealthyThresholdCount: new(int32(3)), UnhealthyThresholdCount: new(int32(3)),
				Matcher:    &albv1alpha1.Matcher{HttpCode: new("200-399")},
				Attributes: []albv1alpha1.Attribute{{Key: "deregistration_delay.timeout_seconds", Value: "30"}},
				Tags:       map[string]string{"team": "web"},
			},
		},
	}
	for _, c := range change {
		c(mg)
	}
	return mg
}
