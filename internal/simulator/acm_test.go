package simulator_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"regexp"
	"testing"
	"time"

	acmapi "github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

// ACM user guide, "Prerequisites for importing certificates", and API reference, ImportCertificate.
func TestImportCertificateRefuses(t *testing.T) {
	b := newBench(t, quick())
	i := newIssuer(t)
	good, other := i.issue(time.Now().Add(time.Hour), "a.example.com"), i.issue(time.Now().Add(time.Hour), "b.example.com")
	expired := i.issue(time.Now().Add(-time.Minute), "c.example.com")
	stranger := newIssuer(t)
	cases := map[string]struct {
		reason string
		in     acmapi.ImportCertificateInput
		want   string
	}{
		"Good":         {"nothing is wrong with it", acmapi.ImportCertificateInput{Certificate: good.certificate, PrivateKey: good.key, CertificateChain: good.chain}, ""},
		"NoChain":      {"a chain is optional", acmapi.ImportCertificateInput{Certificate: good.certificate, PrivateKey: good.key}, ""},
		"OtherKey":     {"the key must match", acmapi.ImportCertificateInput{Certificate: good.certificate, PrivateKey: other.key}, "ValidationException"},
		"NotPEM":       {"PEM only", acmapi.ImportCertificateInput{Certificate: []byte("certificate"), PrivateKey: good.key}, "ValidationException"},
		"KeyNotPEM":    {"PEM only", acmapi.ImportCertificateInput{Certificate: good.certificate, PrivateKey: []byte("key")}, "ValidationException"},
		"EncryptedKey": {"unencrypted only", acmapi.ImportCertificateInput{Certificate: good.certificate, PrivateKey: bytes.ReplaceAll(good.key, []byte("PRIVATE"), []byte("ENCRYPTED PRIVATE"))}, "ValidationException"},
		"WholeChain":   {"one certificate in the body", acmapi.ImportCertificateInput{Certificate: append(bytes.Clone(good.certificate), good.chain...), PrivateKey: good.key}, "ValidationException"},
		"OtherChain":   {"the chain must sign it", acmapi.ImportCertificateInput{Certificate: good.certificate, PrivateKey: good.key, CertificateChain: stranger.pem}, "ValidationException"},
		"Expired":      {"valid at the time of import", acmapi.ImportCertificateInput{Certificate: expired.certificate, PrivateKey: expired.key}, "ValidationException"},
		"NoSuchARN":    {"an ARN to import over exists", acmapi.ImportCertificateInput{CertificateArn: new("arn:aws:acm:us-east-1:123456789012:certificate/0"), Certificate: good.certificate, PrivateKey: good.key}, "ResourceNotFoundException"},
		"ReservedTag":  {"aws: is reserved", acmapi.ImportCertificateInput{Certificate: good.certificate, PrivateKey: good.key, Tags: []types.Tag{{Key: new("aws:k")}}}, "InvalidTagException"},
		"FiftyOneTags": {"50 at most", acmapi.ImportCertificateInput{Certificate: good.certificate, PrivateKey: good.key, Tags: certificateTags(51)}, "TooManyTagsException"},
		"NothingAtAll": {"both are needed", acmapi.ImportCertificateInput{Certificate: []byte{}, PrivateKey: []byte{}}, "ValidationException"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := b.acm.ImportCertificate(t.Context(), &c.in)
			if got := codeOf(t, err); got != c.want {
				t.Errorf("%s: want code %q, got %v", c.reason, c.want, err)
			}
		})
	}
}

func certificateTags(n int) []types.Tag {
	var out []types.Tag
	for i := range n {
		out = append(out, types.Tag{Key: new(fmt.Sprint("k", i)), Value: new("v")})
	}
	return out
}

