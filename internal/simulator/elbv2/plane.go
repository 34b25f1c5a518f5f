package elbv2

import (
	"crypto/tls"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/dataplane"
)

// sync tells the data plane what an active load balancer now is, and ACM which certificates it uses.
func (s *Service) sync(lb *loadBalancer) {
	if s.balancers[lb.arn.String()] != lb {
		return
	}
	s.acm.SetUser(lb.arn.String(), certificatesOf(lb))
	if s.now().Before(lb.active) && lb.timer != nil {
		return // the timer will
	}
	out := dataplane.LoadBalancer{ARN: lb.arn.String(), DNSName: *lb.settings.DNSName, Attributes: maps.Clone(lb.attributes)}
	for _, l := range byARN(lb.listeners) {
		out.Listeners = append(out.Listeners, s.planeListener(l))
	}
	if err := s.plane.SetLoadBalancer(out); err != nil {
		s.log.Error("load balancer does not serve what its API says", "error", err)
	}
}

func certificatesOf(lb *loadBalancer) []string {
	var out []string
	for _, l := range lb.listeners {
		out = append(out, l.certificates()...)
	}
	return out
}

// certificates are the ARNs of a listener's certificates, the default one first.
func (l *listener) certificates() []string {
	var out []string
	for _, c := range l.settings.Certificates {
		out = append(out, *c.CertificateArn)
	}
	return append(out, l.sni...)
}

func (s *Service) planeListener(l *listener) dataplane.Listener {
	out := dataplane.Listener{
		ARN: l.arn.String(), Port: *l.settings.Port, Protocol: l.settings.Protocol, Attributes: maps.Clone(l.attributes),
		SSLPolicy: deref(l.settings.SslPolicy), Certificates: s.keyPairs(l), Mutual: s.planeMutual(l.settings.MutualAuthentication),
	}
	for _, r := range l.inOrder() {
		out.Rules = append(out.Rules, r.settings)
	}
	return out
}

func (s *Service) keyPairs(l *listener) []tls.Certificate {
	var out []tls.Certificate
	for _, arn := range slices.Compact(l.certificates()) {
		pair, err := s.acm.KeyPair(arn)
		if err != nil {
			s.log.Error("certificate of a listener is gone", "listener", l.arn.String(), "error", err)
			continue
		}
		out = append(out, pair)
	}
	return out
}

func (s *Service) planeMutual(m *types.MutualAuthenticationAttributes) *dataplane.MutualAuthentication {
	if !authenticates(m) {
		return nil
	}
	out := &dataplane.MutualAuthentication{
		Mode: *m.Mode, IgnoreExpiry: deref(m.IgnoreClientCertificateExpiry),
		Advertise: m.AdvertiseTrustStoreCaNames == types.AdvertiseTrustStoreCaNamesEnumOn,
	}
	if store := s.trustStores[deref(m.TrustStoreArn)]; store != nil {
		out.CAs = store.pool
	}
	return out
}

// certificateChanged brings a certificate that was imported again to the listeners that use it.
func (s *Service) certificateChanged(arn string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, lb := range s.balancers {
		if slices.Contains(certificatesOf(lb), arn) {
			s.sync(lb)
		}
	}
}
