package echo

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/websocket"
)

var who = map[string]string{
	"POD_NAME":     "infra-backend-v1-67469cd55f-hb4k4",
	"NAMESPACE":    "gateway-conformance-infra",
	"SERVICE_NAME": "infra-backend-v1",
	"INGRESS_NAME": "alb",
}

// reply is a response that has been read.
type reply struct {
	code   int
	header http.Header
	body   string
}

// do sends a request over a connection of its own.
func do(t *testing.T, r *http.Request, transport *http.Transport) reply {
	t.Helper()
	transport.DisableKeepAlives = true
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // test
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{code: response.StatusCode, header: response.Header, body: string(body)}
}

func newRequest(t *testing.T, method, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "test")
	r.Header.Set("Accept-Encoding", "identity")
	return r
}

// The conformance suite reads exactly these members.
func TestEchoJSON(t *testing.T) {
	p := startPod(t, who, nil)
	r := newRequest(t, http.MethodPost, "http://"+p.addrs[3000]+"/a%20b//c?x=1&y=2")
	r.Host = "example.com"
	r.Header["X-Two"] = []string{"one", "two"}
	response := do(t, r, new(http.Transport))

	want := `{
 "path": "/a%20b//c?x=1\u0026y=2",
 "host": "example.com",
 "method": "POST",
 "proto": "HTTP/1.1",
 "headers": {
  "Accept-Encoding": [
   "identity"
  ],
  "Connection": [
   "close"
  ],
  "Content-Length": [
   "0"
  ],
  "User-Agent": [
   "test"
  ],
  "X-Two": [
   "one",
   "two"
  ]
 },
 "httpPort": "3000",
 "namespace": "gateway-conformance-infra",
 "ingress": "alb",
 "service": "infra-backend-v1",
 "pod": "infra-backend-v1-67469cd55f-hb4k4"
}`
	if diff := cmp.Diff(want, response.body); diff != "" {
		t.Errorf("body: -want, +got:\n%s", diff)
	}
	got := map[string]string{
		"Content-Type":           response.header.Get("Content-Type"),
		"X-Content-Type-Options": response.header.Get("X-Content-Type-Options"),
	}
	if diff := cmp.Diff(map[string]string{"Content-Type": "application/json", "X-Content-Type-Options": "nosniff"}, got); diff != "" {
		t.Errorf("headers: -want, +got:\n%s", diff)
	}
}

