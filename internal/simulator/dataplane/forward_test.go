package dataplane

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

func count(t *testing.T, c *http.Client, n int) map[string]int {
	t.Helper()
	got := map[string]int{}
	for range n {
		a := get(t, c, "http://example.com/")
		name := a.Header.Get("X-Target")
		if a.Code != http.StatusOK {
			name = http.StatusText(a.Code)
		}
		got[name]++
	}
	return got
}

func TestForwardDistribution(t *testing.T) {
	a1, a2, b1 := serve(t, echo("a1")), serve(t, echo("a2")), serve(t, echo("b1"))
	type args struct {
		assumptions alb.Assumptions
		action      types.Action
		groups      []TargetGroup
		n           int
	}
	cases := map[string]struct {
		reason string
		args   args
		want   map[string]int
	}{
		"RoundRobin": {
			reason: "Routing algorithms: round_robin is the default",
			args:   args{action: forwardTo(groupARN), groups: []TargetGroup{groupOf(groupARN, a1, a2)}, n: 10},
			want:   map[string]int{"a1": 5, "a2": 5},
		},
		"ZeroWeight": {
			reason: "Forward actions: a target group with weight 0 gets nothing",
			args: args{
				action: weighted(map[string]int32{groupARN: 0, otherARN: 1}), n: 10,
				groups: []TargetGroup{groupOf(groupARN, a1), groupOf(otherARN, b1)},
			},
			want: map[string]int{"b1": 10},
		},
		"ZeroWeightsShare": {
			reason: "ZeroWeights switches to the other reading",
			args: args{
				assumptions: alb.Assumptions{ZeroWeights: alb.ZeroWeightsShare},
				action:      weighted(map[string]int32{groupARN: 0, otherARN: 0}), n: 100,
				groups: []TargetGroup{groupOf(groupARN, a1), groupOf(otherARN, b1)},
			},
			want: map[string]int{"a1": 50, "b1": 50},
		},
		"NoFailover": {
			reason: "Forward actions: no failover from a target group without targets",
			args: args{
				action: weighted(map[string]int32{groupARN: 1, otherARN: 1}), n: 100,
				groups: []TargetGroup{groupOf(groupARN), groupOf(otherARN, b1)},
			},
			want: map[string]int{"Service Unavailable": 50, "b1": 50},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := newPlane(t, Options{Assumptions: tc.args.assumptions})
			for _, g := range tc.args.groups {
				d.SetTargetGroup(g)
			}
			set(t, d, balancerWith(nil, rule("default", tc.args.action)))
			for _, g := range tc.args.groups {
				if len(g.Targets) > 0 {
					waitHealthy(t, d, g.ARN)
				}
			}
			if diff := cmp.Diff(tc.want, count(t, client(t, socket(t, d, port), nil), tc.args.n)); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestWeightsAreKept(t *testing.T) {
	f := &forward{groups: []*group{{arn: "a"}, {arn: "b"}, {arn: "c"}}, upTo: []uint64{70, 100, 100}, total: 100}
	got := map[string]int{}
	for range 500 {
		got[f.choose().arn]++
	}
	// Gateway API conformance, HTTPRouteWeight: 70/30/0 within 5 % of 500 requests.
	if a, b := got["a"], got["b"]; a < 345 || a > 355 || a+b != 500 {
		t.Errorf("weights 70, 30, 0: got %v of 500 requests", got)
	}
}

func TestFailOpen(t *testing.T) {
	sick := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Target", "sick")
		if r.Header.Get("User-Agent") == "ELB-HealthChecker/2.0" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	d := newPlane(t, Options{})
	d.SetTargetGroup(groupOf(groupARN, serve(t, sick), serve(t, sick)))
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	eventually(t, "both targets unhealthy", func() bool {
		return strings.Count(states(d, groupARN), "unhealthy/Target.ResponseCodeMismatch") == 2
	})
	if diff := cmp.Diff(map[string]int{"sick": 4}, count(t, client(t, socket(t, d, port), nil), 4)); diff != "" {
		t.Errorf("Health checks: with unhealthy targets only, requests go to all of them: -want, +got:\n%s", diff)
	}
}

func TestMinimumHealthyTargets(t *testing.T) {
	d := newPlane(t, Options{})
	tg := groupOf(groupARN, serve(t, echo("well")), serve(t, http.NotFoundHandler()))
	d.SetTargetGroup(tg)
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	eventually(t, "one of two targets is healthy", func() bool {
		s := states(d, groupARN)
		return strings.Contains(s, "healthy/ ") || strings.HasSuffix(s, " healthy/")
	})
	c := client(t, socket(t, d, port), nil)
	if diff := cmp.Diff(map[string]int{"well": 4}, count(t, c, 4)); diff != "" {
		t.Errorf("Target group health: one healthy target is enough by default: -want, +got:\n%s", diff)
	}
	tg.Attributes = map[string]string{"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "51"}
	d.SetTargetGroup(tg)
	if diff := cmp.Diff(map[string]int{"well": 2, "Not Found": 2}, count(t, c, 4)); diff != "" {
		t.Errorf("Target group health: below the minimum requests go to all targets: -want, +got:\n%s", diff)
	}
}

func TestLeastOutstandingRequests(t *testing.T) {
	entered, release := make(chan struct{}, 1), make(chan struct{})
	busy := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				entered <- struct{}{}
				<-release
			}
			w.Header().Set("X-Target", name)
		})
	}
	d := newPlane(t, Options{Speed: 10})
	tg := groupOf(groupARN, serve(t, busy("a1")), serve(t, busy("a2")))
	tg.Attributes = map[string]string{attrAlgorithm: "least_outstanding_requests"}
	d.SetTargetGroup(tg)
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN)
	c := client(t, socket(t, d, port), nil)
	slow := make(chan answer, 1)
	go func() { slow <- get(t, c, "http://example.com/slow") }()
	<-entered
	free := count(t, c, 4)
	close(release)
	want := map[string]int{"a1": 4}
	if (<-slow).Header.Get("X-Target") == "a1" {
		want = map[string]int{"a2": 4}
	}
	if diff := cmp.Diff(want, free); diff != "" {
		t.Errorf("Routing algorithms: the target with fewer requests in flight: -want, +got:\n%s", diff)
	}
}

