package aws

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

func (b *bench) createLoadBalancer(t *testing.T, name string) string {
	t.Helper()
	lb := must[*types.LoadBalancer](t)(b.account.ELB.CreateLoadBalancer(t.Context(), &elbv2.CreateLoadBalancerInput{
		Name: &name, Scheme: types.LoadBalancerSchemeEnumInternal, Subnets: []string{subnetA, subnetB}, SecurityGroups: []string{nodes},
		Tags: ELBTags(map[string]string{"made-by": "test"}),
	}))
	return *lb.LoadBalancerArn
}

func (b *bench) createListener(t *testing.T, loadBalancer string) string {
	t.Helper()
	l := must[*types.Listener](t)(b.account.ELB.CreateListener(t.Context(), &elbv2.CreateListenerInput{
		LoadBalancerArn: &loadBalancer, Port: new(int32(8080)), Protocol: types.ProtocolEnumHttp, DefaultActions: fixed("404"),
	}))
	return *l.ListenerArn
}

func (b *bench) createRule(t *testing.T, listener string, priority int32) string {
	t.Helper()
	r := must[*types.Rule](t)(b.account.ELB.CreateRule(t.Context(), rule(listener, priority)))
	return *r.RuleArn
}

func rule(listener string, priority int32) *elbv2.CreateRuleInput {
	return &elbv2.CreateRuleInput{
		ListenerArn: &listener, Priority: &priority, Actions: fixed("200"),
		Conditions: path(fmt.Sprintf("/%d", priority)),
		Tags:       ELBTags(map[string]string{"rule": strconv.Itoa(int(priority))}),
	}
}

func path(value string) []types.RuleCondition {
	return []types.RuleCondition{{Field: new("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: []string{value}}}}
}

func fixed(code string) []types.Action {
	return []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: &code}}}
}

// behind is a client of somebody else.
func (b *bench) behind() *elbv2.Client {
	return elbv2.New(elbv2.Options{
		Region: "us-east-1", APIOptions: body.APIOptions(), BaseEndpoint: &b.url, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		RetryMaxAttempts: 1, HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
	})
}

// expect exactly these calls since the last look.
func (b *bench) expect(t *testing.T, reason string, want map[string]int) {
	t.Helper()
	if diff := cmp.Diff(want, b.calls()); diff != "" {
		t.Errorf("\n%s\ncalls: -want, +got:\n%s", reason, diff)
	}
}

func priorities(rules []types.Rule) map[string]string {
	out := map[string]string{}
	for _, r := range rules {
		if !awssdk.ToBool(r.IsDefault) {
			out[*r.RuleArn] = *r.Priority
		}
	}
	return out
}

func TestReadsAreShared(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{})
	lb := b.createLoadBalancer(t, "web")
	listener := b.createListener(t, lb)
	b.createRule(t, listener, 10)
	fresh := NewAccounts(b.kube, Options{}) // remembers nothing
	a := must[*Account](t)(fresh.For(t.Context(), loadBalancer("shop", "web")))
	asks := map[string]func(context.Context) error{
		"DescribeLoadBalancers":          func(ctx context.Context) error { _, err := a.ELB.LoadBalancer(ctx, "web"); return err },
		"DescribeListeners":              func(ctx context.Context) error { _, err := a.ELB.Listeners(ctx, lb); return err },
		"DescribeRules":                  func(ctx context.Context) error { _, err := a.ELB.Rules(ctx, listener); return err },
		"DescribeTags":                   func(ctx context.Context) error { _, err := a.ELB.Tags(ctx, lb); return err },
		"DescribeLoadBalancerAttributes": func(ctx context.Context) error { _, err := a.ELB.LoadBalancerAttributes(ctx, lb); return err },
		"DescribeListenerAttributes":     func(ctx context.Context) error { _, err := a.ELB.ListenerAttributes(ctx, listener); return err },
		"DescribeListenerCertificates":   func(ctx context.Context) error { _, err := a.ELB.ListenerCertificates(ctx, listener); return err },
		"DescribeTargetGroups": func(ctx context.Context) error {
			if _, err := a.ELB.TargetGroup(ctx, "none"); !IsNotFound(err) {
				return errors.Errorf("want not found, got %v", err)
			}
			return nil
		},
	}
	for operation, ask := range asks {
		t.Run(operation, func(t *testing.T) {
			b.calls()
			for range 2 {
				for _, err := range all(t.Context(), 50, ask) {
					t.Error(err)
				}
			}
			b.expect(t, "100 askers are one call", map[string]int{"elbv2." + operation: 1})
		})
	}
}

