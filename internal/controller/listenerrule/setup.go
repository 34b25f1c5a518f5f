package listenerrule

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/action"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/drive"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
)

// Setup adds the controller of ListenerRules to a manager.
func Setup(mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts) error {
	return drive.Setup(mgr, o, accounts, Kind(mgr.GetAPIReader()))
}

// Kind of ListenerRules. secrets reads Secrets, and nothing from a cache.
func Kind(secrets client.Reader) drive.Kind[*albv1alpha1.ListenerRule] {
	turns := newTurns()
	return drive.Kind[*albv1alpha1.ListenerRule]{
		GVK: albv1alpha1.ListenerRuleGroupVersionKind,
		New: func() *albv1alpha1.ListenerRule { return &albv1alpha1.ListenerRule{} },
		Connect: func(_ context.Context, a *aws.Account, kube client.Reader, mg *albv1alpha1.ListenerRule) (managed.TypedExternalClient[*albv1alpha1.ListenerRule], error) {
			return &connection{
				kube:    kube,
				actions: action.Resolver{Kube: kube, Secrets: secrets, Namespace: mg.GetNamespace()},
				read:    a.ELB, write: a.ELB, tags: tag.OfELB(a.ELB),
				turns: turns, cluster: a.ClusterName,
			}, nil
		},
		Waiting: waiting,
		Tags:    func(mg *albv1alpha1.ListenerRule) map[string]string { return mg.Spec.ForProvider.Tags },
		Watches: []drive.Watch{
			{Object: &albv1alpha1.Listener{}, Map: func(ctx context.Context, kube client.Reader, l client.Object) []types.NamespacedName {
				return referrers(ctx, kube, reference.To(l.GetNamespace(), reference.ByListener, l.GetName()))
			}},
			{Object: &albv1alpha1.TargetGroup{}, Map: func(ctx context.Context, kube client.Reader, g client.Object) []types.NamespacedName {
				return referrers(ctx, kube, reference.To(g.GetNamespace(), reference.ByTargetGroup, g.GetName()))
			}},
			{Object: &albv1alpha1.TargetGroupBinding{}, Map: ofBinding},
			{Object: lookup.Metadata("Secret"), Map: func(ctx context.Context, kube client.Reader, s client.Object) []types.NamespacedName {
				return referrers(ctx, kube, []client.ListOption{client.MatchingFields{reference.ByClientSecret: client.ObjectKeyFromObject(s).String()}})
			}},
		},
		Indexes: []drive.Index[*albv1alpha1.ListenerRule]{
			{Field: reference.ByClientSecret, Values: func(mg *albv1alpha1.ListenerRule) []string {
				return lookup.Keys(action.ClientSecrets(mg.GetNamespace(), mg.Spec.ForProvider.Actions))
			}},
			{Field: reference.ByListener, Values: func(mg *albv1alpha1.ListenerRule) []string {
				return reference.Names(mg.Spec.ForProvider.ListenerRef)
			}},
			{Field: reference.ByTargetGroup, Values: func(mg *albv1alpha1.ListenerRule) []string {
				return action.TargetGroups(mg.Spec.ForProvider.Actions)
			}},
			{Field: reference.ByTargetGroupARN, Values: func(mg *albv1alpha1.ListenerRule) []string {
				return mg.Status.AtProvider.TargetGroupARNs
			}},
		},
	}
}

// ofBinding are the ListenerRules that forward to the target group that a binding registers targets in.
func ofBinding(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName {
	b, ok := changed.(*albv1alpha1.TargetGroupBinding)
	if !ok || b.Spec.ForProvider.TargetGroupRef == nil {
		return nil
	}
	return referrers(ctx, kube, reference.To(b.GetNamespace(), reference.ByTargetGroup, b.Spec.ForProvider.TargetGroupRef.Name))
}

func referrers(ctx context.Context, kube client.Reader, query []client.ListOption) []types.NamespacedName {
	return reference.Wake(ctx, kube, &albv1alpha1.ListenerRuleList{}, query...)
}
