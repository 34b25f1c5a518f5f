package echo

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
)

// raw carries messages as bytes, so that the test says for itself what is on the wire.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }

func (raw) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = slices.Clone(data)
	return nil
}

// texts collects every text of a message by the numbers of the fields that lead to it, as in grpcecho.proto; nested says which numbers hold messages.
func texts(t *testing.T, message []byte, prefix string, nested map[string]bool) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 || kind != protowire.BytesType {
			t.Fatalf("field of type %d in %q, want messages and texts only", kind, prefix)
		}
		value, m := protowire.ConsumeBytes(message[n:])
		message = message[n+m:]
		path := prefix + "." + string(rune('0'+number))
		if !nested[path] {
			out[path] = append(out[path], string(value))
			continue
		}
		for k, v := range texts(t, value, path, nested) {
			out[k] = append(out[k], v...)
		}
	}
	return out
}

func call(t *testing.T, address string, creds credentials.TransportCredentials, method string) ([]byte, error) {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(creds), grpc.WithAuthority("grpc.example.com"), grpc.WithUserAgent("test"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // test
	ctx := metadata.AppendToOutgoingContext(t.Context(), "x-color", "red", "x-color", "blue")
	var in, out []byte
	err = conn.Invoke(ctx, "/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/"+method, &in, &out, grpc.ForceCodec(raw{}))
	return out, err
}

// The numbers are those of the conformance suite's grpcecho.proto: EchoResponse.assertions 1, of which fully_qualified_method 1, headers 2 (key 1, value 2),
// authority 3, context 4 (namespace 1, ingress 2, service_name 3, pod 4), tls_assertions 5 (version 1, negotiated_protocol 2, server_name 3).
func TestGRPC(t *testing.T) {
	secure := newPair(t, "grpc.example.com")
	env := maps.Clone(who)
	maps.Copy(env, map[string]string{"GRPC_ECHO_SERVER": "1", "TLS_SERVER_CERT": "/crt", "TLS_SERVER_PRIV_KEY": "/key"})
	p := startPod(t, env, map[string][]byte{"/crt": secure.cert, "/key": secure.key})
	nested := map[string]bool{".1": true, ".1.2": true, ".1.4": true, ".1.5": true}

	type args struct {
		port   uint16
		creds  credentials.TransportCredentials
		method string
	}
	plain := map[string][]string{
		".1.2.1": {":authority", "content-type", "user-agent", "x-color", "x-color"},
		".1.2.2": {"grpc.example.com", "application/grpc+proto", "test grpc-go/" + grpc.Version, "red", "blue"},
		".1.3":   {"grpc.example.com"},
		".1.4.1": {"gateway-conformance-infra"},
		".1.4.2": {"alb"},
		".1.4.3": {"infra-backend-v1"},
		".1.4.4": {"infra-backend-v1-67469cd55f-hb4k4"},
	}
	cases := map[string]struct {
		reason string
		args   args
		want   map[string][]string
	}{
		"Echo": {
			reason: "a call is answered with its headers and the pod",
			args:   args{3000, insecure.NewCredentials(), "Echo"},
			want:   map[string][]string{".1.1": {"/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo"}},
		},
		"EchoTwo": {
			reason: "the second method tells its own name",
			args:   args{3000, insecure.NewCredentials(), "EchoTwo"},
			want:   map[string][]string{".1.1": {"/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoTwo"}},
		},
		"TLS": {
			reason: "over TLS the connection is told too",
			args:   args{8443, credentials.NewTLS(secure.trust(t, "grpc.example.com")), "Echo"},
			want: map[string][]string{
				".1.1":   {"/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo"},
				".1.5.1": {"TLSv1.3"},
				".1.5.2": {"h2"},
				".1.5.3": {"grpc.example.com"},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := call(t, p.addrs[tc.args.port], tc.args.creds, tc.args.method)
			if err != nil {
				t.Fatal(err)
			}
			got := texts(t, out, "", nested)
			delete(got, ".1.5.4") // which suite TLS 1.3 takes depends on the machine
			maps.Copy(tc.want, plain)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\n%s: -want, +got:\n%s", tc.reason, tc.args.method, diff)
			}
		})
	}
}

func TestGRPCUnimplemented(t *testing.T) {
	p := startPod(t, map[string]string{"GRPC_ECHO_SERVER": "1"}, nil)
	for _, method := range []string{"EchoThree", "EchoFour"} {
		_, err := call(t, p.addrs[3000], insecure.NewCredentials(), method)
		if diff := cmp.Diff(codes.Unimplemented, status.Code(err)); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", method, diff)
		}
	}
}

func TestGRPCReflection(t *testing.T) {
	p := startPod(t, map[string]string{"GRPC_ECHO_SERVER": "1"}, nil)
	conn, err := grpc.NewClient(p.addrs[3000], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // test
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stream, err := reflectionv1.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	symbol := &reflectionv1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: "gateway_api_conformance.echo_basic.grpcecho.GrpcEcho"}
	if err := stream.Send(&reflectionv1.ServerReflectionRequest{MessageRequest: symbol}); err != nil {
		t.Fatal(err)
	}
	answer, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	if got := len(answer.GetFileDescriptorResponse().GetFileDescriptorProto()); got != 1 {
		t.Errorf("files that hold the service: want 1, got %d (%v)", got, answer.GetErrorResponse())
	}
}
