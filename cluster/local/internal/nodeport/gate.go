package nodeport

import (
	"context"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const dialTimeout = 5 * time.Second

// gate is one open node port of one node.
type gate struct {
	proxy    *Proxy
	listener net.Listener
	target   atomic.Pointer[target]
	turn     atomic.Uint64
	piping   sync.WaitGroup
}

func (p *Proxy) newGate(l net.Listener, t target) *gate {
	g := &gate{proxy: p, listener: l}
	g.target.Store(&t)
	return g
}

// serve forwards until the gate is closed or ctx, the life of the proxy, ends; it returns when its connections are closed.
func (g *gate) serve(ctx context.Context) {
	defer g.piping.Wait()
	defer context.AfterFunc(ctx, g.close)()
	for {
		conn, err := g.listener.Accept()
		if err != nil {
			return
		}
		g.piping.Go(func() { g.forward(ctx, conn) })
	}
}

// close refuses new connections; those that are open stay, as with kube-proxy.
func (g *gate) close() {
	_ = g.listener.Close()
}

func (g *gate) forward(ctx context.Context, client net.Conn) {
	defer client.Close() //nolint:errcheck // closed on every way out
	endpoint, ok := g.next()
	if !ok {
		reset(client)
		return
	}
	server, err := g.dial(ctx, endpoint)
	if err != nil {
		reset(client) // what the client would see had it dialled the pod
		return
	}
	defer server.Close() //nolint:errcheck // closed on every way out
	pipe(ctx, client, server)
}

func (g *gate) dial(ctx context.Context, endpoint netip.AddrPort) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	return g.proxy.Network.Dial(ctx, endpoint)
}

func (g *gate) next() (netip.AddrPort, bool) {
	endpoints := g.proxy.endpoints(*g.target.Load())
	if len(endpoints) == 0 {
		return netip.AddrPort{}, false
	}
	turn := g.turn.Add(1) - 1
	return endpoints[turn%uint64(len(endpoints))], true
}

// pipe copies both ways until both sides have closed or ctx ends.
func pipe(ctx context.Context, a, b net.Conn) {
	defer context.AfterFunc(ctx, func() { closeBoth(a, b) })()
	var copying sync.WaitGroup
	copying.Go(func() { copyHalf(a, b) })
	copying.Go(func() { copyHalf(b, a) })
	copying.Wait()
}

// copyHalf passes the end of from on to to. When to takes no more, from is told by a close, or its sender would wait for ever.
func copyHalf(to, from net.Conn) {
	if _, err := io.Copy(to, from); err != nil {
		closeBoth(to, from)
		return
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

func closeBoth(a, b net.Conn) {
	_ = a.Close()
	_ = b.Close()
}

// reset makes the close of conn a TCP RST.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}
