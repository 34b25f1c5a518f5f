package acm

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Quotas: user guide, "Quotas".
const (
	maxCertificates = 2500
	maxNames        = 10
	maxItems        = 1000
	maxTags         = 50
)

type none struct{}

type arnInput struct{ CertificateArn string }

type arnOutput struct{ CertificateArn string }

type importInput struct {
	Certificate      []byte
	CertificateArn   string
	CertificateChain []byte
	PrivateKey       []byte
	Tags             []tag
}

func (s *Service) importCertificate(_ context.Context, in *importInput) (*arnOutput, error) {
	out, tell, err := s.put(in)
	if err != nil {
		return nil, err
	}
	if in.CertificateArn != "" {
		tell(in.CertificateArn)
	}
	return out, nil
}

// put stores an import, under a new ARN or under one that was imported before.
func (s *Service) put(in *importInput) (*arnOutput, func(string), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(in.Certificate) == 0 || len(in.PrivateKey) == 0 {
		return nil, nil, wire.Errorf("ValidationException", "A certificate and a private key must be specified")
	}
	tags, err := tagMap(in.Tags)
	if err != nil {
		return nil, nil, err
	}
	next, err := parse(in.Certificate, in.PrivateKey, in.CertificateChain, s.now())
	if err != nil {
		return nil, nil, err
	}
	if name := next.leaf.Subject.CommonName; s.commonName == CommonNameDomain && !strings.Contains(name, ".") {
		return nil, nil, wire.Errorf("ValidationException", "The common name %q of the certificate is not a domain name", name)
	}
	next.imported, next.created, next.tags = s.now(), s.now(), tags
	if in.CertificateArn == "" {
		if len(s.certificates) >= maxCertificates {
			return nil, nil, wire.Errorf("LimitExceededException", "You have reached the limit of %d certificates", maxCertificates)
		}
		next.arn = s.newARN()
		s.certificates[next.arn] = next
		return &arnOutput{next.arn}, s.imported, nil
	}
	have, err := s.find(in.CertificateArn)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case len(in.Tags) > 0:
		return nil, nil, wire.Errorf("ValidationException", "Tagging is not permitted on re-import.")
	case have.kind != imported:
		return nil, nil, wire.Errorf("ValidationException", "The certificate %s was not imported and cannot be imported again", have.arn)
	}
	next.arn, next.created, next.tags = have.arn, have.created, have.tags
	s.certificates[have.arn] = next
	return &arnOutput{have.arn}, s.imported, nil
}

type certificateOptions struct {
	CertificateTransparencyLoggingPreference string `json:",omitempty"`
	Export                                   string `json:",omitempty"`
}

type requestInput struct {
	DomainName              string
	IdempotencyToken        string
	KeyAlgorithm            string
	Options                 certificateOptions
	SubjectAlternativeNames []string
	Tags                    []tag
	ValidationMethod        string
}

var domainForm = regexp.MustCompile(`^(\*\.|)(((?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])|[A-Za-z0-9])\.)+((?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])|[A-Za-z0-9])$`)

