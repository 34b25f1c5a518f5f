package ec2

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

type direction string

const (
	ingress direction = "ingress"
	egress  direction = "egress"
)

// A permission is how the API gives and takes rules: several peers under one protocol and port range.
type permission struct {
	FromPort      *int32
	Groups        []groupPair
	IpProtocol    *string
	IpRanges      []ipRange
	Ipv6Ranges    []ipv6Range
	PrefixListIds []prefixList
	ToPort        *int32
}

type groupPair struct {
	Description, GroupId, GroupName, PeeringStatus, UserId, VpcId, VpcPeeringConnectionId *string
}

type ipRange struct{ CidrIp, Description *string }

type ipv6Range struct{ CidrIpv6, Description *string }

type prefixList struct{ Description, PrefixListId *string }

// A rule is one peer of a permission, with an id of its own.
type rule struct {
	id, group   string
	direction   direction
	protocol    string
	from, to    *int32
	peer        peer
	description *string
}

// A peer is exactly one of these.
type peer struct{ cidr4, cidr6, prefixList, group string }

func (p peer) String() string { return p.cidr4 + p.cidr6 + p.prefixList + p.group }

// same tells whether two rules allow the same thing; a description does not make a difference.
func (r *rule) same(o *rule) bool {
	return r.direction == o.direction && r.protocol == o.protocol && equal(r.from, o.from) && equal(r.to, o.to) && r.peer == o.peer
}

func equal(a, b *int32) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// A classicPermission is the old way to give one peer: as top-level parameters. Groups can be given by name in a default VPC only,
// which the world does not have.
type classicPermission struct {
	CidrIp     *string
	FromPort   *int32
	IpProtocol *string
	ToPort     *int32

	SourceSecurityGroupName    *string
	SourceSecurityGroupOwnerId *string
}

func (c classicPermission) permission() (permission, bool) {
	if c == (classicPermission{}) {
		return permission{}, false
	}
	p := permission{FromPort: c.FromPort, IpProtocol: c.IpProtocol, ToPort: c.ToPort}
	if c.SourceSecurityGroupName != nil {
		p.Groups = []groupPair{{GroupName: c.SourceSecurityGroupName, UserId: c.SourceSecurityGroupOwnerId}}
	}
	if c.CidrIp != nil {
		p.IpRanges = []ipRange{{CidrIp: c.CidrIp}}
	}
	return p, true
}

// rulesOf splits permissions into rules and refuses what EC2 refuses.
func (s *Service) rulesOf(permissions []permission, side direction) ([]*rule, error) {
	if len(permissions) == 0 {
		return nil, wire.Errorf("MissingParameter", "The request must contain the parameter ipPermissions")
	}
	var out []*rule
	for _, p := range permissions {
		base, err := s.baseRule(p, side)
		if err != nil {
			return nil, err
		}
		rules, err := s.peersOf(p, base)
		if err != nil {
			return nil, err
		}
		if len(rules) == 0 {
			return nil, wire.Errorf("MissingParameter", "The request must contain the parameter ipRanges, ipv6Ranges, prefixListIds or groups")
		}
		out = append(out, rules...)
	}
	for i, r := range out {
		for _, other := range out[:i] {
			if r.same(other) {
				return nil, wire.Errorf("InvalidParameterValue", "The same permission must not appear multiple times")
			}
		}
	}
	return out, nil
}

