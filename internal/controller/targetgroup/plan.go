package targetgroup

import (
	"fmt"
	"strings"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// A plan is what has to be done to a target group.
type plan struct {
	// Modify the health check; nil: nothing.
	Modify *elbv2.ModifyTargetGroupInput

	// Attributes to set.
	Attributes []elbtypes.TargetGroupAttribute

	// Tags to set. Tags that the spec does not have are left alone: others may have set them.
	Tags map[string]string

	// Stuck are the settings that differ and that AWS cannot change.
	Stuck []string
}

func (p plan) empty() bool {
	return p.Modify == nil && len(p.Attributes) == 0 && len(p.Tags) == 0 && len(p.Stuck) == 0
}

// String names what differs, as an event tells it.
func (p plan) String() string {
	var parts []string
	if p.Modify != nil {
		parts = append(parts, "health check")
	}
	for _, a := range p.Attributes {
		parts = append(parts, "attribute "+*a.Key)
	}
	if len(p.Tags) > 0 {
		parts = append(parts, "tags")
	}
	return strings.Join(append(parts, p.Stuck...), ", ")
}

// modification of what differs, and of nothing else: a setting that is left out stays as AWS has it.
func modification(want albv1alpha1.TargetGroupParameters, got *elbtypes.TargetGroup) *elbv2.ModifyTargetGroupInput {
	in := &elbv2.ModifyTargetGroupInput{TargetGroupArn: got.TargetGroupArn}
	changed := false
	if p := want.HealthCheckProtocol; p != nil && *p != string(got.HealthCheckProtocol) {
		in.HealthCheckProtocol, changed = elbtypes.ProtocolEnum(*p), true
	}
	if differs(want.HealthCheckPort, got.HealthCheckPort) {
		in.HealthCheckPort, changed = want.HealthCheckPort, true
	}
	if differs(want.HealthCheckPath, got.HealthCheckPath) {
		in.HealthCheckPath, changed = want.HealthCheckPath, true
	}
	if differs(want.HealthCheckIntervalSeconds, got.HealthCheckIntervalSeconds) {
		in.HealthCheckIntervalSeconds, changed = want.HealthCheckIntervalSeconds, true
	}
	if differs(want.HealthCheckTimeoutSeconds, got.HealthCheckTimeoutSeconds) {
		in.HealthCheckTimeoutSeconds, changed = want.HealthCheckTimeoutSeconds, true
	}
	if differs(want.HealthyThresholdCount, got.HealthyThresholdCount) {
		in.HealthyThresholdCount, changed = want.HealthyThresholdCount, true
	}
	if differs(want.UnhealthyThresholdCount, got.UnhealthyThresholdCount) {
		in.UnhealthyThresholdCount, changed = want.UnhealthyThresholdCount, true
	}
	if otherMatcher(want.Matcher, got.Matcher) {
		in.Matcher, changed = matcher(want.Matcher), true
	}
	if !changed {
		return nil
	}
	return in
}

// differs compares a setting only where it is given.
func differs[T comparable](want, got *T) bool {
	return want != nil && (got == nil || *want != *got)
}

func otherMatcher(want *albv1alpha1.Matcher, got *elbtypes.Matcher) bool {
	if want == nil {
		return false
	}
	if got == nil {
		got = &elbtypes.Matcher{}
	}
	return differs(want.HttpCode, got.HttpCode) || differs(want.GrpcCode, got.GrpcCode)
}

func matcher(m *albv1alpha1.Matcher) *elbtypes.Matcher {
	if m == nil {
		return nil
	}
	return &elbtypes.Matcher{HttpCode: m.HttpCode, GrpcCode: m.GrpcCode}
}

// attributes to set: those that are named and that AWS has otherwise.
func attributes(want []albv1alpha1.Attribute, have map[string]string) []elbtypes.TargetGroupAttribute {
	var set []elbtypes.TargetGroupAttribute
	for _, a := range want {
		if v, ok := have[a.Key]; !ok || v != a.Value {
			set = append(set, elbtypes.TargetGroupAttribute{Key: new(a.Key), Value: new(a.Value)})
		}
	}
	return set
}

// stuck lists what differs among the settings that a target group keeps for life.
func stuck(want albv1alpha1.TargetGroupParameters, vpc string, got *elbtypes.TargetGroup) []string {
	var out []string
	check := func(name, want string, got string) {
		if want != "" && want != got {
			out = append(out, fmt.Sprintf("%s is %q in AWS and %q here", name, got, want))
		}
	}
	check("protocol", want.Protocol, string(got.Protocol))
	check("protocolVersion", want.ProtocolVersion, text(got.ProtocolVersion))
	check("port", fmt.Sprint(want.Port), text(got.Port))
	check("vpcId", vpcOf(want, vpc), text(got.VpcId))
	check("targetType", want.TargetType, string(got.TargetType))
	check("ipAddressType", text(want.IpAddressType), string(got.IpAddressType))
	check("targetControlPort", text(want.TargetControlPort), text(got.TargetControlPort))
	return out
}

func text[T any](v *T) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(*v)
}

func vpcOf(p albv1alpha1.TargetGroupParameters, vpc string) string {
	if p.VpcId != nil {
		return *p.VpcId
	}
	return vpc
}

// creation is the whole target group as CreateTargetGroup takes it; attributes it does not take.
func creation(p albv1alpha1.TargetGroupParameters) *elbv2.CreateTargetGroupInput {
	in := &elbv2.CreateTargetGroupInput{
		Protocol:                   elbtypes.ProtocolEnum(p.Protocol),
		Port:                       new(p.Port),
		TargetType:                 elbtypes.TargetTypeEnum(p.TargetType),
		TargetControlPort:          p.TargetControlPort,
		HealthCheckPort:            p.HealthCheckPort,
		HealthCheckPath:            p.HealthCheckPath,
		HealthCheckIntervalSeconds: p.HealthCheckIntervalSeconds,
		HealthCheckTimeoutSeconds:  p.HealthCheckTimeoutSeconds,
		HealthyThresholdCount:      p.HealthyThresholdCount,
		UnhealthyThresholdCount:    p.UnhealthyThresholdCount,
		Matcher:                    matcher(p.Matcher),
	}
	if p.ProtocolVersion != "" {
		in.ProtocolVersion = new(p.ProtocolVersion)
	}
	if p.IpAddressType != nil {
		in.IpAddressType = elbtypes.TargetGroupIpAddressTypeEnum(*p.IpAddressType)
	}
	if p.HealthCheckProtocol != nil {
		in.HealthCheckProtocol = elbtypes.ProtocolEnum(*p.HealthCheckProtocol)
	}
	return in
}
