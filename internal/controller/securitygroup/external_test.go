package securitygroup_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/loadbalancer"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/securitygroup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/securitygrouprule"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const name = "web"

// A bench is a simulator, an API server, and the controller of SecurityGroups.
type bench struct {
	*rig.Rig

	sim    *simulator.Simulator
	groups *rig.Runner[*v1alpha1.SecurityGroup]
	ec2    *ec2api.Client
}

func newBench(t *testing.T, o simulator.Options, objects ...client.Object) *bench {
	t.Helper()
	o.ProvisioningDelay = simulator.Immediately
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
	indexes := slices.Concat(rig.Indexes(securitygroup.Kind()), rig.Indexes(loadbalancer.Kind()), rig.Indexes(securitygrouprule.Kind()))
	b := &bench{sim: sim, Rig: rig.New(t, rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}, indexes, objects...)}
	b.groups = rig.Run(b.Rig, securitygroup.Kind())
	b.ec2 = ec2api.New(ec2api.Options{
		Region: "us-east-1", APIOptions: body.APIOptions(), BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), HTTPClient: server.Client(),
	})
	return b
}

func object(rules ...v1alpha1.IPPermission) *v1alpha1.SecurityGroup {
	sg := &v1alpha1.SecurityGroup{ObjectMeta: rig.Meta(name), Spec: v1alpha1.SecurityGroupSpec{ManagedResourceSpec: rig.Spec()}}
	sg.Spec.ForProvider.Ingress = rules
	return sg
}

func tcp(port int32, cidr string) v1alpha1.IPPermission {
	return v1alpha1.IPPermission{IpProtocol: "tcp", FromPort: &port, ToPort: &port, CidrIp: &cidr}
}

func (b *bench) expectWrites(reason string, want map[string]int) {
	b.Helper()
	if diff := cmp.Diff(want, rig.Writes(b.sim.Calls())); diff != "" {
		b.Errorf("\n%s\nwrites: -want, +got:\n%s", reason, diff)
	}
	b.sim.ResetCalls()
}

// found in AWS by name; nil if it is not there.
func (b *bench) found() *ec2types.SecurityGroup {
	b.Helper()
	out := rig.Value(b.ec2.DescribeSecurityGroups(b.Context(), &ec2api.DescribeSecurityGroupsInput{
		Filters: []ec2types.Filter{{Name: new("group-name"), Values: []string{name}}},
	}))(b.Rig)
	if len(out.SecurityGroups) == 0 {
		return nil
	}
	return &out.SecurityGroups[0]
}

// rules in AWS, as "protocol from-to source description".
func (b *bench) rules() map[string]bool {
	b.Helper()
	out := map[string]bool{}
	for _, r := range rig.Value(b.ec2.DescribeSecurityGroupRules(b.Context(), &ec2api.DescribeSecurityGroupRulesInput{
		Filters: []ec2types.Filter{{Name: new("group-id"), Values: []string{*b.found().GroupId}}},
	}))(b.Rig).SecurityGroupRules {
		if *r.IsEgress {
			continue
		}
		out[describe(r)] = true
	}
	return out
}

func describe(r ec2types.SecurityGroupRule) string {
	text := *r.IpProtocol
	for _, part := range []*string{r.CidrIpv4, r.CidrIpv6, r.PrefixListId, r.Description} {
		if part != nil && *part != "" {
			text += " " + *part
		}
	}
	if r.ReferencedGroupInfo != nil {
		text += " " + *r.ReferencedGroupInfo.GroupId
	}
	return text
}

func TestBringUp(t *testing.T) {
	all := v1alpha1.IPPermission{IpProtocol: "-1", SourceSecurityGroupId: new("sg-0a64000000000000a")}
	six := v1alpha1.IPPermission{IpProtocol: "tcp", FromPort: new(int32(443)), CidrIpv6: new("::/0"), Description: new("everybody")}
	b := newBench(t, simulator.Options{}, object(tcp(80, "0.0.0.0/0"), tcp(443, "10.1.2.3/8"), all, six))
	mg := b.groups.Settle(name)
	g := b.found()
	want := v1alpha1.SecurityGroupObservation{GroupID: *g.GroupId, VpcID: "vpc-0a64000000000000a", IngressRules: 4}
	if diff := cmp.Diff(want, mg.Status.AtProvider); diff != "" {
		t.Errorf("\nits status is what AWS says\natProvider: -want, +got:\n%s", diff)
	}
	if rig.Ready(mg) != "Available" || rig.Synced(mg) != "ReconcileSuccess" || meta.GetExternalName(mg) != *g.GroupId {
		t.Errorf("\nit is ready, and its id recorded\nobject: Ready %s, Synced %s, external name %s", rig.Ready(mg), rig.Synced(mg), meta.GetExternalName(mg))
	}
	if diff := cmp.Diff(map[string]bool{"tcp 0.0.0.0/0": true, "tcp 10.0.0.0/8": true, "-1 sg-0a64000000000000a": true, "tcp ::/0 everybody": true}, b.rules()); diff != "" {
		t.Errorf("\nits rules are there\nDescribeSecurityGroupRules: -want, +got:\n%s", diff)
	}
	b.expectWrites("each write is one call", map[string]int{"ec2.CreateSecurityGroup": 1, "ec2.AuthorizeSecurityGroupIngress": 1})
	version := mg.GetResourceVersion()
	for range 2 {
		mg, _ = b.groups.Once(name)
	}
	b.expectWrites("two looks at what is as it is to be write nothing to AWS", map[string]int{})
	if mg.GetResourceVersion() != version {
		t.Error("nor to the API server")
	}
}

