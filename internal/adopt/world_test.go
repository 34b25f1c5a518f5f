package adopt

import (
	"context"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gateway"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listener"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/loadbalancer"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/securitygroup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/acm"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/dataplane"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/snapshot"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// Certificates that the account has.
const (
	certA = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-00000000000a"
	certB = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-00000000000b"
	certC = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-00000000000c"
)

const policy = "ELBSecurityPolicy-TLS13-1-2-2021-06"

// cluster is what every test has beside its Gateways.
const cluster = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: alb}
spec: {controllerName: gateway.k8s.aws/alb}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80, targetPort: 8080, protocol: TCP}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: shop, uid: route}
spec:
  parentRefs: [{name: shop}]
  hostnames: [a.example.com]
  rules: [{backendRefs: [{name: web, port: 80}]}]
`

// secure is a Gateway with HTTP and HTTPS, and its configuration with %s in the entry of HTTPS.
const secure = `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: shop, namespace: shop, uid: gateway, finalizers: [gateway.k8s.aws/alb]}
spec:
  gatewayClassName: alb
  infrastructure: {parametersRef: {group: gateway.k8s.aws, kind: LoadBalancerConfiguration, name: shop}}
  listeners:
  - {name: http, protocol: HTTP, port: 80}
  - {name: https, protocol: HTTPS, port: 443}
---
apiVersion: gateway.k8s.aws/v1
kind: LoadBalancerConfiguration
metadata: {name: shop, namespace: shop}
spec:
  listenerConfigurations:
  - protocolPort: HTTPS:443
    `

// plain is a Gateway with HTTP alone.
const plain = `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: shop, namespace: shop, uid: gateway}
spec:
  gatewayClassName: alb
  listeners: [{name: http, protocol: HTTP, port: 80}]
