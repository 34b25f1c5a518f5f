package simulator_test

import (
	"net/netip"
	"testing"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

// API reference, CreateLoadBalancer, IpAddressType: dual-stack load balancers need IPv6 in each of their subnets.
func TestDualstackNeedsIPv6(t *testing.T) {
	world := ec2.DefaultWorld("us-east-1")
	world.Subnets[2].IPv6 = netip.Prefix{}
	opts := quick()
	opts.World.Network = &world
	b := newBench(t, opts)
	without := world.Subnets[2].ID
	create := func(name string, kind types.IpAddressType, subnets ...string) string {
		_, err := b.elb.CreateLoadBalancer(t.Context(), &elb.CreateLoadBalancerInput{Name: &name, IpAddressType: kind, Subnets: subnets})
		return codeOf(t, err)
	}
	got := []string{
		create("both", types.IpAddressTypeDualstack, publicA, world.Subnets[4].ID), create("half", types.IpAddressTypeDualstack, publicA, without),
		create("public6", types.IpAddressTypeDualstackWithoutPublicIpv4, publicA, without), create("v4", types.IpAddressTypeIpv4, publicA, without),
	}
	if diff := cmp.Diff([]string{"", "ValidationError", "ValidationError", ""}, got); diff != "" {
		t.Errorf("create: -want, +got:\n%s", diff)
	}
	balancer := func(name string) *string {
		return must(b.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{Names: []string{name}}))(b).LoadBalancers[0].LoadBalancerArn
	}
	_, err := b.elb.SetIpAddressType(t.Context(), &elb.SetIpAddressTypeInput{LoadBalancerArn: balancer("v4"), IpAddressType: types.IpAddressTypeDualstack})
	if codeOf(t, err) != "ValidationError" {
		t.Errorf("SetIpAddressType: want ValidationError, got %v", err)
	}
	_, err = b.elb.SetSubnets(t.Context(), &elb.SetSubnetsInput{LoadBalancerArn: balancer("both"), Subnets: []string{publicA, without}})
	if codeOf(t, err) != "ValidationError" {
		t.Errorf("SetSubnets: want ValidationError, got %v", err)
	}
}
