package webaclassociation_test

import (
	"net/http/httptest"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/webaclassociation"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

const name = "web"

// A bench is a simulator with two web ACLs and a load balancer, and the controller of WebACLAssociations.
type bench struct {
	*rig.Rig

	sim      *simulator.Simulator
	runner   *rig.Runner[*albv1alpha1.WebACLAssociation]
	waf      *wafv2.Client
	lb       string
	one, two string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	sim, err := simulator.New(simulator.Options{ProvisioningDelay: simulator.Immediately, InterfaceLinger: simulator.Immediately})
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
	b.waf = wafv2.New(wafv2.Options{Region: "us-east-1", APIOptions: body.APIOptions(), BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""), HTTPClient: server.Client()})
	b.Rig = rig.New(t, rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}, rig.Indexes(webaclassociation.Kind()))
	b.runner = rig.Run(b.Rig, webaclassociation.Kind())
	lb := rig.Value(b.ELB.CreateLoadBalancer(t.Context(), &elbv2.CreateLoadBalancerInput{Name: new(name), Subnets: []string{"subnet-0a64000000000000a", "subnet-0a64000000000000b"}}))(b.Rig)
	b.lb = *lb.LoadBalancers[0].LoadBalancerArn
	b.one, b.two = b.acl("one"), b.acl("two")
	object := &albv1alpha1.LoadBalancer{ObjectMeta: rig.Meta(name), Spec: albv1alpha1.LoadBalancerSpec{ManagedResourceSpec: rig.Spec()}}
	rig.Must(b.Rig, b.Kube.Create(t.Context(), object))
	object.Status.AtProvider = albv1alpha1.LoadBalancerObservation{ARN: b.lb, State: "active"}
	rig.SetStatus(b.Rig, object)
	return b
}

func (b *bench) acl(name string) string {
	b.Helper()
	out := rig.Value(b.waf.CreateWebACL(b.Context(), &wafv2.CreateWebACLInput{
		Name: &name, Scope: waftypes.ScopeRegional, DefaultAction: &waftypes.DefaultAction{Allow: &waftypes.AllowAction{}}, VisibilityConfig: &waftypes.VisibilityConfig{MetricName: &name},
	}))(b.Rig)
	return *out.Summary.ARN
}

// associate by an object.
func (b *bench) associate(acl string) {
	b.Helper()
	rig.Must(b.Rig, b.Kube.Create(b.Context(), &albv1alpha1.WebACLAssociation{ObjectMeta: rig.Meta(name), Spec: albv1alpha1.WebACLAssociationSpec{
		ManagedResourceSpec: rig.Spec(),
		ForProvider:         albv1alpha1.WebACLAssociationParameters{LoadBalancerRef: &albv1alpha1.Reference{Name: name}, WebACLArn: acl},
	}}))
}

// inAWS is the web ACL of the load balancer.
func (b *bench) inAWS() string {
	b.Helper()
	out := rig.Value(b.waf.GetWebACLForResource(b.Context(), &wafv2.GetWebACLForResourceInput{ResourceArn: &b.lb}))(b.Rig)
	if out.WebACL == nil {
		return ""
	}
	return awssdk.ToString(out.WebACL.ARN)
}

func (b *bench) expect(reason, acl string, writes map[string]int) {
	b.Helper()
	got := rig.Writes(b.sim.Calls())
	if acl != b.inAWS() {
		b.Errorf("%s want web ACL %q, got %q", reason, acl, b.inAWS())
	}
	if diff := cmp.Diff(writes, got); diff != "" {
		b.Errorf("%s writes: -want, +got:\n%s", reason, diff)
	}
	b.sim.ResetCalls()
}

