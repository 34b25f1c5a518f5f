package ec2

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Instance states. A terminated instance stays visible for a while, as at AWS.
const (
	running    = "running"
	terminated = "terminated"
)

type instance struct {
	id, subnet, state string
	address           netip.Addr
	zone              string
	groups            []string
	kind, image       string
	launched          time.Time
}

func (s *Service) addInstance(i Instance) error {
	subnet := s.subnetOf(i.Address)
	if subnet == nil {
		return fmt.Errorf("instance %q: no subnet of the world holds %s", i.ID, i.Address)
	}
	if i.Zone != "" && i.Zone != subnet.Zone {
		return fmt.Errorf("instance %q: %s is in subnet %q of zone %s, not in zone %s", i.ID, i.Address, subnet.ID, subnet.Zone, i.Zone)
	}
	if s.instances[i.ID] != nil || s.used[i.Address] {
		return fmt.Errorf("instance %q: id or address %s is in use", i.ID, i.Address)
	}
	if err := i.checkPrefixes(subnet); err != nil {
		return err
	}
	groups := i.SecurityGroups
	if len(groups) == 0 {
		groups = []string{defaultGroup}
	}
	for _, id := range groups {
		if s.groups[id] == nil {
			return fmt.Errorf("instance %q: security group %q is not in the world", i.ID, id)
		}
	}
	s.instances[i.ID] = &instance{
		id: i.ID, subnet: subnet.ID, state: running, address: i.Address, zone: subnet.Zone, groups: slices.Clone(groups),
		kind: "m5.large", image: "ami-0a64000000000000a", launched: s.now(),
	}
	s.used[i.Address] = true
	s.setTags(i.ID, i.Tags)
	s.interfaces[interfaceOf(i.ID)] = &networkInterface{
		id: interfaceOf(i.ID), subnet: subnet.ID, address: i.Address.String(), groups: slices.Clone(groups), instance: i.ID,
		attached: s.now(), prefixes: slices.Clone(i.Prefixes),
	}
	for _, p := range i.Prefixes {
		for _, a := range addressesOf(p) {
			s.used[a] = true
		}
	}
	return nil
}

func (i *Instance) checkPrefixes(subnet *Subnet) error {
	for _, p := range i.Prefixes {
		if p.Bits() != prefixBits || p.Masked() != p || !subnet.CIDR.Contains(p.Addr()) {
			return fmt.Errorf("instance %q: %s is no /%d of its subnet's %s", i.ID, p, prefixBits, subnet.CIDR)
		}
	}
	return nil
}

func interfaceOf(instanceID string) string { return "eni-" + strings.TrimPrefix(instanceID, "i-") }

func (s *Service) subnetOf(a netip.Addr) *Subnet {
	for _, subnet := range s.subnets {
		if subnet.CIDR.Contains(a) || subnet.IPv6.Contains(a) {
			return subnet
		}
	}
	return nil
}

type describeInstancesInput struct {
	dryRun
	page
	Filters                 []filter `in:"Filter"`
	IncludeManagedResources *bool
	InstanceIds             []string `in:"InstanceId"`
}

type instanceState struct {
	Code int
	Name string
}

type groupIdentifier struct{ GroupId, GroupName string }

type placement struct{ AvailabilityZone, AvailabilityZoneId, Tenancy string }

type privateAddress struct {
	Primary          bool
	PrivateDnsName   string
	PrivateIpAddress string
}

type instanceAttachment struct {
	AttachTime          time.Time
	AttachmentId        string
	DeleteOnTermination bool
	DeviceIndex         int
	NetworkCardIndex    int
	Status              string
}

type instanceInterface struct {
	Attachment         instanceAttachment
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
	SourceDestCheck    bool
	Status             string
	SubnetId           string
	VpcId              string
}

type instanceItem struct {
	Architecture      string
	ImageId           string
	InstanceId        string
	InstanceType      string
	LaunchTime        time.Time
	NetworkInterfaces []instanceInterface `out:"networkInterfaceSet"`
	Placement         placement
	PrivateDnsName    string
	PrivateIpAddress  string
	SecurityGroups    []groupIdentifier `out:"groupSet"`
	SourceDestCheck   bool
	State             instanceState `out:"instanceState"`
	SubnetId          string
	Tags              []tag `out:"tagSet"`
	VpcId             string
}

type reservation struct {
	Groups        []groupIdentifier `out:"groupSet"`
	Instances     []instanceItem    `out:"instancesSet"`
	OwnerId       string
	ReservationId string
}

type describeInstancesOutput struct {
	NextToken    *string
	Reservations []reservation `out:"reservationSet"`
}

