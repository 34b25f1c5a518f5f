package dataplane

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

func grpcTarget(t *testing.T) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer(grpc.UnknownServiceHandler(unknown))
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

// unknown services are not implemented, but for one.
func unknown(srv any, stream grpc.ServerStream) error {
	if method, _ := grpc.MethodFromServerStream(stream); method != "/shop.Talk/Talk" {
		return status.Error(codes.Unimplemented, method)
	}
	return talker(srv, stream)
}

func grpcClient(t *testing.T, at string) grpc_health_v1.HealthClient {
	t.Helper()
	return grpc_health_v1.NewHealthClient(grpcConn(t, at))
}

func grpcConn(t *testing.T, at string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:///"+at, grpc.WithTransportCredentials(credentials.NewTLS(anyCertificate("h2"))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
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
		"HTTP1ToGRPC":    {reason: "HTTP 464: an HTTP/1.1 request, a gRPC target group", args: args{"GRPC", "POST", "http/1.1", "application/grpc"}, want: 464},
		"HTTP1ToHTTP2":   {reason: "HTTP 464: an HTTP/1.1 request, an HTTP/2 target group", args: args{"HTTP2", "GET", "http/1.1", ""}, want: 464},
		"GRPCToHTTP1":    {reason: "HTTP 464: a gRPC request, an HTTP/1.1 target group", args: args{"HTTP1", "POST", "h2", "application/grpc"}, want: 464},
		"GRPCWebToHTTP1": {reason: "gRPC-Web is plain HTTP", args: args{"HTTP1", "POST", "h2", "application/grpc-web+proto"}, want: 200},
		"GetToGRPC":      {reason: "HTTP 464: an HTTP/2 request that is no POST, a gRPC target group", args: args{"GRPC", "GET", "h2", ""}, want: 464},
		"HTTP2ToHTTP1":   {reason: "Target groups: HTTP/2 requests go to HTTP/1.1 targets", args: args{"HTTP1", "GET", "h2", ""}, want: 200},
		"HTTP2ToHTTP2":   {reason: "Target groups: HTTP2 goes to targets as HTTP/2", args: args{"HTTP2", "GET", "h2", ""}, want: 200},
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

// talker answers each message as it comes, and counts them in a trailer.
func talker(_ any, stream grpc.ServerStream) error {
	for n := 0; ; n++ {
		var m wrapperspb.StringValue
		err := stream.RecvMsg(&m)
		if errors.Is(err, io.EOF) {
			stream.SetTrailer(metadata.Pairs("messages", strconv.Itoa(n)))
			return status.Error(codes.DataLoss, "enough said")
		}
		if err != nil {
			return err
		}
		if err := stream.SendMsg(wrapperspb.String("re: " + m.GetValue())); err != nil {
			return err
		}
	}
}

// TestGRPCStream: target groups, GRPC: "bidirectional streaming"; what the target says in the end comes in trailers.
func TestGRPCStream(t *testing.T) {
	d := newPlane(t, Options{})
	d.SetTargetGroup(versioned(groupOf(groupARN, grpcTarget(t)), "GRPC"))
	set(t, d, secure(nil, with(certificateFor(t, ecKey(t), nil, named("a.example"))), rule("default", forwardTo(groupARN))))
	conn := grpcConn(t, socket(t, d, port))
	stream, err := conn.NewStream(t.Context(), &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, "/shop.Talk/Talk")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		asked := wrapperspb.String(strings.Repeat("x", i*40_000))
		if err := stream.SendMsg(asked); err != nil {
			t.Fatal(err)
		}
		var got wrapperspb.StringValue
		if err := stream.RecvMsg(&got); err != nil || got.GetValue() != "re: "+asked.GetValue() {
			t.Fatalf("message %d: the answer must come before the next message: got %d bytes, %v", i, len(got.GetValue()), err)
		}
	}
	if err := stream.CloseSend(); err != nil {
		t.Fatal(err)
	}
	err = stream.RecvMsg(new(wrapperspb.StringValue))
	if got := status.Convert(err); got.Code() != codes.DataLoss || got.Message() != "enough said" {
		t.Errorf("the target's own status: got %v", err)
	}
	if got := stream.Trailer().Get("messages"); len(got) != 1 || got[0] != "3" {
		t.Errorf("the target's own trailer: got %q, want 3", got)
	}
}

// TestGRPCHealth: target groups, "Health checks": gRPC targets are judged by gRPC codes, from 0 to 99.
func TestGRPCHealth(t *testing.T) {
	cases := map[string]struct {
		reason        string
		path, matcher string
		want          types.TargetHealthStateEnum
	}{
		"Unimplemented": {reason: "The default path gets 12, which is not wanted.", path: "/AWS.ALB/healthcheck", matcher: "0", want: types.TargetHealthStateEnumUnhealthy},
		"Range":         {reason: "A range holds it.", path: "/AWS.ALB/healthcheck", matcher: "0-12", want: types.TargetHealthStateEnumHealthy},
		"Service":       {reason: "The health service of gRPC answers OK to an empty request.", path: "/grpc.health.v1.Health/Check", matcher: "0", want: types.TargetHealthStateEnumHealthy},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := newPlane(t, Options{Speed: 20})
			tg := versioned(groupOf(groupARN, grpcTarget(t)), "GRPC")
			tg.Settings.HealthCheckPath, tg.Settings.Matcher = &tc.path, &types.Matcher{GrpcCode: &tc.matcher}
			d.SetTargetGroup(tg)
			set(t, d, secure(nil, with(certificateFor(t, ecKey(t), nil, named("a.example"))), rule("default", forwardTo(groupARN))))
			eventually(t, tc.reason, func() bool { return d.Health(groupARN)[0].TargetHealth.State == tc.want })
		})
	}
}

// TestGRPCOverHTTP2: a target group of version HTTP2 takes gRPC too, and what the load balancer makes up is then plain HTTP.
func TestGRPCOverHTTP2(t *testing.T) {
	d := newPlane(t, Options{})
	d.SetTargetGroup(versioned(groupOf(groupARN, grpcTarget(t)), "HTTP2"))
	set(t, d, secure(nil, with(certificateFor(t, ecKey(t), nil, named("a.example"))), rule("default", forwardTo(groupARN))))
	got, err := grpcClient(t, socket(t, d, port)).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{Service: "shop"})
	if err != nil || got.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("Target groups, HTTP2: a gRPC call: %v, %v", got, err)
	}
}

// TestGRPCFixed: a fixed response is plain HTTP for gRPC clients too, who make a code of gRPC of it by themselves.
func TestGRPCFixed(t *testing.T) {
	for code, want := range map[string]codes.Code{"404": codes.Unimplemented, "503": codes.Unavailable, "500": codes.Unknown} {
		t.Run(code, func(t *testing.T) {
			d := newPlane(t, Options{})
			fixed := types.Action{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: &code}}
			set(t, d, secure(nil, with(certificateFor(t, ecKey(t), nil, named("a.example"))), rule("default", fixed)))
			_, err := grpcClient(t, socket(t, d, port)).Check(t.Context(), &grpc_health_v1.HealthCheckRequest{})
			if got := status.Code(err); got != want {
				t.Errorf("a fixed response of %s: got %v, want %v", code, err, want)
			}
		})
	}
}
