package listener

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

// Setup adds the controller of Listeners to a manager.
func Setup(mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts) error {
	return drive.Setup(mgr, o, accounts, Kind(mgr.GetAPIReader()))
}

// Kind of Listeners. secrets reads Secrets, and nothing from a cache.
func Kind(secrets client.Reader) drive.Kind[*albv1alpha1.Listener] {
	return drive.Kind[*albv1alpha1.Listener]{
		GVK: albv1alpha1.ListenerGroupVersionKind,
		New: func() *albv1alpha1.Listener { return &albv1alpha1.Listener{} },
		Connect: func(_ context.Context, a *aws.Account, kube client.Reader, mg *albv1alpha1.Listener) (managed.TypedExternalClient[*albv1alpha1.Listener], error) {
			return &connection{
				kube:    kube,
				actions: action.Resolver{Kube: kube, Secrets: secrets, Namespace: mg.GetNamespace()},
				read:    a.ELB, write: a.ELB, certificates: a.ELB, tags: tag.OfELB(a.ELB),
				cluster: a.ClusterName,
			}, nil
		},
		Waiting: waiting,
		Tags:    func(mg *albv1alpha1.Listener) map[string]string { return mg.Spec.ForProvider.Tags },
		Watches: []drive.Watch{
			{Object: &albv1alpha1.LoadBalancer{}, Map: referrers(reference.ByLoadBalancer)},
			{Object: &albv1alpha1.TargetGroup{}, Map: referrers(reference.ByTargetGroup)},
			{Object: &albv1alpha1.Certificate{}, Map: referrers(reference.ByCertificate)},
			{Object: &albv1alpha1.TrustStore{}, Map: referrers(reference.ByTrustStore)},
			{Object: lookup.Metadata("Secret"), Map: func(ctx context.Context, kube client.Reader, s client.Object) []types.NamespacedName {
				return reference.Wake(ctx, kube, &albv1alpha1.ListenerList{}, client.MatchingFields{reference.ByClientSecret: client.ObjectKeyFromObject(s).String()})
			}},
		},
		Indexes: []drive.Index[*albv1alpha1.Listener]{
			{Field: reference.ByClientSecret, Values: func(mg *albv1alpha1.Listener) []string {
				return lookup.Keys(action.ClientSecrets(mg.GetNamespace(), mg.Spec.ForProvider.DefaultActions))
			}},
			{Field: reference.ByLoadBalancer, Values: func(mg *albv1alpha1.Listener) []string {
				return reference.Names(mg.Spec.ForProvider.LoadBalancerRef)
			}},
			{Field: reference.ByTargetGroup, Values: func(mg *albv1alpha1.Listener) []string {
				return action.TargetGroups(mg.Spec.ForProvider.DefaultActions)
			}},
			{Field: reference.ByCertificate, Values: func(mg *albv1alpha1.Listener) []string {
				names := reference.Names(mg.Spec.ForProvider.CertificateRef)
				for _, r := range mg.Spec.ForProvider.SniCertificateRefs {
					names = append(names, r.Name)
				}
				return names
			}},
			{Field: reference.ByCertificateARN, Values: func(mg *albv1alpha1.Listener) []string { return mg.Status.AtProvider.CertificateARNs }},
			{Field: reference.ByTrustStore, Values: func(mg *albv1alpha1.Listener) []string {
				if m := mg.Spec.ForProvider.MutualAuthentication; m != nil {
					return reference.Names(m.TrustStoreRef)
				}
				return nil
			}},
			{Field: reference.ByTrustStoreARN, Values: func(mg *albv1alpha1.Listener) []string {
				if arn := mg.Status.AtProvider.TrustStoreARN; arn != "" {
					return []string{arn}
				}
				return nil
			}},
		},
	}
}

// referrers are the Listeners that refer to a changed object.
func referrers(index string) func(context.Context, client.Reader, client.Object) []types.NamespacedName {
	return func(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName {
		return reference.Wake(ctx, kube, &albv1alpha1.ListenerList{}, reference.To(changed.GetNamespace(), index, changed.GetName())...)
	}
}