func TestImportedCertificate(t *testing.T) {
	b := newBench(t, quick())
	i := newIssuer(t)
	k := i.issue(time.Now().Add(time.Hour), "shop.example.com", "*.shop.example.com")
	in := &acmapi.ImportCertificateInput{Certificate: k.certificate, PrivateKey: k.key, CertificateChain: k.chain, Tags: []types.Tag{{Key: new("owner"), Value: new("shop")}}}
	arn := must(b.acm.ImportCertificate(t.Context(), in))(b).CertificateArn
	if form := `^arn:aws:acm:us-east-1:123456789012:certificate/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`; !regexp.MustCompile(form).MatchString(*arn) {
		t.Errorf("ARN %q is not of the form %s", *arn, form)
	}
	c := must(b.acm.DescribeCertificate(t.Context(), &acmapi.DescribeCertificateInput{CertificateArn: arn}))(b).Certificate
	got := fmt.Sprint(*c.DomainName, " ", c.SubjectAlternativeNames, " ", c.Type, " ", c.Status, " ", c.InUseBy)
	if want := "shop.example.com [shop.example.com *.shop.example.com] IMPORTED ISSUED []"; got != want {
		t.Errorf("want %q, got %q", want, got)
	}
	block, _ := pem.Decode(k.certificate)
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !c.NotAfter.Equal(leaf.NotAfter) || c.ImportedAt == nil {
		t.Errorf("expires %s, want %s; imported %v", c.NotAfter, leaf.NotAfter, c.ImportedAt)
	}
	g := must(b.acm.GetCertificate(t.Context(), &acmapi.GetCertificateInput{CertificateArn: arn}))(b)
	if diff := cmp.Diff(string(k.certificate)+string(k.chain), *g.Certificate+*g.CertificateChain); diff != "" {
		t.Errorf("what was imported: -want, +got:\n%s", diff)
	}
	in.CertificateArn = arn
	if _, err := b.acm.ImportCertificate(t.Context(), in); codeOf(t, err) != "ValidationException" {
		t.Errorf("tags on import over: want ValidationException, got %v", err)
	}
	in.Tags = nil
	if again := must(b.acm.ImportCertificate(t.Context(), in))(b).CertificateArn; *again != *arn {
		t.Errorf("import over keeps the ARN: %q, %q", *arn, *again)
	}
	must(b.acm.AddTagsToCertificate(t.Context(), &acmapi.AddTagsToCertificateInput{CertificateArn: arn, Tags: []types.Tag{{Key: new("stage"), Value: new("test")}}}))(b)
	must(b.acm.RemoveTagsFromCertificate(t.Context(), &acmapi.RemoveTagsFromCertificateInput{CertificateArn: arn, Tags: []types.Tag{{Key: new("owner"), Value: new("other")}, {Key: new("stage")}}}))(b)
	tags := must(b.acm.ListTagsForCertificate(t.Context(), &acmapi.ListTagsForCertificateInput{CertificateArn: arn}))(b).Tags
	if diff := cmp.Diff([]types.Tag{{Key: new("owner"), Value: new("shop")}}, tags, sdk); diff != "" {
		t.Errorf("tags: -want, +got:\n%s", diff)
	}
}

// The key goes in and never comes out, whatever is asked.
func TestPrivateKeyStays(t *testing.T) {
	b := newBench(t, quick())
	k := newIssuer(t).issue(time.Now().Add(time.Hour), "a.example.com")
	arn := must(b.acm.ImportCertificate(t.Context(), &acmapi.ImportCertificateInput{Certificate: k.certificate, PrivateKey: k.key}))(b).CertificateArn
	d := must(b.acm.DescribeCertificate(t.Context(), &acmapi.DescribeCertificateInput{CertificateArn: arn}))(b)
	g := must(b.acm.GetCertificate(t.Context(), &acmapi.GetCertificateInput{CertificateArn: arn}))(b)
	l := must(b.acm.ListCertificates(t.Context(), &acmapi.ListCertificatesInput{}))(b)
	raw, err := json.Marshal([]any{d.Certificate, g.Certificate, g.CertificateChain, l.CertificateSummaryList})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("PRIVATE")) {
		t.Errorf("an answer holds a private key: %s", raw)
	}
}

