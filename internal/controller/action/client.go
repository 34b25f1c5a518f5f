package action

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// The keys of a Secret with an identity provider's client. clientId is the older spelling of AWS Load Balancer Controller.
const (
	keyID     = "clientID"
	keyOldID  = "clientId"
	keySecret = "clientSecret"
)

// An oidcClient is known to an identity provider. Its secret goes to AWS and nowhere else: not into a status, message or log.
type oidcClient struct{ ID, Secret string }

// client that a reference names, in the object's own namespace: whoever may write a rule there may not thereby use the
// Secrets of others.
func (r Resolver) client(ctx context.Context, ref albv1alpha1.SecretReference) (oidcClient, error) {
	if ref.Namespace != "" && ref.Namespace != r.Namespace {
		return oidcClient{}, aws.Refuse("clientSecretRef names a Secret in namespace %q; it must be in namespace %q, with the object that names it", ref.Namespace, r.Namespace)
	}
	secret := &corev1.Secret{}
	err := r.Secrets.Get(ctx, types.NamespacedName{Namespace: r.Namespace, Name: ref.Name}, secret)
	if kerrors.IsNotFound(err) {
		return oidcClient{}, aws.Refuse("clientSecretRef: Secret %q is not there; create it with the keys %s and %s", ref.Name, keyID, keySecret)
	}
	if err != nil {
		return oidcClient{}, errors.Wrapf(err, "cannot get Secret %q", ref.Name)
	}
	id := secret.Data[keyID]
	if len(id) == 0 {
		id = secret.Data[keyOldID]
	}
	if len(id) == 0 || len(secret.Data[keySecret]) == 0 {
		return oidcClient{}, aws.Refuse("clientSecretRef: Secret %q must have the keys %s and %s", ref.Name, keyID, keySecret)
	}
	return oidcClient{ID: string(id), Secret: string(secret.Data[keySecret])}, nil
}
