package aws

import (
	"cmp"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// The figures are AWS's: "Request throttling for Elastic Load Balancing", "Request throttling for the Amazon EC2 API" and the
// API rate quotas of ACM.
func TestLimiterRates(t *testing.T) {
	cases := map[string]struct {
		reason    string
		service   string
		rates     Rates
		operation string
		calls     int
		want      time.Duration
	}{
		"ReadsBurst":        {reason: "200 at once, less one", service: serviceELB, operation: "DescribeRules", calls: 199, want: 0},
		"ReadsRate":         {reason: "then 50 a second", service: serviceELB, operation: "DescribeRules", calls: 299, want: 2 * time.Second},
		"WritesBurst":       {reason: "20 at once, less one", service: serviceELB, operation: "CreateRule", calls: 19, want: 0},
		"WritesRate":        {reason: "then 3 a second", service: serviceELB, operation: "SetRulePriorities", calls: 49, want: 10 * time.Second},
		"TargetsRate":       {reason: "20, then 4 a second", service: serviceELB, operation: "RegisterTargets", calls: 39, want: 5 * time.Second},
		"EC2ReadsRate":      {reason: "100, then 20 a second", service: serviceEC2, operation: "DescribeSubnets", calls: 139, want: 2 * time.Second},
		"EC2WritesRate":     {reason: "50, then 5 a second", service: serviceEC2, operation: "CreateSecurityGroup", calls: 59, want: 2 * time.Second},
		"Half":              {reason: "half of it for us: 9 at once, then 1.5 a second", service: serviceELB, rates: 0.5, operation: "CreateRule", calls: 24, want: 10 * time.Second},
		"Least":             {reason: "a call at once is the least", service: serviceELB, rates: 0.01, operation: "CreateRule", calls: 1, want: 0},
		"Double":            {reason: "AWS has granted twice as much", service: serviceELB, rates: 2, operation: "CreateRule", calls: 68, want: 5 * time.Second},
		"ImportCertificate": {reason: "1 a second", service: serviceACM, operation: "ImportCertificate", calls: 4, want: 3 * time.Second},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLimiter(tc.service, newMetrics(nil), cmp.Or(tc.rates, 1))
				began := time.Now()
				for range tc.calls {
					if err := l.wait(t.Context(), tc.operation); err != nil {
						t.Fatal(err)
					}
				}
				if got := time.Since(began).Round(time.Millisecond); got != tc.want {
					t.Errorf("\n%s\n%d calls took: want %s, got %s", tc.reason, tc.calls, tc.want, got)
				}
			})
		})
	}
}

func TestLimiterReadsDoNotWaitForWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMetrics(nil)
		l := newLimiter(serviceELB, m, 1)
		ctx, cancel := context.WithCancel(t.Context())
		for range 100 {
			go func() { _ = l.wait(ctx, "CreateRule") }()
		}
		synctest.Wait()
		began := time.Now()
		for _, operation := range []string{"DescribeRules", "RegisterTargets"} {
			if err := l.wait(t.Context(), operation); err != nil || time.Since(began) > 0 {
				t.Errorf("\n80 writes wait, and nothing else does\n%s: waited %s, error %v", operation, time.Since(began), err)
			}
		}
		cancel()
		synctest.Wait()
		if got := testutil.CollectAndCount(m.waited); got != 3 {
			t.Errorf("\nthe wait is measured for each bucket\nprovider_aws_limiter_wait_seconds: want 3 series, got %d", got)
		}
	})
}

func TestLimiterGivesUpBeforeTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(serviceELB, newMetrics(nil), 1)
		for range 19 {
			_ = l.wait(t.Context(), "CreateRule")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		err := l.wait(ctx, "CreateRule")
		var full *limitError
		if !errors.As(err, &full) || time.Since(began) > 0 {
			t.Errorf("\na call that cannot be made in time is not waited for\nwait(...): after %s got %v", time.Since(began), err)
		}
		if got := Classify(newFailure(err)); got != Throttled {
			t.Errorf("\nit is as if AWS had throttled it\nClassify(...): want %s, got %s", Throttled, got)
		}
	})
}
