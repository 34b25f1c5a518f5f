package translate

import (
	"fmt"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// A termination is how TLS ends at an HTTPS listener.
type termination struct {
	fallback string           // ARN that is named as the default certificate
	arns     []string         // ARNs of further certificates
	imports  []importedSecret // to have in ACM
	secrets  []string         // Certificate objects, of those imports that can be used
	policy   *string
	mutual   *albv1alpha1.MutualAuthentication
	anchor   *anchor // what mutual verifies with, where we make it
}

func (l *listener) judgeTLS(in Input, c configuration) {
	settings := c.listener(l.spec.Protocol, l.port)
	l.tls.policy = settings.SslPolicy
	l.tls.fallback, l.tls.arns = value(settings.DefaultCertificate), settings.Certificates
	l.resolveSecrets(in)
	l.judgeCertificate(c)
	l.judgeClients(in, settings.MutualAuthentication)
	if l.spec.TLS != nil && len(l.spec.TLS.Options) > 0 {
		l.notes = append(l.notes, fmt.Sprintf("tls.options has no effect; set sslPolicy in %s", l.entry()))
	}
}

// entry is where a user says how the listener terminates TLS.
func (l *listener) entry() string {
	return fmt.Sprintf("listenerConfigurations[%s] of a LoadBalancerConfiguration", protocolPortOf(l.spec.Protocol, l.port))
}

// judgeCertificate: without any certificate there is nothing to listen with.
func (l *listener) judgeCertificate(c configuration) {
	switch {
	case l.tls.fallback != "" || len(l.tls.arns)+len(l.tls.secrets) > 0 || c.unknown:
	case l.spec.TLS != nil && len(l.spec.TLS.CertificateRefs) > 0:
		l.broken = true
	default:
		l.refuse(unsupportedListener("Listener %s has no certificate; name a Secret in tls.certificateRefs, or give an ACM certificate's ARN as defaultCertificate in %s", l.name, l.entry()))
	}
}

func (l *listener) refuse(p problem) {
	if l.refused.isZero() {
		l.refused = p
	}
}

func text[T ~string](p *T) *string {
	if p == nil {
		return nil
	}
	return new(string(*p))
}
