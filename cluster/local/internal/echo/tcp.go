package echo

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"sync"
)

// welcome is the first line that the image's TCP server sends.
const welcome = "Gateway API Test TCP Server\n"

// tcpAnswer is what a client gets that sends TEST.
type tcpAnswer struct {
	Pod
	TCPPort string         `json:"tcpport"`
	TLSPort string         `json:"tlsport,omitempty"`
	IsTLS   bool           `json:"isTLS"`
	TLS     *tcpConnection `json:"tls,omitempty"`
}

// tcpConnection differs from Connection: the version reads "TLS 1.3", and the curve is told.
type tcpConnection struct {
	Version            string `json:"version"`
	ServerName         string `json:"serverName"`
	NegotiatedProtocol string `json:"negotiatedProtocol,omitempty"`
	Curves             string `json:"curves,omitempty"`
	CipherSuite        string `json:"cipherSuite"`
}

func (o Options) tcpPorts() ([]port, error) {
	plain, err := o.port("TCP_PORT", defaultHTTPPort)
	if err != nil {
		return nil, err
	}
	secure, err := o.port("TLS_PORT", defaultHTTPSPort)
	if err != nil {
		return nil, err
	}
	config, err := o.tlsConfig("TLS_SERVER_PRIV_KEY")
	if err != nil {
		return nil, err
	}
	answer := tcpAnswer{
		Pod:     o.pod(),
		TCPPort: cmp.Or(o.Env["TCP_PORT"], fmt.Sprint(defaultHTTPPort)),
		TLSPort: cmp.Or(o.Env["TLS_PORT"], fmt.Sprint(defaultHTTPSPort)),
	}
	ports := []port{{number: plain, part: lines{answer: answer}}}
	if config != nil {
		ports = append(ports, port{number: secure, part: lines{answer: answer, config: config}})
	}
	return ports, nil
}

// lines is a part that answers commands, one a line.
type lines struct {
	answer tcpAnswer
	config *tls.Config // nil: plain
}

// Serve implements part.
func (s lines) Serve(ctx context.Context, l net.Listener) {
	var handled sync.WaitGroup
	defer handled.Wait()
	defer context.AfterFunc(ctx, func() { _ = l.Close() })()
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		handled.Go(func() { s.handle(ctx, conn) })
	}
}

// Shutdown implements part. A line in flight is of no worth: the end of Serve's context ends it.
func (lines) Shutdown(context.Context) {}

func (s lines) handle(ctx context.Context, conn net.Conn) {
	defer conn.Close() //nolint:errcheck // the client may have closed it
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()

	answer := s.answer
	if s.config != nil {
		secure := tls.Server(conn, s.config)
		if err := secure.HandshakeContext(ctx); err != nil {
			return
		}
		state := secure.ConnectionState()
		answer.IsTLS = true
		answer.TLS = &tcpConnection{
			Version:            tls.VersionName(state.Version),
			ServerName:         state.ServerName,
			NegotiatedProtocol: state.NegotiatedProtocol,
			Curves:             state.CurveID.String(),
			CipherSuite:        tls.CipherSuiteName(state.CipherSuite),
		}
		conn = secure
	}
	converse(conn, answer)
}

// converse ends when the client stops sending or the connection breaks, which the next read tells.
func converse(conn net.Conn, answer tcpAnswer) {
	_, _ = fmt.Fprint(conn, welcome)
	for in := bufio.NewScanner(conn); in.Scan(); {
		switch in.Text() {
		case "TEST":
			_ = json.NewEncoder(conn).Encode(answer)
		case "IS_TLS":
			_, _ = fmt.Fprintln(conn, answer.IsTLS)
		case "PING":
			_, _ = fmt.Fprintln(conn, "PONG")
		}
	}
}
