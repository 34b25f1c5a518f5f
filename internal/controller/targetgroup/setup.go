package targetgroup

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/drive"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
)

// Setup adds the controller of TargetGroups to a manager. It reads the indexes that the controllers of ListenerRules and
// Listeners register.
func Setup(mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts) error {
	return drive.Setup(mgr, o, accounts, Kind())
}

// Kind of TargetGroups.
func Kind() drive.Kind[*albv1alpha1.TargetGroup] {
	return drive.Kind[*albv1alpha1.TargetGroup]{
		GVK: albv1alpha1.TargetGroupGroupVersionKind,
		New: func() *albv1alpha1.TargetGroup { return &albv1alpha1.TargetGroup{} },
		Connect: func(_ context.Context, a *aws.Account, _ client.Reader, _ *albv1alpha1.TargetGroup) (managed.TypedExternalClient[*albv1alpha1.TargetGroup], error) {
			return &connection{read: a.ELB, write: a.ELB, tags: tag.OfELB(a.ELB), vpc: a.VPCID, cluster: a.ClusterName}, nil
		},
		Holding: holding,
		Tags:    func(mg *albv1alpha1.TargetGroup) map[string]string { return mg.Spec.ForProvider.Tags },
		Watches: []drive.Watch{
			{Object: &albv1alpha1.ListenerRule{}, Map: leaving},
			{Object: &albv1alpha1.Listener{}, Map: leaving},
		},
	}
}
