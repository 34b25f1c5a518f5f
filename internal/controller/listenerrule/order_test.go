package listenerrule_test

import (
	"strings"
	"sync"
	"testing"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

func TestSwap(t *testing.T) {
	b := newBench(t, rule("one", 1000), rule("two", 2000))
	one, two := b.rules.Settle("one").Status.AtProvider.ARN, b.rules.Settle("two").Status.AtProvider.ARN
	b.rules.Change("one", func(mg *albv1alpha1.ListenerRule) { mg.Spec.ForProvider.Priority = 2000 })
	b.rules.Change("two", func(mg *albv1alpha1.ListenerRule) { mg.Spec.ForProvider.Priority = 1000 })
	b.writes()

	// Whichever comes first takes the other along.
	b.rules.Settle("one")
	b.rules.Settle("two")
	if diff := cmp.Diff(map[string]int{"elbv2.SetRulePriorities": 1}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{one: 2000, two: 1000}, b.priorities()); diff != "" {
		t.Errorf("priorities in AWS: -want, +got:\n%s", diff)
	}
}

func TestRenumbering(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e"}
	b := newBench(t)
	for i, n := range names {
		rig.Must(b.Rig, b.Kube.Create(t.Context(), rule(n, int32(i+1))))
		b.rules.Settle(n)
	}
	for i, n := range names {
		b.rules.Change(n, func(mg *albv1alpha1.ListenerRule) { mg.Spec.ForProvider.Priority = int32(i + 2) })
	}
	b.writes()
	var all sync.WaitGroup
	for _, n := range names {
		all.Go(func() { b.rules.Once(n) })
	}
	all.Wait()
	for _, n := range names {
		if s := rig.Synced(b.rules.Get(n)); s != "ReconcileSuccess" {
			t.Errorf("rule %s: Synced %q", n, s)
		}
	}
	if diff := cmp.Diff(map[string]int{"elbv2.SetRulePriorities": 1}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
	for i, n := range names {
		if p := b.rules.Settle(n).Status.AtProvider.Priority; p != int32(i+2) {
			t.Errorf("rule %s has priority %d, want %d", n, p, i+2)
		}
	}
	if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
		t.Errorf("writes after the renumbering: -want, +got:\n%s", diff)
	}
}

func TestPriorityIsHeld(t *testing.T) {
	t.Run("ByOurOwnAtCreation", func(t *testing.T) {
		b := newBench(t, rule("one", 1000), rule("two", 1000))
		b.rules.Settle("one")
		b.writes()
		mg, result := b.rules.Once("two")
		if s := rig.Synced(mg); !strings.Contains(s, `priority 1000 is still held by ListenerRule "one"`) {
			t.Errorf("Synced %q does not name the holder", s)
		}
		if result.RequeueAfter.Minutes() >= 1 {
			t.Errorf("tried again after %s: this passes by itself", result.RequeueAfter)
		}
		if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
			t.Errorf("AWS was asked for what it must refuse: -want, +got:\n%s", diff)
		}
		b.rules.Change("one", func(mg *albv1alpha1.ListenerRule) { mg.Spec.ForProvider.Priority = 900 })
		b.rules.Settle("one")
		if s := rig.Synced(b.rules.Settle("two")); s != "ReconcileSuccess" || len(b.inAWS()) != 2 {
			t.Errorf("once the holder has moved: Synced %q, %d rules", s, len(b.inAWS()))
		}
	})
	t.Run("ByAStrangerAtCreation", func(t *testing.T) {
		b := newBench(t, rule(name, 1000))
		arn := b.stranger(1000)
		b.writes()
		mg, result := b.rules.Once(name)
		if s := rig.Synced(mg); !strings.Contains(s, "priority 1000 is held by rule "+arn) {
			t.Errorf("Synced %q does not name the holder", s)
		}
		if result.RequeueAfter.Minutes() < 1 {
			t.Errorf("tried again after %s, want minutes: only a user can put it right", result.RequeueAfter)
		}
		if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
			t.Errorf("a stranger was touched: -want, +got:\n%s", diff)
		}
	})
	t.Run("ByAStrangerWhenMoving", func(t *testing.T) {
		b := newBench(t, rule("one", 1000), rule("two", 2000))
		b.rules.Settle("one")
		b.rules.Settle("two")
		arn := b.stranger(3000)
		b.rules.Change("one", func(mg *albv1alpha1.ListenerRule) { mg.Spec.ForProvider.Priority = 3000 })
		b.rules.Change("two", func(mg *albv1alpha1.ListenerRule) { mg.Spec.ForProvider.Priority = 1500 })
		mg, _ := b.rules.Once("one")
		if s := rig.Synced(mg); !strings.Contains(s, "priority 3000 is held by rule "+arn) {
			t.Errorf("Synced %q does not name the holder", s)
		}
		if mg := b.rules.Settle("two"); mg.Status.AtProvider.Priority != 1500 {
			t.Errorf("the other rule has priority %d, want 1500: one that cannot move holds up no other; Synced %q", mg.Status.AtProvider.Priority, rig.Synced(mg))
		}
	})
}

