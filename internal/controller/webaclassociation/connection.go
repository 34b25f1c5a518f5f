package webaclassociation

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// firewall of an account.
type firewall interface {
	WebACL(ctx context.Context, resource string) (string, error)
	AssociateWebACL(ctx context.Context, resource, acl string) error
	DisassociateWebACL(ctx context.Context, resource string) error
}

// A connection is the client of one WebACLAssociation, for one reconcile.
type connection struct {
	kube client.Reader
	waf  firewall
}

func loadBalancerOf(mg *albv1alpha1.WebACLAssociation) reference.From {
	return reference.From{Namespace: mg.GetNamespace(), Ref: mg.Spec.ForProvider.LoadBalancerRef, ARN: mg.Spec.ForProvider.ResourceArn}
}

// Observe the association. It goes with its load balancer, so an object without one has nothing to ask AWS for.
func (e *connection) Observe(ctx context.Context, mg *albv1alpha1.WebACLAssociation) (managed.ExternalObservation, error) {
	lb, err := reference.LoadBalancer(ctx, e.kube, loadBalancerOf(mg))
	if err != nil || lb.Gone() || lb.ARN == "" {
		return managed.ExternalObservation{}, err
	}
	acl, err := e.waf.WebACL(ctx, lb.ARN)
	if aws.IsNotFound(err) {
		return managed.ExternalObservation{}, nil
	}
	if err != nil {
		return managed.ExternalObservation{}, errors.Wrap(err, "cannot get the web ACL of load balancer")
	}
	adopted := meta.GetExternalName(mg) != lb.ARN
	mg.Status.AtProvider = albv1alpha1.WebACLAssociationObservation{ResourceARN: lb.ARN, WebACLARN: acl}
	want := mg.Spec.ForProvider.WebACLArn
	if acl == "" || meta.WasDeleted(mg) && acl != want { // Another that somebody has put there since is not this object's to remove.
		return managed.ExternalObservation{}, nil
	}
	meta.SetExternalName(mg, lb.ARN)
	if acl != want {
		mg.SetConditions(xpv2.Creating().WithMessage("The load balancer is behind another web ACL"))
		return managed.ExternalObservation{ResourceExists: true, ResourceLateInitialized: adopted, Diff: difference.Setting("webACLArn", &acl, &want).String()}, nil
	}
	mg.SetConditions(xpv2.Available())
	return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: adopted}, nil
}

// Create the association.
func (e *connection) Create(ctx context.Context, mg *albv1alpha1.WebACLAssociation) (managed.ExternalCreation, error) {
	arn, err := e.associate(ctx, mg)
	if err == nil {
		meta.SetExternalName(mg, arn)
	}
	return managed.ExternalCreation{}, err
}

// Update puts the web ACL in the place of the one that is there, so that the load balancer is never without.
func (e *connection) Update(ctx context.Context, mg *albv1alpha1.WebACLAssociation) (managed.ExternalUpdate, error) {
	_, err := e.associate(ctx, mg)
	return managed.ExternalUpdate{}, err
}

func (e *connection) associate(ctx context.Context, mg *albv1alpha1.WebACLAssociation) (string, error) {
	lb, err := reference.LoadBalancer(ctx, e.kube, loadBalancerOf(mg))
	if err != nil {
		return "", err
	}
	acl := mg.Spec.ForProvider.WebACLArn
	err = e.waf.AssociateWebACL(ctx, lb.ARN, acl)
	if aws.IsNotFound(err) {
		return "", aws.Refuse("web ACL %q does not exist; give the ARN of a regional web ACL in the load balancer's region and account", acl)
	}
	return lb.ARN, errors.Wrapf(err, "cannot associate web ACL %q with load balancer", acl)
}

// Delete the association.
func (e *connection) Delete(ctx context.Context, mg *albv1alpha1.WebACLAssociation) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())
	err := e.waf.DisassociateWebACL(ctx, mg.Status.AtProvider.ResourceARN)
	if aws.IsNotFound(err) {
		err = nil
	}
	return managed.ExternalDelete{}, errors.Wrap(err, "cannot disassociate web ACL from load balancer")
}

// Disconnect has nothing to close: connections belong to the account.
func (e *connection) Disconnect(context.Context) error { return nil }
