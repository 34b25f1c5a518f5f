package dataplane

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// patient answers each check with the next code, and the last one for ever. It tells how many it had.
type patient struct {
	mu    sync.Mutex
	codes []int
	seen  []*http.Request
}

func (p *patient) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, r)
	code := p.codes[0]
	if len(p.codes) > 1 {
		p.codes = p.codes[1:]
	}
	w.WriteHeader(code)
}

func (p *patient) checks() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.seen)
}

var ignoreDocument = cmpopts.IgnoreUnexported(types.TargetHealthDescription{}, types.TargetHealth{}, types.TargetDescription{})

func TestHealthDescriptions(t *testing.T) {
	type args struct {
		target   netip.AddrPort
		used     bool
		settings func(*types.TargetGroup)
	}
	sick, well := serve(t, &patient{codes: []int{500}}), serve(t, &patient{codes: []int{200}})
	nobody := refused(t)
	silent := rogue(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1))
		buf := make([]byte, 1024)
		for {
			if _, err := c.Read(buf); err != nil {
				return
			}
		}
	})
	checked := func(s *types.TargetGroup) {}
	cases := map[string]struct {
		reason string
		args   args
		want   types.TargetHealth
	}{
		"Healthy": {
			reason: "TargetHealth: without reason and description",
			args:   args{well, true, checked},
			want:   types.TargetHealth{State: types.TargetHealthStateEnumHealthy},
		},
		"Mismatch": {
			reason: "TargetHealth: Target.ResponseCodeMismatch",
			args:   args{sick, true, checked},
			want:   types.TargetHealth{State: types.TargetHealthStateEnumUnhealthy, Reason: types.TargetHealthReasonEnumResponseCodeMismatch, Description: new("Health checks failed with these codes: [500]")},
		},
		"Refused": {
			reason: "TargetHealth: Target.FailedHealthChecks",
			args:   args{nobody, true, checked},
			want:   types.TargetHealth{State: types.TargetHealthStateEnumUnhealthy, Reason: types.TargetHealthReasonEnumFailedHealthChecks, Description: new("Health checks failed")},
		},
		"Timeout": {
			reason: "TargetHealth: Target.Timeout",
			args:   args{silent, true, checked},
			want:   types.TargetHealth{State: types.TargetHealthStateEnumUnhealthy, Reason: types.TargetHealthReasonEnumTimeout, Description: new("Request timed out")},
		},
		"Unused": {
			reason: "TargetHealth: Target.NotInUse while no load balancer uses the group",
			args:   args{well, false, checked},
			want:   types.TargetHealth{State: types.TargetHealthStateEnumUnused, Reason: types.TargetHealthReasonEnumNotInUse, Description: new("Target group is not configured to receive traffic from the load balancer")},
		},
		"MatcherRange": {
			reason: "Matcher: a range of codes",
			args:   args{serve(t, &patient{codes: []int{418}}), true, func(s *types.TargetGroup) { s.Matcher = &types.Matcher{HttpCode: new("200,410-420")} }},
			want:   types.TargetHealth{State: types.TargetHealthStateEnumHealthy},
		},
		"NoRedirectsFollowed": {
			reason: "Health checks: a redirect is a code like any other",
			args:   args{serve(t, http.RedirectHandler("/elsewhere", http.StatusFound)), true, checked},
			want:   types.TargetHealth{State: types.TargetHealthStateEnumUnhealthy, Reason: types.TargetHealthReasonEnumResponseCodeMismatch, Description: new("Health checks failed with these codes: [302]")},
		},
		"OtherPort": {
			reason: "Health checks: HealthCheckPort may be a port of its own",
			args:   args{nobody, true, func(s *types.TargetGroup) { s.HealthCheckPort = new(fmt.Sprint(well.Port())) }},
			want:   types.TargetHealth{State: types.TargetHealthStateEnumHealthy},
		},
		"Disabled": {
			reason: "TargetHealth: Target.HealthCheckDisabled",
			args:   args{nobody, true, func(s *types.TargetGroup) { s.HealthCheckEnabled = new(false) }},
			want:   types.TargetHealth{State: types.TargetHealthStateEnumUnavailable, Reason: types.TargetHealthReasonEnumHealthCheckDisabled, Description: new("Health checks are disabled for this target group")},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newPlane(t, Options{})
			tg := groupOf(groupARN, tc.args.target)
			tc.args.settings(&tg.Settings)
			d.SetTargetGroup(tg)
			if tc.args.used {
				set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
			}
			want := types.TargetHealthDescription{
				Target:          &types.TargetDescription{Id: new(tc.args.target.Addr().String()), Port: new(int32(tc.args.target.Port()))},
				HealthCheckPort: new(fmt.Sprint(tc.args.target.Port())), TargetHealth: &tc.want,
			}
			if tg.Settings.HealthCheckPort != nil {
				want.HealthCheckPort = tg.Settings.HealthCheckPort
			}
			diff := ""
			t.Cleanup(func() {
				if diff != "" {
					t.Errorf("%s: Health(...): -want, +got:\n%s", tc.reason, diff)
				}
			})
			eventually(t, "the target is judged so", func() bool { // where the machine is busy, only after a check that took too long
				diff = cmp.Diff(want, d.Health(groupARN)[0], ignoreDocument)
				return diff == ""
			})
		})
	}
}

