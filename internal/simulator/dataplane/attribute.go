package dataplane

import (
	"strconv"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// attributes are key and value as ELBv2 has them. What is missing or unreadable has the default: the control plane has
// judged them before.
type attributes map[string]string

func (a attributes) text(key, otherwise string) string {
	if v, given := a[key]; given {
		return v
	}
	return otherwise
}

func (a attributes) on(key string) bool  { return a[key] == "true" }
func (a attributes) off(key string) bool { return a[key] == "false" }

func (a attributes) seconds(key string, otherwise int) time.Duration {
	n, err := strconv.Atoi(a[key])
	if err != nil {
		n = otherwise
	}
	return time.Duration(n) * time.Second
}

// Keys of the attributes that shape traffic (API reference, LoadBalancerAttribute, ListenerAttribute,
// TargetGroupAttribute).
const (
	attrIdleTimeout     = "idle_timeout.timeout_seconds"
	attrClientKeepAlive = "client_keep_alive.seconds"
	attrHTTP2           = "routing.http2.enabled"
	attrPreserveHost    = "routing.http.preserve_host_header.enabled"
	attrDropInvalid     = "routing.http.drop_invalid_header_fields.enabled"
	attrForwardedMode   = "routing.http.xff_header_processing.mode"
	attrForwardedPort   = "routing.http.xff_client_port.enabled"
	attrTLSHeaders      = "routing.http.x_amzn_tls_version_and_cipher_suite.enabled"
	attrServerHeader    = "routing.http.response.server.enabled"

	attrDeregistrationDelay = "deregistration_delay.timeout_seconds"
	attrAlgorithm           = "load_balancing.algorithm.type"
	attrSticky              = "stickiness.enabled"
	attrStickyType          = "stickiness.type"
	attrStickyDuration      = "stickiness.lb_cookie.duration_seconds"
	attrStickyAppCookie     = "stickiness.app_cookie.cookie_name"
	attrStickyAppDuration   = "stickiness.app_cookie.duration_seconds"
)

func (a attributes) idleTimeout() time.Duration {
	return a.seconds(attrIdleTimeout, alb.DefaultIdleTimeoutSeconds)
}

// responseHeaders are the headers that a listener may put on every answer, by the middle of the attribute's key
// (user guide, "HTTP header modification").
var responseHeaders = map[string]string{
	"strict_transport_security":        "Strict-Transport-Security",
	"access_control_allow_origin":      "Access-Control-Allow-Origin",
	"access_control_allow_methods":     "Access-Control-Allow-Methods",
	"access_control_allow_headers":     "Access-Control-Allow-Headers",
	"access_control_allow_credentials": "Access-Control-Allow-Credentials",
	"access_control_expose_headers":    "Access-Control-Expose-Headers",
	"access_control_max_age":           "Access-Control-Max-Age",
	"content_security_policy":          "Content-Security-Policy",
	"x_content_type_options":           "X-Content-Type-Options",
	"x_frame_options":                  "X-Frame-Options",
}

// inserted are the response headers of a listener's attributes.
func (a attributes) inserted() map[string]string {
	headers := map[string]string{}
	for key, name := range responseHeaders {
		if v := a["routing.http.response."+key+".header_value"]; v != "" {
			headers[name] = v
		}
	}
	return headers
}

// requestHeader is the name under which a header about the client's TLS goes to targets.
func (a attributes) requestHeader(key, name string) string {
	if renamed := a["routing.http.request."+key+".header_name"]; renamed != "" {
		return renamed
	}
	return name
}