func (s *Service) describeInstances(in *describeInstancesInput) (*describeInstancesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(in.InstanceIds) > 0 && in.MaxResults != nil {
		return nil, wire.Errorf("InvalidParameterCombination", "The parameter instancesSet cannot be used with the parameter maxResults")
	}
	if err := s.knowInstances(in.InstanceIds); err != nil {
		return nil, err
	}
	if err := check(in.Filters, s.instanceFacets(&instance{})); err != nil {
		return nil, err
	}
	found, err := choose(sorted(s.instances), in.InstanceIds, in.Filters, func(i *instance) candidate {
		return candidate{i.id, s.instanceFacets(i), s.tags[i.id]}
	})
	if err != nil {
		return nil, err
	}
	items, next, err := paginate(found, in.page)
	return &describeInstancesOutput{next, each(items, s.reservationOf)}, err
}

func (s *Service) knowInstances(ids []string) error {
	for _, id := range ids {
		if !strings.HasPrefix(id, "i-") {
			return wire.Errorf("InvalidInstanceID.Malformed", "Invalid id: \"%s\"", id)
		}
		if s.instances[id] == nil {
			return notFound(id)
		}
	}
	return nil
}

func (s *Service) instanceFacets(i *instance) facets {
	var address, dns []string
	if i.state == running {
		address, dns = []string{i.address.String()}, []string{s.privateDNS(i.address)}
	}
	var names []string
	for _, g := range s.identifiers(i.groups) {
		names = append(names, g.GroupName)
	}
	return facets{
		"architecture": {"x86_64"}, "availability-zone": {i.zone}, "image-id": {i.image}, "instance-id": {i.id},
		"instance-state-code": {fmt.Sprint(stateOf(i).Code)}, "instance-state-name": {i.state}, "instance-type": {i.kind},
		"instance.group-id": i.groups, "instance.group-name": names, "ip-address": nil, "dns-name": nil,
		"network-interface.group-id": i.groups, "network-interface.addresses.private-ip-address": address,
		"network-interface.network-interface-id": {interfaceOf(i.id)}, "network-interface.private-ip-address": address,
		"network-interface.subnet-id": {i.subnet}, "network-interface.vpc-id": {s.vpc.ID}, "owner-id": {s.account},
		"private-dns-name": dns, "private-ip-address": address, "subnet-id": {i.subnet}, "vpc-id": {s.vpc.ID},
	}
}

func stateOf(i *instance) instanceState {
	if i.state == terminated {
		return instanceState{48, terminated}
	}
	return instanceState{16, running}
}

func (s *Service) privateDNS(a netip.Addr) string {
	host := "ip-" + strings.ReplaceAll(a.String(), ".", "-")
	if s.region == "us-east-1" {
		return host + ".ec2.internal"
	}
	return host + "." + s.region + ".compute.internal"
}

func (s *Service) identifiers(ids []string) []groupIdentifier {
	out := []groupIdentifier{}
	for _, id := range ids {
		if g := s.groups[id]; g != nil {
			out = append(out, groupIdentifier{id, g.name})
		}
	}
	return out
}

func (s *Service) reservationOf(i *instance) reservation {
	item := instanceItem{
		Architecture: "x86_64", ImageId: i.image, InstanceId: i.id, InstanceType: i.kind, LaunchTime: i.launched,
		NetworkInterfaces: []instanceInterface{}, Placement: placement{i.zone, s.zoneID(i.zone), "default"},
		SecurityGroups: []groupIdentifier{}, SourceDestCheck: true, State: stateOf(i), Tags: s.tagSet(i.id),
	}
	if i.state == running {
		item.PrivateDnsName, item.PrivateIpAddress = s.privateDNS(i.address), i.address.String()
		item.SecurityGroups, item.SubnetId, item.VpcId = s.identifiers(i.groups), i.subnet, s.vpc.ID
		item.NetworkInterfaces = append(item.NetworkInterfaces, s.instanceInterface(i))
	}
	return reservation{[]groupIdentifier{}, []instanceItem{item}, s.account, "r-" + strings.TrimPrefix(i.id, "i-")}
}

// instanceInterface is the one network interface of an instance, as the instance tells of it.
func (s *Service) instanceInterface(i *instance) instanceInterface {
	n := s.interfaceItem(s.interfaces[interfaceOf(i.id)])
	return instanceInterface{
		Attachment: instanceAttachment{
			AttachTime: *n.Attachment.AttachTime, AttachmentId: n.Attachment.AttachmentId, DeleteOnTermination: true, Status: "attached",
		},
		Description: n.Description, Groups: n.Groups, InterfaceType: n.InterfaceType, Ipv4Prefixes: n.Ipv4Prefixes, MacAddress: n.MacAddress,
		NetworkInterfaceId: n.NetworkInterfaceId, OwnerId: n.OwnerId, PrivateDnsName: n.PrivateDnsName, PrivateIpAddress: n.PrivateIpAddress,
		PrivateIpAddresses: n.PrivateIpAddresses, SourceDestCheck: true, Status: n.Status, SubnetId: n.SubnetId, VpcId: n.VpcId,
	}
}
