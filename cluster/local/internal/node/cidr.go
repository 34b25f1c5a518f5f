package node

import (
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"
)

const (
	neighbourhoodBits = 18 // like a subnet of a VPC: a node and its pods come from the same /18
	blockBits         = 20 // 4,096 addresses a node
	smallestBlockBits = 28
)

// assignPodCIDRs gives each node a block of its own, near the node's own address where there is room.
func assignPodCIDRs(specs []Spec, pods netip.Prefix) error {
	bits := min(max(blockBits, pods.Bits()+4), smallestBlockBits)
	if bits < pods.Bits() {
		return fmt.Errorf("pod CIDR %s is too small: a node needs a /%d", pods, smallestBlockBits)
	}
	taken := map[netip.Prefix]bool{}
	for _, s := range specs {
		taken[netip.PrefixFrom(s.IP, bits).Masked()] = true
	}
	for i := range specs {
		block, ok := freeBlock(specs[i].IP, pods, taken)
		if !ok {
			return fmt.Errorf("pod CIDR %s has no free /%d for node %q: give a larger --pod-cidr", pods, bits, specs[i].Name)
		}
		taken[block] = true
		specs[i].PodCIDR = block
	}
	return nil
}

func freeBlock(ip netip.Addr, pods netip.Prefix, taken map[netip.Prefix]bool) (netip.Prefix, bool) {
	bits := min(max(blockBits, pods.Bits()+4), smallestBlockBits)
	near := netip.PrefixFrom(ip, neighbourhoodBits).Masked()
	if near.Bits() < pods.Bits() {
		near = pods.Masked()
	}
	for _, within := range []netip.Prefix{near, pods} {
		for block := range blocks(within, bits) {
			if pods.Contains(block.Addr()) && !taken[block] {
				return block, true
			}
		}
	}
	return netip.Prefix{}, false
}

// blocks yields the blocks of the given size inside p, lowest first.
func blocks(p netip.Prefix, bits int) iter.Seq[netip.Prefix] {
	base := p.Masked().Addr().As4()
	start := binary.BigEndian.Uint32(base[:])
	return func(yield func(netip.Prefix) bool) {
		for i := range uint32(1) << (bits - p.Bits()) {
			var b [4]byte
			binary.BigEndian.PutUint32(b[:], start+i<<(32-bits))
			if !yield(netip.PrefixFrom(netip.AddrFrom4(b), bits)) {
				return
			}
		}
	}
}
