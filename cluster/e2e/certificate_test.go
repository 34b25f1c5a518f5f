package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// trusted is a new key pair for a host whose certificate fetch trusts.
func trusted(ts *testscript.TestScript, host string) stack.KeyPair {
	p, err := stack.NewKeyPair(host)
	ts.Check(err)
	ts.Setenv("TRUST", ts.Getenv("TRUST")+string(p.Certificate))
	return p
}

func trust(ts *testscript.TestScript) *tls.Config {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(ts.Getenv("TRUST")))
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// certificate NAME HOST imports a certificate for HOST that fetch trusts, and sets $NAME to its ARN.
func certificate(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: certificate NAME HOST")
	}
	arn, err := system.ImportCertificate(context.Background(), trusted(ts, args[1]))
	ts.Check(err)
	ts.Setenv(args[0], arn)
}

// secret NAME HOST applies a TLS Secret with a new certificate for HOST that fetch trusts.
func secret(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: secret [NAMESPACE/]NAME HOST")
	}
	namespace, name, elsewhere := strings.Cut(args[0], "/")
	if !elsewhere {
		namespace, name = ts.Getenv("NS"), args[0]
	}
	p := trusted(ts, args[1])
	manifest, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]string{"name": name, "namespace": namespace}, "type": "kubernetes.io/tls",
		"stringData": map[string]string{"tls.crt": string(p.Certificate), "tls.key": string(p.Key)},
	})
	ts.Check(err)
	_, err = system.Kubectl(context.Background(), string(manifest), "apply", "-f", "-")
	ts.Check(err)
}

// aws-certificates prints how many certificates in ACM were imported for the script's Gateways, and the domains of each on a line.
func awsCertificates(ts *testscript.TestScript, _ bool, _ []string) {
	ctx := context.Background()
	cfg, err := system.AWS(ctx)
	ts.Check(err)
	client := acm.NewFromConfig(cfg)
	var every acmtypes.KeyAlgorithm
	all, err := client.ListCertificates(ctx, &acm.ListCertificatesInput{Includes: &acmtypes.Filters{KeyTypes: every.Values()}})
	ts.Check(err)
	var lines []string
	for _, c := range all.CertificateSummaryList {
		tags, err := client.ListTagsForCertificate(ctx, &acm.ListTagsForCertificateInput{CertificateArn: c.CertificateArn})
		ts.Check(err)
		if slices.ContainsFunc(tags.Tags, func(t acmtypes.Tag) bool {
			return aws.ToString(t.Key) == tagGateway && strings.HasPrefix(aws.ToString(t.Value), ts.Getenv("NS")+"/")
		}) {
			lines = append(lines, strings.Join(c.SubjectAlternativeNameSummaries, " "))
		}
	}
	_, err = fmt.Fprintf(ts.Stdout(), "%d certificates\n%s\n", len(lines), strings.Join(lines, "\n"))
	ts.Check(err)
}
