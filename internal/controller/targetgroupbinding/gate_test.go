package targetgroupbinding

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

const podAddress = "10.64.0.21"

// reachable are the targets that answer health checks.
type reachable struct {
	at string

	mu sync.Mutex
	up map[string]bool
}

func newReachable(t *testing.T) *reachable {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: time.Second}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() {
		_ = server.Close()
		serving.Wait()
	})
	return &reachable{at: l.Addr().String(), up: map[string]bool{}}
}

func (r *reachable) dial(ctx context.Context, network, address string) (net.Conn, error) {
	r.mu.Lock()
	up := r.up[address]
	r.mu.Unlock()
	if !up {
		return nil, &net.OpError{Op: "dial", Net: network, Err: net.UnknownNetworkError(address)}
	}
	return (&net.Dialer{}).DialContext(ctx, network, r.at)
}

func (r *reachable) answers(address string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.up[address] = true
}

// statuses counts what is written to pods.
type statuses struct {
	Kube   client.Client
	writes int
}

func (s *statuses) Patch(ctx context.Context, o client.Object, patch client.Patch, opts ...client.SubResourcePatchOption) error {
	s.writes++
	return s.Kube.Status().Patch(ctx, o, patch, opts...)
}

// gatedPod with containers that are ready, and further gates.
func gatedPod(gates ...string) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: rig.Namespace, Name: "web-0", UID: "web-0"},
		Status: corev1.PodStatus{
			PodIPs:     []corev1.PodIP{{IP: podAddress}},
			Conditions: []corev1.PodCondition{{Type: corev1.ContainersReady, Status: corev1.ConditionTrue}},
		},
	}
	for _, g := range append(gates, string(gateOf("web"))) {
		p.Spec.ReadinessGates = append(p.Spec.ReadinessGates, corev1.PodReadinessGate{ConditionType: corev1.PodConditionType(g)})
	}
	return p
}

// gatedSlice has the pod, which is not ready.
func gatedSlice() *discoveryv1.EndpointSlice {
	s := pods()
	e := endpoint(podAddress, notReady)
	e.TargetRef = &corev1.ObjectReference{Kind: "Pod", Namespace: rig.Namespace, Name: "web-0", UID: "web-0"}
	s.Endpoints = []discoveryv1.Endpoint{e}
	return s
}

// serve the target group, from when on its targets are checked.
func (b *bench) serve(arn string) {
	b.Helper()
	lb := rig.Value(b.ELB.CreateLoadBalancer(b.Context(), &elbv2.CreateLoadBalancerInput{
		Name: new("web"), Subnets: []string{"subnet-0a64000000000000a", "subnet-0a64000000000000b"},
	}))(b.Rig)
	rig.Value(b.ELB.CreateListener(b.Context(), &elbv2.CreateListenerInput{
		LoadBalancerArn: lb.LoadBalancers[0].LoadBalancerArn, Port: new(int32(80)), Protocol: elbtypes.ProtocolEnumHttp,
		DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: &arn}},
	}))(b.Rig)
}

// gate's condition, as "Status Reason: message".
func (b *bench) gate() string {
	b.Helper()
	pod := &corev1.Pod{}
	rig.Must(b.Rig, b.Kube.Get(b.Context(), types.NamespacedName{Namespace: rig.Namespace, Name: "web-0"}, pod))
	c := conditionOf(pod, gateOf("web"))
	if c == nil {
		return ""
	}
	if c.LastTransitionTime.IsZero() {
		b.Error("the condition has no time of its last transition")
	}
	return strings.TrimSuffix(string(c.Status)+" "+c.Reason+": "+c.Message, ": ")
}

// until reconciles, as polls do, until the gate is as wanted.
func (b *bench) until(want string) {
	b.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for b.gate() != want {
		if time.Now().After(deadline) {
			b.Fatalf("gate %q, want %q", b.gate(), want)
		}
		b.clock.advance(unsettled)
		b.bindings.Once(bindingName)
	}
}

