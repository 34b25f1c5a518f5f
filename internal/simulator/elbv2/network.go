package elbv2

import (
	"errors"
	"slices"
	"strings"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// minFree is how many free addresses AWS wants in each subnet of a load balancer.
const minFree = 8

// place puts a load balancer in subnets: of one VPC, in two zones at least, one in a zone.
func (s *Service) place(lb *types.LoadBalancer, subnets []string, mappings []types.SubnetMapping) error {
	ids, err := subnetIDs(subnets, mappings)
	if err != nil {
		return err
	}
	zones := map[string]bool{}
	var out []types.AvailabilityZone
	for _, id := range ids {
		place, ok := s.ec2.Subnet(id)
		switch {
		case !ok:
			return wire.Errorf("SubnetNotFound", "The subnet ID '%s' does not exist", id)
		case zones[place.Zone]:
			return wire.Errorf("InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
		case place.Free < minFree && !slices.ContainsFunc(lb.AvailabilityZones, func(z types.AvailabilityZone) bool { return *z.SubnetId == id }):
			return wire.Errorf("InvalidSubnet", "Not enough IP space available in %s. ELB requires at least %d free IP addresses in each subnet.", id, minFree)
		}
		if err := s.speaks(lb.IpAddressType, place); err != nil {
			return err
		}
		if err := s.reachable(place.VPC, lb.Scheme); err != nil {
			return err
		}
		zones[place.Zone] = true
		lb.VpcId = &place.VPC
		out = append(out, types.AvailabilityZone{ZoneName: &place.Zone, SubnetId: &id, LoadBalancerAddresses: []types.LoadBalancerAddress{}})
	}
	if len(zones) < 2 {
		return wire.Invalid("At least two subnets in two different Availability Zones must be specified")
	}
	lb.AvailabilityZones = out
	return nil
}

// speaks tells whether a subnet has the addresses that a load balancer of the type needs.
func (s *Service) speaks(t types.IpAddressType, place ec2.Place) error {
	if t != types.IpAddressTypeIpv4 && !place.IPv6.IsValid() {
		return wire.Invalid("You must specify subnets with an associated IPv6 CIDR block.")
	}
	return nil
}

func (s *Service) reachable(vpc string, scheme types.LoadBalancerSchemeEnum) error {
	v, _ := s.ec2.VPC(vpc)
	if scheme == types.LoadBalancerSchemeEnumInternetFacing && v.InternetGateway == "" {
		return wire.Errorf("InvalidSubnet", "VPC %s has no internet gateway", vpc)
	}
	return nil
}

func subnetIDs(subnets []string, mappings []types.SubnetMapping) ([]string, error) {
	if len(subnets) > 0 && len(mappings) > 0 {
		return nil, wire.Invalid("Subnets and subnet mappings cannot be specified at the same time")
	}
	ids := slices.Clone(subnets)
	for _, m := range mappings {
		if m.SubnetId == nil {
			return nil, wire.Invalid("A subnet mapping must have a subnet ID")
		}
		if m.AllocationId != nil || m.PrivateIPv4Address != nil || m.IPv6Address != nil || m.SourceNatIpv6Prefix != nil {
			return nil, wire.Errorf("InvalidConfigurationRequest", "Addresses of subnet mappings are not supported for load balancers with type 'application'")
		}
		ids = append(ids, *m.SubnetId)
	}
	if sorted := slices.Sorted(slices.Values(ids)); len(slices.Compact(sorted)) != len(ids) {
		return nil, wire.Invalid("A subnet cannot be specified more than once")
	}
	return ids, nil
}

// groups checks security groups; without any, a load balancer gets the VPC's default one.
func (s *Service) groups(ids []string) ([]string, error) {
	if len(ids) == 0 {
		return []string{s.ec2.DefaultSecurityGroup()}, nil
	}
	const maxGroups = 5 // per network interface
	if len(ids) > maxGroups {
		return nil, wire.Errorf("InvalidConfigurationRequest", "A load balancer cannot be associated with more than %d security groups", maxGroups)
	}
	for i, id := range ids {
		if !s.ec2.HasSecurityGroup(id) || slices.Contains(ids[:i], id) {
			return nil, wire.Errorf("InvalidSecurityGroup", "One or more security groups are invalid")
		}
	}
	return slices.Clone(ids), nil
}

// attach puts the load balancer's network interfaces where its settings say.
func (s *Service) attach(lb *loadBalancer) error {
	var subnets []string
	for _, z := range lb.settings.AvailabilityZones {
		subnets = append(subnets, *z.SubnetId)
	}
	err := s.ec2.Attach(ec2.Interfaces{
		Owner: lb.arn.String(), Description: "ELB app/" + lb.arn.Name + "/" + lb.arn.ID, Subnets: subnets, Groups: lb.settings.SecurityGroups,
	})
	if e, ok := errors.AsType[*wire.Error](err); ok {
		return wire.Errorf("InvalidSubnet", "%s", e.Message)
	}
	return err
}

func (s *Service) detach(lb *loadBalancer) {
	lb.settings.AvailabilityZones = nil
	if err := s.attach(lb); err != nil {
		s.log.Error("cannot release network interfaces", "loadBalancer", lb.arn.String(), "error", err)
	}
}

func (s *Service) setSubnets(in *elb.SetSubnetsInput) (*elb.SetSubnetsOutput, error) {
	lb, err := s.balancer(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	want := lb.settings
	if in.IpAddressType != "" {
		if err := validAddressType(want.Scheme, in.IpAddressType); err != nil {
			return nil, err
		}
		want.IpAddressType = in.IpAddressType
	}
	if err := s.place(&want, in.Subnets, in.SubnetMappings); err != nil {
		return nil, err
	}
	before := lb.settings
	lb.settings = want
	if err := s.attach(lb); err != nil {
		lb.settings = before
		return nil, err
	}
	return &elb.SetSubnetsOutput{AvailabilityZones: want.AvailabilityZones, IpAddressType: want.IpAddressType}, nil
}

func (s *Service) setSecurityGroups(in *elb.SetSecurityGroupsInput) (*elb.SetSecurityGroupsOutput, error) {
	lb, err := s.balancer(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	if len(in.SecurityGroups) == 0 {
		return nil, wire.Errorf("InvalidConfigurationRequest", "At least one security group must be specified")
	}
	if in.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic != "" {
		return nil, wire.Errorf("InvalidConfigurationRequest", "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is not supported for load balancers with type 'application'")
	}
	ids, err := s.groups(in.SecurityGroups)
	if err != nil {
		return nil, err
	}
	lb.settings.SecurityGroups = ids
	return &elb.SetSecurityGroupsOutput{SecurityGroupIds: ids}, s.attach(lb)
}

func (s *Service) setIPAddressType(in *elb.SetIpAddressTypeInput) (*elb.SetIpAddressTypeOutput, error) {
	lb, err := s.balancer(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	if err := validAddressType(lb.settings.Scheme, in.IpAddressType); err != nil {
		return nil, err
	}
	for _, z := range lb.settings.AvailabilityZones {
		place, _ := s.ec2.Subnet(*z.SubnetId)
		if err := s.speaks(in.IpAddressType, place); err != nil {
			return nil, err
		}
	}
	lb.settings.IpAddressType = in.IpAddressType
	return &elb.SetIpAddressTypeOutput{IpAddressType: in.IpAddressType}, nil
}

func validAddressType(scheme types.LoadBalancerSchemeEnum, t types.IpAddressType) error {
	if scheme == types.LoadBalancerSchemeEnumInternal && t == types.IpAddressTypeDualstackWithoutPublicIpv4 {
		return wire.Errorf("InvalidConfigurationRequest", "The IP address type '%s' is not supported for internal load balancers", t)
	}
	return nil
}

func (s *Service) modifyIPPools(in *elb.ModifyIpPoolsInput) (*elb.ModifyIpPoolsOutput, error) {
	lb, err := s.balancer(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	if in.IpamPools != nil && len(in.RemoveIpamPools) > 0 {
		return nil, wire.Invalid("IpamPools and RemoveIpamPools cannot be specified at the same time")
	}
	if in.IpamPools != nil && lb.settings.Scheme == types.LoadBalancerSchemeEnumInternal {
		return nil, wire.Errorf("InvalidConfigurationRequest", "IPAM pools are supported for internet-facing load balancers only")
	}
	if in.IpamPools != nil {
		lb.settings.IpamPools = in.IpamPools
	}
	if len(in.RemoveIpamPools) > 0 {
		lb.settings.IpamPools = nil
	}
	return &elb.ModifyIpPoolsOutput{IpamPools: lb.settings.IpamPools}, nil
}

// maxCapacity is the most load balancer capacity units that an account may reserve by default.
const maxCapacity = 1500

func (s *Service) describeCapacityReservation(in *elb.DescribeCapacityReservationInput) (*elb.DescribeCapacityReservationOutput, error) {
	lb, err := s.balancer(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeCapacityReservationOutput{
		CapacityReservationState: capacityOf(lb), DecreaseRequestsRemaining: new(int32(2)), MinimumLoadBalancerCapacity: lb.capacity,
	}, nil
}

func capacityOf(lb *loadBalancer) []types.ZonalCapacityReservationState {
	out := []types.ZonalCapacityReservationState{}
	if lb.capacity == nil {
		return out
	}
	zones := lb.settings.AvailabilityZones
	for _, z := range zones {
		out = append(out, types.ZonalCapacityReservationState{
			AvailabilityZone: z.ZoneName, EffectiveCapacityUnits: new(float64(*lb.capacity.CapacityUnits) / float64(len(zones))),
			State: &types.CapacityReservationStatus{Code: types.CapacityReservationStateEnumProvisioned},
		})
	}
	return out
}

func (s *Service) modifyCapacityReservation(in *elb.ModifyCapacityReservationInput) (*elb.ModifyCapacityReservationOutput, error) {
	lb, err := s.balancer(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	reset := deref(in.ResetCapacityReservation)
	switch {
	case in.MinimumLoadBalancerCapacity == nil && !reset, in.MinimumLoadBalancerCapacity != nil && reset:
		return nil, wire.Invalid("Exactly one of MinimumLoadBalancerCapacity and ResetCapacityReservation must be specified")
	case reset:
		lb.capacity = nil
	case deref(in.MinimumLoadBalancerCapacity.CapacityUnits) > maxCapacity:
		return nil, wire.Errorf("CapacityUnitsLimitExceeded", "You have exceeded the capacity units limit of %d", maxCapacity)
	case deref(in.MinimumLoadBalancerCapacity.CapacityUnits) < 100:
		return nil, wire.Errorf("InvalidConfigurationRequest", "The minimum capacity of a load balancer with type 'application' is 100 capacity units")
	default:
		lb.capacity = in.MinimumLoadBalancerCapacity
	}
	return &elb.ModifyCapacityReservationOutput{
		CapacityReservationState: capacityOf(lb), DecreaseRequestsRemaining: new(int32(2)), MinimumLoadBalancerCapacity: lb.capacity,
		LastModifiedTime: new(s.now()),
	}, nil
}

func (s *Service) getResourcePolicy(in *elb.GetResourcePolicyInput) (*elb.GetResourcePolicyOutput, error) {
	return nil, wire.Errorf("ResourceNotFound", "The resource '%s' has no policy", strings.TrimSpace(*in.ResourceArn))
}
