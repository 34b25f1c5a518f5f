package drive

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

type question = func(context.Context, client.Reader, *v1alpha1.SecurityGroup) (string, error)

func says(reason string) question {
	return func(context.Context, client.Reader, *v1alpha1.SecurityGroup) (string, error) { return reason, nil }
}

const arnless = "Waiting for LoadBalancer shop, which has no ARN yet"

func TestGate(t *testing.T) {
	type want struct {
		conditions []string
		calls      map[string]int
		writes     map[string]int
		result     reconcile.Result
	}
	cases := map[string]struct {
		reason  string
		object  *v1alpha1.SecurityGroup
		waiting question
		holding question
		want    want
	}{
		"Waiting": {
			reason:  "who waits is told so, and AWS is not asked",
			object:  group(),
			waiting: says(arnless),
			want: want{
				conditions: []string{"Synced=True ReconcileSuccess", "Ready=False Creating: " + arnless},
				writes:     map[string]int{"status": 1},
			},
		},
		"WaitingWhileDeleted": {
			reason:  "what is deleted waits for nothing that it would be made with",
			object:  group(deleting),
			waiting: says(arnless),
			want:    want{conditions: nil, calls: map[string]int{"connect": 1, "observe": 1}, writes: map[string]int{"object": 1}},
		},
		"Holding": {
			reason:  "what is in use stays, without a call that AWS would refuse",
			object:  group(deleting),
			holding: says("In use by LoadBalancer shop"),
			want: want{
				conditions: []string{"Synced=True ReconcileSuccess", "Ready=False Deleting: In use by LoadBalancer shop"},
				writes:     map[string]int{"status": 1},
			},
		},
		"HoldingWhileAlive": {
			reason:  "what lives may be in use",
			object:  group(func(mg *v1alpha1.SecurityGroup) { mg.SetFinalizers([]string{managed.FinalizerName}) }),
			holding: says("In use by LoadBalancer shop"),
			want: want{
				calls:  map[string]int{"connect": 1, "observe": 1, "create": 1},
				writes: map[string]int{"object": 2},
				result: reconcile.Result{RequeueAfter: createdRetry},
			},
		},
		"HoldingOrphan": {
			reason: "an object whose deletion leaves AWS alone may go whoever uses the resource",
			object: group(deleting, policies(xpv2.ManagementActionObserve, xpv2.ManagementActionCreate, xpv2.ManagementActionUpdate)),

			holding: says("In use by LoadBalancer shop"),
			want:    want{writes: map[string]int{"object": 1}},
		},
		"Paused": {
			reason: "a paused object is left alone, and said to be paused",
			object: group(func(mg *v1alpha1.SecurityGroup) {
				meta.AddAnnotations(mg, map[string]string{meta.AnnotationKeyReconciliationPaused: "true"})
			}),
			waiting: says(arnless),
			want: want{
				conditions: []string{"Synced=False ReconcilePaused"},
				writes:     map[string]int{"status": 1},
			},
		},
		"PausedByPolicy": {
			reason:  "no policy is a pause",
			object:  group(policies()),
			waiting: says(arnless),
			want: want{
				conditions: []string{"Synced=False ReconcilePaused"},
				writes:     map[string]int{"status": 1},
			},
		},
		"Absent": {reason: "an object that is gone needs nothing"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, tc.object).configure(func(k *Kind[*v1alpha1.SecurityGroup]) { k.Waiting, k.Holding = tc.waiting, tc.holding })
			got := want{result: w.reconcile()}
			got.calls, got.writes = w.seen()
			if mg := w.stored(); mg != nil {
				got.conditions = conditions(mg)
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmp.Transformer("empty", func(m map[string]int) map[string]int {
				if m == nil {
					return map[string]int{}
				}
				return m
			})); diff != "" {
				t.Errorf("\n%s\nReconcile(...): -want, +got:\n%s", tc.reason, diff)
			}
			if tc.want.result.RequeueAfter > 0 || w.stored() == nil {
				return
			}
			w.reconcile()
			if calls, writes := w.seen(); len(calls)+len(writes) > 0 {
				t.Errorf("\na second look changes nothing\nReconcile(...): calls %v, writes %v", calls, writes)
			}
		})
	}
}

func TestGateErrors(t *testing.T) {
	boom := errors.New("boom")
	w := newWorld(t, group()).configure(func(k *Kind[*v1alpha1.SecurityGroup]) {
		k.Waiting = func(context.Context, client.Reader, *v1alpha1.SecurityGroup) (string, error) { return "", boom }
	})
	if _, err := w.engine.Reconcile(t.Context(), reconcile.Request{NamespacedName: key}); !errors.Is(err, boom) {
		t.Errorf("\nan error of the API server is tried again by the controller\nReconcile(...): want %v, got %v", boom, err)
	}
}