func TestStoppedInstance(t *testing.T) {
	d := newPlane(t, Options{})
	d.SetTargetGroup(TargetGroup{ARN: groupARN, Targets: []Target{{ID: "i-1", Port: 80}}})
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	if got := states(d, groupARN); got != "unused/Target.InvalidState" {
		t.Errorf("TargetHealth: an instance that is not running: got %q", got)
	}
	if got := get(t, client(t, socket(t, d, port), nil), "http://a.example/"); got.Code != http.StatusServiceUnavailable {
		t.Errorf("HTTP 503: all registered targets are unused: got %d", got.Code)
	}
}

func TestHealthCheckRequest(t *testing.T) {
	p := &patient{codes: []int{200}}
	at := serve(t, p)
	d := newPlane(t, Options{})
	tg := groupOf(groupARN, at)
	tg.Settings.HealthCheckPath = new("/up?deep=1")
	d.SetTargetGroup(tg)
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN)
	p.mu.Lock()
	r := p.seen[0]
	got := []string{r.Method, r.RequestURI, r.Proto, r.Host, r.UserAgent(), fmt.Sprint(r.Close)}
	p.mu.Unlock()
	if diff := cmp.Diff([]string{"GET", "/up?deep=1", "HTTP/1.1", at.String(), "ELB-HealthChecker/2.0", "true"}, got); diff != "" {
		t.Errorf("Health checks: a request with host ip:port, the connection closed after it: -want, +got:\n%s", diff)
	}
}

