package assumption

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go"
)

func (b *bed) tags() []types.Tag {
	return []types.Tag{{Key: aws.String(Tag), Value: &b.run}}
}

func (b *bed) ec2Tags() []ec2types.TagSpecification {
	return []ec2types.TagSpecification{{
		ResourceType: ec2types.ResourceTypeSecurityGroup, Tags: []ec2types.Tag{{Key: aws.String(Tag), Value: &b.run}},
	}}
}

func ingress(group string, port int32, source string) *ec2.AuthorizeSecurityGroupIngressInput {
	return &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &group, IpPermissions: []ec2types.IpPermission{{
		IpProtocol: aws.String("tcp"), FromPort: &port, ToPort: &port, IpRanges: []ec2types.IpRange{{CidrIp: &source}},
	}}}
}

func fixed(code, body string) []types.Action {
	return []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{
		StatusCode: &code, ContentType: aws.String("text/plain"), MessageBody: &body,
	}}}
}

// importCertificate for one host, with a common name that may be something else.
func (b *bed) importCertificate(ctx context.Context, host string) (string, error) {
	return b.importCertificateNamed(ctx, host, host)
}

func (b *bed) importCertificateNamed(ctx context.Context, host, commonName string) (string, error) {
	certificate, key, err := keyPair(host, commonName)
	if err != nil {
		return "", fmt.Errorf("cannot make a certificate for %s: %w", host, err)
	}
	out, err := b.acm.ImportCertificate(ctx, &acm.ImportCertificateInput{
		Certificate: certificate, PrivateKey: key, Tags: []acmtypes.Tag{{Key: aws.String(Tag), Value: &b.run}},
	})
	if err != nil {
		return "", fmt.Errorf("cannot import the certificate of %s: %w", host, err)
	}
	arn := aws.ToString(out.CertificateArn)
	// ACM learns late that a load balancer is gone. Whatever was made before it is removed after it.
	b.undo = append([]step{{"certificate " + arn, func(ctx context.Context) error {
		return b.await(ctx, "certificate "+arn+" to be free", func(ctx context.Context) (bool, error) {
			_, err := b.acm.DeleteCertificate(ctx, &acm.DeleteCertificateInput{CertificateArn: &arn})
			if hasCode(err, "ResourceInUseException") {
				return false, nil
			}
			return err == nil, err
		})
	}}}, b.undo...)
	b.Tell("made certificate " + arn)
	return arn, nil
}

func keyPair(host, commonName string) (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: commonName}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return nil, nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), nil
}

// hasCode says whether AWS answered with one of these error codes.
func hasCode(err error, codes ...string) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	for _, code := range codes {
		if api.ErrorCode() == code {
			return true
		}
	}
	return false
}