func TestWhoWaitedGoesOn(t *testing.T) {
	arn := ""
	w := newWorld(t, group()).configure(func(k *Kind[*v1alpha1.SecurityGroup]) {
		k.Waiting = func(context.Context, client.Reader, *v1alpha1.SecurityGroup) (string, error) {
			if arn == "" {
				return arnless, nil
			}
			return "", nil
		}
	})
	w.reconcile()
	arn = "arn:lb"
	w.reconcile()
	if diff := cmp.Diff([]string{"Synced=True ReconcileSuccess", "Ready=False Creating"}, conditions(w.stored())); diff != "" {
		t.Errorf("\nwhat was made waits no more\nconditions: -want, +got:\n%s", diff)
	}
	w.reconcile()
	if diff := cmp.Diff([]string{"Synced=True ReconcileSuccess", "Ready=True Available"}, conditions(w.stored())); diff != "" {
		t.Errorf("\nwhat was waited for has come\nconditions: -want, +got:\n%s", diff)
	}
}

// What was just written is waited for, where the cache does not have it yet: nothing is done with what it replaced.
func TestCacheBehindOwnWrites(t *testing.T) {
	w := newWorld(t, group())
	old := w.stored()
	w.reconcile()
	w.seen()
	w.lag = old
	for _, want := range []time.Duration{again, 2 * again} {
		if r := w.reconcile(); r.RequeueAfter != want {
			t.Errorf("\nthe cache is waited for\nReconcile(...): want after %s, got %+v", want, r)
		}
	}
	if calls, writes := w.seen(); len(calls)+len(writes) > 0 {
		t.Errorf("\nnothing is done with an old object\ncalls %v, writes %v", calls, writes)
	}
	w.lag = nil
	w.reconcile()
	if diff := cmp.Diff([]string{"Synced=True ReconcileSuccess", "Ready=True Available"}, conditions(w.stored())); diff != "" {
		t.Errorf("\nonce the cache has it, it goes on\nconditions: -want, +got:\n%s", diff)
	}
}

