package truststore

import (
	"context"
	"time"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
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

// creating is how often a trust store is looked at that AWS is about to make.
const creating = 2 * time.Second

// Setup adds the controller of TrustStores to a manager. It reads the indexes that the controller of Listeners registers.
func Setup(mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts) error {
	return drive.Setup(mgr, o, accounts, Kind())
}

// Kind of TrustStores.
func Kind() drive.Kind[*albv1alpha1.TrustStore] {
	return drive.Kind[*albv1alpha1.TrustStore]{
		GVK: albv1alpha1.TrustStoreGroupVersionKind,
		New: func() *albv1alpha1.TrustStore { return &albv1alpha1.TrustStore{} },
		Connect: func(_ context.Context, a *aws.Account, _ client.Reader, _ *albv1alpha1.TrustStore) (managed.TypedExternalClient[*albv1alpha1.TrustStore], error) {
			return &connection{stores: a.ELB, tags: a.ELB, objects: a.S3, cluster: a.ClusterName}, nil
		},
		Tags:    func(mg *albv1alpha1.TrustStore) map[string]string { return mg.Spec.ForProvider.Tags },
		Holding: holding,
		Poll: func(mg *albv1alpha1.TrustStore) time.Duration {
			if mg.Status.AtProvider.Status == string(elbtypes.TrustStoreStatusCreating) {
				return creating
			}
			return 0
		},
		Watches: []drive.Watch{{Object: &albv1alpha1.Listener{}, Map: leaving}},
	}
}

// holding: AWS does not delete a trust store that a listener has (TrustStoreInUse).
func holding(ctx context.Context, kube client.Reader, mg *albv1alpha1.TrustStore) (string, error) {
	if mg.Status.AtProvider.ARN == "" {
		return "", nil
	}
	users, err := reference.Referrers(ctx, kube, &albv1alpha1.ListenerList{}, reference.To(mg.GetNamespace(), reference.ByTrustStoreARN, mg.Status.AtProvider.ARN)...)
	return reference.InUse("Listener", users), err
}

// leaving are the TrustStores of the namespace that are being deleted: a listener that changes may have let go of any of them.
func leaving(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName {
	return reference.Leaving(ctx, kube, &albv1alpha1.TrustStoreList{}, changed.GetNamespace())
}
