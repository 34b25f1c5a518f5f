package certificate

import (
	"context"
	"slices"
	"strings"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/keypair"
)

// clockSkew that there may be between the cluster and AWS.
const clockSkew = 5 * time.Minute

// certificates of an account.
type certificates interface {
	tag.Writer
	Certificates(ctx context.Context) ([]acmtypes.CertificateSummary, error)
	Content(ctx context.Context, arn string) (aws.Content, error)
	Tags(ctx context.Context, arn string) (map[string]string, error)
	ImportCertificate(ctx context.Context, in *acm.ImportCertificateInput) (string, error)
	DeleteCertificate(ctx context.Context, in *acm.DeleteCertificateInput) error
}

// A connection is the client of one Certificate, for one reconcile.
type connection struct {
	acm     certificates
	secrets client.Reader // not from a cache
	cluster string

	// due is what Observe found to be different, for Update.
	due due
}

// A due is what differs between what ACM has and what it is to have.
type due struct {
	content difference.List // fingerprints
	tags    tag.Change
}

func (d due) differences() difference.List { return slices.Concat(d.content, d.tags.Differences) }

// Observe the certificate.
func (e *connection) Observe(ctx context.Context, mg *albv1alpha1.Certificate) (managed.ExternalObservation, error) {
	arn, content, err := e.find(ctx, mg)
	if err != nil || arn == "" {
		return managed.ExternalObservation{}, err
	}
	adopted := meta.GetExternalName(mg) != arn
	meta.SetExternalName(mg, arn)
	has := keypair.Describe(content.Certificate, content.Chain)
	record(mg, arn, has)
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}, nil
	}
	if err := e.compare(ctx, mg, has); err != nil {
		return managed.ExternalObservation{}, err
	}
	d := e.due.differences()
	return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: len(d) == 0, ResourceLateInitialized: adopted, Diff: d.String()}, nil
}

// compare what ACM has with the Secret. The Secret is not read while ACM has what the spec says that it holds.
func (e *connection) compare(ctx context.Context, mg *albv1alpha1.Certificate, has keypair.Public) error {
	if awssdk.ToString(mg.Spec.ForProvider.Fingerprint) != has.Fingerprint || has.Fingerprint == "" {
		pair, err := e.pair(ctx, mg)
		if err != nil {
			return err
		}
		e.due.content = difference.Setting("fingerprint", &has.Fingerprint, &pair.Fingerprint)
	}
	tags, err := e.acm.Tags(ctx, meta.GetExternalName(mg))
	if err != nil {
		return errors.Wrap(err, "cannot read the tags of the certificate")
	}
	e.due.tags = tag.Compare(mg, tags, e.tags(mg))
	foreign.Report(mg, foreign.Find{Kind: "tags", Names: e.due.tags.Foreign})
	return nil
}

// find the certificate by the ARN that the external name gives, which makes it ours; else by our tags, so that one whose ARN was
// not recorded is found again. No ARN: there is none.
func (e *connection) find(ctx context.Context, mg *albv1alpha1.Certificate) (arn string, content aws.Content, err error) {
	if arn = meta.GetExternalName(mg); arn != "" {
		if !strings.HasPrefix(arn, "arn:") || !strings.Contains(arn, ":acm:") {
			return "", content, aws.Refuse("annotation %s is %q; set it to the ARN of an ACM certificate, or remove it to have one imported", meta.AnnotationKeyExternalName, arn)
		}
		content, err = e.acm.Content(ctx, arn)
		if err == nil {
			return arn, content, nil
		}
		if !aws.IsNotFound(err) {
			return "", content, errors.Wrap(err, "cannot get certificate")
		}
	}
	if arn, err = e.tagged(ctx, mg); err != nil || arn == "" {
		return "", content, err
	}
	content, err = e.acm.Content(ctx, arn)
	if aws.IsNotFound(err) {
		return "", content, nil
	}
	return arn, content, errors.Wrap(err, "cannot get certificate")
}

