package ec2

import (
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

type describeZonesInput struct {
	dryRun
	AllAvailabilityZones *bool
	Filters              []filter `in:"Filter"`
	ZoneIds              []string `in:"ZoneId"`
	ZoneNames            []string `in:"ZoneName"`
}

type zone struct {
	State                                      string `out:"zoneState"`
	GroupName, NetworkBorderGroup, OptInStatus string
	RegionName, ZoneId, ZoneName, ZoneType     string
	Messages                                   []string `out:"messageSet"`
}

type describeZonesOutput struct {
	AvailabilityZones []zone `out:"availabilityZoneInfo"`
}

// zoneNames are the zones that the world has subnets in.
func (s *Service) zoneNames() []string {
	var names []string
	for _, subnet := range s.subnets {
		names = append(names, subnet.Zone)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// zoneID maps us-east-1a to use1-az1, as the first account that AWS ever numbered would see it.
func (s *Service) zoneID(name string) string {
	short := string(s.region[0]) + s.region[1:2] + string(s.region[3]) + s.region[len(s.region)-1:]
	return short + "-az" + strconv.Itoa(slices.Index(s.zoneNames(), name)+1)
}

func (s *Service) describeAvailabilityZones(in *describeZonesInput) (*describeZonesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := s.zoneNames()
	for _, name := range in.ZoneNames {
		if !slices.Contains(names, name) {
			return nil, wire.Errorf("InvalidParameterValue", "Invalid availability zone: [%s]", name)
		}
	}
	out := &describeZonesOutput{AvailabilityZones: []zone{}}
	for _, name := range names {
		id := s.zoneID(name)
		if len(in.ZoneNames) > 0 && !slices.Contains(in.ZoneNames, name) || len(in.ZoneIds) > 0 && !slices.Contains(in.ZoneIds, id) {
			continue
		}
		group := s.region + "-zg-1"
		ok, err := selects(in.Filters, facets{
			"group-name": {group}, "message": nil, "opt-in-status": {"opt-in-not-required"}, "region-name": {s.region},
			"state": {"available"}, "zone-id": {id}, "zone-name": {name}, "zone-type": {"availability-zone"},
		}, nil)
		if err != nil {
			return nil, err
		}
		if ok {
			out.AvailabilityZones = append(out.AvailabilityZones, zone{
				State: "available", OptInStatus: "opt-in-not-required", GroupName: group, NetworkBorderGroup: s.region,
				RegionName: s.region, ZoneId: id, ZoneName: name, ZoneType: "availability-zone", Messages: []string{},
			})
		}
	}
	return out, nil
}

type describeVpcsInput struct {
	dryRun
	page
	Filters []filter `in:"Filter"`
	VpcIds  []string `in:"VpcId"`
}

type cidrState struct{ State string }

type cidrAssociation struct {
	AssociationId, CidrBlock string
	CidrBlockState           cidrState
}

type ipv6Association struct {
	AssociationId, Ipv6CidrBlock string
	Ipv6CidrBlockState           cidrState
}

// associations of an IPv6 block, if there is one, and the filters that find it.
func associations(block netip.Prefix, id string) ([]ipv6Association, facets) {
	const prefix = "ipv6-cidr-block-association."
	found := facets{prefix + "ipv6-cidr-block": nil, prefix + "association-id": nil, prefix + "state": nil}
	if !block.IsValid() {
		return []ipv6Association{}, found
	}
	a := ipv6Association{id, block.String(), cidrState{"associated"}}
	return []ipv6Association{a}, facets{
		prefix + "ipv6-cidr-block": {a.Ipv6CidrBlock}, prefix + "association-id": {id}, prefix + "state": {a.Ipv6CidrBlockState.State},
	}
}

type vpc struct {
	CidrBlock               string
	CidrBlockAssociationSet []cidrAssociation
	DhcpOptionsId           string
	InstanceTenancy         string
	Ipv6Blocks              []ipv6Association `out:"ipv6CidrBlockAssociationSet"`
	IsDefault               bool
	OwnerId                 string
	State                   string
	Tags                    []tag `out:"tagSet"`
	VpcId                   string
}

type describeVpcsOutput struct {
	NextToken *string
	Vpcs      []vpc `out:"vpcSet"`
}

func (s *Service) describeVpcs(in *describeVpcsInput) (*describeVpcsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range in.VpcIds {
		if id != s.vpc.ID {
			return nil, wire.Errorf("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", id)
		}
	}
	cidr, dhcp := s.vpc.CIDR.String(), "dopt"+s.vpc.ID[len("vpc"):]
	association := "vpc-cidr-assoc" + s.vpc.ID[len("vpc"):]
	sixes, find := associations(s.vpc.IPv6, association)
	maps.Copy(find, facets{
		"cidr": {cidr}, "cidr-block-association.cidr-block": {cidr}, "cidr-block-association.association-id": {association},
		"cidr-block-association.state": {"associated"}, "dhcp-options-id": {dhcp}, "is-default": {"false"}, "isDefault": {"false"},
		"owner-id": {s.account}, "state": {"available"}, "vpc-id": {s.vpc.ID},
	})
	ok, err := selects(in.Filters, find, s.tags[s.vpc.ID])
	if err != nil {
		return nil, err
	}
	var out []vpc
	if ok {
		out = append(out, vpc{
			CidrBlock: cidr, DhcpOptionsId: dhcp, InstanceTenancy: "default", OwnerId: s.account, State: "available",
			CidrBlockAssociationSet: []cidrAssociation{{association, cidr, cidrState{"associated"}}},
			Ipv6Blocks:              sixes, Tags: s.tagSet(s.vpc.ID), VpcId: s.vpc.ID,
		})
	}
	items, next, err := paginate(out, in.page)
	return &describeVpcsOutput{next, items}, err
}

type vpcAttributeInput struct {
	dryRun
	Attribute *string
	VpcId     *string
}

type boolValue struct{ Value bool }

type vpcAttributeOutput struct {
	EnableDnsHostnames               *boolValue
	EnableDnsSupport                 *boolValue
	EnableNetworkAddressUsageMetrics *boolValue
	VpcId                            *string
}

func (s *Service) describeVpcAttribute(in *vpcAttributeInput) (*vpcAttributeOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if deref(in.VpcId) != s.vpc.ID {
		return nil, wire.Errorf("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", deref(in.VpcId))
	}
	out := &vpcAttributeOutput{VpcId: in.VpcId}
	switch deref(in.Attribute) {
	case "enableDnsHostnames":
		out.EnableDnsHostnames = &boolValue{true}
	case "enableDnsSupport":
		out.EnableDnsSupport = &boolValue{true}
	case "enableNetworkAddressUsageMetrics":
		out.EnableNetworkAddressUsageMetrics = &boolValue{false}
	default:
		return nil, wire.Errorf("InvalidParameterValue", "Value (%s) for parameter attribute is invalid.", deref(in.Attribute))
	}
	return out, nil
}

type describeSubnetsInput struct {
	dryRun
	page
	Filters   []filter `in:"Filter"`
	SubnetIds []string `in:"SubnetId"`
}

type subnetItem struct {
	AssignIpv6AddressOnCreation           bool
	AvailabilityZone, AvailabilityZoneId  string
	AvailableIpAddressCount               int
	CidrBlock                             string
	DefaultForAz, EnableDns64, Ipv6Native bool
	Ipv6CidrBlockAssociationSet           []ipv6Association
	MapCustomerOwnedIpOnLaunch            bool
	MapPublicIpOnLaunch                   bool
	OwnerId, State                        string
	SubnetArn                             *string
	SubnetId                              string
	Tags                                  []tag `out:"tagSet"`
	VpcId                                 string
}

type describeSubnetsOutput struct {
	NextToken *string
	Subnets   []subnetItem `out:"subnetSet"`
}

func (s *Service) describeSubnets(in *describeSubnetsInput) (*describeSubnetsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	for _, id := range in.SubnetIds {
		if s.subnets[id] == nil {
			return nil, notFound(id)
		}
	}
	if err := check(in.Filters, s.subnetFacets(&Subnet{})); err != nil {
		return nil, err
	}
	found, err := choose(sorted(s.subnets), in.SubnetIds, in.Filters, func(n *Subnet) candidate {
		return candidate{n.ID, s.subnetFacets(n), s.tags[n.ID]}
	})
	if err != nil {
		return nil, err
	}
	items, next, err := paginate(found, in.page)
	return &describeSubnetsOutput{next, each(items, s.subnetItem)}, err
}

func (s *Service) subnetFacets(n *Subnet) facets {
	free := strconv.Itoa(s.freeAddresses(n))
	public := strconv.FormatBool(n.Access == Public)
	zone, cidr := []string{n.Zone}, []string{n.CIDR.String()}
	_, find := associations(n.IPv6, n.association())
	maps.Copy(find, facets{
		"availability-zone": zone, "availabilityZone": zone,
		"availability-zone-id": {s.zoneID(n.Zone)}, "availabilityZoneId": {s.zoneID(n.Zone)},
		"available-ip-address-count": {free}, "cidr-block": cidr, "cidr": cidr, "cidrBlock": cidr,
		"default-for-az": {"false"}, "defaultForAz": {"false"}, "ipv6-native": {"false"},
		"map-public-ip-on-launch": {public}, "outpost-arn": nil, "owner-id": {s.account}, "state": {"available"},
		"subnet-arn": {*s.arn("subnet", n.ID)}, "subnet-id": {n.ID}, "vpc-id": {s.vpc.ID},
	})
	return find
}

// association is the id of the subnet's IPv6 block.
func (n *Subnet) association() string {
	return "subnet-cidr-assoc" + strings.TrimPrefix(n.ID, "subnet")
}

func (s *Service) subnetItem(n *Subnet) subnetItem {
	sixes, _ := associations(n.IPv6, n.association())
	return subnetItem{
		AvailabilityZone: n.Zone, AvailabilityZoneId: s.zoneID(n.Zone), AvailableIpAddressCount: s.freeAddresses(n),
		CidrBlock: n.CIDR.String(), MapPublicIpOnLaunch: n.Access == Public, OwnerId: s.account, State: "available",
		Ipv6CidrBlockAssociationSet: sixes, SubnetArn: s.arn("subnet", n.ID), SubnetId: n.ID,
		Tags: s.tagSet(n.ID), VpcId: s.vpc.ID,
	}
}

// reserved is how many addresses AWS keeps of each subnet: the first four and the last.
const reserved = 5

func (s *Service) freeAddresses(n *Subnet) int {
	if !n.CIDR.IsValid() {
		return 0
	}
	free := 1<<(32-n.CIDR.Bits()) - reserved
	for a := range s.used {
		if n.CIDR.Contains(a) {
			free--
		}
	}
	return free
}

// allocate takes the first free address of a subnet, from its sixteenth on.
func (s *Service) allocate(n *Subnet) (string, error) {
	if s.freeAddresses(n) <= 0 {
		return "", wire.Errorf("InsufficientFreeAddressesInSubnet", "There are not enough free addresses in subnet '%s' to satisfy the requested number of instances.", n.ID)
	}
	base := n.CIDR.Masked().Addr().As4()
	start := binary.BigEndian.Uint32(base[:])
	for offset := uint32(16); offset < 1<<(32-n.CIDR.Bits())-1; offset++ {
		a := addrOf(start + offset)
		if !s.used[a] {
			s.used[a] = true
			return a.String(), nil
		}
	}
	return "", wire.Errorf("InsufficientFreeAddressesInSubnet", "There are not enough free addresses in subnet '%s' to satisfy the requested number of instances.", n.ID)
}
