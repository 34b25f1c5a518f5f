package elbv2

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/acm"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/dataplane"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A DataPlane does what load balancers are told here.
type DataPlane interface {
	SetLoadBalancer(dataplane.LoadBalancer) error
	RemoveLoadBalancer(arn string)
	SetTargetGroup(dataplane.TargetGroup)
	RemoveTargetGroup(arn string)
	Health(targetGroupARN string) []types.TargetHealthDescription
}

// Objects are those of S3, and where copies of CA bundles are kept.
type Objects interface {
	Read(bucket, key, version string) ([]byte, error)
	Keep(key string, content []byte)
	Takes(bucket string) bool // whether the load balancers' logs may be put there
	URL(ctx context.Context, host, key string) (string, error)
}

// Assumptions are the points that AWS does not document. The zero value is the choice made here.
type Assumptions struct {
	Rules alb.Assumptions

	// CreateIgnoresTags lets a repeated create call differ in its tags and still be the same, instead of a duplicate.
	CreateIgnoresTags bool

	// IgnoreUnknownParameters drops parameters that an operation does not know, instead of answering ValidationError.
	IgnoreUnknownParameters bool
}

// Options are what a Service needs and what it may be told.
type Options struct {
	EC2       *ec2.Service // required
	ACM       *acm.Service // required
	S3        Objects      // required
	DataPlane DataPlane    // required

	Region            string        // default us-east-1
	AccountID         string        // default 123456789012
	ProvisioningDelay time.Duration // how long a new load balancer is "provisioning"; 0 is not at all
	TrustStoreDelay   time.Duration // how long a new trust store is CREATING; 0 is not at all
	Quotas            Quotas        // zero members are AWS's defaults
	Assumptions       Assumptions
	Now               func() time.Time // default time.Now
	Log               *slog.Logger     // default: discard
}

// A Service holds the load balancers of one account and region and answers calls about them.
type Service struct {
	ec2             *ec2.Service
	acm             *acm.Service
	s3              Objects
	plane           DataPlane
	region, account string
	delay           time.Duration
	storeDelay      time.Duration
	quotas          Quotas
	assumptions     Assumptions
	now             func() time.Time
	log             *slog.Logger

	mu           sync.Mutex
	closed       bool
	timers       sync.WaitGroup
	balancers    map[string]*loadBalancer
	listeners    map[string]*listener
	rules        map[string]*rule // default rules too
	targetGroups map[string]*targetGroup
	trustStores  map[string]*trustStore
	tags         map[string]map[string]string // by ARN
}

// New makes an account without load balancers.
func New(opts Options) (*Service, error) {
	if opts.EC2 == nil || opts.ACM == nil || opts.S3 == nil || opts.DataPlane == nil {
		return nil, errors.New("cannot make ELBv2 without EC2, ACM, S3 and a data plane")
	}
	s := &Service{
		ec2: opts.EC2, acm: opts.ACM, s3: opts.S3, plane: opts.DataPlane, region: cmp.Or(opts.Region, "us-east-1"),
		account: cmp.Or(opts.AccountID, "123456789012"), delay: opts.ProvisioningDelay, storeDelay: opts.TrustStoreDelay, quotas: opts.Quotas.withDefaults(),
		assumptions: opts.Assumptions, now: opts.Now, log: opts.Log,
		balancers: map[string]*loadBalancer{}, listeners: map[string]*listener{}, rules: map[string]*rule{},
		targetGroups: map[string]*targetGroup{}, trustStores: map[string]*trustStore{}, tags: map[string]map[string]string{},
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.ec2.OnTerminate(s.instanceGone)
	s.acm.OnImport(s.certificateChanged)
	return s, nil
}

// Close stops what the service has under way.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	for _, lb := range s.balancers {
		lb.stopTimer(&s.timers)
	}
	s.mu.Unlock()
	s.timers.Wait()
}

// operation makes f an Operation that sees only input as the API model allows it, and that has the account to itself.
func operation[I, O any](s *Service, f func(*I) (*O, error)) wire.Operation {
	return contextual(s, func(_ context.Context, in *I) (*O, error) { return f(in) })
}

// contextual is an operation that asks who calls, or where.
func contextual[I, O any](s *Service, f func(context.Context, *I) (*O, error)) wire.Operation {
	return wire.Handle(func(ctx context.Context, in *I) (*O, error) {
		if err := checkInput(in); err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		out, err := f(ctx, in)
		if err != nil {
			return nil, asWire(err)
		}
		return out, nil
	})
}

// asWire gives the objections of the rule model the codes of the API.
func asWire(err error) error {
	if e, ok := errors.AsType[*alb.LimitError](err); ok {
		return wire.Errorf(e.Code, "%s", e.Error())
	}
	if e, ok := errors.AsType[*alb.Error](err); ok {
		return wire.Errorf(e.Code, "%s", e.Error())
	}
	return err
}

// newID makes the 16 hexadecimal digits at the end of an ARN.
func newID() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return hex.EncodeToString(b)
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
