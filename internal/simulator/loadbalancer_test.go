package simulator_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/elbv2"
)

// API reference, CreateLoadBalancer: constraints of Name, Subnets, SubnetMappings, SecurityGroups, Tags and the errors.
func TestCreateLoadBalancerRefuses(t *testing.T) {
	b := newBench(t, quick())
	two := []string{publicA, publicB}
	cases := map[string]struct {
		reason string
		in     elb.CreateLoadBalancerInput
		want   string
	}{
		"LongName":         {"32 characters at most", elb.CreateLoadBalancerInput{Name: new(strings.Repeat("a", 33)), Subnets: two}, "ValidationError"},
		"NameWithDot":      {"alphanumeric characters and hyphens only", elb.CreateLoadBalancerInput{Name: new("a.b"), Subnets: two}, "ValidationError"},
		"LeadingHyphen":    {"must not begin with a hyphen", elb.CreateLoadBalancerInput{Name: new("-a"), Subnets: two}, "ValidationError"},
		"TrailingHyphen":   {"must not end with a hyphen", elb.CreateLoadBalancerInput{Name: new("a-"), Subnets: two}, "ValidationError"},
		"InternalName":     {"must not begin with internal-", elb.CreateLoadBalancerInput{Name: new("internal-a"), Subnets: two}, "ValidationError"},
		"NoSubnets":        {"two zones are needed", elb.CreateLoadBalancerInput{Name: new("a")}, "ValidationError"},
		"OneSubnet":        {"two zones are needed", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two[:1]}, "ValidationError"},
		"OneZoneTwice":     {"one subnet a zone", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: []string{publicA, privateA}}, "InvalidConfigurationRequest"},
		"NoSuchSubnet":     {"subnets must exist", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: []string{publicA, "subnet-0123456789abcdef0"}}, "SubnetNotFound"},
		"SubnetsTwice":     {"subnets or mappings, not both", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, SubnetMappings: []types.SubnetMapping{{SubnetId: new(publicA)}}}, "ValidationError"},
		"ElasticIP":        {"ALBs have no elastic addresses", elb.CreateLoadBalancerInput{Name: new("a"), SubnetMappings: []types.SubnetMapping{{SubnetId: new(publicA), AllocationId: new("eipalloc-1")}, {SubnetId: new(publicB)}}}, "InvalidConfigurationRequest"},
		"NoSuchGroup":      {"groups must exist", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, SecurityGroups: []string{"sg-0123456789abcdef0"}}, "InvalidSecurityGroup"},
		"SixGroups":        {"five groups an interface", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, SecurityGroups: slices.Repeat([]string{nodeGroup}, 6)}, "InvalidConfigurationRequest"},
		"SameTagTwice":     {"a key once", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, Tags: []types.Tag{{Key: new("k")}, {Key: new("k")}}}, "DuplicateTagKeys"},
		"FiftyOneTags":     {"50 tags at most", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, Tags: manyTags(51)}, "TooManyTags"},
		"ReservedTag":      {"aws: is reserved", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, Tags: []types.Tag{{Key: new("aws:x")}}}, "ValidationError"},
		"TagCharacters":    {"pattern of TagKey", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, Tags: []types.Tag{{Key: new("a#b")}}}, "ValidationError"},
		"EmptyTagKey":      {"a key has a character", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, Tags: []types.Tag{{Key: new("")}}}, "ValidationError"},
		"LongTagValue":     {"256 characters at most", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, Tags: []types.Tag{{Key: new("k"), Value: new(strings.Repeat("v", 257))}}}, "ValidationError"},
		"UnknownScheme":    {"internet-facing or internal", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, Scheme: "public"}, "ValidationError"},
		"UnknownType":      {"enum", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, Type: "classic"}, "ValidationError"},
		"NetworkType":      {"not an ALB", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, Type: types.LoadBalancerTypeEnumNetwork}, "InvalidConfigurationRequest"},
		"PublicIPv6Inside": {"internal ones have no public addresses", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, Scheme: types.LoadBalancerSchemeEnumInternal, IpAddressType: types.IpAddressTypeDualstackWithoutPublicIpv4}, "InvalidConfigurationRequest"},
		"PoolPattern":      {"pattern of CustomerOwnedIpv4Pool", elb.CreateLoadBalancerInput{Name: new("a"), Subnets: two, CustomerOwnedIpv4Pool: new("pool")}, "ValidationError"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := b.elb.CreateLoadBalancer(t.Context(), &c.in)
			if got := codeOf(t, err); got != c.want {
				t.Errorf("%s: want %s, got %v", c.reason, c.want, err)
			}
		})
	}
	all := must(b.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{}))(b)
	if len(all.LoadBalancers) != 0 {
		t.Errorf("a refused call made %d load balancers", len(all.LoadBalancers))
	}
}

