package s3

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A Bucket exists before the first call.
type Bucket struct {
	Name      string
	Versioned bool
	Foreign   bool // another account's: every call is denied
}

// Options are what a Service may be told. The zero value works.
type Options struct {
	Region  string // default us-east-1
	Buckets []Bucket
	Now     func() time.Time // default time.Now
}

// serviceBucket is ELBv2's own.
const serviceBucket = "elb-trust-store-bundles"

// A Service holds the buckets of one region and answers calls about their objects.
type Service struct {
	region string
	now    func() time.Time
	key    string // by which ELBv2 signs
	secret string // of that key

	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	Bucket

	objects map[string][]object // by key, the newest last
}

// An object is one version of it.
type object struct {
	version  string
	deleted  bool // a delete marker
	content  []byte
	kind     string // Content-Type
	checksum http.Header
	at       time.Time
}

// Names of buckets, "General purpose bucket naming rules".
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// New makes the buckets.
func New(opts Options) (*Service, error) {
	s := &Service{region: cmp.Or(opts.Region, "us-east-1"), now: opts.Now, key: "ASIA" + rand.Text()[:16], secret: randomID() + randomID(), buckets: map[string]*bucket{}}
	if s.now == nil {
		s.now = time.Now
	}
	for _, b := range append(opts.Buckets, Bucket{Name: serviceBucket}) {
		if !bucketName.MatchString(b.Name) || s.buckets[b.Name] != nil {
			return nil, fmt.Errorf("%q cannot be the name of a bucket, or of another one", b.Name)
		}
		s.buckets[b.Name] = &bucket{Bucket: b, objects: map[string][]object{}}
	}
	return s, nil
}

// Takes tells whether a bucket exists and is the account's own, so that other services may put their logs there.
func (s *Service) Takes(bucket string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[bucket]
	return b != nil && bucket != serviceBucket && !b.Foreign
}

func randomID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return hex.EncodeToString(b)
}

// Wire is how the service is addressed.
func (s *Service) Wire() *wire.Service {
	return &wire.Service{Name: "s3", SigningName: "s3", Protocol: wire.Object, Operations: map[string]wire.Operation{
		"PutObject":    s.operation((*bucket).put),
		"GetObject":    s.operation((*bucket).get),
		"HeadObject":   s.operation((*bucket).get), // the body is left out where it is written
		"DeleteObject": s.operation((*bucket).remove),
	}}
}

// Credentials that only the services themselves sign with: secret by access key.
func (s *Service) Credentials() map[string]string { return map[string]string{s.key: s.secret} }

// operation on the bucket that a call names, which has the service to itself.
func (s *Service) operation(f func(*bucket, *wire.ObjectRequest, time.Time) (*wire.ObjectAnswer, error)) wire.Operation {
	return func(ctx context.Context, in wire.Input) (any, error) {
		r, ok := in.(*wire.ObjectRequest)
		if !ok {
			return nil, fmt.Errorf("%T is no call of S3", in)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		b, err := s.bucket(r.Bucket, wire.Caller(ctx))
		if err != nil {
			return nil, err
		}
		return f(b, r, s.now())
	}
}

func (s *Service) bucket(name, caller string) (*bucket, error) {
	b := s.buckets[name]
	switch {
	case !bucketName.MatchString(name):
		return nil, wire.Errorf("InvalidBucketName", "The specified bucket is not valid.")
	case b == nil:
		return nil, wire.Errorf("NoSuchBucket", "The specified bucket does not exist").WithStatus(http.StatusNotFound)
	case b.Foreign || (name == serviceBucket) != (caller == s.key):
		return nil, wire.Errorf("AccessDenied", "Access Denied").WithStatus(http.StatusForbidden)
	}
	return b, nil
}

// Read an object for a service that acts for the caller. An empty version is the newest.
func (s *Service) Read(name, key, version string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(name, "")
	if err != nil {
		return nil, err
	}
	o, err := b.find(key, version)
	return o.content, err
}

// Keep an object of ELBv2's own.
func (s *Service) Keep(key string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buckets[serviceBucket].objects[key] = []object{{content: content, at: s.now()}}
}

// URL of an object of ELBv2's own, good for ten minutes for whoever has it.
func (s *Service) URL(ctx context.Context, host, key string) (string, error) {
	at := "http://" + host + "/" + serviceBucket + "/" + url.PathEscape(key) + "?X-Amz-Expires=600"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
	if err != nil {
		return "", fmt.Errorf("cannot sign a URL: %w", err)
	}
	signed, _, err := v4.NewSigner().PresignHTTP(ctx, aws.Credentials{AccessKeyID: s.key, SecretAccessKey: s.secret}, r,
		"UNSIGNED-PAYLOAD", "s3", s.region, s.now(), func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err != nil {
		return "", fmt.Errorf("cannot sign a URL: %w", err)
	}
	return signed, nil
}
