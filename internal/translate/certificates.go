package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/keypair"
)

const kindSecret = "Secret"

// An importedSecret is a Secret that listeners refer to, and that ACM can be given.
type importedSecret struct {
	objectKey

	name        string // of the Certificate object
	fingerprint string
}

// resolveSecrets judges tls.certificateRefs. What is wrong with one leaves the others in use.
func (l *listener) resolveSecrets(in Input) {
	if l.spec.TLS == nil {
		return
	}
	var bad []problem
	for i, ref := range l.spec.TLS.CertificateRefs {
		s, p := l.resolveSecret(in, i, ref)
		if !p.isZero() {
			bad = append(bad, p)
			continue
		}
		l.tls.imports = append(l.tls.imports, s)
		if p := l.refusedImport(in.Observed, s); !p.isZero() {
			bad = append(bad, p)
			continue
		}
		l.tls.secrets = append(l.tls.secrets, s.name)
	}
	l.unresolve(bad)
}

// unresolve references: the first reason stands, and what is wrong with each is told.
func (l *listener) unresolve(bad []problem) {
	for _, p := range bad {
		if l.unresolved.isZero() {
			l.unresolved = p
			continue
		}
		l.unresolved.message += "; " + p.message
	}
}

// resolveSecret that a certificateRef names. Whether one of another namespace exists is nobody's business without a grant.
func (l *listener) resolveSecret(in Input, index int, ref gatewayv1.SecretObjectReference) (none importedSecret, p problem) {
	own := l.of.namespace
	key := objectKey{string(*first(ref.Namespace, new(gatewayv1.Namespace(own)))), string(ref.Name)}
	where := fmt.Sprintf("Listener %s names in tls.certificateRefs[%d]", l.name, index)
	group, kind := value(ref.Group), *first(ref.Kind, new(gatewayv1.Kind(kindSecret)))
	if group != corev1.GroupName || kind != kindSecret {
		return none, invalidCertificateRef("%s kind %s of group %q; name a Secret of the core group", where, kind, group)
	}
	if !permitted(in.ReferenceGrants, reference{
		fromGroup: gatewayv1.GroupName, fromKind: l.of.kind, fromNamespace: own,
		toKind: kindSecret, toNamespace: key.namespace, toName: key.name,
	}) {
		return none, refNotPermitted("%s Secret %s/%s, which no ReferenceGrant in namespace %s lets a %s of namespace %s refer to; create one",
			where, key.namespace, key.name, key.namespace, l.of.kind, own)
	}
	i := slices.IndexFunc(in.Secrets, func(s *corev1.Secret) bool { return s.Namespace == key.namespace && s.Name == key.name })
	if i < 0 {
		return none, invalidCertificateRef("%s Secret %s/%s, which does not exist; create it with type %s", where, key.namespace, key.name, corev1.SecretTypeTLS)
	}
	pair, err := keypair.Parse(in.Secrets[i])
	if err != nil {
		return none, invalidCertificateRef("%s Secret %s/%s, which %s", where, key.namespace, key.name, err)
	}
	return importedSecret{key, certificateName(l.stem, key), pair.Fingerprint}, problem{}
}

// refusedImport: AWS has never taken the certificate, and says why. A listener that waited for it would hold up all others on
// its port.
func (l *listener) refusedImport(o Observed, s importedSecret) problem {
	stored := find(o.Certificates, s.name)
	if stored == nil || stored.Status.AtProvider.ARN != "" || value(stored.Spec.ForProvider.Fingerprint) != s.fingerprint {
		return problem{}
	}
	if state := stateOf("Certificate", stored); state.refused {
		return invalidCertificateRef("Listener %s cannot have the certificate of Secret %s/%s: %s", l.name, s.namespace, s.objectKey.name, state.message)
	}
	return problem{}
}

// A bundle is the certificates of a port: ARNs that the user gives, and names of Certificate objects. One of arn and ref is the
// default certificate.
type bundle struct {
	arn, ref   string
	arns, refs []string
}