func (s *Service) requestCertificate(in *requestInput) (*arnOutput, error) {
	names := []string{in.DomainName}
	for _, n := range in.SubjectAlternativeNames {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	tags, err := validRequest(in, names)
	if err != nil {
		return nil, err
	}
	for _, c := range s.certificates {
		const window = time.Hour // requests with the same token within an hour are one
		if in.IdempotencyToken != "" && c.token == in.IdempotencyToken && slices.Equal(c.names, names) && s.now().Sub(c.created) < window {
			return &arnOutput{c.arn}, nil
		}
	}
	if len(s.certificates) >= maxCertificates {
		return nil, wire.Errorf("LimitExceededException", "You have reached the limit of %d certificates", maxCertificates)
	}
	if s.ca == nil {
		if s.ca, err = newAuthority(s.now()); err != nil {
			return nil, err
		}
	}
	c, err := s.ca.issue(names, cmp.Or(in.KeyAlgorithm, "RSA_2048"), s.now())
	if err != nil {
		return nil, err
	}
	c.arn, c.created, c.issued, c.tags = s.newARN(), s.now(), s.now().Add(s.delay), tags
	c.domain, c.names, c.token = in.DomainName, names, in.IdempotencyToken
	c.validation, c.logging = cmp.Or(in.ValidationMethod, "EMAIL"), cmp.Or(in.Options.CertificateTransparencyLoggingPreference, "ENABLED")
	s.certificates[c.arn] = c
	return &arnOutput{c.arn}, nil
}

func validRequest(in *requestInput, names []string) (map[string]string, error) {
	for _, n := range names {
		if !domainForm.MatchString(n) || len(n) > 253 {
			return nil, wire.Errorf("ValidationException", "1 validation error detected: Value '%s' at 'domainName' failed to satisfy constraint: Member must satisfy regular expression pattern: %s", n, domainForm)
		}
	}
	switch {
	case len(in.DomainName) > 64:
		return nil, wire.Errorf("ValidationException", "The first domain name can have no more than 64 characters.")
	case len(names) > maxNames:
		return nil, wire.Errorf("LimitExceededException", "A certificate can have no more than %d names", maxNames)
	case in.ValidationMethod != "" && in.ValidationMethod != "DNS" && in.ValidationMethod != "EMAIL":
		return nil, wire.Errorf("ValidationException", "The validation method '%s' is not supported", in.ValidationMethod)
	case in.KeyAlgorithm != "" && !slices.Contains([]string{"RSA_2048", "EC_prime256v1", "EC_secp384r1"}, in.KeyAlgorithm):
		return nil, wire.Errorf("ValidationException", "The key algorithm '%s' cannot be requested", in.KeyAlgorithm)
	default:
		return tagMap(in.Tags)
	}
}

type listInput struct {
	CertificateStatuses []string
	Includes            struct {
		KeyTypes []string `json:"keyTypes"`
	}
	MaxItems  *int
	NextToken string
	SortBy    string
	SortOrder string
}

type summary struct {
	CertificateArn                       string
	CreatedAt                            epoch
	DomainName                           string
	HasAdditionalSubjectAlternativeNames bool
	ImportedAt                           *epoch `json:",omitempty"`
	InUse                                bool
	IssuedAt                             *epoch `json:",omitempty"`
	KeyAlgorithm                         string
	NotAfter, NotBefore                  epoch
	RenewalEligibility                   string
	Status                               string
	SubjectAlternativeNameSummaries      []string
	Type                                 string
}

type listOutput struct {
	CertificateSummaryList []summary
	NextToken              string `json:",omitempty"`
}

// statuses that certificates can be asked for by: API reference, ListCertificates.
var statuses = []string{"PENDING_VALIDATION", "ISSUED", "INACTIVE", "EXPIRED", "VALIDATION_TIMED_OUT", "REVOKED", "FAILED"}

// check what the API model allows.
func (in *listInput) check() error {
	if in.MaxItems != nil && (*in.MaxItems < 1 || *in.MaxItems > maxItems) {
		return wire.Errorf("ValidationException", "1 validation error detected: Value '%d' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and %d", *in.MaxItems, maxItems)
	}
	if slices.ContainsFunc(in.CertificateStatuses, func(s string) bool { return !slices.Contains(statuses, s) }) {
		return wire.Errorf("ValidationException", "1 validation error detected: Value '%v' at 'certificateStatuses' failed to satisfy constraint: "+
			"Member must satisfy constraint: [Member must satisfy enum value set: %v]", in.CertificateStatuses, statuses)
	}
	if (in.SortBy == "") != (in.SortOrder == "") || in.SortBy != "" && in.SortBy != "CREATED_AT" {
		return wire.Errorf("InvalidArgsException", "SortBy must be CREATED_AT and must be given together with SortOrder")
	}
	return nil
}

// listCertificates shows RSA certificates of 1024 and 2048 bits, unless key types are asked for: API reference, Filters.
func (s *Service) listCertificates(in *listInput) (*listOutput, error) {
	keyTypes := in.Includes.KeyTypes
	if len(keyTypes) == 0 {
		keyTypes = []string{"RSA_1024", "RSA_2048"}
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	var all []*certificate
	for _, arn := range slices.Sorted(maps.Keys(s.certificates)) {
		c := s.certificates[arn]
		if slices.Contains(keyTypes, keyAlgorithm(c.leaf)) && (len(in.CertificateStatuses) == 0 || slices.Contains(in.CertificateStatuses, c.status(s.now()))) {
			all = append(all, c)
		}
	}
	if in.SortBy != "" {
		slices.SortStableFunc(all, func(a, b *certificate) int { return a.created.Compare(b.created) })
		if in.SortOrder == "DESCENDING" {
			slices.Reverse(all)
		}
	}
	return s.page(all, in)
}

func (s *Service) page(all []*certificate, in *listInput) (*listOutput, error) {
	out := &listOutput{CertificateSummaryList: []summary{}}
	if in.NextToken != "" {
		raw, err := base64.StdEncoding.DecodeString(in.NextToken)
		at, convErr := strconv.Atoi(string(raw))
		if err != nil || convErr != nil || at < 0 {
			return nil, wire.Errorf("ValidationException", "The next token is not valid")
		}
		all = all[min(at, len(all)):]
		if in.MaxItems != nil && len(all) > *in.MaxItems {
			out.NextToken = base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(at + *in.MaxItems)))
		}
	} else if in.MaxItems != nil && len(all) > *in.MaxItems {
		out.NextToken = base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(*in.MaxItems)))
	}
	if in.MaxItems != nil {
		all = all[:min(len(all), *in.MaxItems)]
	}
	for _, c := range all {
		out.CertificateSummaryList = append(out.CertificateSummaryList, s.summary(c))
	}
	return out, nil
}

