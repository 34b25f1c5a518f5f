package targetgroupbinding

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

func TestRegister(t *testing.T) {
	local := func(svc *corev1.Service) { svc.Spec.ExternalTrafficPolicy = corev1.ServiceExternalTrafficPolicyLocal }
	onNodeB := func() client.Object {
		s := pods("10.64.0.21")
		s.Endpoints[0].NodeName = new("b")
		return s
	}
	cases := map[string]struct {
		reason     string
		targetType elbtypes.TargetTypeEnum
		objects    []client.Object
		want       []string // in AWS
		ready      string
	}{
		"Pods": {
			reason: "Ready endpoints are registered at the port of their pods.", targetType: typeIP,
			objects: []client.Object{service(), pods("10.64.0.21", "10.64.64.22")},
			want:    []string{"10.64.0.21:8080", "10.64.64.22:8080"}, ready: "Available",
		},
		"PodsOutsideTheVPC": {
			reason: "TargetDescription: an address outside the VPC needs the Availability Zone all.", targetType: typeIP,
			objects: []client.Object{service(), pods("10.64.0.21", "10.1.0.5")},
			want:    []string{"10.1.0.5:8080 all", "10.64.0.21:8080"}, ready: "Available",
		},
		"Nodes": {
			reason: "Nodes are registered at the node port, whether they have a pod or not.", targetType: typeInstance,
			objects: []client.Object{service(), nodeObject("a", nodeA), nodeObject("b", nodeB), pods("10.64.0.21")},
			want:    []string{nodeA + ":30080", nodeB + ":30080"}, ready: "Available",
		},
		"NodesWithPods": {
			reason: "Under externalTrafficPolicy Local, only nodes with a ready pod answer.", targetType: typeInstance,
			objects: []client.Object{service(local), nodeObject("a", nodeA), nodeObject("b", nodeB), onNodeB()},
			want:    []string{nodeB + ":30080"}, ready: "Available",
		},
		"NodeThatIsNoInstance": {
			reason: "A node that cannot be registered is told of, and the others are registered.", targetType: typeInstance,
			objects: []client.Object{service(), nodeObject("a", nodeA), new(node("b", "kind://docker/kind/b"))},
			want:    []string{nodeA + ":30080"},
			ready:   "Available: not registered, as spec.providerID is not that of an EC2 instance: Node b; use target type ip",
		},
		"NoEndpoints": {
			reason: "A Service without ready endpoints is a fact, and not a fault.", targetType: typeIP,
			objects: []client.Object{service()},
			ready:   `Available: Service "shop/web" has no ready IPv4 endpoints for port http (80)`,
		},
		"NoService": {
			reason: "Nothing can be registered for a Service that is not there.", targetType: typeIP,
			ready: `Available: Service "shop/web" is not there, so there is nothing to register`,
		},
		"NoSuchPort": {
			reason: "A UDP port of the same number is another port.", targetType: typeIP,
			objects: []client.Object{service(func(svc *corev1.Service) {
				svc.Spec.Ports = []corev1.ServicePort{{Name: "quic", Port: 80, Protocol: corev1.ProtocolUDP}}
			})},
			ready: `Available: Service "shop/web" has no TCP port "80", so there is nothing to register`,
		},
		"NoNodePort": {
			reason: "A ClusterIP Service cannot be reached through nodes.", targetType: typeInstance,
			objects: []client.Object{service(func(svc *corev1.Service) { svc.Spec.Ports[1].NodePort = 0 }), nodeObject("a", nodeA)},
			ready:   `Available: Service "shop/web" has no node port for port http (80); make it type NodePort or use target type ip`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, tc.targetType, tc.objects...)
			mg := b.settle()
			calls := b.writes()
			if want := min(len(tc.want), 1); calls["elbv2.RegisterTargets"] != want || len(calls) != want {
				t.Errorf("%s\nwrites %v, want %d RegisterTargets", tc.reason, calls, want)
			}
			if diff := cmp.Diff(tc.want, b.inAWS(b.group.Status.AtProvider.ARN)); diff != "" {
				t.Errorf("%s\ntargets in AWS: -want, +got:\n%s", tc.reason, diff)
			}
			at := mg.Status.AtProvider
			if at.TargetGroupARN != b.group.Status.AtProvider.ARN || int(at.Targets) != len(tc.want) || len(at.Registered) != len(tc.want) {
				t.Errorf("%s\nstatus %+v", tc.reason, at)
			}
			if r, s := rig.Ready(mg), rig.Synced(mg); r != tc.ready || s != "ReconcileSuccess" {
				t.Errorf("%s\nReady %q, want %q; Synced %q", tc.reason, r, tc.ready, s)
			}
			before := mg.GetResourceVersion()
			b.sim.ResetCalls()
			b.bindings.Once(bindingName)
			again, _ := b.bindings.Once(bindingName)
			if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
				t.Errorf("%s\nwrites when nothing changed: -want, +got:\n%s", tc.reason, diff)
			}
			if again.GetResourceVersion() != before {
				t.Errorf("%s\nthe object was written though nothing changed", tc.reason)
			}
		})
	}
}

