package echo

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strconv"
	"sync"
)

// Options is what a container has been given. Every field is required.
type Options struct {
	Env      map[string]string
	ReadFile func(path string) ([]byte, error)
	Listen   func(ctx context.Context, port uint16) (net.Listener, error)
}

// Server is all that one container serves.
type Server struct {
	parts   []part
	serving sync.WaitGroup
	cancel  context.CancelFunc // ends what Shutdown leaves
}

// part serves one port.
type part interface {
	// Serve returns after Shutdown or when ctx ends, and closes l.
	Serve(ctx context.Context, l net.Listener)
	// Shutdown stops accepting, and lets requests end until ctx does.
	Shutdown(ctx context.Context)
}

// port is a part and where it shall listen.
type port struct {
	number uint16
	part   part
}

// Start returns when every port is open.
func Start(ctx context.Context, o Options) (*Server, error) {
	ports, err := o.ports()
	if err != nil {
		return nil, err
	}
	listeners := make([]net.Listener, 0, len(ports))
	for _, p := range ports {
		l, err := o.Listen(ctx, p.number)
		if err != nil {
			closeAll(listeners)
			return nil, fmt.Errorf("cannot listen on port %d: %w", p.number, err)
		}
		listeners = append(listeners, l)
	}
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{cancel: cancel}
	for i, p := range ports {
		s.parts = append(s.parts, p.part)
		s.serving.Go(func() { p.part.Serve(life, listeners[i]) })
	}
	return s, nil
}

// Stop lets requests end until ctx does, and returns when nothing is served any more.
func (s *Server) Stop(ctx context.Context) {
	var stopping sync.WaitGroup
	for _, p := range s.parts {
		stopping.Go(func() { p.Shutdown(ctx) })
	}
	stopping.Wait()
	s.cancel()
	s.serving.Wait()
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close()
	}
}

// ports chooses by environment, in the order in which the image does.
func (o Options) ports() ([]port, error) {
	switch {
	case o.Env["GRPC_ECHO_SERVER"] != "":
		return o.grpcPorts()
	case o.Env["TCP_ECHO_SERVER"] != "":
		return o.tcpPorts()
	case o.Env["UDP_ECHO_SERVER"] != "":
		return nil, nil
	}
	return o.httpPorts()
}

func (o Options) port(variable string, fallback uint16) (uint16, error) {
	text := cmp.Or(o.Env[variable], strconv.Itoa(int(fallback)))
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("value %q of %s is not a port", text, variable)
	}
	return uint16(n), nil
}

func (o Options) pod() Pod {
	return Pod{
		Namespace: o.Env["NAMESPACE"],
		Ingress:   o.Env["INGRESS_NAME"],
		Service:   o.Env["SERVICE_NAME"],
		Pod:       o.Env["POD_NAME"],
	}
}

// tlsConfig is nil when the container has no certificate; keyVariable names the variable of the key, which differs between the image's servers.
func (o Options) tlsConfig(keyVariable string) (*tls.Config, error) {
	certFile, keyFile := o.Env["TLS_SERVER_CERT"], o.Env[keyVariable]
	if certFile == "" || keyFile == "" {
		return nil, nil
	}
	cert, err := o.ReadFile(certFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read TLS_SERVER_CERT: %w", err)
	}
	key, err := o.ReadFile(keyFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", keyVariable, err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("cannot use certificate %q with key %q: %w", certFile, keyFile, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// verifyClients checks certificates of clients that show one, and lets others in.
func (o Options) verifyClients(config *tls.Config) error {
	file := o.Env["TLS_CLIENT_CACERTS"]
	if file == "" {
		return nil
	}
	ca, err := o.ReadFile(file)
	if err != nil {
		return fmt.Errorf("cannot read TLS_CLIENT_CACERTS: %w", err)
	}
	config.ClientCAs = x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(ca) {
		return fmt.Errorf("file %q of TLS_CLIENT_CACERTS holds no certificate", file)
	}
	config.ClientAuth = tls.VerifyClientCertIfGiven
	return nil
}
