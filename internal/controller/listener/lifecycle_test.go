package listener_test

import (
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/google/go-cmp/cmp"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

func TestWaiting(t *testing.T) {
	type args struct {
		listener *albv1alpha1.Listener
		lb       func(*albv1alpha1.LoadBalancer)
	}
	cases := map[string]struct {
		reason string
		args   args
		want   string
	}{
		"NoARN": {
			reason: "A load balancer that is not made yet has no ARN.",
			args:   args{http(), func(lb *albv1alpha1.LoadBalancer) { lb.Status.AtProvider.ARN = "" }},
			want:   `LoadBalancer "shop" has no ARN yet`,
		},
		"NoObject": {
			reason: "A reference may come before its object.",
			args:   args{http(func(p *params) { p.LoadBalancerRef.Name = "other" }), nil},
			want:   `LoadBalancer "other" is not there`,
		},
		"Certificate": {
			reason: "HTTPS cannot be had without its default certificate.",
			args:   args{http(func(p *params) { p.Protocol, p.CertificateRef = "HTTPS", &albv1alpha1.Reference{Name: "tls"} }), nil},
			want:   `Certificate "tls" is not there`,
		},
		"SNICertificate": {
			reason: "Nor without those for server names.",
			args:   args{https(func(p *params) { p.SniCertificateRefs = []albv1alpha1.Reference{{Name: "sni"}} }), nil},
			want:   `Certificate "sni" is not there`,
		},
		"TrustStore": {
			reason: "A trust store must be there before its listener.",
			args: args{https(func(p *params) {
				p.MutualAuthentication = &albv1alpha1.MutualAuthentication{Mode: "verify", TrustStoreRef: &albv1alpha1.Reference{Name: "clients"}}
			}), nil},
			want: `TrustStore "clients" is not there`,
		},
		"TargetGroup": {
			reason: "A default action may forward to a target group.",
			args: args{http(func(p *params) {
				p.DefaultActions = []albv1alpha1.Action{{Type: albv1alpha1.ActionForward, ForwardConfig: &albv1alpha1.ForwardActionConfig{
					TargetGroups: []albv1alpha1.TargetGroupTuple{{TargetGroupRef: &albv1alpha1.Reference{Name: "web"}}},
				}}}
			}), nil},
			want: `TargetGroup "web" is not there`,
		},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			b := newBench(t, tc.args.listener)
			if tc.args.lb != nil {
				tc.args.lb(b.lb)
				rig.SetStatus(b.Rig, b.lb)
			}
			mg := b.listeners.Settle(name)
			if got, want := rig.Ready(mg), "Creating: "+tc.want; got != want {
				t.Errorf("%s\nReady %q, want %q", tc.reason, got, want)
			}
			if calls := b.sim.Calls(); len(calls) != 0 {
				t.Errorf("%s\nAWS was asked: %v", tc.reason, calls)
			}
		})
	}
}

func TestWokenByItsLoadBalancer(t *testing.T) {
	b := newBench(t, http())
	names := b.listeners.Woken(b.lb)
	if len(names) != 1 || names[0].Name != name {
		t.Errorf("a change of the LoadBalancer wakes %v, want %s", names, name)
	}
}

func TestDelete(t *testing.T) {
	t.Run("Alone", func(t *testing.T) {
		b := newBench(t, http())
		b.listeners.Settle(name)
		b.writes()
		b.listeners.Delete(name)
		b.listeners.Settle(name)
		if diff := cmp.Diff(map[string]int{"elbv2.DeleteListener": 1}, b.writes()); diff != "" {
			t.Errorf("writes: -want, +got:\n%s", diff)
		}
		if left := b.listeners.Get(name); left.GetName() != "" || len(b.inAWS()) != 0 {
			t.Errorf("object %q is left, and %d listeners in AWS", left.GetName(), len(b.inAWS()))
		}
	})
	t.Run("AfterTheObjectOfItsLoadBalancer", func(t *testing.T) {
		b := newBench(t, http())
		b.listeners.Settle(name)
		rig.Must(b.Rig, b.Kube.Delete(t.Context(), b.lb))
		b.writes()
		b.listeners.Delete(name)
		b.listeners.Settle(name)
		if diff := cmp.Diff(map[string]int{"elbv2.DeleteListener": 1}, b.writes()); diff != "" {
			t.Errorf("the load balancer lives on, and its listener must go: -want, +got:\n%s", diff)
		}
		if left := b.listeners.Get(name); left.GetName() != "" {
			t.Errorf("the object is left: Ready %q, Synced %q", rig.Ready(left), rig.Synced(left))
		}
	})
	t.Run("AfterItsLoadBalancer", func(t *testing.T) {
		b := newBench(t, http())
		mg := b.listeners.Settle(name)
		account, err := b.Accounts.For(t.Context(), mg)
		rig.Must(b.Rig, err)
		rig.Must(b.Rig, account.ELB.DeleteLoadBalancer(t.Context(), &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: &b.lb.Status.AtProvider.ARN}))
		rig.Must(b.Rig, b.Kube.Delete(t.Context(), b.lb))
		b.sim.ResetCalls()
		b.listeners.Delete(name)
		b.listeners.Settle(name)
		if left := b.listeners.Get(name); left.GetName() != "" {
			t.Errorf("the object is left: Ready %q, Synced %q", rig.Ready(left), rig.Synced(left))
		}
		if calls := b.sim.Calls(); len(calls) != 0 {
			t.Errorf("AWS was asked for what went with its load balancer: %v", calls)
		}
	})
}

func TestLiveListenerOfADyingLoadBalancerWaits(t *testing.T) {
	b := newBench(t, http())
	b.listeners.Settle(name)
	b.lb.SetFinalizers([]string{"finalizer.managedresource.crossplane.io"})
	rig.Must(b.Rig, b.Kube.Update(t.Context(), b.lb))
	rig.Must(b.Rig, b.Kube.Delete(t.Context(), b.lb))
	b.sim.ResetCalls()
	mg := b.listeners.Settle(name)
	if got, want := rig.Ready(mg), `Creating: LoadBalancer "shop" is being deleted`; got != want {
		t.Errorf("Ready %q, want %q", got, want)
	}
	if calls := b.sim.Calls(); len(calls) != 0 {
		t.Errorf("AWS was asked: %v", calls)
	}
}
