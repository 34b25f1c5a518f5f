package acm

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Options are what a Service may be told. The zero value works.
type Options struct {
	Region    string // default us-east-1
	AccountID string // default 123456789012

	// ValidationDelay is how long a requested certificate is PENDING_VALIDATION; its DNS records are taken to be in place.
	ValidationDelay time.Duration

	CommonName CommonName

	Now func() time.Time // default time.Now
}

// CommonName is what ACM makes of an imported certificate whose common name is no domain name, which AWS documents nowhere.
type CommonName int

// Subject alternative names are enough, or the common name has to be a domain name.
const (
	CommonNameAny CommonName = iota
	CommonNameDomain
)

// A Material is a certificate that exists before the first call.
type Material struct {
	ARN                string
	Certificate, Chain []byte // PEM
	PrivateKey         []byte // PEM
	Tags               map[string]string
}

// A Service holds certificates and answers calls about them.
type Service struct {
	region, account string
	delay           time.Duration
	commonName      CommonName
	now             func() time.Time

	mu           sync.Mutex
	ca           *authority // made when it is first needed
	imported     func(arn string)
	certificates map[string]*certificate
	users        map[string][]string // certificates by the load balancer that uses them
}

// New makes a service with certificates.
func New(opts Options, fixtures ...Material) (*Service, error) {
	s := &Service{
		region: cmp.Or(opts.Region, "us-east-1"), account: cmp.Or(opts.AccountID, "123456789012"), delay: opts.ValidationDelay, commonName: opts.CommonName,
		now: opts.Now, certificates: map[string]*certificate{}, users: map[string][]string{}, imported: func(string) {},
	}
	if s.now == nil {
		s.now = time.Now
	}
	for _, m := range fixtures {
		c, err := parse(m.Certificate, m.PrivateKey, m.Chain, s.now())
		if err != nil {
			return nil, fmt.Errorf("certificate %q: %w", m.ARN, err)
		}
		c.arn, c.created, c.imported, c.tags = m.ARN, s.now(), s.now(), maps.Clone(m.Tags)
		s.certificates[c.arn] = c
	}
	return s, nil
}

// KeyPair is a certificate with its key, for the data plane. A certificate that is not issued yet has none to give.
func (s *Service) KeyPair(arn string) (tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.certificates[arn]
	if c == nil || c.status(s.now()) == pending {
		return tls.Certificate{}, fmt.Errorf("certificate %q is not there or not issued", arn)
	}
	return c.pair, nil
}

// SetUser says which certificates a load balancer uses. A certificate in use cannot be deleted.
func (s *Service) SetUser(loadBalancerARN string, certificates []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(certificates) == 0 {
		delete(s.users, loadBalancerARN)
		return
	}
	s.users[loadBalancerARN] = certificates
}

// OnImport has f called with the ARN of each certificate that is imported again.
func (s *Service) OnImport(f func(arn string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.imported = f
}

// Wire is how the service is addressed.
func (s *Service) Wire() *wire.Service {
	return &wire.Service{
		Name: "acm", SigningName: "acm", Protocol: wire.JSON, Target: "CertificateManager",
		Operations: map[string]wire.Operation{
			"AddTagsToCertificate":      operation(s, s.addTags),
			"DeleteCertificate":         operation(s, s.deleteCertificate),
			"DescribeCertificate":       operation(s, s.describeCertificate),
			"GetCertificate":            operation(s, s.getCertificate),
			"ImportCertificate":         wire.Handle(s.importCertificate), // tells others, without the lock
			"ListCertificates":          operation(s, s.listCertificates),
			"ListTagsForCertificate":    operation(s, s.listTags),
			"RemoveTagsFromCertificate": operation(s, s.removeTags),
			"RequestCertificate":        operation(s, s.requestCertificate),
		},
	}
}

// operation gives f the certificates to itself.
func operation[I, O any](s *Service, f func(*I) (*O, error)) wire.Operation {
	return wire.Handle(func(_ context.Context, in *I) (*O, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return f(in)
	})
}

func (s *Service) newARN() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return fmt.Sprintf("arn:aws:acm:%s:%s:certificate/%x-%x-%x-%x-%x", s.region, s.account, b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

var arnForm = regexp.MustCompile(`^arn:[\w+=/,.@-]+:acm:[\w+=/,.@-]*:[0-9]+:[\w+=,.@-]+(/[\w+=,.@-]+)*$`)

func (s *Service) find(arn string) (*certificate, error) {
	if arn == "" {
		return nil, wire.Errorf("ValidationException", "1 validation error detected: Value null at 'certificateArn' failed to satisfy constraint: Member must not be null")
	}
	if c := s.certificates[arn]; c != nil {
		return c, nil
	}
	if !arnForm.MatchString(arn) {
		return nil, wire.Errorf("ValidationException", "1 validation error detected: Value '%s' at 'certificateArn' failed to satisfy constraint: Member must satisfy regular expression pattern: %s", arn, arnForm)
	}
	if parts := strings.Split(arn, ":"); parts[4] != s.account {
		return nil, wire.Errorf("AccessDeniedException", "The certificate '%s' is not in this account", arn)
	}
	return nil, wire.Errorf("ResourceNotFoundException", "Could not find certificate %s.", arn)
}

// usersOf are the load balancers that use a certificate.
func (s *Service) usersOf(arn string) []string {
	out := []string{}
	for _, user := range slices.Sorted(maps.Keys(s.users)) {
		if slices.Contains(s.users[user], arn) {
			out = append(out, user)
		}
	}
	return out
}
