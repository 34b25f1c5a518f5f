package dataplane

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// A listener takes connections and hands each, its handshake done, to an http.Server.
type listener struct {
	plane    *DataPlane
	socket   net.Listener
	config   atomic.Pointer[config] // all that a request needs; swapped as a whole
	requests gate
	end      context.Context // of every request
	stop     context.CancelFunc
	once     sync.Once

	mu      sync.Mutex
	conns   map[net.Conn]struct{}
	servers map[time.Duration]*server // by idle timeout, which http.Server fixes at its start
}

func newListener(d *DataPlane, cfg *config, socket net.Listener) *listener {
	end, stop := context.WithCancel(d.end)
	l := &listener{
		plane: d, socket: socket, requests: newGate(), end: end, stop: stop,
		conns: map[net.Conn]struct{}{}, servers: map[time.Duration]*server{},
	}
	l.config.Store(cfg)
	return l
}

func (l *listener) address() netip.AddrPort {
	a, _ := netip.ParseAddrPort(l.socket.Addr().String())
	return a
}

func (l *listener) start() { l.plane.work.Go(l.accept) }

func (l *listener) accept() {
	for {
		conn, err := l.socket.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			l.plane.log.Warn("cannot accept", "listener", l.config.Load().ARN, "error", err)
			time.Sleep(10 * time.Millisecond) // out of file descriptors, most likely
			continue
		}
		// Tracked before the protocol is read, so that change closes what it must.
		tracked := l.track(conn)
		if tracked == nil {
			return
		}
		if l.config.Load().Protocol == types.ProtocolEnumHttps {
			l.plane.work.Go(func() { l.handshake(tracked) })
			continue
		}
		l.serve(newFrontConn(tracked, nil))
	}
}

// handshake speaks TLS, and sorts HTTP/2, which http.Server knows by *tls.Conn, from HTTP/1.1.
func (l *listener) handshake(raw net.Conn) {
	conn := tls.Server(raw, l.config.Load().tls)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		l.plane.log.Debug("TLS handshake", "listener", l.config.Load().ARN, "client", raw.RemoteAddr(), "error", err)
		if header, ok := errors.AsType[tls.RecordHeaderError](err); ok && header.Conn != nil {
			_, _ = header.Conn.Write(refusal(http.StatusBadRequest)) // plain HTTP on an HTTPS port
		}
		_ = conn.Close()
		return
	}
	state := conn.ConnectionState()
	if state.NegotiatedProtocol == "h2" {
		l.serve(conn)
		return
	}
	l.serve(newFrontConn(conn, &state))
}

func (l *listener) serve(conn net.Conn) {
	s := l.server(l.config.Load().idle)
	if s == nil {
		_ = conn.Close()
		return
	}
	select {
	case s.conns <- conn:
	case <-l.end.Done():
		_ = conn.Close()
	}
}

// server finds or starts the one for an idle timeout; nil after close.
func (l *listener) server(idle time.Duration) *server {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conns == nil {
		return nil
	}
	s, runs := l.servers[idle]
	if !runs {
		s = newServer(l, idle)
		l.servers[idle] = s
		l.plane.work.Go(func() { _ = s.http.Serve(s) })
	}
	return s
}

// change swaps the configuration. Connections of another protocol end.
func (l *listener) change(cfg *config) {
	if old := l.config.Swap(cfg); old.Protocol == cfg.Protocol {
		return
	}
	l.mu.Lock()
	conns := slices.Collect(maps.Keys(l.conns))
	l.mu.Unlock()
	for _, c := range conns {
		_ = c.Close()
	}
}

func (l *listener) close() {
	l.once.Do(func() {
		_ = l.socket.Close()
		l.mu.Lock()
		conns := l.conns
		l.conns = nil
		l.mu.Unlock()
		for _, s := range l.servers {
			_ = s.http.Close()
		}
		for c := range conns {
			_ = c.Close()
		}
		l.stop() // after the connections, so that no request is answered on account of it
		l.requests.shut()
	})
}

// server is an http.Server and the net.Listener that it accepts from.
type server struct {
	http     http.Server
	conns    chan net.Conn
	listener *listener
	once     sync.Once
	closed   chan struct{}
}

func newServer(l *listener, idle time.Duration) *server {
	s := &server{conns: make(chan net.Conn), listener: l, closed: make(chan struct{})}
	s.http = http.Server{
		Handler:           http.HandlerFunc(l.ServeHTTP),
		BaseContext:       func(net.Listener) context.Context { return l.end },
		ConnContext:       connContext,
		ErrorLog:          slog.NewLogLogger(l.plane.log.Handler(), slog.LevelDebug),
		IdleTimeout:       idle,
		ReadHeaderTimeout: idle,
		// More than ALB takes, so that what is too large is answered as ALB answers it.
		MaxHeaderBytes: 4 * alb.MaxRequestHeadersBytes,
		HTTP2:          &http.HTTP2Config{MaxConcurrentStreams: alb.MaxConcurrentStreams},
		// Serve sets HTTP/2 up only where the configuration names it; the handshake is ours.
		TLSConfig: &tls.Config{NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS10}, // never used for a handshake
	}
	return s
}

// Accept waits for a connection whose handshake is done.
func (s *server) Accept() (net.Conn, error) {
	select {
	case c := <-s.conns:
		return c, nil
	case <-s.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (s *server) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

// Addr is that of the real socket.
func (s *server) Addr() net.Addr { return s.listener.socket.Addr() }
