package simulator_test

import (
	"fmt"
	"strings"
	"testing"

	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/elbv2"
)

func ipGroup(name string) elb.CreateTargetGroupInput {
	return elb.CreateTargetGroupInput{
		Name: &name, Protocol: types.ProtocolEnumHttp, Port: new(int32(8080)), VpcId: new(vpcID), TargetType: types.TargetTypeEnumIp,
	}
}

// API reference, CreateTargetGroup; user guide, "Health checks for your target groups".
func TestCreateTargetGroupRefuses(t *testing.T) {
	b := newBench(t, quick())
	cases := map[string]struct {
		reason string
		change func(*elb.CreateTargetGroupInput)
		want   string
	}{
		"Good":           {"nothing is wrong with it", func(*elb.CreateTargetGroupInput) {}, ""},
		"LongName":       {"32 characters", func(in *elb.CreateTargetGroupInput) { in.Name = new(strings.Repeat("a", 33)) }, "ValidationError"},
		"Underscore":     {"alphanumeric and hyphen", func(in *elb.CreateTargetGroupInput) { in.Name = new("a_b") }, "ValidationError"},
		"NoProtocol":     {"needed for IP addresses", func(in *elb.CreateTargetGroupInput) { in.Protocol = "" }, "ValidationError"},
		"TCP":            {"not for ALBs", func(in *elb.CreateTargetGroupInput) { in.Protocol = types.ProtocolEnumTcp }, "InvalidConfigurationRequest"},
		"NoPort":         {"needed for IP addresses", func(in *elb.CreateTargetGroupInput) { in.Port = nil }, "ValidationError"},
		"NoVPC":          {"needed for IP addresses", func(in *elb.CreateTargetGroupInput) { in.VpcId = nil }, "ValidationError"},
		"OtherVPC":       {"it must exist", func(in *elb.CreateTargetGroupInput) { in.VpcId = new("vpc-0123456789abcdef0") }, "ValidationError"},
		"UnknownVersion": {"HTTP1, HTTP2, GRPC", func(in *elb.CreateTargetGroupInput) { in.ProtocolVersion = new("HTTP3") }, "ValidationError"},
		"NoHealthChecks": {"always on for IP addresses", func(in *elb.CreateTargetGroupInput) { in.HealthCheckEnabled = new(false) }, "ValidationError"},
		"ShortInterval":  {"5 to 300", func(in *elb.CreateTargetGroupInput) { in.HealthCheckIntervalSeconds = new(int32(4)) }, "ValidationError"},
		"LongTimeout":    {"2 to 120", func(in *elb.CreateTargetGroupInput) { in.HealthCheckTimeoutSeconds = new(int32(121)) }, "ValidationError"},
		"TimeoutNotBelow": {"smaller than the interval", func(in *elb.CreateTargetGroupInput) {
			in.HealthCheckIntervalSeconds, in.HealthCheckTimeoutSeconds = new(int32(5)), new(int32(5))
		}, "ValidationError"},
		"OneIsEnough":     {"thresholds from 2", func(in *elb.CreateTargetGroupInput) { in.HealthyThresholdCount = new(int32(1)) }, "ValidationError"},
		"ElevenIsTooMuch": {"thresholds to 10", func(in *elb.CreateTargetGroupInput) { in.UnhealthyThresholdCount = new(int32(11)) }, "ValidationError"},
		"RelativePath":    {"a path begins with a slash", func(in *elb.CreateTargetGroupInput) { in.HealthCheckPath = new("health") }, "ValidationError"},
		"BadPort":         {"traffic-port or a number", func(in *elb.CreateTargetGroupInput) { in.HealthCheckPort = new("http") }, "ValidationError"},
		"TCPHealthChecks": {"not for HTTP groups", func(in *elb.CreateTargetGroupInput) { in.HealthCheckProtocol = types.ProtocolEnumTcp }, "InvalidConfigurationRequest"},
		"CodeTooHigh":     {"200 to 499", func(in *elb.CreateTargetGroupInput) { in.Matcher = &types.Matcher{HttpCode: new("200-500")} }, "ValidationError"},
		"CodeBackwards":   {"a range goes up", func(in *elb.CreateTargetGroupInput) { in.Matcher = &types.Matcher{HttpCode: new("300-200")} }, "ValidationError"},
		"GRPCCodeForHTTP": {"a matcher fits its version", func(in *elb.CreateTargetGroupInput) { in.Matcher = &types.Matcher{GrpcCode: new("0")} }, "ValidationError"},
		"CodesAreGood": {"values and ranges", func(in *elb.CreateTargetGroupInput) {
			in.Name = new("codes")
			in.Matcher = &types.Matcher{HttpCode: new("200,302-304,404")}
		}, ""},
		"PortOutOfRange": {"1 to 65535", func(in *elb.CreateTargetGroupInput) { in.Port = new(int32(65536)) }, "ValidationError"},
		"UnknownType":    {"enum", func(in *elb.CreateTargetGroupInput) { in.TargetType = "pod" }, "ValidationError"},
		"SameTagTwice":   {"a key once", func(in *elb.CreateTargetGroupInput) { in.Tags = []types.Tag{{Key: new("k")}, {Key: new("k")}} }, "DuplicateTagKeys"},
		"LambdaNotHere":  {"not simulated, and says so", func(in *elb.CreateTargetGroupInput) { in.TargetType = types.TargetTypeEnumLambda }, "InvalidConfigurationRequest"},
		"GRPCHealthChecks": {"0 to 99", func(in *elb.CreateTargetGroupInput) {
			in.ProtocolVersion, in.Matcher = new("GRPC"), &types.Matcher{GrpcCode: new("0-100")}
		}, "ValidationError"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := ipGroup("cart")
			c.change(&in)
			_, err := b.elb.CreateTargetGroup(t.Context(), &in)
			if got := codeOf(t, err); got != c.want {
				t.Errorf("%s: want code %q, got %v", c.reason, c.want, err)
			}
		})
	}
}