func manyTags(n int) []types.Tag {
	var out []types.Tag
	for i := range n {
		out = append(out, types.Tag{Key: new(fmt.Sprint("k", i))})
	}
	return out
}

// API reference, CreateLoadBalancer: "If you attempt to create multiple load balancers with the same settings, each call succeeds."
func TestCreateLoadBalancerAgain(t *testing.T) {
	b := newBench(t, quick())
	in := elb.CreateLoadBalancerInput{
		Name: new("shop"), Subnets: []string{publicA, publicB}, SecurityGroups: []string{nodeGroup}, Tags: []types.Tag{{Key: new("k"), Value: new("v")}},
	}
	first := must(b.elb.CreateLoadBalancer(t.Context(), &in))(b).LoadBalancers[0]
	cases := map[string]struct {
		reason string
		change func(*elb.CreateLoadBalancerInput)
		want   string
	}{
		"Same":         {"the same settings", func(*elb.CreateLoadBalancerInput) {}, ""},
		"OtherOrder":   {"subnets are a set", func(in *elb.CreateLoadBalancerInput) { in.Subnets = []string{publicB, publicA} }, ""},
		"Spelled":      {"a default is the same as no value", func(in *elb.CreateLoadBalancerInput) { in.Scheme = types.LoadBalancerSchemeEnumInternetFacing }, ""},
		"OtherScheme":  {"another scheme", func(in *elb.CreateLoadBalancerInput) { in.Scheme = types.LoadBalancerSchemeEnumInternal }, "DuplicateLoadBalancerName"},
		"OtherSubnets": {"other subnets", func(in *elb.CreateLoadBalancerInput) { in.Subnets = []string{publicA, publicC} }, "DuplicateLoadBalancerName"},
		"OtherGroups":  {"other groups", func(in *elb.CreateLoadBalancerInput) { in.SecurityGroups = nil }, "DuplicateLoadBalancerName"},
		"OtherTags":    {"other tags", func(in *elb.CreateLoadBalancerInput) { in.Tags = nil }, "DuplicateLoadBalancerName"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			again := in
			c.change(&again)
			out, err := b.elb.CreateLoadBalancer(t.Context(), &again)
			if got := codeOf(t, err); got != c.want {
				t.Fatalf("%s: want code %q, got %v", c.reason, c.want, err)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff(first, out.LoadBalancers[0], sdk); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", c.reason, diff)
			}
		})
	}
}

func TestLoadBalancerNames(t *testing.T) {
	b := newBench(t, quick())
	cases := map[string]struct {
		scheme types.LoadBalancerSchemeEnum
		dns    string
	}{
		"Web-1": {types.LoadBalancerSchemeEnumInternetFacing, `^Web-1-[0-9]{10}\.us-east-1\.elb\.amazonaws\.com$`},
		"Back":  {types.LoadBalancerSchemeEnumInternal, `^internal-Back-[0-9]{10}\.us-east-1\.elb\.amazonaws\.com$`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			lb := must(b.elb.CreateLoadBalancer(t.Context(), &elb.CreateLoadBalancerInput{Name: &name, Scheme: c.scheme, Subnets: []string{publicA, publicB}}))(b).LoadBalancers[0]
			if !regexp.MustCompile(c.dns).MatchString(*lb.DNSName) {
				t.Errorf("DNS name %q is not of the form %s", *lb.DNSName, c.dns)
			}
			arn := `^arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/` + name + `/[0-9a-f]{16}$`
			if !regexp.MustCompile(arn).MatchString(*lb.LoadBalancerArn) {
				t.Errorf("ARN %q is not of the form %s", *lb.LoadBalancerArn, arn)
			}
			if *lb.CanonicalHostedZoneId != "Z35SXDOTRQ7X7K" { // AWS General Reference, us-east-1
				t.Errorf("hosted zone %q", *lb.CanonicalHostedZoneId)
			}
		})
	}
}

