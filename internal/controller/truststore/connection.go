package truststore

import (
	"context"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/authority"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// stores are the trust stores of an account.
type stores interface {
	TrustStore(ctx context.Context, nameOrARN string) (*elbtypes.TrustStore, error)
	TrustStoreBundle(ctx context.Context, arn string) (string, error)
	CreateTrustStore(ctx context.Context, in *elbv2.CreateTrustStoreInput, bundle string) (*elbtypes.TrustStore, error)
	ModifyTrustStore(ctx context.Context, in *elbv2.ModifyTrustStoreInput, bundle string) (*elbtypes.TrustStore, error)
	DeleteTrustStore(ctx context.Context, in *elbv2.DeleteTrustStoreInput) error
}

// tagger reads and writes tags.
type tagger interface {
	tag.ELB
	Tags(ctx context.Context, arn string) (map[string]string, error)
}

// A connection is the client of one TrustStore, for one reconcile.
type connection struct {
	stores  stores
	tags    tagger
	objects objects
	cluster string

	// due is what Observe found to be different, for Update.
	due due
}

// A due is what differs between what AWS has and what it is to have.
type due struct {
	content difference.List // fingerprints
	moved   difference.List // to another place in S3
	tags    tag.Change
}

func (d due) differences() difference.List {
	return slices.Concat(d.content, d.moved, d.tags.Differences)
}

// Observe the trust store.
func (e *connection) Observe(ctx context.Context, mg *albv1alpha1.TrustStore) (managed.ExternalObservation, error) {
	got, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	if meta.WasDeleted(mg) {
		left, err := e.left(ctx, mg)
		return managed.ExternalObservation{ResourceExists: got != nil || left, ResourceUpToDate: true}, err
	}
	if got == nil {
		return managed.ExternalObservation{}, nil
	}
	arn := awssdk.ToString(got.TrustStoreArn)
	adopted := meta.GetExternalName(mg) != arn
	meta.SetExternalName(mg, arn)
	if err := e.compare(ctx, mg, got); err != nil {
		return managed.ExternalObservation{}, err
	}
	d := e.due.differences()
	return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: len(d) == 0, ResourceLateInitialized: adopted, Diff: d.String()}, nil
}

// compare the certificates that AWS holds, whatever became of the object that they came from, with those wanted.
func (e *connection) compare(ctx context.Context, mg *albv1alpha1.TrustStore, got *elbtypes.TrustStore) error {
	arn := awssdk.ToString(got.TrustStoreArn)
	holds, err := e.stores.TrustStoreBundle(ctx, arn)
	if err != nil {
		return errors.Wrap(err, "cannot read the CA certificates of the trust store")
	}
	has := authority.Fingerprint(holds)
	record(mg, got, has)
	want, err := e.wanted(ctx, mg)
	if err != nil {
		return err
	}
	tags, err := e.tags.Tags(ctx, arn)
	if err != nil {
		return errors.Wrap(err, "cannot read the tags of the trust store")
	}
	e.due = due{
		content: difference.Setting("caCertificates", &has, &want.fingerprint),
		tags:    tag.Compare(mg, tags, e.wantedTags(mg)),
	}
	if put := mg.Status.AtProvider.Bundle; put != nil {
		e.due.moved = difference.Setting("caCertificatesBundleS3Key", new(objectAt(*put).String()), new(objectAt(place(mg)).String()))
	}
	foreign.Report(mg, foreign.Find{Kind: "tags", Names: e.due.tags.Foreign})
	return nil
}

// find the trust store by the ARN that the external name gives, which makes it ours; else by its name, and then it must have our
// tags. So one that was made without its ARN having been recorded is found again, and a stranger is not touched.
func (e *connection) find(ctx context.Context, mg *albv1alpha1.TrustStore) (*elbtypes.TrustStore, error) {
	if arn := meta.GetExternalName(mg); arn != "" {
		got, err := e.stores.TrustStore(ctx, arn)
		if err == nil || !aws.IsNotFound(err) {
			return got, errors.Wrap(err, "cannot read trust stores")
		}
	}
	name := mg.Spec.ForProvider.Name
	got, err := e.stores.TrustStore(ctx, name)
	if aws.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrap(err, "cannot read trust stores")
	}
	arn := awssdk.ToString(got.TrustStoreArn)
	tags, err := e.tags.Tags(ctx, arn)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read the tags of trust store %q", name)
	}
	switch {
	case aws.Owned(tags, aws.OwnerTags(e.cluster, mg)):
		return got, nil
	case meta.WasDeleted(mg):
		return nil, nil
	}
	return nil, aws.Refuse("trust store %q exists and is not tagged as made for this TrustStore; delete it, choose another name, or take it over with the annotation %s: %s",
		name, meta.AnnotationKeyExternalName, arn)
}

