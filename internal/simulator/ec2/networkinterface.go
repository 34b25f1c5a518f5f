package ec2

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A networkInterface belongs to an instance or to a load balancer. It holds its security groups and its subnet.
type networkInterface struct {
	id, subnet, address string
	groups              []string
	instance            string
	attached            time.Time      // to the instance
	prefixes            []netip.Prefix // for addresses beside its own
	owner               string         // a load balancer's ARN
	description         string         // "ELB app/name/id"
	gone                time.Time      // zero while the load balancer lives; it goes when that time has come
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
	for _, n := range s.interfaces {
		if !n.gone.IsZero() && !n.gone.After(now) {
			s.release(n)
		}
	}
}

// release an interface with its addresses.
func (s *Service) release(n *networkInterface) {
	delete(s.interfaces, n.id)
	delete(s.tags, n.id)
	if a, err := netip.ParseAddr(n.address); err == nil {
		delete(s.used, a)
	}
	for _, p := range n.prefixes {
		for _, a := range addressesOf(p) {
			delete(s.used, a)
		}
	}
}

// prefixBits of a prefix that EC2 delegates to a network interface.
const prefixBits = 28

// addressesOf a prefix that is delegated.
func addressesOf(p netip.Prefix) []netip.Addr {
	var out []netip.Addr
	for a := p.Addr(); p.Contains(a); a = a.Next() {
		out = append(out, a)
	}
	return out
}

type describeInterfacesInput struct {
	dryRun
	page
	Filters                 []filter `in:"Filter"`
	IncludeManagedResources *bool
	NetworkInterfaceIds     []string `in:"NetworkInterfaceId"`
}

type interfaceAttachment struct {
	AttachTime          *time.Time
	AttachmentId        string
	DeleteOnTermination bool
	DeviceIndex         int
	InstanceId          *string
	InstanceOwnerId     string
	NetworkCardIndex    int
	Status              string
}

type ipv4Prefix struct{ Ipv4Prefix string }

type interfaceItem struct {
	Attachment         *interfaceAttachment
	AvailabilityZone   string
	Description        string
	Groups             []groupIdentifier `out:"groupSet"`
	InterfaceType      string
	Ipv4Prefixes       []ipv4Prefix `out:"ipv4PrefixSet"`
	MacAddress         string
	NetworkInterfaceId string
	OwnerId            string
	PrivateDnsName     string
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
	address := netip.MustParseAddr(n.address)
	dns := s.privateDNS(address)
	item := interfaceItem{
		AvailabilityZone: s.subnets[n.subnet].Zone, Description: n.description, Groups: s.identifiers(n.groups),
		InterfaceType: "interface", Ipv4Prefixes: []ipv4Prefix{}, MacAddress: macAddress(address), NetworkInterfaceId: n.id, OwnerId: s.account,
		PrivateDnsName: dns, PrivateIpAddress: n.address, PrivateIpAddresses: []privateAddress{{true, dns, n.address}}, SourceDestCheck: true,
		Status: "in-use", SubnetId: n.subnet, TagSet: s.tagSet(n.id), VpcId: s.vpc.ID,
	}
	for _, p := range n.prefixes {
		item.Ipv4Prefixes = append(item.Ipv4Prefixes, ipv4Prefix{p.String()})
	}
	_, id, _ := strings.Cut(n.id, "-")
	if n.owner != "" {
		item.RequesterId, item.RequesterManaged = "amazon-elb", true
		item.Attachment = &interfaceAttachment{AttachmentId: "ela-attach-" + id, DeviceIndex: 1, InstanceOwnerId: "amazon-elb", Status: "attached"}
		return item
	}
	item.Attachment = &interfaceAttachment{
		AttachTime: &n.attached, AttachmentId: "eni-attach-" + id, DeleteOnTermination: true, InstanceId: &n.instance, InstanceOwnerId: s.account,
		Status: "attached",
	}
	return item
}

// macAddress is as good as any other that is the interface's own.
func macAddress(a netip.Addr) string {
	b := a.As4()
	return fmt.Sprintf("0e:00:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3])
}

func interfaceFacets(n interfaceItem) facets {
	f := facets{
		"addresses.private-ip-address": {n.PrivateIpAddress}, "availability-zone": {n.AvailabilityZone}, "description": {n.Description},
		"attachment.attachment-id": nil, "attachment.device-index": nil, "attachment.instance-id": nil, "attachment.instance-owner-id": nil,
		"attachment.status": {"attached"}, "group-id": nil, "group-name": nil, "ipv4-prefix.ipv4-prefix": nil, "mac-address": {n.MacAddress}, "interface-type": {n.InterfaceType}, "network-interface-id": {n.NetworkInterfaceId},
		"owner-id": {n.OwnerId}, "private-dns-name": {n.PrivateDnsName}, "private-ip-address": {n.PrivateIpAddress}, "requester-id": {n.RequesterId},
		"requester-managed": {map[bool]string{true: "true", false: "false"}[n.RequesterManaged]}, "status": {n.Status},
		"subnet-id": {n.SubnetId}, "vpc-id": {n.VpcId},
	}
	for _, g := range n.Groups {
		f["group-id"] = append(f["group-id"], g.GroupId)
		f["group-name"] = append(f["group-name"], g.GroupName)
	}
	for _, p := range n.Ipv4Prefixes {
		f["ipv4-prefix.ipv4-prefix"] = append(f["ipv4-prefix.ipv4-prefix"], p.Ipv4Prefix)
	}
	if at := n.Attachment; at != nil {
		f["attachment.attachment-id"], f["attachment.device-index"] = []string{at.AttachmentId}, []string{strconv.Itoa(at.DeviceIndex)}
		f["attachment.instance-owner-id"] = []string{at.InstanceOwnerId}
		if at.InstanceId != nil {
			f["attachment.instance-id"] = []string{*at.InstanceId}
		}
	}
	return f
}
