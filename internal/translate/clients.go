package translate

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/authority"
)

// Modes of mutual authentication.
const (
	modePassthrough = "passthrough"
	modeVerify      = "verify"
)

const (
	kindConfigMap = "ConfigMap"

	// keyAuthorities of a ConfigMap (Gateway API, FrontendTLSValidation).
	keyAuthorities = "ca.crt"
)

// judgeClients: what is to prove who clients are is never left out in silence; the listener is refused instead.
func (l *listener) judgeClients(in Input, m *gwcfgv1.MutualAuthentication) {
	v, where := frontendValidation(in.Gateway, l.port)
	switch {
	case v != nil && m != nil:
		l.refuse(unsupportedListener("Listener %s is to validate client certificates both by %s of the Gateway and by mutualAuthentication in %s; remove one of them", l.name, where, l.entry()))
	case v != nil:
		l.validateClients(in, v, where)
	case m != nil:
		l.tls.mutual = &albv1alpha1.MutualAuthentication{
			Mode: string(m.Mode), IgnoreClientCertificateExpiry: m.IgnoreClientCertificateExpiry,
			AdvertiseTrustStoreCaNames: text(m.AdvertiseTrustStoreCaNames),
		}
		if strings.HasPrefix(value(m.TrustStore), "arn:") {
			l.tls.mutual.TrustStoreArn = m.TrustStore
		} else {
			l.tls.mutual.TrustStoreName = m.TrustStore
		}
	}
}

// frontendValidation that holds for a port, and where it stands. What is said of a port replaces the default, also by saying
// nothing (Gateway API, FrontendTLSConfig).
func frontendValidation(g *gatewayv1.Gateway, port int32) (*gatewayv1.FrontendTLSValidation, string) {
	if g.Spec.TLS == nil || g.Spec.TLS.Frontend == nil {
		return nil, ""
	}
	for i, p := range g.Spec.TLS.Frontend.PerPort {
		if p.Port == port {
			return p.TLS.Validation, fmt.Sprintf("spec.tls.frontend.perPort[%d]", i)
		}
	}
	return g.Spec.TLS.Frontend.Default.Validation, "spec.tls.frontend.default"
}

// insecureFallbacks are the places where a Gateway lets clients in that have no valid certificate.
func insecureFallbacks(g *gatewayv1.Gateway) []string {
	if g.Spec.TLS == nil || g.Spec.TLS.Frontend == nil {
		return nil
	}
	var out []string
	insecure := func(v *gatewayv1.FrontendTLSValidation) bool {
		return v != nil && v.Mode == gatewayv1.AllowInsecureFallback
	}
	if insecure(g.Spec.TLS.Frontend.Default.Validation) {
		out = append(out, "spec.tls.frontend.default")
	}
	for i, p := range g.Spec.TLS.Frontend.PerPort {
		if insecure(p.TLS.Validation) {
			out = append(out, fmt.Sprintf("spec.tls.frontend.perPort[%d]", i))
		}
	}
	return out
}

// An anchor is the authorities that clients' certificates may come from: what a TrustStore is to hold.
type anchor struct {
	name    string // of the TrustStore object
	bundle  string
	awsName string
}

// validateClients by the authorities that a Gateway names. What is wrong with one leaves the others in use.
func (l *listener) validateClients(in Input, v *gatewayv1.FrontendTLSValidation, where string) {
	var bundles []authority.Bundle
	var bad []problem
	for i, ref := range v.CACertificateRefs {
		b, p := l.resolveAuthorities(in, fmt.Sprintf("%s.validation.caCertificateRefs[%d]", where, i), ref)
		if !p.isZero() {
			bad = append(bad, p)
			continue
		}
		bundles = append(bundles, b)
	}
	l.unresolve(bad)
	if len(bundles) == 0 {
		l.refuse(noValidCACertificate("Listener %s has no valid CA certificate in %s to validate clients with, see condition ResolvedRefs", l.name, where))
		return
	}
	if v.Mode == gatewayv1.AllowInsecureFallback {
		l.tls.mutual = &albv1alpha1.MutualAuthentication{Mode: modePassthrough}
		return
	}
	b, err := authority.Join(bundles...)
	if err != nil {
		l.refuse(unsupportedListener("Listener %s cannot validate clients: %s %s", l.name, where, err))
		return
	}
	if in.Settings.TrustStoreBundles.Bucket == "" {
		l.refuse(unsupportedListener("Listener %s is to validate client certificates, but there is no bucket in S3 from which AWS could take the CA certificates of %s; set spec.trustStoreBundles.bucket of %s %s",
			l.name, where, in.ProviderConfig.Kind, in.ProviderConfig.Name))
		return
	}
	l.tls.anchor = anchorOf(in, l.stem, v.CACertificateRefs, b)
	l.tls.mutual = &albv1alpha1.MutualAuthentication{Mode: modeVerify, TrustStoreRef: &albv1alpha1.Reference{Name: l.tls.anchor.name}}
}

