package translate

import (
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// A termination is how TLS ends at an HTTPS listener.
type termination struct {
	certificate string   // ARN of the default certificate
	sni         []string // ARNs of further certificates
	policy      *string
	mutual      *albv1alpha1.MutualAuthentication
}

func (l *listener) judgeTLS(g *gatewayv1.Gateway, c configuration) {
	settings := c.listener(l.spec.Protocol, l.port)
	l.tls.policy = settings.SslPolicy
	l.tls.certificate, l.tls.sni = certificates(settings)
	l.judgeCertificate(c)
	l.judgeClients(g, settings)
	if l.spec.TLS != nil && len(l.spec.TLS.Options) > 0 {
		l.notes = append(l.notes, fmt.Sprintf("tls.options has no effect; set sslPolicy in %s", l.entry()))
	}
}

// entry is where a user says how the listener terminates TLS.
func (l *listener) entry() string {
	return fmt.Sprintf("listenerConfigurations[%s] of a LoadBalancerConfiguration", protocolPortOf(l.spec.Protocol, l.port))
}

// certificates of a listener: the default one, and the others. Without a named default the first is it.
func certificates(l gwcfgv1.ListenerConfiguration) (certificate string, sni []string) {
	all := l.Certificates
	if d := value(l.DefaultCertificate); d != "" {
		all = slices.Concat([]string{d}, all)
	}
	if len(all) == 0 {
		return "", nil
	}
	sni = unique(slices.DeleteFunc(slices.Clone(all[1:]), func(arn string) bool { return arn == all[0] }))
	return all[0], sni
}

func (l *listener) judgeCertificate(c configuration) {
	refs := l.spec.TLS != nil && len(l.spec.TLS.CertificateRefs) > 0
	switch {
	case l.tls.certificate != "" && refs:
		l.notes = append(l.notes, fmt.Sprintf("tls.certificateRefs has no effect; the certificates come from %s", l.entry()))
	case l.tls.certificate != "" || c.unknown:
	case refs:
		l.broken = true
		l.unresolved = invalidCertificateRef("Listener %s names Secrets in tls.certificateRefs, which are not supported yet; import the certificate into ACM and give its ARN as defaultCertificate in %s", l.name, l.entry())
	default:
		l.refuse(unsupportedListener("Listener %s has no certificate; give an ACM certificate's ARN as defaultCertificate in %s", l.name, l.entry()))
	}
}

func (l *listener) refuse(p problem) {
	if l.refused.isZero() {
		l.refused = p
	}
}

// judgeClients: what is to prove who clients are is never left out in silence; the listener is refused instead.
func (l *listener) judgeClients(g *gatewayv1.Gateway, settings gwcfgv1.ListenerConfiguration) {
	if validatesClients(g, l.port) {
		l.refuse(unsupportedListener("Listener %s is to validate client certificates by the Gateway's spec.tls.frontend, which is not supported yet; set mutualAuthentication in %s", l.name, l.entry()))
	}
	m := settings.MutualAuthentication
	if m == nil {
		return
	}
	store := value(m.TrustStore)
	if store != "" && !strings.HasPrefix(store, "arn:") {
		l.refuse(unsupportedListener("Listener %s names trust store %q in mutualAuthentication, but a name is not supported yet; give the trust store's ARN in %s", l.name, store, l.entry()))
		return
	}
	l.tls.mutual = &albv1alpha1.MutualAuthentication{
		Mode: string(m.Mode), TrustStoreArn: m.TrustStore, IgnoreClientCertificateExpiry: m.IgnoreClientCertificateExpiry,
		AdvertiseTrustStoreCaNames: text(m.AdvertiseTrustStoreCaNames),
	}
}

func validatesClients(g *gatewayv1.Gateway, port int32) bool {
	if g.Spec.TLS == nil || g.Spec.TLS.Frontend == nil {
		return false
	}
	for _, p := range g.Spec.TLS.Frontend.PerPort {
		if p.Port == port {
			return p.TLS.Validation != nil
		}
	}
	return g.Spec.TLS.Frontend.Default.Validation != nil
}

// limitCertificates refuses what is beyond the quota of certificates, which does not count default ones.
func limitCertificates(all []*listener, quota int) {
	used, seen := 0, map[int32]bool{}
	for _, l := range all {
		if !l.live() || seen[l.port] {
			continue
		}
		if n := used + len(l.tls.sni); n > quota {
			l.refuse(unsupportedListener("Listener %s brings the load balancer to %d certificates beside the default ones; AWS allows %d; list fewer certificates in %s", l.name, n, quota, l.entry()))
			continue
		}
		used += len(l.tls.sni)
		seen[l.port] = true
	}
}

func text[T ~string](p *T) *string {
	if p == nil {
		return nil
	}
	return new(string(*p))
}
