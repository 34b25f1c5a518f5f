package dataplane

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

func TestMapLoopback(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   string
		want   string
		err    bool
	}{
		"Pod":      {reason: "10/8 maps to 127/8", args: "10.64.3.4:3000", want: "127.64.3.4:3000"},
		"Loopback": {reason: "loopback is here already", args: "127.0.0.1:80", want: "127.0.0.1:80"},
		"IPv6":     {reason: "loopback is here already", args: "[::1]:80", want: "[::1]:80"},
		"Mapped":   {reason: "an IPv4-mapped address is its IPv4 address", args: "[::ffff:10.1.2.3]:80", want: "127.1.2.3:80"},
		"Public":   {reason: "nothing leaves the machine", args: "203.0.113.1:80", err: true},
		"Private":  {reason: "nothing leaves the machine", args: "192.168.1.1:80", err: true},
		"Metadata": {reason: "nothing leaves the machine", args: "169.254.169.254:80", err: true},
		"Name":     {reason: "a name might resolve to anything", args: "localhost:80", err: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			stop := errors.New("stop")
			got := ""
			_, err := MapLoopback(func(_ context.Context, _, address string) (net.Conn, error) {
				got = address
				return nil, stop
			})(t.Context(), "tcp", tc.args)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: MapLoopback(...): -want, +got:\n%s", tc.reason, diff)
			}
			if refused := !errors.Is(err, stop); refused != tc.err {
				t.Errorf("%s: MapLoopback(...): error %v", tc.reason, err)
			}
		})
	}
}

// ownPool is a pool that no other test process uses. The test is skipped where 127.0.0.1 is the only loopback address.
func ownPool(t *testing.T, bits int) netip.Prefix {
	t.Helper()
	pid := os.Getpid()
	pool := netip.PrefixFrom(netip.AddrFrom4([4]byte{127, byte(1 + pid/256%250), byte(pid % 256), 0}), bits)
	l, err := net.Listen("tcp", netip.AddrPortFrom(pool.Addr().Next(), 0).String())
	if err != nil {
		t.Skip("this machine has no loopback address but 127.0.0.1:", err)
	}
	_ = l.Close()
	return pool
}

