package e2e

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/emptypb"
)

// dialGRPC is a connection to a host at the Gateway's address.
func dialGRPC(ctx context.Context, ts *testscript.TestScript, gateway, host string) (*grpc.ClientConn, error) {
	address, err := system.Kubectl(ctx, "", "get", "gateway", gateway, "-n", ts.Getenv("NS"), "-o", "jsonpath={.status.addresses[0].value}")
	if err != nil {
		return nil, err
	}
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(host, "443")
	}
	return grpc.NewClient("passthrough:///"+host, grpc.WithTransportCredentials(credentials.NewTLS(trust(ts))),
		grpc.WithContextDialer(func(ctx context.Context, asked string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(asked)
			if err != nil {
				return nil, err
			}
			return system.Dial(ctx, "tcp", net.JoinHostPort(address, port))
		}))
}

// grpcCall GATEWAY HOST METHOD [KEY: VALUE]... calls a method of the echo server and prints the status, and what the server says
// of the call.
func grpcCall(ts *testscript.TestScript, _ bool, args []string) {
	out, err := call(context.Background(), ts, args)
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), out)
	ts.Check(err)
}

func call(ctx context.Context, ts *testscript.TestScript, args []string) (string, error) {
	if len(args) < 3 {
		return "", errors.New("usage: grpc GATEWAY HOST METHOD [KEY: VALUE]")
	}
	conn, err := dialGRPC(ctx, ts, args[0], args[1])
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	for _, a := range args[3:] {
		key, value, _ := strings.Cut(a, ": ")
		ctx = metadata.AppendToOutgoingContext(ctx, key, value)
	}
	return invoke(ctx, conn, args[2])
}

func invoke(ctx context.Context, conn *grpc.ClientConn, method string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	answer := &emptypb.Empty{} // it keeps the fields that it does not know
	if err := conn.Invoke(ctx, method, &emptypb.Empty{}, answer); err != nil {
		s := status.Convert(err)
		return fmt.Sprintf("%s: %s\n", s.Code(), s.Message()), nil // what the script asks for
	}
	said := answer.ProtoReflect().GetUnknown()
	return fmt.Sprintf("OK\nmethod: %s\nauthority: %s\npod: %s\n", text(said, 1, 1), text(said, 1, 3), text(said, 1, 4, 4)), nil
}

// text is the one at a path of field numbers: of the echo server's EchoResponse (grpcecho.proto of the conformance suite), 1 are
// its assertions, and of those 1 is the method, 3 the authority, and 4.4 the pod.
func text(message []byte, path ...protowire.Number) string {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return ""
		}
		size := protowire.ConsumeFieldValue(number, kind, message[n:])
		if size < 0 {
			return ""
		}
		value := message[n : n+size]
		message = message[n+size:]
		if number != path[0] || kind != protowire.BytesType {
			continue
		}
		_, skip := binary.Uvarint(value)
		if value = value[skip:]; len(path) > 1 {
			return text(value, path[1:]...)
		}
		return string(value)
	}
	return ""
}

// grpcSplit N GATEWAY HOST METHOD PATTERN MIN MAX makes N calls on one connection and counts the answers that match.
func grpcSplit(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 7 {
		ts.Fatalf("usage: grpc-split N GATEWAY HOST METHOD PATTERN MIN MAX")
	}
	n, least, most := number(ts, args[0]), number(ts, args[5]), number(ts, args[6])
	pattern := regexp.MustCompile(args[4])
	ctx, matched := context.Background(), 0
	conn, err := dialGRPC(ctx, ts, args[1], args[2])
	ts.Check(err)
	defer func() { _ = conn.Close() }()
	for range n {
		out, err := invoke(ctx, conn, args[3])
		ts.Check(err)
		if pattern.MatchString(out) {
			matched++
		}
	}
	if matched < least || matched > most {
		ts.Fatalf("%d of %d answers match %q, not %d to %d", matched, n, args[4], least, most)
	}
}

// grpcServices GATEWAY HOST asks the server for its services, and then for each of them what it is, all on one stream: each
// question comes after the answer to the one before.
func grpcServices(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: grpc-services GATEWAY HOST")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, err := dialGRPC(ctx, ts, args[0], args[1])
	ts.Check(err)
	defer func() { _ = conn.Close() }()
	stream, err := reflectionv1.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	ts.Check(err)
	ask := func(q *reflectionv1.ServerReflectionRequest) *reflectionv1.ServerReflectionResponse {
		ts.Check(stream.Send(q))
		answer, err := stream.Recv()
		ts.Check(err)
		return answer
	}
	all := ask(&reflectionv1.ServerReflectionRequest{MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{}})
	var names []string
	for _, s := range all.GetListServicesResponse().GetService() {
		files := ask(&reflectionv1.ServerReflectionRequest{MessageRequest: &reflectionv1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: s.GetName()}})
		names = append(names, fmt.Sprintf("%s: %d files", s.GetName(), len(files.GetFileDescriptorResponse().GetFileDescriptorProto())))
	}
	ts.Check(stream.CloseSend())
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		ts.Fatalf("the stream does not end well: %v", err)
	}
	slices.Sort(names)
	_, err = io.WriteString(ts.Stdout(), strings.Join(names, "\n")+"\n")
	ts.Check(err)
}