// User guide: the defaults of a target group.
func TestTargetGroupDefaults(t *testing.T) {
	b := newBench(t, quick())
	grpc := ipGroup("grpc")
	grpc.ProtocolVersion = new("GRPC")
	want := types.TargetGroup{
		Protocol: types.ProtocolEnumHttp, ProtocolVersion: new("HTTP1"), Port: new(int32(8080)), VpcId: new(vpcID), TargetType: types.TargetTypeEnumIp,
		IpAddressType: types.TargetGroupIpAddressTypeEnumIpv4, HealthCheckEnabled: new(true), HealthCheckProtocol: types.ProtocolEnumHttp,
		HealthCheckPort: new("traffic-port"), HealthCheckPath: new("/"), HealthCheckIntervalSeconds: new(int32(30)), HealthCheckTimeoutSeconds: new(int32(5)),
		HealthyThresholdCount: new(int32(5)), UnhealthyThresholdCount: new(int32(2)), Matcher: &types.Matcher{HttpCode: new("200")},
	}
	wantGRPC := want
	wantGRPC.ProtocolVersion, wantGRPC.HealthCheckPath, wantGRPC.Matcher = new("GRPC"), new("/AWS.ALB/healthcheck"), &types.Matcher{GrpcCode: new("12")}
	for name, c := range map[string]struct {
		in   elb.CreateTargetGroupInput
		want types.TargetGroup
	}{"HTTP1": {ipGroup("http"), want}, "GRPC": {grpc, wantGRPC}} {
		t.Run(name, func(t *testing.T) {
			got := must(b.elb.CreateTargetGroup(t.Context(), &c.in))(b).TargetGroups[0]
			if diff := cmp.Diff(c.want, got, sdk, cmpopts.IgnoreFields(types.TargetGroup{}, "TargetGroupArn", "TargetGroupName")); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
			again := must(b.elb.CreateTargetGroup(t.Context(), &c.in))(b).TargetGroups[0]
			if diff := cmp.Diff(got, again, sdk); diff != "" {
				t.Errorf("created again with the same settings: -want, +got:\n%s", diff)
			}
			c.in.HealthCheckPath = new("/x/y")
			if _, err := b.elb.CreateTargetGroup(t.Context(), &c.in); codeOf(t, err) != "DuplicateTargetGroupName" {
				t.Errorf("created again with other settings: want DuplicateTargetGroupName, got %v", err)
			}
		})
	}
}

