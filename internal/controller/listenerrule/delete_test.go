package listenerrule_test

import (
	"strings"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

func TestDelete(t *testing.T) {
	t.Run("Alone", func(t *testing.T) {
		b := newBench(t, rule(name, 1000))
		b.rules.Settle(name)
		b.writes()
		b.rules.Delete(name)
		b.rules.Settle(name)
		if diff := cmp.Diff(map[string]int{"elbv2.DeleteRule": 1}, b.writes()); diff != "" {
			t.Errorf("writes: -want, +got:\n%s", diff)
		}
		if left := b.rules.Get(name); left.GetName() != "" || len(b.inAWS()) != 0 {
			t.Errorf("object %q is left, and %d rules in AWS", left.GetName(), len(b.inAWS()))
		}
	})
	t.Run("AfterTheObjectOfItsListener", func(t *testing.T) {
		b := newBench(t, rule(name, 1000))
		b.rules.Settle(name)
		rig.Must(b.Rig, b.Kube.Delete(t.Context(), b.listener))
		b.writes()
		b.rules.Delete(name)
		b.rules.Settle(name)
		if diff := cmp.Diff(map[string]int{"elbv2.DeleteRule": 1}, b.writes()); diff != "" {
			t.Errorf("the listener lives on, and its rule must go: -want, +got:\n%s", diff)
		}
	})
	after := map[string]func(b *bench, mg *albv1alpha1.ListenerRule) error{
		"AfterItsListener": func(b *bench, mg *albv1alpha1.ListenerRule) error {
			account := rig.Value(b.Accounts.For(b.Context(), mg))(b.Rig)
			return account.ELB.DeleteListener(b.Context(), &elbv2.DeleteListenerInput{ListenerArn: &b.listener.Status.AtProvider.ARN})
		},
		"AfterItsLoadBalancer": func(b *bench, mg *albv1alpha1.ListenerRule) error {
			account := rig.Value(b.Accounts.For(b.Context(), mg))(b.Rig)
			return account.ELB.DeleteLoadBalancer(b.Context(), &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: &b.lb})
		},
	}
	for caseName, remove := range after {
		t.Run(caseName, func(t *testing.T) {
			b := newBench(t, rule(name, 1000))
			mg := b.rules.Settle(name)
			rig.Must(b.Rig, remove(b, mg))
			rig.Must(b.Rig, b.Kube.Delete(t.Context(), b.listener))
			b.sim.ResetCalls()
			b.rules.Delete(name)
			b.rules.Settle(name)
			if left := b.rules.Get(name); left.GetName() != "" {
				t.Errorf("the object is left: Ready %q, Synced %q", rig.Ready(left), rig.Synced(left))
			}
			if calls := b.sim.Calls(); len(calls) != 0 {
				t.Errorf("AWS was asked for what went with its listener: %v", calls)
			}
		})
	}
	t.Run("NeverMade", func(t *testing.T) {
		b := newBench(t, rule(name, 1000))
		mg := b.rules.Get(name)
		mg.SetFinalizers([]string{"finalizer.managedresource.crossplane.io"})
		rig.Must(b.Rig, b.Kube.Update(t.Context(), mg))
		arn := b.stranger(1000)
		b.writes()
		b.rules.Delete(name)
		b.rules.Settle(name)
		if left := b.rules.Get(name); left.GetName() != "" || len(b.priorities()) != 1 || b.priorities()[arn] != 1000 {
			t.Errorf("object %q is left, rules in AWS %v; want none and the stranger", left.GetName(), b.priorities())
		}
	})
}

func TestOtherListener(t *testing.T) {
	b := newBench(t, rule(name, 1000))
	arn := b.rules.Settle(name).Status.AtProvider.ARN
	other := &albv1alpha1.Listener{ObjectMeta: rig.Meta("shop-81")}
	rig.Must(b.Rig, b.Kube.Create(t.Context(), other))
	other.Status.AtProvider.ARN = *rig.Value(b.ELB.CreateListener(t.Context(), &elbv2.CreateListenerInput{
		LoadBalancerArn: &b.lb, Port: new(int32(81)), Protocol: elbtypes.ProtocolEnumHttp, DefaultActions: notFound(),
	}))(b.Rig).Listeners[0].ListenerArn
	rig.SetStatus(b.Rig, other)
	b.rules.Change(name, func(mg *albv1alpha1.ListenerRule) { mg.Spec.ForProvider.ListenerRef.Name = "shop-81" })
	b.writes()

	mg := b.rules.Settle(name)
	if s := rig.Synced(mg); !strings.Contains(s, "AWS cannot move rule "+arn) {
		t.Errorf("Synced %q does not say that a rule cannot move", s)
	}
	if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}

	_, err := b.ELB.DeleteListener(t.Context(), &elbv2.DeleteListenerInput{ListenerArn: &b.listener.Status.AtProvider.ARN})
	rig.Must(b.Rig, err)
	if mg := b.rules.Settle(name); rig.Synced(mg) != "ReconcileSuccess" || mg.Status.AtProvider.ListenerARN != other.Status.AtProvider.ARN {
		t.Errorf("once the former listener is gone: Synced %q, listener %q", rig.Synced(mg), mg.Status.AtProvider.ListenerARN)
	}
}
