package action

import (
	"cmp"
	"context"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/oidc"
)

// ClientSecrets with the clients of identity providers that actions of an object in a namespace name.
func ClientSecrets(namespace string, actions []albv1alpha1.Action) []types.NamespacedName {
	var out []types.NamespacedName
	for i := range actions {
		if config := actions[i].AuthenticateOidcConfig; config != nil {
			out = append(out, types.NamespacedName{Namespace: cmp.Or(config.ClientSecretRef.Namespace, namespace), Name: config.ClientSecretRef.Name})
		}
	}
	return out
}

// client that an action names, and the version of its Secret.
func (r Resolver) client(ctx context.Context, config albv1alpha1.AuthenticateOidcActionConfig) (oidc.Client, string, error) {
	ref := config.ClientSecretRef
	key := types.NamespacedName{Namespace: cmp.Or(ref.Namespace, r.Namespace), Name: ref.Name}
	if err := r.permitted(ctx, key, config); err != nil {
		return oidc.Client{}, "", err
	}
	secret := &corev1.Secret{}
	err := r.Secrets.Get(ctx, key, secret)
	if kerrors.IsNotFound(err) {
		return oidc.Client{}, "", aws.Refuse("clientSecretRef: Secret %q is not there; create it with the keys %s and %s", key, oidc.KeyID, oidc.KeySecret)
	}
	if err != nil {
		return oidc.Client{}, "", errors.Wrapf(err, "cannot get Secret %q", key)
	}
	c, err := oidc.Parse(secret)
	if err != nil {
		return oidc.Client{}, "", aws.Refuse("clientSecretRef: Secret %q %s", key, err)
	}
	return c, string(secret.GetUID()) + "/" + secret.GetResourceVersion(), nil
}

// permitted says why a Secret may not be used. One of the object's own namespace may. One of another must be lent by a
// ListenerRuleConfiguration beside it, for the same identity provider: whoever may write rules may not thereby send the secrets of
// others to where they like.
func (r Resolver) permitted(ctx context.Context, secret types.NamespacedName, config albv1alpha1.AuthenticateOidcActionConfig) error {
	if secret.Namespace == r.Namespace {
		return nil
	}
	l := &gwcfgv1.ListenerRuleConfigurationList{}
	err := r.Kube.List(ctx, l, client.InNamespace(secret.Namespace))
	if err != nil && !meta.IsNoMatchError(err) {
		return errors.Wrapf(err, "cannot list ListenerRuleConfigurations of namespace %q", secret.Namespace)
	}
	for i := range l.Items {
		if slices.ContainsFunc(l.Items[i].Spec.Actions, func(a gwcfgv1.Action) bool { return lends(a.AuthenticateOIDCConfig, config) }) {
			return nil
		}
	}
	return aws.Refuse("clientSecretRef names a Secret in namespace %q, and no ListenerRuleConfiguration there authenticates by this Secret with this issuer and these endpoints; it must be in namespace %q, or there has to be one",
		secret.Namespace, r.Namespace)
}

func lends(theirs *gwcfgv1.AuthenticateOIDCActionConfig, ours albv1alpha1.AuthenticateOidcActionConfig) bool {
	return theirs != nil && theirs.Secret.Name == ours.ClientSecretRef.Name && theirs.Issuer == ours.Issuer &&
		theirs.AuthorizationEndpoint == ours.AuthorizationEndpoint && theirs.TokenEndpoint == ours.TokenEndpoint && theirs.UserInfoEndpoint == ours.UserInfoEndpoint
}
