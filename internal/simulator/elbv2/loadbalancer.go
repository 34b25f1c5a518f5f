package elbv2

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A loadBalancer holds its settings as values that are replaced and never written into: answers share them.
type loadBalancer struct {
	arn        alb.ARN
	settings   types.LoadBalancer // without State, which is a matter of time
	active     time.Time          // when it becomes active
	timer      *time.Timer        // runs while it is not
	attributes map[string]string
	listeners  map[string]*listener
	capacity   *types.MinimumLoadBalancerCapacity
}

// stopTimer stops the wait for the load balancer to become active.
func (lb *loadBalancer) stopTimer(running *sync.WaitGroup) {
	if lb.timer != nil && lb.timer.Stop() {
		running.Done()
	}
	lb.timer = nil
}

func (s *Service) describe(lb *loadBalancer) types.LoadBalancer {
	out := lb.settings
	out.State = &types.LoadBalancerState{Code: types.LoadBalancerStateEnumActive}
	if s.now().Before(lb.active) {
		out.State = &types.LoadBalancerState{Code: types.LoadBalancerStateEnumProvisioning}
	}
	return out
}

func (s *Service) createLoadBalancer(in *elb.CreateLoadBalancerInput) (*elb.CreateLoadBalancerOutput, error) {
	if err := s.validateCreate(in); err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	want := types.LoadBalancer{
		LoadBalancerName: in.Name, Scheme: cmp.Or(in.Scheme, types.LoadBalancerSchemeEnumInternetFacing),
		Type: types.LoadBalancerTypeEnumApplication, IpAddressType: cmp.Or(in.IpAddressType, types.IpAddressTypeIpv4),
		CustomerOwnedIpv4Pool: in.CustomerOwnedIpv4Pool, IpamPools: in.IpamPools,
	}
	if err := s.place(&want, in.Subnets, in.SubnetMappings); err != nil {
		return nil, err
	}
	if want.SecurityGroups, err = s.groups(in.SecurityGroups); err != nil {
		return nil, err
	}
	if have := s.balancerNamed(*in.Name); have != nil {
		if !sameLoadBalancer(have.settings, want) || !s.sameTags(have.arn, tags) {
			return nil, wire.Errorf("DuplicateLoadBalancerName", "A load balancer with the same name '%s' exists, but with different settings", *in.Name)
		}
		return &elb.CreateLoadBalancerOutput{LoadBalancers: []types.LoadBalancer{s.describe(have)}}, nil
	}
	if len(s.balancers) >= s.quotas.LoadBalancers {
		return nil, wire.Errorf("TooManyLoadBalancers", "The limit on the number of load balancers has been reached")
	}
	lb, err := s.newLoadBalancer(want, tags)
	if err != nil {
		return nil, err
	}
	return &elb.CreateLoadBalancerOutput{LoadBalancers: []types.LoadBalancer{s.describe(lb)}}, nil
}

func (s *Service) validateCreate(in *elb.CreateLoadBalancerInput) error {
	if in.Type != "" && in.Type != types.LoadBalancerTypeEnumApplication {
		return wire.Errorf("InvalidConfigurationRequest", "Load balancers of type '%s' are not simulated", in.Type)
	}
	if err := alb.ValidLoadBalancerName(*in.Name); err != nil {
		return err
	}
	internal := in.Scheme == types.LoadBalancerSchemeEnumInternal
	if internal && in.IpAddressType == types.IpAddressTypeDualstackWithoutPublicIpv4 {
		return wire.Errorf("InvalidConfigurationRequest", "The IP address type '%s' is not supported for internal load balancers", in.IpAddressType)
	}
	if in.IpamPools != nil && internal {
		return wire.Errorf("InvalidConfigurationRequest", "IPAM pools are supported for internet-facing load balancers only")
	}
	return nil
}

func (s *Service) balancerNamed(name string) *loadBalancer {
	for _, lb := range s.balancers {
		if *lb.settings.LoadBalancerName == name {
			return lb
		}
	}
	return nil
}

