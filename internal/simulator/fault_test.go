package simulator_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// faults talks to the simulator's own API about faults.
func (b *bench) faults(method, body string) string {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, b.url+"/_albsim/faults", strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	defer http.DefaultClient.CloseIdleConnections()
	out, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return resp.Status[:3] + " " + string(out)
}

func TestScriptedFaults(t *testing.T) {
	cases := map[string]struct {
		reason string
		effect string
		code   string
		exists bool
	}{
		"Throttle":   {"a throttled call has no effect and names AWS's code", "throttle", "Throttling", false},
		"Refuse":     {"a refused call has no effect and names a code that trying again does not help", "refuse", "ValidationError", false},
		"FailBefore": {"a failure before the effect leaves nothing", "fail-before", "InternalFailure", false},
		"FailAfter":  {"a failure after the effect leaves the resource: clients that try again must find it", "fail-after", "InternalFailure", true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, quick())
			if got := b.faults(http.MethodPost, `{"operation": "CreateLoadBalancer", "effect": "`+tc.effect+`"}`); got != "204 " {
				t.Fatalf("%s: the fault is not taken: %s", tc.reason, got)
			}
			_, err := b.elb.CreateLoadBalancer(t.Context(), &elb.CreateLoadBalancerInput{Name: new("web"), Subnets: []string{publicA, publicB}})
			if got := codeOf(t, err); got != tc.code {
				t.Errorf("%s: want %s, got %q", tc.reason, tc.code, got)
			}
			out := must(b.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{}))(b)
			if got := len(out.LoadBalancers) > 0; got != tc.exists {
				t.Errorf("%s: load balancer exists: %t, want %t", tc.reason, got, tc.exists)
			}
			b.loadBalancer("next") // a fault hits once unless told otherwise
		})
	}
}

func TestHangingCallsAreLetGo(t *testing.T) {
	b := newBench(t, quick())
	b.faults(http.MethodPost, `{"operation": "CreateLoadBalancer", "effect": "hang-after"}`)
	answered := make(chan error, 1)
	go func() {
		_, err := b.elb.CreateLoadBalancer(t.Context(), &elb.CreateLoadBalancerInput{Name: new("web"), Subnets: []string{publicA, publicB}})
		answered <- err
	}()
	for !strings.Contains(b.faults(http.MethodGet, ""), `"held": 1`) {
		select {
		case err := <-answered:
			t.Fatalf("the call was answered: %v", err)
		case <-t.Context().Done():
			t.Fatal("the call does not hang")
		default:
		}
	}
	if out := must(b.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{}))(b); len(out.LoadBalancers) != 1 {
		t.Error("a call that hangs has had its effect")
	}
	b.faults(http.MethodDelete, "")
	if got := codeOf(t, <-answered); got != "InternalFailure" {
		t.Errorf("a call that is let go fails: want InternalFailure, got %q", got)
	}
}

func TestFaultsAreChecked(t *testing.T) {
	b := newBench(t, quick())
	for fault, want := range map[string]string{
		`{"operation": "CreateRule", "effect": "explode"}`: "400 effect \"explode\" is none of",
		`{"effect": "throttle"}`:                           "400 operation is missing",
		`{"operation": "*", "effect": "lag", "share": 2}`:  "400 share is 2",
		`{`: "400 ",
	} {
		if got := b.faults(http.MethodPost, fault); !strings.HasPrefix(got, want) {
			t.Errorf("fault %s: want %q, got %q", fault, want, got)
		}
	}
}

// Whoever is dropped cannot know whether the call had its effect.
func TestDroppedConnections(t *testing.T) {
	for effect, exists := range map[string]bool{"drop-before": false, "drop-after": true} {
		t.Run(effect, func(t *testing.T) {
			b := newBench(t, quick())
			b.faults(http.MethodPost, `{"operation": "CreateLoadBalancer", "effect": "`+effect+`"}`)
			_, err := b.elb.CreateLoadBalancer(t.Context(), &elb.CreateLoadBalancerInput{Name: new("web"), Subnets: []string{publicA, publicB}})
			if err == nil || !strings.Contains(err.Error(), "EOF") {
				t.Errorf("the connection must end without an answer, got %v", err)
			}
			out := must(b.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{}))(b)
			if got := len(out.LoadBalancers) > 0; got != exists {
				t.Errorf("load balancer exists: %t, want %t", got, exists)
			}
		})
	}
}

// A read lags behind a write as long as the fault is there, and not longer than two seconds.
func TestLag(t *testing.T) {
	b := newBench(t, quick())
	seen := func() int {
		return len(must(b.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{}))(b).LoadBalancers)
	}
	b.faults(http.MethodPost, `{"operation": "*", "effect": "lag", "times": 3}`)
	if n := seen(); n != 0 {
		t.Fatalf("there are %d load balancers before any is made", n)
	}
	b.loadBalancer("web")
	if n := seen(); n != 0 {
		t.Errorf("a read that lags sees %d load balancers, want 0", n)
	}
	since := time.Now()
	for seen() == 0 && time.Since(since) < 10*time.Second {
		b.faults(http.MethodPost, `{"operation": "*", "effect": "lag", "times": 3}`)
	}
	if took := time.Since(since); took < time.Second || took > 4*time.Second {
		t.Errorf("the lag lasted %s, want about 2s", took)
	}
	b.loadBalancer("next")
	b.faults(http.MethodDelete, "")
	if n := seen(); n != 2 {
		t.Errorf("after the fault a read sees %d load balancers, want 2", n)
	}
}

// By chance means by the same chance again for the same seed.
func TestShareOfCalls(t *testing.T) {
	hits := func() (pattern string) {
		b := newBench(t, quick())
		b.faults(http.MethodPost, `{"operation": "*", "effect": "refuse", "times": 1000, "share": 0.5, "seed": 7}`)
		for range 40 {
			_, err := b.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{})
			pattern += map[bool]string{true: "x", false: "."}[err != nil]
		}
		return pattern
	}
	first := hits()
	if n := strings.Count(first, "x"); n < 10 || n > 30 {
		t.Errorf("half of the calls were to be hit, not %d of 40", n)
	}
	if again := hits(); again != first {
		t.Errorf("the same seed hits other calls: %s, then %s", first, again)
	}
}
