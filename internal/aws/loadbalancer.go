package aws

import (
	"context"
	"slices"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// newborn is how recently a load balancer must have been created for a CreateLoadBalancer to have created it, and not to
// have found it: AWS answers both alike.
const newborn = 30 * time.Second

// LoadBalancer by name, ARN or DNS name.
func (e *ELB) LoadBalancer(ctx context.Context, name string) (*types.LoadBalancer, error) {
	if e.isGone(name) {
		return nil, absent("load balancer", name)
	}
	is := func(lb types.LoadBalancer) bool {
		return matches(name, lb.LoadBalancerName, lb.LoadBalancerArn) || strings.EqualFold(name, awssdk.ToString(lb.DNSName))
	}
	all, err := e.balancers.get(ctx, question[[]types.LoadBalancer]{
		key: everything,
		age: func(all []types.LoadBalancer) time.Duration {
			if i := slices.IndexFunc(all, is); i >= 0 && isProvisioning(all[i]) {
				return e.ages.Provisioning
			}
			return listingAge(e.ages.Listing, len(all))
		},
		read: e.readLoadBalancers,
	})
	if err != nil {
		return nil, err
	}
	return find(all, is, "load balancer", name)
}

func isProvisioning(lb types.LoadBalancer) bool {
	return lb.State != nil && lb.State.Code == types.LoadBalancerStateEnumProvisioning
}

func (e *ELB) readLoadBalancers(ctx context.Context) ([]types.LoadBalancer, error) {
	return collect(func(marker *string) ([]types.LoadBalancer, *string, error) {
		out, err := do(ctx, e.api.DescribeLoadBalancers, &elbv2.DescribeLoadBalancersInput{Marker: marker, PageSize: new(int32(pageSize))})
		if err != nil {
			return nil, nil, err
		}
		return out.LoadBalancers, out.NextMarker, nil
	})
}

// CreateLoadBalancer makes a load balancer, or returns the one with the same name and settings.
func (e *ELB) CreateLoadBalancer(ctx context.Context, in *elbv2.CreateLoadBalancerInput) (*types.LoadBalancer, error) {
	out, err := do(ctx, e.api.CreateLoadBalancer, in)
	e.edited(err, e.balancers.expire, everything)
	if err != nil {
		return nil, err
	}
	lb := first(out.LoadBalancers)
	arn := awssdk.ToString(lb.LoadBalancerArn)
	e.balancers.edit(everything, func(all []types.LoadBalancer) []types.LoadBalancer {
		return insert(all, lb, func(o types.LoadBalancer) bool { return same(o.LoadBalancerArn, arn) })
	})
	if lb.CreatedTime != nil && time.Since(*lb.CreatedTime) < newborn {
		e.listeners.put(arn, nil)
		e.tags.put(arn, ELBTagMap(in.Tags))
	}
	return &lb, nil
}

// DeleteLoadBalancer with its listeners and their rules. One that does not exist is no error.
func (e *ELB) DeleteLoadBalancer(ctx context.Context, in *elbv2.DeleteLoadBalancerInput) error {
	arn := awssdk.ToString(in.LoadBalancerArn)
	_, err := do(ctx, e.api.DeleteLoadBalancer, in)
	e.edited(err, e.balancers.expire, everything)
	if err != nil {
		return err
	}
	e.gone.Store(arn, true)
	e.balancers.edit(everything, func(all []types.LoadBalancer) []types.LoadBalancer {
		return remove(all, func(o types.LoadBalancer) bool { return same(o.LoadBalancerArn, arn) })
	})
	listeners, _ := e.listeners.peek(arn, e.ages.Detail)
	for _, l := range listeners {
		e.forgetListener(awssdk.ToString(l.ListenerArn))
	}
	e.listeners.drop(arn)
	e.tags.drop(arn)
	e.attributes.drop(arn)
	e.capacity.drop(arn)
	return nil
}

// changeLoadBalancer in what is remembered.
func (e *ELB) changeLoadBalancer(err error, arn string, change func(*types.LoadBalancer)) {
	e.edited(err, e.balancers.expire, everything)
	if err != nil {
		return
	}
	e.balancers.edit(everything, func(all []types.LoadBalancer) []types.LoadBalancer {
		all = slices.Clone(all)
		for i := range all {
			if same(all[i].LoadBalancerArn, arn) {
				change(&all[i])
			}
		}
		return all
	})
}

// SetSubnets of a load balancer: all of them.
func (e *ELB) SetSubnets(ctx context.Context, in *elbv2.SetSubnetsInput) error {
	out, err := do(ctx, e.api.SetSubnets, in)
	e.changeLoadBalancer(err, awssdk.ToString(in.LoadBalancerArn), func(lb *types.LoadBalancer) { lb.AvailabilityZones = out.AvailabilityZones })
	return err
}

// SetSecurityGroups of a load balancer: all of them.
func (e *ELB) SetSecurityGroups(ctx context.Context, in *elbv2.SetSecurityGroupsInput) error {
	out, err := do(ctx, e.api.SetSecurityGroups, in)
	e.changeLoadBalancer(err, awssdk.ToString(in.LoadBalancerArn), func(lb *types.LoadBalancer) { lb.SecurityGroups = out.SecurityGroupIds })
	return err
}

// SetIpAddressType of a load balancer.
func (e *ELB) SetIpAddressType(ctx context.Context, in *elbv2.SetIpAddressTypeInput) error {
	_, err := do(ctx, e.api.SetIpAddressType, in)
	e.changeLoadBalancer(err, awssdk.ToString(in.LoadBalancerArn), func(lb *types.LoadBalancer) { lb.IpAddressType = in.IpAddressType })
	return err
}

// ModifyIpPools of a load balancer.
func (e *ELB) ModifyIpPools(ctx context.Context, in *elbv2.ModifyIpPoolsInput) error {
	out, err := do(ctx, e.api.ModifyIpPools, in)
	e.changeLoadBalancer(err, awssdk.ToString(in.LoadBalancerArn), func(lb *types.LoadBalancer) { lb.IpamPools = out.IpamPools })
	return err
}

// MinimumCapacity is the number of capacity units that a load balancer has reserved; 0 is none.
func (e *ELB) MinimumCapacity(ctx context.Context, loadBalancerARN string) (int32, error) {
	return e.capacity.get(ctx, question[int32]{
		key: loadBalancerARN,
		age: upTo[int32](e.ages.Detail),
		read: func(ctx context.Context) (int32, error) {
			out, err := do(ctx, e.api.DescribeCapacityReservation, &elbv2.DescribeCapacityReservationInput{LoadBalancerArn: &loadBalancerARN})
			if err != nil || out.MinimumLoadBalancerCapacity == nil {
				return 0, err
			}
			return awssdk.ToInt32(out.MinimumLoadBalancerCapacity.CapacityUnits), nil
		},
	})
}

// ModifyCapacityReservation of a load balancer.
func (e *ELB) ModifyCapacityReservation(ctx context.Context, in *elbv2.ModifyCapacityReservationInput) error {
	_, err := do(ctx, e.api.ModifyCapacityReservation, in)
	e.capacity.expire(awssdk.ToString(in.LoadBalancerArn))
	return err
}
