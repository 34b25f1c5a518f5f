package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// anchors are the TrustStores to have, by name.
func (t *translation) anchors() []*anchor {
	var out []*anchor
	for _, l := range t.listeners {
		a := l.tls.anchor
		if a != nil && valid(l) && !slices.ContainsFunc(out, func(o *anchor) bool { return o.name == a.name }) {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b *anchor) int { return strings.Compare(a.name, b.name) })
	return out
}

func (t *translation) trustStore(a *anchor, owner metav1.OwnerReference) *albv1alpha1.TrustStore {
	bundles := t.in.Settings.TrustStoreBundles
	return &albv1alpha1.TrustStore{
		TypeMeta:   typeMeta(albv1alpha1.TrustStoreGroupVersionKind),
		ObjectMeta: t.meta(a.name, owner),
		Spec: albv1alpha1.TrustStoreSpec{
			ManagedResourceSpec: t.managed(),
			ForProvider: albv1alpha1.TrustStoreParameters{
				Name:                         a.awsName,
				CaCertificatesBundleS3Bucket: bundles.Bucket,
				CaCertificatesBundleS3Key:    fmt.Sprintf("%s%s/%s/%s.pem", bundles.Prefix, t.in.Settings.ClusterName, t.in.Gateway.Namespace, a.name),
				CaCertificates:               new(a.bundle),
				Tags:                         maps.Clone(t.tags),
			},
		},
	}
}

// refusedAnchor is the state of a TrustStore that a port waits for and that AWS refuses.
func (t *translation) refusedAnchor(p *port) state {
	a := p.listeners[0].tls.anchor
	if a == nil {
		return state{}
	}
	if stored := find(t.in.Observed.TrustStores, a.name); stored != nil && stored.Status.AtProvider.ARN == "" {
		return stateOf("TrustStore", stored)
	}
	return state{}
}

// obsoleteTrustStores may go when no listener is to have them, or still has them in AWS.
func (t *translation) obsoleteTrustStores() []Object {
	wanted := t.anchors()
	var out []Object
	for _, s := range t.in.Observed.TrustStores {
		if s.DeletionTimestamp == nil && !slices.ContainsFunc(wanted, func(a *anchor) bool { return a.name == s.Name }) &&
			!slices.ContainsFunc(t.in.Observed.Listeners, verifiesWith(s)) {
			out = append(out, s)
		}
	}
	return out
}

func verifiesWith(s *albv1alpha1.TrustStore) func(*albv1alpha1.Listener) bool {
	return func(l *albv1alpha1.Listener) bool {
		m := l.Spec.ForProvider.MutualAuthentication
		return m != nil && m.TrustStoreRef != nil && m.TrustStoreRef.Name == s.Name ||
			s.Status.AtProvider.ARN != "" && l.Status.AtProvider.TrustStoreARN == s.Status.AtProvider.ARN
	}
}