func TestOwnWritesAreSeenWithoutReading(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{})
	elb, ctx := b.account.ELB, t.Context()
	if _, err := elb.LoadBalancer(ctx, "web"); !IsNotFound(err) {
		t.Fatalf("want not found, got %v", err)
	}
	lb := b.createLoadBalancer(t, "web")
	listener := b.createListener(t, lb)
	first, second := b.createRule(t, listener, 10), b.createRule(t, listener, 20)
	b.calls()

	if got := must[*types.LoadBalancer](t)(elb.LoadBalancer(ctx, "web")); *got.LoadBalancerArn != lb {
		t.Errorf("\na load balancer is there once it is made\nLoadBalancer(...): got %q", *got.LoadBalancerArn)
	}
	if got := must[[]types.Listener](t)(elb.Listeners(ctx, lb)); len(got) != 1 || *got[0].ListenerArn != listener {
		t.Errorf("\na listener is there once it is made\nListeners(...): got %v", got)
	}
	if diff := cmp.Diff(map[string]string{first: "10", second: "20"}, priorities(must[[]types.Rule](t)(elb.Rules(ctx, listener)))); diff != "" {
		t.Errorf("\nrules are there once they are made\nRules(...): -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"rule": "10"}, must[map[string]string](t)(elb.Tags(ctx, first))); diff != "" {
		t.Errorf("\nthe tags that a rule was made with are known\nTags(...): -want, +got:\n%s", diff)
	}
	b.expect(t, "what we made we need not ask for", map[string]int{})

	if err := elb.SetRulePriorities(ctx, listener, map[string]int32{first: 20, second: 10}); err != nil {
		t.Fatal(err)
	}
	must[*types.Rule](t)(elb.ModifyRule(ctx, &elbv2.ModifyRuleInput{RuleArn: &first, Conditions: path("/new")}))
	if err := elb.AddTags(ctx, &elbv2.AddTagsInput{ResourceArns: []string{first}, Tags: ELBTags(map[string]string{"more": "1"})}); err != nil {
		t.Fatal(err)
	}
	if err := elb.RemoveTags(ctx, &elbv2.RemoveTagsInput{ResourceArns: []string{first}, TagKeys: []string{"rule"}}); err != nil {
		t.Fatal(err)
	}
	rules := must[[]types.Rule](t)(elb.Rules(ctx, listener))
	if diff := cmp.Diff(map[string]string{first: "20", second: "10"}, priorities(rules)); diff != "" {
		t.Errorf("\nrules that swapped have swapped\nRules(...): -want, +got:\n%s", diff)
	}
	if got := rules[0].Conditions[0].PathPatternConfig.Values[0]; got != "/new" {
		t.Errorf("\na modified rule is the modified one\nRules(...): want /new, got %s", got)
	}
	if diff := cmp.Diff(map[string]string{"more": "1"}, must[map[string]string](t)(elb.Tags(ctx, first))); diff != "" {
		t.Errorf("\ntags follow\nTags(...): -want, +got:\n%s", diff)
	}
	b.expect(t, "a write is one call", map[string]int{
		"elbv2.SetRulePriorities": 1, "elbv2.ModifyRule": 1, "elbv2.AddTags": 1, "elbv2.RemoveTags": 1,
	})
	if diff := cmp.Diff(priorities(rules), priorities(b.rules(t, listener))); diff != "" {
		t.Errorf("\nwhat is remembered is what AWS has\nDescribeRules: -remembered, +AWS:\n%s", diff)
	}
}

