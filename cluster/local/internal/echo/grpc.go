package echo

import (
	"context"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/reflection"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectionv1alpha "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
)

// calls is a part that speaks gRPC.
type calls struct {
	server *grpc.Server
}

// Serve implements part.
func (c calls) Serve(ctx context.Context, l net.Listener) {
	defer context.AfterFunc(ctx, c.server.Stop)()
	_ = c.server.Serve(l) // ends with Stop
}

// Shutdown implements part.
func (c calls) Shutdown(ctx context.Context) {
	defer context.AfterFunc(ctx, c.server.Stop)()
	c.server.GracefulStop()
}

func (o Options) grpcPorts() ([]port, error) {
	plain, err := o.port("HTTP_PORT", defaultHTTPPort)
	if err != nil {
		return nil, err
	}
	secure, err := o.port("HTTPS_PORT", defaultHTTPSPort)
	if err != nil {
		return nil, err
	}
	config, err := o.tlsConfig("TLS_SERVER_PRIV_KEY")
	if err != nil {
		return nil, err
	}
	described, err := newSchema()
	if err != nil {
		return nil, err
	}
	c := caller{schema: described, who: o.pod()}
	ports := []port{{number: plain, part: newCalls(c)}}
	if config != nil {
		ports = append(ports, port{number: secure, part: newCalls(c, grpc.Creds(credentials.NewTLS(config)))})
	}
	return ports, nil
}

func newCalls(c caller, options ...grpc.ServerOption) calls {
	s := grpc.NewServer(options...)
	s.RegisterService(c.service(), nil)
	described := reflection.ServerOptions{Services: s, DescriptorResolver: c.schema.resolver()}
	reflectionv1.RegisterServerReflectionServer(s, reflection.NewServerV1(described))
	reflectionv1alpha.RegisterServerReflectionServer(s, reflection.NewServer(described)) // what old clients ask for
	return calls{server: s}
}
