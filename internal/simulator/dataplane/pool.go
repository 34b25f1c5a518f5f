package dataplane

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// claimPort is the UDP port that holds an address for a load balancer. Nothing is ever read from it.
const claimPort = 64064

// sockets opens them. There is nothing to wait for on a loopback address, hence no context of a caller.
var sockets net.ListenConfig

// A pool gives out addresses, the lowest free one first.
type pool struct {
	mu     sync.Mutex
	prefix netip.Prefix
	taken  map[netip.Addr]bool
}

// A claim is an address given out.
type claim struct {
	address netip.Addr
	pool    *pool
	socket  net.PacketConn // nil where the machine lacks the address, as macOS lacks 127.0.64.1
}

func newPool(prefix netip.Prefix) *pool {
	return &pool{prefix: prefix.Masked(), taken: map[netip.Addr]bool{}}
}

func (p *pool) take() (*claim, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for a := p.prefix.Addr().Next(); p.prefix.Contains(a); a = a.Next() {
		if p.taken[a] {
			continue
		}
		socket, err := sockets.ListenPacket(context.Background(), "udp", netip.AddrPortFrom(a, claimPort).String())
		if errors.Is(err, syscall.EADDRINUSE) {
			continue // another simulator's
		}
		p.taken[a] = true
		return &claim{address: a, pool: p, socket: socket}, nil
	}
	return nil, fmt.Errorf("all addresses of %s are taken; remove load balancers or choose a larger pool", p.prefix)
}

func (c *claim) free() {
	if c.socket != nil {
		_ = c.socket.Close()
	}
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	delete(c.pool.taken, c.address)
}

// listen binds the port on the claimed address, or as near to that as the machine allows.
func (c *claim) listen(port int32) (net.Listener, error) {
	wanted := netip.AddrPortFrom(c.address, uint16(port))
	l, err := sockets.Listen(context.Background(), "tcp", wanted.String())
	if err == nil {
		return l, nil
	}
	for _, a := range []netip.Addr{c.address, netip.AddrFrom4([4]byte{127, 0, 0, 1})} {
		if l, anyErr := sockets.Listen(context.Background(), "tcp", netip.AddrPortFrom(a, 0).String()); anyErr == nil {
			return l, nil
		}
	}
	return nil, fmt.Errorf("cannot listen on %s: %w", wanted, err)
}
