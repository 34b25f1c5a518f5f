package certificate

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/drive"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

// The field indexes of Certificates: by their Secret, as "namespace/name", and by a namespace other than their own that it is in.
const (
	bySecret          = "certificate.secret"
	bySecretNamespace = "certificate.secretNamespace"
)

// Setup adds the controller of Certificates to a manager. It reads the indexes that the controller of Listeners registers.
func Setup(mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts) error {
	return drive.Setup(mgr, o, accounts, Kind(mgr.GetAPIReader()))
}

// Kind of Certificates. secrets reads Secrets, and nothing from a cache.
func Kind(secrets client.Reader) drive.Kind[*albv1alpha1.Certificate] {
	return drive.Kind[*albv1alpha1.Certificate]{
		GVK: albv1alpha1.CertificateGroupVersionKind,
		New: func() *albv1alpha1.Certificate { return &albv1alpha1.Certificate{} },
		Connect: func(_ context.Context, a *aws.Account, _ client.Reader, _ *albv1alpha1.Certificate) (managed.TypedExternalClient[*albv1alpha1.Certificate], error) {
			return &connection{acm: a.ACM, secrets: secrets, cluster: a.ClusterName}, nil
		},
		Tags:    func(mg *albv1alpha1.Certificate) map[string]string { return mg.Spec.ForProvider.Tags },
		Waiting: waiting,
		Holding: holding,
		Watches: []drive.Watch{
			{Object: &albv1alpha1.Listener{}, Map: leaving},
			{Object: lookup.Metadata("Secret"), Map: ofSecret},
			{Object: &gatewayv1.ReferenceGrant{}, Map: ofGrant},
		},
		Indexes: []drive.Index[*albv1alpha1.Certificate]{
			{Field: bySecret, Values: func(mg *albv1alpha1.Certificate) []string { return []string{secretOf(mg).String()} }},
			{Field: bySecretNamespace, Values: func(mg *albv1alpha1.Certificate) []string {
				if ns := secretOf(mg).Namespace; ns != mg.GetNamespace() {
					return []string{ns}
				}
				return nil
			}},
		},
	}
}

// holding: ACM does not delete a certificate that a listener has (ResourceInUseException).
func holding(ctx context.Context, kube client.Reader, mg *albv1alpha1.Certificate) (string, error) {
	if mg.Status.AtProvider.ARN == "" {
		return "", nil
	}
	users, err := reference.Referrers(ctx, kube, &albv1alpha1.ListenerList{}, reference.To(mg.GetNamespace(), reference.ByCertificateARN, mg.Status.AtProvider.ARN)...)
	return reference.InUse("Listener", users), err
}

// leaving are the Certificates of the namespace that are being deleted: a listener that changes may have let go of any of them.
func leaving(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName {
	return reference.Leaving(ctx, kube, &albv1alpha1.CertificateList{}, changed.GetNamespace())
}

func ofSecret(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName {
	return reference.Wake(ctx, kube, &albv1alpha1.CertificateList{}, client.MatchingFields{bySecret: client.ObjectKeyFromObject(changed).String()})
}

func ofGrant(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName {
	return reference.Wake(ctx, kube, &albv1alpha1.CertificateList{}, client.MatchingFields{bySecretNamespace: changed.GetNamespace()})
}
