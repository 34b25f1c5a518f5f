package stack

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// MakeAdoptable makes a load balancer as a network team would, and returns its ARN and DNS name. A Gateway may adopt it if its
// namespace/name is given as gateway; an empty one lets nobody have it.
func (s *Stack) MakeAdoptable(ctx context.Context, name, gateway string) (arn, dnsName string, err error) {
	cfg, err := s.AWS(ctx)
	if err != nil {
		return "", "", err
	}
	world, err := s.World(ctx)
	if err != nil {
		return "", "", err
	}
	in := &elbv2.CreateLoadBalancerInput{
		Name: &name, Scheme: types.LoadBalancerSchemeEnumInternetFacing,
		Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("network")}},
	}
	for _, subnet := range world.Subnets {
		if subnet.Access == "public" {
			in.Subnets = append(in.Subnets, subnet.ID)
		}
	}
	if gateway != "" {
		in.Tags = append(in.Tags, types.Tag{Key: aws.String("alb.gateway.crossplane.io/adoptable-by"), Value: aws.String(ClusterName + "/" + gateway)})
	}
	out, err := elbv2.NewFromConfig(cfg).CreateLoadBalancer(ctx, in)
	if err != nil {
		return "", "", fmt.Errorf("cannot make load balancer %s: %w", name, err)
	}
	return aws.ToString(out.LoadBalancers[0].LoadBalancerArn), aws.ToString(out.LoadBalancers[0].DNSName), nil
}
