package targetgroup

import (
	"fmt"
	"slices"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// A plan is what has to be done to a target group.
type plan struct {
	// Modify the health check; nil: nothing.
	Modify *elbv2.ModifyTargetGroupInput

	// Attributes to set.
	Attributes []elbtypes.TargetGroupAttribute

	// Tags to set and to remove.
	Tags tag.Change

	// Stuck are the settings that differ and that AWS cannot change.
	Stuck []string

	// Differences that the plan undoes.
	Differences difference.List
}

func (p *plan) empty() bool {
	return p.Modify == nil && len(p.Attributes) == 0 && p.Tags.Empty() && len(p.Stuck) == 0
}

// modify what differs, and nothing else: a setting that is left out stays as AWS has it.
func (p *plan) modify(want albv1alpha1.TargetGroupParameters, got *elbtypes.TargetGroup) {
	in := &elbv2.ModifyTargetGroupInput{TargetGroupArn: got.TargetGroupArn}
	d := difference.Setting("healthCheckProtocol", new(string(got.HealthCheckProtocol)), want.HealthCheckProtocol)
	if len(d) > 0 {
		in.HealthCheckProtocol = elbtypes.ProtocolEnum(*want.HealthCheckProtocol)
	}
	d = append(d, set(&in.HealthCheckPort, "healthCheckPort", got.HealthCheckPort, want.HealthCheckPort)...)
	d = append(d, set(&in.HealthCheckPath, "healthCheckPath", got.HealthCheckPath, want.HealthCheckPath)...)
	d = append(d, set(&in.HealthCheckIntervalSeconds, "healthCheckIntervalSeconds", got.HealthCheckIntervalSeconds, want.HealthCheckIntervalSeconds)...)
	d = append(d, set(&in.HealthCheckTimeoutSeconds, "healthCheckTimeoutSeconds", got.HealthCheckTimeoutSeconds, want.HealthCheckTimeoutSeconds)...)
	d = append(d, set(&in.HealthyThresholdCount, "healthyThresholdCount", got.HealthyThresholdCount, want.HealthyThresholdCount)...)
	d = append(d, set(&in.UnhealthyThresholdCount, "unhealthyThresholdCount", got.UnhealthyThresholdCount, want.UnhealthyThresholdCount)...)
	if m := differingMatcher(want.Matcher, got.Matcher); len(m) > 0 {
		in.Matcher = matcher(want.Matcher)
		d = append(d, m...)
	}
	if len(d) > 0 {
		p.Modify, p.Differences = in, d
	}
}

// set a field of a call where the setting differs.
func set[T comparable](field **T, name string, got, want *T) difference.List {
	d := difference.Setting(name, got, want)
	if len(d) > 0 {
		*field = want
	}
	return d
}

func differingMatcher(want *albv1alpha1.Matcher, got *elbtypes.Matcher) difference.List {
	if want == nil {
		return nil
	}
	if got == nil {
		got = &elbtypes.Matcher{}
	}
	return slices.Concat(
		difference.Setting("matcher.httpCode", got.HttpCode, want.HttpCode),
		difference.Setting("matcher.grpcCode", got.GrpcCode, want.GrpcCode),
	)
}

func matcher(m *albv1alpha1.Matcher) *elbtypes.Matcher {
	if m == nil {
		return nil
	}
	return &elbtypes.Matcher{HttpCode: m.HttpCode, GrpcCode: m.GrpcCode}
}

// attributes to set: those that are named and that AWS has otherwise.
func (p *plan) attributes(want []albv1alpha1.Attribute, have map[string]string) {
	for _, a := range want {
		v, ok := have[a.Key]
		if ok && v == a.Value {
			continue
		}
		p.Attributes = append(p.Attributes, elbtypes.TargetGroupAttribute{Key: new(a.Key), Value: new(a.Value)})
		p.Differences = append(p.Differences, difference.Setting("attributes["+a.Key+"]", &v, &a.Value)...)
	}
}

// stick lists what differs among the settings that a target group keeps for life.
func (p *plan) stick(want albv1alpha1.TargetGroupParameters, vpc string, got *elbtypes.TargetGroup) {
	check := func(name, want, got string) {
		if want != "" && want != got {
			p.Stuck = append(p.Stuck, fmt.Sprintf("%s is %q in AWS and %q here", name, got, want))
			p.Differences = append(p.Differences, difference.Difference{Field: name, Was: got, Wanted: want})
		}
	}
	check("protocol", want.Protocol, string(got.Protocol))
	check("protocolVersion", want.ProtocolVersion, text(got.ProtocolVersion))
	check("port", fmt.Sprint(want.Port), text(got.Port))
	check("vpcId", vpcOf(want, vpc), text(got.VpcId))
	check("targetType", want.TargetType, string(got.TargetType))
	check("ipAddressType", text(want.IpAddressType), string(got.IpAddressType))
	check("targetControlPort", text(want.TargetControlPort), text(got.TargetControlPort))
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