func TestProvisioning(t *testing.T) {
	c := newClock()
	b := newBench(t, simulator.Options{Now: c.Now, ProvisioningDelay: time.Minute})
	lb := b.loadBalancer("shop")
	state := func() types.LoadBalancerStateEnum {
		return must(b.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{}))(b).LoadBalancers[0].State.Code
	}
	if got := lb.State.Code; got != types.LoadBalancerStateEnumProvisioning {
		t.Errorf("created: %s", got)
	}
	b.listener(lb, 80) // while it is provisioning
	c.advance(59 * time.Second)
	if got := state(); got != types.LoadBalancerStateEnumProvisioning {
		t.Errorf("after 59 s of 60: %s", got)
	}
	if n := len(b.sim.Endpoints()); n != 0 {
		t.Errorf("%d load balancers serve before they are active", n)
	}
	c.advance(time.Second)
	if got := state(); got != types.LoadBalancerStateEnumActive {
		t.Errorf("after 60 s: %s", got)
	}
}

func TestDescribeLoadBalancers(t *testing.T) {
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	arn := *lb.LoadBalancerArn
	cases := map[string]struct {
		reason string
		in     elb.DescribeLoadBalancersInput
		want   string
	}{
		"ByName":     {"one that exists", elb.DescribeLoadBalancersInput{Names: []string{"shop"}}, ""},
		"ByARN":      {"one that exists", elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{arn}}, ""},
		"NoName":     {"one that does not", elb.DescribeLoadBalancersInput{Names: []string{"shop", "stop"}}, "LoadBalancerNotFound"},
		"NoARN":      {"one that does not", elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{arn + "0"}}, "LoadBalancerNotFound"},
		"NotAnARN":   {"malformed", elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{"shop"}}, "ValidationError"},
		"Both":       {"names or ARNs", elb.DescribeLoadBalancersInput{Names: []string{"shop"}, LoadBalancerArns: []string{arn}}, "ValidationError"},
		"TwentyOne":  {"20 at most", elb.DescribeLoadBalancersInput{Names: slices.Repeat([]string{"shop"}, 21)}, "ValidationError"},
		"PageOfZero": {"PageSize from 1", elb.DescribeLoadBalancersInput{PageSize: new(int32(0))}, "ValidationError"},
		"PageOf401":  {"PageSize to 400", elb.DescribeLoadBalancersInput{PageSize: new(int32(401))}, "ValidationError"},
		"BadMarker":  {"a marker is from a previous call", elb.DescribeLoadBalancersInput{Marker: new("x")}, "ValidationError"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := b.elb.DescribeLoadBalancers(t.Context(), &c.in)
			if got := codeOf(t, err); got != c.want {
				t.Fatalf("%s: want code %q, got %v", c.reason, c.want, err)
			}
			if err == nil && *out.LoadBalancers[0].LoadBalancerArn != arn {
				t.Errorf("%s: got %q", c.reason, *out.LoadBalancers[0].LoadBalancerArn)
			}
		})
	}
}