// anchorOf authorities is the same for the same references, so that a change of what they hold changes the TrustStore in place.
func anchorOf(in Input, stem string, refs []gatewayv1.ObjectReference, b authority.Bundle) *anchor {
	g := in.Gateway
	parts := make([]string, 0, len(refs))
	for _, ref := range refs {
		key := authoritiesKey(g, ref)
		parts = append(parts, key.namespace, key.name)
	}
	hash := hashOf(parts...)
	return &anchor{
		name: trustStoreName(stem, hash), bundle: b.PEM(),
		awsName: awsName(g.Namespace, g.Name, in.Settings.ClusterName, g.Namespace, stem, hash),
	}
}

func authoritiesKey(g *gatewayv1.Gateway, ref gatewayv1.ObjectReference) objectKey {
	return objectKey{string(*first(ref.Namespace, new(gatewayv1.Namespace(g.Namespace)))), string(ref.Name)}
}

// resolveAuthorities that a caCertificateRef names. Whether a ConfigMap of another namespace exists is nobody's business without
// a grant.
func (l *listener) resolveAuthorities(in Input, where string, ref gatewayv1.ObjectReference) (none authority.Bundle, p problem) {
	own := in.Gateway.Namespace
	key := authoritiesKey(in.Gateway, ref)
	where = fmt.Sprintf("Listener %s: %s names", l.name, where)
	if ref.Group != corev1.GroupName || ref.Kind != kindConfigMap {
		return none, invalidCACertificateKind("%s kind %s of group %q; name a ConfigMap of the core group", where, ref.Kind, ref.Group)
	}
	if !permitted(in.ReferenceGrants, reference{
		fromGroup: gatewayv1.GroupName, fromKind: "Gateway", fromNamespace: own,
		toKind: kindConfigMap, toNamespace: key.namespace, toName: key.name,
	}) {
		return none, refNotPermitted("%s ConfigMap %s/%s, which no ReferenceGrant in namespace %s lets a Gateway of namespace %s refer to; create one",
			where, key.namespace, key.name, key.namespace, own)
	}
	i := slices.IndexFunc(in.ConfigMaps, func(c *corev1.ConfigMap) bool { return c.Namespace == key.namespace && c.Name == key.name })
	if i < 0 {
		return none, invalidCACertificateRef("%s ConfigMap %s/%s, which does not exist; create it with the CA certificates in key %s", where, key.namespace, key.name, keyAuthorities)
	}
	data, ok := in.ConfigMaps[i].Data[keyAuthorities]
	if !ok {
		return none, invalidCACertificateRef("%s ConfigMap %s/%s, which has no key %s; put the CA certificates there, in PEM", where, key.namespace, key.name, keyAuthorities)
	}
	b, err := authority.Parse(data)
	if err != nil {
		return none, invalidCACertificateRef("%s ConfigMap %s/%s, which in key %s %s", where, key.namespace, key.name, keyAuthorities, err)
	}
	return b, problem{}
}

// limitVerifying refuses what is beyond the quota of ports that verify client certificates, as they come in the Gateway's spec.
func limitVerifying(all []*listener) {
	seen := map[int32]bool{}
	for _, l := range all {
		if !l.live() || l.tls.mutual == nil || l.tls.mutual.Mode != modeVerify || seen[l.port] {
			continue
		}
		if len(seen) == alb.MaxVerifyListenersPerBalancer {
			l.refuse(unsupportedListener("Listener %s is to verify client certificates on port %d; AWS allows that on %d ports of a load balancer; verify on fewer, or use another Gateway",
				l.name, l.port, alb.MaxVerifyListenersPerBalancer))
			continue
		}
		seen[l.port] = true
	}
}

// idleValidations are remarks about ports on which no HTTPS listener is there to validate clients.
func (t *translation) idleValidations() []string {
	spec := t.in.Gateway.Spec
	if spec.TLS == nil || spec.TLS.Frontend == nil {
		return nil
	}
	var notes []string
	for i, p := range spec.TLS.Frontend.PerPort {
		if !slices.ContainsFunc(t.listeners, func(l *listener) bool { return l.secure() && l.port == p.Port }) {
			notes = append(notes, fmt.Sprintf("spec.tls.frontend.perPort[%d] has no effect (no HTTPS listener has port %d)", i, p.Port))
		}
	}
	return notes
}