// bundleOf the listeners of a port. The default certificate is the one that is named as such; without one, the first of the
// first listener's; without any, the first ARN of the configuration.
func bundleOf(listeners []*listener) bundle {
	var b bundle
	var refs []string
	for _, l := range listeners {
		refs = append(refs, l.tls.secrets...)
	}
	t := listeners[0].tls
	switch {
	case t.fallback != "":
		b.arn = t.fallback
	case len(refs) > 0:
		b.ref = refs[0]
	case len(t.arns) > 0:
		b.arn = t.arns[0]
	}
	b.arns, b.refs = others(t.arns, b.arn), others(refs, b.ref)
	return b
}

func others(all []string, one string) []string {
	return unique(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == one }))
}

func (b bundle) put(on *albv1alpha1.ListenerParameters) {
	if b.arn != "" {
		on.CertificateArn = new(b.arn)
	}
	if b.ref != "" {
		on.CertificateRef = &albv1alpha1.Reference{Name: b.ref}
	}
	on.SniCertificateArns = b.arns
	for _, name := range b.refs {
		on.SniCertificateRefs = append(on.SniCertificateRefs, albv1alpha1.Reference{Name: name})
	}
}

// beside the default certificate.
func (b bundle) beside() int { return len(b.arns) + len(b.refs) }

// limitCertificates refuses what is beyond the quota of certificates, which does not count default ones.
func limitCertificates(all []*listener, quota int) {
	ports := map[int32][]*listener{}
	for _, l := range all {
		if !l.live() || !l.secure() {
			continue
		}
		used := bundleOf(append(slices.Clone(ports[l.port]), l)).beside()
		for port, on := range ports {
			if port != l.port {
				used += bundleOf(on).beside()
			}
		}
		if used > quota {
			l.refuse(unsupportedListener("Listener %s brings the load balancer to %d certificates beside the default ones; AWS allows %d; name fewer in its tls.certificateRefs and in %s", l.name, used, quota, l.entry()))
			continue
		}
		ports[l.port] = append(ports[l.port], l)
	}
}

// imports are the Secrets to have in ACM, by the names of their objects.
func (t *translation) imports() []importedSecret {
	var out []importedSecret
	for _, l := range t.listeners {
		if !valid(l) {
			continue
		}
		for _, s := range l.tls.imports {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b importedSecret) int { return strings.Compare(a.name, b.name) })
	return out
}

// certificate holds the fingerprint of what the Secret holds now, so that a renewal changes the object.
func (t *translation) certificate(s importedSecret, owner metav1.OwnerReference) *albv1alpha1.Certificate {
	return &albv1alpha1.Certificate{
		TypeMeta:   typeMeta(albv1alpha1.CertificateGroupVersionKind),
		ObjectMeta: t.meta(s.name, owner),
		Spec: albv1alpha1.CertificateSpec{
			ManagedResourceSpec: t.managed(),
			ForProvider: albv1alpha1.CertificateParameters{
				SecretRef:   albv1alpha1.TLSSecretReference{Namespace: s.namespace, Name: s.objectKey.name},
				Fingerprint: new(s.fingerprint),
				Tags:        maps.Clone(t.tags),
			},
		},
	}
}

// obsoleteCertificates may go when no listener is to have them, or still has them in AWS.
func (t *translation) obsoleteCertificates() []Object {
	wanted := t.imports()
	var out []Object
	for _, c := range t.in.Observed.Certificates {
		if c.DeletionTimestamp == nil && !slices.ContainsFunc(wanted, func(s importedSecret) bool { return s.name == c.Name }) &&
			!slices.ContainsFunc(t.in.Observed.Listeners, has(c)) {
			out = append(out, c)
		}
	}
	return out
}

func has(c *albv1alpha1.Certificate) func(*albv1alpha1.Listener) bool {
	return func(l *albv1alpha1.Listener) bool {
		p := l.Spec.ForProvider
		return p.CertificateRef != nil && p.CertificateRef.Name == c.Name ||
			slices.Contains(p.SniCertificateRefs, albv1alpha1.Reference{Name: c.Name}) ||
			c.Status.AtProvider.ARN != "" && slices.Contains(l.Status.AtProvider.CertificateARNs, c.Status.AtProvider.ARN)
	}
}