// Create the trust store, of a bundle that is put into S3 first unless it is there.
func (e *connection) Create(ctx context.Context, mg *albv1alpha1.TrustStore) (managed.ExternalCreation, error) {
	b, err := e.provide(ctx, mg)
	if err != nil {
		return managed.ExternalCreation{}, err
	}
	made, err := e.stores.CreateTrustStore(ctx, &elbv2.CreateTrustStoreInput{
		Name:                         new(mg.Spec.ForProvider.Name),
		CaCertificatesBundleS3Bucket: &b.Bucket, CaCertificatesBundleS3Key: &b.Key, CaCertificatesBundleS3ObjectVersion: b.version(),
		Tags: aws.ELBTags(e.wantedTags(mg)),
	}, b.content)
	if err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot create trust store")
	}
	meta.SetExternalName(mg, awssdk.ToString(made.TrustStoreArn))
	return managed.ExternalCreation{}, nil
}

// Update puts the bundle into S3 and has AWS read it, so that listeners take it up without being changed.
func (e *connection) Update(ctx context.Context, mg *albv1alpha1.TrustStore) (managed.ExternalUpdate, error) {
	arn := meta.GetExternalName(mg)
	if len(e.due.content)+len(e.due.moved) > 0 {
		if err := e.load(ctx, mg, arn); err != nil {
			return managed.ExternalUpdate{}, err
		}
	}
	return managed.ExternalUpdate{}, e.due.tags.Make(ctx, tag.OfELB(e.tags), arn)
}

func (e *connection) load(ctx context.Context, mg *albv1alpha1.TrustStore, arn string) error {
	former := mg.Status.AtProvider.Bundle
	b, err := e.provide(ctx, mg)
	if err != nil {
		return err
	}
	got, err := e.stores.ModifyTrustStore(ctx, &elbv2.ModifyTrustStoreInput{
		TrustStoreArn:                &arn,
		CaCertificatesBundleS3Bucket: &b.Bucket, CaCertificatesBundleS3Key: &b.Key, CaCertificatesBundleS3ObjectVersion: b.version(),
	}, b.content)
	if err != nil {
		return errors.Wrap(err, "cannot modify trust store")
	}
	record(mg, got, b.fingerprint)
	if len(e.due.moved) > 0 {
		return e.discard(ctx, *former)
	}
	return nil
}

// Delete the bundle that was put into S3, then the trust store: AWS has a copy, and what is found again to be deleted is the trust
// store.
func (e *connection) Delete(ctx context.Context, mg *albv1alpha1.TrustStore) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())
	for _, at := range uploads(mg) {
		if err := e.discard(ctx, at); err != nil {
			return managed.ExternalDelete{}, err
		}
	}
	got, err := e.find(ctx, mg)
	if err != nil || got == nil {
		return managed.ExternalDelete{}, err
	}
	err = e.stores.DeleteTrustStore(ctx, &elbv2.DeleteTrustStoreInput{TrustStoreArn: got.TrustStoreArn})
	if aws.IsNotFound(err) {
		return managed.ExternalDelete{}, nil
	}
	return managed.ExternalDelete{}, errors.Wrap(err, "cannot delete trust store")
}

// Disconnect has nothing to close: connections belong to the account.
func (e *connection) Disconnect(context.Context) error { return nil }

func (e *connection) wantedTags(mg *albv1alpha1.TrustStore) map[string]string {
	return tag.Wanted(e.cluster, mg, mg.Spec.ForProvider.Tags)
}

// record what AWS has. A trust store is of use once it is active.
func record(mg *albv1alpha1.TrustStore, got *elbtypes.TrustStore, fingerprint string) {
	mg.Status.AtProvider = albv1alpha1.TrustStoreObservation{
		ARN: awssdk.ToString(got.TrustStoreArn), Status: string(got.Status),
		NumberOfCaCertificates: awssdk.ToInt32(got.NumberOfCaCertificates), TotalRevokedEntries: awssdk.ToInt64(got.TotalRevokedEntries),
		Fingerprint: fingerprint, Bundle: mg.Status.AtProvider.Bundle,
	}
	if got.Status == elbtypes.TrustStoreStatusActive {
		mg.SetConditions(xpv2.Available())
		return
	}
	mg.SetConditions(xpv2.Creating().WithMessage("AWS is creating the trust store"))
}
