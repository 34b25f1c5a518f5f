package ec2

import (
	"encoding/binary"
	"net/netip"
	"slices"
)

func addrOf(n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}

type describeRouteTablesInput struct {
	dryRun
	page
	Filters       []filter `in:"Filter"`
	RouteTableIds []string `in:"RouteTableId"`
}

type route struct {
	DestinationCidrBlock string
	GatewayId            string
	NatGatewayId         string
	Origin               string
	State                string
}

type associationState struct{ State string }

type routeTableAssociation struct {
	AssociationState        associationState
	Main                    bool
	RouteTableAssociationId string
	RouteTableId            string
	SubnetId                string
}

type routeTable struct {
	Associations    []routeTableAssociation `out:"associationSet"`
	OwnerId         string
	PropagatingVgws []string `out:"propagatingVgwSet"`
	RouteTableId    string
	Routes          []route `out:"routeSet"`
	Tags            []tag   `out:"tagSet"`
	VpcId           string
}

type describeRouteTablesOutput struct {
	NextToken   *string
	RouteTables []routeTable `out:"routeTableSet"`
}

// routeTables are the main table, with the local route only; one for the public subnets, to the internet gateway; and one for the
// private ones, to a NAT gateway.
func (s *Service) routeTables() []routeTable {
	suffix := s.vpc.ID[len("vpc-"):]
	local := route{DestinationCidrBlock: s.vpc.CIDR.String(), GatewayId: "local", Origin: "CreateRouteTable", State: "active"}
	table := func(id string, extra ...route) routeTable {
		return routeTable{
			RouteTableId: id, OwnerId: s.account, VpcId: s.vpc.ID, Routes: append([]route{local}, extra...),
			Associations: []routeTableAssociation{}, PropagatingVgws: []string{}, Tags: s.tagSet(id),
		}
	}
	main := table("rtb-2" + suffix[1:])
	main.Associations = append(main.Associations, routeTableAssociation{
		associationState{"associated"}, true, "rtbassoc-" + suffix, main.RouteTableId, "",
	})
	public := table("rtb-" + suffix)
	if s.vpc.InternetGateway != "" {
		public = table("rtb-"+suffix, route{DestinationCidrBlock: "0.0.0.0/0", GatewayId: s.vpc.InternetGateway, Origin: "CreateRoute", State: "active"})
	}
	private := table("rtb-1"+suffix[1:], route{DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-" + suffix, Origin: "CreateRoute", State: "active"})
	for _, subnet := range sorted(s.subnets) {
		to := &private
		if subnet.Access == Public {
			to = &public
		}
		to.Associations = append(to.Associations, routeTableAssociation{
			associationState{"associated"}, false, "rtbassoc-" + subnet.ID[len("subnet-"):], to.RouteTableId, subnet.ID,
		})
	}
	return []routeTable{main, public, private}
}

func routeTableFacets(t routeTable) facets {
	f := facets{
		"association.gateway-id": nil, "association.main": nil, "association.route-table-association-id": nil,
		"association.route-table-id": nil, "association.subnet-id": nil, "owner-id": {t.OwnerId}, "route-table-id": {t.RouteTableId},
		"route.destination-cidr-block": nil, "route.destination-ipv6-cidr-block": nil, "route.gateway-id": nil,
		"route.nat-gateway-id": nil, "route.origin": nil, "route.state": nil, "vpc-id": {t.VpcId},
	}
	add := func(name, value string) {
		if value != "" {
			f[name] = append(f[name], value)
		}
	}
	for _, a := range t.Associations {
		add("association.main", map[bool]string{true: "true", false: "false"}[a.Main])
		add("association.route-table-association-id", a.RouteTableAssociationId)
		add("association.route-table-id", a.RouteTableId)
		add("association.subnet-id", a.SubnetId)
	}
	for _, r := range t.Routes {
		add("route.destination-cidr-block", r.DestinationCidrBlock)
		add("route.gateway-id", r.GatewayId)
		add("route.nat-gateway-id", r.NatGatewayId)
		add("route.origin", r.Origin)
		add("route.state", r.State)
	}
	return f
}

func (s *Service) describeRouteTables(in *describeRouteTablesInput) (*describeRouteTablesOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.routeTables()
	for _, id := range in.RouteTableIds {
		if !slices.ContainsFunc(all, func(t routeTable) bool { return t.RouteTableId == id }) {
			return nil, notFound(id)
		}
	}
	found, err := choose(all, in.RouteTableIds, in.Filters, func(t routeTable) candidate {
		return candidate{t.RouteTableId, routeTableFacets(t), s.tags[t.RouteTableId]}
	})
	if err != nil {
		return nil, err
	}
	items, next, err := paginate(found, in.page)
	return &describeRouteTablesOutput{next, items}, err
}

type describeGatewaysInput struct {
	dryRun
	page
	Filters            []filter `in:"Filter"`
	InternetGatewayIds []string `in:"InternetGatewayId"`
}

type gatewayAttachment struct{ State, VpcId string }

type internetGateway struct {
	Attachments       []gatewayAttachment `out:"attachmentSet"`
	InternetGatewayId string
	OwnerId           string
	Tags              []tag `out:"tagSet"`
}

type describeGatewaysOutput struct {
	InternetGateways []internetGateway `out:"internetGatewaySet"`
	NextToken        *string
}

func (s *Service) describeInternetGateways(in *describeGatewaysInput) (*describeGatewaysOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.vpc.InternetGateway
	for _, wanted := range in.InternetGatewayIds {
		if id == "" || wanted != id {
			return nil, notFound(wanted)
		}
	}
	ok, err := selects(in.Filters, facets{
		"attachment.state": {"available"}, "attachment.vpc-id": {s.vpc.ID}, "internet-gateway-id": {id}, "owner-id": {s.account},
	}, s.tags[id])
	if err != nil {
		return nil, err
	}
	var out []internetGateway
	if ok && id != "" {
		out = append(out, internetGateway{[]gatewayAttachment{{"available", s.vpc.ID}}, id, s.account, s.tagSet(id)})
	}
	items, next, err := paginate(out, in.page)
	return &describeGatewaysOutput{items, next}, err
}
