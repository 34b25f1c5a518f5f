package loadbalancer

import (
	"cmp"
	"context"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// States of a load balancer, as status.atProvider.state tells them.
const (
	stateProvisioning = string(elbtypes.LoadBalancerStateEnumProvisioning)
	stateImpaired     = string(elbtypes.LoadBalancerStateEnumActiveImpaired)
	stateActive       = string(elbtypes.LoadBalancerStateEnumActive)
)

// attributeProtection keeps a load balancer from being deleted.
const attributeProtection = "deletion_protection.enabled"

// An external is the load balancer of one object, for one reconcile.
type external struct {
	account *aws.Account
	kube    client.Reader

	// changes that Observe found to be due, for Update.
	changes []change
}

// A change is one call that brings the load balancer nearer to what it is to be.
type change struct {
	what        string
	differences difference.List // that it undoes
	make        func(context.Context) error
}

// nameOf the load balancer in AWS.
func nameOf(mg *v1alpha1.LoadBalancer) string {
	return cmp.Or(awssdk.ToString(mg.Spec.ForProvider.Name), mg.GetName())
}

// Observe the load balancer.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.LoadBalancer) (managed.ExternalObservation, error) {
	if mg.Spec.ForProvider.DNSName != nil {
		return e.observeAdopted(ctx, mg)
	}
	lb, adopted, err := e.find(ctx, mg)
	if aws.IsNotFound(err) {
		return managed.ExternalObservation{}, nil
	}
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	report(mg, lb)
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}, nil
	}
	if e.changes, err = e.due(ctx, mg, lb); err != nil {
		return managed.ExternalObservation{}, err
	}
	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        len(e.changes) == 0,
		ResourceLateInitialized: adopted,
		Diff:                    differences(e.changes).String(),
	}, nil
}

func differences(changes []change) difference.List {
	var out difference.List
	for _, c := range changes {
		out = append(out, c.differences...)
	}
	return out
}

// find the load balancer by its recorded ARN, else by its name. One that is found by name has to carry our tags; its ARN is
// then recorded.
func (e *external) find(ctx context.Context, mg *v1alpha1.LoadBalancer) (lb *elbtypes.LoadBalancer, adopted bool, err error) {
	if arn := meta.GetExternalName(mg); arn != "" {
		if !strings.HasPrefix(arn, "arn:") {
			return nil, false, aws.Refuse("annotation %s is %q; set it to the ARN of a load balancer, or remove it to have one made", meta.AnnotationKeyExternalName, arn)
		}
		lb, err := e.account.ELB.LoadBalancer(ctx, arn)
		if !aws.IsNotFound(err) {
			return lb, false, errors.Wrap(err, "cannot get load balancer")
		}
	}
	lb, err = e.account.ELB.LoadBalancer(ctx, nameOf(mg))
	if err != nil {
		return nil, false, errors.Wrap(err, "cannot get load balancer")
	}
	arn := awssdk.ToString(lb.LoadBalancerArn)
	tags, err := e.account.ELB.Tags(ctx, arn)
	if err != nil {
		return nil, false, errors.Wrap(err, "cannot get tags of load balancer")
	}
	if !aws.Owned(tags, aws.OwnerTags(e.account.ClusterName, mg)) {
		return nil, false, refuseForeign(mg, lb, tags)
	}
	meta.SetExternalName(mg, arn)
	return lb, true, nil
}

// refuseForeign: load balancers of others are not touched. To an object that is being deleted they are none of its business.
func refuseForeign(mg *v1alpha1.LoadBalancer, lb *elbtypes.LoadBalancer, tags map[string]string) error {
	if meta.WasDeleted(mg) {
		return aws.ErrNotFound
	}
	return aws.Foreign(aws.Resource{Kind: "load balancer", Name: nameOf(mg), ID: awssdk.ToString(lb.LoadBalancerArn), Tags: tags})
}

// report what AWS says of the load balancer.
func report(mg *v1alpha1.LoadBalancer, lb *elbtypes.LoadBalancer) {
	state, reason := "", ""
	if lb.State != nil {
		state, reason = string(lb.State.Code), awssdk.ToString(lb.State.Reason)
	}
	mg.Status.AtProvider = v1alpha1.LoadBalancerObservation{
		ARN:                   awssdk.ToString(lb.LoadBalancerArn),
		DNSName:               awssdk.ToString(lb.DNSName),
		CanonicalHostedZoneID: awssdk.ToString(lb.CanonicalHostedZoneId),
		Scheme:                string(lb.Scheme),
		State:                 state,
		VpcID:                 awssdk.ToString(lb.VpcId),
		Subnets:               subnetsOf(lb),
		SecurityGroups:        slices.Sorted(slices.Values(lb.SecurityGroups)),
	}
	mg.SetConditions(ready(state, reason))
}