func (s *Service) summary(c *certificate) summary {
	out := summary{
		CertificateArn: c.arn, CreatedAt: epoch{c.created}, DomainName: c.domainName(), InUse: len(s.usersOf(c.arn)) > 0,
		KeyAlgorithm: strings.Replace(keyAlgorithm(c.leaf), "RSA_", "RSA-", 1), NotAfter: epoch{c.leaf.NotAfter}, NotBefore: epoch{c.leaf.NotBefore},
		RenewalEligibility: "INELIGIBLE", Status: c.status(s.now()), SubjectAlternativeNameSummaries: c.alternativeNames(), Type: c.kind,
	}
	if c.kind == imported {
		out.ImportedAt = &epoch{c.imported}
	} else if out.Status != pending {
		out.IssuedAt = &epoch{c.issued}
	}
	return out
}

type resourceRecord struct{ Name, Type, Value string }

type domainValidation struct {
	DomainName       string
	ResourceRecord   *resourceRecord `json:",omitempty"`
	ValidationDomain string
	ValidationMethod string
	ValidationStatus string
}

type usage struct{ Name string }

type extendedUsage struct{ Name, OID string }

type detail struct {
	CertificateArn          string
	CreatedAt               epoch
	DomainName              string
	DomainValidationOptions []domainValidation `json:",omitempty"`
	ExtendedKeyUsages       []extendedUsage
	ImportedAt              *epoch `json:",omitempty"`
	InUseBy                 []string
	IssuedAt                *epoch `json:",omitempty"`
	Issuer                  string
	KeyAlgorithm            string
	KeyUsages               []usage
	NotAfter, NotBefore     *epoch `json:",omitempty"`
	Options                 certificateOptions
	RenewalEligibility      string
	Serial                  string `json:",omitempty"`
	SignatureAlgorithm      string
	Status                  string
	Subject                 string
	SubjectAlternativeNames []string
	Type                    string
}