var protocolNames = map[string]string{"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}

// baseRule reads protocol and ports. "-1" is every protocol and has no ports.
func (s *Service) baseRule(p permission, side direction) (rule, error) {
	if p.IpProtocol == nil {
		return rule{}, wire.Errorf("MissingParameter", "The request must contain the parameter ipProtocol")
	}
	protocol := strings.ToLower(*p.IpProtocol)
	if name, ok := protocolNames[protocol]; ok {
		protocol = name
	}
	r := rule{direction: side, protocol: protocol, from: p.FromPort, to: p.ToPort}
	switch protocol {
	case "tcp", "udp":
		return r, checkPorts(p)
	case "-1", "all":
		r.protocol, r.from, r.to = "-1", nil, nil
		return r, nil
	case "icmp", "icmpv6":
		if p.FromPort == nil || p.ToPort == nil {
			return r, wire.Errorf("InvalidParameterValue", "Invalid value 'Must specify both type and code' for portRange.")
		}
		return r, nil
	}
	if n, err := strconv.Atoi(protocol); err != nil || n < 0 || n > 255 {
		return r, wire.Errorf("InvalidParameterValue", "Invalid value '%s' for IP protocol. Unknown protocol.", *p.IpProtocol)
	}
	r.from, r.to = nil, nil
	return r, nil
}

func checkPorts(p permission) error {
	switch {
	case p.FromPort == nil || p.ToPort == nil:
		return wire.Errorf("InvalidParameterValue", "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.")
	case *p.FromPort < 0 || *p.FromPort > 65535 || *p.ToPort < 0 || *p.ToPort > 65535:
		return wire.Errorf("InvalidParameterValue", "Invalid value '%d-%d' for portRange. TCP/UDP ports must be between 0 and 65535.", *p.FromPort, *p.ToPort)
	case *p.FromPort > *p.ToPort:
		return wire.Errorf("InvalidParameterValue", "Invalid TCP/UDP port range (%d:%d)", *p.FromPort, *p.ToPort)
	default:
		return nil
	}
}

// peersOf makes a rule of each peer of a permission.
func (s *Service) peersOf(p permission, base rule) ([]*rule, error) {
	var out []*rule
	for _, given := range p.peers() {
		if d := deref(given.description); len(d) > maxGroupName || !groupText.MatchString(d) {
			return nil, wire.Errorf("InvalidParameterValue", "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*")
		}
		to, err := given.check(s)
		if err != nil {
			return nil, err
		}
		r := base
		r.peer, r.description = to, given.description
		out = append(out, &r)
	}
	return out, nil
}

// A givenPeer is a peer as a call gives it, with the way to check it.
type givenPeer struct {
	description *string
	check       func(*Service) (peer, error)
}

func (p permission) peers() []givenPeer {
	var out []givenPeer
	for _, g := range p.Groups {
		out = append(out, givenPeer{g.Description, func(s *Service) (peer, error) {
			_, err := s.group(g.GroupId, g.GroupName)
			return peer{group: deref(g.GroupId)}, err
		}})
	}
	for _, r := range p.IpRanges {
		out = append(out, givenPeer{r.Description, func(*Service) (peer, error) {
			cidr, err := canonical(deref(r.CidrIp), netip.Addr.Is4)
			return peer{cidr4: cidr}, err
		}})
	}
	for _, r := range p.Ipv6Ranges {
		out = append(out, givenPeer{r.Description, func(*Service) (peer, error) {
			cidr, err := canonical(deref(r.CidrIpv6), netip.Addr.Is6)
			return peer{cidr6: cidr}, err
		}})
	}
	for _, l := range p.PrefixListIds {
		out = append(out, givenPeer{l.Description, func(s *Service) (peer, error) {
			id := deref(l.PrefixListId)
			switch {
			case !strings.HasPrefix(id, "pl-"):
				return peer{}, wire.Errorf("InvalidPrefixListId.Malformed", "Invalid id: \"%s\" (expecting \"pl-...\")", id)
			case !slices.Contains(s.prefixes, id):
				return peer{}, wire.Errorf("InvalidPrefixListID.NotFound", "The prefix list ID '%s' does not exist", id)
			}
			return peer{prefixList: id}, nil
		}})
	}
	return out
}

// canonical takes a CIDR block of one family, and its host bits away (API reference, IpRange: "canonicalizes").
func canonical(cidr string, family func(netip.Addr) bool) (string, error) {
	p, err := netip.ParsePrefix(cidr)
	if err != nil || !family(p.Addr()) {
		return "", wire.Errorf("InvalidParameterValue", "CIDR block %s is malformed", cidr)
	}
	return p.Masked().String(), nil
}

// permissions gathers the rules of one side under their protocols and ports.
func (s *Service) permissions(g *group, side direction) []permission {
	out := []permission{}
	for _, r := range g.rules {
		if r.direction != side {
			continue
		}
		i := slices.IndexFunc(out, func(p permission) bool {
			return *p.IpProtocol == r.protocol && equal(p.FromPort, r.from) && equal(p.ToPort, r.to)
		})
		if i < 0 {
			i = len(out)
			out = append(out, permission{
				IpProtocol: &r.protocol, FromPort: r.from, ToPort: r.to, Groups: []groupPair{}, IpRanges: []ipRange{},
				Ipv6Ranges: []ipv6Range{}, PrefixListIds: []prefixList{},
			})
		}
		out[i].add(r, s.account)
	}
	return out
}

func (p *permission) add(r *rule, account string) {
	switch {
	case r.peer.cidr4 != "":
		p.IpRanges = append(p.IpRanges, ipRange{&r.peer.cidr4, r.description})
	case r.peer.cidr6 != "":
		p.Ipv6Ranges = append(p.Ipv6Ranges, ipv6Range{&r.peer.cidr6, r.description})
	case r.peer.prefixList != "":
		p.PrefixListIds = append(p.PrefixListIds, prefixList{r.description, &r.peer.prefixList})
	default:
		p.Groups = append(p.Groups, groupPair{Description: r.description, GroupId: &r.peer.group, UserId: &account})
	}
}

func (s *Service) ruleFacets(r *rule, add func(name, value string)) {
	add("protocol", r.protocol)
	if r.from != nil {
		add("from-port", strconv.Itoa(int(*r.from)))
		add("to-port", strconv.Itoa(int(*r.to)))
	}
	switch {
	case r.peer.cidr4 != "":
		add("cidr", r.peer.cidr4)
	case r.peer.cidr6 != "":
		add("ipv6-cidr", r.peer.cidr6)
	case r.peer.prefixList != "":
		add("prefix-list-id", r.peer.prefixList)
	default:
		add("group-id", r.peer.group)
		add("user-id", s.account)
		if g := s.groups[r.peer.group]; g != nil {
			add("group-name", g.name)
		}
	}
}
