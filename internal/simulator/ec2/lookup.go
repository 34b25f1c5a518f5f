package ec2

import (
	"net/netip"
	"slices"
)

// A Place is where something is in the network.
type Place struct {
	VPC     string
	Zone    string
	CIDR    netip.Prefix // of a subnet
	IPv6    netip.Prefix // of a subnet; invalid if it has none
	Address netip.Addr   // of an instance
	Free    int          // addresses left in a subnet
	Running bool         // an instance that is not terminated
}

// Subnet looks a subnet up.
func (s *Service) Subnet(id string) (Place, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	n, ok := s.subnets[id]
	if !ok {
		return Place{}, false
	}
	return Place{VPC: s.vpc.ID, Zone: n.Zone, CIDR: n.CIDR, IPv6: n.IPv6, Free: s.freeAddresses(n)}, true
}

// Instance looks an instance up; a terminated one is found too.
func (s *Service) Instance(id string) (Place, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.instances[id]
	if !ok {
		return Place{}, false
	}
	return Place{VPC: s.vpc.ID, Zone: i.zone, Address: i.address, Running: i.state == running}, true
}

// HasSecurityGroup tells whether a group exists.
func (s *Service) HasSecurityGroup(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.groups[id] != nil
}

// DefaultSecurityGroup is the id of the VPC's default group.
func (s *Service) DefaultSecurityGroup() string { return defaultGroup }

// VPC returns the CIDR blocks of a VPC and whether it has an internet gateway.
func (s *Service) VPC(id string) (VPC, bool) {
	if id != s.vpc.ID {
		return VPC{}, false
	}
	return s.vpc, true // never changes
}

// Zones are the zones of the region.
func (s *Service) Zones() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.zoneNames())
}

// ZoneOf is the zone of the subnet that holds an address.
func (s *Service) ZoneOf(a netip.Addr) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.subnetOf(a)
	if n == nil {
		return "", false
	}
	return n.Zone, true
}

// OnTerminate has f called with the id of each instance that is terminated.
func (s *Service) OnTerminate(f func(instanceID string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.terminated = f
}