func TestLifeOfAnObject(t *testing.T) {
	w := newWorld(t, group())
	if r := w.reconcile(); r.RequeueAfter != createdRetry {
		t.Errorf("\nwhat was made is looked at soon\nReconcile(...): got %+v", r)
	}
	r := w.reconcile()
	mg := w.stored()
	if diff := cmp.Diff([]string{"Synced=True ReconcileSuccess", "Ready=True Available"}, conditions(mg)); diff != "" {
		t.Errorf("\nafter the first look\nconditions: -want, +got:\n%s", diff)
	}
	if r.RequeueAfter <= 0 || r.RequeueAfter > defaultPoll+defaultPoll/20 || r.Priority == nil || *r.Priority != handler.LowPriority {
		t.Errorf("\na settled object is polled in its turn, after new work\nReconcile(...): got %+v", r)
	}
	if mg.Status.AtProvider.GroupID != "sg-1" || meta.GetExternalName(mg) != "sg-1" {
		t.Errorf("\nwhat was made is recorded\nobject: %+v", mg)
	}
	for _, c := range mg.Status.Conditions {
		if c.ObservedGeneration != 3 {
			t.Errorf("\neach condition says which generation it is of\n%s: want 3, got %d", c.Type, c.ObservedGeneration)
		}
	}
	calls, writes := w.seen()
	if diff := cmp.Diff(map[string]int{"object": 2, "status": 1}, writes); diff != "" {
		t.Errorf("\nfinalizer and pending, external name; available: 3 writes make an object\nwrites: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"connect": 2, "observe": 2, "create": 1}, calls); diff != "" {
		t.Errorf("\ncalls: -want, +got:\n%s", diff)
	}

	for range 3 {
		w.reconcile()
	}
	calls, writes = w.seen()
	if diff := cmp.Diff(map[string]int{"connect": 3, "observe": 3}, calls); diff != "" || len(writes) > 0 {
		t.Errorf("\na settled object is read, and nothing is written\nwrites %v, calls: -want, +got:\n%s", writes, diff)
	}

	if err := w.kube.Delete(t.Context(), mg); err != nil {
		t.Fatal(err)
	}
	if r := w.reconcile(); r.RequeueAfter != again {
		t.Errorf("\nwhat was deleted is looked at soon\nReconcile(...): got %+v", r)
	}
	if diff := cmp.Diff([]string{"Synced=True ReconcileSuccess", "Ready=False Deleting"}, conditions(w.stored())); diff != "" {
		t.Errorf("\nafter Delete\nconditions: -want, +got:\n%s", diff)
	}
	w.reconcile()
	if mg := w.stored(); mg != nil {
		t.Errorf("\nwhat is gone in AWS is gone here\nobject: %+v", mg)
	}
}

func TestConditionTimes(t *testing.T) {
	w := newWorld(t, group())
	w.exists, w.isAsDesired = true, true
	w.reconcile()
	long := metav1.NewTime(time.Now().Add(-time.Hour).Truncate(time.Second))
	mg := w.stored()
	for i := range mg.Status.Conditions {
		mg.Status.Conditions[i].LastTransitionTime = long
	}
	if err := w.kube.Status().Update(t.Context(), mg); err != nil {
		t.Fatal(err)
	}
	mg.SetGeneration(4)
	if err := w.kube.Update(t.Context(), mg); err != nil {
		t.Fatal(err)
	}
	w.reconcile()
	for _, c := range w.stored().Status.Conditions {
		if c.ObservedGeneration != 4 || !c.LastTransitionTime.Equal(&long) {
			t.Errorf("\na new generation is seen, and no status has changed\n%s: got generation %d since %s", c.Type, c.ObservedGeneration, c.LastTransitionTime)
		}
	}
	w.errs["observe"] = aws.Refuse("no")
	w.reconcile()
	mg = w.stored()
	if c := mg.GetCondition(xpv2.TypeSynced); c.Status != corev1.ConditionFalse || c.LastTransitionTime.Equal(&long) {
		t.Errorf("\na status that changes does so now\nSynced: got %+v", c)
	}
	if c := mg.GetCondition(xpv2.TypeReady); !c.LastTransitionTime.Equal(&long) {
		t.Errorf("\nand the other stays\nReady: got %+v", c)
	}
}

func TestAdoption(t *testing.T) {
	w := newWorld(t, group())
	w.exists, w.isAsDesired, w.adopts = true, true, true
	w.reconcile()
	mg := w.stored()
	if meta.GetExternalName(mg) != "sg-1" || mg.Status.AtProvider.GroupID != "sg-1" || mg.GetCondition(xpv2.TypeReady).Reason != xpv2.ReasonAvailable {
		t.Errorf("\na resource that was made and not recorded is recorded at the first look, status included\nobject: %+v", mg)
	}
	if calls, _ := w.seen(); calls["create"] > 0 {
		t.Errorf("\nand not made again\ncalls: %v", calls)
	}
}

func TestObserveOnly(t *testing.T) {
	cases := map[string]struct {
		reason string
		exists bool
		want   []string
	}{
		"Exists": {reason: "what is there is shown", exists: true, want: []string{"Synced=True ReconcileSuccess", "Ready=True Available"}},
		"Absent": {reason: "what is not there is an error", want: []string{"Synced=False ReconcileError: observe failed: external resource does not exist"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, group(policies(xpv2.ManagementActionObserve)))
			w.exists = tc.exists
			r := w.reconcile()
			if diff := cmp.Diff(tc.want, conditions(w.stored())); diff != "" {
				t.Errorf("\n%s\nconditions: -want, +got:\n%s", tc.reason, diff)
			}
			w.seen()
			w.reconcile()
			if calls, writes := w.seen(); calls["create"]+calls["update"] > 0 || len(writes) > 0 || r.RequeueAfter == 0 {
				t.Errorf("\n%s, and nothing is written\ncalls %v, writes %v, result %+v", tc.reason, calls, writes, r)
			}
		})
	}
}

func TestUpdateWithoutEndIsNoLoop(t *testing.T) {
	w := newWorld(t, group())
	w.exists = true
	if r := w.reconcile(); r.RequeueAfter != again {
		t.Errorf("\nan update is seen soon\nReconcile(...): got %+v", r)
	}
	w.reconcile()
	if diff := cmp.Diff([]string{"Synced=True ReconcileSuccess", "Ready=True Available"}, conditions(w.stored())); diff != "" {
		t.Errorf("\nconditions: -want, +got:\n%s", diff)
	}
	w.isAsDesired, w.stubborn = false, true
	if r := w.reconcile(); r.RequeueAfter != again {
		t.Errorf("\na later update is again seen soon\nReconcile(...): got %+v", r)
	}
	for range 3 {
		if r := w.reconcile(); r.RequeueAfter == again {
			t.Errorf("\nan update that does not help is not repeated before the next poll\nReconcile(...): got %+v", r)
		}
	}
}

func TestAnEventNamesWhatDiffered(t *testing.T) {
	w := newWorld(t, group())
	w.exists, w.diff = true, "tags, subnets"
	w.reconcile()
	w.reconcile()
	if !slices.Contains(w.events, "ChangedExternalResource: Changed in AWS: tags, subnets") {
		t.Errorf("\na change in AWS is told\nevents: %q", w.events)
	}
	n := len(w.events)
	w.reconcile()
	if len(w.events) != n {
		t.Errorf("\nand nothing else is\nevents: %q", w.events[n:])
	}
}