// sameLoadBalancer compares what a create call may set.
func sameLoadBalancer(a, b types.LoadBalancer) bool {
	zones := func(lb types.LoadBalancer) []string {
		var out []string
		for _, z := range lb.AvailabilityZones {
			out = append(out, *z.SubnetId)
		}
		return slices.Sorted(slices.Values(out))
	}
	pool := func(lb types.LoadBalancer) string {
		if lb.IpamPools == nil {
			return ""
		}
		return deref(lb.IpamPools.Ipv4IpamPoolId)
	}
	return a.Scheme == b.Scheme && a.IpAddressType == b.IpAddressType && slices.Equal(zones(a), zones(b)) &&
		deref(a.CustomerOwnedIpv4Pool) == deref(b.CustomerOwnedIpv4Pool) && pool(a) == pool(b) &&
		slices.Equal(slices.Sorted(slices.Values(a.SecurityGroups)), slices.Sorted(slices.Values(b.SecurityGroups)))
}

func (s *Service) newLoadBalancer(settings types.LoadBalancer, tags map[string]string) (*loadBalancer, error) {
	arn := alb.LoadBalancerARN(s.account, s.region, *settings.LoadBalancerName, newID())
	now := s.now()
	settings.LoadBalancerArn, settings.CreatedTime = new(arn.String()), &now
	settings.CanonicalHostedZoneId = new(hostedZone(s.region))
	name := fmt.Sprintf("%s-%010d.%s.elb.amazonaws.com", arn.Name, rand.Int64N(1e10), s.region)
	if settings.Scheme == types.LoadBalancerSchemeEnumInternal {
		name = "internal-" + name
	}
	settings.DNSName = &name
	lb := &loadBalancer{
		arn: arn, settings: settings, active: now.Add(s.delay), listeners: map[string]*listener{},
		attributes: defaults(alb.LoadBalancerAttributes),
	}
	if settings.Scheme == types.LoadBalancerSchemeEnumInternal {
		lb.attributes["ipv6.deny_all_igw_traffic"] = "true"
	}
	if err := s.attach(lb); err != nil {
		return nil, err
	}
	s.balancers[arn.String()] = lb
	s.tags[arn.String()] = tags
	s.activate(lb)
	return lb, nil
}

// activate brings a load balancer to the data plane when it is provisioned.
func (s *Service) activate(lb *loadBalancer) {
	if s.delay <= 0 || s.closed {
		s.sync(lb)
		return
	}
	s.timers.Add(1)
	lb.timer = time.AfterFunc(s.delay, func() {
		defer s.timers.Done()
		s.mu.Lock()
		defer s.mu.Unlock()
		lb.timer = nil
		if s.balancers[lb.arn.String()] == lb && !s.closed {
			s.sync(lb)
		}
	})
}

// hostedZones are the zones of ALB names, from the AWS General Reference, "Elastic Load Balancing endpoints and quotas".
var hostedZones = map[string]string{
	"us-east-1": "Z35SXDOTRQ7X7K", "us-east-2": "Z3AADJGX6KTTL2", "us-west-1": "Z368ELLRRE2KJ0", "us-west-2": "Z1H1FL5HABSF5",
	"eu-central-1": "Z215JYRZR1TBD5", "eu-west-1": "Z32O12XQLNTSW2", "eu-west-2": "ZHURV8PSTC4K8", "eu-west-3": "Z3Q77PNBQS71R4",
	"ap-northeast-1": "Z14GRHDCWA56QT", "ap-southeast-1": "Z1LMS91P8CMLE5", "ap-southeast-2": "Z1GM3OXH4ZPM65",
}

func hostedZone(region string) string { return cmp.Or(hostedZones[region], hostedZones["us-east-1"]) }