func TestAssociation(t *testing.T) {
	b := newBench(t)
	b.associate(b.one)
	b.sim.ResetCalls()
	mg := b.runner.Settle(name)
	if got := rig.Ready(mg); got != "Available" {
		t.Errorf("Ready: want Available, got %q", got)
	}
	b.expect("It is put in place once.", b.one, map[string]int{"wafv2.AssociateWebACL": 1})
	b.runner.Once(name)
	b.expect("What is in place costs no write.", b.one, map[string]int{})

	b.runner.Change(name, func(mg *albv1alpha1.WebACLAssociation) { mg.Spec.ForProvider.WebACLArn = b.two })
	b.runner.Settle(name)
	b.expect("Another takes its place without a gap.", b.two, map[string]int{"wafv2.AssociateWebACL": 1})

	rig.Value(b.waf.DisassociateWebACL(t.Context(), &wafv2.DisassociateWebACLInput{ResourceArn: &b.lb}))(b.Rig)
	b.sim.ResetCalls()
	b.runner.Settle(name)
	b.expect("What is taken away behind its back comes back.", b.two, map[string]int{"wafv2.AssociateWebACL": 1})

	b.runner.Delete(name)
	b.runner.Settle(name)
	b.expect("It is off again.", "", map[string]int{"wafv2.DisassociateWebACL": 1})
	if got := b.runner.Get(name); got.GetName() != "" {
		t.Error("the object is still there")
	}
}

func TestForeignAssociationStays(t *testing.T) {
	b := newBench(t)
	b.associate(b.one)
	b.runner.Settle(name)
	rig.Value(b.waf.AssociateWebACL(t.Context(), &wafv2.AssociateWebACLInput{ResourceArn: &b.lb, WebACLArn: &b.two}))(b.Rig)
	b.runner.Delete(name)
	b.sim.ResetCalls()
	b.runner.Settle(name)
	b.expect("What somebody else put in its place is not its to remove.", b.two, map[string]int{})
}

func TestAssociationRefused(t *testing.T) {
	b := newBench(t)
	b.associate(b.one[:len(b.one)-4] + "0000")
	mg, _ := b.runner.Once(name)
	if got := rig.Synced(mg); !cmp.Equal(got, `ReconcileError: create failed: web ACL "`+b.one[:len(b.one)-4]+`0000" does not exist; give the ARN of a regional web ACL in the load balancer's region and account`) {
		t.Errorf("Synced: got %q", got)
	}
}

func TestWaitsForLoadBalancer(t *testing.T) {
	b := newBench(t)
	b.associate(b.one)
	lb := &albv1alpha1.LoadBalancer{ObjectMeta: rig.Meta(name)}
	rig.Must(b.Rig, b.Kube.Get(t.Context(), client.ObjectKeyFromObject(lb), lb))
	lb.Status.AtProvider.State = "provisioning"
	rig.SetStatus(b.Rig, lb)
	b.sim.ResetCalls()
	if got := rig.Ready(b.runner.Settle(name)); got != `Creating: LoadBalancer "web" is not active yet` {
		t.Errorf("Ready: got %q", got)
	}
	if calls := b.sim.Calls(); len(calls) > 0 {
		t.Errorf("an object that waits asks AWS nothing, got %v", calls)
	}
	if len(b.runner.Woken(lb)) != 1 {
		t.Error("a LoadBalancer wakes what names it")
	}
}

// With the load balancer the association is gone.
func TestLoadBalancerGone(t *testing.T) {
	b := newBench(t)
	b.associate(b.one)
	b.runner.Settle(name)
	rig.Must(b.Rig, b.Kube.Delete(t.Context(), &albv1alpha1.LoadBalancer{ObjectMeta: rig.Meta(name)}))
	b.runner.Delete(name)
	b.sim.ResetCalls()
	b.runner.Settle(name)
	if calls := b.sim.Calls(); len(calls) > 0 {
		t.Errorf("there is nothing to ask AWS for, got %v", calls)
	}
	if got := b.runner.Get(name); got.GetName() != "" {
		t.Error("the object is still there")
	}
}
