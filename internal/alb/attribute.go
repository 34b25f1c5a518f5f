package alb

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// AttributeDeletionProtection keeps a load balancer from being deleted.
const AttributeDeletionProtection = "deletion_protection.enabled"

// An Attribute is a setting that a resource always has: what it is at first, and which values it may take.
type Attribute struct {
	Default string
	Valid   func(string) bool
}

func oneOf(values ...string) func(string) bool {
	return func(v string) bool { return slices.Contains(values, v) }
}

func between(low, high int, words ...string) func(string) bool {
	return func(v string) bool {
		n, err := strconv.Atoi(v)
		return slices.Contains(words, v) || err == nil && n >= low && n <= high && strconv.Itoa(n) == v
	}
}

func matching(pattern string) func(string) bool { return regexp.MustCompile(pattern).MatchString }

func isAnything(string) bool { return true }

var onlyPrinting = matching(`^[ -~]*$`)

var (
	isFlag       = oneOf("true", "false")
	isDuration   = between(1, 604800)
	isHeaderName = matching(`^[A-Za-z0-9_-]{0,40}$`)
	isCookieName = func(v string) bool {
		return !strings.HasPrefix(v, "AWSALB") && len(v) <= 256 && !strings.ContainsAny(v, " ;,=\t")
	}
	isBucket   = matching(`^[a-z0-9.\-]{0,63}$`)
	isPrinting = func(v string) bool { return len(v) <= 1024 && onlyPrinting(v) }
)

// LoadBalancerAttributes of Application Load Balancers: API reference, LoadBalancerAttribute.
var LoadBalancerAttributes = map[string]Attribute{
	"access_logs.s3.enabled":                                   {"false", isFlag},
	"access_logs.s3.bucket":                                    {"", isBucket},
	"access_logs.s3.prefix":                                    {"", isAnything},
	"client_keep_alive.seconds":                                {"3600", between(60, 604800)},
	"connection_logs.s3.enabled":                               {"false", isFlag},
	"connection_logs.s3.bucket":                                {"", isBucket},
	"connection_logs.s3.prefix":                                {"", isAnything},
	"deletion_protection.enabled":                              {"false", isFlag},
	"health_check_logs.s3.enabled":                             {"false", isFlag},
	"health_check_logs.s3.bucket":                              {"", isBucket},
	"health_check_logs.s3.prefix":                              {"", isAnything},
	"idle_timeout.timeout_seconds":                             {"60", between(1, 4000)},
	"ipv6.deny_all_igw_traffic":                                {"false", isFlag},
	"load_balancing.cross_zone.enabled":                        {"true", oneOf("true")},
	"routing.http.desync_mitigation_mode":                      {"defensive", oneOf("monitor", "defensive", "strictest")},
	"routing.http.drop_invalid_header_fields.enabled":          {"false", isFlag},
	"routing.http.preserve_host_header.enabled":                {"false", isFlag},
	"routing.http.x_amzn_tls_version_and_cipher_suite.enabled": {"false", isFlag},
	"routing.http.xff_client_port.enabled":                     {"false", isFlag},
	"routing.http.xff_header_processing.mode":                  {"append", oneOf("append", "preserve", "remove")},
	"routing.http2.enabled":                                    {"true", isFlag},
	"waf.fail_open.enabled":                                    {"false", isFlag},
	"zonal_shift.config.enabled":                               {"false", isFlag},
}

