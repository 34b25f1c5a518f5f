package elbv2

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// An attribute is a setting that a resource always has: what it is at first, and which values it may take.
type attribute struct {
	initial string
	valid   func(string) bool
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

func anything(string) bool { return true }

var onlyPrinting = matching(`^[ -~]*$`)

var (
	flag    = oneOf("true", "false")
	seconds = between(1, 604800)
	header  = matching(`^[A-Za-z0-9_-]{0,40}$`)
	cookie  = func(v string) bool {
		return !strings.HasPrefix(v, "AWSALB") && len(v) <= 256 && !strings.ContainsAny(v, " ;,=\t")
	}
	logs     = matching(`^[a-z0-9.\-]{0,63}$`)
	printing = func(v string) bool { return len(v) <= 1024 && onlyPrinting(v) }
)

// The attributes of each kind with their values: API reference, LoadBalancerAttribute, ListenerAttribute, TargetGroupAttribute,
// as far as they are supported by Application Load Balancers.
var loadBalancerAttributes = map[string]attribute{
	"access_logs.s3.enabled":                                   {"false", flag},
	"access_logs.s3.bucket":                                    {"", logs},
	"access_logs.s3.prefix":                                    {"", anything},
	"client_keep_alive.seconds":                                {"3600", between(60, 604800)},
	"connection_logs.s3.enabled":                               {"false", flag},
	"connection_logs.s3.bucket":                                {"", logs},
	"connection_logs.s3.prefix":                                {"", anything},
	"deletion_protection.enabled":                              {"false", flag},
	"health_check_logs.s3.enabled":                             {"false", flag},
	"health_check_logs.s3.bucket":                              {"", logs},
	"health_check_logs.s3.prefix":                              {"", anything},
	"idle_timeout.timeout_seconds":                             {"60", between(1, 4000)},
	"ipv6.deny_all_igw_traffic":                                {"false", flag},
	"load_balancing.cross_zone.enabled":                        {"true", oneOf("true")},
	"routing.http.desync_mitigation_mode":                      {"defensive", oneOf("monitor", "defensive", "strictest")},
	"routing.http.drop_invalid_header_fields.enabled":          {"false", flag},
	"routing.http.preserve_host_header.enabled":                {"false", flag},
	"routing.http.x_amzn_tls_version_and_cipher_suite.enabled": {"false", flag},
	"routing.http.xff_client_port.enabled":                     {"false", flag},
	"routing.http.xff_header_processing.mode":                  {"append", oneOf("append", "preserve", "remove")},
	"routing.http2.enabled":                                    {"true", flag},
	"waf.fail_open.enabled":                                    {"false", flag},
	"zonal_shift.config.enabled":                               {"false", flag},
}

var targetGroupAttributes = map[string]attribute{
	"deregistration_delay.timeout_seconds":                                           {"300", between(0, 3600)},
	"load_balancing.algorithm.anomaly_mitigation":                                    {"off", oneOf("on", "off")},
	"load_balancing.algorithm.type":                                                  {"round_robin", oneOf("round_robin", "least_outstanding_requests", "weighted_random")},
	"load_balancing.cross_zone.enabled":                                              {"use_load_balancer_configuration", oneOf("true", "false", "use_load_balancer_configuration")},
	"slow_start.duration_seconds":                                                    {"0", between(30, 900, "0")},
	"stickiness.app_cookie.cookie_name":                                              {"", cookie},
	"stickiness.app_cookie.duration_seconds":                                         {"86400", seconds},
	"stickiness.enabled":                                                             {"false", flag},
	"stickiness.lb_cookie.duration_seconds":                                          {"86400", seconds},
	"stickiness.type":                                                                {"lb_cookie", oneOf("lb_cookie", "app_cookie")},
	"target_group_health.dns_failover.minimum_healthy_targets.count":                 {"1", between(1, 1000, "off")},
	"target_group_health.dns_failover.minimum_healthy_targets.percentage":            {"off", between(1, 100, "off")},
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":      {"1", between(1, 1000)},
	"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": {"off", between(1, 100, "off")},
}

// httpAttributes are of HTTP and HTTPS listeners, tlsAttributes of HTTPS listeners only.
var httpAttributes = map[string]attribute{
	"routing.http.response.access_control_allow_credentials.header_value": {"", oneOf("true", "")},
	"routing.http.response.access_control_allow_headers.header_value":     {"", printing},
	"routing.http.response.access_control_allow_methods.header_value":     {"", printing},
	"routing.http.response.access_control_allow_origin.header_value":      {"", printing},
	"routing.http.response.access_control_expose_headers.header_value":    {"", printing},
	"routing.http.response.access_control_max_age.header_value":           {"", between(-1, 86400, "")},
	"routing.http.response.content_security_policy.header_value":          {"", printing},
	"routing.http.response.server.enabled":                                {"true", flag},
	"routing.http.response.strict_transport_security.header_value":        {"", printing},
	"routing.http.response.x_content_type_options.header_value":           {"", oneOf("nosniff", "")},
	"routing.http.response.x_frame_options.header_value":                  {"", matching(`^(DENY|SAMEORIGIN|ALLOW-FROM .+)?$`)},
}

var tlsAttributes = map[string]attribute{
	"routing.http.request.x_amzn_mtls_clientcert.header_name":               {"X-Amzn-Mtls-Clientcert", header},
	"routing.http.request.x_amzn_mtls_clientcert_issuer.header_name":        {"X-Amzn-Mtls-Clientcert-Issuer", header},
	"routing.http.request.x_amzn_mtls_clientcert_leaf.header_name":          {"X-Amzn-Mtls-Clientcert-Leaf", header},
	"routing.http.request.x_amzn_mtls_clientcert_serial_number.header_name": {"X-Amzn-Mtls-Clientcert-Serial-Number", header},
	"routing.http.request.x_amzn_mtls_clientcert_subject.header_name":       {"X-Amzn-Mtls-Clientcert-Subject", header},
	"routing.http.request.x_amzn_mtls_clientcert_validity.header_name":      {"X-Amzn-Mtls-Clientcert-Validity", header},
	"routing.http.request.x_amzn_tls_cipher_suite.header_name":              {"X-Amzn-Tls-Cipher-Suite", header},
	"routing.http.request.x_amzn_tls_version.header_name":                   {"X-Amzn-Tls-Version", header},
}

func listenerAttributes(protocol types.ProtocolEnum) map[string]attribute {
	out := maps.Clone(httpAttributes)
	if protocol == types.ProtocolEnumHttps {
		maps.Copy(out, tlsAttributes)
	}
	return out
}

func defaults(known map[string]attribute) map[string]string {
	out := make(map[string]string, len(known))
	for key, a := range known {
		out[key] = a.initial
	}
	return out
}

// A setting is one key and value of a modify call.
type setting struct{ key, value *string }

// apply returns have with the settings made, or why they cannot be.
func apply(have map[string]string, known map[string]attribute, settings []setting) (map[string]string, error) {
	out := maps.Clone(have)
	seen := map[string]bool{}
	for _, set := range settings {
		key, value := deref(set.key), deref(set.value)
		a, ok := known[key]
		switch {
		case key == "":
			return nil, wire.Invalid("An attribute key must be specified")
		case seen[key]:
			return nil, wire.Errorf("InvalidConfigurationRequest", "The attribute key '%s' is specified more than once", key)
		case !ok:
			return nil, wire.Errorf("InvalidConfigurationRequest", "Key '%s' is not recognized or not supported", key)
		case !a.valid(value):
			return nil, wire.Errorf("InvalidConfigurationRequest", "The value '%s' of key '%s' is not valid", value, key)
		}
		seen[key] = true
		out[key] = value
	}
	return out, nil
}

func (s *Service) describeLoadBalancerAttributes(in *elb.DescribeLoadBalancerAttributesInput) (*elb.DescribeLoadBalancerAttributesOutput, error) {
	lb, err := s.balancer(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeLoadBalancerAttributesOutput{Attributes: balancerAttributeList(lb)}, nil
}

func balancerAttributeList(lb *loadBalancer) []types.LoadBalancerAttribute {
	out := []types.LoadBalancerAttribute{}
	for _, key := range slices.Sorted(maps.Keys(lb.attributes)) {
		out = append(out, types.LoadBalancerAttribute{Key: &key, Value: new(lb.attributes[key])})
	}
	return out
}

func (s *Service) modifyLoadBalancerAttributes(in *elb.ModifyLoadBalancerAttributesInput) (*elb.ModifyLoadBalancerAttributesOutput, error) {
	lb, err := s.balancer(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	var settings []setting
	for _, a := range in.Attributes {
		settings = append(settings, setting{a.Key, a.Value})
	}
	after, err := apply(lb.attributes, loadBalancerAttributes, settings)
	if err != nil {
		return nil, err
	}
	for _, log := range []string{"access_logs", "connection_logs", "health_check_logs"} {
		if after[log+".s3.enabled"] == "true" && after[log+".s3.bucket"] == "" {
			return nil, wire.Errorf("InvalidConfigurationRequest", "The value of '%s.s3.bucket' cannot be empty", log)
		}
	}
	lb.attributes = after
	s.sync(lb)
	return &elb.ModifyLoadBalancerAttributesOutput{Attributes: balancerAttributeList(lb)}, nil
}

func (s *Service) describeListenerAttributes(in *elb.DescribeListenerAttributesInput) (*elb.DescribeListenerAttributesOutput, error) {
	l, err := s.listener(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeListenerAttributesOutput{Attributes: listenerAttributeList(l)}, nil
}

func listenerAttributeList(l *listener) []types.ListenerAttribute {
	out := []types.ListenerAttribute{}
	for _, key := range slices.Sorted(maps.Keys(l.attributes)) {
		out = append(out, types.ListenerAttribute{Key: &key, Value: new(l.attributes[key])})
	}
	return out
}

func (s *Service) modifyListenerAttributes(in *elb.ModifyListenerAttributesInput) (*elb.ModifyListenerAttributesOutput, error) {
	l, err := s.listener(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	var settings []setting
	for _, a := range in.Attributes {
		settings = append(settings, setting{a.Key, a.Value})
	}
	after, err := apply(l.attributes, listenerAttributes(l.settings.Protocol), settings)
	if err != nil {
		return nil, err
	}
	l.attributes = after
	s.sync(l.balancer)
	return &elb.ModifyListenerAttributesOutput{Attributes: listenerAttributeList(l)}, nil
}

func (s *Service) describeTargetGroupAttributes(in *elb.DescribeTargetGroupAttributesInput) (*elb.DescribeTargetGroupAttributesOutput, error) {
	g, err := s.targetGroup(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	return &elb.DescribeTargetGroupAttributesOutput{Attributes: groupAttributeList(g)}, nil
}

func groupAttributeList(g *targetGroup) []types.TargetGroupAttribute {
	out := []types.TargetGroupAttribute{}
	for _, key := range slices.Sorted(maps.Keys(g.attributes)) {
		out = append(out, types.TargetGroupAttribute{Key: &key, Value: new(g.attributes[key])})
	}
	return out
}

func (s *Service) modifyTargetGroupAttributes(in *elb.ModifyTargetGroupAttributesInput) (*elb.ModifyTargetGroupAttributesOutput, error) {
	g, err := s.targetGroup(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	var settings []setting
	for _, a := range in.Attributes {
		settings = append(settings, setting{a.Key, a.Value})
	}
	after, err := apply(g.attributes, targetGroupAttributes, settings)
	if err != nil {
		return nil, err
	}
	if err := consistent(after); err != nil {
		return nil, err
	}
	g.attributes = after
	s.syncTargetGroup(g)
	return &elb.ModifyTargetGroupAttributesOutput{Attributes: groupAttributeList(g)}, nil
}

// consistent refuses attributes of a target group that exclude each other.
func consistent(a map[string]string) error {
	algorithm := a["load_balancing.algorithm.type"]
	switch {
	case a["stickiness.enabled"] == "true" && a["stickiness.type"] == "app_cookie" && a["stickiness.app_cookie.cookie_name"] == "":
		return wire.Errorf("InvalidConfigurationRequest", "'stickiness.app_cookie.cookie_name' must be specified for stickiness of type app_cookie")
	case a["slow_start.duration_seconds"] != "0" && algorithm != "round_robin":
		return wire.Errorf("InvalidConfigurationRequest", "Slow start is not supported with the load balancing algorithm '%s'", algorithm)
	case a["load_balancing.algorithm.anomaly_mitigation"] == "on" && algorithm != "weighted_random":
		return wire.Errorf("InvalidConfigurationRequest", "Anomaly mitigation is supported with the load balancing algorithm 'weighted_random' only")
	default:
		return nil
	}
}