func TestPodsComeAndGo(t *testing.T) {
	b := newBench(t, typeIP, service(), pods("10.64.0.21", "10.64.0.22"))
	b.settle()
	b.sim.ResetCalls()

	b.scale("10.64.0.22", "10.64.0.23")
	b.bindings.Once(bindingName)
	want := map[string]int{"elbv2.RegisterTargets": 1, "elbv2.DeregisterTargets": 1, "ec2.DescribeSubnets": 2}
	if diff := cmp.Diff(want, b.sim.Calls()); diff != "" {
		t.Errorf("targets are not looked at before they are registered: -want, +got:\n%s", diff)
	}
	if got := b.sim.CallLog(); !slices.ContainsFunc(got[:2], func(c simulator.Record) bool { return c.Operation == "RegisterTargets" }) {
		t.Errorf("calls %v: new targets come before old ones go", got)
	}
	mg := b.settle()
	if diff := cmp.Diff([]string{"10.64.0.22:8080", "10.64.0.23:8080"}, b.inAWS(b.group.Status.AtProvider.ARN)); diff != "" {
		t.Errorf("targets in AWS: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"10.64.0.22:8080", "10.64.0.23:8080"}, mg.Status.AtProvider.Registered); diff != "" {
		t.Errorf("targets in status: -want, +got:\n%s", diff)
	}

	b.scale()
	b.writes()
	mg = b.settle()
	if diff := cmp.Diff(map[string]int{"elbv2.DeregisterTargets": 1}, b.writes()); diff != "" {
		t.Errorf("writes when the last pod goes: -want, +got:\n%s", diff)
	}
	if r := rig.Ready(mg); !strings.HasPrefix(r, "Available: ") || mg.Status.AtProvider.Targets != 0 {
		t.Errorf("Ready %q with %d targets", r, mg.Status.AtProvider.Targets)
	}
}

func TestManyTargets(t *testing.T) {
	addresses := make([]string, 450)
	for i := range addresses {
		addresses[i] = fmt.Sprintf("10.64.%d.%d", 1+i/200, 1+i%200)
	}
	b := newBench(t, typeIP, service(), pods(addresses...))
	mg := b.settle()
	if diff := cmp.Diff(map[string]int{"elbv2.RegisterTargets": 3}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
	if n := len(b.inAWS(b.group.Status.AtProvider.ARN)); n != 450 || mg.Status.AtProvider.Targets != 450 {
		t.Errorf("%d targets in AWS, %d in status, want 450", n, mg.Status.AtProvider.Targets)
	}
}

func TestOneBadTargetKeepsNoOtherOut(t *testing.T) {
	// AWS takes no public address (RegisterTargets: RFC 1918 and RFC 6598 ranges alone).
	b := newBench(t, typeIP, service(), pods("10.64.0.21", "10.64.0.22", "203.0.113.7", "10.64.0.23", "10.64.0.24"))
	mg, result := b.bindings.Once(bindingName)
	want := []string{"10.64.0.21:8080", "10.64.0.22:8080", "10.64.0.23:8080", "10.64.0.24:8080"}
	if diff := cmp.Diff(want, b.inAWS(b.group.Status.AtProvider.ARN)); diff != "" {
		t.Errorf("targets in AWS: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff(want, mg.Status.AtProvider.Registered); diff != "" {
		t.Errorf("targets in status: -want, +got:\n%s", diff)
	}
	if s := rig.Synced(mg); !strings.Contains(s, "cannot register targets: 203.0.113.7:8080: ") {
		t.Errorf("Synced %q does not name the target", s)
	}
	if r := rig.Ready(mg); r != "Available" {
		t.Errorf("Ready %q: the others can answer", r)
	}
	if result.RequeueAfter.Minutes() < 1 {
		t.Errorf("tried again after %s, want minutes", result.RequeueAfter)
	}
	b.writes()
	b.bindings.Once(bindingName)
	if diff := cmp.Diff(map[string]int{"elbv2.RegisterTargets": 1}, b.writes()); diff != "" {
		t.Errorf("writes of the next try: -want, +got:\n%s", diff)
	}
}

func TestAllTargetsRefused(t *testing.T) {
	addresses := make([]string, 200)
	for i := range addresses {
		addresses[i] = fmt.Sprintf("203.0.113.%d", 1+i)
	}
	b := newBench(t, typeIP, service(), pods(addresses...))
	mg, _ := b.bindings.Once(bindingName)
	if n := b.writes()["elbv2.RegisterTargets"]; n > 20 {
		t.Errorf("%d calls to find that all targets are refused, want few", n)
	}
	if r := rig.Ready(mg); !strings.HasPrefix(r, "Creating") {
		t.Errorf("Ready %q without any target", r)
	}
}

func TestOtherTargetGroup(t *testing.T) {
	b := newBench(t, typeIP, service(), pods("10.64.0.21"))
	b.settle()
	former := b.group.Status.AtProvider.ARN
	next := b.makeGroup("next", typeIP)
	b.bindings.Change(bindingName, func(mg *albv1alpha1.TargetGroupBinding) {
		mg.Spec.ForProvider.TargetGroupRef, mg.Spec.ForProvider.TargetGroupArn = nil, &next
	})
	b.writes()
	mg := b.settle()
	if diff := cmp.Diff(map[string]int{"elbv2.RegisterTargets": 1, "elbv2.DeregisterTargets": 1}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
	if in, out := b.inAWS(next), b.inAWS(former); len(in) != 1 || len(out) != 0 || mg.Status.AtProvider.TargetGroupARN != next {
		t.Errorf("targets %v in the new group and %v in the former; status %+v", in, out, mg.Status.AtProvider)
	}
}

func TestTargetGroupMadeAgain(t *testing.T) {
	b := newBench(t, typeIP, service(), pods("10.64.0.21"))
	b.settle()
	former := b.group.Status.AtProvider.ARN
	_, err := b.ELB.DeleteTargetGroup(t.Context(), &elbv2.DeleteTargetGroupInput{TargetGroupArn: &former})
	rig.Must(b.Rig, err)
	b.group.Status.AtProvider.ARN = b.makeGroup("web", typeIP)
	rig.SetStatus(b.Rig, b.group)
	mg := b.settle()
	if diff := cmp.Diff([]string{"10.64.0.21:8080"}, b.inAWS(b.group.Status.AtProvider.ARN)); diff != "" || rig.Synced(mg) != "ReconcileSuccess" {
		t.Errorf("Synced %q, targets: -want, +got:\n%s", rig.Synced(mg), diff)
	}
}

func TestDelete(t *testing.T) {
	cases := map[string]struct {
		reason string
		before func(b *bench)
		writes map[string]int
		left   []string
	}{
		"Alone": {
			reason: "Targets that nobody looks after any more must not get requests.",
			before: func(*bench) {},
			writes: map[string]int{"elbv2.DeregisterTargets": 1},
		},
		"AfterItsTargetGroup": {
			reason: "A target group takes its targets with it.",
			before: func(b *bench) { rig.Must(b.Rig, b.Kube.Delete(b.Context(), b.group)) },
			writes: map[string]int{},
			left:   []string{"10.64.0.21:8080"},
		},
		"WithItsTargetGroup": {
			reason: "A target group on its way out may have to wait for the last rule, and to answer until then.",
			before: func(b *bench) {
				b.group.SetFinalizers([]string{"finalizer.managedresource.crossplane.io"})
				rig.Must(b.Rig, b.Kube.Update(b.Context(), b.group))
				rig.Must(b.Rig, b.Kube.Delete(b.Context(), b.group))
			},
			writes: map[string]int{},
			left:   []string{"10.64.0.21:8080"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, typeIP, service(), pods("10.64.0.21"))
			b.settle()
			tc.before(b)
			b.writes()
			b.bindings.Delete(bindingName)
			b.bindings.Settle(bindingName)
			if diff := cmp.Diff(tc.writes, b.writes()); diff != "" {
				t.Errorf("%s\nwrites: -want, +got:\n%s", tc.reason, diff)
			}
			if left := b.bindings.Get(bindingName); left.GetName() != "" {
				t.Errorf("%s\nthe object is left: Ready %q, Synced %q", tc.reason, rig.Ready(left), rig.Synced(left))
			}
			if diff := cmp.Diff(tc.left, b.inAWS(b.group.Status.AtProvider.ARN)); diff != "" {
				t.Errorf("%s\ntargets in AWS: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestWaiting(t *testing.T) {
	b := newBench(t, typeIP, service(), pods("10.64.0.21"))
	b.group.Status.AtProvider.ARN = ""
	rig.SetStatus(b.Rig, b.group)
	mg := b.bindings.Settle(bindingName)
	if got, want := rig.Ready(mg), fmt.Sprintf("Creating: TargetGroup %q has no ARN yet", bindingName); got != want {
		t.Errorf("Ready %q, want %q", got, want)
	}
	if calls := b.sim.Calls(); len(calls) != 0 {
		t.Errorf("AWS was asked: %v", calls)
	}
}

func TestServicePort(t *testing.T) {
	cases := map[string]struct {
		reason string
		port   intstr.IntOrString
		want   string
	}{
		"Number": {reason: "By number.", port: intstr.FromInt32(80), want: "http"},
		"Name":   {reason: "By name.", port: intstr.FromString("metrics"), want: "metrics"},
		"Absent": {reason: "Neither.", port: intstr.FromInt32(81)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, ok := servicePort(service(), tc.port)
			if got.Name != tc.want || ok != (tc.want != "") {
				t.Errorf("%s\nservicePort(%s) is %q, %t", tc.reason, tc.port.String(), got.Name, ok)
			}
		})
	}
}
