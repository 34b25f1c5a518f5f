package dataplane

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	lbARN    = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/1"
	groupARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/1"
	otherARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/b/2"
	port     = 8080
)

// fast makes AWS's seconds take 20 ms.
const fast = 50

func newPlane(t *testing.T, o Options) *DataPlane {
	t.Helper()
	if o.Speed == 0 {
		o.Speed = fast
	}
	d := New(o)
	t.Cleanup(d.Close)
	return d
}

func rule(priority string, action types.Action, conditions ...types.RuleCondition) types.Rule {
	return types.Rule{RuleArn: new("rule/" + priority), Priority: &priority, IsDefault: new(priority == "default"), Actions: []types.Action{action}, Conditions: conditions}
}

func pathIs(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: new("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: values}}
}

func fixed(code, content, body string) types.Action {
	return types.Action{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: &code, ContentType: &content, MessageBody: &body}}
}

func forwardTo(arn string) types.Action {
	return types.Action{Type: types.ActionTypeEnumForward, TargetGroupArn: &arn}
}

func weighted(weights map[string]int32) types.Action {
	cfg := &types.ForwardActionConfig{}
	for _, arn := range []string{groupARN, otherARN} {
		if w, given := weights[arn]; given {
			cfg.TargetGroups = append(cfg.TargetGroups, types.TargetGroupTuple{TargetGroupArn: new(arn), Weight: new(w)})
		}
	}
	return types.Action{Type: types.ActionTypeEnumForward, ForwardConfig: cfg}
}

// balancerWith is a load balancer with one HTTP listener.
func balancerWith(attrs map[string]string, rules ...types.Rule) LoadBalancer {
	return LoadBalancer{ARN: lbARN, DNSName: "web-1.eu-west-1.elb.amazonaws.com", Attributes: attrs, Listeners: []Listener{
		{ARN: "listener", Port: port, Protocol: types.ProtocolEnumHttp, Rules: rules},
	}}
}

func set(t *testing.T, d *DataPlane, lb LoadBalancer) {
	t.Helper()
	if err := d.SetLoadBalancer(lb); err != nil {
		t.Fatal(err)
	}
}

func socket(t *testing.T, d *DataPlane, port int32) string {
	t.Helper()
	for _, e := range d.Endpoints() {
		for _, l := range e.Listeners {
			if l.Port == port {
				return l.Socket.String()
			}
		}
	}
	t.Fatalf("no listener on port %d", port)
	return ""
}

// serve runs a target until the test ends.
func serve(t *testing.T, h http.Handler) netip.AddrPort {
	t.Helper()
	return serveOn(t, &http.Server{Handler: h}, nil)
}

func serveOn(t *testing.T, s *http.Server, cfg *tls.Config) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := netip.MustParseAddrPort(l.Addr().String())
	if cfg != nil {
		s.TLSConfig = cfg
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if cfg != nil {
			_ = s.ServeTLS(l, "", "")
			return
		}
		_ = s.Serve(l)
	}()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return at
}

// echo answers with what the target saw.
func echo(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Target", name)
		_, _ = fmt.Fprintf(w, "%s %s %s host=%s\n", r.Method, r.RequestURI, r.Proto, r.Host)
		for _, h := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Amzn-Trace-Id", "X_odd", "X-Forwarded-Host", "Forwarded"} {
			for _, v := range r.Header[h] {
				_, _ = fmt.Fprintf(w, "%s=%s\n", h, v)
			}
		}
	})
}

func targetAt(at netip.AddrPort) Target {
	return Target{ID: at.Addr().String(), Port: int32(at.Port()), Address: at.Addr()}
}

func groupOf(arn string, targets ...netip.AddrPort) TargetGroup {
	tg := TargetGroup{ARN: arn, Settings: types.TargetGroup{Protocol: types.ProtocolEnumHttp, HealthCheckIntervalSeconds: new(int32(5)), HealthCheckTimeoutSeconds: new(int32(2))}}
	for _, at := range targets {
		tg.Targets = append(tg.Targets, targetAt(at))
	}
	return tg
}

// eventually waits for a condition; the test fails when it does not come true.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("did not happen within 10 s: %s", what)
		}
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(2 * time.Millisecond):
		}
	}
}

func states(d *DataPlane, arn string) string {
	var all []string
	for _, h := range d.Health(arn) {
		all = append(all, string(h.TargetHealth.State)+"/"+string(h.TargetHealth.Reason))
	}
	return strings.Join(all, " ")
}

func waitHealthy(t *testing.T, d *DataPlane, arn string) {
	t.Helper()
	eventually(t, "all targets of "+arn+" healthy", func() bool {
		for _, h := range d.Health(arn) {
			if h.TargetHealth.State != types.TargetHealthStateEnumHealthy {
				return false
			}
		}
		return len(d.Health(arn)) > 0
	})
}

// client speaks to one socket, whatever the URL's host.
func client(t *testing.T, at string, cfg *tls.Config) *http.Client {
	t.Helper()
	tr := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, at)
		},
		TLSClientConfig: cfg, ForceAttemptHTTP2: cfg != nil, DisableCompression: true,
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

type answer struct {
	Code   int
	Header http.Header
	Body   string
}

func get(t *testing.T, c *http.Client, url string, header ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	return do(t, c, req)
}

func do(t *testing.T, c *http.Client, req *http.Request) answer {
	t.Helper()
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(res.Body)
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

var date = regexp.MustCompile(`Date: [^\r]*`)

// raw sends bytes and returns those of one answer, the date blanked.
func raw(t *testing.T, at, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(conn)
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	return date.ReplaceAllString(readAnswer(t, bufio.NewReader(conn)), "Date: X")
}

func readAnswer(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	var b strings.Builder
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("answer ends early: %q, %v", b.String()+line, err)
		}
		b.WriteString(line)
		if n, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			length, _ = strconv.Atoi(strings.TrimSpace(n))
		}
		if line == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		t.Fatal(err)
	}
	b.Write(body)
	return b.String()
}

// closeQuietly is for what a test has no more use for.
func closeQuietly(c io.Closer) { _ = c.Close() }

// refused is an address that nobody listens on.
func refused(t *testing.T) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(l)
	return netip.MustParseAddrPort(l.Addr().String())
}
