package address

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// Mode says how addresses of the cluster become addresses of this machine.
type Mode string

// The modes. Auto is Direct where a cluster address can be bound, and Mapped elsewhere.
const (
	Auto   Mode = "auto"
	Direct Mode = "direct"
	Mapped Mode = "mapped"
)

// mappable holds every address that has a counterpart in 127.0.0.0/8.
var mappable = netip.MustParsePrefix("10.0.0.0/8")

// Network binds and dials addresses of the cluster. The zero value is not valid; use Choose.
type Network struct {
	mode Mode
}

// Choose returns the network for mode; Auto and Direct try to bind probe, an address of the cluster.
func Choose(ctx context.Context, mode Mode, probe netip.Addr) (Network, error) {
	if mode == Mapped {
		return Network{mode: Mapped}, nil
	}
	l, err := (Network{mode: Direct}).Listen(ctx, netip.AddrPortFrom(probe, 0))
	if err == nil {
		return Network{mode: Direct}, l.Close()
	}
	if mode == Auto {
		return Network{mode: Mapped}, nil
	}
	return Network{}, fmt.Errorf("address %s cannot be bound in mode %q; add a local route (ip route add local 10.64.0.0/10 dev lo) or use mode %q: %w", probe, mode, Mapped, err)
}

// Mode is Direct or Mapped.
func (n Network) Mode() Mode {
	return n.mode
}

// Covers reports whether every address of p can be bound in this network.
func (n Network) Covers(p netip.Prefix) bool {
	if n.mode == Direct {
		return true
	}
	return p.Bits() >= mappable.Bits() && mappable.Contains(p.Addr())
}

// Host is the address of this machine that stands for ip.
func (n Network) Host(ip netip.Addr) netip.Addr {
	if n.mode == Direct || !mappable.Contains(ip) {
		return ip
	}
	b := ip.As4()
	b[0] = 127
	return netip.AddrFrom4(b)
}

// Listen opens a TCP listener for an address of the cluster.
func (n Network) Listen(ctx context.Context, at netip.AddrPort) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, "tcp", n.hostPort(at))
}

// Dial opens a TCP connection to an address of the cluster.
func (n Network) Dial(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", n.hostPort(to))
}

func (n Network) hostPort(a netip.AddrPort) string {
	return net.JoinHostPort(n.Host(a.Addr()).String(), strconv.Itoa(int(a.Port())))
}
