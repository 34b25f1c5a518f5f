package alb

import "strings"

// ValidName says whether a load balancer or target group may have this name (API reference, CreateLoadBalancer and
// CreateTargetGroup).
func ValidName(s string) error {
	const field = "name"
	switch {
	case s == "":
		return invalid(field, "", "must be given")
	case strings.HasPrefix(s, "-"), strings.HasSuffix(s, "-"):
		return invalid(field, s, "must not begin or end with a hyphen")
	}
	return firstError(
		tooLong(field, s, MaxNameLength),
		only(field, s, func(c rune) bool { return alphanumeric(c) || c == '-' }),
	)
}

// ValidLoadBalancerName is ValidName with what holds for load balancers alone.
func ValidLoadBalancerName(s string) error {
	if strings.HasPrefix(s, "internal-") {
		return invalid("name", s, `must not begin with "internal-"`)
	}
	return ValidName(s)
}
