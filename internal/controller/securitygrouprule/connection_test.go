package securitygrouprule_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/securitygrouprule"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

// A bench is a simulator with the groups of two load balancers, and the controller of SecurityGroupRules.
type bench struct {
	*rig.Rig

	sim       *simulator.Simulator
	runner    *rig.Runner[*albv1alpha1.SecurityGroupRule]
	ec2       *ec2api.Client
	web, shop string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	sim, err := simulator.New(simulator.Options{})
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
	b.ec2 = ec2api.New(ec2api.Options{Region: "us-east-1", APIOptions: body.APIOptions(), BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), HTTPClient: server.Client()})
	b.Rig = rig.New(t, rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}, rig.Indexes(securitygrouprule.Kind()))
	b.runner = rig.Run(b.Rig, securitygrouprule.Kind())
	b.web, b.shop = b.group("web"), b.group("shop")
	return b
}

// group of a load balancer, with its object.
func (b *bench) group(name string) string {
	b.Helper()
	out := rig.Value(b.ec2.CreateSecurityGroup(b.Context(), &ec2api.CreateSecurityGroupInput{GroupName: &name, Description: &name, VpcId: new(ec2.DefaultVPC)}))(b.Rig)
	object := &albv1alpha1.SecurityGroup{ObjectMeta: rig.Meta(name), Spec: albv1alpha1.SecurityGroupSpec{ManagedResourceSpec: rig.Spec()}}
	rig.Must(b.Rig, b.Kube.Create(b.Context(), object))
	object.Status.AtProvider.GroupID = *out.GroupId
	rig.SetStatus(b.Rig, object)
	return *out.GroupId
}

// tag a group as one of the cluster's nodes, or take the tag away.
func (b *bench) tag(group string) {
	b.Helper()
	rig.Value(b.ec2.CreateTags(b.Context(), &ec2api.CreateTagsInput{Resources: []string{group}, Tags: []ec2types.Tag{{Key: new("kubernetes.io/cluster/" + rig.Cluster), Value: new("owned")}}}))(b.Rig)
	b.sim.ResetCalls()
}

func (b *bench) untag(group string) {
	b.Helper()
	rig.Value(b.ec2.DeleteTags(b.Context(), &ec2api.DeleteTagsInput{Resources: []string{group}, Tags: []ec2types.Tag{{Key: new("kubernetes.io/cluster/" + rig.Cluster)}}}))(b.Rig)
	b.sim.ResetCalls()
}

// open a port from a load balancer's group.
func (b *bench) open(source string, port int32) string {
	b.Helper()
	name := fmt.Sprintf("%s-%d", source, port)
	rig.Must(b.Rig, b.Kube.Create(b.Context(), &albv1alpha1.SecurityGroupRule{ObjectMeta: rig.Meta(name), Spec: albv1alpha1.SecurityGroupRuleSpec{
		ManagedResourceSpec: rig.Spec(),
		ForProvider: albv1alpha1.SecurityGroupRuleParameters{
			IpProtocol: "tcp", FromPort: port, ToPort: port, SourceSecurityGroupRef: &albv1alpha1.Reference{Name: source},
		},
	}}))
	return name
}

// sources that a group lets in, as "port source".
func (b *bench) sources(group string) []string {
	b.Helper()
	out := rig.Value(b.ec2.DescribeSecurityGroups(b.Context(), &ec2api.DescribeSecurityGroupsInput{GroupIds: []string{group}}))(b.Rig)
	found := []string{}
	for _, p := range out.SecurityGroups[0].IpPermissions {
		for _, s := range p.UserIdGroupPairs {
			found = append(found, fmt.Sprintf("%d %s", *p.FromPort, *s.GroupId))
		}
	}
	slices.Sort(found)
	return found
}

func (b *bench) expect(reason, group string, want ...string) {
	b.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(append([]string{}, want...), b.sources(group)); diff != "" {
		b.Errorf("%s -want, +got:\n%s", reason, diff)
	}
}

func (b *bench) expectWrites(reason string, want map[string]int) {
	b.Helper()
	if diff := cmp.Diff(want, rig.Writes(b.sim.Calls())); diff != "" {
		b.Errorf("%s writes: -want, +got:\n%s", reason, diff)
	}
	b.sim.ResetCalls()
}

func TestTwoGatewaysShareANodeGroup(t *testing.T) {
	b := newBench(t)
	nodes := ec2.DefaultNodeGroup
	b.tag(nodes)
	web, shop := b.open("web", 30080), b.open("shop", 30080)
	if got := rig.Ready(b.runner.Settle(web)); got != "Available" {
		t.Errorf("Ready: want Available, got %q", got)
	}
	b.expectWrites("It is opened once.", map[string]int{"ec2.AuthorizeSecurityGroupIngress": 1})
	b.runner.Settle(shop)
	b.expect("Rules of two load balancers differ by their source.", nodes, "30080 "+b.web, "30080 "+b.shop)
	b.sim.ResetCalls()
	b.runner.Once(web)
	b.runner.Once(shop)
	b.expectWrites("What is open costs no write.", map[string]int{})

	b.runner.Delete(web)
	b.runner.Settle(web)
	b.expect("One goes, the other stays.", nodes, "30080 "+b.shop)
	if got := b.runner.Get(web); got.GetName() != "" {
		t.Error("the object is still there")
	}
}

func TestGroupsComeAndGo(t *testing.T) {
	b := newBench(t)
	first, second := ec2.DefaultNodeGroup, b.group("more-nodes")
	b.tag(first)
	web := b.open("web", 30080)
	b.runner.Settle(web)
	b.tag(second)
	b.runner.Settle(web)
	b.expect("A group that comes to the cluster is opened.", second, "30080 "+b.web)
	b.untag(first)
	b.runner.Settle(web)
	b.expect("A group that leaves the cluster is closed.", first)
	if diff := cmp.Diff([]string{second}, b.runner.Get(web).Status.AtProvider.GroupIDs); diff != "" {
		t.Errorf("groupIds: -want, +got:\n%s", diff)
	}
	b.untag(second)
	b.runner.Delete(web)
	b.runner.Settle(web)
	b.expect("A group is closed although it has left the cluster meanwhile.", second)
}

func TestDriftIsRepaired(t *testing.T) {
	b := newBench(t)
	b.tag(ec2.DefaultNodeGroup)
	web := b.open("web", 30080)
	b.runner.Settle(web)
	rig.Value(b.ec2.RevokeSecurityGroupIngress(t.Context(), &ec2api.RevokeSecurityGroupIngressInput{GroupId: new(ec2.DefaultNodeGroup), IpPermissions: []ec2types.IpPermission{{
		IpProtocol: new("tcp"), FromPort: new(int32(30080)), ToPort: new(int32(30080)), UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: &b.web}},
	}}}))(b.Rig)
	b.runner.Settle(web)
	b.expect("What was closed behind its back is open again.", ec2.DefaultNodeGroup, "30080 "+b.web)
}

func TestNoTaggedGroup(t *testing.T) {
	b := newBench(t)
	mg, _ := b.runner.Once(b.open("web", 30080))
	if got := rig.Synced(mg); !strings.Contains(got, "no security group of VPC "+ec2.DefaultVPC+" has the tag kubernetes.io/cluster/test") {
		t.Errorf("Synced: got %q", got)
	}
}