// ACM user guide, "DNS validation": a request is pending until its records are found.
func TestRequestCertificate(t *testing.T) {
	c := newClock()
	b := newBench(t, simulator.Options{Now: c.Now, ProvisioningDelay: simulator.Immediately, ValidationDelay: time.Minute})
	in := &acmapi.RequestCertificateInput{
		DomainName: new("shop.example.com"), SubjectAlternativeNames: []string{"*.shop.example.com"}, ValidationMethod: types.ValidationMethodDns, IdempotencyToken: new("once"),
	}
	arn := must(b.acm.RequestCertificate(t.Context(), in))(b).CertificateArn
	if again := must(b.acm.RequestCertificate(t.Context(), in))(b).CertificateArn; *again != *arn {
		t.Errorf("requested again with the same token: %q, %q", *arn, *again)
	}
	describe := func() *types.CertificateDetail {
		return must(b.acm.DescribeCertificate(t.Context(), &acmapi.DescribeCertificateInput{CertificateArn: arn}))(b).Certificate
	}
	lb := b.loadBalancer("shop")
	listen := func() string {
		_, err := b.elb.CreateListener(t.Context(), new(secure(lb, *arn, 8443)))
		return codeOf(t, err)
	}
	d := describe()
	if d.Status != types.CertificateStatusPendingValidation || d.DomainValidationOptions[0].ValidationStatus != types.DomainStatusPendingValidation {
		t.Errorf("requested: %s, %s", d.Status, d.DomainValidationOptions[0].ValidationStatus)
	}
	record, wildcard := d.DomainValidationOptions[0].ResourceRecord, d.DomainValidationOptions[1].ResourceRecord
	if record.Type != types.RecordTypeCname || *record.Name != *wildcard.Name || *record.Value != *wildcard.Value {
		t.Errorf("a name and its wildcard need the same CNAME: %+v, %+v", record, wildcard)
	}
	if _, err := b.acm.GetCertificate(t.Context(), &acmapi.GetCertificateInput{CertificateArn: arn}); codeOf(t, err) != "RequestInProgressException" {
		t.Errorf("want RequestInProgressException, got %v", err)
	}
	if got := listen(); got != "CertificateNotFound" && got != "UnsupportedCertificate" {
		t.Errorf("a listener with a pending certificate: got %q", got)
	}
	c.advance(time.Minute)
	d = describe()
	if d.Status != types.CertificateStatusIssued || d.DomainValidationOptions[0].ValidationStatus != types.DomainStatusSuccess || d.IssuedAt == nil {
		t.Errorf("a minute later: %s, %s", d.Status, d.DomainValidationOptions[0].ValidationStatus)
	}
	if got := listen(); got != "" {
		t.Errorf("a listener with an issued certificate: got %q", got)
	}
	conn, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}).DialContext(t.Context(), "tcp", b.sim.Endpoints()[0].Listeners[0].Socket.String()) //nolint:gosec // the names on the certificate are what is tested
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if diff := cmp.Diff([]string{"shop.example.com", "*.shop.example.com"}, conn.(*tls.Conn).ConnectionState().PeerCertificates[0].DNSNames); diff != "" {
		t.Errorf("names served: -want, +got:\n%s", diff)
	}
	if got := describe().InUseBy; len(got) != 1 || got[0] != *lb.LoadBalancerArn {
		t.Errorf("in use by %v", got)
	}
	must(b.elb.DeleteLoadBalancer(t.Context(), &elb.DeleteLoadBalancerInput{LoadBalancerArn: lb.LoadBalancerArn}))(b)
	if got := describe().InUseBy; len(got) != 0 {
		t.Errorf("still in use by %v", got)
	}
	must(b.acm.DeleteCertificate(t.Context(), &acmapi.DeleteCertificateInput{CertificateArn: arn}))(b)
	if _, err := b.acm.DescribeCertificate(t.Context(), &acmapi.DescribeCertificateInput{CertificateArn: arn}); codeOf(t, err) != "ResourceNotFoundException" {
		t.Errorf("want ResourceNotFoundException, got %v", err)
	}
}

