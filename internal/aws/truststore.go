package aws

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// maxBundle is how much of a bundle is read, in bytes: many times what 25 certificates need.
const maxBundle = 1 << 20

// TrustStore by name or ARN.
func (e *ELB) TrustStore(ctx context.Context, nameOrARN string) (*types.TrustStore, error) {
	all, err := e.stores.get(ctx, question[[]types.TrustStore]{
		key: everything,
		age: func(all []types.TrustStore) time.Duration {
			if slices.ContainsFunc(all, func(t types.TrustStore) bool { return t.Status == types.TrustStoreStatusCreating }) {
				return e.ages.Provisioning
			}
			return e.ages.Content
		},
		read: e.readTrustStores,
	})
	if err != nil {
		return nil, err
	}
	return find(all, func(t types.TrustStore) bool { return matches(nameOrARN, t.Name, t.TrustStoreArn) }, "trust store", nameOrARN)
}

func (e *ELB) readTrustStores(ctx context.Context) ([]types.TrustStore, error) {
	return collect(func(marker *string) ([]types.TrustStore, *string, error) {
		out, err := do(ctx, e.api.DescribeTrustStores, &elbv2.DescribeTrustStoresInput{Marker: marker, PageSize: new(int32(pageSize))})
		if err != nil {
			return nil, nil, err
		}
		return out.TrustStores, out.NextMarker, nil
	})
}

// TrustStoreBundle is the CA certificates that a trust store holds, in PEM: AWS's own copy, whatever has become of the object that
// it was made from.
func (e *ELB) TrustStoreBundle(ctx context.Context, arn string) (string, error) {
	return e.bundles.get(ctx, question[string]{
		key: arn,
		age: upTo[string](e.ages.Detail),
		read: func(ctx context.Context) (string, error) {
			out, err := do(ctx, e.api.GetTrustStoreCaCertificatesBundle, &elbv2.GetTrustStoreCaCertificatesBundleInput{TrustStoreArn: &arn})
			if err != nil {
				return "", missing(err)
			}
			return e.fetch(ctx, awssdk.ToString(out.Location))
		},
	})
}

// missing gives the absence of a trust store that is itself the object of a call the class Gone. A listener that names one which
// is not there is wrong, and Refused.
func missing(err error) error {
	var f *failure
	if !errors.As(err, &f) || f.code != "TrustStoreNotFound" {
		return err
	}
	gone := *f
	gone.class = Gone
	return &gone
}

// fetch what AWS gave a signed URL of. The URL is as good as a password while it lives: it is in no error.
func (e *ELB) fetch(ctx context.Context, at string) (string, error) {
	failed := func(why string) error {
		return &failure{class: Transient, text: "cannot fetch the CA certificates that the trust store holds: " + why}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
	if err != nil {
		return "", failed("AWS gave no URL")
	}
	res, err := e.http.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return "", failed(reason(err))
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return "", failed("S3 answered " + res.Status)
	}
	content, err := io.ReadAll(io.LimitReader(res.Body, maxBundle))
	if err != nil {
		return "", failed(reason(err))
	}
	return string(content), nil
}

// CreateTrustStore from a bundle in S3, whose content the caller knows.
func (e *ELB) CreateTrustStore(ctx context.Context, in *elbv2.CreateTrustStoreInput, bundle string) (*types.TrustStore, error) {
	out, err := do(ctx, e.api.CreateTrustStore, in)
	e.edited(err, e.stores.expire, everything)
	if err != nil {
		return nil, err
	}
	t := first(out.TrustStores)
	arn := awssdk.ToString(t.TrustStoreArn)
	e.tags.put(arn, ELBTagMap(in.Tags))
	e.bundles.put(arn, bundle)
	e.stores.edit(everything, func(all []types.TrustStore) []types.TrustStore {
		return insert(all, t, func(o types.TrustStore) bool { return same(o.TrustStoreArn, arn) })
	})
	return &t, nil
}

// ModifyTrustStore gives it another bundle in S3, whose content the caller knows.
func (e *ELB) ModifyTrustStore(ctx context.Context, in *elbv2.ModifyTrustStoreInput, bundle string) (*types.TrustStore, error) {
	arn := awssdk.ToString(in.TrustStoreArn)
	out, err := do(ctx, e.api.ModifyTrustStore, in)
	err = missing(err)
	e.edited(err, e.stores.expire, everything)
	if err != nil {
		e.bundles.expire(arn)
		return nil, err
	}
	t := first(out.TrustStores)
	e.bundles.put(arn, bundle)
	e.stores.edit(everything, func(all []types.TrustStore) []types.TrustStore {
		return upsert(all, t, func(o types.TrustStore) bool { return same(o.TrustStoreArn, arn) })
	})
	return &t, nil
}

// DeleteTrustStore that no listener has.
func (e *ELB) DeleteTrustStore(ctx context.Context, in *elbv2.DeleteTrustStoreInput) error {
	arn := awssdk.ToString(in.TrustStoreArn)
	_, err := do(ctx, e.api.DeleteTrustStore, in)
	err = missing(err)
	e.edited(err, e.stores.expire, everything)
	if err != nil {
		return err
	}
	e.stores.edit(everything, func(all []types.TrustStore) []types.TrustStore {
		return remove(all, func(o types.TrustStore) bool { return same(o.TrustStoreArn, arn) })
	})
	e.tags.drop(arn)
	e.bundles.drop(arn)
	return nil
}
