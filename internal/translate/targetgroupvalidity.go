package translate

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

const maxPort = 65535

func speaksHTTP(protocol string) bool { return protocol == protocolHTTP || protocol == protocolHTTPS }

// invalidProps says what AWS would refuse of a target group's settings, whatever the Service. The text begins with the field and
// goes on after "has"; there is none where all is well.
func invalidProps(p gwcfgv1.TargetGroupProps) string {
	for _, check := range []func(gwcfgv1.TargetGroupProps) string{invalidIdentity, invalidHealthCheck, invalidMatcher, invalidGroupAttributes} {
		if complaint := check(p); complaint != "" {
			return complaint
		}
	}
	return ""
}

func invalidIdentity(p gwcfgv1.TargetGroupProps) string {
	if name := p.TargetGroupName; name != nil {
		if err := alb.ValidName(*name); err != nil {
			return fmt.Sprintf("targetGroupName %q: %s", *name, err)
		}
	}
	if port := p.TargetControlPort; port != nil && (*port < 1 || *port > maxPort) {
		return fmt.Sprintf("targetControlPort %d; give 1 to %d", *port, maxPort)
	}
	if _, err := metav1.LabelSelectorAsSelector(p.NodeSelector); err != nil {
		return fmt.Sprintf("nodeSelector, which selects nothing: %s; correct it", err)
	}
	if err := invalidTags(p.Tags); err != nil {
		if with, found := strings.CutPrefix(err.Error(), "has "); found {
			return "tags with " + with
		}
		return "tags, which " + err.Error()
	}
	return ""
}

// invalidHealthCheck holds it against the limits of ELBv2 CreateTargetGroup. What is left out is what it will be.
func invalidHealthCheck(p gwcfgv1.TargetGroupProps) string {
	h := value(p.HealthCheckConfig)
	if protocol := h.HealthCheckProtocol; protocol != nil && !speaksHTTP(string(*protocol)) {
		return fmt.Sprintf("healthCheckProtocol %s, but an Application Load Balancer checks by HTTP or HTTPS; set one of them", *protocol)
	}
	interval, timeout := value(first(h.HealthCheckInterval, new(int32(defaultHealthInterval)))), value(first(h.HealthCheckTimeout, new(int32(defaultHealthTimeout))))
	for _, l := range []struct {
		field    string
		got      *int32
		min, max int
	}{
		{"healthCheckInterval", h.HealthCheckInterval, alb.MinHealthCheckIntervalSeconds, alb.MaxHealthCheckIntervalSeconds},
		{"healthCheckTimeout", h.HealthCheckTimeout, alb.MinHealthCheckTimeoutSeconds, alb.MaxHealthCheckTimeoutSeconds},
		{"healthyThresholdCount", h.HealthyThresholdCount, alb.MinHealthyThreshold, alb.MaxHealthyThreshold},
		{"unhealthyThresholdCount", h.UnhealthyThresholdCount, alb.MinHealthyThreshold, alb.MaxHealthyThreshold},
	} {
		if l.got != nil && (int(*l.got) < l.min || int(*l.got) > l.max) {
			return fmt.Sprintf("%s %d; give %d to %d", l.field, *l.got, l.min, l.max)
		}
	}
	if timeout >= interval {
		return fmt.Sprintf("healthCheckTimeout %d, which must be less than healthCheckInterval %d", timeout, interval)
	}
	if path := h.HealthCheckPath; path != nil && (!strings.HasPrefix(*path, "/") || len(*path) > alb.MaxHealthCheckPathLength) {
		return fmt.Sprintf("healthCheckPath %q, which must begin with a slash and have at most %d characters", shortened(*path, maxTagValue), alb.MaxHealthCheckPathLength)
	}
	return ""
}

func invalidMatcher(p gwcfgv1.TargetGroupProps) string {
	m := value(value(p.HealthCheckConfig).Matcher)
	if m.HTTPCode != nil {
		if err := alb.ValidHTTPMatcher(*m.HTTPCode); err != nil {
			return fmt.Sprintf("matcher.httpCode: %s", err)
		}
	}
	if m.GRPCCode != nil {
		if err := alb.ValidGRPCMatcher(*m.GRPCCode); err != nil {
			return fmt.Sprintf("matcher.grpcCode: %s", err)
		}
	}
	return ""
}

