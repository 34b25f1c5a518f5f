package alb

import (
	"fmt"
	"strconv"
	"strings"
)

// Keys of target group attributes that bear upon one another.
const (
	attributeAlgorithm  = "load_balancing.algorithm.type"
	attributeMitigation = "load_balancing.algorithm.anomaly_mitigation"
	attributeSlowStart  = "slow_start.duration_seconds"
	attributeCookieName = "stickiness.app_cookie.cookie_name"
)

// ConsistentTargetGroupAttributes says whether attributes of a target group go together (user guide, "Edit target group
// attributes"). What is left out is what it is by default.
func ConsistentTargetGroupAttributes(given map[string]string) error {
	a := func(key string) string {
		if v, ok := given[key]; ok {
			return v
		}
		return TargetGroupAttributes[key].Default
	}
	switch algorithm := a(attributeAlgorithm); {
	case a("stickiness.enabled") == "true" && a("stickiness.type") == "app_cookie" && a(attributeCookieName) == "":
		return inconsistent(attributeCookieName, "", "must be given where stickiness.type is app_cookie")
	case a(attributeSlowStart) != "0" && algorithm != "round_robin":
		return inconsistent(attributeSlowStart, a(attributeSlowStart), "does not go with "+attributeAlgorithm+" "+algorithm+", but with round_robin alone")
	case a(attributeMitigation) == "on" && algorithm != "weighted_random":
		return inconsistent(attributeMitigation, "on", "does not go with "+attributeAlgorithm+" "+algorithm+", but with weighted_random alone")
	}
	return nil
}

func inconsistent(field, value, problem string) error {
	return &Error{Field: field, Value: value, Problem: problem, Code: CodeInvalidConfiguration}
}

// ValidHTTPMatcher says whether a health check may count these HTTP status codes as success: one, several with commas between,
// or ranges (API reference, Matcher).
func ValidHTTPMatcher(codes string) error {
	return validCodes(codes, MinMatcherHTTPCode, MaxMatcherHTTPCode)
}

// ValidGRPCMatcher is ValidHTTPMatcher for gRPC status codes.
func ValidGRPCMatcher(codes string) error { return validCodes(codes, 0, MaxMatcherGRPCCode) }

func validCodes(codes string, low, high int) error {
	for part := range strings.SplitSeq(codes, ",") {
		from, to, ranged := strings.Cut(part, "-")
		if !ranged {
			to = from
		}
		a, err := strconv.Atoi(from)
		b, err2 := strconv.Atoi(to)
		if err != nil || err2 != nil || a < low || b > high || a > b {
			return invalid("matcher", codes, fmt.Sprintf("must be codes from %d to %d, as one (%d), some (%d,%d) or a range (%d-%d)", low, high, low, low, high, low, high))
		}
	}
	return nil
}
