package shieldprotection

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

// Setup adds the controller of ShieldProtections to a manager.
func Setup(mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts) error {
	return drive.Setup(mgr, o, accounts, Kind())
}

// Kind of ShieldProtections, for the engine.
func Kind() drive.Kind[*albv1alpha1.ShieldProtection] {
	return drive.Kind[*albv1alpha1.ShieldProtection]{
		GVK: albv1alpha1.ShieldProtectionGroupVersionKind,
		New: func() *albv1alpha1.ShieldProtection { return &albv1alpha1.ShieldProtection{} },
		Connect: func(_ context.Context, a *aws.Account, kube client.Reader, _ *albv1alpha1.ShieldProtection) (managed.TypedExternalClient[*albv1alpha1.ShieldProtection], error) {
			return &connection{kube: kube, shield: a.Shield, tags: a.Shield, cluster: a.ClusterName}, nil
		},
		Waiting: waiting,
		Tags:    func(mg *albv1alpha1.ShieldProtection) map[string]string { return mg.Spec.ForProvider.Tags },
		Watches: []drive.Watch{{Object: &albv1alpha1.LoadBalancer{}, Map: of}},
		Indexes: []drive.Index[*albv1alpha1.ShieldProtection]{{
			Field: reference.ByLoadBalancer,
			Values: func(mg *albv1alpha1.ShieldProtection) []string {
				return reference.Names(mg.Spec.ForProvider.LoadBalancerRef)
			},
		}},
	}
}

// waiting for a load balancer that is active: Shield protects what is there.
func waiting(ctx context.Context, kube client.Reader, mg *albv1alpha1.ShieldProtection) (string, error) {
	return reference.WaitingForActive(ctx, kube, loadBalancerOf(mg))
}

// of a load balancer that changed.
func of(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName {
	return reference.Wake(ctx, kube, &albv1alpha1.ShieldProtectionList{}, reference.To(changed.GetNamespace(), reference.ByLoadBalancer, changed.GetName())...)
}
