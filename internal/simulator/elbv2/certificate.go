package elbv2

import (
	"cmp"
	"slices"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

func authenticates(m *types.MutualAuthenticationAttributes) bool {
	return m != nil && deref(m.Mode) != "" && *m.Mode != "off"
}

// secure checks and completes what only HTTPS listeners have.
func (s *Service) secure(want *types.Listener) error {
	if len(want.Certificates) == 0 {
		return wire.Invalid("A certificate must be specified for HTTPS listeners")
	}
	if len(want.Certificates) > 1 {
		return wire.Invalid("Only one certificate can be specified as the default certificate of a listener")
	}
	if want.Certificates[0].IsDefault != nil {
		return wire.Invalid("IsDefault cannot be specified for the default certificate of a listener")
	}
	arn := deref(want.Certificates[0].CertificateArn)
	if _, err := s.acm.KeyPair(arn); err != nil {
		return wire.Errorf("CertificateNotFound", "Certificate '%s' not found", arn)
	}
	want.Certificates = []types.Certificate{{CertificateArn: &arn}}
	want.SslPolicy = new(cmp.Or(deref(want.SslPolicy), alb.DefaultSSLPolicy))
	if !isPolicy(*want.SslPolicy) {
		return wire.Errorf("SSLPolicyNotFound", "SSL policy '%s' not found", *want.SslPolicy)
	}
	mutual, err := s.mutual(want.MutualAuthentication)
	want.MutualAuthentication = mutual
	return err
}

// admitVerifying holds a load balancer to its quota of listeners that verify client certificates.
func (lb *loadBalancer) admitVerifying(want types.Listener) error {
	count := 0
	for _, l := range lb.listeners {
		if deref(want.ListenerArn) != l.arn.String() && verifies(l.settings) {
			count++
		}
	}
	if verifies(want) && count >= alb.MaxVerifyListenersPerBalancer {
		return wire.Errorf("InvalidConfigurationRequest", "The maximum number of listeners that verify client certificates has been reached on load balancer '%s'", lb.arn)
	}
	return nil
}

func verifies(l types.Listener) bool {
	return l.MutualAuthentication != nil && deref(l.MutualAuthentication.Mode) == "verify"
}

// mutual checks and completes mutual authentication, which is "off" unless given.
func (s *Service) mutual(m *types.MutualAuthenticationAttributes) (*types.MutualAuthenticationAttributes, error) {
	if m == nil {
		return &types.MutualAuthenticationAttributes{Mode: new("off")}, nil
	}
	switch mode := deref(m.Mode); mode {
	case "off", "passthrough":
		if m.TrustStoreArn != nil || m.IgnoreClientCertificateExpiry != nil || m.AdvertiseTrustStoreCaNames != "" {
			return nil, wire.Invalid("A trust store and its options can be specified in mutual authentication mode 'verify' only")
		}
		return &types.MutualAuthenticationAttributes{Mode: &mode}, nil
	case "verify":
		store, err := s.trustStore(deref(m.TrustStoreArn))
		if err != nil {
			return nil, err
		}
		if s.now().Before(store.ready) {
			return nil, wire.Errorf("TrustStoreNotReady", "Trust store '%s' is not active", store.arn)
		}
		return &types.MutualAuthenticationAttributes{
			Mode: &mode, TrustStoreArn: new(store.arn.String()), TrustStoreAssociationStatus: types.TrustStoreAssociationStatusEnumActive,
			IgnoreClientCertificateExpiry: new(deref(m.IgnoreClientCertificateExpiry)),
			AdvertiseTrustStoreCaNames:    cmp.Or(m.AdvertiseTrustStoreCaNames, types.AdvertiseTrustStoreCaNamesEnumOff),
		}, nil
	default:
		return nil, wire.Invalid("'%s' is not a valid mutual authentication mode; it must be off, passthrough or verify", mode)
	}
}

func (s *Service) addListenerCertificates(in *elb.AddListenerCertificatesInput) (*elb.AddListenerCertificatesOutput, error) {
	l, arn, err := s.listenerCertificate(in.ListenerArn, in.Certificates)
	if err != nil {
		return nil, err
	}
	if _, err := s.acm.KeyPair(arn); err != nil {
		return nil, wire.Errorf("CertificateNotFound", "Certificate '%s' not found", arn)
	}
	if !slices.Contains(l.sni, arn) {
		count := 0
		for _, other := range l.balancer.listeners {
			count += len(other.sni)
		}
		if count >= s.quotas.CertificatesPerLoadBalancer {
			return nil, wire.Errorf("TooManyCertificates", "The maximum number of certificates has been reached on load balancer '%s'", l.balancer.arn)
		}
		l.sni = append(slices.Clone(l.sni), arn)
		s.sync(l.balancer)
	}
	return &elb.AddListenerCertificatesOutput{Certificates: []types.Certificate{{CertificateArn: &arn, IsDefault: new(false)}}}, nil
}

// listenerCertificate reads the one certificate that an add or remove call may name.
func (s *Service) listenerCertificate(listenerARN *string, certificates []types.Certificate) (*listener, string, error) {
	l, err := s.listener(listenerARN)
	if err != nil {
		return nil, "", err
	}
	if l.settings.Protocol != types.ProtocolEnumHttps {
		return nil, "", wire.Errorf("OperationNotPermitted", "Certificates cannot be attached to a listener with protocol '%s'", l.settings.Protocol)
	}
	if len(certificates) != 1 || certificates[0].CertificateArn == nil {
		return nil, "", wire.Invalid("Exactly one certificate must be specified")
	}
	if certificates[0].IsDefault != nil {
		return nil, "", wire.Invalid("IsDefault cannot be specified for certificates of a listener's certificate list")
	}
	return l, *certificates[0].CertificateArn, nil
}

func (s *Service) removeListenerCertificates(in *elb.RemoveListenerCertificatesInput) (*elb.RemoveListenerCertificatesOutput, error) {
	l, arn, err := s.listenerCertificate(in.ListenerArn, in.Certificates)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(l.sni, arn) && *l.settings.Certificates[0].CertificateArn == arn {
		return nil, wire.Errorf("OperationNotPermitted", "The default certificate '%s' cannot be removed from a listener", arn)
	}
	l.sni = slices.DeleteFunc(slices.Clone(l.sni), func(have string) bool { return have == arn })
	s.sync(l.balancer)
	return &elb.RemoveListenerCertificatesOutput{}, nil
}

func (s *Service) describeListenerCertificates(in *elb.DescribeListenerCertificatesInput) (*elb.DescribeListenerCertificatesOutput, error) {
	l, err := s.listener(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	var all []types.Certificate
	for _, c := range l.settings.Certificates {
		all = append(all, types.Certificate{CertificateArn: c.CertificateArn, IsDefault: new(true)})
	}
	for _, arn := range l.sni {
		all = append(all, types.Certificate{CertificateArn: &arn, IsDefault: new(false)})
	}
	page, next, err := paginate(all, in.Marker, in.PageSize)
	return &elb.DescribeListenerCertificatesOutput{Certificates: page, NextMarker: next}, err
}
