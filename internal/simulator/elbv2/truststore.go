package elbv2

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"slices"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A trustStore is a CA bundle that listeners verify client certificates with.
type trustStore struct {
	arn          alb.ARN
	certificates int32
	pool         *x509.CertPool
	ready        time.Time // when it is ACTIVE
	revocations  map[int64]types.TrustStoreRevocation
	lists        map[int64]string // where each revocation list came from
}

func (s *Service) showTrustStore(t *trustStore) types.TrustStore {
	status := types.TrustStoreStatusActive
	if s.now().Before(t.ready) {
		status = types.TrustStoreStatusCreating
	}
	var revoked int64
	for _, r := range t.revocations {
		revoked += deref(r.NumberOfRevokedEntries)
	}
	return types.TrustStore{
		Name: &t.arn.Name, TrustStoreArn: new(t.arn.String()), Status: status,
		NumberOfCaCertificates: &t.certificates, TotalRevokedEntries: &revoked,
	}
}

func (s *Service) trustStore(arn string) (*trustStore, error) {
	if t := s.trustStores[arn]; t != nil {
		return t, nil
	}
	if !isARN(arn, "truststore/") {
		return nil, wire.Invalid("'%s' is not a valid trust store ARN", arn)
	}
	return nil, wire.Errorf("TrustStoreNotFound", "Trust store '%s' not found", arn)
}

// load reads a CA bundle into a trust store, which keeps a copy.
func (s *Service) load(t *trustStore, bucket, key, version string) error {
	raw, err := s.s3.Read(bucket, key, version)
	if err != nil {
		return wire.Errorf("CaCertificatesBundleNotFound", "The CA certificates bundle 's3://%s/%s' is not found", bucket, key)
	}
	pool, count := x509.NewCertPool(), int32(0)
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil || block.Type != "CERTIFICATE" || !c.IsCA {
			return wire.Errorf("InvalidCaCertificatesBundle", "The CA certificates bundle holds something that is not a CA certificate")
		}
		pool.AddCert(c)
		count++
	}
	switch {
	case count == 0:
		return wire.Errorf("InvalidCaCertificatesBundle", "The CA certificates bundle holds no certificate")
	case count > alb.MaxCertificatesPerTrustStore:
		return wire.Errorf("InvalidCaCertificatesBundle", "The CA certificates bundle holds more than %d certificates", alb.MaxCertificatesPerTrustStore)
	}
	t.pool, t.certificates = pool, count
	s.s3.Keep(t.bundleKey(), raw)
	return nil
}

// bundleKey of the copy.
func (t *trustStore) bundleKey() string { return t.arn.ID + ".pem" }

func (s *Service) createTrustStore(in *elb.CreateTrustStoreInput) (*elb.CreateTrustStoreOutput, error) {
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	for _, t := range s.trustStores {
		if t.arn.Name == *in.Name {
			return nil, wire.Errorf("DuplicateTrustStoreName", "A trust store with the same name '%s' exists", *in.Name)
		}
	}
	if len(s.trustStores) >= s.quotas.TrustStores {
		return nil, wire.Errorf("TooManyTrustStores", "The maximum number of trust stores has been reached")
	}
	t := &trustStore{
		ready:       s.now().Add(s.storeDelay),
		arn:         alb.TrustStoreARN(s.account, s.region, *in.Name, newID()),
		revocations: map[int64]types.TrustStoreRevocation{}, lists: map[int64]string{},
	}
	if err := s.load(t, *in.CaCertificatesBundleS3Bucket, *in.CaCertificatesBundleS3Key, deref(in.CaCertificatesBundleS3ObjectVersion)); err != nil {
		return nil, err
	}
	s.trustStores[t.arn.String()], s.tags[t.arn.String()] = t, tags
	return &elb.CreateTrustStoreOutput{TrustStores: []types.TrustStore{s.showTrustStore(t)}}, nil
}

func (s *Service) modifyTrustStore(in *elb.ModifyTrustStoreInput) (*elb.ModifyTrustStoreOutput, error) {
	t, err := s.trustStore(*in.TrustStoreArn)
	if err != nil {
		return nil, err
	}
	if err := s.load(t, *in.CaCertificatesBundleS3Bucket, *in.CaCertificatesBundleS3Key, deref(in.CaCertificatesBundleS3ObjectVersion)); err != nil {
		return nil, err
	}
	for _, l := range s.verifying(t) {
		s.sync(l.balancer)
	}
	return &elb.ModifyTrustStoreOutput{TrustStores: []types.TrustStore{s.showTrustStore(t)}}, nil
}