func TestMakeBeforeBreak(t *testing.T) {
	waits := `TargetGroupBinding "api" has not registered the targets of TargetGroup "api" yet`
	t.Run("BeforeCreation", func(t *testing.T) {
		b := newBench(t, rule(name, 1000, func(p *params) { p.Actions = []albv1alpha1.Action{forward("api")} }), binding("api", xpv2.Creating()))
		mg := b.rules.Settle(name)
		if got := rig.Ready(mg); got != "Creating: "+waits {
			t.Errorf("Ready %q, want %q", got, "Creating: "+waits)
		}
		if calls := b.sim.Calls(); len(calls) != 0 {
			t.Errorf("AWS was asked: %v", calls)
		}
		bound := binding("api", xpv2.Available())
		if names := b.rules.Woken(bound); len(names) != 1 || names[0].Name != name {
			t.Errorf("the binding wakes %v, want %s", names, name)
		}
		rig.SetStatus(b.Rig, withVersion(b, bound))
		if got := rig.Ready(b.rules.Settle(name)); got != "Available" {
			t.Errorf("Ready %q once the targets are registered", got)
		}
	})
	t.Run("BeforeTheBindingIsThere", func(t *testing.T) {
		mg := rule(name, 1000, func(p *params) { p.Actions = []albv1alpha1.Action{forward("api")} })
		mg.Labels = map[string]string{albv1alpha1.LabelGatewayName: "shop"}
		b := newBench(t, mg)
		if got, want := rig.Ready(b.rules.Settle(name)), `Creating: TargetGroup "api" has no TargetGroupBinding yet`; got != want {
			t.Errorf("Ready %q, want %q", got, want)
		}
		if calls := b.sim.Calls(); len(calls) != 0 {
			t.Errorf("AWS was asked: %v", calls)
		}
	})
	t.Run("BeforeANewTargetGroup", func(t *testing.T) {
		b := newBench(t, rule(name, 1000), binding("web", xpv2.Available()), binding("api", xpv2.Creating()))
		b.rules.Settle(name)
		b.rules.Change(name, func(mg *albv1alpha1.ListenerRule) {
			mg.Spec.ForProvider.Actions = []albv1alpha1.Action{forward("web", "api")}
		})
		b.sim.ResetCalls()
		mg := b.rules.Settle(name)
		if got := rig.Ready(mg); got != "Creating: "+waits {
			t.Errorf("Ready %q, want %q", got, "Creating: "+waits)
		}
		if calls := b.sim.Calls(); len(calls) != 0 {
			t.Errorf("AWS was asked: %v", calls)
		}
		rig.SetStatus(b.Rig, withVersion(b, binding("api", xpv2.Available())))
		b.rules.Settle(name)
		if diff := cmp.Diff(map[string]int{"elbv2.ModifyRule": 1}, b.writes()); diff != "" {
			t.Errorf("writes: -want, +got:\n%s", diff)
		}
	})
	t.Run("NotForWhatItHasAlready", func(t *testing.T) {
		b := newBench(t, rule(name, 1000), binding("web", xpv2.Available()))
		b.rules.Settle(name)
		rig.SetStatus(b.Rig, withVersion(b, binding("web", xpv2.Unavailable())))
		b.rules.Change(name, func(mg *albv1alpha1.ListenerRule) { mg.Spec.ForProvider.Conditions[1] = path("/basket") })
		if got := rig.Ready(b.rules.Settle(name)); got != "Available" {
			t.Errorf("Ready %q: requests go to that target group in any case", got)
		}
	})
}

// withVersion of what is stored, so that it can be written over it.
func withVersion(b *bench, o *albv1alpha1.TargetGroupBinding) *albv1alpha1.TargetGroupBinding {
	b.Helper()
	stored := &albv1alpha1.TargetGroupBinding{}
	rig.Must(b.Rig, b.Kube.Get(b.Context(), client.ObjectKeyFromObject(o), stored))
	stored.Status = o.Status
	return stored
}

func TestWaiting(t *testing.T) {
	cases := map[string]struct {
		reason string
		rule   *albv1alpha1.ListenerRule
		change func(*bench)
		want   string
	}{
		"ListenerWithoutARN": {
			reason: "A listener that is not made yet has no ARN.",
			rule:   rule(name, 1000),
			change: func(b *bench) {
				b.listener.Status.AtProvider.ARN = ""
				rig.SetStatus(b.Rig, b.listener)
			},
			want: `Listener "shop-80" has no ARN yet`,
		},
		"NoListener": {
			reason: "A reference may come before its object.",
			rule:   rule(name, 1000, func(p *params) { p.ListenerRef.Name = "other" }),
			want:   `Listener "other" is not there`,
		},
		"TargetGroupWithoutARN": {
			reason: "So may a target group.",
			rule:   rule(name, 1000),
			change: func(b *bench) {
				b.web.Status.AtProvider.ARN = ""
				rig.SetStatus(b.Rig, b.web)
			},
			want: `TargetGroup "web" has no ARN yet`,
		},
		"DyingTargetGroup": {
			reason: "A target group on its way out is not brought in.",
			rule:   rule(name, 1000),
			change: func(b *bench) {
				b.web.SetFinalizers([]string{"finalizer.managedresource.crossplane.io"})
				rig.Must(b.Rig, b.Kube.Update(b.Context(), b.web))
				rig.Must(b.Rig, b.Kube.Delete(b.Context(), b.web))
			},
			want: `TargetGroup "web" is being deleted`,
		},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			b := newBench(t, tc.rule)
			if tc.change != nil {
				tc.change(b)
			}
			mg := b.rules.Settle(name)
			if got := rig.Ready(mg); got != "Creating: "+tc.want {
				t.Errorf("%s\nReady %q, want %q", tc.reason, got, "Creating: "+tc.want)
			}
			if calls := b.sim.Calls(); len(calls) != 0 {
				t.Errorf("%s\nAWS was asked: %v", tc.reason, calls)
			}
		})
	}
}