func ready(state, reason string) xpv2.Condition {
	switch state {
	case stateActive:
		return xpv2.Available()
	case stateImpaired:
		return xpv2.Available().WithMessage(explain("AWS routes traffic, but cannot scale the load balancer out", reason))
	case stateProvisioning:
		return xpv2.Creating().WithMessage("AWS is provisioning the load balancer")
	}
	return xpv2.Unavailable().WithMessage(explain("AWS could not set up the load balancer; delete it in AWS to have it made anew", reason))
}

func explain(message, reason string) string {
	if reason == "" {
		return message
	}
	return message + " (" + reason + ")"
}

// subnetsOf a load balancer, in order.
func subnetsOf(lb *elbtypes.LoadBalancer) []string {
	var out []string
	for _, z := range lb.AvailabilityZones {
		out = append(out, awssdk.ToString(z.SubnetId))
	}
	slices.Sort(out)
	return out
}

// Create the load balancer. Its tags say whose it is from its first moment on, so that it is found again if its ARN is not
// recorded.
func (e *external) Create(ctx context.Context, mg *v1alpha1.LoadBalancer) (managed.ExternalCreation, error) {
	p := mg.Spec.ForProvider
	subnets, err := e.subnets(ctx, mg, nil)
	if err != nil {
		return managed.ExternalCreation{}, err
	}
	groups, err := e.securityGroups(ctx, mg)
	if err != nil {
		return managed.ExternalCreation{}, err
	}
	in := &elbv2.CreateLoadBalancerInput{
		Name:                  new(nameOf(mg)),
		Type:                  elbtypes.LoadBalancerTypeEnumApplication,
		Scheme:                elbtypes.LoadBalancerSchemeEnum(p.Scheme),
		IpAddressType:         elbtypes.IpAddressType(awssdk.ToString(p.IpAddressType)),
		Subnets:               subnets,
		SecurityGroups:        groups,
		CustomerOwnedIpv4Pool: p.CustomerOwnedIpv4Pool,
		Tags:                  aws.ELBTags(tag.Wanted(e.account.ClusterName, mg, p.Tags)),
	}
	if awssdk.ToString(p.Ipv4IpamPoolId) != "" {
		in.IpamPools = &elbtypes.IpamPools{Ipv4IpamPoolId: p.Ipv4IpamPoolId}
	}
	lb, err := e.account.ELB.CreateLoadBalancer(ctx, in)
	if err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot create load balancer")
	}
	meta.SetExternalName(mg, awssdk.ToString(lb.LoadBalancerArn))
	return managed.ExternalCreation{}, nil
}

// Update makes the changes that Observe found to be due; none if there is no load balancer. One that AWS refuses does not hold up
// the others.
func (e *external) Update(ctx context.Context, _ *v1alpha1.LoadBalancer) (managed.ExternalUpdate, error) {
	var failed error
	for _, c := range e.changes {
		if err := c.make(ctx); err != nil && failed == nil {
			failed = errors.Wrapf(err, "cannot set %s of load balancer", c.what)
		}
	}
	return managed.ExternalUpdate{}, failed
}

// Delete the load balancer, with its listeners and rules.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.LoadBalancer) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())
	arn := mg.Status.AtProvider.ARN
	err := e.delete(ctx, arn)
	if aws.IsProtected(err) {
		err = e.deleteProtected(ctx, mg, arn)
	}
	return managed.ExternalDelete{}, errors.Wrap(err, "cannot delete load balancer")
}

func (e *external) delete(ctx context.Context, arn string) error {
	return e.account.ELB.DeleteLoadBalancer(ctx, &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: &arn})
}

// deleteProtected deletes a load balancer under deletion protection if, and only if, its object says that it is not to be
// under deletion protection.
func (e *external) deleteProtected(ctx context.Context, mg *v1alpha1.LoadBalancer, arn string) error {
	off := v1alpha1.Attribute{Key: attributeProtection, Value: "false"}
	if !slices.Contains(mg.Spec.ForProvider.Attributes, off) {
		return aws.Refuse("load balancer %q is under deletion protection; to delete it, set attribute %s to \"false\" in spec.forProvider.attributes of LoadBalancer %s, or in its LoadBalancerConfiguration",
			nameOf(mg), attributeProtection, mg.GetName())
	}
	if err := e.setAttributes(ctx, arn, map[string]string{off.Key: off.Value}); err != nil {
		return err
	}
	return e.delete(ctx, arn)
}

// Disconnect from nothing.
func (e *external) Disconnect(context.Context) error { return nil }