// rules as somebody else sees them.
func (b *bench) rules(t *testing.T, listener string) []types.Rule {
	t.Helper()
	out := must[*elbv2.DescribeRulesOutput](t)(b.behind().DescribeRules(t.Context(), &elbv2.DescribeRulesInput{ListenerArn: &listener}))
	return out.Rules
}

func TestAttributesFollowWrites(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{})
	lb := b.createLoadBalancer(t, "web")
	before := must[map[string]string](t)(b.account.ELB.LoadBalancerAttributes(t.Context(), lb))
	if before["idle_timeout.timeout_seconds"] != "60" {
		t.Fatalf("want AWS's default of 60, got %q", before["idle_timeout.timeout_seconds"])
	}
	if err := b.account.ELB.ModifyLoadBalancerAttributes(t.Context(), &elbv2.ModifyLoadBalancerAttributesInput{
		LoadBalancerArn: &lb, Attributes: []types.LoadBalancerAttribute{{Key: new("idle_timeout.timeout_seconds"), Value: new("120")}},
	}); err != nil {
		t.Fatal(err)
	}
	b.calls()
	after := must[map[string]string](t)(b.account.ELB.LoadBalancerAttributes(t.Context(), lb))
	if after["idle_timeout.timeout_seconds"] != "120" || len(after) != len(before) {
		t.Errorf("\nan attribute that was set is set, the others stay\nLoadBalancerAttributes(...): %v", after)
	}
	b.expect(t, "no read after the write", map[string]int{})
}

func TestDeletedLoadBalancerTakesItsListenersAndRules(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{})
	lb := b.createLoadBalancer(t, "web")
	listener := b.createListener(t, lb)
	r := b.createRule(t, listener, 10)
	if err := b.account.ELB.DeleteLoadBalancer(t.Context(), &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: &lb}); err != nil {
		t.Fatal(err)
	}
	b.calls()
	for what, ask := range map[string]func() error{
		"LoadBalancer": func() error { _, err := b.account.ELB.LoadBalancer(t.Context(), lb); return err },
		"Listeners":    func() error { _, err := b.account.ELB.Listeners(t.Context(), lb); return err },
		"Rules":        func() error { _, err := b.account.ELB.Rules(t.Context(), listener); return err },
		"Tags":         func() error { _, err := b.account.ELB.Tags(t.Context(), r); return err },
	} {
		if err := ask(); !IsNotFound(err) {
			t.Errorf("\nit went with its load balancer\n%s: want not found, got %v", what, err)
		}
	}
	b.expect(t, "and nobody asks AWS for it", map[string]int{})
}

func TestMovesTravelTogether(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{Ages: Ages{Moment: 200 * time.Millisecond}})
	lb := b.createLoadBalancer(t, "web")
	listener := b.createListener(t, lb)
	first, second := b.createRule(t, listener, 10), b.createRule(t, listener, 20)
	b.calls()
	var turn atomic.Int32
	errs := all(t.Context(), 2, func(ctx context.Context) error {
		if turn.Add(1) == 1 {
			return b.account.ELB.SetRulePriorities(ctx, listener, map[string]int32{first: 20})
		}
		return b.account.ELB.SetRulePriorities(ctx, listener, map[string]int32{second: 10})
	})
	if len(errs) > 0 {
		t.Errorf("\nalone each of two rules that swap would be refused\nSetRulePriorities(...): %v", errs)
	}
	b.expect(t, "moves of one moment are one call", map[string]int{"elbv2.SetRulePriorities": 1})
	if diff := cmp.Diff(map[string]string{first: "20", second: "10"}, priorities(b.rules(t, listener))); diff != "" {
		t.Errorf("\nthe rules have swapped\nDescribeRules: -want, +got:\n%s", diff)
	}
}

