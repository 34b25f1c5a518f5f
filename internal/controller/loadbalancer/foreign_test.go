package loadbalancer_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

func TestAdoptionAfterALostCreate(t *testing.T) {
	var lose atomic.Bool
	lose.Store(true)
	b := newBench(t, simulator.Options{Faults: simulator.Faults{After: func(_ context.Context, c simulator.Call) error {
		if c.Operation == "CreateLoadBalancer" && lose.Load() {
			return wire.Errorf("InternalFailure", "lost").WithStatus(http.StatusInternalServerError)
		}
		return nil
	}}}, object())
	mg, _ := b.lbs.Once(name)
	lb := b.found()
	if lb == nil || meta.GetExternalName(mg) != "" {
		t.Fatalf("\nit was made, and not recorded\nload balancer %v, external name %q", lb, meta.GetExternalName(mg))
	}
	b.writes()
	b.restart()
	mg = b.lbs.Settle(name)
	b.expectWrites("it is found by its name and tags, and not made again", map[string]int{})
	if meta.GetExternalName(mg) != *lb.LoadBalancerArn || rig.Ready(mg) != "Available" || mg.Status.AtProvider.ARN != *lb.LoadBalancerArn {
		t.Errorf("\nand recorded\nobject: external name %q, Ready %s", meta.GetExternalName(mg), rig.Ready(mg))
	}
}

func (b *bench) makeBehind(t *testing.T) string {
	t.Helper()
	out := rig.Value(b.ELB.CreateLoadBalancer(t.Context(), &elbv2.CreateLoadBalancerInput{
		Name: new("web"), Scheme: elbtypes.LoadBalancerSchemeEnumInternal, Subnets: []string{privateA, privateB},
	}))(b.Rig)
	b.sim.ResetCalls()
	return *out.LoadBalancers[0].LoadBalancerArn
}

func TestForeignLoadBalancerIsLeftAlone(t *testing.T) {
	mg := object()
	mg.SetFinalizers([]string{managed.FinalizerName})
	b := newBench(t, simulator.Options{}, mg)
	arn := b.makeBehind(t)
	mg = b.lbs.Settle(name)
	want := `ReconcileError: observe failed: AWS has a load balancer "web" already, and it was not made by this object; choose another name, delete it, or import it by annotating this object with crossplane.io/external-name: ` + arn
	if diff := cmp.Diff(want, rig.Synced(mg)); diff != "" {
		t.Errorf("\nthe message says how to import it\nSynced: -want, +got:\n%s", diff)
	}
	b.lbs.Delete(name)
	if mg := b.lbs.Settle(name); mg.GetName() != "" {
		t.Errorf("\nan object that owns nothing can go\nobject: %+v", mg)
	}
	b.expectWrites("and it is not touched", map[string]int{})
}

func TestImport(t *testing.T) {
	b := newBench(t, simulator.Options{})
	arn := b.makeBehind(t)
	mg := object(func(p *parameters) { p.Name = new("another-name") })
	meta.SetExternalName(mg, arn)
	rig.Must(b.Rig, b.Kube.Create(t.Context(), mg))
	mg = b.lbs.Settle(name)
	b.expectWrites("it gets the tags of its owner, and keeps its subnets", map[string]int{"elbv2.AddTags": 1})
	if rig.Ready(mg) != "Available" || mg.Status.AtProvider.ARN != arn {
		t.Errorf("\nit is the object's own now\nobject: Ready %s, ARN %s", rig.Ready(mg), mg.Status.AtProvider.ARN)
	}
}

func TestOutOfBandDeletionIsRepaired(t *testing.T) {
	b := newBench(t, simulator.Options{}, object())
	first := b.lbs.Settle(name).Status.AtProvider.ARN
	if _, err := b.ELB.DeleteLoadBalancer(t.Context(), &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: &first}); err != nil {
		t.Fatal(err)
	}
	mg := b.lbs.Settle(name)
	if arn := mg.Status.AtProvider.ARN; arn == first || arn != *b.found().LoadBalancerArn || meta.GetExternalName(mg) != arn {
		t.Errorf("\na new one takes its place\nARN: first %s, then %s", first, arn)
	}
}