func TestChanges(t *testing.T) {
	cases := map[string]struct {
		reason string
		before []v1alpha1.IPPermission
		after  func(*v1alpha1.SecurityGroupParameters)
		writes map[string]int
		rules  map[string]bool
	}{
		"Add": {
			reason: "a rule is added, the others stay",
			before: []v1alpha1.IPPermission{tcp(80, "10.0.0.0/8")},
			after:  func(p *v1alpha1.SecurityGroupParameters) { p.Ingress = append(p.Ingress, tcp(80, "192.168.0.0/16")) },
			writes: map[string]int{"ec2.AuthorizeSecurityGroupIngress": 1},
			rules:  map[string]bool{"tcp 10.0.0.0/8": true, "tcp 192.168.0.0/16": true},
		},
		"Remove": {
			reason: "a rule is removed, the others stay",
			before: []v1alpha1.IPPermission{tcp(80, "10.0.0.0/8"), tcp(80, "192.168.0.0/16")},
			after:  func(p *v1alpha1.SecurityGroupParameters) { p.Ingress = p.Ingress[1:] },
			writes: map[string]int{"ec2.RevokeSecurityGroupIngress": 1},
			rules:  map[string]bool{"tcp 192.168.0.0/16": true},
		},
		"Replace": {
			reason: "one comes, then the other goes",
			before: []v1alpha1.IPPermission{tcp(80, "10.0.0.0/8")},
			after: func(p *v1alpha1.SecurityGroupParameters) {
				p.Ingress = []v1alpha1.IPPermission{tcp(80, "192.168.0.0/16")}
			},
			writes: map[string]int{"ec2.AuthorizeSecurityGroupIngress": 1, "ec2.RevokeSecurityGroupIngress": 1},
			rules:  map[string]bool{"tcp 192.168.0.0/16": true},
		},
		"Order": {
			reason: "AWS gives no order",
			before: []v1alpha1.IPPermission{tcp(80, "10.0.0.0/8"), tcp(80, "192.168.0.0/16")},
			after: func(p *v1alpha1.SecurityGroupParameters) {
				p.Ingress[0], p.Ingress[1] = p.Ingress[1], p.Ingress[0]
			},
			writes: map[string]int{},
			rules:  map[string]bool{"tcp 10.0.0.0/8": true, "tcp 192.168.0.0/16": true},
		},
		"Description": {
			reason: "a rule is described without being taken away",
			before: []v1alpha1.IPPermission{tcp(80, "10.0.0.0/8")},
			after:  func(p *v1alpha1.SecurityGroupParameters) { p.Ingress[0].Description = new("office") },
			writes: map[string]int{"ec2.UpdateSecurityGroupRuleDescriptionsIngress": 1},
			rules:  map[string]bool{"tcp 10.0.0.0/8 office": true},
		},
		"Tag": {
			reason: "a tag is added",
			after:  func(p *v1alpha1.SecurityGroupParameters) { p.Tags = map[string]string{"team": "a"} },
			writes: map[string]int{"ec2.CreateTags": 1},
			rules:  map[string]bool{},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, simulator.Options{}, object(tc.before...))
			b.groups.Settle("web")
			b.sim.ResetCalls()
			b.groups.Change("web", func(mg *v1alpha1.SecurityGroup) { tc.after(&mg.Spec.ForProvider) })
			mg := b.groups.Settle("web")
			b.expectWrites(tc.reason, tc.writes)
			if diff := cmp.Diff(tc.rules, b.rules()); diff != "" || rig.Ready(mg) != "Available" {
				t.Errorf("\n%s\nReady %s, DescribeSecurityGroupRules: -want, +got:\n%s", tc.reason, rig.Ready(mg), diff)
			}
		})
	}
}