`

// A world is an account with what the other controller has made of Gateway shop/shop, and a cluster.
type world struct {
	*rig.Rig
	*Move
	ec2         *ec2api.Client
	sim         *simulator.Simulator
	front, back string // security groups
}

// An apiServer gives objects their UID and defaults, as the fake one does not.
type apiServer struct{ client.Client }

func (a apiServer) Create(ctx context.Context, o client.Object, opts ...client.CreateOption) error {
	if o.GetUID() == "" {
		o.SetUID(types.UID(reflect.TypeOf(o).Elem().Name() + " " + o.GetName()))
		o.SetGeneration(1)
	}
	if mg, ok := o.(resource.ModernManaged); ok {
		mg.SetManagementPolicies(rig.Spec().ManagementPolicies)
	}
	return a.Client.Create(ctx, o, opts...)
}

func newWorld(t *testing.T, objects string) *world {
	t.Helper()
	sim, err := simulator.New(simulator.Options{
		ProvisioningDelay: simulator.Immediately, InterfaceLinger: simulator.Immediately, DataPlane: dataplane.Options{Speed: 1000},
		World: simulator.World{Certificates: []acm.Material{
			material(t, certA, "a.example.com"), material(t, certB, "b.example.com"), material(t, certC, "c.example.com"),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		sim.Close()
	})
	place := rig.Place{Endpoint: server.URL, Region: "us-east-1", VPCID: ec2.DefaultVPC}
	indexes := append(append(rig.Indexes(listener.Kind(nil)), rig.Indexes(loadbalancer.Kind())...), rig.Indexes(securitygroup.Kind())...)
	w := &world{sim: sim, Rig: rig.New(t, place, indexes)}
	w.Rig.Kube = apiServer{w.Rig.Kube}
	for doc := range strings.SplitSeq(cluster+objects, "\n---\n") {
		o, _, err := serializer.NewCodecFactory(w.Scheme).UniversalDeserializer().Decode([]byte(doc), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		rig.Must(w.Rig, w.Rig.Kube.Create(t.Context(), o.(client.Object))) //nolint:forcetypeassert // All are.
	}
	c := awssdk.Config{Region: place.Region, APIOptions: body.APIOptions(), BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	w.ec2 = ec2api.NewFromConfig(c)
	w.Rig.ELB = elbv2.NewFromConfig(c)
	w.Move = &Move{ELB: w.Rig.ELB, EC2: w.ec2, Kube: w.Rig.Kube, Load: w.load}
	return w
}

func (w *world) load(ctx context.Context) (translate.Input, error) {
	snap, err := snapshot.Cluster(ctx, w.Rig.Kube)
	if err != nil {
		return translate.Input{}, err
	}
	inputs, err := snap.Inputs(ctx, snapshot.Choice{Namespace: "shop", Names: []string{"shop"}}, gateway.Settings{})
	if err != nil {
		return translate.Input{}, err
	}
	return inputs[0].Input, nil
}

func (w *world) plan() *Plan {
	w.Helper()
	return rig.Value(w.Plan(w.Context()))(w.Rig)
}

// lbcTags are those of the other controller.
func lbcTags(stack, id string) map[string]string {
	return map[string]string{tagCluster: rig.Cluster, tagStack: stack, tagResource: id}
}

// balancer of a stack, which is a Gateway, with a group of its own, and the one that all share.
func (w *world) balancer(stack string) string {
	w.Helper()
	name := "k8s-" + strings.ReplaceAll(stack, "/", "-") + "-0123456789"
	front := w.group(name, lbcTags(stack, "ManagedLBSecurityGroup"))
	if w.back == "" {
		w.front = front
		w.back = w.group("k8s-traffic-test-0123456789", map[string]string{tagCluster: rig.Cluster, "elbv2.k8s.aws/resource": "backend-sg"})
	}
	return w.makeBalancer(stack, name, front, w.back)
}

func (w *world) makeBalancer(stack, name string, groups ...string) string {
	w.Helper()
	out := rig.Value(w.Rig.ELB.CreateLoadBalancer(w.Context(), &elbv2.CreateLoadBalancerInput{
		Name: &name, Scheme: elbtypes.LoadBalancerSchemeEnumInternal, Subnets: []string{"subnet-0a64000000000000a", "subnet-0a64000000000000b"},
		SecurityGroups: groups, Tags: aws.ELBTags(lbcTags(stack, "LoadBalancer")),
	}))(w.Rig)
	return *out.LoadBalancers[0].LoadBalancerArn
}

func (w *world) group(name string, tags map[string]string) string {
	w.Helper()
	out := rig.Value(w.ec2.CreateSecurityGroup(w.Context(), &ec2api.CreateSecurityGroupInput{
		GroupName: &name, Description: new("[k8s] Managed SecurityGroup for LoadBalancer"), VpcId: new(ec2.DefaultVPC),
		TagSpecifications: []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeSecurityGroup, Tags: aws.EC2Tags(tags)}},
	}))(w.Rig)
	return *out.GroupId
}

// listen on port 80, or on 443 with certificates, the default one first.
func (w *world) listen(stack, lb string, certificates ...string) string {
	w.Helper()
	in := &elbv2.CreateListenerInput{
		LoadBalancerArn: &lb, Port: new(int32(80)), Protocol: elbtypes.ProtocolEnumHttp, Tags: aws.ELBTags(lbcTags(stack, "80")),
		DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumFixedResponse, FixedResponseConfig: &elbtypes.FixedResponseActionConfig{
			StatusCode: new("404"), ContentType: new("text/plain"),
		}}},
	}
	if len(certificates) > 0 {
		in.Port, in.Protocol, in.SslPolicy, in.Tags = new(int32(443)), elbtypes.ProtocolEnumHttps, new(policy), aws.ELBTags(lbcTags(stack, "443"))
		in.Certificates = []elbtypes.Certificate{{CertificateArn: &certificates[0]}}
	}
	arn := *rig.Value(w.Rig.ELB.CreateListener(w.Context(), in))(w.Rig).Listeners[0].ListenerArn
	for i := 1; i < len(certificates); i++ {
		rig.Value(w.Rig.ELB.AddListenerCertificates(w.Context(), &elbv2.AddListenerCertificatesInput{
			ListenerArn: &arn, Certificates: []elbtypes.Certificate{{CertificateArn: &certificates[i]}},
		}))(w.Rig)
	}
	return arn
}

// targets of a type, one of them registered.
func (w *world) targets(stack, name string, kind elbtypes.TargetTypeEnum) string {
	w.Helper()
	arn := *rig.Value(w.Rig.ELB.CreateTargetGroup(w.Context(), &elbv2.CreateTargetGroupInput{
		Name: &name, Protocol: elbtypes.ProtocolEnumHttp, Port: new(int32(8080)), VpcId: new(ec2.DefaultVPC), TargetType: kind,
		Tags: aws.ELBTags(lbcTags(stack, stack+":shop-shop:HTTPRoute-web:80")),
	}))(w.Rig).TargetGroups[0].TargetGroupArn
	id := "i-0a00000000000000a"
	if kind == elbtypes.TargetTypeEnumIp {
		id = "10.64.0.21"
	}
	rig.Value(w.Rig.ELB.RegisterTargets(w.Context(), &elbv2.RegisterTargetsInput{TargetGroupArn: &arn, Targets: []elbtypes.TargetDescription{{Id: &id, Port: new(int32(8080))}}}))(w.Rig)
	return arn
}

// rule of a listener that forwards; without tags, somebody made it by hand.
func (w *world) rule(on string, at int32, group string, tags map[string]string) string {
	w.Helper()
	in := &elbv2.CreateRuleInput{
		ListenerArn: &on, Priority: &at,
		Conditions: []elbtypes.RuleCondition{{Field: new("path-pattern"), PathPatternConfig: &elbtypes.PathPatternConditionConfig{Values: []string{"/*"}}}},
		Actions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, ForwardConfig: &elbtypes.ForwardActionConfig{
			TargetGroups: []elbtypes.TargetGroupTuple{{TargetGroupArn: &group}},
		}}},
	}
	if len(tags) > 0 {
		in.Tags = aws.ELBTags(tags)
	}
	return *rig.Value(w.Rig.ELB.CreateRule(w.Context(), in))(w.Rig).Rules[0].RuleArn
}

// material of a certificate that signs itself.
func material(t *testing.T, arn, host string) acm.Material {
	t.Helper()
	certificate, key := rig.KeyPair(t, host, time.Hour)
	return acm.Material{ARN: arn, Certificate: certificate, PrivateKey: key}
}
