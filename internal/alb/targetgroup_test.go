package alb

import (
	"testing"
)

// User guide, "Edit target group attributes for your Application Load Balancer".
func TestConsistentTargetGroupAttributes(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason string
		given  map[string]string
		want   string
	}{
		"Nothing":              {"Defaults go together.", nil, ""},
		"LoadBalancerCookie":   {"A cookie of the load balancer's own has its name from AWS.", map[string]string{"stickiness.enabled": "true"}, ""},
		"ApplicationCookie":    {"A cookie of the application has to be named.", map[string]string{"stickiness.enabled": "true", "stickiness.type": "app_cookie"}, "stickiness.app_cookie.cookie_name must be given where stickiness.type is app_cookie"},
		"ApplicationCookieOff": {"It need not as long as stickiness is off.", map[string]string{"stickiness.type": "app_cookie"}, ""},
		"NamedCookie":          {"A named one is good.", map[string]string{"stickiness.enabled": "true", "stickiness.type": "app_cookie", "stickiness.app_cookie.cookie_name": "SESSION"}, ""},
		"SlowStart":            {"Slow start is for round robin, which is the default.", map[string]string{"slow_start.duration_seconds": "30"}, ""},
		"SlowStartElsewhere": {
			"It is for nothing else.",
			map[string]string{"slow_start.duration_seconds": "30", "load_balancing.algorithm.type": "least_outstanding_requests"},
			`slow_start.duration_seconds "30" does not go with load_balancing.algorithm.type least_outstanding_requests, but with round_robin alone`,
		},
		"Mitigation": {"Anomaly mitigation is for weighted random.", map[string]string{"load_balancing.algorithm.anomaly_mitigation": "on", "load_balancing.algorithm.type": "weighted_random"}, ""},
		"MitigationElsewhere": {
			"It is for nothing else.",
			map[string]string{"load_balancing.algorithm.anomaly_mitigation": "on"},
			`load_balancing.algorithm.anomaly_mitigation "on" does not go with load_balancing.algorithm.type round_robin, but with weighted_random alone`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := ConsistentTargetGroupAttributes(tc.given); err != nil {
				got = err.Error()
			}
			if got != tc.want {
				t.Errorf("%s\nwant %q, got %q", tc.reason, tc.want, got)
			}
		})
	}
}

// API reference, Matcher.
func TestValidMatchers(t *testing.T) {
	t.Parallel()
	for codes, good := range map[string]bool{
		"200": true, "200,404": true, "200-499": true, "200-204,301": true,
		"": false, "199": false, "500": false, "300-200": false, "200-": false, "200,": false, "two": false, "200 - 299": false, "0": false,
	} {
		if err := ValidHTTPMatcher(codes); (err == nil) != good {
			t.Errorf("HTTP %q: %v", codes, err)
		}
	}
	for codes, good := range map[string]bool{"0": true, "12": true, "0,1": true, "0-99": true, "100": false, "-1": false, "": false, "200": false} {
		if err := ValidGRPCMatcher(codes); (err == nil) != good {
			t.Errorf("gRPC %q: %v", codes, err)
		}
	}
}