type describeOutput struct{ Certificate detail }

func (s *Service) describeCertificate(in *arnInput) (*describeOutput, error) {
	c, err := s.find(in.CertificateArn)
	if err != nil {
		return nil, err
	}
	d := detail{
		CertificateArn: c.arn, CreatedAt: epoch{c.created}, DomainName: c.domainName(), ExtendedKeyUsages: []extendedUsage{{"TLS_WEB_SERVER_AUTHENTICATION", "1.3.6.1.5.5.7.3.1"}},
		InUseBy: s.usersOf(c.arn), Issuer: c.leaf.Issuer.CommonName, KeyUsages: []usage{{"DIGITAL_SIGNATURE"}, {"KEY_ENCIPHERMENT"}},
		KeyAlgorithm:       strings.Replace(keyAlgorithm(c.leaf), "RSA_", "RSA-", 1),
		Options:            certificateOptions{CertificateTransparencyLoggingPreference: cmp.Or(c.logging, "DISABLED"), Export: "DISABLED"},
		RenewalEligibility: "INELIGIBLE", SignatureAlgorithm: strings.ReplaceAll(strings.ToUpper(c.leaf.SignatureAlgorithm.String()), "-", ""),
		Status: c.status(s.now()), Subject: "CN=" + c.domainName(), SubjectAlternativeNames: c.alternativeNames(), Type: c.kind,
	}
	if c.kind == imported {
		d.ImportedAt = &epoch{c.imported}
	} else {
		d.DomainValidationOptions = validations(c, d.Status)
	}
	if d.Status != pending {
		d.NotAfter, d.NotBefore, d.Serial = &epoch{c.leaf.NotAfter}, &epoch{c.leaf.NotBefore}, serial(c.leaf.SerialNumber)
		if c.kind == ofAmazon {
			d.IssuedAt, d.Issuer = &epoch{c.issued}, "Amazon"
		}
	}
	return &describeOutput{d}, nil
}

// validations shows the record that each name needs. It is the same for a name and its wildcard.
func validations(c *certificate, status string) []domainValidation {
	var out []domainValidation
	state := map[bool]string{true: "PENDING_VALIDATION", false: "SUCCESS"}[status == pending]
	for _, name := range c.names {
		bare := strings.TrimPrefix(name, "*.")
		v := domainValidation{DomainName: name, ValidationDomain: name, ValidationMethod: c.validation, ValidationStatus: state}
		if c.validation == "DNS" {
			sum := sha256.Sum256([]byte(c.arn[:30] + bare))
			token := hex.EncodeToString(sum[:])
			v.ResourceRecord = &resourceRecord{fmt.Sprintf("_%s.%s.", token[:32], bare), "CNAME", fmt.Sprintf("_%s.acm-validations.aws.", token[32:])}
		}
		out = append(out, v)
	}
	return out
}

type getOutput struct {
	Certificate      string
	CertificateChain string `json:",omitempty"`
}

func (s *Service) getCertificate(in *arnInput) (*getOutput, error) {
	c, err := s.find(in.CertificateArn)
	if err != nil {
		return nil, err
	}
	if c.status(s.now()) == pending {
		return nil, wire.Errorf("RequestInProgressException", "The certificate request is in progress and the certificate is not yet available")
	}
	return &getOutput{c.pem, c.chain}, nil
}

func (s *Service) deleteCertificate(in *arnInput) (*none, error) {
	c, err := s.find(in.CertificateArn)
	if err != nil {
		return nil, err
	}
	if len(s.usersOf(c.arn)) > 0 {
		return nil, wire.Errorf("ResourceInUseException", "Certificate %s in account %s is in use.", c.arn, s.account)
	}
	delete(s.certificates, c.arn)
	return &none{}, nil
}