func TestOneWrongMoveStopsNoOther(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{Ages: Ages{Moment: 200 * time.Millisecond}})
	lb := b.createLoadBalancer(t, "web")
	listener := b.createListener(t, lb)
	first, second := b.createRule(t, listener, 10), b.createRule(t, listener, 20)
	b.createRule(t, listener, 30)
	var turn atomic.Int32
	errs := all(t.Context(), 2, func(ctx context.Context) error {
		if turn.Add(1) == 1 {
			return b.account.ELB.SetRulePriorities(ctx, listener, map[string]int32{first: 15})
		}
		return b.account.ELB.SetRulePriorities(ctx, listener, map[string]int32{second: 30})
	})
	if len(errs) != 1 || !IsInUse(errs[0]) {
		t.Errorf("\nonly the move to a priority that is taken is refused\nSetRulePriorities(...): got %v", errs)
	}
	if got := priorities(b.rules(t, listener)); got[first] != "15" || got[second] != "20" {
		t.Errorf("\nthe other is made\nDescribeRules: got %v", got)
	}
}

func TestLostAnswersAreAskedFor(t *testing.T) {
	var lose atomic.Bool
	after := func(_ context.Context, c simulator.Call) error {
		if c.Operation == "CreateRule" && lose.Load() {
			return wire.Errorf("InternalFailure", "lost").WithStatus(http.StatusInternalServerError)
		}
		return nil
	}
	b := newBench(t, simulator.Options{Faults: simulator.Faults{After: after}}, Options{Attempts: 2})
	lb := b.createLoadBalancer(t, "web")
	listener := b.createListener(t, lb)
	must[[]types.Rule](t)(b.account.ELB.Rules(t.Context(), listener))
	lose.Store(true)
	_, err := b.account.ELB.CreateRule(t.Context(), rule(listener, 10))
	if !IsAlreadyExists(err) {
		t.Fatalf("\nthe second attempt finds what the first one made\nCreateRule(...): want a duplicate, got %v", err)
	}
	lose.Store(false)
	if got := priorities(must[[]types.Rule](t)(b.account.ELB.Rules(t.Context(), listener))); len(got) != 1 {
		t.Errorf("\nwhat a lost write made is seen\nRules(...): got %v", got)
	}
}

// Where a policy asks for a tag, what is gone is denied, not unknown: it has no tags.
func TestWhatIsDeniedMayBeGone(t *testing.T) {
	before := func(_ context.Context, c simulator.Call) error {
		if c.Operation == "ModifyRule" {
			return wire.Errorf("AccessDenied", "no identity-based policy allows it").WithStatus(http.StatusForbidden)
		}
		return nil
	}
	b := newBench(t, simulator.Options{Faults: simulator.Faults{Before: before}}, Options{})
	listener := b.createListener(t, b.createLoadBalancer(t, "web"))
	arn := *must[*elbv2.CreateRuleOutput](t)(b.behind().CreateRule(t.Context(), rule(listener, 1))).Rules[0].RuleArn
	must[[]types.Rule](t)(b.account.ELB.Rules(t.Context(), listener))
	must[*elbv2.DeleteRuleOutput](t)(b.behind().DeleteRule(t.Context(), &elbv2.DeleteRuleInput{RuleArn: &arn}))
	if _, err := b.account.ELB.ModifyRule(t.Context(), &elbv2.ModifyRuleInput{RuleArn: &arn, Actions: rule(listener, 1).Actions}); !IsDenied(err) {
		t.Fatalf("ModifyRule(...): want denied, got %v", err)
	}
	if got := must[[]types.Rule](t)(b.account.ELB.Rules(t.Context(), listener)); slices.ContainsFunc(got, func(r types.Rule) bool { return same(r.RuleArn, arn) }) {
		t.Error("the rule that is gone is still remembered")
	}
}

