package certificate

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/keypair"
)

func secretOf(mg *albv1alpha1.Certificate) types.NamespacedName {
	ref := mg.Spec.ForProvider.SecretRef
	return types.NamespacedName{Namespace: cmp.Or(ref.Namespace, mg.GetNamespace()), Name: ref.Name}
}

// waiting for leave to refer to a Secret of another namespace. Without it, whoever may make a Certificate could serve with any
// key of the cluster. A Certificate that is made for a Gateway has the Gateway's leave, and that of its ListenerSets.
func waiting(ctx context.Context, kube client.Reader, mg *albv1alpha1.Certificate) (string, error) {
	secret := secretOf(mg)
	if secret.Namespace == mg.GetNamespace() {
		return "", nil
	}
	list := &gatewayv1.ReferenceGrantList{}
	if err := kube.List(ctx, list, client.InNamespace(secret.Namespace)); err != nil {
		return "", errors.Wrapf(err, "cannot list ReferenceGrants of namespace %q", secret.Namespace)
	}
	for i := range list.Items {
		if grants(list.Items[i].Spec, mg.GetNamespace(), secret.Name) {
			return "", nil
		}
	}
	if lent, err := lent(ctx, kube, mg.GetNamespace(), secret, list.Items); err != nil || lent {
		return "", err
	}
	return fmt.Sprintf("No ReferenceGrant in namespace %q lets a Certificate of namespace %q refer to Secret %q; create one", secret.Namespace, mg.GetNamespace(), secret.Name), nil
}

// lent says whether a ListenerSet that may refer to the Secret does so for a Gateway of the namespace: one of the Secret's own
// namespace, or of one that has a grant. Nobody need be woken for it, as a Gateway makes no Certificate before it knows the set.
func lent(ctx context.Context, kube client.Reader, to string, secret types.NamespacedName, grants []gatewayv1.ReferenceGrant) (bool, error) {
	from := []string{secret.Namespace}
	for i := range grants {
		from = append(from, borrowers(grants[i].Spec, secret.Name)...)
	}
	for _, namespace := range from {
		sets := &gatewayv1.ListenerSetList{}
		err := kube.List(ctx, sets, client.InNamespace(namespace))
		if meta.IsNoMatchError(err) {
			return false, nil // The cluster does not know the kind.
		}
		if err != nil {
			return false, errors.Wrapf(err, "cannot list ListenerSets of namespace %q", namespace)
		}
		for i := range sets.Items {
			parents := lookup.Parent(&sets.Items[i])
			if len(parents) == 1 && parents[0].Namespace == to && slices.Contains(lookup.Secrets(&sets.Items[i]), secret) {
				return true, nil
			}
		}
	}
	return false, nil
}

// borrowers are the namespaces of ListenerSets that a grant lets refer to a Secret.
func borrowers(g gatewayv1.ReferenceGrantSpec, secret string) []string {
	var out []string
	for _, f := range g.From {
		if f.Group == gatewayv1.GroupName && f.Kind == "ListenerSet" && grants(g, string(f.Namespace), secret) {
			out = append(out, string(f.Namespace))
		}
	}
	return out
}

func grants(g gatewayv1.ReferenceGrantSpec, namespace, secret string) bool {
	from, to := false, false
	for _, f := range g.From {
		from = from || string(f.Namespace) == namespace && referrer(f)
	}
	for _, t := range g.To {
		to = to || t.Group == corev1.GroupName && t.Kind == "Secret" && (t.Name == nil || *t.Name == "" || string(*t.Name) == secret)
	}
	return from && to
}

func referrer(f gatewayv1.ReferenceGrantFrom) bool {
	switch f.Group {
	case gatewayv1.GroupName:
		return f.Kind == "Gateway" || f.Kind == "ListenerSet"
	case albv1alpha1.Group:
		return string(f.Kind) == albv1alpha1.CertificateGroupVersionKind.Kind
	}
	return false
}

// pair that the Secret holds now.
func (e *connection) pair(ctx context.Context, mg *albv1alpha1.Certificate) (keypair.Pair, error) {
	name := secretOf(mg)
	s := &corev1.Secret{}
	err := e.secrets.Get(ctx, name, s)
	if kerrors.IsNotFound(err) {
		return keypair.Pair{}, aws.Refuse("Secret %s does not exist; create it with type %s", name, corev1.SecretTypeTLS)
	}
	if err != nil {
		return keypair.Pair{}, errors.Wrapf(err, "cannot get Secret %s", name)
	}
	p, err := keypair.Parse(s)
	if err != nil {
		return keypair.Pair{}, aws.Refuse("Secret %s %s", name, err)
	}
	return p, nil
}
