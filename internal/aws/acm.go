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
}

func newACM(cfg awssdk.Config, m *metrics, a *Ages) *ACM {
	limit := newLimiter(serviceACM, m)
	return &ACM{
		api:          acm.NewFromConfig(cfg, func(o *acm.Options) { o.APIOptions = append(o.APIOptions, limit.add) }),
		ages:         a,
		certificates: newSnapshot[[]types.CertificateSummary]("acmCertificates", m, a),
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

// ImportCertificate imports one anew, or in the place of the one whose ARN is given, and returns its ARN.
func (a *ACM) ImportCertificate(ctx context.Context, in *acm.ImportCertificateInput) (string, error) {
	out, err := do(ctx, a.api.ImportCertificate, in)
	a.certificates.expire(everything)
	if err != nil {
		return "", err
	}
	return awssdk.ToString(out.CertificateArn), nil
}

// DeleteCertificate that nothing uses.
func (a *ACM) DeleteCertificate(ctx context.Context, in *acm.DeleteCertificateInput) error {
	_, err := do(ctx, a.api.DeleteCertificate, in)
	a.certificates.expire(everything)
	return err
}