func TestThrottledCallsAreTriedAgain(t *testing.T) {
	var n atomic.Int32
	before := func(_ context.Context, c simulator.Call) error {
		if c.Operation == "DescribeLoadBalancers" && n.Add(1) == 1 {
			return wire.Errorf("Throttling", "Rate exceeded")
		}
		return nil
	}
	b := newBench(t, simulator.Options{Faults: simulator.Faults{Before: before}}, Options{})
	if _, err := b.account.ELB.LoadBalancer(t.Context(), "web"); !IsNotFound(err) {
		t.Errorf("\nthe second attempt gets an answer\nLoadBalancer(...): want not found, got %v", err)
	}
	const want = `
# HELP provider_aws_calls_total Calls sent to AWS, retries included, by outcome: ok, gone, in_use, throttled, refused, denied, transient.
# TYPE provider_aws_calls_total counter
provider_aws_calls_total{operation="DescribeLoadBalancers",outcome="ok",service="elasticloadbalancing"} 1
provider_aws_calls_total{operation="DescribeLoadBalancers",outcome="throttled",service="elasticloadbalancing"} 1
`
	if err := testutil.GatherAndCompare(b.registry, strings.NewReader(want), "provider_aws_calls_total"); err != nil {
		t.Errorf("\neach attempt is counted\n%v", err)
	}
}

func TestWithinAWSsRatesNothingIsThrottled(t *testing.T) {
	b := newBench(t, simulator.Options{Throttle: simulator.ThrottleAWS}, Options{Attempts: 1})
	lb := b.createLoadBalancer(t, "web")
	listener := b.createListener(t, lb)
	var priority atomic.Int32
	errs := all(t.Context(), 25, func(ctx context.Context) error {
		_, err := b.account.ELB.CreateRule(ctx, rule(listener, priority.Add(1)))
		return err
	})
	if len(errs) > 0 {
		t.Errorf("\n27 writes are more than AWS takes at once, so some wait here instead of being refused there\nCreateRule(...): %v", errs)
	}
}

func TestProvisioningIsLookedAtOften(t *testing.T) {
	b := newBench(t, simulator.Options{ProvisioningDelay: 50 * time.Millisecond}, Options{Ages: Ages{Provisioning: time.Millisecond, Settle: time.Hour}})
	lb := b.createLoadBalancer(t, "web")
	deadline := time.Now().Add(10 * time.Second)
	for {
		got := must[*types.LoadBalancer](t)(b.account.ELB.LoadBalancer(t.Context(), lb))
		if got.State.Code == types.LoadBalancerStateEnumActive {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the load balancer is seen as provisioning long after it became active")
		}
	}
	b.calls()
	must[*types.LoadBalancer](t)(b.account.ELB.LoadBalancer(t.Context(), lb))
	b.expect(t, "one that is active is not", map[string]int{})
}

func TestTargetHealthAges(t *testing.T) {
	cases := map[string]struct {
		reason string
		state  types.TargetHealthStateEnum
		want   bool
	}{
		"Initial":  {reason: "it will change by itself", state: types.TargetHealthStateEnumInitial, want: true},
		"Draining": {reason: "it will change by itself", state: types.TargetHealthStateEnumDraining, want: true},
		"Healthy":  {reason: "it may stay so for ever", state: types.TargetHealthStateEnumHealthy},
		"Unused":   {reason: "it may stay so for ever", state: types.TargetHealthStateEnumUnused},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := isSettling(types.TargetHealthDescription{TargetHealth: &types.TargetHealth{State: tc.state}}); got != tc.want {
				t.Errorf("\n%s\nisSettling(%s): want %t, got %t", tc.reason, tc.state, tc.want, got)
			}
		})
	}
}