// verifying are the listeners that use a trust store.
func (s *Service) verifying(t *trustStore) []*listener {
	var out []*listener
	for _, l := range byARN(s.listeners) {
		if m := l.settings.MutualAuthentication; m != nil && deref(m.TrustStoreArn) == t.arn.String() {
			out = append(out, l)
		}
	}
	return out
}

func (s *Service) deleteTrustStore(in *elb.DeleteTrustStoreInput) (*elb.DeleteTrustStoreOutput, error) {
	t, err := s.trustStore(*in.TrustStoreArn)
	if err != nil {
		return nil, err
	}
	if len(s.verifying(t)) > 0 {
		return nil, wire.Errorf("TrustStoreInUse", "Trust store '%s' is currently in use by a listener", t.arn)
	}
	delete(s.trustStores, t.arn.String())
	delete(s.tags, t.arn.String())
	return &elb.DeleteTrustStoreOutput{}, nil
}

func (s *Service) describeTrustStores(in *elb.DescribeTrustStoresInput) (*elb.DescribeTrustStoresOutput, error) {
	if len(in.Names) > 0 && len(in.TrustStoreArns) > 0 {
		return nil, wire.Invalid("Trust store names and trust store ARNs cannot be specified at the same time")
	}
	found := maps.Clone(s.trustStores)
	if len(in.Names)+len(in.TrustStoreArns) > 0 {
		clear(found)
	}
	for _, arn := range in.TrustStoreArns {
		t, err := s.trustStore(arn)
		if err != nil {
			return nil, err
		}
		found[arn] = t
	}
	for _, name := range in.Names {
		i := slices.IndexFunc(byARN(s.trustStores), func(t *trustStore) bool { return t.arn.Name == name })
		if i < 0 {
			return nil, wire.Errorf("TrustStoreNotFound", "Trust store '%s' not found", name)
		}
		t := byARN(s.trustStores)[i]
		found[t.arn.String()] = t
	}
	page, next, err := paginate(byARN(found), in.Marker, in.PageSize)
	if err != nil {
		return nil, err
	}
	out := &elb.DescribeTrustStoresOutput{TrustStores: []types.TrustStore{}, NextMarker: next}
	for _, t := range page {
		out.TrustStores = append(out.TrustStores, s.showTrustStore(t))
	}
	return out, nil
}

func (s *Service) describeTrustStoreAssociations(in *elb.DescribeTrustStoreAssociationsInput) (*elb.DescribeTrustStoreAssociationsOutput, error) {
	t, err := s.trustStore(*in.TrustStoreArn)
	if err != nil {
		return nil, err
	}
	var all []types.TrustStoreAssociation
	for _, l := range s.verifying(t) {
		all = append(all, types.TrustStoreAssociation{ResourceArn: new(l.arn.String())})
	}
	page, next, err := paginate(all, in.Marker, in.PageSize)
	return &elb.DescribeTrustStoreAssociationsOutput{TrustStoreAssociations: page, NextMarker: next}, err
}

func (s *Service) deleteSharedTrustStoreAssociation(in *elb.DeleteSharedTrustStoreAssociationInput) (*elb.DeleteSharedTrustStoreAssociationOutput, error) {
	t, err := s.trustStore(*in.TrustStoreArn)
	if err != nil {
		return nil, err
	}
	for _, l := range s.verifying(t) {
		if l.arn.String() == *in.ResourceArn {
			return nil, wire.Errorf("DeleteAssociationSameAccount", "The association is in the account that owns the trust store")
		}
	}
	return nil, wire.Errorf("AssociationNotFound", "The association with '%s' is not found", *in.ResourceArn)
}

// getTrustStoreCaCertificatesBundle answers a URL that is good for ten minutes (API reference).
func (s *Service) getTrustStoreCaCertificatesBundle(ctx context.Context, in *elb.GetTrustStoreCaCertificatesBundleInput) (*elb.GetTrustStoreCaCertificatesBundleOutput, error) {
	t, err := s.trustStore(*in.TrustStoreArn)
	if err != nil {
		return nil, err
	}
	url, err := s.s3.URL(ctx, wire.Host(ctx), t.bundleKey())
	return &elb.GetTrustStoreCaCertificatesBundleOutput{Location: &url}, err
}