func TestModifyTargetGroup(t *testing.T) {
	b := newBench(t, quick())
	arn := b.targetGroup("cart")
	steps := []struct {
		name string
		in   elb.ModifyTargetGroupInput
		code string
		want string // path, interval, timeout
	}{
		{"path", elb.ModifyTargetGroupInput{HealthCheckPath: new("/health")}, "", "/health 30 5"},
		{"interval not above the timeout that stays", elb.ModifyTargetGroupInput{HealthCheckIntervalSeconds: new(int32(5))}, "ValidationError", "/health 30 5"},
		{"both", elb.ModifyTargetGroupInput{HealthCheckIntervalSeconds: new(int32(5)), HealthCheckTimeoutSeconds: new(int32(2))}, "", "/health 5 2"},
		{"gRPC codes for HTTP", elb.ModifyTargetGroupInput{Matcher: &types.Matcher{GrpcCode: new("0")}}, "ValidationError", "/health 5 2"},
	}
	for _, s := range steps {
		s.in.TargetGroupArn = &arn
		_, err := b.elb.ModifyTargetGroup(t.Context(), &s.in)
		if got := codeOf(t, err); got != s.code {
			t.Errorf("%s: want code %q, got %v", s.name, s.code, err)
		}
		g := must(b.elb.DescribeTargetGroups(t.Context(), &elb.DescribeTargetGroupsInput{Names: []string{"cart"}}))(b).TargetGroups[0]
		if got := fmt.Sprint(*g.HealthCheckPath, " ", *g.HealthCheckIntervalSeconds, " ", *g.HealthCheckTimeoutSeconds); got != s.want {
			t.Errorf("%s: want %q, got %q", s.name, s.want, got)
		}
	}
	if _, err := b.elb.ModifyTargetGroup(t.Context(), &elb.ModifyTargetGroupInput{TargetGroupArn: new(arn + "0")}); codeOf(t, err) != "TargetGroupNotFound" {
		t.Errorf("one that does not exist: want TargetGroupNotFound, got %v", err)
	}
}

// API reference, TargetGroupAttribute.
func TestTargetGroupAttributes(t *testing.T) {
	b := newBench(t, quick())
	arn := b.targetGroup("cart")
	got := map[string]string{}
	for _, a := range must(b.elb.DescribeTargetGroupAttributes(t.Context(), &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: &arn}))(b).Attributes {
		got[*a.Key] = *a.Value
	}
	want := map[string]string{
		"deregistration_delay.timeout_seconds": "300", "load_balancing.algorithm.anomaly_mitigation": "off", "load_balancing.algorithm.type": "round_robin",
		"load_balancing.cross_zone.enabled": "use_load_balancer_configuration", "slow_start.duration_seconds": "0", "stickiness.app_cookie.cookie_name": "",
		"stickiness.app_cookie.duration_seconds": "86400", "stickiness.enabled": "false", "stickiness.lb_cookie.duration_seconds": "86400", "stickiness.type": "lb_cookie",
		"target_group_health.dns_failover.minimum_healthy_targets.count": "1", "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
		"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1", "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("defaults: -want, +got:\n%s", diff)
	}
	cases := map[string]struct {
		set  map[string]string
		want string
	}{
		"NoDelay":          {map[string]string{"deregistration_delay.timeout_seconds": "0"}, ""},
		"LongDelay":        {map[string]string{"deregistration_delay.timeout_seconds": "3601"}, "InvalidConfigurationRequest"},
		"ShortSlowStart":   {map[string]string{"slow_start.duration_seconds": "29"}, "InvalidConfigurationRequest"},
		"SlowAndLeast":     {map[string]string{"slow_start.duration_seconds": "30", "load_balancing.algorithm.type": "least_outstanding_requests"}, "InvalidConfigurationRequest"},
		"AnomalyAndRobin":  {map[string]string{"load_balancing.algorithm.anomaly_mitigation": "on"}, "InvalidConfigurationRequest"},
		"AnomalyAndRandom": {map[string]string{"load_balancing.algorithm.anomaly_mitigation": "on", "load_balancing.algorithm.type": "weighted_random"}, ""},
		"AppWithoutCookie": {map[string]string{"stickiness.enabled": "true", "stickiness.type": "app_cookie"}, "InvalidConfigurationRequest"},
		"ReservedCookie":   {map[string]string{"stickiness.app_cookie.cookie_name": "AWSALBTG"}, "InvalidConfigurationRequest"},
		"SourceIP":         {map[string]string{"stickiness.type": "source_ip"}, "InvalidConfigurationRequest"},
		"UnknownKey":       {map[string]string{"proxy_protocol_v2.enabled": "true"}, "InvalidConfigurationRequest"},
		"Week":             {map[string]string{"stickiness.lb_cookie.duration_seconds": "604801"}, "InvalidConfigurationRequest"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			in := &elb.ModifyTargetGroupAttributesInput{TargetGroupArn: new(b.targetGroup(strings.ToLower(name)))}
			for key, value := range c.set {
				in.Attributes = append(in.Attributes, types.TargetGroupAttribute{Key: &key, Value: &value})
			}
			_, err := b.elb.ModifyTargetGroupAttributes(t.Context(), in)
			if got := codeOf(t, err); got != c.want {
				t.Errorf("%v: want code %q, got %v", c.set, c.want, err)
			}
		})
	}
}