func TestAddresses(t *testing.T) {
	pool := ownPool(t, 29)
	d, other := newPlane(t, Options{Pool: pool}), newPlane(t, Options{Pool: pool})
	add := func(d *DataPlane, arn string) error {
		lb := balancerWith(nil, rule("default", fixed("200", "text/plain", arn)))
		lb.ARN = arn
		return d.SetLoadBalancer(lb)
	}
	for i := range 3 {
		for _, plane := range []*DataPlane{d, other} {
			if err := add(plane, fmt.Sprint("lb", i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	seen := map[netip.Addr]bool{}
	for _, e := range append(d.Endpoints(), other.Endpoints()...) {
		if seen[e.Address] || !pool.Contains(e.Address) {
			t.Errorf("address %s is given twice or outside of the pool", e.Address)
		}
		seen[e.Address] = true
		if got := e.Listeners[0].Socket; got != netip.AddrPortFrom(e.Address, port) {
			t.Errorf("listener on %s listens on %s", e.Address, got)
		}
		if got := get(t, client(t, e.Listeners[0].Socket.String(), nil), "http://a.example/").Body; got != e.ARN {
			t.Errorf("%s answers for %q, want %q", e.Listeners[0].Socket, got, e.ARN)
		}
	}
	if err := add(d, "lb3"); err != nil {
		t.Fatal(err)
	}
	if err := add(d, "lb4"); err == nil {
		t.Error("SetLoadBalancer(...): seven addresses serve seven load balancers; want an error for the eighth")
	}
	freed := d.Endpoints()[0].Address
	d.RemoveLoadBalancer("lb0")
	if err := add(d, "lb4"); err != nil {
		t.Fatal(err)
	}
	if got := d.Endpoints()[3].Address; got != freed {
		t.Errorf("the address %s is free again; the next load balancer got %s", freed, got)
	}
}

func TestPortInUseElsewhere(t *testing.T) {
	pool := ownPool(t, 30)
	first := pool.Addr().Next()
	taken, err := net.Listen("tcp", netip.AddrPortFrom(first, port).String())
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(taken)
	d := newPlane(t, Options{Pool: pool})
	set(t, d, balancerWith(nil, rule("default", fixed("200", "text/plain", "here"))))
	e := d.Endpoints()[0].Listeners[0]
	if e.Port != port || e.Socket.Port() == port || e.Socket.Addr() != first {
		t.Errorf("Endpoints(): a port that cannot be bound is mapped to a free one of the address: got %+v", e)
	}
	if got := get(t, client(t, e.Socket.String(), nil), "http://a.example/").Body; got != "here" {
		t.Errorf("the mapped port answers %q", got)
	}
}

func TestConnectionsOutliveChanges(t *testing.T) {
	d := newPlane(t, Options{Speed: 1})
	set(t, d, balancerWith(nil, rule("default", fixed("200", "text/plain", "one"))))
	at := socket(t, d, port)
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(conn)
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(conn)
	ask := func() string {
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		_, body, _ := strings.Cut(readAnswer(t, r), "\r\n\r\n")
		return body
	}
	if got := ask(); got != "one" {
		t.Fatalf("got %q", got)
	}
	lb := balancerWith(map[string]string{attrIdleTimeout: "120"}, rule("default", fixed("200", "text/plain", "two")))
	lb.Listeners = append(lb.Listeners, Listener{ARN: "second", Port: 8081, Protocol: types.ProtocolEnumHttp, Rules: lb.Listeners[0].Rules})
	set(t, d, lb)
	if got := ask(); got != "two" {
		t.Errorf("the connection lives on and sees the new rule: got %q", got)
	}
	if socket(t, d, port) != at {
		t.Error("the listener moved")
	}
	bad := lb
	bad.Listeners = append([]Listener{}, lb.Listeners...)
	bad.Listeners[0].Rules = []types.Rule{rule("default", fixed("200", "", "three"))}
	bad.Listeners[1].Rules = []types.Rule{rule("1", fixed("200", "", "x"), types.RuleCondition{Field: new("host-header"), RegexValues: []string{"("}}), rule("default", fixed("200", "", ""))}
	err = d.SetLoadBalancer(bad)
	if err == nil || !strings.Contains(err.Error(), `listener "second"`) || !strings.Contains(err.Error(), `"rule/1"`) {
		t.Errorf("SetLoadBalancer(...): want an error that names listener and rule, got %v", err)
	}
	if got := ask(); got != "two" {
		t.Errorf("after an error nothing has changed: got %q", got)
	}
	lb.Listeners = lb.Listeners[1:]
	set(t, d, lb)
	if _, err := r.ReadByte(); err == nil {
		t.Error("the connection of a listener that is deleted must end")
	}
	if _, err := net.Dial("tcp", at); err == nil {
		t.Error("a listener that is deleted takes no connection")
	}
}

func TestProtocolChange(t *testing.T) {
	d := newPlane(t, Options{Speed: 1})
	set(t, d, balancerWith(nil, rule("default", fixed("200", "text/plain", "plain"))))
	at := socket(t, d, port)
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(conn)
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	r := bufio.NewReader(conn)
	readAnswer(t, r)
	set(t, d, secure(nil, with(certificateFor(t, ecKey(t), nil, named("a.example"))), rule("default", fixed("200", "text/plain", "tls"))))
	if got := get(t, client(t, at, anyCertificate("h2")), "https://a.example/").Body; got != "tls" {
		t.Errorf("ModifyListener: the port speaks the new protocol: got %q", got)
	}
	if _, err := r.ReadByte(); err == nil {
		t.Error("ModifyListener: connections of the old protocol end")
	}
}

// TestRulesChangeAtOnce: two rules that always agree never disagree in the eyes of a client.
func TestRulesChangeAtOnce(t *testing.T) {
	d := newPlane(t, Options{Speed: 1})
	version := func(n int) LoadBalancer {
		even, odd := "/even", "/odd"
		if n%2 == 1 {
			even, odd = odd, even
		}
		return balancerWith(nil, rule("1", fixed("200", "text/plain", "yes"), pathIs(even)), rule("2", fixed("200", "text/plain", "no"), pathIs(odd)), rule("default", fixed("404", "text/plain", "neither")))
	}
	set(t, d, version(0))
	at := socket(t, d, port)
	done := make(chan struct{})
	var clients sync.WaitGroup
	for _, path := range []string{"/even", "/odd"} {
		c := client(t, at, nil)
		clients.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					if got := get(t, c, "http://a.example"+path).Body; got != "yes" && got != "no" {
						t.Errorf("%s fell between two sets of rules: got %q", path, got)
						return
					}
				}
			}
		})
	}
	for n := range 200 {
		set(t, d, version(n))
	}
	close(done)
	clients.Wait()
}