func TestReadinessGate(t *testing.T) {
	b := newBench(t, typeIP, service(), gatedPod(), gatedSlice())
	arn := b.group.Status.AtProvider.ARN
	b.serve(arn)
	b.bindings.Settle(bindingName)
	if diff := cmp.Diff([]string{podAddress + ":8080"}, b.inAWS(arn)); diff != "" {
		t.Fatalf("a pod that waits for us alone has to be registered: -want, +got:\n%s", diff)
	}
	if g := b.gate(); g != "" {
		t.Errorf("gate %q before AWS was asked", g)
	}
	b.until("False TargetNotHealthy: target 10.64.0.21 of TargetGroupBinding shop/" + bindingName + " is unhealthy (Target.FailedHealthChecks)")
	b.answers(podAddress + ":8080")
	b.until("True TargetHealthy")

	before := b.pods.writes
	b.settle()
	b.settle()
	if b.pods.writes != before {
		t.Errorf("%d writes to the pod when nothing changed", b.pods.writes-before)
	}
}

func TestReadinessGateOfNodes(t *testing.T) {
	b := newBench(t, typeInstance, service(), nodeObject("a", nodeA), gatedPod(), gatedSlice())
	b.serve(b.group.Status.AtProvider.ARN)
	b.until("True NodesAreTargets: nodes are registered as targets, not pods")
}

func TestReadinessGateOfUnusedGroup(t *testing.T) {
	b := newBench(t, typeIP, service(), gatedPod(), gatedSlice())
	b.until("True TargetHealthy")
}

func TestReadinessGateHeldByOthers(t *testing.T) {
	cases := map[string]struct {
		reason string
		pod    func(*corev1.Pod)
	}{
		"OtherGate":       {reason: "Another's gate is not ours to open.", pod: func(p *corev1.Pod) { *p = *gatedPod("example.com/warm") }},
		"ContainersStart": {reason: "Containers come first.", pod: func(p *corev1.Pod) { p.Status.Conditions = nil }},
		"OtherService":    {reason: "Another Service's gate is for its binding.", pod: func(p *corev1.Pod) { p.Spec.ReadinessGates[0].ConditionType = gateOf("other") }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			pod := gatedPod()
			tc.pod(pod)
			b := newBench(t, typeIP, service(), pod, gatedSlice())
			b.settle()
			b.bindings.Once(bindingName)
			if got := b.inAWS(b.group.Status.AtProvider.ARN); len(got) != 0 || b.pods.writes != 0 {
				t.Errorf("%s\n%v is registered, %d writes to the pod", tc.reason, got, b.pods.writes)
			}
		})
	}
}

// A pod behind two target groups is ready when both send it requests, whichever is the last to say so.
func TestReadinessGateOfTwoGroups(t *testing.T) {
	const second = "shop-web-80-9876543210"
	b := newBench(t, typeIP, service(), gatedPod(), gatedSlice())
	other := b.makeGroup("other", typeIP)
	b.serve(other)
	mg := b.bindings.Get(bindingName).DeepCopy()
	mg.ObjectMeta = rig.Meta(second)
	mg.Spec.ForProvider.TargetGroupRef, mg.Spec.ForProvider.TargetGroupArn = nil, &other
	mg.Status = albv1alpha1.TargetGroupBindingStatus{}
	rig.Must(b.Rig, b.Kube.Create(t.Context(), mg))
	b.bindings.Settle(second)
	b.settle()
	b.settle()
	if g := b.gate(); strings.HasPrefix(g, "True") {
		t.Fatalf("gate %q, but nobody knows of the other target group", g)
	}
	b.answers(podAddress + ":8080")
	deadline := time.Now().Add(5 * time.Second)
	for b.gate() != "True TargetHealthy" {
		if time.Now().After(deadline) {
			t.Fatalf("gate %q", b.gate())
		}
		b.clock.advance(unsettled)
		b.bindings.Once(second)
	}
}
