package echo

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io/fs"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// pod is a running container whose ports are found by the number that it asked for.
type pod struct {
	server *Server
	addrs  map[uint16]string
}

func startPod(t *testing.T, env map[string]string, files map[string][]byte) pod {
	t.Helper()
	p := pod{addrs: map[uint16]string{}}
	server, err := Start(t.Context(), Options{
		Env: env,
		ReadFile: func(name string) ([]byte, error) {
			if data, ok := files[name]; ok {
				return data, nil
			}
			return nil, fs.ErrNotExist
		},
		Listen: func(ctx context.Context, port uint16) (net.Listener, error) {
			l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
			if err == nil {
				p.addrs[port] = l.Addr().String()
			}
			return l, err
		},
	})
	if err != nil {
		t.Fatalf("Start(...): %v", err)
	}
	p.server = server
	t.Cleanup(func() { stopWithin(server, time.Second) })
	return p
}

func stopWithin(s *Server, d time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	s.Stop(ctx)
}

// pair is a self-signed certificate.
type pair struct {
	cert, key []byte
}

func newPair(t *testing.T, name string) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: name},
		DNSNames:              []string{name},
		NotAfter:              time.Now().Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pair{
		cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		key:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
	}
}

// trust is what a client of a server with this certificate needs.
func (p pair) trust(t *testing.T, name string) *tls.Config {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(p.cert) {
		t.Fatal("certificate not usable")
	}
	return &tls.Config{RootCAs: pool, ServerName: name}
}

func TestPortsByEnvironment(t *testing.T) {
	secure := newPair(t, "echo.example.com")
	files := map[string][]byte{"/etc/crt": secure.cert, "/etc/key": secure.key}
	cases := map[string]struct {
		reason string
		args   map[string]string
		want   []uint16
	}{
		"Defaults": {
			reason: "the image serves HTTP on 3000 and h2c on 3001",
			want:   []uint16{3000, 3001},
		},
		"Chosen": {
			reason: "HTTP_PORT and H2C_PORT move them",
			args:   map[string]string{"HTTP_PORT": "8080", "H2C_PORT": "8081"},
			want:   []uint16{8080, 8081},
		},
		"TLS": {
			reason: "with a certificate there is HTTPS on 8443",
			args:   map[string]string{"TLS_SERVER_CERT": "/etc/crt", "TLS_SERVER_PRIVKEY": "/etc/key"},
			want:   []uint16{3000, 3001, 8443},
		},
		"GRPC": {
			reason: "GRPC_ECHO_SERVER serves gRPC on HTTP_PORT, and TLS with TLS_SERVER_PRIV_KEY",
			args:   map[string]string{"GRPC_ECHO_SERVER": "1", "TLS_SERVER_CERT": "/etc/crt", "TLS_SERVER_PRIV_KEY": "/etc/key", "HTTPS_PORT": "9443"},
			want:   []uint16{3000, 9443},
		},
		"TCP": {
			reason: "TCP_ECHO_SERVER has ports of its own",
			args:   map[string]string{"TCP_ECHO_SERVER": "1", "TCP_PORT": "9000"},
			want:   []uint16{9000},
		},
		"UDP": {
			reason: "UDP is not served",
			args:   map[string]string{"UDP_ECHO_SERVER": "1"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got []uint16
			ports, err := Options{Env: tc.args, ReadFile: func(f string) ([]byte, error) { return files[f], nil }}.ports()
			if err != nil {
				t.Fatalf("ports(): %v", err)
			}
			for _, p := range ports {
				got = append(got, p.number)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nports(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestStartRefuses(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   map[string]string
		want   string
	}{
		"Port":        {reason: "a port is a number", args: map[string]string{"HTTP_PORT": "http"}, want: `value "http" of HTTP_PORT is not a port`},
		"PortRange":   {reason: "a port has 16 bits", args: map[string]string{"H2C_PORT": "65536"}, want: `value "65536" of H2C_PORT is not a port`},
		"Certificate": {reason: "a certificate has to be mounted", args: map[string]string{"TLS_SERVER_CERT": "/crt", "TLS_SERVER_PRIVKEY": "/key"}, want: "cannot read TLS_SERVER_CERT: file does not exist"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Start(t.Context(), Options{
				Env:      tc.args,
				ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist },
				Listen: func(context.Context, uint16) (net.Listener, error) {
					t.Error("Listen called in spite of a mistake in the environment")
					return nil, net.ErrClosed
				},
			})
			if err == nil {
				t.Fatalf("\n%s\nStart(...): want an error", tc.reason)
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("\n%s\nStart(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// A port that is taken must leave no other port open, or the next attempt on the same address fails too.
func TestStartClosesWhatItOpened(t *testing.T) {
	var opened []net.Listener
	_, err := Start(t.Context(), Options{
		Listen: func(ctx context.Context, port uint16) (net.Listener, error) {
			if port == defaultH2CPort {
				return nil, net.ErrClosed
			}
			l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
			opened = append(opened, l)
			return l, err
		},
	})
	if err == nil {
		t.Fatal("Start(...): want an error")
	}
	if len(opened) != 1 {
		t.Fatalf("Start(...): opened %d ports before the one that is taken, want 1", len(opened))
	}
	if _, err := opened[0].Accept(); err == nil {
		t.Error("Start(...): left a port open")
	}
}
