package echo

import (
	"context"
	"crypto/tls"
	"maps"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// caller answers calls.
type caller struct {
	schema schema
	who    Pod
}

// service describes itself to gRPC. EchoThree of the schema is not there: the suite calls it to see what an unimplemented method answers.
func (c caller) service() *grpc.ServiceDesc {
	return &grpc.ServiceDesc{
		ServiceName: service,
		Metadata:    c.schema.Path(),
		Methods: []grpc.MethodDesc{
			{MethodName: "Echo", Handler: c.handler("Echo")},
			{MethodName: "EchoTwo", Handler: c.handler("EchoTwo")},
		},
	}
}

func (c caller) handler(method string) grpc.MethodHandler {
	return func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		if err := decode(c.schema.message("EchoRequest")); err != nil {
			return nil, err
		}
		response := c.schema.message("EchoResponse")
		setMessage(response, "assertions", c.assertions(ctx, "/"+service+"/"+method))
		return response, nil
	}
}

func (c caller) assertions(ctx context.Context, method string) *dynamicpb.Message {
	m := c.schema.message("Assertions")
	setText(m, "fully_qualified_method", method)
	sent, _ := metadata.FromIncomingContext(ctx) // always there on a server
	if authority := sent.Get(":authority"); len(authority) > 0 {
		setText(m, "authority", authority[0])
	}
	headers := m.Mutable(field(m, "headers")).List()
	for _, key := range slices.Sorted(maps.Keys(sent)) {
		for _, value := range sent[key] {
			headers.Append(protoreflect.ValueOfMessage(c.header(key, value)))
		}
	}
	setMessage(m, "context", c.context())
	if t := newConnection(connectionState(ctx)); t != nil {
		setMessage(m, "tls_assertions", c.connection(*t))
	}
	return m
}

func (c caller) header(key, value string) *dynamicpb.Message {
	m := c.schema.message("Header")
	setText(m, "key", key)
	setText(m, "value", value)
	return m
}

func (c caller) context() *dynamicpb.Message {
	m := c.schema.message("Context")
	setText(m, "namespace", c.who.Namespace)
	setText(m, "ingress", c.who.Ingress)
	setText(m, "service_name", c.who.Service)
	setText(m, "pod", c.who.Pod)
	return m
}

func (c caller) connection(t Connection) *dynamicpb.Message {
	m := c.schema.message("TLSAssertions")
	setText(m, "version", t.Version)
	setText(m, "negotiated_protocol", t.NegotiatedProtocol)
	setText(m, "server_name", t.ServerName)
	setText(m, "cipher_suite", t.CipherSuite)
	certificates := m.Mutable(field(m, "peer_certificates")).List()
	for _, certificate := range t.PeerCertificates {
		certificates.Append(protoreflect.ValueOfString(certificate))
	}
	return m
}

// connectionState is nil without TLS.
func connectionState(ctx context.Context) *tls.ConnectionState {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return nil
	}
	info, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok {
		return nil
	}
	return &info.State
}
