package aws

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"
)

// A bucket is a token bucket of AWS's: so many calls at once, then so many a second.
type bucket struct {
	name  string
	burst int
	rate  rate.Limit
}

// Rates are a multiple of the request rates that AWS grants by default: less than 1 where others use the account too, more where
// AWS has granted more.
type Rates float64

// of a bucket.
func (r Rates) of(b bucket) *rate.Limiter {
	return rate.NewLimiter(b.rate*rate.Limit(r), max(int(float64(b.burst)*float64(r)), 1))
}

// The request rates that AWS grants an account in a region, which every client in it shares. ELBv2 counts reads, changes of
// targets and other writes apart; EC2 counts reads and writes apart; ACM counts each operation. We take one call less at
// once, because calls that leave in time may arrive a little closer to each other.
var (
	elbReads   = bucket{name: "read", burst: 199, rate: 50}
	elbTargets = bucket{name: "targets", burst: 19, rate: 4}
	elbWrites  = bucket{name: "write", burst: 19, rate: 3}
	ec2Reads   = bucket{name: "read", burst: 99, rate: 20}
	s3Requests = bucket{name: "request", burst: 100, rate: 100} // AWS grants thousands, we need a few
	ec2Writes  = bucket{name: "write", burst: 49, rate: 5}
)

// acmRates are calls a second, by operation; the others have 5.
var acmRates = map[string]int{
	"DeleteCertificate":        10,
	"DescribeCertificate":      10,
	"GetCertificate":           10,
	"ImportCertificate":        1,
	"ListCertificates":         8,
	"ListTagsForCertificate":   10,
	"UpdateCertificateOptions": 5,
}

// AWS WAF answers one question a second, and takes a change in two; Shield's rates are documented nowhere.
var (
	wafReads    = bucket{name: "read", burst: 1, rate: 1}
	wafWrites   = bucket{name: "write", burst: 1, rate: 0.5}
	shieldCalls = bucket{name: "call", burst: 5, rate: 5}
)

// bucketOf an operation. Reads and writes have buckets of their own, so that a read never waits behind writes.
func bucketOf(service, operation string) bucket {
	read := strings.HasPrefix(operation, "Describe") || strings.HasPrefix(operation, "Get")
	switch {
	case service == serviceACM:
		n := cmp.Or(acmRates[operation], 5)
		return bucket{name: operation, burst: max(n-1, 1), rate: rate.Limit(n)}
	case service == serviceWAF && read:
		return wafReads
	case service == serviceWAF:
		return wafWrites
	case service == serviceShield:
		return shieldCalls
	case service == serviceS3:
		return s3Requests
	case service == serviceEC2 && read:
		return ec2Reads
	case service == serviceEC2:
		return ec2Writes
	case read:
		return elbReads
	case operation == "RegisterTargets" || operation == "DeregisterTargets":
		return elbTargets
	}
	return elbWrites
}

// A limiter keeps the calls of one service within AWS's rates and counts them. It stands behind the SDK's retries, so that
// each attempt takes a token.
type limiter struct {
	service string
	metrics *metrics
	rates   Rates

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newLimiter(service string, m *metrics, rates Rates) *limiter {
	return &limiter{service: service, metrics: m, rates: rates, buckets: map[string]*rate.Limiter{}}
}

func (l *limiter) bucket(b bucket) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, ok := l.buckets[b.name]
	if !ok {
		r = l.rates.of(b)
		l.buckets[b.name] = r
	}
	return r
}

// A limitError says that there is no room for a call before its deadline.
type limitError struct{ bucket string }

func (e *limitError) Error() string {
	return "AWS's rate for " + e.bucket + " calls leaves no room before the deadline; it is tried again"
}

// wait for a token.
func (l *limiter) wait(ctx context.Context, operation string) error {
	b := bucketOf(l.service, operation)
	began := time.Now()
	err := l.bucket(b).Wait(ctx)
	l.metrics.waited.WithLabelValues(l.service, b.name).Observe(time.Since(began).Seconds())
	if err != nil && ctx.Err() == nil {
		return &limitError{bucket: b.name}
	}
	return err
}

// add the limiter to a client's middleware.
func (l *limiter) add(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("RequestRate", l.handle), "Retry", middleware.After)
}

func (l *limiter) handle(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
	operation := awsmiddleware.GetOperationName(ctx)
	if err := l.wait(ctx, operation); err != nil {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, err
	}
	out, metadata, err := next.HandleFinalize(ctx, in)
	l.metrics.calls.WithLabelValues(l.service, operation, outcome(err)).Inc()
	return out, metadata, err
}

// outcome of a call, as a label.
func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	return string(Classify(newFailure(err)))
}