func TestRequestCertificateRefuses(t *testing.T) {
	b := newBench(t, quick())
	cases := map[string]struct {
		in   acmapi.RequestCertificateInput
		want string
	}{
		"NotAName":  {acmapi.RequestCertificateInput{DomainName: new("not a name")}, "ValidationException"},
		"OneLabel":  {acmapi.RequestCertificateInput{DomainName: new("localhost")}, "ValidationException"},
		"ManyNames": {acmapi.RequestCertificateInput{DomainName: new("a.example.com"), SubjectAlternativeNames: []string{"b.example.com", "c.example.com", "d.example.com", "e.example.com", "f.example.com", "g.example.com", "h.example.com", "i.example.com", "j.example.com", "k.example.com"}}, "LimitExceededException"},
		"Algorithm": {acmapi.RequestCertificateInput{DomainName: new("a.example.com"), KeyAlgorithm: types.KeyAlgorithmRsa1024}, "ValidationException"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := b.acm.RequestCertificate(t.Context(), &c.in)
			if got := codeOf(t, err); got != c.want {
				t.Errorf("want %s, got %v", c.want, err)
			}
		})
	}
}

// API reference, ListCertificates and Filters: without keyTypes, only RSA_1024 and RSA_2048 are returned.
func TestListCertificates(t *testing.T) {
	b := newBench(t, quick())
	i := newIssuer(t)
	for _, name := range []string{"a.example.com", "b.example.com", "c.example.com"} {
		b.importCertificate(i, name)
	}
	must(b.acm.RequestCertificate(t.Context(), &acmapi.RequestCertificateInput{DomainName: new("ec.example.com"), KeyAlgorithm: types.KeyAlgorithmEcPrime256v1}))(b)
	count := func(in acmapi.ListCertificatesInput) int {
		total := 0
		p := acmapi.NewListCertificatesPaginator(b.acm, &in)
		for p.HasMorePages() {
			total += len(must(p.NextPage(t.Context()))(b).CertificateSummaryList)
		}
		return total
	}
	sorted := func(order types.SortOrder) (names []string) {
		for _, c := range must(b.acm.ListCertificates(t.Context(), &acmapi.ListCertificatesInput{SortBy: types.SortByCreatedAt, SortOrder: order}))(b).CertificateSummaryList {
			names = append(names, *c.DomainName)
		}
		return names
	}
	if up, down := sorted(types.SortOrderAscending), sorted(types.SortOrderDescending); up[0] != "a.example.com" || down[0] != "c.example.com" {
		t.Errorf("by time of creation: %v, %v", up, down)
	}
	if _, err := b.acm.ListCertificates(t.Context(), &acmapi.ListCertificatesInput{CertificateStatuses: []types.CertificateStatus{"ISSUED", "VALID"}}); codeOf(t, err) != "ValidationException" {
		t.Errorf("a status that there is not: want ValidationException, got %v", err)
	}
	if out := must(b.acm.ListCertificates(t.Context(), &acmapi.ListCertificatesInput{MaxItems: new(int32(3))}))(b); out.NextToken != nil {
		t.Error("a page that holds all has a next one")
	}
	for name, in := range map[string]acmapi.ListCertificatesInput{"Zero": {MaxItems: new(int32(0))}, "Order": {SortBy: types.SortByCreatedAt}} {
		if _, err := b.acm.ListCertificates(t.Context(), &in); codeOf(t, err) == "" {
			t.Errorf("%s: not refused", name)
		}
	}
	cases := map[string]struct {
		in   acmapi.ListCertificatesInput
		want int
	}{
		"Default": {acmapi.ListCertificatesInput{}, 3},
		"Pages":   {acmapi.ListCertificatesInput{MaxItems: new(int32(2))}, 3},
		"EC":      {acmapi.ListCertificatesInput{Includes: &types.Filters{KeyTypes: []types.KeyAlgorithm{types.KeyAlgorithmEcPrime256v1}}}, 1},
		"Pending": {acmapi.ListCertificatesInput{CertificateStatuses: []types.CertificateStatus{types.CertificateStatusPendingValidation}}, 0},
		"Issued":  {acmapi.ListCertificatesInput{CertificateStatuses: []types.CertificateStatus{types.CertificateStatusIssued}}, 3},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := count(c.in); got != c.want {
				t.Errorf("want %d, got %d", c.want, got)
			}
		})
	}
}
