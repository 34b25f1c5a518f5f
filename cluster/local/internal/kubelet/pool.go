package kubelet

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"sync"
)

// A VPC keeps the first four addresses of a subnet and its last one for itself.
const (
	firstHost = 4
	reserved  = firstHost + 1
)

// pools gives out addresses of pod CIDRs. One that is given back is used again only after all others, so that an old address is not mistaken for a new pod.
type pools struct {
	mu   sync.Mutex
	used map[netip.Addr]bool
	next map[netip.Prefix]uint32 // where to look first
}

func newPools() *pools {
	return &pools{used: map[netip.Addr]bool{}, next: map[netip.Prefix]uint32{}}
}

// take returns a free address of cidr.
func (p *pools) take(cidr netip.Prefix) (netip.Addr, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	size := uint32(1)<<(32-cidr.Bits()) - reserved
	for i := range size {
		host := (p.next[cidr] + i) % size
		ip := nth(cidr, firstHost+host)
		if !p.used[ip] {
			p.used[ip], p.next[cidr] = true, host+1
			return ip, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("pod CIDR %s has no free address", cidr)
}

func (p *pools) release(ip netip.Addr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.used, ip)
}

func nth(cidr netip.Prefix, n uint32) netip.Addr {
	b := cidr.Masked().Addr().As4()
	binary.BigEndian.PutUint32(b[:], binary.BigEndian.Uint32(b[:])+n)
	return netip.AddrFrom4(b)
}
