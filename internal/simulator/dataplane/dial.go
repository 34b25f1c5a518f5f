package dataplane

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// MapLoopback dials 127.b.c.d for 10.b.c.d and loopback addresses as they are. Everything else is refused, so that a
// simulated load balancer never sends anything off the machine.
func MapLoopback(dial DialFunc) DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		target, err := netip.ParseAddrPort(address)
		if err != nil {
			return nil, fmt.Errorf("cannot dial %q: it is not an address and port: %w", address, err)
		}
		mapped, err := mapAddress(target.Addr().Unmap())
		if err != nil {
			return nil, err
		}
		return dial(ctx, network, netip.AddrPortFrom(mapped, target.Port()).String())
	}
}

func mapAddress(a netip.Addr) (netip.Addr, error) {
	if a.IsLoopback() {
		return a, nil
	}
	if b := a.As16(); a.Is4() && b[12] == 10 {
		return netip.AddrFrom4([4]byte{127, b[13], b[14], b[15]}), nil
	}
	return netip.Addr{}, fmt.Errorf("cannot dial %s: only 10.0.0.0/8, which maps to 127.0.0.0/8, and loopback addresses are reachable from here", a)
}

var errConnectTimeout = errors.New("the target did not take the connection in time")

// connect dials a target with AWS's connection timeout.
func (d *DataPlane) connect(ctx context.Context, network, address string) (net.Conn, error) {
	bounded, cancel := context.WithTimeout(ctx, d.scaled(alb.ConnectTimeoutSeconds*time.Second))
	defer cancel()
	defer context.AfterFunc(d.end, cancel)()
	conn, err := d.dial(bounded, network, address)
	if err != nil && ctx.Err() == nil && bounded.Err() != nil {
		return nil, fmt.Errorf("cannot dial %s: %w", address, errConnectTimeout)
	}
	return conn, err
}