// API reference, RegisterTargets and TargetDescription.
func TestRegisterTargets(t *testing.T) {
	b := newBench(t, quick())
	instances := ipGroup("instances")
	instances.TargetType = types.TargetTypeEnumInstance
	byInstance := *must(b.elb.CreateTargetGroup(t.Context(), &instances))(b).TargetGroups[0].TargetGroupArn
	byIP := b.targetGroup("ips")
	six := func(name string, kind types.TargetTypeEnum) string {
		return *must(b.elb.CreateTargetGroup(t.Context(), &elb.CreateTargetGroupInput{
			Name: &name, Protocol: types.ProtocolEnumHttp, Port: new(int32(80)), VpcId: new(vpcID), TargetType: kind, IpAddressType: types.TargetGroupIpAddressTypeEnumIpv6,
		}))(b).TargetGroups[0].TargetGroupArn
	}
	byIP6, byInstance6 := six("ips6", types.TargetTypeEnumIp), six("instances6", types.TargetTypeEnumInstance)
	must(b.ec2.TerminateInstances(t.Context(), &ec2api.TerminateInstancesInput{InstanceIds: []string{instanceB}}))(b)
	cases := map[string]struct {
		reason string
		group  string
		target types.TargetDescription
		want   string
	}{
		"Instance":          {"one that runs", byInstance, types.TargetDescription{Id: new(instanceA)}, ""},
		"OtherPort":         {"a port of its own", byInstance, types.TargetDescription{Id: new(instanceA), Port: new(int32(30080))}, ""},
		"NoInstance":        {"it must exist", byInstance, types.TargetDescription{Id: new("i-0123456789abcdef0")}, "InvalidTarget"},
		"Terminated":        {"it must run", byInstance, types.TargetDescription{Id: new(instanceB)}, "InvalidTarget"},
		"AddressAsInstance": {"ids of instances only", byInstance, types.TargetDescription{Id: new("10.64.0.11")}, "ValidationError"},
		"InstanceWithZone":  {"zones are for addresses", byInstance, types.TargetDescription{Id: new(instanceA), AvailabilityZone: new("us-east-1a")}, "ValidationError"},
		"Address":           {"in the VPC", byIP, types.TargetDescription{Id: new("10.64.0.99")}, ""},
		"ItsZone":           {"in the VPC, with its zone", byIP, types.TargetDescription{Id: new("10.64.64.99"), AvailabilityZone: new("us-east-1b")}, ""},
		"NotItsZone":        {"in the VPC, with another zone", byIP, types.TargetDescription{Id: new("10.64.64.99"), AvailabilityZone: new("us-east-1a")}, "ValidationError"},
		"Outside":           {"private, outside the VPC", byIP, types.TargetDescription{Id: new("192.168.1.1"), AvailabilityZone: new("all")}, ""},
		"OutsideNoZone":     {"outside the VPC needs the zone all", byIP, types.TargetDescription{Id: new("100.64.0.1")}, "ValidationError"},
		"Public":            {"publicly routable", byIP, types.TargetDescription{Id: new("8.8.8.8"), AvailabilityZone: new("all")}, "ValidationError"},
		"NotAnAddress":      {"addresses only", byIP, types.TargetDescription{Id: new(instanceA)}, "ValidationError"},
		"IPv6":              {"the group is of IPv4", byIP, types.TargetDescription{Id: new("fd00::1")}, "ValidationError"},
		"IPv6InTheVPC":      {"of a subnet of the VPC", byIP6, types.TargetDescription{Id: new("2001:db8:64:0:1::1"), AvailabilityZone: new("us-east-1a")}, ""},
		"IPv6Outside":       {"of nobody's block", byIP6, types.TargetDescription{Id: new("fd00::1"), AvailabilityZone: new("all")}, "ValidationError"},
		"NoIPv6":            {"an instance with IPv4 alone", byInstance6, types.TargetDescription{Id: new(instanceA)}, "InvalidTarget"},
		"PortZero":          {"1 to 65535", byIP, types.TargetDescription{Id: new("10.64.0.99"), Port: new(int32(0))}, "ValidationError"},
		"NoGroup":           {"it must exist", byIP + "0", types.TargetDescription{Id: new("10.64.0.99")}, "TargetGroupNotFound"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := b.elb.RegisterTargets(t.Context(), &elb.RegisterTargetsInput{TargetGroupArn: &c.group, Targets: []types.TargetDescription{c.target}})
			if got := codeOf(t, err); got != c.want {
				t.Errorf("%s: want code %q, got %v", c.reason, c.want, err)
			}
		})
	}
}