func TestHealthThresholds(t *testing.T) {
	const pass, fail = "pass", "fail"
	cases := map[string]struct {
		reason string
		args   []string
		want   []string
	}{
		"FirstPass":     {reason: "Health checks: a newly registered target is healthy after one passing check", args: []string{pass}, want: []string{"healthy"}},
		"LatePass":      {reason: "Health checks: until it is judged a target is initial", args: []string{fail, fail, pass}, want: []string{"initial", "initial", "healthy"}},
		"Fails":         {reason: "Health checks: UnhealthyThresholdCount failures in a row", args: []string{pass, fail, fail, fail}, want: []string{"healthy", "healthy", "healthy", "unhealthy"}},
		"FailsInARow":   {reason: "Health checks: a pass between starts the count again", args: []string{pass, fail, fail, pass, fail, fail}, want: []string{"healthy", "healthy", "healthy", "healthy", "healthy", "healthy"}},
		"Recovers":      {reason: "Health checks: HealthyThresholdCount passes in a row", args: []string{fail, fail, fail, pass, pass}, want: []string{"initial", "initial", "unhealthy", "unhealthy", "healthy"}},
		"RecoversInRow": {reason: "Health checks: a failure between starts the count again", args: []string{fail, fail, fail, pass, fail, pass}, want: []string{"initial", "initial", "unhealthy", "unhealthy", "unhealthy", "unhealthy"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := newPlane(t, Options{}).group(groupARN)
			g.settings.UnhealthyThresholdCount, g.settings.HealthyThresholdCount = new(int32(3)), new(int32(2))
			target := newTarget(g, targetAt(netip.MustParseAddrPort("127.0.0.1:1")))
			target.state = initial
			var got []string
			for _, outcome := range tc.args {
				reason := types.TargetHealthReasonEnum("")
				if outcome == fail {
					reason = types.TargetHealthReasonEnumTimeout
				}
				target.judge(t.Context(), reason, "")
				got = append(got, string(target.describe().TargetHealth.State))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: states one after another: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestUnusedGroupIsNotChecked(t *testing.T) {
	p, clock := &patient{codes: []int{200}}, &patient{codes: []int{200}}
	d := newPlane(t, Options{Speed: 500})
	d.SetTargetGroup(groupOf(groupARN, serve(t, p)))
	d.SetTargetGroup(groupOf(otherARN, serve(t, clock)))
	set(t, d, balancerWith(nil, rule("1", forwardTo(groupARN), pathIs("/a")), rule("default", forwardTo(otherARN))))
	waitHealthy(t, d, groupARN)
	set(t, d, balancerWith(nil, rule("default", forwardTo(otherARN))))
	if got := states(d, groupARN); got != "unused/Target.NotInUse" {
		t.Errorf("TargetHealth: after the last rule left: got %q", got)
	}
	n, began := p.checks(), clock.checks()
	eventually(t, "another group is checked five times", func() bool { return clock.checks() >= began+5 })
	if more := p.checks(); more > n+1 {
		t.Errorf("Health checks: %d more checks of a group that is not used", more-n)
	}
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN)
}

func TestDraining(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(entered)
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}
		w.Header().Set("X-Target", "leaving")
	})
	leaving, staying := serve(t, slow), serve(t, echo("staying"))
	d := newPlane(t, Options{})
	d.SetTargetGroup(groupOf(groupARN, leaving))
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN)
	at := socket(t, d, port)
	answers := make(chan answer, 1)
	go func() { answers <- get(t, client(t, at, nil), "http://a.example/slow") }()
	<-entered

	d.SetTargetGroup(groupOf(groupARN, staying))
	draining := 0
	for _, h := range d.Health(groupARN) {
		if h.TargetHealth.State == types.TargetHealthStateEnumDraining && h.TargetHealth.Reason == types.TargetHealthReasonEnumDeregistrationInProgress {
			draining++
		}
	}
	if draining != 1 || len(d.Health(groupARN)) != 2 {
		t.Errorf("Deregistration delay: want one target draining beside the new one, got %q", states(d, groupARN))
	}
	if diff := cmp.Diff(map[string]int{"staying": 4}, count(t, client(t, at, nil), 4)); diff != "" {
		t.Errorf("Deregistration delay: no new requests to the target: -want, +got:\n%s", diff)
	}
	close(release)
	if got := <-answers; got.Code != http.StatusOK || got.Header.Get("X-Target") != "leaving" {
		t.Errorf("Deregistration delay: a request in flight ends well: got %d", got.Code)
	}

	d.SetTargetGroup(groupOf(groupARN, leaving, staying))
	waitHealthy(t, d, groupARN)
	if n := len(d.Health(groupARN)); n != 2 {
		t.Errorf("a target registered again while it drains is there once: got %d targets", n)
	}
}

func TestDeregistrationDelayOver(t *testing.T) {
	entered := make(chan struct{})
	var once sync.Once
	at := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			once.Do(func() { close(entered) })
			<-r.Context().Done()
		}
	}))
	d := newPlane(t, Options{})
	tg := groupOf(groupARN, at)
	tg.Attributes = map[string]string{attrDeregistrationDelay: "5"}
	d.SetTargetGroup(tg)
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN)
	answers := make(chan answer, 1)
	go func() { answers <- get(t, client(t, socket(t, d, port), nil), "http://a.example/slow") }()
	<-entered
	tg.Targets = nil
	d.SetTargetGroup(tg)
	if got := <-answers; got.Code != http.StatusBadGateway {
		t.Errorf("HTTP 502: the deregistration delay is over: got %d", got.Code)
	}
	eventually(t, "the target is gone", func() bool { return len(d.Health(groupARN)) == 0 })
}

func TestHealthChecksDialTheMappedAddress(t *testing.T) {
	well := serve(t, &patient{codes: []int{200}})
	var asked atomic.Value
	dial := MapLoopback(func(ctx context.Context, network, address string) (net.Conn, error) {
		asked.Store(address)
		return (&net.Dialer{}).DialContext(ctx, network, well.String())
	})
	d := newPlane(t, Options{Dial: dial})
	d.SetTargetGroup(TargetGroup{ARN: groupARN, Targets: []Target{{ID: "i-1", Port: 30080, Address: netip.MustParseAddr("10.1.2.3")}}})
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN)
	if got := asked.Load(); got != "127.1.2.3:30080" {
		t.Errorf("dialled %v for 10.1.2.3:30080", got)
	}
}
