package loadbalancer

import (
	"context"
	"maps"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// attributesPerCall is ELBv2's limit on ModifyLoadBalancerAttributes.
const attributesPerCall = 20

// due are the changes that make the load balancer what it is to be. Only what the object sets is compared.
func (e *external) due(ctx context.Context, mg *v1alpha1.LoadBalancer, lb *elbtypes.LoadBalancer) ([]change, error) {
	if err := unchangeable(mg, lb); err != nil {
		return nil, err
	}
	var all []change
	for _, compare := range []func(context.Context, *v1alpha1.LoadBalancer, *elbtypes.LoadBalancer) ([]change, error){
		e.compareSubnets,
		e.compareSecurityGroups,
		e.compareAddresses,
		e.compareAttributes,
		e.compareCapacity,
		e.compareTags,
	} {
		changes, err := compare(ctx, mg, lb)
		if err != nil {
			return nil, err
		}
		all = append(all, changes...)
	}
	return all, nil
}

// unchangeable settings that differ can only be had by a new load balancer.
func unchangeable(mg *v1alpha1.LoadBalancer, lb *elbtypes.LoadBalancer) error {
	p := mg.Spec.ForProvider
	if lb.Type != "" && lb.Type != elbtypes.LoadBalancerTypeEnumApplication {
		return aws.Refuse("load balancer %q is of type %s, and a LoadBalancer is an Application Load Balancer; name another", awssdk.ToString(lb.LoadBalancerArn), lb.Type)
	}
	for _, s := range []struct{ field, want, have string }{
		{"scheme", p.Scheme, string(lb.Scheme)},
		{"customerOwnedIpv4Pool", awssdk.ToString(p.CustomerOwnedIpv4Pool), awssdk.ToString(lb.CustomerOwnedIpv4Pool)},
	} {
		if s.want != "" && s.want != s.have {
			return aws.Refuse("spec.forProvider.%s is %q, but that of load balancer %q is %q, which AWS cannot change; set it back, or make another LoadBalancer with another name",
				s.field, s.want, awssdk.ToString(lb.LoadBalancerName), s.have)
		}
	}
	return nil
}

func (e *external) compareSubnets(ctx context.Context, mg *v1alpha1.LoadBalancer, lb *elbtypes.LoadBalancer) ([]change, error) {
	want, err := e.subnets(ctx, mg, lb)
	if err != nil || sameSet(want, subnetsOf(lb)) {
		return nil, err
	}
	return []change{{what: "subnets", differences: difference.Sets("subnets", subnetsOf(lb), want), make: func(ctx context.Context) error {
		return e.account.ELB.SetSubnets(ctx, &elbv2.SetSubnetsInput{LoadBalancerArn: lb.LoadBalancerArn, Subnets: want, IpAddressType: addressType(mg)})
	}}}, nil
}

func (e *external) compareSecurityGroups(ctx context.Context, mg *v1alpha1.LoadBalancer, lb *elbtypes.LoadBalancer) ([]change, error) {
	want, err := e.securityGroups(ctx, mg)
	if err != nil || len(want) == 0 || sameSet(want, lb.SecurityGroups) {
		return nil, err
	}
	return []change{{what: "security groups", differences: difference.Sets("securityGroups", lb.SecurityGroups, want), make: func(ctx context.Context) error {
		return e.account.ELB.SetSecurityGroups(ctx, &elbv2.SetSecurityGroupsInput{LoadBalancerArn: lb.LoadBalancerArn, SecurityGroups: want})
	}}}, nil
}

func (e *external) compareAddresses(_ context.Context, mg *v1alpha1.LoadBalancer, lb *elbtypes.LoadBalancer) ([]change, error) {
	var changes []change
	if want := addressType(mg); want != "" && want != lb.IpAddressType {
		changes = append(changes, change{what: "IP address type", differences: difference.Setting("ipAddressType", &lb.IpAddressType, &want), make: func(ctx context.Context) error {
			return e.account.ELB.SetIpAddressType(ctx, &elbv2.SetIpAddressTypeInput{LoadBalancerArn: lb.LoadBalancerArn, IpAddressType: want})
		}})
	}
	have := ""
	if lb.IpamPools != nil {
		have = awssdk.ToString(lb.IpamPools.Ipv4IpamPoolId)
	}
	if want := mg.Spec.ForProvider.Ipv4IpamPoolId; want != nil && *want != have {
		in := &elbv2.ModifyIpPoolsInput{LoadBalancerArn: lb.LoadBalancerArn, IpamPools: &elbtypes.IpamPools{Ipv4IpamPoolId: want}}
		if *want == "" {
			in.IpamPools, in.RemoveIpamPools = nil, []elbtypes.RemoveIpamPoolEnum{elbtypes.RemoveIpamPoolEnumIpv4}
		}
		changes = append(changes, change{what: "IPAM pool", differences: difference.Setting("ipv4IpamPoolId", &have, want), make: func(ctx context.Context) error { return e.account.ELB.ModifyIpPools(ctx, in) }})
	}
	return changes, nil
}

func addressType(mg *v1alpha1.LoadBalancer) elbtypes.IpAddressType {
	return elbtypes.IpAddressType(awssdk.ToString(mg.Spec.ForProvider.IpAddressType))
}

func (e *external) compareAttributes(ctx context.Context, mg *v1alpha1.LoadBalancer, lb *elbtypes.LoadBalancer) ([]change, error) {
	want := map[string]string{}
	for _, a := range mg.Spec.ForProvider.Attributes {
		want[a.Key] = a.Value
	}
	if len(want) == 0 {
		return nil, nil
	}
	arn := awssdk.ToString(lb.LoadBalancerArn)
	have, err := e.account.ELB.LoadBalancerAttributes(ctx, arn)
	if err != nil {
		return nil, errors.Wrap(err, "cannot get attributes of load balancer")
	}
	missing := aws.Missing(have, want)
	if len(missing) == 0 {
		return nil, nil
	}
	was := maps.Clone(have)
	maps.DeleteFunc(was, func(k, _ string) bool { _, wrong := missing[k]; return !wrong })
	differences := difference.Maps(was, missing, difference.Keyed("attributes"))
	return []change{{what: "attributes", differences: differences, make: func(ctx context.Context) error { return e.setAttributes(ctx, arn, missing) }}}, nil
}

func (e *external) setAttributes(ctx context.Context, arn string, attributes map[string]string) error {
	for keys := range slices.Chunk(slices.Sorted(maps.Keys(attributes)), attributesPerCall) {
		in := &elbv2.ModifyLoadBalancerAttributesInput{LoadBalancerArn: &arn}
		for _, k := range keys {
			in.Attributes = append(in.Attributes, elbtypes.LoadBalancerAttribute{Key: new(k), Value: new(attributes[k])})
		}
		if err := e.account.ELB.ModifyLoadBalancerAttributes(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

func (e *external) compareCapacity(ctx context.Context, mg *v1alpha1.LoadBalancer, lb *elbtypes.LoadBalancer) ([]change, error) {
	want := mg.Spec.ForProvider.MinimumCapacityUnits
	if want == nil {
		return nil, nil
	}
	have, err := e.account.ELB.MinimumCapacity(ctx, awssdk.ToString(lb.LoadBalancerArn))
	if err != nil {
		return nil, errors.Wrap(err, "cannot get capacity of load balancer")
	}
	if have == *want {
		return nil, nil
	}
	in := &elbv2.ModifyCapacityReservationInput{LoadBalancerArn: lb.LoadBalancerArn}
	if *want == 0 {
		in.ResetCapacityReservation = new(true)
	} else {
		in.MinimumLoadBalancerCapacity = &elbtypes.MinimumLoadBalancerCapacity{CapacityUnits: want}
	}
	differences := difference.Setting("minimumCapacityUnits", &have, want)
	return []change{{what: "minimum capacity", differences: differences, make: func(ctx context.Context) error { return e.account.ELB.ModifyCapacityReservation(ctx, in) }}}, nil
}

// compareTags leaves tags alone that the object has not set.
func (e *external) compareTags(ctx context.Context, mg *v1alpha1.LoadBalancer, lb *elbtypes.LoadBalancer) ([]change, error) {
	have, err := e.account.ELB.Tags(ctx, awssdk.ToString(lb.LoadBalancerArn))
	if err != nil {
		return nil, errors.Wrap(err, "cannot get tags of load balancer")
	}
	tags := tag.Compare(mg, have, tag.Wanted(e.account.ClusterName, mg, mg.Spec.ForProvider.Tags))
	foreign.Report(mg, foreign.Find{Kind: "tags", Names: tags.Foreign})
	if tags.Empty() {
		return nil, nil
	}
	return []change{{what: "tags", differences: tags.Differences, make: func(ctx context.Context) error {
		return tags.Make(ctx, tag.OfELB(e.account.ELB), *lb.LoadBalancerArn)
	}}}, nil
}

// sameSet compares without regard to order, of which AWS gives none.
func sameSet(a, b []string) bool {
	sorted := func(in []string) []string { return slices.Compact(slices.Sorted(slices.Values(in))) }
	return slices.Equal(sorted(a), sorted(b))
}
