package elbv2

import (
	"net/netip"
	"slices"
	"strings"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/dataplane"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A target is one registration. Identity is id, port and zone.
type target struct {
	id   string
	port int32
	zone string // empty for instances
}

// Addresses outside the VPC that may be targets: RFC 1918 and RFC 6598.
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
}

// allZones is the zone of targets outside the VPC.
const allZones = "all"

func (s *Service) registerTargets(in *elb.RegisterTargetsInput) (*elb.RegisterTargetsOutput, error) {
	g, err := s.targetGroup(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	if len(in.Targets) == 0 {
		return nil, wire.Invalid("At least one target must be specified")
	}
	after := slices.Clone(g.targets)
	for _, d := range in.Targets {
		t, err := s.targetOf(g, d)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(after, t) {
			after = append(after, t)
		}
	}
	if len(after) > s.quotas.TargetsPerTargetGroup {
		return nil, wire.Errorf("TooManyTargets", "The maximum number of targets has been reached on target group '%s'", g.arn)
	}
	if err := s.fits(g, len(after)-len(g.targets)); err != nil {
		return nil, err
	}
	g.targets = after
	s.syncTargetGroup(g)
	return &elb.RegisterTargetsOutput{}, nil
}

// fits tells whether the load balancer of a group may have so many targets more.
func (s *Service) fits(g *targetGroup, more int) error {
	for _, lb := range s.users(g.arn.String()) {
		count := more
		for arn := range lb.groupUses() {
			count += len(s.targetGroups[arn].targets)
		}
		if count > s.quotas.TargetsPerLoadBalancer {
			return wire.Errorf("TooManyRegistrationsForTargetId", "The maximum number of targets has been reached on load balancer '%s'", lb.arn)
		}
	}
	return nil
}

// targetOf checks a target that is to be registered.
func (s *Service) targetOf(g *targetGroup, d types.TargetDescription) (target, error) {
	t := target{id: *d.Id, port: *g.settings.Port, zone: deref(d.AvailabilityZone)}
	if d.Port != nil {
		t.port = *d.Port
	}
	if d.QuicServerId != nil {
		return t, wire.Invalid("A QUIC server ID is not supported for target groups with protocol '%s'", g.settings.Protocol)
	}
	if g.settings.TargetType == types.TargetTypeEnumInstance {
		return t, s.validInstance(g, t)
	}
	a, err := netip.ParseAddr(t.id)
	if err != nil || a.Is4() != (g.settings.IpAddressType == types.TargetGroupIpAddressTypeEnumIpv4) || a.String() != t.id {
		return t, wire.Invalid("The IP address '%s' is not a valid %s address", t.id, strings.Replace(string(g.settings.IpAddressType), "ip", "IP", 1))
	}
	vpc, _ := s.ec2.VPC(*g.settings.VpcId)
	if vpc.CIDR.Contains(a) || vpc.IPv6.Contains(a) {
		return t, s.validZone(&t, a)
	}
	switch {
	case !slices.ContainsFunc(privateRanges, func(p netip.Prefix) bool { return p.Contains(a) }):
		return t, wire.Invalid("The IP address '%s' is not within the VPC of the target group, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10", t.id)
	case t.zone != allZones:
		return t, wire.Invalid("You must specify the Availability Zone '%s' for the IP address '%s', which is outside of the VPC", allZones, t.id)
	default:
		return t, nil
	}
}

func (s *Service) validInstance(g *targetGroup, t target) error {
	if t.zone != "" {
		return wire.Invalid("You cannot specify an Availability Zone for an instance target")
	}
	place, ok := s.ec2.Instance(t.id)
	switch {
	case !ok && !strings.HasPrefix(t.id, "i-"):
		return wire.Invalid("Instance ID '%s' is not valid", t.id)
	case !ok:
		return wire.Errorf("InvalidTarget", "The following targets do not exist and cannot be registered: '%s'", t.id)
	case !place.Running:
		return wire.Errorf("InvalidTarget", "The following targets are not in a running state and cannot be registered: '%s'", t.id)
	case g.settings.IpAddressType == types.TargetGroupIpAddressTypeEnumIpv6:
		return wire.Errorf("InvalidTarget", "The following targets do not have a primary IPv6 address and cannot be registered: '%s'", t.id)
	case place.VPC != *g.settings.VpcId:
		return wire.Errorf("InvalidTarget", "The following targets are not within the target group VPC '%s': '%s'", *g.settings.VpcId, t.id)
	default:
		return nil
	}
}

// validZone fills in the zone of an address in the VPC: that of its subnet.
func (s *Service) validZone(t *target, a netip.Addr) error {
	zone, ok := s.ec2.ZoneOf(a)
	switch {
	case t.zone == allZones, t.zone == zone && ok:
		return nil
	case t.zone != "":
		return wire.Invalid("The Availability Zone '%s' is not that of the IP address '%s'", t.zone, t.id)
	default:
		t.zone = zone
		return nil
	}
}

func (s *Service) deregisterTargets(in *elb.DeregisterTargetsInput) (*elb.DeregisterTargetsOutput, error) {
	g, err := s.targetGroup(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	if len(in.Targets) == 0 {
		return nil, wire.Invalid("At least one target must be specified")
	}
	after := slices.Clone(g.targets)
	for _, d := range in.Targets {
		after = slices.DeleteFunc(after, func(t target) bool { return t.is(d) })
	}
	g.targets = after
	s.syncTargetGroup(g)
	return &elb.DeregisterTargetsOutput{}, nil
}

// is tells whether a description names the target. Without a port it names the id on all its ports.
func (t target) is(d types.TargetDescription) bool {
	return t.id == *d.Id && (d.Port == nil || t.port == *d.Port) && (d.AvailabilityZone == nil || t.zone == *d.AvailabilityZone)
}

func (s *Service) describeTargetHealth(in *elb.DescribeTargetHealthInput) (*elb.DescribeTargetHealthOutput, error) {
	g, err := s.targetGroup(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	all := s.plane.Health(g.arn.String())
	out := &elb.DescribeTargetHealthOutput{TargetHealthDescriptions: []types.TargetHealthDescription{}}
	if len(in.Targets) == 0 {
		out.TargetHealthDescriptions = append(out.TargetHealthDescriptions, all...)
		return out, nil
	}
	for _, d := range in.Targets {
		found := false
		for _, h := range all {
			if (target{*h.Target.Id, deref(h.Target.Port), deref(h.Target.AvailabilityZone)}).is(d) {
				out.TargetHealthDescriptions = append(out.TargetHealthDescriptions, h)
				found = true
			}
		}
		if !found {
			out.TargetHealthDescriptions = append(out.TargetHealthDescriptions, unregistered(g, d))
		}
	}
	return out, nil
}

func unregistered(g *targetGroup, d types.TargetDescription) types.TargetHealthDescription {
	if d.Port == nil {
		d.Port = g.settings.Port
	}
	return types.TargetHealthDescription{Target: &d, TargetHealth: &types.TargetHealth{
		State: types.TargetHealthStateEnumUnused, Reason: types.TargetHealthReasonEnumNotRegistered,
		Description: new("Target is not registered to the target group"),
	}}
}

// syncTargetGroup tells the data plane what a target group now is.
func (s *Service) syncTargetGroup(g *targetGroup) {
	group := dataplane.TargetGroup{ARN: g.arn.String(), Settings: g.settings, Attributes: g.attributes}
	for _, t := range g.targets {
		to := dataplane.Target{ID: t.id, Port: t.port}
		if t.zone != "" {
			to.AvailabilityZone = new(t.zone)
		}
		if g.settings.TargetType == types.TargetTypeEnumIp {
			to.Address = netip.MustParseAddr(t.id) // parsed when it was registered
		} else if place, ok := s.ec2.Instance(t.id); ok && place.Running {
			to.Address = place.Address
		}
		group.Targets = append(group.Targets, to)
	}
	s.plane.SetTargetGroup(group)
}

// instanceGone tells the data plane of an instance that is no more.
func (s *Service) instanceGone(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.targetGroups {
		if slices.ContainsFunc(g.targets, func(t target) bool { return t.id == id }) {
			s.syncTargetGroup(g)
		}
	}
}
