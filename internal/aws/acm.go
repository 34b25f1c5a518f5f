package aws

import (
	"context"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
)

// ACM is AWS Certificate Manager in one account and region. What its readers return is shared: callers must not change it.
type ACM struct {
	api  *acm.Client
	ages *Ages

	certificates *snapshot[[]types.CertificateSummary]
	contents     *snapshot[Content]
	tags         *snapshot[map[string]string]
}

// Content of a certificate, in PEM.
type Content struct{ Certificate, Chain string }

func newACM(cfg awssdk.Config, m *metrics, a *Ages, rates Rates) *ACM {
	limit := newLimiter(serviceACM, m, rates)
	return &ACM{
		api:          acm.NewFromConfig(cfg, func(o *acm.Options) { o.APIOptions = append(o.APIOptions, limit.add) }),
		ages:         a,
		certificates: newSnapshot[[]types.CertificateSummary]("acmCertificates", m, a),
		contents:     newSnapshot[Content]("acmContents", m, a),
		tags:         newSnapshot[map[string]string]("acmTags", m, a),
	}
}

// Certificates of the account, of every key type.
func (a *ACM) Certificates(ctx context.Context) ([]types.CertificateSummary, error) {
	return a.certificates.get(ctx, question[[]types.CertificateSummary]{
		key:  everything,
		age:  upTo[[]types.CertificateSummary](a.ages.Network),
		read: a.readCertificates,
	})
}

func (a *ACM) readCertificates(ctx context.Context) ([]types.CertificateSummary, error) {
	var none types.KeyAlgorithm
	return collect(func(token *string) ([]types.CertificateSummary, *string, error) {
		out, err := do(ctx, a.api.ListCertificates, &acm.ListCertificatesInput{
			NextToken: token,
			Includes:  &types.Filters{KeyTypes: none.Values()}, // left out: RSA 1024 and 2048 alone
		})
		if err != nil {
			return nil, nil, err
		}
		return out.CertificateSummaryList, out.NextToken, nil
	})
}

// Content of a certificate, by ARN.
func (a *ACM) Content(ctx context.Context, arn string) (Content, error) {
	return a.contents.get(ctx, question[Content]{
		key: arn,
		age: upTo[Content](a.ages.Detail),
		read: func(ctx context.Context) (Content, error) {
			out, err := do(ctx, a.api.GetCertificate, &acm.GetCertificateInput{CertificateArn: &arn})
			if err != nil {
				return Content{}, err
			}
			return Content{awssdk.ToString(out.Certificate), awssdk.ToString(out.CertificateChain)}, nil
		},
	})
}

// Tags of a certificate, by ARN.
func (a *ACM) Tags(ctx context.Context, arn string) (map[string]string, error) {
	return a.tags.get(ctx, question[map[string]string]{
		key: arn,
		age: upTo[map[string]string](a.ages.Detail),
		read: func(ctx context.Context) (map[string]string, error) {
			out, err := do(ctx, a.api.ListTagsForCertificate, &acm.ListTagsForCertificateInput{CertificateArn: &arn})
			if err != nil {
				return nil, err
			}
			return acmTagMap(out.Tags), nil
		},
	})
}

// AddTags to a certificate.
func (a *ACM) AddTags(ctx context.Context, arn string, tags map[string]string) error {
	_, err := do(ctx, a.api.AddTagsToCertificate, &acm.AddTagsToCertificateInput{CertificateArn: &arn, Tags: ACMTags(tags)})
	a.tags.expire(arn)
	return err
}

// RemoveTags from a certificate, by their keys, whatever their values.
func (a *ACM) RemoveTags(ctx context.Context, arn string, keys []string) error {
	in := &acm.RemoveTagsFromCertificateInput{CertificateArn: &arn}
	for _, k := range keys {
		in.Tags = append(in.Tags, types.Tag{Key: new(k)})
	}
	_, err := do(ctx, a.api.RemoveTagsFromCertificate, in)
	a.tags.expire(arn)
	return err
}

// ImportCertificate imports one anew, or in the place of the one whose ARN is given, and returns its ARN. What is known of it
// then is what was sent: neither content nor tags are read.
func (a *ACM) ImportCertificate(ctx context.Context, in *acm.ImportCertificateInput) (string, error) {
	known := awssdk.ToString(in.CertificateArn)
	out, err := do(ctx, a.api.ImportCertificate, in)
	a.certificates.expire(everything)
	if err != nil {
		a.contents.expire(known)
		return "", err
	}
	arn := awssdk.ToString(out.CertificateArn)
	a.contents.put(arn, Content{string(in.Certificate), string(in.CertificateChain)})
	if known == "" {
		a.tags.put(arn, acmTagMap(in.Tags))
	}
	return arn, nil
}

// DeleteCertificate that nothing uses.
func (a *ACM) DeleteCertificate(ctx context.Context, in *acm.DeleteCertificateInput) error {
	_, err := do(ctx, a.api.DeleteCertificate, in)
	a.certificates.expire(everything)
	arn := awssdk.ToString(in.CertificateArn)
	a.contents.expire(arn)
	if err == nil {
		a.contents.drop(arn)
		a.tags.drop(arn)
	}
	return err
}

// ACMTags in the order of their keys.
func ACMTags(tags map[string]string) []types.Tag {
	out := make([]types.Tag, 0, len(tags))
	for _, k := range sortedKeys(tags) {
		out = append(out, types.Tag{Key: new(k), Value: new(tags[k])})
	}
	return out
}

func acmTagMap(tags []types.Tag) map[string]string {
	out := make(map[string]string, len(tags))
	for _, t := range tags {
		out[awssdk.ToString(t.Key)] = awssdk.ToString(t.Value)
	}
	return out
}
