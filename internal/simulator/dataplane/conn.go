package dataplane

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// trackedConn is a client's TCP connection, known to its listener until it is closed.
type trackedConn struct {
	net.Conn
	listener *listener
	accepted time.Time
}

// track returns nil when the listener is closed.
func (l *listener) track(c net.Conn) *trackedConn {
	t := &trackedConn{Conn: c, listener: l, accepted: time.Now()}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conns == nil {
		_ = c.Close()
		return nil
	}
	l.conns[t] = struct{}{}
	return t
}

// Close closes and forgets the connection.
func (c *trackedConn) Close() error {
	c.listener.mu.Lock()
	delete(c.listener.conns, net.Conn(c))
	c.listener.mu.Unlock()
	return c.Conn.Close()
}

// frontConn is an HTTP/1.1 connection, TLS removed. It puts right what http.Server words differently from ALB: the
// status line, and the answers to requests that do not parse.
type frontConn struct {
	net.Conn
	tls    *tls.ConnectionState
	status atomic.Pointer[string] // the status line of the answer under way, where it is not Go's own
}

func newFrontConn(c net.Conn, state *tls.ConnectionState) *frontConn {
	return &frontConn{Conn: c, tls: state}
}

// Write expects a status line at the start of a write, as http.Server flushes each answer by itself.
func (c *frontConn) Write(b []byte) (int, error) {
	if answer := refusedByParser(b); answer != nil {
		return replace(c.Conn, b, answer)
	}
	line := c.status.Load()
	if line == nil || !bytes.HasPrefix(b, []byte("HTTP/1.")) {
		return c.Conn.Write(b)
	}
	c.status.Store(nil)
	_, rest, _ := bytes.Cut(b, []byte("\r\n"))
	return replace(c.Conn, b, append([]byte(*line+"\r\n"), rest...))
}

// replace writes other for b and reports what the caller of Write must see.
func replace(to net.Conn, b, other []byte) (int, error) {
	if _, err := to.Write(other); err != nil {
		return 0, err
	}
	return len(b), nil
}

// refusedByParser turns http.Server's answer to an unreadable request into ALB's. Handlers' answers have a Date, these
// have none.
func refusedByParser(b []byte) []byte {
	line, rest, _ := bytes.Cut(b, []byte("\r\n"))
	if !bytes.HasPrefix(rest, []byte("Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")) || len(line) < len("HTTP/1.1 400") {
		return nil
	}
	code, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return nil
	}
	if code != http.StatusNotImplemented {
		code = http.StatusBadRequest
	}
	return refusal(code)
}

// refusal is a whole answer, after which the connection ends.
func refusal(code int) []byte {
	page := pageFor(code)
	return fmt.Appendf(nil, "HTTP/1.1 %s\r\nServer: %s\r\nDate: %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		page.line, serverName, time.Now().UTC().Format(http.TimeFormat), len(page.body), page.body)
}

type connKey struct{}

// connFacts are what a request needs to know of its connection.
type connFacts struct {
	front    *frontConn // nil for HTTP/2
	tls      *tls.ConnectionState
	accepted time.Time
}

func connContext(ctx context.Context, c net.Conn) context.Context {
	facts := &connFacts{}
	switch conn := c.(type) {
	case *frontConn:
		facts.front, facts.tls = conn, conn.tls
		c = conn.Conn
	case *tls.Conn:
		state := conn.ConnectionState()
		facts.tls = &state
	}
	if conn, ok := c.(*tls.Conn); ok {
		c = conn.NetConn()
	}
	if tracked, ok := c.(*trackedConn); ok {
		facts.accepted = tracked.accepted
	}
	return context.WithValue(ctx, connKey{}, facts)
}