func TestPages(t *testing.T) {
	b := newBench(t, quick())
	want := map[string]bool{}
	for i := range 7 {
		want[*b.loadBalancer(fmt.Sprint("lb-", i)).LoadBalancerArn] = true
	}
	got, pages := map[string]bool{}, 0
	p := elb.NewDescribeLoadBalancersPaginator(b.elb, &elb.DescribeLoadBalancersInput{PageSize: new(int32(3))})
	for p.HasMorePages() {
		out := must(p.NextPage(t.Context()))(b)
		pages++
		for _, lb := range out.LoadBalancers {
			got[*lb.LoadBalancerArn] = true
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || pages != 3 {
		t.Errorf("%d pages of 3 for 7: -want, +got:\n%s", pages, diff)
	}
}

func TestDeleteLoadBalancer(t *testing.T) {
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	l := b.listener(lb, 80)
	tg := b.targetGroup("cart")
	r := b.rule(l, 1, path("/"), forward(tg))
	protect := func(v string) {
		must(b.elb.ModifyLoadBalancerAttributes(t.Context(), &elb.ModifyLoadBalancerAttributesInput{
			LoadBalancerArn: lb.LoadBalancerArn, Attributes: []types.LoadBalancerAttribute{{Key: new("deletion_protection.enabled"), Value: &v}},
		}))(b)
	}
	protect("true")
	in := &elb.DeleteLoadBalancerInput{LoadBalancerArn: lb.LoadBalancerArn}
	if _, err := b.elb.DeleteLoadBalancer(t.Context(), in); codeOf(t, err) != "OperationNotPermitted" {
		t.Errorf("protected: want OperationNotPermitted, got %v", err)
	}
	protect("false")
	must(b.elb.DeleteLoadBalancer(t.Context(), in))(b)
	if _, err := b.elb.DeleteLoadBalancer(t.Context(), in); err != nil {
		t.Errorf("deleting again succeeds: %v", err)
	}
	if _, err := b.elb.DescribeListeners(t.Context(), &elb.DescribeListenersInput{ListenerArns: []string{l}}); codeOf(t, err) != "ListenerNotFound" {
		t.Errorf("its listener: want ListenerNotFound, got %v", err)
	}
	if _, err := b.elb.DescribeRules(t.Context(), &elb.DescribeRulesInput{RuleArns: []string{*r.RuleArn}}); codeOf(t, err) != "RuleNotFound" {
		t.Errorf("its rule: want RuleNotFound, got %v", err)
	}
	if _, err := b.elb.DeleteTargetGroup(t.Context(), &elb.DeleteTargetGroupInput{TargetGroupArn: &tg}); err != nil {
		t.Errorf("its target group is free: %v", err)
	}
	if n := len(b.sim.Endpoints()); n != 0 {
		t.Errorf("%d load balancers still serve", n)
	}
}

func TestLoadBalancerQuota(t *testing.T) {
	opts := quick()
	opts.Quotas = elbv2.Quotas{LoadBalancers: 2}
	b := newBench(t, opts)
	b.loadBalancer("a")
	b.loadBalancer("b")
	_, err := b.elb.CreateLoadBalancer(t.Context(), &elb.CreateLoadBalancerInput{Name: new("c"), Subnets: []string{publicA, publicB}})
	if got := codeOf(t, err); got != "TooManyLoadBalancers" {
		t.Errorf("want TooManyLoadBalancers, got %v", err)
	}
}

func TestSetNetwork(t *testing.T) {
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	arn := lb.LoadBalancerArn
	cases := map[string]struct {
		reason string
		call   func() error
		want   string
	}{
		"Subnets": {"another zone more", func() error {
			out, err := b.elb.SetSubnets(t.Context(), &elb.SetSubnetsInput{LoadBalancerArn: arn, Subnets: []string{publicA, publicB, publicC}})
			if err == nil && len(out.AvailabilityZones) != 3 {
				t.Errorf("got %d zones", len(out.AvailabilityZones))
			}
			return err
		}, ""},
		"OneSubnet": {"two zones are needed", func() error {
			_, err := b.elb.SetSubnets(t.Context(), &elb.SetSubnetsInput{LoadBalancerArn: arn, Subnets: []string{publicA}})
			return err
		}, "ValidationError"},
		"Groups": {"groups that exist", func() error {
			_, err := b.elb.SetSecurityGroups(t.Context(), &elb.SetSecurityGroupsInput{LoadBalancerArn: arn, SecurityGroups: []string{nodeGroup}})
			return err
		}, ""},
		"NoSuchGroup": {"a group that does not", func() error {
			_, err := b.elb.SetSecurityGroups(t.Context(), &elb.SetSecurityGroupsInput{LoadBalancerArn: arn, SecurityGroups: []string{"sg-0123456789abcdef0"}})
			return err
		}, "InvalidSecurityGroup"},
		"AddressType": {"dual stack", func() error {
			_, err := b.elb.SetIpAddressType(t.Context(), &elb.SetIpAddressTypeInput{LoadBalancerArn: arn, IpAddressType: types.IpAddressTypeDualstack})
			return err
		}, ""},
		"NoLoadBalancer": {"one that does not exist", func() error {
			_, err := b.elb.SetIpAddressType(t.Context(), &elb.SetIpAddressTypeInput{LoadBalancerArn: new(*arn + "0"), IpAddressType: types.IpAddressTypeIpv4})
			return err
		}, "LoadBalancerNotFound"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := c.call()
			if got := codeOf(t, err); got != c.want {
				t.Errorf("%s: want code %q, got %v", c.reason, c.want, err)
			}
		})
	}
}

// API reference, LoadBalancerAttribute.
func TestLoadBalancerAttributes(t *testing.T) {
	b := newBench(t, quick())
	arn := b.loadBalancer("shop").LoadBalancerArn
	read := func() map[string]string {
		out := must(b.elb.DescribeLoadBalancerAttributes(t.Context(), &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: arn}))(b)
		got := map[string]string{}
		for _, a := range out.Attributes {
			got[*a.Key] = *a.Value
		}
		return got
	}
	initial := map[string]string{
		"access_logs.s3.enabled": "false", "access_logs.s3.bucket": "", "access_logs.s3.prefix": "", "client_keep_alive.seconds": "3600",
		"connection_logs.s3.enabled": "false", "connection_logs.s3.bucket": "", "connection_logs.s3.prefix": "",
		"deletion_protection.enabled": "false", "health_check_logs.s3.enabled": "false", "health_check_logs.s3.bucket": "",
		"health_check_logs.s3.prefix": "", "idle_timeout.timeout_seconds": "60", "ipv6.deny_all_igw_traffic": "false",
		"load_balancing.cross_zone.enabled": "true", "routing.http.desync_mitigation_mode": "defensive",
		"routing.http.drop_invalid_header_fields.enabled": "false", "routing.http.preserve_host_header.enabled": "false",
		"routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false", "routing.http.xff_client_port.enabled": "false",
		"routing.http.xff_header_processing.mode": "append", "routing.http2.enabled": "true", "waf.fail_open.enabled": "false",
		"zonal_shift.config.enabled": "false",
	}
	if diff := cmp.Diff(initial, read()); diff != "" {
		t.Errorf("defaults: -want, +got:\n%s", diff)
	}
	cases := map[string]struct{ key, value, want string }{
		"Timeout":            {"idle_timeout.timeout_seconds", "4000", ""},
		"LongTimeout":        {"idle_timeout.timeout_seconds", "4001", "InvalidConfigurationRequest"},
		"ZeroTimeout":        {"idle_timeout.timeout_seconds", "0", "InvalidConfigurationRequest"},
		"NotANumber":         {"idle_timeout.timeout_seconds", "60s", "InvalidConfigurationRequest"},
		"KeepAlive":          {"client_keep_alive.seconds", "59", "InvalidConfigurationRequest"},
		"CrossZoneOff":       {"load_balancing.cross_zone.enabled", "false", "InvalidConfigurationRequest"},
		"Mode":               {"routing.http.xff_header_processing.mode", "preserve", ""},
		"UnknownMode":        {"routing.http.xff_header_processing.mode", "add", "InvalidConfigurationRequest"},
		"UnknownKey":         {"routing.http3.enabled", "true", "InvalidConfigurationRequest"},
		"OfNetworkOnes":      {"dns_record.client_routing_policy", "any_availability_zone", "InvalidConfigurationRequest"},
		"LogsWithoutBucket":  {"access_logs.s3.enabled", "true", "InvalidConfigurationRequest"},
		"KeyPattern":         {"idle timeout", "1", "ValidationError"},
		"CapitalisedBoolean": {"routing.http2.enabled", "True", "InvalidConfigurationRequest"},
	}
	changed := maps.Clone(initial)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := b.elb.ModifyLoadBalancerAttributes(t.Context(), &elb.ModifyLoadBalancerAttributesInput{
				LoadBalancerArn: arn, Attributes: []types.LoadBalancerAttribute{{Key: &c.key, Value: &c.value}},
			})
			if got := codeOf(t, err); got != c.want {
				t.Errorf("%s=%s: want code %q, got %v", c.key, c.value, c.want, err)
			}
			if err == nil {
				changed[c.key] = c.value
			}
		})
	}
	if diff := cmp.Diff(changed, read()); diff != "" {
		t.Errorf("after all: -want, +got:\n%s", diff)
	}
}

