package loadbalancer

import (
	"context"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// subnets that the load balancer is to have: those that are given, those that a selector chooses, those that role tags make fit,
// or, in a VPC without such tags, those that the internet reaches, or does not, as the scheme says. What was once chosen stays as long as it fits: a new subnet in the VPC moves no load balancer.
func (e *external) subnets(ctx context.Context, mg *v1alpha1.LoadBalancer, lb *elbtypes.LoadBalancer) ([]string, error) {
	p := mg.Spec.ForProvider
	if len(p.Subnets) > 0 {
		return e.namedSubnets(ctx, p.Subnets)
	}
	if lb != nil && p.SubnetSelector == nil {
		return subnetsOf(lb), nil
	}
	all, err := e.account.EC2.Subnets(ctx, e.account.VPCID)
	if err != nil {
		return nil, errors.Wrap(err, "cannot get subnets")
	}
	r := requirement{vpc: e.account.VPCID, cluster: e.account.ClusterName, selector: p.SubnetSelector, dualstack: strings.HasPrefix(string(addressType(mg)), "dualstack")}
	if p.SubnetSelector == nil {
		r.role = roleTag(p.Scheme)
	}
	if r.role != "" && len(all) > 0 && !slices.ContainsFunc(all, r.selects) {
		tables, err := e.account.EC2.RouteTables(ctx, e.account.VPCID)
		if err != nil {
			return nil, errors.Wrap(err, "cannot tell public subnets from private ones, none of which has tag "+r.role)
		}
		r.reach = &reach{public: p.Scheme == string(elbtypes.LoadBalancerSchemeEnumInternetFacing), tables: tables}
	}
	if lb != nil && r.fits(all, subnetsOf(lb)) {
		return subnetsOf(lb), nil
	}
	return r.choose(all)
}

// namedSubnets are given by id or by Name tag.
func (e *external) namedSubnets(ctx context.Context, given []string) ([]string, error) {
	isID := func(s string) bool { return strings.HasPrefix(s, "subnet-") }
	var all []ec2types.Subnet
	if slices.ContainsFunc(given, func(s string) bool { return !isID(s) }) {
		var err error
		if all, err = e.account.EC2.Subnets(ctx, e.account.VPCID); err != nil {
			return nil, errors.Wrap(err, "cannot get subnets")
		}
	}
	var out []string
	for i, s := range given {
		if isID(s) {
			out = append(out, s)
			continue
		}
		id, problem := byName(all, s)
		if problem != "" {
			return nil, aws.Refuse("spec.forProvider.subnets[%d] is %q, and %s of VPC %s has that Name tag; give the id of a subnet", i, s, problem, e.account.VPCID)
		}
		out = append(out, id)
	}
	return out, nil
}

func byName(all []ec2types.Subnet, name string) (id, problem string) {
	for _, s := range all {
		if aws.EC2TagMap(s.Tags)["Name"] != name {
			continue
		}
		if id != "" {
			return "", "more than one subnet"
		}
		id = awssdk.ToString(s.SubnetId)
	}
	if id == "" {
		return "", "no subnet"
	}
	return id, ""
}

// securityGroups that the load balancer is to have, by id. None: AWS chooses, and the object does not manage them.
func (e *external) securityGroups(ctx context.Context, mg *v1alpha1.LoadBalancer) ([]string, error) {
	var out []string
	for _, ref := range mg.Spec.ForProvider.SecurityGroupRefs {
		sg := &v1alpha1.SecurityGroup{}
		if err := e.kube.Get(ctx, types.NamespacedName{Namespace: mg.GetNamespace(), Name: ref.Name}, sg); err != nil {
			return nil, errors.Wrapf(err, "cannot get SecurityGroup %s", ref.Name)
		}
		out = append(out, sg.Status.AtProvider.GroupID)
	}
	for i, s := range mg.Spec.ForProvider.SecurityGroups {
		if strings.HasPrefix(s, "sg-") {
			out = append(out, s)
			continue
		}
		g, err := e.account.EC2.SecurityGroupNamed(ctx, s, e.account.VPCID)
		if aws.IsNotFound(err) {
			return nil, aws.Refuse("spec.forProvider.securityGroups[%d] is %q, and VPC %s has no security group of that name; give the name or id of one", i, s, e.account.VPCID)
		}
		if err != nil {
			return nil, errors.Wrapf(err, "cannot get security group %q", s)
		}
		out = append(out, awssdk.ToString(g.GroupId))
	}
	return out, nil
}
