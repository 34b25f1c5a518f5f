package ec2

import (
	"fmt"
	"net/netip"
)

// A World is the network that exists before the first call.
type World struct {
	VPC            VPC
	Subnets        []Subnet
	SecurityGroups []SecurityGroup
	Instances      []Instance
	PrefixLists    []string // their ids; what they hold is not simulated
}

// A VPC is a network with an internet gateway, or without one.
type VPC struct {
	ID              string
	CIDR            netip.Prefix
	IPv6            netip.Prefix // invalid: the VPC has no IPv6
	InternetGateway string       // its id; empty: the VPC has none
	Tags            map[string]string
}

// A Subnet is a part of the VPC in one zone. A public one is routed to the internet gateway.
type Subnet struct {
	ID     string
	CIDR   netip.Prefix
	IPv6   netip.Prefix // invalid: the subnet has no IPv6
	Zone   string
	Access Access
	Tags   map[string]string
}

// Access is where the default route of a subnet leads.
type Access string

// A subnet's default route.
const (
	Public  Access = "public"
	Private Access = "private"
)

// A SecurityGroup of the world has the default egress rule and no ingress.
type SecurityGroup struct {
	ID, Name, Description string
	Tags                  map[string]string
}

// An Instance runs in the subnet that its address belongs to.
type Instance struct {
	ID             string
	Address        netip.Addr
	Zone           string // empty: the zone of its subnet
	SecurityGroups []string
	Prefixes       []netip.Prefix // of its network interface, for the addresses of pods; /28 each
	Tags           map[string]string
}

// Ids of the default world.
const (
	DefaultVPC       = "vpc-0a64000000000000a"
	DefaultNodeGroup = "sg-0a64000000000000a"
	DefaultCluster   = "demo" // whose nodes these are, by a tag
	defaultGateway   = "igw-0a64000000000000a"
	defaultPrefixes  = "pl-0a64000000000000a"
)

// DefaultWorld is a VPC 10.64.0.0/16 with IPv6 in three zones of a region, each with a public and a private subnet tagged for load
// balancer discovery, and one instance, a cluster node, in each public one. Nodes have as many prefixes for pods as the network
// interface of an m5.large can.
func DefaultWorld(region string) World {
	w := World{
		VPC: VPC{
			ID: DefaultVPC, CIDR: netip.MustParsePrefix("10.64.0.0/16"), IPv6: netip.MustParsePrefix("2001:db8:64::/56"), InternetGateway: defaultGateway,
			Tags: map[string]string{"Name": "main"},
		},
		SecurityGroups: []SecurityGroup{{
			ID: DefaultNodeGroup, Name: "nodes", Description: "cluster nodes", Tags: map[string]string{"kubernetes.io/cluster/" + DefaultCluster: "owned"},
		}},
		PrefixLists: []string{defaultPrefixes},
	}
	for i, zone := range []string{"a", "b", "c"} {
		third := byte(i * 64)
		w.Subnets = append(w.Subnets,
			Subnet{
				ID: "subnet-0a64000000000000" + zone, Zone: region + zone, Access: Public,
				CIDR: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 64, third, 0}), 19), IPv6: sixtyFour(w.VPC.IPv6, third),
				Tags: map[string]string{"Name": "public-" + zone, "kubernetes.io/role/elb": "1"},
			},
			Subnet{
				ID: "subnet-0b64000000000000" + zone, Zone: region + zone, Access: Private,
				CIDR: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 64, third + 32, 0}), 19), IPv6: sixtyFour(w.VPC.IPv6, third+32),
				Tags: map[string]string{"Name": "private-" + zone, "kubernetes.io/role/internal-elb": "1"},
			})
		w.Instances = append(w.Instances, Instance{
			ID: "i-0a00000000000000" + zone, Address: netip.AddrFrom4([4]byte{10, 64, third, 11}),
			SecurityGroups: []string{DefaultNodeGroup},
			Prefixes:       delegated(netip.AddrFrom4([4]byte{10, 64, third + 16, 0}), 9),
			Tags:           map[string]string{"Name": fmt.Sprintf("node-%s", zone)},
		})
	}
	return w
}

// delegated are prefixes for pods from an address on.
func delegated(from netip.Addr, count int) []netip.Prefix {
	var out []netip.Prefix
	for range count {
		p := netip.PrefixFrom(from, prefixBits)
		out = append(out, p)
		from = addressesOf(p)[1<<(32-prefixBits)-1].Next()
	}
	return out
}

// sixtyFour is the /64 of a VPC's /56 with a number.
func sixtyFour(vpc netip.Prefix, number byte) netip.Prefix {
	a := vpc.Addr().As16()
	a[7] |= number
	return netip.PrefixFrom(netip.AddrFrom16(a), 64)
}
