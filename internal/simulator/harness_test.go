package simulator_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/smithy-go"
	"go.uber.org/goleak"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The default world, as its documentation states it.
const (
	vpcID     = "vpc-0a64000000000000a"
	publicA   = "subnet-0a64000000000000a"
	publicB   = "subnet-0a64000000000000b"
	publicC   = "subnet-0a64000000000000c"
	privateA  = "subnet-0b64000000000000a"
	nodeGroup = "sg-0a64000000000000a"
	instanceA = "i-0a00000000000000a"
	instanceB = "i-0a00000000000000b"
)

// A clock is moved by hand, so that no test waits for anything.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now().Truncate(time.Second)} }

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

// A bench is a simulator with the SDK's own clients in front of it.
type bench struct {
	*testing.T
	sim *simulator.Simulator
	url string
	cfg aws.Config
	elb *elb.Client
	ec2 *ec2.Client
	acm *acm.Client
	sts *sts.Client
	s3  *s3.Client

	wafv2  *wafv2.Client
	shield *shield.Client
}

func newBench(t *testing.T, opts simulator.Options) *bench {
	t.Helper()
	sim, err := simulator.New(opts)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		sim.Close()
	})
	cfg := aws.Config{
		Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} }, HTTPClient: plain{server.Client()},
	}
	return &bench{
		T: t, sim: sim, url: server.URL, cfg: cfg, elb: elb.NewFromConfig(cfg), ec2: ec2.NewFromConfig(cfg), acm: acm.NewFromConfig(cfg),
		sts: sts.NewFromConfig(cfg), s3: s3.NewFromConfig(cfg), wafv2: wafv2.NewFromConfig(cfg), shield: shield.NewFromConfig(cfg),
	}
}

// A plain client hides from net/http that a body can write itself: the SDK's fail at their end when an answer was there before, which cuts it off.
type plain struct{ aws.HTTPClient }

func (c plain) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return c.HTTPClient.Do(r)
}

// quick is a simulator whose load balancers are active at once.
func quick() simulator.Options {
	return simulator.Options{
		ProvisioningDelay: simulator.Immediately, ValidationDelay: simulator.Immediately, InterfaceLinger: simulator.Immediately,
		TrustStoreDelay: simulator.Immediately,
	}
}

// codeOf is the error code that AWS answered, empty if it answered no error.
func codeOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	t.Fatalf("not an answer of the API: %v", err)
	return ""
}

func must[T any](v T, err error) func(*bench) T {
	return func(b *bench) T {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
		return v
	}
}

func (b *bench) loadBalancer(name string) types.LoadBalancer {
	b.Helper()
	out := must(b.elb.CreateLoadBalancer(b.Context(), &elb.CreateLoadBalancerInput{Name: &name, Subnets: []string{publicA, publicB}}))(b)
	return out.LoadBalancers[0]
}

func (b *bench) targetGroup(name string) string {
	b.Helper()
	out := must(b.elb.CreateTargetGroup(b.Context(), &elb.CreateTargetGroupInput{
		Name: &name, Protocol: types.ProtocolEnumHttp, Port: new(int32(80)), VpcId: new(vpcID), TargetType: types.TargetTypeEnumIp,
	}))(b)
	return *out.TargetGroups[0].TargetGroupArn
}

func (b *bench) listener(lb types.LoadBalancer, port int32) string {
	b.Helper()
	out := must(b.elb.CreateListener(b.Context(), &elb.CreateListenerInput{
		LoadBalancerArn: lb.LoadBalancerArn, Port: &port, Protocol: types.ProtocolEnumHttp, DefaultActions: []types.Action{notFound()},
	}))(b)
	return *out.Listeners[0].ListenerArn
}

func notFound() types.Action {
	return types.Action{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{
		StatusCode: new("404"), ContentType: new("text/plain"),
	}}
}

func forward(arns ...string) []types.Action {
	if len(arns) == 1 {
		return []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: &arns[0]}}
	}
	config := &types.ForwardActionConfig{}
	for _, arn := range arns {
		config.TargetGroups = append(config.TargetGroups, types.TargetGroupTuple{TargetGroupArn: &arn}) // a weight left out is 1
	}
	return []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: config}}
}

func path(values ...string) []types.RuleCondition {
	return []types.RuleCondition{{Field: new("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: values}}}
}

func (b *bench) rule(listener string, priority int32, conditions []types.RuleCondition, actions []types.Action) types.Rule {
	b.Helper()
	out := must(b.elb.CreateRule(b.Context(), &elb.CreateRuleInput{
		ListenerArn: &listener, Priority: &priority, Conditions: conditions, Actions: actions,
	}))(b)
	return out.Rules[0]
}

func sha(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}
