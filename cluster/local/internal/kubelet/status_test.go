package kubelet

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const gate = "target-health.elbv2.k8s.aws/echo"

func gated(conditions ...corev1.PodCondition) *corev1.Pod {
	return &corev1.Pod{
		Spec: corev1.PodSpec{
			Containers:     []corev1.Container{{Name: "echo", Image: "echo-basic"}},
			ReadinessGates: []corev1.PodReadinessGate{{ConditionType: gate}},
		},
		Status: corev1.PodStatus{Conditions: conditions},
	}
}

func TestRunningStatusReady(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   *corev1.Pod
		want   map[corev1.PodConditionType]corev1.ConditionStatus
	}{
		"NoGate": {
			reason: "a pod without readiness gates is ready when its containers are",
			args:   &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "echo"}}}},
			want:   map[corev1.PodConditionType]corev1.ConditionStatus{corev1.ContainersReady: "True", corev1.PodReady: "True"},
		},
		"GateUnset": {
			reason: "a condition that nobody has set is not True",
			args:   gated(),
			want:   map[corev1.PodConditionType]corev1.ConditionStatus{corev1.ContainersReady: "True", corev1.PodReady: "False"},
		},
		"GateFalse": {
			reason: "the owner of the gate says not yet",
			args:   gated(corev1.PodCondition{Type: gate, Status: corev1.ConditionFalse}),
			want:   map[corev1.PodConditionType]corev1.ConditionStatus{corev1.ContainersReady: "True", corev1.PodReady: "False", gate: "False"},
		},
		"GateTrue": {
			reason: "all gates True: ready; the condition of the gate is kept",
			args:   gated(corev1.PodCondition{Type: gate, Status: corev1.ConditionTrue}),
			want:   map[corev1.PodConditionType]corev1.ConditionStatus{corev1.ContainersReady: "True", corev1.PodReady: "True", gate: "True"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := runningStatus(tc.args, &sandbox{ip: netip.MustParseAddr("10.64.16.4"), hostIP: "10.64.0.11", started: time.Now()})
			got := map[corev1.PodConditionType]corev1.ConditionStatus{}
			for _, c := range s.Conditions {
				got[c.Type] = c.Status
			}
			for _, always := range []corev1.PodConditionType{corev1.PodScheduled, corev1.PodInitialized, corev1.PodReadyToStartContainers} {
				tc.want[always] = corev1.ConditionTrue
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nrunningStatus(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// A status that is computed again from its own result must not differ, or the kubelet would write for ever.
func TestRunningStatusSettles(t *testing.T) {
	pod := gated()
	pod.Spec.InitContainers = []corev1.Container{{Name: "init"}, {Name: "sidecar", RestartPolicy: new(corev1.ContainerRestartPolicyAlways)}}
	box := &sandbox{ip: netip.MustParseAddr("10.64.16.4"), hostIP: "10.64.0.11", started: time.Now()}
	first := runningStatus(pod, box)
	pod.Status = first
	if diff := cmp.Diff(first, runningStatus(pod, box)); diff != "" {
		t.Errorf("runningStatus(...): -first, +second:\n%s", diff)
	}
	got := map[string]bool{}
	for _, c := range first.InitContainerStatuses {
		got[c.Name+" runs"] = c.State.Running != nil
		got[c.Name+" ended"] = c.State.Terminated != nil
	}
	want := map[string]bool{"init runs": false, "init ended": true, "sidecar runs": true, "sidecar ended": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("runningStatus(...): -want, +got:\n%s", diff)
	}
}

func TestSetConditionTime(t *testing.T) {
	long := metav1.NewTime(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	cases := map[string]struct {
		reason string
		args   corev1.ConditionStatus
		want   bool // the time of the last transition stays
	}{
		"Same":    {reason: "no transition", args: corev1.ConditionTrue, want: true},
		"Changed": {reason: "a transition", args: corev1.ConditionFalse, want: false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := corev1.PodStatus{Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: long}}}
			setCondition(&s, corev1.PodCondition{Type: corev1.PodReady, Status: tc.args})
			if diff := cmp.Diff(tc.want, s.Conditions[0].LastTransitionTime.Equal(&long)); diff != "" {
				t.Errorf("\n%s\nsetCondition(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFits(t *testing.T) {
	node := func(change func(*corev1.Node)) *corev1.Node {
		n := &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: "node-a", Labels: map[string]string{"topology.kubernetes.io/zone": "us-east-1a"}},
			Status:     corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}},
		}
		change(n)
		return n
	}
	type args struct {
		selector map[string]string
		node     *corev1.Node
	}
	cases := map[string]struct {
		reason string
		args   args
		want   bool
	}{
		"Any":          {reason: "a pod that asks for nothing goes anywhere", args: args{node: node(func(*corev1.Node) {})}, want: true},
		"Selected":     {reason: "the selector matches", args: args{map[string]string{"topology.kubernetes.io/zone": "us-east-1a"}, node(func(*corev1.Node) {})}, want: true},
		"NotSelected":  {reason: "the selector does not match", args: args{map[string]string{"topology.kubernetes.io/zone": "us-east-1b"}, node(func(*corev1.Node) {})}},
		"Cordoned":     {reason: "kubectl cordon", args: args{node: node(func(n *corev1.Node) { n.Spec.Unschedulable = true })}},
		"NotReady":     {reason: "a node that is not ready", args: args{node: node(func(n *corev1.Node) { n.Status.Conditions = nil })}},
		"BeingDeleted": {reason: "a node on its way out", args: args{node: node(func(n *corev1.Node) { n.DeletionTimestamp = new(metav1.Now()) })}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := fits(&corev1.Pod{Spec: corev1.PodSpec{NodeSelector: tc.args.selector}}, tc.args.node)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nfits(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