// TargetGroupAttributes of target groups behind an Application Load Balancer: API reference, TargetGroupAttribute.
var TargetGroupAttributes = map[string]Attribute{
	"deregistration_delay.timeout_seconds":                                           {"300", between(0, 3600)},
	"load_balancing.algorithm.anomaly_mitigation":                                    {"off", oneOf("on", "off")},
	"load_balancing.algorithm.type":                                                  {"round_robin", oneOf("round_robin", "least_outstanding_requests", "weighted_random")},
	"load_balancing.cross_zone.enabled":                                              {"use_load_balancer_configuration", oneOf("true", "false", "use_load_balancer_configuration")},
	"slow_start.duration_seconds":                                                    {"0", between(30, 900, "0")},
	"stickiness.app_cookie.cookie_name":                                              {"", isCookieName},
	"stickiness.app_cookie.duration_seconds":                                         {"86400", isDuration},
	"stickiness.enabled":                                                             {"false", isFlag},
	"stickiness.lb_cookie.duration_seconds":                                          {"86400", isDuration},
	"stickiness.type":                                                                {"lb_cookie", oneOf("lb_cookie", "app_cookie")},
	"target_group_health.dns_failover.minimum_healthy_targets.count":                 {"1", between(1, 1000, "off")},
	"target_group_health.dns_failover.minimum_healthy_targets.percentage":            {"off", between(1, 100, "off")},
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":      {"1", between(1, 1000)},
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": {"off", between(1, 100, "off")},
}

// OtherTargetGroupAttributes are of target groups behind Network and Gateway Load Balancers, and of Lambda functions: API
// reference, TargetGroupAttribute.
var OtherTargetGroupAttributes = []string{
	"deregistration_delay.connection_termination.enabled",
	"lambda.multi_value_headers.enabled",
	"preserve_client_ip.enabled",
	"proxy_protocol_v2.enabled",
	"target_failover.on_deregistration",
	"target_failover.on_unhealthy",
	"target_health_state.unhealthy.connection_termination.enabled",
	"target_health_state.unhealthy.draining_interval_seconds",
}

// ListenerAttributes of HTTP and HTTPS listeners: API reference, ListenerAttribute.
var ListenerAttributes = map[string]Attribute{
	"routing.http.response.access_control_allow_credentials.header_value": {"", oneOf("true", "")},
	"routing.http.response.access_control_allow_headers.header_value":     {"", isPrinting},
	"routing.http.response.access_control_allow_methods.header_value":     {"", isPrinting},
	"routing.http.response.access_control_allow_origin.header_value":      {"", isPrinting},
	"routing.http.response.access_control_expose_headers.header_value":    {"", isPrinting},
	"routing.http.response.access_control_max_age.header_value":           {"", between(-1, 86400, "")},
	"routing.http.response.content_security_policy.header_value":          {"", isPrinting},
	"routing.http.response.server.enabled":                                {"true", isFlag},
	"routing.http.response.strict_transport_security.header_value":        {"", isPrinting},
	"routing.http.response.x_content_type_options.header_value":           {"", oneOf("nosniff", "")},
	"routing.http.response.x_frame_options.header_value":                  {"", matching(`^(DENY|SAMEORIGIN|ALLOW-FROM .+)?$`)},
}

// TLSListenerAttributes are of HTTPS listeners only.
var TLSListenerAttributes = map[string]Attribute{
	"routing.http.request.x_amzn_mtls_clientcert.header_name":               {"X-Amzn-Mtls-Clientcert", isHeaderName},
	"routing.http.request.x_amzn_mtls_clientcert_issuer.header_name":        {"X-Amzn-Mtls-Clientcert-Issuer", isHeaderName},
	"routing.http.request.x_amzn_mtls_clientcert_leaf.header_name":          {"X-Amzn-Mtls-Clientcert-Leaf", isHeaderName},
	"routing.http.request.x_amzn_mtls_clientcert_serial_number.header_name": {"X-Amzn-Mtls-Clientcert-Serial-Number", isHeaderName},
	"routing.http.request.x_amzn_mtls_clientcert_subject.header_name":       {"X-Amzn-Mtls-Clientcert-Subject", isHeaderName},
	"routing.http.request.x_amzn_mtls_clientcert_validity.header_name":      {"X-Amzn-Mtls-Clientcert-Validity", isHeaderName},
	"routing.http.request.x_amzn_tls_cipher_suite.header_name":              {"X-Amzn-Tls-Cipher-Suite", isHeaderName},
	"routing.http.request.x_amzn_tls_version.header_name":                   {"X-Amzn-Tls-Version", isHeaderName},
}