// The network interfaces of a load balancer hold its security group, for a while longer than the load balancer lives.
func TestSecurityGroupOfLoadBalancer(t *testing.T) {
	c := newClock()
	b := newBench(t, simulator.Options{Now: c.Now, ProvisioningDelay: simulator.Immediately, InterfaceLinger: 10 * time.Second})
	group := must(b.ec2.CreateSecurityGroup(t.Context(), &ec2api.CreateSecurityGroupInput{GroupName: new("web"), Description: new("web"), VpcId: new(vpcID)}))(b).GroupId
	lb := must(b.elb.CreateLoadBalancer(t.Context(), &elb.CreateLoadBalancerInput{Name: new("shop"), Subnets: []string{publicA, publicB}, SecurityGroups: []string{*group}}))(b).LoadBalancers[0]
	remove := func() string {
		_, err := b.ec2.DeleteSecurityGroup(t.Context(), &ec2api.DeleteSecurityGroupInput{GroupId: group})
		return codeOf(t, err)
	}
	got := []string{remove()}
	must(b.elb.DeleteLoadBalancer(t.Context(), &elb.DeleteLoadBalancerInput{LoadBalancerArn: lb.LoadBalancerArn}))(b)
	got = append(got, remove())
	c.advance(10 * time.Second)
	got = append(got, remove(), remove())
	want := []string{"DependencyViolation", "DependencyViolation", "", "InvalidGroup.NotFound"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("while it lives, just after, later, again: -want, +got:\n%s", diff)
	}
}
