package dataplane

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

func grpcTarget(t *testing.T) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	checks := health.NewServer()
	checks.SetServingStatus("shop", grpc_health_v1.HealthCheckResponse_SERVING)
	grpc_health_v1.RegisterHealthServer(s, checks)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { s.Stop(); <-done })
	return netip.MustParseAddrPort(l.Addr().String())
}

func versioned(tg TargetGroup, version string) TargetGroup {
	tg.Settings.ProtocolVersion = &version
	return tg
}

func grpcClient(t *testing.T, at string) grpc_health_v1.HealthClient {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:///"+at, grpc.WithTransportCredentials(credentials.NewTLS(anyCertificate("h2"))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return grpc_health_v1.NewHealthClient(conn)
}

func TestGRPC(t *testing.T) {
	d := newPlane(t, Options{Speed: 5})
	d.SetTargetGroup(versioned(groupOf(groupARN, grpcTarget(t)), "GRPC"))
	cert := certificateFor(t, ecKey(t), nil, named("a.example"))
	set(t, d, secure(nil, with(cert), rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN) // the default matcher is 12, unimplemented, which /AWS.ALB/healthcheck gets
	c := grpcClient(t, socket(t, d, port))

	got, err := c.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: "shop"})
	if err != nil || got.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("Target groups, GRPC: a unary call: %v, %v", got, err)
	}
	if _, err := c.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: "none"}); status.Code(err) != codes.NotFound {
		t.Errorf("Target groups, GRPC: the target's own status: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stream, err := c.Watch(ctx, &grpc_health_v1.HealthCheckRequest{Service: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	if first, err := stream.Recv(); err != nil || first.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("Target groups, GRPC: the first message of a stream that goes on: %v, %v", first, err)
	}
}

func TestGRPCErrors(t *testing.T) {
	d := newPlane(t, Options{})
	d.SetTargetGroup(versioned(groupOf(groupARN, refused(t)), "GRPC"))
	set(t, d, secure(nil, with(certificateFor(t, ecKey(t), nil, named("a.example"))), rule("default", forwardTo(groupARN))))
	_, err := grpcClient(t, socket(t, d, port)).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
	if got := status.Convert(err); got.Code() != codes.Unavailable || got.Message() != "unavailable" {
		t.Errorf("Recorded: 502 reaches a gRPC client as grpc-status 14, unavailable: got %v", err)
	}
}

func TestProtocolMismatch(t *testing.T) {
	cert := certificateFor(t, ecKey(t), nil, named("a.example"))
	type args struct {
		version, method, protocol, content string
	}
	cases := map[string]struct {
		reason string
		args   args
		want   int
	}{
		"HTTP1ToGRPC":  {reason: "HTTP 464: an HTTP/1.1 request, a gRPC target group", args: args{"GRPC", "POST", "http/1.1", "application/grpc"}, want: 464},
		"HTTP1ToHTTP2": {reason: "HTTP 464: an HTTP/1.1 request, an HTTP/2 target group", args: args{"HTTP2", "GET", "http/1.1", ""}, want: 464},
		"GRPCToHTTP1":  {reason: "HTTP 464: a gRPC request, an HTTP/1.1 target group", args: args{"HTTP1", "POST", "h2", "application/grpc"}, want: 464},
		"GetToGRPC":    {reason: "HTTP 464: an HTTP/2 request that is no POST, a gRPC target group", args: args{"GRPC", "GET", "h2", ""}, want: 464},
		"HTTP2ToHTTP1": {reason: "Target groups: HTTP/2 requests go to HTTP/1.1 targets", args: args{"HTTP1", "GET", "h2", ""}, want: 200},
		"HTTP2ToHTTP2": {reason: "Target groups: HTTP2 goes to targets as HTTP/2", args: args{"HTTP2", "GET", "h2", ""}, want: 200},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := newPlane(t, Options{})
			target := &http.Server{Handler: echo("a"), Protocols: new(http.Protocols)}
			target.Protocols.SetHTTP1(true)
			target.Protocols.SetUnencryptedHTTP2(true)
			d.SetTargetGroup(versioned(groupOf(groupARN, serveOn(t, target, nil)), tc.args.version))
			set(t, d, secure(nil, with(cert), rule("default", forwardTo(groupARN))))
			c := client(t, socket(t, d, port), anyCertificate(tc.args.protocol))
			c.Transport.(*http.Transport).ForceAttemptHTTP2 = tc.args.protocol == "h2"
			req, err := http.NewRequestWithContext(t.Context(), tc.args.method, "https://a.example/x", strings.NewReader(""))
			if err != nil {
				t.Fatal(err)
			}
			if tc.args.content != "" {
				req.Header.Set("Content-Type", tc.args.content)
			}
			got := do(t, c, req)
			if got.Code != tc.want {
				t.Errorf("%s: got %d, want %d", tc.reason, got.Code, tc.want)
			}
			if got.Code == 464 && (got.Body != "" || got.Header.Get("Content-Type") != "") {
				t.Errorf("%s: 464 has neither body nor content type: got %q, %q", tc.reason, got.Body, got.Header.Get("Content-Type"))
			}
			if tc.args.version == "HTTP2" && tc.want == 200 && !strings.HasPrefix(got.Body, "GET /x HTTP/2.0 ") {
				t.Errorf("%s: the target saw %q", tc.reason, got.Body)
			}
		})
	}
}

func TestHTTP2TargetOverTLS(t *testing.T) {
	cert := certificateFor(t, ecKey(t), nil, named("a.example"))
	d := newPlane(t, Options{})
	cfg := anyCertificate("h2")
	cfg.Certificates = append(cfg.Certificates, cert)
	tg := versioned(groupOf(groupARN, serveOn(t, &http.Server{Handler: echo("a")}, cfg)), "HTTP2")
	tg.Settings.Protocol = types.ProtocolEnumHttps
	d.SetTargetGroup(tg)
	set(t, d, secure(nil, with(cert), rule("default", forwardTo(groupARN))))
	waitHealthy(t, d, groupARN)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "https://a.example/x", io.LimitReader(strings.NewReader("body"), 4))
	if err != nil {
		t.Fatal(err)
	}
	if got := do(t, client(t, socket(t, d, port), anyCertificate("h2")), req); !strings.HasPrefix(got.Body, "PUT /x HTTP/2.0 host=a.example:8080") {
		t.Errorf("Target groups, HTTP2 over HTTPS: the target saw %q", got.Body)
	}
}
