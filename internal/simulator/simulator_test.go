package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	acmapi "github.com/aws/aws-sdk-go-v2/service/acm"
	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

func TestOptionsAreChecked(t *testing.T) {
	cases := map[string]simulator.Options{
		"Region":   {Region: "Frankfurt"},
		"Account":  {AccountID: "12345"},
		"Throttle": {Throttle: "some"},
		"Latency":  {Latency: -time.Second},
	}
	for name, opts := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := simulator.New(opts); err == nil {
				t.Error("want an error")
			}
		})
	}
}

func TestRegionAndAccount(t *testing.T) {
	opts := quick()
	opts.Region, opts.AccountID, opts.Credentials = "eu-west-1", "210987654321", map[string]string{"alice": "wonder"}
	b := newBench(t, opts)
	cfg := b.cfg.Copy()
	cfg.Region = "eu-west-1"
	as("alice", "wonder")(&cfg)
	who := must(sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}))(b)
	if got := fmt.Sprint(*who.Account, " ", *who.Arn); got != "210987654321 arn:aws:iam::210987654321:user/alice" {
		t.Errorf("caller: %s", got)
	}
	var subnets []string
	for _, s := range must(ec2api.NewFromConfig(cfg).DescribeSubnets(t.Context(), &ec2api.DescribeSubnetsInput{}))(b).Subnets {
		if s.MapPublicIpOnLaunch != nil && *s.MapPublicIpOnLaunch {
			subnets = append(subnets, *s.SubnetId)
		}
	}
	lb := must(elb.NewFromConfig(cfg).CreateLoadBalancer(t.Context(), &elb.CreateLoadBalancerInput{Name: new("shop"), Subnets: subnets}))(b).LoadBalancers[0]
	if got := fmt.Sprint(*lb.AvailabilityZones[0].ZoneName, " ", (*lb.LoadBalancerArn)[:65]); got != "eu-west-1a arn:aws:elasticloadbalancing:eu-west-1:210987654321:loadbalancer/" {
		t.Errorf("load balancer: %s", got)
	}
}

