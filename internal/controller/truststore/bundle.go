package truststore

import (
	"context"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/authority"
)

// objects of S3.
type objects interface {
	Content(ctx context.Context, o aws.Object) (string, error)
	Put(ctx context.Context, o aws.Object, content string) (string, error)
	Exists(ctx context.Context, o aws.Object) (bool, error)
	Delete(ctx context.Context, o aws.Object) error
}

// A bundle is the CA certificates that a trust store is to hold, and where in S3 they are or go.
type bundle struct {
	aws.Object

	content     string
	fingerprint string
}

func (b bundle) version() *string {
	if b.Version == "" {
		return nil
	}
	return &b.Version
}

// place of the bundle that the spec gives.
func place(mg *albv1alpha1.TrustStore) albv1alpha1.BundleLocation {
	p := mg.Spec.ForProvider
	return albv1alpha1.BundleLocation{Bucket: p.CaCertificatesBundleS3Bucket, Key: p.CaCertificatesBundleS3Key}
}

func objectAt(l albv1alpha1.BundleLocation) aws.Object {
	return aws.Object{Bucket: l.Bucket, Key: l.Key}
}

// wanted bundle: the certificates of the spec, or else what the object holds that the spec names.
func (e *connection) wanted(ctx context.Context, mg *albv1alpha1.TrustStore) (bundle, error) {
	p := mg.Spec.ForProvider
	b := bundle{Object: objectAt(place(mg))}
	if p.CaCertificates != nil {
		parsed, err := authority.Parse(*p.CaCertificates)
		if err != nil {
			return bundle{}, aws.Refuse("spec.forProvider.caCertificates %s", err)
		}
		b.content, b.fingerprint = *p.CaCertificates, parsed.Fingerprint()
		return b, nil
	}
	b.Version = awssdk.ToString(p.CaCertificatesBundleS3ObjectVersion)
	content, err := e.objects.Content(ctx, b.Object)
	if aws.IsNotFound(err) {
		return bundle{}, aws.Refuse("%s does not exist; put the CA certificates there, in PEM, or give them in spec.forProvider.caCertificates", b.Object)
	}
	if err != nil {
		return bundle{}, errors.Wrapf(err, "cannot read %s", b.Object)
	}
	parsed, err := authority.Parse(content)
	if err != nil {
		return bundle{}, aws.Refuse("%s %s", b.Object, err)
	}
	b.content, b.fingerprint = content, parsed.Fingerprint()
	return b, nil
}

// provide the wanted bundle in S3, and remember what was put there.
func (e *connection) provide(ctx context.Context, mg *albv1alpha1.TrustStore) (bundle, error) {
	b, err := e.wanted(ctx, mg)
	if err != nil {
		return bundle{}, err
	}
	if mg.Spec.ForProvider.CaCertificates == nil {
		mg.Status.AtProvider.Bundle = nil
		return b, nil
	}
	if b.Version, err = e.objects.Put(ctx, b.Object, b.content); err != nil {
		return bundle{}, errors.Wrapf(err, "cannot put the CA certificates into %s", b.Object)
	}
	mg.Status.AtProvider.Bundle = new(place(mg))
	return b, nil
}

// uploads are where we have put a bundle, or may have without having got to record it.
func uploads(mg *albv1alpha1.TrustStore) []albv1alpha1.BundleLocation {
	var out []albv1alpha1.BundleLocation
	if mg.Spec.ForProvider.CaCertificates != nil {
		out = append(out, place(mg))
	}
	if put := mg.Status.AtProvider.Bundle; put != nil && !slices.Contains(out, *put) {
		out = append(out, *put)
	}
	return out
}

// left says whether a bundle that was put into S3 is still there.
func (e *connection) left(ctx context.Context, mg *albv1alpha1.TrustStore) (bool, error) {
	for _, at := range uploads(mg) {
		exists, err := e.objects.Exists(ctx, objectAt(at))
		if err != nil || exists {
			return exists, errors.Wrapf(err, "cannot look for %s", objectAt(at))
		}
	}
	return false, nil
}

func (e *connection) discard(ctx context.Context, at albv1alpha1.BundleLocation) error {
	return errors.Wrapf(e.objects.Delete(ctx, objectAt(at)), "cannot delete %s", objectAt(at))
}
