package simulator

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A bucket holds at most burst tokens and gains rate of them a second.
type bucket struct {
	rate, burst, tokens float64
	at                  time.Time
}

func (b *bucket) take(now time.Time) bool {
	if !b.at.IsZero() {
		b.tokens = min(b.burst, b.tokens+b.rate*now.Sub(b.at).Seconds())
	}
	b.at = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// A throttle is AWS's limits on the rate of calls, for the one account and region that there is.
type throttle struct {
	now     func() time.Time
	mu      sync.Mutex
	buckets map[string]*bucket
}

// The limits of ELBv2: "Request throttling for Elastic Load Balancing". Of EC2: "Request throttling for the Amazon EC2 API".
// Of WAFv2: "AWS WAF quotas", calls for one account and region. Of ACM: "Quotas", API rate quotas, in calls a second.
var limits = map[string]bucket{
	"elbv2 describe": {rate: 50, burst: 200},
	"elbv2 register": {rate: 4, burst: 20},
	"elbv2 write":    {rate: 3, burst: 20},
	"ec2 describe":   {rate: 20, burst: 100},
	"ec2 write":      {rate: 5, burst: 50},

	"wafv2 write":    {rate: 0.5, burst: 1},
	"wafv2 describe": {rate: 1, burst: 1},

	"acm AddTagsToCertificate": {rate: 5, burst: 5}, "acm DeleteCertificate": {rate: 10, burst: 10},
	"acm DescribeCertificate": {rate: 10, burst: 10}, "acm GetCertificate": {rate: 10, burst: 10},
	"acm ImportCertificate": {rate: 1, burst: 1}, "acm ListCertificates": {rate: 8, burst: 8},
	"acm ListTagsForCertificate": {rate: 10, burst: 10}, "acm RemoveTagsFromCertificate": {rate: 5, burst: 5},
	"acm RequestCertificate": {rate: 5, burst: 5},
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, buckets: map[string]*bucket{}}
}

// class is the bucket that an operation draws from.
func class(c Call) string {
	reads := strings.HasPrefix(c.Operation, "Describe") || strings.HasPrefix(c.Operation, "Get") || c.Service == "wafv2" && strings.HasPrefix(c.Operation, "List")
	switch {
	case c.Service == "acm":
		return "acm " + c.Operation
	case c.Operation == "RegisterTargets" || c.Operation == "DeregisterTargets":
		return "elbv2 register"
	case reads:
		return c.Service + " describe"
	default:
		return c.Service + " write"
	}
}

func (t *throttle) take(c Call) error {
	name := class(c)
	limit, ok := limits[name]
	if !ok {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.buckets[name]
	if b == nil {
		b = &limit
		b.tokens = b.burst
		t.buckets[name] = b
	}
	if b.take(t.now()) {
		return nil
	}
	switch c.Service {
	case "ec2":
		return wire.Errorf("RequestLimitExceeded", "Request limit exceeded.").WithStatus(http.StatusServiceUnavailable)
	case "acm", "wafv2":
		return wire.Errorf("ThrottlingException", "Rate exceeded")
	default:
		return wire.Errorf("Throttling", "Rate exceeded")
	}
}