func TestEchoTLS(t *testing.T) {
	server, client := newPair(t, "abc.example.com"), newPair(t, "client")
	env := maps.Clone(who)
	env["TLS_SERVER_CERT"], env["TLS_SERVER_PRIVKEY"], env["TLS_CLIENT_CACERTS"] = "/etc/crt", "/etc/key", "/etc/ca"
	p := startPod(t, env, map[string][]byte{"/etc/crt": server.cert, "/etc/key": server.key, "/etc/ca": client.cert})
	shown, err := tls.X509KeyPair(client.cert, client.key)
	if err != nil {
		t.Fatal(err)
	}

	type args struct {
		shows []tls.Certificate
		alpn  []string
	}
	cases := map[string]struct {
		reason string
		args   args
		want   Connection
	}{
		"HTTP1": {
			reason: "without ALPN nothing is negotiated",
			want:   Connection{Version: "TLSv1.2", ServerName: "abc.example.com", CipherSuite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
		},
		"HTTP2": {
			reason: "the image offers h2",
			args:   args{alpn: []string{"h2"}},
			want: Connection{
				Version: "TLSv1.2", ServerName: "abc.example.com", CipherSuite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", NegotiatedProtocol: "h2",
			},
		},
		"ClientCertificate": {
			reason: "a certificate that the client shows is told as PEM",
			args:   args{shows: []tls.Certificate{shown}},
			want: Connection{
				Version: "TLSv1.2", ServerName: "abc.example.com", CipherSuite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
				PeerCertificates: []string{string(client.cert)},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			config := server.trust(t, "abc.example.com")
			config.Certificates, config.NextProtos = tc.args.shows, tc.args.alpn
			config.MaxVersion = tls.VersionTLS12 // which suite TLS 1.3 takes depends on the machine
			config.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
			response := do(t, newRequest(t, http.MethodGet, "https://"+p.addrs[8443]+"/"), &http.Transport{
				TLSClientConfig:   config,
				ForceAttemptHTTP2: len(tc.args.alpn) > 0,
			})
			var got Answer
			if err := json.Unmarshal([]byte(response.body), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&tc.want, got.TLS); diff != "" {
				t.Errorf("\n%s\ntls: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestPaths(t *testing.T) {
	p := startPod(t, who, nil)
	type want struct {
		code int
		body string
	}
	cases := map[string]struct {
		reason string
		args   string
		want   want
	}{
		"Health":        {reason: "health checks are answered", args: "/health", want: want{code: 200, body: "OK"}},
		"Status":        {reason: "a status can be asked for", args: "/status/503", want: want{code: 503}},
		"StatusOdd":     {reason: "any three digits will do", args: "/status/418", want: want{code: 418}},
		"StatusNone":    {reason: "what is no status is a bad request", args: "/status/abc", want: want{code: 400}},
		"StatusQuery":   {reason: "a query is more than three digits", args: "/status/503?x=1", want: want{code: 400}},
		"DelayNotATime": {reason: "a delay is a duration", args: "/?delay=1x", want: want{code: 500, body: `{"message":"value \"1x\" of delay is not a duration: time: unknown unit \"x\" in duration \"1x\""}` + "\n"}},
		"RetryNoUUID":   {reason: "retries are counted by uuid", args: "/retry/?succeedAfter=1", want: want{code: 400, body: "uuid is required\n"}},
		"RetryNoCount":  {reason: "and end after a count", args: "/retry/?uuid=1", want: want{code: 400, body: "succeedAfter is required\n"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			response := do(t, newRequest(t, http.MethodGet, "http://"+p.addrs[3000]+tc.args), new(http.Transport))
			if diff := cmp.Diff(tc.want, want{code: response.code, body: response.body}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\nGET %s: -want, +got:\n%s", tc.reason, tc.args, diff)
			}
		})
	}
}

func TestSetHeaders(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		want   http.Header
	}{
		"One":      {reason: "a name and a value", args: []string{"X-Foo:bar"}, want: http.Header{"X-Foo": {"bar"}}},
		"KeepCase": {reason: "HTTP/1.1 shows the case of a name", args: []string{"x-foo:bar"}, want: http.Header{"x-foo": {"bar"}}},
		"Several":  {reason: "a comma parts them", args: []string{"X-Foo:bar, X-Baz:a:b"}, want: http.Header{"X-Foo": {"bar"}, "X-Baz": {"a:b"}}},
		"Repeated": {reason: "a name given again extends the value", args: []string{"X-Foo:a", "X-Foo: b"}, want: http.Header{"X-Foo": {"a,b"}}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := http.Header{}
			setHeaders(got, tc.args)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nsetHeaders(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestEchoSetHeader(t *testing.T) {
	p := startPod(t, who, nil)
	r := newRequest(t, http.MethodGet, "http://"+p.addrs[3000]+"/")
	r.Header.Set("X-Echo-Set-Header", "X-Header-Set:set-by-backend")
	response := do(t, r, new(http.Transport))
	if diff := cmp.Diff("set-by-backend", response.header.Get("X-Header-Set")); diff != "" {
		t.Errorf("X-Header-Set: -want, +got:\n%s", diff)
	}
}

func TestDelay(t *testing.T) {
	p := startPod(t, who, nil)
	const delay = 50 * time.Millisecond
	start := time.Now()
	response := do(t, newRequest(t, http.MethodGet, "http://"+p.addrs[3000]+"/?delay="+delay.String()), new(http.Transport))
	if diff := cmp.Diff(200, response.code); diff != "" {
		t.Errorf("status: -want, +got:\n%s", diff)
	}
	if took := time.Since(start); took < delay {
		t.Errorf("answered after %s, want no sooner than %s", took, delay)
	}
}

func TestRetry(t *testing.T) {
	p := startPod(t, who, nil)
	var got []int
	for range 3 {
		response := do(t, newRequest(t, http.MethodGet, "http://"+p.addrs[3000]+"/retry/?uuid=a&succeedAfter=2&responseCode=503"), new(http.Transport))
		got = append(got, response.code)
	}
	if diff := cmp.Diff([]int{503, 503, 200}, got); diff != "" {
		t.Errorf("statuses of one uuid: -want, +got:\n%s", diff)
	}
}

func TestRetryResets(t *testing.T) {
	p := startPod(t, who, nil)
	transport := &http.Transport{DisableKeepAlives: true}
	broken, err := transport.RoundTrip(newRequest(t, http.MethodGet, "http://"+p.addrs[3000]+"/retry/?uuid=b&succeedAfter=1"))
	if err == nil {
		_ = broken.Body.Close()
		t.Fatalf("first attempt: answered %d, want a connection that breaks", broken.StatusCode)
	}
	response := do(t, newRequest(t, http.MethodGet, "http://"+p.addrs[3000]+"/retry/?uuid=b&succeedAfter=1"), new(http.Transport))
	if diff := cmp.Diff(200, response.code); diff != "" {
		t.Errorf("second attempt: -want, +got:\n%s", diff)
	}
}

func TestH2C(t *testing.T) {
	p := startPod(t, who, nil)
	url := "http://" + p.addrs[3001] + "/"

	prior := &http.Transport{Protocols: new(http.Protocols)}
	prior.Protocols.SetUnencryptedHTTP2(true)
	response := do(t, newRequest(t, http.MethodGet, url), prior)
	var got Answer
	if err := json.Unmarshal([]byte(response.body), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("HTTP/2.0", got.Proto); diff != "" {
		t.Errorf("proto: -want, +got:\n%s", diff)
	}

	response = do(t, newRequest(t, http.MethodGet, url), new(http.Transport))
	if diff := cmp.Diff(400, response.code); diff != "" {
		t.Errorf("HTTP/1.1 on the h2c port: -want, +got:\n%s", diff)
	}
}

func TestWebSocket(t *testing.T) {
	p := startPod(t, who, nil)
	ws, err := websocket.Dial("ws://"+p.addrs[3000]+"/ws", "", "http://example.com")
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close() //nolint:errcheck // test
	if err := websocket.Message.Send(ws, "hello"); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := websocket.Message.Receive(ws, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("hello", got); diff != "" {
		t.Errorf("frame: -want, +got:\n%s", diff)
	}

	stopWithin(p.server, time.Second) // Shutdown of net/http does not know about WebSockets
	if err := websocket.Message.Receive(ws, &got); err == nil {
		t.Errorf("received %q from a server that has stopped", got)
	}
}

func TestStopLetsRequestsEnd(t *testing.T) {
	p := startPod(t, who, nil)
	arrived := make(chan struct{})
	code := make(chan int)
	go func() {
		defer close(code)
		conn, err := new(net.Dialer).DialContext(context.WithoutCancel(t.Context()), "tcp", p.addrs[3000])
		if err != nil {
			t.Error(err)
			close(arrived)
			return
		}
		defer conn.Close() //nolint:errcheck // test
		_, _ = io.WriteString(conn, "GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /?delay=100ms HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		first := make([]byte, len("HTTP/1.1 200"))
		_, _ = io.ReadFull(conn, first) // the second request is in the server's hands
		close(arrived)
		rest, _ := io.ReadAll(conn)
		if strings.Contains(string(rest), `"method": "GET"`) {
			code <- 200
		}
	}()
	<-arrived
	stopWithin(p.server, 5*time.Second)
	if diff := cmp.Diff(200, <-code); diff != "" {
		t.Errorf("request in flight: -want, +got:\n%s", diff)
	}
}