func (s *Service) describeLoadBalancers(in *elb.DescribeLoadBalancersInput) (*elb.DescribeLoadBalancersOutput, error) {
	found, err := s.selectLoadBalancers(in)
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(found, in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	out := &elb.DescribeLoadBalancersOutput{LoadBalancers: []types.LoadBalancer{}, NextMarker: next}
	for _, lb := range page {
		out.LoadBalancers = append(out.LoadBalancers, s.describe(lb))
	}
	return out, nil
}

func (s *Service) selectLoadBalancers(in *elb.DescribeLoadBalancersInput) ([]*loadBalancer, error) {
	if len(in.LoadBalancerArns) > 0 && len(in.Names) > 0 {
		return nil, wire.Invalid("Load balancer names and load balancer ARNs cannot be specified at the same time")
	}
	if len(in.LoadBalancerArns) > alb.MaxResourcesPerDescribe || len(in.Names) > alb.MaxResourcesPerDescribe {
		return nil, wire.Invalid("Up to %d load balancers may be described in one call", alb.MaxResourcesPerDescribe)
	}
	if len(in.LoadBalancerArns)+len(in.Names) == 0 {
		return byARN(s.balancers), nil
	}
	found := map[string]*loadBalancer{}
	for _, arn := range in.LoadBalancerArns {
		lb, err := s.balancer(&arn)
		if err != nil {
			return nil, err
		}
		found[arn] = lb
	}
	for _, name := range in.Names {
		lb := s.balancerNamed(name)
		if lb == nil {
			return nil, wire.Errorf("LoadBalancerNotFound", "Load balancers '[%s]' not found", name)
		}
		found[lb.arn.String()] = lb
	}
	return byARN(found), nil
}

// balancer finds a load balancer by its ARN.
func (s *Service) balancer(arn *string) (*loadBalancer, error) {
	if lb := s.balancers[*arn]; lb != nil {
		return lb, nil
	}
	if !isARN(*arn, "loadbalancer/") {
		return nil, wire.Invalid("'%s' is not a valid load balancer ARN", *arn)
	}
	return nil, wire.Errorf("LoadBalancerNotFound", "Load balancers '[%s]' not found", *arn)
}

// isARN tells whether s has the form of an ARN of this service, with a resource of the kind.
func isARN(s, kind string) bool {
	parts := strings.SplitN(s, ":", 6)
	return len(parts) == 6 && parts[0] == "arn" && parts[2] == "elasticloadbalancing" && strings.HasPrefix(parts[5], kind)
}

func (s *Service) deleteLoadBalancer(in *elb.DeleteLoadBalancerInput) (*elb.DeleteLoadBalancerOutput, error) {
	lb := s.balancers[*in.LoadBalancerArn]
	if lb == nil {
		if !isARN(*in.LoadBalancerArn, "loadbalancer/") {
			return nil, wire.Invalid("'%s' is not a valid load balancer ARN", *in.LoadBalancerArn)
		}
		return &elb.DeleteLoadBalancerOutput{}, nil // "If the load balancer does not exist ... the call succeeds"
	}
	if lb.attributes["deletion_protection.enabled"] == "true" {
		return nil, wire.Errorf("OperationNotPermitted", "Load balancer '%s' cannot be deleted because deletion protection is enabled", lb.arn)
	}
	lb.stopTimer(&s.timers)
	for _, l := range lb.listeners {
		s.forgetListener(l)
	}
	delete(s.balancers, lb.arn.String())
	delete(s.tags, lb.arn.String())
	s.detach(lb)
	s.acm.SetUser(lb.arn.String(), nil)
	s.plane.RemoveLoadBalancer(lb.arn.String())
	return &elb.DeleteLoadBalancerOutput{}, nil
}

// Lookup says of a load balancer whether it exists, and whether it is active.
func (s *Service) Lookup(arn string) (exists, active bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lb := s.balancers[arn]
	if lb == nil {
		return false, false
	}
	return true, !s.now().Before(lb.active)
}