func TestForeignRuleIsRemoved(t *testing.T) {
	b := newBench(t, simulator.Options{}, object(tcp(80, "10.0.0.0/8")))
	b.groups.Settle(name)
	rig.Value(b.ec2.AuthorizeSecurityGroupIngress(t.Context(), &ec2api.AuthorizeSecurityGroupIngressInput{
		GroupId: b.found().GroupId, IpProtocol: new("tcp"), FromPort: new(int32(22)), ToPort: new(int32(22)), CidrIp: new("0.0.0.0/0"),
	}))(b.Rig)
	b.groups.Settle(name)
	if diff := cmp.Diff(map[string]bool{"tcp 10.0.0.0/8": true}, b.rules()); diff != "" {
		t.Errorf("\na rule that the object does not name is removed\nDescribeSecurityGroupRules: -want, +got:\n%s", diff)
	}
}

func TestWrongCIDR(t *testing.T) {
	b := newBench(t, simulator.Options{}, object(tcp(80, "10.0.0.0/8")))
	b.groups.Settle(name)
	b.groups.Change(name, func(mg *v1alpha1.SecurityGroup) { mg.Spec.ForProvider.Ingress[0].CidrIp = new("2001:db8::/32") })
	mg := b.groups.Settle(name)
	want := `ReconcileError: observe failed: spec.forProvider.ingress[0].cidrIp is "2001:db8::/32", which is no such CIDR block; give one such as 10.0.0.0/8 or 2001:db8::/32`
	if diff := cmp.Diff(want, rig.Synced(mg)); diff != "" {
		t.Errorf("\nthe field is named\nSynced: -want, +got:\n%s", diff)
	}
}

func TestAdoptionAfterALostCreate(t *testing.T) {
	var lose atomic.Bool
	lose.Store(true)
	b := newBench(t, simulator.Options{Faults: simulator.Faults{After: func(_ context.Context, c simulator.Call) error {
		if c.Operation == "CreateSecurityGroup" && lose.Load() {
			return wire.Errorf("InternalError", "lost").WithStatus(http.StatusInternalServerError)
		}
		return nil
	}}}, object())
	mg, _ := b.groups.Once(name)
	if b.found() == nil || meta.GetExternalName(mg) != "" {
		t.Fatalf("\nit was made, and not recorded\ngroup %v, external name %q", b.found(), meta.GetExternalName(mg))
	}
	b.sim.ResetCalls()
	b.groups = rig.Run(b.Rig, b.groups.Kind)
	mg = b.groups.Settle(name)
	b.expectWrites("it is found by its name and tags, and not made again", map[string]int{})
	if meta.GetExternalName(mg) != *b.found().GroupId || rig.Ready(mg) != "Available" {
		t.Errorf("\nand recorded\nobject: external name %q, Ready %s", meta.GetExternalName(mg), rig.Ready(mg))
	}
}

func TestForeignGroupIsLeftAlone(t *testing.T) {
	cases := map[string]struct {
		reason string
		tags   []ec2types.Tag
		want   string
	}{
		"Nobodys": {
			reason: "without our tags",
			want:   "ReconcileError: create failed: cannot create security group: AWS has a security group \"web\" already, and it was not made by this object; choose another name, delete it, or import it by annotating this object with crossplane.io/external-name: ",
		},
		"AnotherClusters": {
			reason: "with those of another cluster",
			tags: []ec2types.Tag{
				{Key: new("alb.gateway.crossplane.io/cluster"), Value: new("green")},
				{Key: new("alb.gateway.crossplane.io/crossplane-name"), Value: new("web")},
				{Key: new("alb.gateway.crossplane.io/crossplane-namespace"), Value: new("shop")},
				{Key: new("alb.gateway.crossplane.io/crossplane-kind"), Value: new("securitygroup.alb.gateway.crossplane.io")},
			},
			want: "ReconcileError: observe failed: AWS has a security group \"web\" already, and it belongs to securitygroup shop/web of cluster \"green\"; choose another name, delete it, or import it by annotating this object with crossplane.io/external-name: ",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := object()
			mg.SetFinalizers([]string{managed.FinalizerName})
			b := newBench(t, simulator.Options{}, mg)
			in := &ec2api.CreateSecurityGroupInput{GroupName: new("web"), Description: new("theirs"), VpcId: new(ec2.DefaultVPC)}
			if tc.tags != nil {
				in.TagSpecifications = []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeSecurityGroup, Tags: tc.tags}}
			}
			id := rig.Value(b.ec2.CreateSecurityGroup(t.Context(), in))(b.Rig).GroupId
			mg, r := b.groups.Once("web")
			if diff := cmp.Diff(tc.want+*id, rig.Synced(mg)); diff != "" || r.RequeueAfter < time.Minute {
				t.Errorf("\n%s\nresult %+v, Synced: -want, +got:\n%s", tc.reason, r, diff)
			}
			b.groups.Delete("web")
			if mg := b.groups.Settle("web"); mg.GetName() != "" || b.found() == nil {
				t.Errorf("\nan object that owns nothing can go, and the group stays\nobject %q, group %v", mg.GetName(), b.found())
			}
		})
	}
}