func TestTargetQuotas(t *testing.T) {
	opts := quick()
	opts.Quotas = elbv2.Quotas{TargetsPerTargetGroup: 2, TargetsPerLoadBalancer: 3}
	b := newBench(t, opts)
	l := b.listener(b.loadBalancer("shop"), 80)
	one, two := b.targetGroup("one"), b.targetGroup("two")
	b.rule(l, 1, path("/"), forward(one, two))
	register := func(arn string, ids ...string) string {
		in := &elb.RegisterTargetsInput{TargetGroupArn: &arn}
		for _, id := range ids {
			in.Targets = append(in.Targets, types.TargetDescription{Id: &id})
		}
		_, err := b.elb.RegisterTargets(t.Context(), in)
		return codeOf(t, err)
	}
	got := []string{
		register(one, "10.64.0.1", "10.64.0.2", "10.64.0.3"), register(one, "10.64.0.1", "10.64.0.2"), register(one, "10.64.0.1"),
		register(two, "10.64.0.1", "10.64.0.2"), register(two, "10.64.0.1"),
	}
	want := []string{"TooManyTargets", "", "", "TooManyRegistrationsForTargetId", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// API reference, DescribeTargetHealth; user guide, "Target health status".
func TestTargetHealth(t *testing.T) {
	b := newBench(t, quick())
	arn := b.targetGroup("cart")
	must(b.elb.RegisterTargets(t.Context(), &elb.RegisterTargetsInput{TargetGroupArn: &arn, Targets: []types.TargetDescription{{Id: new("10.64.0.99")}, {Id: new("192.168.1.1"), AvailabilityZone: new("all"), Port: new(int32(9))}}}))(b)
	health := func(targets ...types.TargetDescription) map[string]string {
		out := must(b.elb.DescribeTargetHealth(t.Context(), &elb.DescribeTargetHealthInput{TargetGroupArn: &arn, Targets: targets}))(b)
		got := map[string]string{}
		for _, h := range out.TargetHealthDescriptions {
			zone := ""
			if h.Target.AvailabilityZone != nil {
				zone = *h.Target.AvailabilityZone
			}
			got[fmt.Sprint(*h.Target.Id, ":", *h.Target.Port, "@", zone)] = fmt.Sprint(h.TargetHealth.State, " ", h.TargetHealth.Reason)
		}
		return got
	}
	want := map[string]string{"10.64.0.99:80@us-east-1a": "unused Target.NotInUse", "192.168.1.1:9@all": "unused Target.NotInUse"}
	if diff := cmp.Diff(want, health()); diff != "" {
		t.Errorf("no rule names the group: -want, +got:\n%s", diff)
	}
	want = map[string]string{"10.64.0.99:80@us-east-1a": "unused Target.NotInUse", "10.64.0.98:80@": "unused Target.NotRegistered"}
	if diff := cmp.Diff(want, health(types.TargetDescription{Id: new("10.64.0.99")}, types.TargetDescription{Id: new("10.64.0.98")})); diff != "" {
		t.Errorf("asked for two: -want, +got:\n%s", diff)
	}
	remove := &elb.DeregisterTargetsInput{TargetGroupArn: &arn, Targets: []types.TargetDescription{{Id: new("10.64.0.1")}}}
	if _, err := b.elb.DeregisterTargets(t.Context(), remove); err != nil {
		t.Errorf("deregistering a target that is not registered succeeds: %v", err)
	}
}

// User guide: a stopped or terminated instance is unused, Target.InvalidState.
func TestTerminatedInstance(t *testing.T) {
	b := newBench(t, quick())
	in := ipGroup("nodes")
	in.TargetType = types.TargetTypeEnumInstance
	arn := must(b.elb.CreateTargetGroup(t.Context(), &in))(b).TargetGroups[0].TargetGroupArn
	b.rule(b.listener(b.loadBalancer("shop"), 80), 1, path("/"), forward(*arn))
	must(b.elb.RegisterTargets(t.Context(), &elb.RegisterTargetsInput{TargetGroupArn: arn, Targets: []types.TargetDescription{{Id: new(instanceA)}, {Id: new(instanceB)}}}))(b)
	must(b.ec2.TerminateInstances(t.Context(), &ec2api.TerminateInstancesInput{InstanceIds: []string{instanceA}}))(b)
	got := map[string]types.TargetHealthReasonEnum{}
	for _, h := range must(b.elb.DescribeTargetHealth(t.Context(), &elb.DescribeTargetHealthInput{TargetGroupArn: arn}))(b).TargetHealthDescriptions {
		got[*h.Target.Id] = h.TargetHealth.Reason
	}
	if got[instanceA] != types.TargetHealthReasonEnumInvalidState || got[instanceB] == types.TargetHealthReasonEnumInvalidState {
		t.Errorf("the first of two is terminated: %v", got)
	}
}

func TestDescribeTargetGroups(t *testing.T) {
	b := newBench(t, quick())
	arn := b.targetGroup("cart")
	lb := b.loadBalancer("shop")
	cases := map[string]struct {
		in    elb.DescribeTargetGroupsInput
		want  string
		count int
	}{
		"All":          {elb.DescribeTargetGroupsInput{}, "", 1},
		"Name":         {elb.DescribeTargetGroupsInput{Names: []string{"cart"}}, "", 1},
		"NoName":       {elb.DescribeTargetGroupsInput{Names: []string{"tart"}}, "TargetGroupNotFound", 0},
		"NoARN":        {elb.DescribeTargetGroupsInput{TargetGroupArns: []string{arn + "0"}}, "TargetGroupNotFound", 0},
		"NotAnARN":     {elb.DescribeTargetGroupsInput{TargetGroupArns: []string{"cart"}}, "ValidationError", 0},
		"LoadBalancer": {elb.DescribeTargetGroupsInput{LoadBalancerArn: lb.LoadBalancerArn}, "", 0},
		"NoBalancer":   {elb.DescribeTargetGroupsInput{LoadBalancerArn: new(*lb.LoadBalancerArn + "0")}, "LoadBalancerNotFound", 0},
		"Both":         {elb.DescribeTargetGroupsInput{Names: []string{"cart"}, TargetGroupArns: []string{arn}}, "ValidationError", 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := b.elb.DescribeTargetGroups(t.Context(), &c.in)
			if got := codeOf(t, err); got != c.want {
				t.Fatalf("want code %q, got %v", c.want, err)
			}
			if err == nil && len(out.TargetGroups) != c.count {
				t.Errorf("want %d, got %d", c.count, len(out.TargetGroups))
			}
		})
	}
}
