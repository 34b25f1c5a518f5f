package drive

import (
	"fmt"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// backoff is how the runtime's reconciler asks for the controller's backoff.
var backoff = reconcile.Result{Requeue: true} //nolint:staticcheck // The runtime has nothing else.

func member(i int, gateway string) *v1alpha1.ListenerRule {
	return &v1alpha1.ListenerRule{ObjectMeta: metav1.ObjectMeta{
		Namespace: "shop", Name: fmt.Sprintf("rule-%d", i), Labels: map[string]string{v1alpha1.LabelGatewayName: gateway},
	}}
}

func TestObjectsOfOneLoadBalancerPollInPhase(t *testing.T) {
	const interval = 45 * time.Second
	now := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	turns := map[string]time.Duration{}
	for _, gateway := range []string{"web", "api"} {
		var soonest, latest time.Duration
		for i := range 100 {
			o := member(i, gateway)
			// Whenever it was reconciled last, its next turn but those within one interval is that of the others.
			for _, since := range []time.Duration{0, 7 * time.Second, 20 * time.Second} {
				wait := untilTurn(now.Add(since), o, interval)
				if wait <= 0 || wait > interval+interval/20 {
					t.Fatalf("\na poll is never later than an interval and a twentieth\nuntilTurn(...): got %s", wait)
				}
			}
			wait := untilTurn(now, o, interval)
			if i == 0 || wait < soonest {
				soonest = wait
			}
			latest = max(latest, wait)
		}
		if latest-soonest > interval/20 {
			t.Errorf("\nobjects of Gateway %s look at AWS within a twentieth of the interval, so that they share what is read\nuntilTurn(...): from %s to %s", gateway, soonest, latest)
		}
		turns[gateway] = soonest.Truncate(time.Second)
	}
	if turns["web"] == turns["api"] {
		t.Errorf("\nload balancers take turns\nuntilTurn(...): %v", turns)
	}
}

func TestPhase(t *testing.T) {
	owner := metav1.OwnerReference{Kind: "LoadBalancer", Name: "web", UID: "7", Controller: new(true)}
	cases := map[string]struct {
		reason string
		object metav1.ObjectMeta
		want   string
	}{
		"Gateway": {
			reason: "what was made for a Gateway belongs to its load balancer",
			object: metav1.ObjectMeta{Namespace: "shop", Name: "a", Labels: map[string]string{v1alpha1.LabelGatewayName: "web"}, OwnerReferences: []metav1.OwnerReference{owner}},
			want:   "shop/web",
		},
		"Owner": {
			reason: "else what has one owner",
			object: metav1.ObjectMeta{Namespace: "shop", Name: "a", OwnerReferences: []metav1.OwnerReference{owner}},
			want:   "7",
		},
		"Alone": {
			reason: "else it is on its own",
			object: metav1.ObjectMeta{Namespace: "shop", Name: "a"},
			want:   "shop/a",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, phase(&tc.object)); diff != "" {
				t.Errorf("\n%s\nphase(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestInUseIsTriedAgainSoonAndThenLessSoon(t *testing.T) {
	p := &pass{name: types.NamespacedName{Name: "a"}, failed: errors.Wrap(aws.ErrInUse, "cannot delete")}
	tr := newTries()
	var got []time.Duration
	for range 6 {
		got = append(got, tr.next(p, backoff).RequeueAfter)
	}
	want := []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 15 * time.Second, 15 * time.Second}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("\nnetwork interfaces linger for a minute or two\nnext(...): -want, +got:\n%s", diff)
	}
	tr.next(&pass{name: p.name}, reconcile.Result{})
	if r := tr.next(p, backoff); r.RequeueAfter != inUseRetry {
		t.Errorf("\na success forgets the tries\nnext(...): want %s, got %s", inUseRetry, r.RequeueAfter)
	}
}

func TestPollHook(t *testing.T) {
	cases := map[string]struct {
		reason string
		poll   func(*v1alpha1.ListenerRule) time.Duration
		want   time.Duration
	}{
		"Soon": {reason: "what has not settled is looked at when its kind says", poll: func(*v1alpha1.ListenerRule) time.Duration { return 2 * time.Second }, want: 2 * time.Second},
		"Late": {reason: "but never later than usual", poll: func(*v1alpha1.ListenerRule) time.Duration { return time.Hour }},
		"Zero": {reason: "zero is the usual time", poll: func(*v1alpha1.ListenerRule) time.Duration { return 0 }},
		"None": {reason: "no say is the usual time"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := pollHook(Kind[*v1alpha1.ListenerRule]{Poll: tc.poll})(member(1, "web"), defaultPoll)
			if tc.want > 0 && got != tc.want || got > defaultPoll+defaultPoll/20 {
				t.Errorf("\n%s\npollHook(...): got %s", tc.reason, got)
			}
		})
	}
}