func TestInvalidLoadBalancers(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   LoadBalancer
		want   string
	}{
		"NoDefault":     {reason: "a listener has a default rule", args: balancerWith(nil, rule("1", fixed("200", "", ""))), want: `cannot set load balancer "` + lbARN + `": listener "listener": it has no default rule`},
		"NoCertificate": {reason: "an HTTPS listener has a certificate", args: secure(nil, with(), rule("default", fixed("200", "", ""))), want: `cannot set load balancer "` + lbARN + `": listener "listener": it is HTTPS and has no certificate`},
		"StatusCode":    {reason: "FixedResponseActionConfig: a code that can be sent", args: balancerWith(nil, rule("default", fixed("42", "", ""))), want: `cannot set load balancer "` + lbARN + `": listener "listener": rule "rule/default": its fixed response has status code "42"`},
		"NoAction":      {reason: "a rule ends with an action that answers", args: balancerWith(nil, rule("default", types.Action{Type: types.ActionTypeEnumAuthenticateOidc})), want: `cannot set load balancer "` + lbARN + `": listener "listener": rule "rule/default": its last action, "authenticate-oidc", is none that answers a request`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := newPlane(t, Options{})
			err := d.SetLoadBalancer(tc.args)
			if err == nil {
				t.Fatalf("%s: no error", tc.reason)
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("%s: SetLoadBalancer(...): -want, +got:\n%s", tc.reason, diff)
			}
			if got := d.Endpoints(); len(got) != 0 {
				t.Errorf("%s: after an error nothing has changed: got %v", tc.reason, got)
			}
		})
	}
}

func TestCloseEndsRequests(t *testing.T) {
	entered := make(chan struct{})
	at := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(entered)
			<-r.Context().Done()
		}
	}))
	d := New(Options{})
	d.SetTargetGroup(groupOf(groupARN, at))
	set(t, d, balancerWith(nil, rule("default", forwardTo(groupARN))))
	failed := make(chan error, 1)
	c := client(t, socket(t, d, port), nil)
	go func() {
		res, err := c.Get("http://a.example/slow")
		if err == nil {
			_ = res.Body.Close()
		}
		failed <- err
	}()
	<-entered
	d.Close()
	if err := <-failed; err == nil {
		t.Error("Close(): a request in flight must end")
	}
	if err := d.SetLoadBalancer(balancerWith(nil, rule("default", fixed("200", "", "")))); err == nil {
		t.Error("SetLoadBalancer(...) after Close(): no error")
	}
	d.Close() // twice does no harm
}

func TestClientKeepAlive(t *testing.T) {
	d := newPlane(t, Options{Speed: 1000})
	set(t, d, balancerWith(map[string]string{attrClientKeepAlive: "60", attrIdleTimeout: "4000"}, rule("default", fixed("200", "", ""))))
	conn, err := net.Dial("tcp", socket(t, d, port))
	if err != nil {
		t.Fatal(err)
	}
	defer closeQuietly(conn)
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	r := bufio.NewReader(conn)
	eventually(t, "the connection is told to end after client_keep_alive.seconds", func() bool {
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		return strings.Contains(readAnswer(t, r), "Connection: close\r\n")
	})
}

func BenchmarkForward(b *testing.B) {
	target := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = target.Serve(l) }()
	defer closeQuietly(target)
	d := New(Options{})
	defer d.Close()
	d.SetTargetGroup(groupOf(groupARN, netip.MustParseAddrPort(l.Addr().String())))
	if err := d.SetLoadBalancer(balancerWith(nil, rule("default", forwardTo(groupARN)))); err != nil {
		b.Fatal(err)
	}
	at := d.Endpoints()[0].Listeners[0].Socket.String()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		conn, err := net.Dial("tcp", at)
		if err != nil {
			b.Error(err)
			return
		}
		defer closeQuietly(conn)
		buf := make([]byte, 4096)
		for pb.Next() {
			if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
				b.Error(err)
				return
			}
			if _, err := conn.Read(buf); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// A rule changes from one target group to another in one step: no request finds a group whose targets are not in use yet.
func TestGroupsChangeInOneStep(t *testing.T) {
	d := newPlane(t, Options{})
	pod := serve(t, echo("a"))
	next := func(i int) LoadBalancer {
		arn := fmt.Sprint(groupARN, i)
		d.SetTargetGroup(groupOf(arn, pod))
		return balancerWith(nil, rule("default", forwardTo(arn)))
	}
	set(t, d, next(0))
	c := client(t, socket(t, d, port), nil)
	changed := make(chan struct{})
	go func() {
		defer close(changed)
		for i := range 300 {
			if err := d.SetLoadBalancer(next(i + 1)); err != nil {
				t.Error(err)
			}
		}
	}()
	for n := 0; ; n++ {
		if got := get(t, c, "http://a.example/").Code; got != http.StatusOK {
			t.Errorf("request %d was answered %d while its target group changed", n, got)
			<-changed
			return
		}
		select {
		case <-changed:
			return
		default:
		}
	}
}
