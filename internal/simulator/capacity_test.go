package simulator_test

import (
	"testing"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

// API reference, ModifyCapacityReservation: "you must include at least one MinimumLoadBalancerCapacity or ResetCapacityReservation".
func TestCapacityReservation(t *testing.T) {
	b := newBench(t, quick())
	arn := b.loadBalancer("shop").LoadBalancerArn
	reserve := func(units int32) *types.MinimumLoadBalancerCapacity {
		return &types.MinimumLoadBalancerCapacity{CapacityUnits: &units}
	}
	steps := []struct {
		name  string
		in    elb.ModifyCapacityReservationInput
		code  string
		units int32
		zones int
	}{
		{"nothing", elb.ModifyCapacityReservationInput{}, "ValidationError", 0, 0},
		{"below the minimum", elb.ModifyCapacityReservationInput{MinimumLoadBalancerCapacity: reserve(99)}, "InvalidConfigurationRequest", 0, 0},
		{"the minimum", elb.ModifyCapacityReservationInput{MinimumLoadBalancerCapacity: reserve(100)}, "", 100, 2},
		{"over the limit", elb.ModifyCapacityReservationInput{MinimumLoadBalancerCapacity: reserve(100000)}, "CapacityUnitsLimitExceeded", 100, 2},
		{"both", elb.ModifyCapacityReservationInput{MinimumLoadBalancerCapacity: reserve(200), ResetCapacityReservation: new(true)}, "ValidationError", 100, 2},
		{"reset", elb.ModifyCapacityReservationInput{ResetCapacityReservation: new(true)}, "", 0, 0},
	}
	for _, s := range steps {
		s.in.LoadBalancerArn = arn
		_, err := b.elb.ModifyCapacityReservation(t.Context(), &s.in)
		if got := codeOf(t, err); got != s.code {
			t.Errorf("%s: want code %q, got %v", s.name, s.code, err)
		}
		out := must(b.elb.DescribeCapacityReservation(t.Context(), &elb.DescribeCapacityReservationInput{LoadBalancerArn: arn}))(b)
		var units int32
		if out.MinimumLoadBalancerCapacity != nil {
			units = *out.MinimumLoadBalancerCapacity.CapacityUnits
		}
		if units != s.units || len(out.CapacityReservationState) != s.zones {
			t.Errorf("%s: want %d units in %d zones, got %d in %d", s.name, s.units, s.zones, units, len(out.CapacityReservationState))
		}
	}
}

// API reference, ModifyIpPools: pools are for internet-facing load balancers.
func TestIPPools(t *testing.T) {
	b := newBench(t, quick())
	public := b.loadBalancer("public").LoadBalancerArn
	internal := must(b.elb.CreateLoadBalancer(t.Context(), &elb.CreateLoadBalancerInput{
		Name: new("private"), Scheme: types.LoadBalancerSchemeEnumInternal, Subnets: []string{publicA, publicB},
	}))(b).LoadBalancers[0].LoadBalancerArn
	pools := &types.IpamPools{Ipv4IpamPoolId: new("ipam-pool-0a1b")}
	got := []string{}
	for _, in := range []elb.ModifyIpPoolsInput{
		{LoadBalancerArn: public, IpamPools: pools},
		{LoadBalancerArn: internal, IpamPools: pools},
		{LoadBalancerArn: public, IpamPools: &types.IpamPools{Ipv4IpamPoolId: new("pool-1")}},
		{LoadBalancerArn: public, IpamPools: pools, RemoveIpamPools: []types.RemoveIpamPoolEnum{types.RemoveIpamPoolEnumIpv4}},
	} {
		_, err := b.elb.ModifyIpPools(t.Context(), &in)
		got = append(got, codeOf(t, err))
	}
	if diff := cmp.Diff([]string{"", "InvalidConfigurationRequest", "ValidationError", "ValidationError"}, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	described := func() *types.IpamPools {
		return must(b.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{*public}}))(b).LoadBalancers[0].IpamPools
	}
	if diff := cmp.Diff(pools, described(), sdk); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	must(b.elb.ModifyIpPools(t.Context(), &elb.ModifyIpPoolsInput{LoadBalancerArn: public, RemoveIpamPools: []types.RemoveIpamPoolEnum{types.RemoveIpamPoolEnumIpv4}}))(b)
	if described() != nil {
		t.Errorf("removed: %+v", described())
	}
}
