package elbv2

import (
	"cmp"
	"strconv"
	"strings"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Protocol versions of target groups.
const (
	http1 = "HTTP1"
	http2 = "HTTP2"
	grpc  = "GRPC"
)

// Defaults of target groups for instances and IP addresses: user guide, "Health checks for your target groups".
const (
	defaultInterval  = 30
	defaultTimeout   = 5
	defaultHealthy   = 5
	defaultUnhealthy = 2
	trafficPort      = "traffic-port"
)

// A targetGroup holds its settings as a value that is replaced and never written into.
type targetGroup struct {
	arn        alb.ARN
	settings   types.TargetGroup // without LoadBalancerArns, which follow from the rules
	attributes map[string]string
	targets    []target
}

func (s *Service) showGroup(g *targetGroup, users map[string][]string) types.TargetGroup {
	out := g.settings
	out.LoadBalancerArns = users[g.arn.String()]
	if out.LoadBalancerArns == nil {
		out.LoadBalancerArns = []string{}
	}
	return out
}

// allUsers are the load balancers of each target group.
func (s *Service) allUsers() map[string][]string {
	out := map[string][]string{}
	for _, r := range s.rules {
		for _, arn := range groupsOf(r.settings.Actions) {
			out[arn] = []string{r.listener.balancer.arn.String()} // a target group has one load balancer at most
		}
	}
	return out
}

// targetGroup finds a target group by its ARN.
func (s *Service) targetGroup(arn *string) (*targetGroup, error) {
	if g := s.targetGroups[*arn]; g != nil {
		return g, nil
	}
	if !isARN(*arn, "targetgroup/") {
		return nil, wire.Invalid("'%s' is not a valid target group ARN", *arn)
	}
	return nil, wire.Errorf("TargetGroupNotFound", "Target groups '%s' not found", *arn)
}

func (s *Service) createTargetGroup(in *elb.CreateTargetGroupInput) (*elb.CreateTargetGroupOutput, error) {
	want, err := s.groupSettings(in)
	if err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	for _, have := range s.targetGroups {
		if have.arn.Name != *in.Name {
			continue
		}
		was := have.settings
		was.TargetGroupArn = nil
		if !same(was, want) || !s.sameTags(have.arn, tags) {
			return nil, wire.Errorf("DuplicateTargetGroupName", "A target group with the same name '%s' exists, but with different settings", *in.Name)
		}
		return &elb.CreateTargetGroupOutput{TargetGroups: []types.TargetGroup{s.showGroup(have, s.allUsers())}}, nil
	}
	if len(s.targetGroups) >= s.quotas.TargetGroups {
		return nil, wire.Errorf("TooManyTargetGroups", "The maximum number of target groups has been reached")
	}
	arn := alb.TargetGroupARN(s.account, s.region, *in.Name, newID())
	want.TargetGroupArn = new(arn.String())
	g := &targetGroup{arn: arn, settings: want, attributes: defaults(alb.TargetGroupAttributes)}
	s.targetGroups[arn.String()], s.tags[arn.String()] = g, tags
	s.syncTargetGroup(g)
	return &elb.CreateTargetGroupOutput{TargetGroups: []types.TargetGroup{s.showGroup(g, nil)}}, nil
}

// groupSettings checks what a target group is to be and completes it.
func (s *Service) groupSettings(in *elb.CreateTargetGroupInput) (types.TargetGroup, error) {
	if err := s.validateGroup(in); err != nil {
		return types.TargetGroup{}, err
	}
	version := strings.ToUpper(cmp.Or(deref(in.ProtocolVersion), http1))
	g := types.TargetGroup{
		TargetGroupName: in.Name, Protocol: in.Protocol, Port: in.Port, VpcId: in.VpcId, ProtocolVersion: &version,
		TargetType: cmp.Or(in.TargetType, types.TargetTypeEnumInstance), TargetControlPort: in.TargetControlPort,
		IpAddressType:       cmp.Or(in.IpAddressType, types.TargetGroupIpAddressTypeEnumIpv4),
		HealthCheckEnabled:  new(true),
		HealthCheckProtocol: types.ProtocolEnumHttp, HealthCheckPort: new(trafficPort),
		HealthCheckPath: new(alb.DefaultHealthCheckPath), Matcher: &types.Matcher{HttpCode: new(alb.DefaultMatcherHTTPCode)},
		HealthCheckIntervalSeconds: new(int32(defaultInterval)), HealthCheckTimeoutSeconds: new(int32(defaultTimeout)),
		HealthyThresholdCount: new(int32(defaultHealthy)), UnhealthyThresholdCount: new(int32(defaultUnhealthy)),
	}
	if version == grpc {
		g.HealthCheckPath, g.Matcher = new(alb.DefaultGRPCHealthCheckPath), &types.Matcher{GrpcCode: new(alb.DefaultMatcherGRPCCode)}
	}
	return checked(g, healthCheck{
		in.HealthCheckEnabled, in.HealthCheckIntervalSeconds, in.HealthCheckPath, in.HealthCheckPort, in.HealthCheckProtocol,
		in.HealthCheckTimeoutSeconds, in.HealthyThresholdCount, in.Matcher, in.UnhealthyThresholdCount,
	})
}

func (s *Service) validateGroup(in *elb.CreateTargetGroupInput) error {
	if err := alb.ValidName(*in.Name); err != nil {
		return err
	}
	switch in.TargetType {
	case types.TargetTypeEnumLambda, types.TargetTypeEnumAlb:
		return wire.Errorf("InvalidConfigurationRequest", "Target groups of type '%s' are not simulated", in.TargetType)
	}
	switch {
	case in.Protocol == "":
		return wire.Invalid("A protocol must be specified")
	case in.Protocol != types.ProtocolEnumHttp && in.Protocol != types.ProtocolEnumHttps:
		return wire.Errorf("InvalidConfigurationRequest", "Target groups with protocol '%s' are not simulated", in.Protocol)
	case in.Port == nil:
		return wire.Invalid("A port must be specified")
	case in.VpcId == nil:
		return wire.Invalid("A VPC ID must be specified")
	}
	if _, ok := s.ec2.VPC(*in.VpcId); !ok {
		return wire.Invalid("The VPC ID '%s' is not found", *in.VpcId)
	}
	switch v := strings.ToUpper(deref(in.ProtocolVersion)); v {
	case "", http1, http2, grpc:
		return nil
	default:
		return wire.Invalid("Protocol version '%s' must be one of 'HTTP1', 'HTTP2' or 'GRPC'", *in.ProtocolVersion)
	}
}

// A healthCheck is the part of a create or modify call that says how targets are checked. What is nil stays.
type healthCheck struct {
	enabled   *bool
	interval  *int32
	path      *string
	port      *string
	protocol  types.ProtocolEnum
	timeout   *int32
	healthy   *int32
	matcher   *types.Matcher
	unhealthy *int32
}

// checked puts a health check over the one that a target group has.
func checked(g types.TargetGroup, h healthCheck) (types.TargetGroup, error) {
	g.HealthCheckIntervalSeconds = cmp.Or(h.interval, g.HealthCheckIntervalSeconds)
	g.HealthCheckPath = cmp.Or(h.path, g.HealthCheckPath)
	g.HealthCheckPort = cmp.Or(h.port, g.HealthCheckPort)
	g.HealthCheckProtocol = cmp.Or(h.protocol, g.HealthCheckProtocol)
	g.HealthCheckTimeoutSeconds = cmp.Or(h.timeout, g.HealthCheckTimeoutSeconds)
	g.HealthyThresholdCount = cmp.Or(h.healthy, g.HealthyThresholdCount)
	g.UnhealthyThresholdCount = cmp.Or(h.unhealthy, g.UnhealthyThresholdCount)
	g.Matcher = cmp.Or(h.matcher, g.Matcher)
	switch {
	case h.enabled != nil && !*h.enabled:
		return g, wire.Invalid("Health check enabled must be true for target groups with target type '%s'", g.TargetType)
	case g.HealthCheckProtocol != types.ProtocolEnumHttp && g.HealthCheckProtocol != types.ProtocolEnumHttps:
		return g, wire.Errorf("InvalidConfigurationRequest", "Health check protocol '%s' is not supported for target groups with protocol '%s'", g.HealthCheckProtocol, g.Protocol)
	case *g.HealthCheckTimeoutSeconds >= *g.HealthCheckIntervalSeconds:
		return g, wire.Invalid("Health check interval must be greater than the timeout.")
	case !strings.HasPrefix(*g.HealthCheckPath, "/"):
		return g, wire.Invalid("Health check path '%s' must begin with a '/' character", *g.HealthCheckPath)
	case !validHealthPort(*g.HealthCheckPort):
		return g, wire.Invalid("Health check port '%s' must be '%s' or in the range 1-65535", *g.HealthCheckPort, trafficPort)
	}
	return g, validMatcher(g)
}

func validHealthPort(p string) bool {
	n, err := strconv.ParseUint(p, 10, 16)
	return p == trafficPort || err == nil && n > 0
}

// validMatcher wants gRPC codes for gRPC and HTTP codes for all else.
func validMatcher(g types.TargetGroup) error {
	code, other, valid := g.Matcher.HttpCode, g.Matcher.GrpcCode, alb.ValidHTTPMatcher
	if *g.ProtocolVersion == grpc {
		code, other, valid = g.Matcher.GrpcCode, g.Matcher.HttpCode, alb.ValidGRPCMatcher
	}
	if code == nil || other != nil {
		return wire.Invalid("The matcher does not fit the protocol version '%s'", *g.ProtocolVersion)
	}
	return valid(*code)
}

func (s *Service) modifyTargetGroup(in *elb.ModifyTargetGroupInput) (*elb.ModifyTargetGroupOutput, error) {
	g, err := s.targetGroup(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	want, err := checked(g.settings, healthCheck{
		in.HealthCheckEnabled, in.HealthCheckIntervalSeconds, in.HealthCheckPath, in.HealthCheckPort, in.HealthCheckProtocol,
		in.HealthCheckTimeoutSeconds, in.HealthyThresholdCount, in.Matcher, in.UnhealthyThresholdCount,
	})
	if err != nil {
		return nil, err
	}
	g.settings = want
	s.syncTargetGroup(g)
	return &elb.ModifyTargetGroupOutput{TargetGroups: []types.TargetGroup{s.showGroup(g, s.allUsers())}}, nil
}

func (s *Service) describeTargetGroups(in *elb.DescribeTargetGroupsInput) (*elb.DescribeTargetGroupsOutput, error) {
	users := s.allUsers()
	found, err := s.selectGroups(in, users)
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(byARN(found), in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	out := &elb.DescribeTargetGroupsOutput{TargetGroups: []types.TargetGroup{}, NextMarker: next}
	for _, g := range page {
		out.TargetGroups = append(out.TargetGroups, s.showGroup(g, users))
	}
	return out, nil
}

func (s *Service) selectGroups(in *elb.DescribeTargetGroupsInput, users map[string][]string) (map[string]*targetGroup, error) {
	byBalancer, byARNs, byNames := in.LoadBalancerArn != nil, len(in.TargetGroupArns) > 0, len(in.Names) > 0
	switch {
	case byBalancer && byARNs, byBalancer && byNames, byARNs && byNames:
		return nil, wire.Invalid("Only one of a load balancer ARN, target group ARNs and target group names can be specified")
	case byBalancer:
		return s.groupsOfBalancer(in.LoadBalancerArn, users)
	case byNames:
		return s.groupsNamed(in.Names)
	case !byARNs:
		return s.targetGroups, nil
	}
	found := map[string]*targetGroup{}
	for _, arn := range in.TargetGroupArns {
		g := s.targetGroups[arn]
		if g == nil && !isARN(arn, "targetgroup/") {
			return nil, wire.Invalid("'%s' is not a valid target group ARN", arn)
		}
		if g == nil {
			return nil, wire.Errorf("TargetGroupNotFound", "One or more target groups not found")
		}
		found[arn] = g
	}
	return found, nil
}

func (s *Service) groupsOfBalancer(arn *string, users map[string][]string) (map[string]*targetGroup, error) {
	if _, err := s.balancer(arn); err != nil {
		return nil, err
	}
	found := map[string]*targetGroup{}
	for group, balancers := range users {
		if balancers[0] == *arn {
			found[group] = s.targetGroups[group]
		}
	}
	return found, nil
}

func (s *Service) groupsNamed(names []string) (map[string]*targetGroup, error) {
	found := map[string]*targetGroup{}
	for _, name := range names {
		known := false
		for arn, g := range s.targetGroups {
			if g.arn.Name == name {
				found[arn], known = g, true
			}
		}
		if !known {
			return nil, wire.Errorf("TargetGroupNotFound", "One or more target groups not found")
		}
	}
	return found, nil
}

func (s *Service) deleteTargetGroup(in *elb.DeleteTargetGroupInput) (*elb.DeleteTargetGroupOutput, error) {
	arn := *in.TargetGroupArn
	if s.targetGroups[arn] == nil {
		if !isARN(arn, "targetgroup/") {
			return nil, wire.Invalid("'%s' is not a valid target group ARN", arn)
		}
		return &elb.DeleteTargetGroupOutput{}, nil
	}
	if len(s.users(arn)) > 0 {
		return nil, wire.Errorf("ResourceInUse", "Target group '%s' is currently in use by a listener or a rule", arn)
	}
	delete(s.targetGroups, arn)
	delete(s.tags, arn)
	s.plane.RemoveTargetGroup(arn)
	return &elb.DeleteTargetGroupOutput{}, nil
}
