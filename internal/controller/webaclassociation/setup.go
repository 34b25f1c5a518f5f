package webaclassociation

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/drive"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

// Setup adds the controller of WebACLAssociations to a manager.
func Setup(mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts) error {
	return drive.Setup(mgr, o, accounts, Kind())
}

// Kind of WebACLAssociations, for the engine.
func Kind() drive.Kind[*albv1alpha1.WebACLAssociation] {
	return drive.Kind[*albv1alpha1.WebACLAssociation]{
		GVK: albv1alpha1.WebACLAssociationGroupVersionKind,
		New: func() *albv1alpha1.WebACLAssociation { return &albv1alpha1.WebACLAssociation{} },
		Connect: func(_ context.Context, a *aws.Account, kube client.Reader, _ *albv1alpha1.WebACLAssociation) (managed.TypedExternalClient[*albv1alpha1.WebACLAssociation], error) {
			return &connection{kube: kube, waf: a.WAF}, nil
		},
		Waiting: waiting,
		Watches: []drive.Watch{{Object: &albv1alpha1.LoadBalancer{}, Map: of}},
		Indexes: []drive.Index[*albv1alpha1.WebACLAssociation]{{
			Field: reference.ByLoadBalancer,
			Values: func(mg *albv1alpha1.WebACLAssociation) []string {
				return reference.Names(mg.Spec.ForProvider.LoadBalancerRef)
			},
		}},
	}
}

// waiting for a load balancer that is active: AWS WAF finds no other.
func waiting(ctx context.Context, kube client.Reader, mg *albv1alpha1.WebACLAssociation) (string, error) {
	return reference.WaitingForActive(ctx, kube, loadBalancerOf(mg))
}

// of a load balancer that changed.
func of(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName {
	return reference.Wake(ctx, kube, &albv1alpha1.WebACLAssociationList{}, reference.To(changed.GetNamespace(), reference.ByLoadBalancer, changed.GetName())...)
}
