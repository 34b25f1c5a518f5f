package targetgroupbinding

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/dataplane"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

const bindingName = "shop-web-80-0123456789"

// Instances of the simulator's default world.
const (
	nodeA = "i-0a00000000000000a"
	nodeB = "i-0a00000000000000b"
)

// A clock that is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A bench is a simulator with a target group in it, its object, a Service, and the controller of TargetGroupBindings.
type bench struct {
	*rig.Rig
	*reachable
	sim      *simulator.Simulator
	clock    *clock
	pods     *statuses
	bindings *rig.Runner[*albv1alpha1.TargetGroupBinding]
	group    *albv1alpha1.TargetGroup
}

func newBench(t *testing.T, targetType elbtypes.TargetTypeEnum, objects ...client.Object) *bench {
	t.Helper()
	up := newReachable(t)
	sim, err := simulator.New(simulator.Options{ProvisioningDelay: simulator.Immediately, DataPlane: dataplane.Options{Dial: up.dial, Speed: 100}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		sim.Close()
	})
	b := &bench{sim: sim, reachable: up, clock: &clock{now: time.Now()}, group: &albv1alpha1.TargetGroup{
		ObjectMeta: rig.Meta(bindingName), Spec: albv1alpha1.TargetGroupSpec{ManagedResourceSpec: rig.Spec()},
	}}
	b.pods = &statuses{}
	kind := kindAt(b.clock.Now, b.pods)
	indexes := append(rig.Indexes(kind),
		rig.Index{Object: &discoveryv1.EndpointSlice{}, Field: sliceService, Values: serviceOfSlice},
		rig.Index{Object: &corev1.Pod{}, Field: podGate, Values: servicesOfGates})
	place := rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}
	b.Rig = rig.New(t, place, indexes, append(objects, b.group, &albv1alpha1.TargetGroupBinding{
		ObjectMeta: rig.Meta(bindingName),
		Spec: albv1alpha1.TargetGroupBindingSpec{
			ManagedResourceSpec: rig.Spec(),
			ForProvider: albv1alpha1.TargetGroupBindingParameters{
				TargetGroupRef: &albv1alpha1.Reference{Name: bindingName}, TargetType: string(targetType),
				ServiceRef: albv1alpha1.ServiceReference{Name: "web", Port: intstr.FromInt32(80)},
			},
		},
	})...)
	b.pods.Kube = b.Kube
	b.bindings = rig.Run(b.Rig, kind)
	b.group.Status.AtProvider.ARN = b.makeGroup("web", targetType)
	rig.SetStatus(b.Rig, b.group)
	sim.ResetCalls()
	return b
}

func (b *bench) makeGroup(name string, targetType elbtypes.TargetTypeEnum) string {
	b.Helper()
	out := rig.Value(b.ELB.CreateTargetGroup(b.Context(), &elbv2.CreateTargetGroupInput{
		Name: &name, Protocol: elbtypes.ProtocolEnumHttp, Port: new(int32(80)), VpcId: new(ec2.DefaultVPC), TargetType: targetType,
	}))(b.Rig)
	return *out.TargetGroups[0].TargetGroupArn
}

// settle lets the binding come to rest, and then time pass until AWS is asked again.
func (b *bench) settle() *albv1alpha1.TargetGroupBinding {
	b.Helper()
	mg := b.bindings.Settle(bindingName)
	b.clock.advance(time.Minute)
	return mg
}

func (b *bench) writes() map[string]int {
	out := rig.Writes(b.sim.Calls())
	b.sim.ResetCalls()
	return out
}

// inAWS are the targets of a target group that are not on their way out, as "id:port" or "id:port zone" where a zone was given.
func (b *bench) inAWS(arn string) []string {
	b.Helper()
	out := rig.Value(b.ELB.DescribeTargetHealth(b.Context(), &elbv2.DescribeTargetHealthInput{TargetGroupArn: &arn}))(b.Rig)
	var targets []string
	for _, h := range out.TargetHealthDescriptions {
		if h.TargetHealth.State == elbtypes.TargetHealthStateEnumDraining {
			continue
		}
		s := fmt.Sprintf("%s:%d", *h.Target.Id, *h.Target.Port)
		if z := h.Target.AvailabilityZone; z != nil && *z == "all" {
			s += " " + *z
		}
		targets = append(targets, s)
	}
	slices.Sort(targets)
	return targets
}

func service(change ...func(*corev1.Service)) *corev1.Service {
	svc := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: rig.Namespace, Name: "web"},
		Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{
			{Name: "metrics", Port: 9100, NodePort: 30100}, {Name: "http", Port: 80, NodePort: 30080, TargetPort: intstr.FromString("http")},
		}},
	}
	for _, c := range change {
		c(svc)
	}
	return svc
}

// pods of the Service, ready at the addresses.
func pods(addresses ...string) *discoveryv1.EndpointSlice {
	s := slice(discoveryv1.AddressTypeIPv4, ports("http", 8080))
	s.ObjectMeta = metav1.ObjectMeta{Namespace: rig.Namespace, Name: "web-1", Labels: map[string]string{"kubernetes.io/service-name": "web"}}
	for _, a := range addresses {
		s.Endpoints = append(s.Endpoints, endpoint(a, isReady))
	}
	return &s
}

// scale the Service to pods at these addresses.
func (b *bench) scale(addresses ...string) {
	b.Helper()
	now := pods(addresses...)
	stored := &discoveryv1.EndpointSlice{}
	rig.Must(b.Rig, b.Kube.Get(b.Context(), client.ObjectKeyFromObject(now), stored))
	stored.Endpoints = now.Endpoints
	rig.Must(b.Rig, b.Kube.Update(b.Context(), stored))
}

func nodeObject(name, id string, change ...func(*corev1.Node)) *corev1.Node {
	n := node(name, "aws:///us-east-1a/"+id, change...)
	return &n
}

func targetsOf(arn string, ids ...string) *elbv2.RegisterTargetsInput {
	in := &elbv2.RegisterTargetsInput{TargetGroupArn: &arn}
	for _, s := range ids {
		t, _ := parseTarget(s)
		in.Targets = append(in.Targets, elbtypes.TargetDescription{Id: new(t.ID), Port: new(t.Port)})
	}
	return in
}
