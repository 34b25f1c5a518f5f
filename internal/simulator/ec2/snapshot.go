package ec2

import (
	"maps"
	"net/netip"
)

// A Snapshot is the network as the simulator's own API shows it.
type Snapshot struct {
	VPC             string             `json:"vpc"`
	CIDR            string             `json:"cidr"`
	IPv6            string             `json:"ipv6,omitempty"`
	InternetGateway string             `json:"internetGateway"`
	Subnets         []SubnetSnapshot   `json:"subnets"`
	Instances       []InstanceSnapshot `json:"instances"`
	PrefixLists     []string           `json:"prefixLists"`
}

// A SubnetSnapshot is one subnet.
type SubnetSnapshot struct {
	ID     string            `json:"id"`
	CIDR   string            `json:"cidr"`
	IPv6   string            `json:"ipv6,omitempty"`
	Zone   string            `json:"zone"`
	Access Access            `json:"access"`
	Tags   map[string]string `json:"tags"`
}

// An InstanceSnapshot is one instance.
type InstanceSnapshot struct {
	ID             string   `json:"id"`
	Address        string   `json:"address"`
	Zone           string   `json:"zone"`
	Subnet         string   `json:"subnet"`
	State          string   `json:"state"`
	SecurityGroups []string `json:"securityGroups"`
}

// World shows the network as it is now.
func (s *Service) World() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Snapshot{VPC: s.vpc.ID, CIDR: s.vpc.CIDR.String(), IPv6: text(s.vpc.IPv6), InternetGateway: s.vpc.InternetGateway, PrefixLists: append([]string{}, s.prefixes...)}
	for _, n := range sorted(s.subnets) {
		out.Subnets = append(out.Subnets, SubnetSnapshot{n.ID, n.CIDR.String(), text(n.IPv6), n.Zone, n.Access, maps.Clone(s.tags[n.ID])})
	}
	for _, i := range sorted(s.instances) {
		out.Instances = append(out.Instances, InstanceSnapshot{i.id, i.address.String(), i.zone, i.subnet, i.state, append([]string{}, i.groups...)})
	}
	return out
}

// text of a block, none if there is none.
func text(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}