// invalidGroupAttributes leaves keys that are not known for AWS to judge.
func invalidGroupAttributes(p gwcfgv1.TargetGroupProps) string {
	all := map[string]string{}
	for _, a := range ownAttributes(p) {
		known, ok := alb.TargetGroupAttributes[a.Key]
		switch {
		case a.Key == "":
			return "targetGroupAttributes with an empty key; give a key such as deregistration_delay.timeout_seconds"
		case !attributeText(a.Key, a.Value):
			return fmt.Sprintf("targetGroupAttributes with %.40q: %.40q; a key has at most 256 letters, digits, dots and underscores, and a value at most %d characters", a.Key, a.Value, maxAttributeValue)
		case ok && !known.Valid(a.Value):
			return fmt.Sprintf("targetGroupAttributes with %s %q, which AWS does not take; correct the value, which is %q by default", a.Key, a.Value, known.Default)
		}
		all[a.Key] = a.Value
	}
	if err := alb.ConsistentTargetGroupAttributes(all); err != nil {
		return fmt.Sprintf("targetGroupAttributes that exclude each other: %s", err)
	}
	return ""
}

// ownAttributes are those that a target group behind an Application Load Balancer can have. AWS refuses the others, and what is
// sent with them.
func ownAttributes(p gwcfgv1.TargetGroupProps) []gwcfgv1.TargetGroupAttribute {
	return keep(p.TargetGroupAttributes, func(a gwcfgv1.TargetGroupAttribute) bool {
		return !slices.Contains(alb.OtherTargetGroupAttributes, a.Key)
	})
}

// otherAttributes are those that it cannot have, as fields.
func otherAttributes(p gwcfgv1.TargetGroupProps) []string {
	var out []string
	for _, a := range p.TargetGroupAttributes {
		if slices.Contains(alb.OtherTargetGroupAttributes, a.Key) {
			out = append(out, "targetGroupAttributes["+a.Key+"]")
		}
	}
	return unique(out)
}

const notForTargets = "not for target groups of an Application Load Balancer"

// withoutEffect are the settings that say nothing to a Service's target group.
func (s targetGroupSettings) withoutEffect(of servicePort, group albv1alpha1.TargetGroupParameters) []string {
	by := configuration{from: s.from}
	notes := append(slices.Clone(s.notes), by.ignored(otherAttributes(s.props), notForTargets)...)
	if s.props.NodeSelector != nil && group.TargetType == targetIP {
		notes = append(notes, by.ignored([]string{"nodeSelector"}, "the targets of "+of.String()+" are pods")...)
	}
	if m := value(s.props.HealthCheckConfig).Matcher; m != nil && group.Matcher != nil {
		fields := given(map[string]bool{
			"healthCheckConfig.matcher.httpCode": m.HTTPCode != nil && m.GRPCCode == nil && group.Matcher.HttpCode == nil,
			"healthCheckConfig.matcher.grpcCode": m.GRPCCode != nil && m.HTTPCode == nil && group.Matcher.GrpcCode == nil,
		})
		notes = append(notes, by.ignored(fields, of.String()+" speaks "+group.ProtocolVersion)...)
	}
	return notes
}

// on a listener the protocol version may have to be another one: HTTP2 is for HTTPS listeners, so that a Service which is to be
// spoken to by HTTP2 is spoken to by HTTP1 where clients come by HTTP. One that takes nothing else says so by its appProtocol.
func (s targetGroupSettings) on(of servicePort, l alb.ListenerPort) targetGroupSettings {
	version := s.props.ProtocolVersion
	if version == nil || *version != gwcfgv1.ProtocolVersionHTTP2 || s.grpc || l.Protocol == protocolHTTPS || value(of.port.AppProtocol) == appProtocolH2C {
		return s
	}
	s.props.ProtocolVersion = new(gwcfgv1.ProtocolVersionHTTP1)
	fields := []string{"protocolVersion HTTP2"}
	if s.props.TargetGroupName != nil { // The one by HTTP2 has it.
		s.props.TargetGroupName = nil
		fields = append(fields, "targetGroupName")
	}
	s.notes = append(slices.Clone(s.notes), configuration{from: s.from}.ignored(fields, fmt.Sprintf("towards %s behind HTTP listeners, where an Application Load Balancer speaks HTTP1 to targets", of))...)
	return s
}
