//go:build conformance

package conformance

import (
	"context"
	"fmt"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// adoptable is the DNS name of a load balancer that was made for the test GatewayStaticAddresses to adopt. Elsewhere than on a
// stack of our own it is empty, and whoever runs the suite names one by the flag -usable-address.
var adoptable string

// makeAdoptable makes a load balancer as a network team would, and allows that test's Gateway to adopt it.
func makeAdoptable(ctx context.Context, s *stack.Stack) (string, error) {
	cfg, err := s.AWS(ctx)
	if err != nil {
		return "", err
	}
	subnets, err := s.Subnets(ctx)
	if err != nil {
		return "", err
	}
	out, err := elbv2.NewFromConfig(cfg).CreateLoadBalancer(ctx, &elbv2.CreateLoadBalancerInput{
		Name: new("adoptable"), Scheme: types.LoadBalancerSchemeEnumInternetFacing, Subnets: subnets,
		Tags: []types.Tag{{
			Key:   new("alb.gateway.crossplane.io/adoptable-by"),
			Value: new(stack.ClusterName + "/gateway-conformance-infra/gateway-static-addresses"),
		}},
	})
	if err != nil {
		return "", fmt.Errorf("cannot make a load balancer to adopt: %w", err)
	}
	return *out.LoadBalancers[0].DNSName, nil
}