// tagged is the ARN of the certificate with our tags. ACM finds none by tag, so all that may be it are asked: those that were
// imported since there is the object.
func (e *connection) tagged(ctx context.Context, mg *albv1alpha1.Certificate) (string, error) {
	all, err := e.acm.Certificates(ctx)
	if err != nil {
		return "", errors.Wrap(err, "cannot list certificates")
	}
	since := mg.GetCreationTimestamp().Add(-clockSkew)
	for _, c := range all {
		if c.Type != acmtypes.CertificateTypeImported || c.CreatedAt != nil && c.CreatedAt.Before(since) {
			continue
		}
		arn := awssdk.ToString(c.CertificateArn)
		tags, err := e.acm.Tags(ctx, arn)
		if aws.IsNotFound(err) {
			continue
		}
		if err != nil {
			return "", errors.Wrap(err, "cannot read the tags of a certificate")
		}
		if aws.Owned(tags, aws.OwnerTags(e.cluster, mg)) {
			return arn, nil
		}
	}
	return "", nil
}

// Create imports the Secret.
func (e *connection) Create(ctx context.Context, mg *albv1alpha1.Certificate) (managed.ExternalCreation, error) {
	pair, err := e.pair(ctx, mg)
	if err != nil {
		return managed.ExternalCreation{}, err
	}
	in := importOf(pair)
	in.Tags = aws.ACMTags(e.tags(mg))
	arn, err := e.acm.ImportCertificate(ctx, in)
	if err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot import certificate")
	}
	meta.SetExternalName(mg, arn)
	return managed.ExternalCreation{}, nil
}

// Update imports the Secret in the place of what ACM has, so that listeners take it up without being changed. ACM takes no tags
// then.
func (e *connection) Update(ctx context.Context, mg *albv1alpha1.Certificate) (managed.ExternalUpdate, error) {
	arn := meta.GetExternalName(mg)
	if len(e.due.content) > 0 {
		pair, err := e.pair(ctx, mg)
		if err != nil {
			return managed.ExternalUpdate{}, err
		}
		in := importOf(pair)
		in.CertificateArn = &arn
		if _, err := e.acm.ImportCertificate(ctx, in); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot import certificate again")
		}
		record(mg, arn, keypair.Describe(string(pair.Certificate), string(pair.Chain)))
	}
	return managed.ExternalUpdate{}, e.due.tags.Make(ctx, e.acm, arn)
}

// Delete the certificate. For a while after a listener has let go of it, ACM may say that it is in use, and it is tried again.
func (e *connection) Delete(ctx context.Context, mg *albv1alpha1.Certificate) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())
	err := e.acm.DeleteCertificate(ctx, &acm.DeleteCertificateInput{CertificateArn: new(meta.GetExternalName(mg))})
	if aws.IsNotFound(err) {
		return managed.ExternalDelete{}, nil
	}
	return managed.ExternalDelete{}, errors.Wrap(err, "cannot delete certificate")
}

// Disconnect has nothing to close: connections belong to the account.
func (e *connection) Disconnect(context.Context) error { return nil }

func (e *connection) tags(mg *albv1alpha1.Certificate) map[string]string {
	return tag.Wanted(e.cluster, mg, mg.Spec.ForProvider.Tags)
}

func importOf(p keypair.Pair) *acm.ImportCertificateInput {
	in := &acm.ImportCertificateInput{Certificate: p.Certificate, PrivateKey: p.Key()}
	if len(p.Chain) > 0 {
		in.CertificateChain = p.Chain
	}
	return in
}

func record(mg *albv1alpha1.Certificate, arn string, p keypair.Public) {
	mg.Status.AtProvider = albv1alpha1.CertificateObservation{ARN: arn, Fingerprint: p.Fingerprint, Domains: p.Domains}
	if !p.NotAfter.IsZero() {
		mg.Status.AtProvider.NotAfter = new(metav1.NewTime(p.NotAfter))
	}
	mg.SetConditions(xpv2.Available())
}
