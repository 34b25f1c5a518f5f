package ec2

import (
	"net/netip"
	"slices"
	"time"
)

// A networkInterface belongs to an instance or to a load balancer. It holds its security groups and its subnet.
type networkInterface struct {
	id, subnet, address string
	groups              []string
	instance            string
	owner               string    // a load balancer's ARN
	description         string    // "ELB app/name/id"
	gone                time.Time // zero while the load balancer lives; it goes when that time has come
}

// Interfaces are what a load balancer wants in the network: one interface in each subnet, with all of its groups.
type Interfaces struct {
	Owner       string // the load balancer's ARN
	Description string
	Subnets     []string
	Groups      []string
}

// Attach makes the network interfaces of a load balancer as given, and lets go of those it no longer wants.
func (s *Service) Attach(want Interfaces) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	have := map[string]*networkInterface{}
	for _, n := range s.interfaces {
		if n.owner == want.Owner && n.gone.IsZero() {
			have[n.subnet] = n
		}
	}
	for _, id := range want.Subnets {
		if n := have[id]; n != nil {
			n.groups = slices.Clone(want.Groups)
			delete(have, id)
			continue
		}
		address, err := s.allocate(s.subnets[id])
		if err != nil {
			return err
		}
		n := &networkInterface{
			id: newID("eni"), subnet: id, address: address, groups: slices.Clone(want.Groups), owner: want.Owner,
			description: want.Description,
		}
		s.interfaces[n.id] = n
		s.setTags(n.id, nil)
	}
	for _, n := range have {
		n.gone = s.now().Add(s.linger)
	}
	return nil
}

// sweep removes the interfaces whose time has come.
func (s *Service) sweep() {
	now := s.now()
	for id, n := range s.interfaces {
		if !n.gone.IsZero() && !n.gone.After(now) {
			delete(s.interfaces, id)
			delete(s.tags, id)
			if a, err := netip.ParseAddr(n.address); err == nil {
				delete(s.used, a)
			}
		}
	}
}

type describeInterfacesInput struct {
	dryRun
	page
	Filters                 []filter `in:"Filter"`
	IncludeManagedResources *bool
	NetworkInterfaceIds     []string `in:"NetworkInterfaceId"`
}

type interfaceAttachment struct {
	InstanceId      string
	InstanceOwnerId string
	Status          string
}

type interfaceItem struct {
	Attachment         *interfaceAttachment
	AvailabilityZone   string
	Description        string
	Groups             []groupIdentifier `out:"groupSet"`
	InterfaceType      string
	NetworkInterfaceId string
	OwnerId            string
	PrivateIpAddress   string
	PrivateIpAddresses []privateAddress `out:"privateIpAddressesSet"`
	RequesterId        string
	RequesterManaged   bool
	SourceDestCheck    bool
	Status             string
	SubnetId           string
	TagSet             []tag
	VpcId              string
}

type describeInterfacesOutput struct {
	NetworkInterfaces []interfaceItem `out:"networkInterfaceSet"`
	NextToken         *string
}

func (s *Service) describeNetworkInterfaces(in *describeInterfacesInput) (*describeInterfacesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	for _, id := range in.NetworkInterfaceIds {
		if s.interfaces[id] == nil {
			return nil, notFound(id)
		}
	}
	if err := check(in.Filters, interfaceFacets(interfaceItem{})); err != nil {
		return nil, err
	}
	found, err := choose(each(sorted(s.interfaces), s.interfaceItem), in.NetworkInterfaceIds, in.Filters, func(n interfaceItem) candidate {
		return candidate{n.NetworkInterfaceId, interfaceFacets(n), s.tags[n.NetworkInterfaceId]}
	})
	if err != nil {
		return nil, err
	}
	items, next, err := paginate(found, in.page)
	return &describeInterfacesOutput{items, next}, err
}

func (s *Service) interfaceItem(n *networkInterface) interfaceItem {
	item := interfaceItem{
		AvailabilityZone: s.subnets[n.subnet].Zone, Description: n.description, Groups: s.identifiers(n.groups),
		InterfaceType: "interface", NetworkInterfaceId: n.id, OwnerId: s.account, PrivateIpAddress: n.address,
		PrivateIpAddresses: []privateAddress{{true, n.address}}, SourceDestCheck: true, Status: "in-use", SubnetId: n.subnet,
		TagSet: s.tagSet(n.id), VpcId: s.vpc.ID, Attachment: &interfaceAttachment{n.instance, s.account, "attached"},
	}
	if n.owner != "" {
		item.RequesterId, item.RequesterManaged, item.Attachment.InstanceOwnerId = "amazon-elb", true, "amazon-elb"
	}
	return item
}

func interfaceFacets(n interfaceItem) facets {
	f := facets{
		"addresses.private-ip-address": {n.PrivateIpAddress}, "availability-zone": {n.AvailabilityZone}, "description": {n.Description},
		"attachment.instance-id": nil, "attachment.instance-owner-id": nil, "attachment.status": {"attached"}, "group-id": nil,
		"group-name": nil, "interface-type": {n.InterfaceType}, "network-interface-id": {n.NetworkInterfaceId},
		"owner-id": {n.OwnerId}, "private-ip-address": {n.PrivateIpAddress}, "requester-id": {n.RequesterId},
		"requester-managed": {map[bool]string{true: "true", false: "false"}[n.RequesterManaged]}, "status": {n.Status},
		"subnet-id": {n.SubnetId}, "vpc-id": {n.VpcId},
	}
	for _, g := range n.Groups {
		f["group-id"] = append(f["group-id"], g.GroupId)
		f["group-name"] = append(f["group-name"], g.GroupName)
	}
	if n.Attachment != nil {
		f["attachment.instance-id"] = []string{n.Attachment.InstanceId}
		f["attachment.instance-owner-id"] = []string{n.Attachment.InstanceOwnerId}
	}
	return f
}