// "Request throttling for Elastic Load Balancing": buckets of 20 that gain 3 a second for writes, 4 for targets, 200 and 50 for reads.
func TestThrottling(t *testing.T) {
	c := newClock()
	opts := quick()
	opts.Throttle, opts.Now = simulator.ThrottleAWS, c.Now
	b := newBench(t, opts)
	write := func() string {
		_, err := b.elb.DeleteTargetGroup(t.Context(), &elb.DeleteTargetGroupInput{TargetGroupArn: new("arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/0")})
		return codeOf(t, err)
	}
	read := func() string {
		_, err := b.elb.DescribeTargetGroups(t.Context(), &elb.DescribeTargetGroupsInput{})
		return codeOf(t, err)
	}
	group := func() string {
		_, err := b.ec2.CreateTags(t.Context(), &ec2api.CreateTagsInput{Resources: []string{vpcID}, Tags: []ec2types.Tag{{Key: aws.String("k")}}})
		return codeOf(t, err)
	}
	list := func() string {
		_, err := b.acm.ListCertificates(t.Context(), &acmapi.ListCertificatesInput{})
		return codeOf(t, err)
	}
	cases := map[string]struct {
		call  func() string
		burst int
		rate  int
		code  string
	}{
		"Writes":    {write, 20, 3, "Throttling"},
		"Reads":     {read, 200, 50, "Throttling"},
		"EC2Writes": {group, 50, 5, "RequestLimitExceeded"},
		"ACMLists":  {list, 8, 8, "ThrottlingException"},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			admitted := func() int {
				for n := 0; ; n++ {
					if k.call() == k.code {
						return n
					}
				}
			}
			first := admitted()
			c.advance(time.Second)
			if second := admitted(); first != k.burst || second != k.rate {
				t.Errorf("want %d at once and %d a second later, got %d and %d", k.burst, k.rate, first, second)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	lost := &wire.Error{Code: "ServiceUnavailable", Message: "try again", Status: http.StatusServiceUnavailable}
	var before, after error
	opts := quick()
	opts.Faults.Before = func(_ context.Context, c simulator.Call) error {
		if c.Operation == "CreateTargetGroup" {
			return before
		}
		return nil
	}
	opts.Faults.After = func(_ context.Context, c simulator.Call) error {
		if c.Service == "elbv2" && c.Operation == "CreateTargetGroup" {
			return after
		}
		return nil
	}
	b := newBench(t, opts)
	create := func(name string) string {
		_, err := b.elb.CreateTargetGroup(t.Context(), new(ipGroup(name)))
		return codeOf(t, err)
	}
	before = lost
	got := []string{create("before")}
	before, after = nil, errors.New("anything")
	got = append(got, create("after"))
	after = nil
	if diff := cmp.Diff([]string{"ServiceUnavailable", "InternalFailure"}, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	var names []string
	for _, g := range must(b.elb.DescribeTargetGroups(t.Context(), &elb.DescribeTargetGroupsInput{}))(b).TargetGroups {
		names = append(names, *g.TargetGroupName)
	}
	if diff := cmp.Diff([]string{"after"}, names); diff != "" {
		t.Errorf("only the second call had an effect: -want, +got:\n%s", diff)
	}
}

func TestLatency(t *testing.T) {
	opts := quick()
	opts.Latency = 20 * time.Millisecond
	b := newBench(t, opts)
	start := time.Now()
	must(b.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{}))(b)
	if took := time.Since(start); took < opts.Latency {
		t.Errorf("took %s", took)
	}
}

// Whoever hangs up while a call waits has not made it.
func TestHangUp(t *testing.T) {
	opts := quick()
	opts.Latency = time.Minute
	b := newBench(t, opts)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := b.elb.CreateTargetGroup(ctx, new(ipGroup("cart"))); err == nil {
		t.Fatal("the call took less than its latency")
	}
	for deadline := time.Now().Add(10 * time.Second); len(b.sim.CallLog()) == 0; { // the server learns of it a little later
		if time.Now().After(deadline) {
			t.Fatal("the call never ended")
		}
		runtime.Gosched()
	}
	if got := b.sim.CallLog()[0].Code; got == "OK" {
		t.Errorf("the call is logged as %s", got)
	}
}

func TestCallsAreCounted(t *testing.T) {
	b := newBench(t, quick())
	b.loadBalancer("shop")
	_, _ = b.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{Names: []string{"none"}})
	must(b.acm.ListCertificates(t.Context(), &acmapi.ListCertificatesInput{}))(b)
	want := map[string]int{"elbv2.CreateLoadBalancer": 1, "elbv2.DescribeLoadBalancers": 1, "acm.ListCertificates": 1}
	if diff := cmp.Diff(want, b.sim.Calls()); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	var log []string
	for _, r := range b.sim.CallLog() {
		log = append(log, r.Operation+" "+r.Code)
	}
	if diff := cmp.Diff([]string{"CreateLoadBalancer OK", "DescribeLoadBalancers LoadBalancerNotFound", "ListCertificates OK"}, log); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	b.sim.ResetCalls()
	if n := len(b.sim.Calls()) + len(b.sim.CallLog()); n != 0 {
		t.Errorf("%d left after a reset", n)
	}
}

func (b *bench) admin(method, what string, into any) int {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, b.url+"/_albsim/"+what, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if into != nil {
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			b.Fatal(err)
		}
	}
	return resp.StatusCode
}

