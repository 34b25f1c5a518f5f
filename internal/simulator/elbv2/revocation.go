package elbv2

import (
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"slices"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

func (s *Service) addTrustStoreRevocations(in *elb.AddTrustStoreRevocationsInput) (*elb.AddTrustStoreRevocationsOutput, error) {
	t, err := s.trustStore(*in.TrustStoreArn)
	if err != nil {
		return nil, err
	}
	added, lists := []types.TrustStoreRevocation{}, map[int64]string{}
	next := int64(1)
	for id := range t.revocations {
		next = max(next, id+1)
	}
	for _, c := range in.RevocationContents {
		entries, err := s.revoked(c)
		if err != nil {
			return nil, err
		}
		lists[next] = "s3://" + deref(c.S3Bucket) + "/" + deref(c.S3Key)
		added = append(added, types.TrustStoreRevocation{
			RevocationId: new(next), NumberOfRevokedEntries: &entries, TrustStoreArn: new(t.arn.String()),
			RevocationType: cmp.Or(c.RevocationType, types.RevocationTypeCrl),
		})
		next++
	}
	for _, r := range added {
		t.revocations[*r.RevocationId] = r
	}
	maps.Copy(t.lists, lists)
	return &elb.AddTrustStoreRevocationsOutput{TrustStoreRevocations: added}, nil
}

// revoked counts the entries of a revocation list.
func (s *Service) revoked(c types.RevocationContent) (int64, error) {
	raw, err := s.s3.Read(deref(c.S3Bucket), deref(c.S3Key), deref(c.S3ObjectVersion))
	if err != nil {
		return 0, wire.Errorf("RevocationContentNotFound", "The revocation content 's3://%s/%s' is not found", deref(c.S3Bucket), deref(c.S3Key))
	}
	if block, _ := pem.Decode(raw); block != nil {
		raw = block.Bytes
	}
	list, err := x509.ParseRevocationList(raw)
	if err != nil {
		return 0, wire.Errorf("InvalidRevocationContent", "The revocation content is not a certificate revocation list")
	}
	return int64(len(list.RevokedCertificateEntries)), nil
}

func (s *Service) describeTrustStoreRevocations(in *elb.DescribeTrustStoreRevocationsInput) (*elb.DescribeTrustStoreRevocationsOutput, error) {
	t, err := s.trustStore(*in.TrustStoreArn)
	if err != nil {
		return nil, err
	}
	ids := in.RevocationIds
	if len(ids) == 0 {
		ids = slices.Sorted(maps.Keys(t.revocations))
	}
	var all []types.DescribeTrustStoreRevocation
	for _, id := range ids {
		r, err := t.revocation(id)
		if err != nil {
			return nil, err
		}
		all = append(all, types.DescribeTrustStoreRevocation{
			RevocationId: r.RevocationId, NumberOfRevokedEntries: r.NumberOfRevokedEntries, RevocationType: r.RevocationType, TrustStoreArn: r.TrustStoreArn,
		})
	}
	page, next, err := paginate(all, in.Marker, in.PageSize)
	return &elb.DescribeTrustStoreRevocationsOutput{TrustStoreRevocations: page, NextMarker: next}, err
}

func (t *trustStore) revocation(id int64) (types.TrustStoreRevocation, error) {
	r, ok := t.revocations[id]
	if !ok {
		return r, wire.Errorf("RevocationIdNotFound", "Revocation '%d' of trust store '%s' is not found", id, t.arn)
	}
	return r, nil
}

func (s *Service) removeTrustStoreRevocations(in *elb.RemoveTrustStoreRevocationsInput) (*elb.RemoveTrustStoreRevocationsOutput, error) {
	t, err := s.trustStore(*in.TrustStoreArn)
	if err != nil {
		return nil, err
	}
	for _, id := range in.RevocationIds {
		if _, err := t.revocation(id); err != nil {
			return nil, err
		}
	}
	for _, id := range in.RevocationIds {
		delete(t.revocations, id)
		delete(t.lists, id)
	}
	return &elb.RemoveTrustStoreRevocationsOutput{}, nil
}

func (s *Service) getTrustStoreRevocationContent(in *elb.GetTrustStoreRevocationContentInput) (*elb.GetTrustStoreRevocationContentOutput, error) {
	t, err := s.trustStore(*in.TrustStoreArn)
	if err != nil {
		return nil, err
	}
	if _, err := t.revocation(*in.RevocationId); err != nil {
		return nil, err
	}
	return &elb.GetTrustStoreRevocationContentOutput{Location: new(t.lists[*in.RevocationId])}, nil
}
