package targetgroupbinding

import (
	"strings"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/google/go-cmp/cmp"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

func TestDrift(t *testing.T) {
	stranger := "10.64.0.99:8080"
	t.Run("Deregistered", func(t *testing.T) {
		b := newBench(t, typeIP, service(), pods("10.64.0.21", "10.64.0.22"))
		b.settle()
		arn := b.group.Status.AtProvider.ARN
		_, err := b.ELB.DeregisterTargets(t.Context(), &elbv2.DeregisterTargetsInput{TargetGroupArn: &arn, Targets: targetsOf(arn, "10.64.0.21:8080").Targets})
		rig.Must(b.Rig, err)
		b.writes()
		b.settle()
		if diff := cmp.Diff(map[string]int{"elbv2.RegisterTargets": 1}, b.writes()); diff != "" {
			t.Errorf("writes: -want, +got:\n%s", diff)
		}
		if diff := cmp.Diff([]string{"10.64.0.21:8080", "10.64.0.22:8080"}, b.inAWS(arn)); diff != "" {
			t.Errorf("targets in AWS: -want, +got:\n%s", diff)
		}
	})
	t.Run("Stranger", func(t *testing.T) {
		b := newBench(t, typeIP, service(), pods("10.64.0.21"))
		b.settle()
		arn := b.group.Status.AtProvider.ARN
		_, err := b.ELB.RegisterTargets(t.Context(), targetsOf(arn, stranger))
		rig.Must(b.Rig, err)
		b.writes()
		b.settle()
		if diff := cmp.Diff([]string{"10.64.0.21:8080"}, b.inAWS(arn)); diff != "" {
			t.Errorf("targets in AWS: -want, +got:\n%s", diff)
		}
	})
	t.Run("TargetOfAnotherCluster", func(t *testing.T) {
		b := newBench(t, typeIP, service(), pods("10.64.0.21", "10.64.0.22"))
		b.bindings.Change(bindingName, func(mg *albv1alpha1.TargetGroupBinding) { mg.Spec.ForProvider.MultiCluster = true })
		b.settle()
		arn := b.group.Status.AtProvider.ARN
		_, err := b.ELB.RegisterTargets(t.Context(), targetsOf(arn, stranger))
		rig.Must(b.Rig, err)
		b.writes()
		b.settle()
		if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
			t.Errorf("writes: -want, +got:\n%s", diff)
		}
		b.scale("10.64.0.22")
		b.settle()
		if diff := cmp.Diff([]string{"10.64.0.22:8080", stranger}, b.inAWS(arn)); diff != "" {
			t.Errorf("targets in AWS after our own pod went: -want, +got:\n%s", diff)
		}
	})
}

func TestHealthIsReadLate(t *testing.T) {
	b := newBench(t, typeIP, service(), pods("10.64.0.21"))
	b.bindings.Once(bindingName)
	if b.sim.Calls()["elbv2.DescribeTargetHealth"] == 0 {
		t.Error("a target group that somebody else made was not looked at before the registration")
	}
	b.sim.ResetCalls()
	mg := b.bindings.Settle(bindingName)
	if n := b.sim.Calls()["elbv2.DescribeTargetHealth"]; n != 0 {
		t.Errorf("health was asked for %d times right after the registration", n)
	}
	if d := b.bindings.Kind.Poll(mg); d != unsettled {
		t.Errorf("next look after %s while no target is healthy, want %s", d, unsettled)
	}
	b.clock.advance(unsettled)
	b.bindings.Once(bindingName)
	if n := b.sim.Calls()["elbv2.DescribeTargetHealth"]; n != 1 {
		t.Errorf("health was asked for %d times then, want once", n)
	}
	mg.Status.AtProvider.Healthy = 1
	if d := b.bindings.Kind.Poll(mg); d != 0 {
		t.Errorf("next look after %s when all targets are healthy, want the usual time", d)
	}
}

// A binding whose record is lost, as that of one made anew is, finds its targets in AWS and registers none of them again.
func TestRecordIsLost(t *testing.T) {
	for name, multi := range map[string]bool{"Alone": false, "MultiCluster": true} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, typeIP, service(), pods("10.64.0.21", "10.64.0.22"))
			b.bindings.Change(bindingName, func(mg *albv1alpha1.TargetGroupBinding) { mg.Spec.ForProvider.MultiCluster = multi })
			want := b.settle()
			lost := want.DeepCopy()
			lost.Status.AtProvider = albv1alpha1.TargetGroupBindingObservation{}
			rig.SetStatus(b.Rig, lost)
			b.writes()
			got := b.settle()
			if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
				t.Errorf("writes: -want, +got:\n%s", diff)
			}
			if diff := cmp.Diff(want.Status.AtProvider.Registered, got.Status.AtProvider.Registered); diff != "" || !strings.HasPrefix(rig.Ready(got), "Available") {
				t.Errorf("Ready %q, registered: -want, +got:\n%s", rig.Ready(got), diff)
			}
		})
	}
}