func TestAdmin(t *testing.T) {
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	l := b.listener(lb, 80)
	var endpoints []struct {
		ARN, DNSName, Address string
		Listeners             []struct {
			ARN, Protocol, Socket string
			Port                  int
		}
	}
	b.admin(http.MethodGet, "endpoints", &endpoints)
	if len(endpoints) != 1 || endpoints[0].ARN != *lb.LoadBalancerArn || endpoints[0].DNSName != *lb.DNSName || endpoints[0].Listeners[0].ARN != l || endpoints[0].Listeners[0].Port != 80 {
		t.Errorf("endpoints: %+v", endpoints)
	}
	if _, err := netip.ParseAddrPort(endpoints[0].Listeners[0].Socket); err != nil {
		t.Errorf("socket: %v", err)
	}
	var calls struct {
		Counts map[string]int
		Log    []struct{ Service, Operation, Code, Time string }
	}
	b.admin(http.MethodGet, "calls", &calls)
	if calls.Counts["elbv2.CreateListener"] != 1 || len(calls.Log) != 2 || calls.Log[1].Operation != "CreateListener" {
		t.Errorf("calls: %+v", calls)
	}
	if got := b.admin(http.MethodDelete, "calls", nil); got != http.StatusNoContent || len(b.sim.Calls()) != 0 {
		t.Errorf("delete calls: %d, %v left", got, b.sim.Calls())
	}
	var world struct {
		VPC, CIDR string
		Subnets   []struct{ ID, Access string }
		Instances []struct{ ID, Address string }
	}
	b.admin(http.MethodGet, "world", &world)
	if world.VPC != vpcID || len(world.Subnets) != 6 || len(world.Instances) != 3 || world.Instances[0].Address != "10.64.0.11" {
		t.Errorf("world: %+v", world)
	}
	var health map[string]string
	b.admin(http.MethodGet, "health", &health)
	if diff := cmp.Diff(map[string]string{"status": "ok", "region": "us-east-1", "account": "123456789012"}, health); diff != "" {
		t.Errorf("health: -want, +got:\n%s", diff)
	}
	if got := b.admin(http.MethodPost, "calls", nil); got != http.StatusMethodNotAllowed {
		t.Errorf("post: %d", got)
	}
	if got := b.admin(http.MethodGet, "nothing", nil); got != http.StatusNotFound {
		t.Errorf("unknown: %d", got)
	}
}

// From the API to a real request through a real socket to a real target.
func TestTraffic(t *testing.T) {
	pod := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "pod "+r.URL.Path) }))
	defer pod.Close()
	opts := quick()
	opts.DataPlane.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address != "10.64.0.99:80" {
			return nil, fmt.Errorf("nothing listens on %s", address)
		}
		return (&net.Dialer{}).DialContext(ctx, network, pod.Listener.Addr().String())
	}
	b := newBench(t, opts)
	l := b.listener(b.loadBalancer("shop"), 8080)
	tg := b.targetGroup("cart")
	b.rule(l, 1, path("/cart/*"), forward(tg))
	must(b.elb.RegisterTargets(t.Context(), &elb.RegisterTargetsInput{TargetGroupArn: &tg, Targets: []types.TargetDescription{{Id: new("10.64.0.99")}}}))(b)
	get := func(path string) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+b.sim.Endpoints()[0].Listeners[0].Socket.String()+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(resp.StatusCode, " ", string(body))
	}
	got := []string{get("/cart/1"), get("/other")}
	if diff := cmp.Diff([]string{"200 pod /cart/1", "404 "}, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	health := must(b.elb.DescribeTargetHealth(t.Context(), &elb.DescribeTargetHealthInput{TargetGroupArn: &tg}))(b).TargetHealthDescriptions
	if s := health[0].TargetHealth.State; s != types.TargetHealthStateEnumInitial && s != types.TargetHealthStateEnumHealthy {
		t.Errorf("target is %s", s)
	}
}

// Calls of many clients at once leave a state that adds up.
func TestConcurrentCalls(t *testing.T) {
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	l := b.listener(lb, 80)
	const clients, rules = 8, 5
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for j := range rules {
				out, err := b.elb.CreateRule(t.Context(), &elb.CreateRuleInput{
					ListenerArn: &l, Priority: aws.Int32(int32(i*rules + j + 1)), Conditions: path("/"), Actions: []types.Action{notFound()},
				})
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := b.elb.DescribeRules(t.Context(), &elb.DescribeRulesInput{ListenerArn: &l}); err != nil {
					t.Error(err)
				}
				if j == 0 {
					if _, err := b.elb.DeleteRule(t.Context(), &elb.DeleteRuleInput{RuleArn: out.Rules[0].RuleArn}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if n := len(must(b.elb.DescribeRules(t.Context(), &elb.DescribeRulesInput{ListenerArn: &l}))(b).Rules); n != clients*(rules-1)+1 {
		t.Errorf("want %d rules, got %d", clients*(rules-1)+1, n)
	}
}
