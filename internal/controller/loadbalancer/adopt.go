package loadbalancer

import (
	"context"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// observeAdopted reads a load balancer that is somebody else's. It is always as it should be, as nothing of it is ours to set,
// and to an object that is being deleted it is not there, so that nobody deletes it. While it may not be adopted, nothing is
// known of it: what was made on it stays, and nothing is added.
func (e *external) observeAdopted(ctx context.Context, mg *v1alpha1.LoadBalancer) (managed.ExternalObservation, error) {
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{}, nil
	}
	lb, err := e.adoptable(ctx, mg)
	if aws.IsRefused(err) {
		mg.Status.AtProvider = v1alpha1.LoadBalancerObservation{}
		mg.SetConditions(xpv2.Unavailable())
	}
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	report(mg, lb)
	return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}, nil
}

// adoptable is the load balancer that the object names, if its owner lets the object have it.
func (e *external) adoptable(ctx context.Context, mg *v1alpha1.LoadBalancer) (*elbtypes.LoadBalancer, error) {
	name := *mg.Spec.ForProvider.DNSName
	lb, err := e.account.ELB.LoadBalancer(ctx, name)
	if aws.IsNotFound(err) {
		return nil, aws.Refuse("no load balancer of the account and region has DNS name %q; name one that is there", name)
	}
	if err != nil {
		return nil, errors.Wrap(err, "cannot get load balancer")
	}
	if lb.Type != elbtypes.LoadBalancerTypeEnumApplication {
		return nil, aws.Refuse("load balancer %q is of type %s; name an Application Load Balancer", name, lb.Type)
	}
	arn := awssdk.ToString(lb.LoadBalancerArn)
	tags, err := e.account.ELB.Tags(ctx, arn)
	if err != nil {
		return nil, errors.Wrap(err, "cannot get tags of load balancer")
	}
	return lb, aws.MayAdopt(aws.Resource{Kind: "load balancer", Name: name, ID: arn, Tags: tags}, aws.Adopter(e.account.ClusterName, mg))
}