func TestWebSocketUpgrade(t *testing.T) {
	d := newPlane(t, Options{})
	up := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "websocket" {
			return
		}
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer closeQuietly(conn)
		_, _ = buf.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		_ = buf.Flush()
		line, _ := buf.ReadString('\n')
		_, _ = buf.WriteString("echo " + line)
		_ = buf.Flush()
		_, _ = io.Copy(io.Discard, buf) // until the load balancer ends it
	})
	d.SetTargetGroup(groupOf(groupARN, serve(t, up)))
	set(t, d, balancerWith(map[string]string{attrIdleTimeout: "10"}, rule("default", forwardTo(groupARN))))
	conn, err := net.Dial("tcp", socket(t, d, port))
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(conn)
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	r := bufio.NewReader(conn)
	if got := readAnswer(t, r); !strings.HasPrefix(got, "HTTP/1.1 101 Switching Protocols\r\n") {
		t.Fatalf("Listeners, WebSockets: got %q", got)
	}
	_, _ = io.WriteString(conn, "hello\n")
	if got, _ := r.ReadString('\n'); got != "echo hello\n" {
		t.Errorf("Listeners, WebSockets: got %q through the tunnel", got)
	}
	if _, err := r.ReadByte(); err == nil {
		t.Error("Connection idle timeout: an idle tunnel must be closed")
	}
}

func TestConnectTimeout(t *testing.T) {
	never := func(ctx context.Context, _, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	d := newPlane(t, Options{Dial: never, Speed: 200})
	d.SetTargetGroup(groupOf(groupARN, netip.MustParseAddrPort("10.0.0.1:80")))
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	if got := get(t, client(t, socket(t, d, port), nil), "http://example.com/"); got.Code != http.StatusGatewayTimeout {
		t.Errorf("Troubleshoot, HTTP 504: no connection within 10 s: got %d", got.Code)
	}
}

func TestClientIdleInBody(t *testing.T) {
	d := newPlane(t, Options{})
	d.SetTargetGroup(groupOf(groupARN, serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))))
	set(t, d, balancerWith(map[string]string{attrIdleTimeout: "10"}, rule("default", forwardTo(groupARN))))
	got := raw(t, socket(t, d, port), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
	if !strings.HasPrefix(got, "HTTP/1.1 408 Request Time-out\r\n") {
		t.Errorf("Troubleshoot, HTTP 408: the client did not send data before the idle timeout: got %q", got)
	}
}

func TestBodiesAndReuse(t *testing.T) {
	var conns atomic.Int64
	target := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, _ = w.Write(body)
		}),
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				conns.Add(1)
			}
		},
	}
	d := newPlane(t, Options{Speed: 1})
	d.SetTargetGroup(groupOf(groupARN, serveOn(t, target, nil)))
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN)
	c := client(t, socket(t, d, port), nil)
	big := strings.Repeat("0123456789", 100_000)
	for range 20 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://example.com/", strings.NewReader(big))
		if err != nil {
			t.Fatal(err)
		}
		if got := do(t, c, req); got.Body != big {
			t.Fatalf("the body came back with %d bytes; want %d", len(got.Body), len(big))
		}
	}
	if n := conns.Load(); n > 10 { // one, and one for each that the busy machine kept from coming to rest in time
		t.Errorf("Request routing: connections to targets are reused: %d for 20 requests and a health check", n)
	}
}