func TestImport(t *testing.T) {
	b := newBench(t, simulator.Options{})
	mg := object()
	meta.SetExternalName(mg, ec2.DefaultNodeGroup)
	rig.Must(b.Rig, b.Kube.Create(t.Context(), mg))
	mg = b.groups.Settle(name)
	b.expectWrites("it gets the tags of its owner", map[string]int{"ec2.CreateTags": 1})
	if rig.Ready(mg) != "Available" || mg.Status.AtProvider.GroupID != ec2.DefaultNodeGroup {
		t.Errorf("\nit is the object's own now\nobject: Ready %s, id %s", rig.Ready(mg), mg.Status.AtProvider.GroupID)
	}
}

func TestDeletion(t *testing.T) {
	lb := &v1alpha1.LoadBalancer{ObjectMeta: rig.Meta("shop")}
	lb.Spec.ForProvider.SecurityGroupRefs = []v1alpha1.Reference{{Name: name}}
	b := newBench(t, simulator.Options{InterfaceLinger: time.Hour}, object(), lb)
	id := b.groups.Settle(name).Status.AtProvider.GroupID
	out := rig.Value(b.ELB.CreateLoadBalancer(t.Context(), &elbv2.CreateLoadBalancerInput{
		Name: new("shop"), Scheme: "internal", Subnets: []string{"subnet-0b64000000000000a", "subnet-0b64000000000000b"}, SecurityGroups: []string{id},
	}))(b.Rig)
	b.sim.ResetCalls()

	b.groups.Delete(name)
	mg := b.groups.Settle(name)
	if got := rig.Ready(mg); got != "Deleting: In use by LoadBalancer shop" {
		t.Errorf("\na group stays as long as a LoadBalancer names it\nReady: got %s", got)
	}
	if calls := b.sim.Calls(); len(calls) > 0 {
		t.Errorf("\nand AWS is not asked\ncalls: %v", calls)
	}
	if woken := b.groups.Woken(lb); len(woken) != 1 || woken[0].Name != name {
		t.Errorf("\nthe end of the LoadBalancer wakes it\nWoken(...): got %v", woken)
	}

	rig.Must(b.Rig, b.Kube.Delete(t.Context(), lb))
	rig.Value(b.ELB.DeleteLoadBalancer(t.Context(), &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: out.LoadBalancers[0].LoadBalancerArn}))(b.Rig)
	mg, r := b.groups.Once(name)
	if mg.GetName() == "" || r.RequeueAfter != 2*time.Second || mg.GetCondition("Synced").Message == "" {
		t.Errorf("\nits network interfaces linger: it is tried again soon, and said why\nresult %+v, Synced %s", r, rig.Synced(mg))
	}
}

// AWS does not delete a group that the rule of another one lets in.
func TestDeletionWaitsForRules(t *testing.T) {
	rule := &v1alpha1.SecurityGroupRule{ObjectMeta: rig.Meta("shop-30080")}
	rule.Spec.ForProvider.SourceSecurityGroupRef = &v1alpha1.Reference{Name: name}
	b := newBench(t, simulator.Options{}, object(), rule)
	b.groups.Settle(name)
	b.groups.Delete(name)
	if got := rig.Ready(b.groups.Settle(name)); got != "Deleting: In use by SecurityGroupRule shop-30080" {
		t.Errorf("\na group stays as long as a SecurityGroupRule lets it in\nReady: got %s", got)
	}
	if woken := b.groups.Woken(rule); len(woken) != 1 || woken[0].Name != name {
		t.Errorf("\nthe end of the rule wakes it\nWoken(...): got %v", woken)
	}
	rig.Must(b.Rig, b.Kube.Delete(t.Context(), rule))
	if mg := b.groups.Settle(name); mg.GetName() != "" || b.found() != nil {
		t.Errorf("\nobject and group are gone\nobject %q, group %v", mg.GetName(), b.found())
	}
}

func TestDeletionOfAnUnusedGroup(t *testing.T) {
	b := newBench(t, simulator.Options{}, object(tcp(80, "10.0.0.0/8")))
	b.groups.Settle(name)
	b.sim.ResetCalls()
	b.groups.Delete(name)
	if mg := b.groups.Settle(name); mg.GetName() != "" || b.found() != nil {
		t.Errorf("\nobject and group are gone\nobject %q, group %v", mg.GetName(), b.found())
	}
	b.expectWrites("one call", map[string]int{"ec2.DeleteSecurityGroup": 1})
}
