package elbv2

import (
	"maps"
	"slices"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

func listenerAttributes(protocol types.ProtocolEnum) map[string]alb.Attribute {
	out := maps.Clone(alb.ListenerAttributes)
	if protocol == types.ProtocolEnumHttps {
		maps.Copy(out, alb.TLSListenerAttributes)
	}
	return out
}

func defaults(known map[string]alb.Attribute) map[string]string {
	out := make(map[string]string, len(known))
	for key, a := range known {
		out[key] = a.Default
	}
	return out
}

// A setting is one key and value of a modify call.
type setting struct{ key, value *string }

// apply returns have with the settings made, or why they cannot be.
func apply(have map[string]string, known map[string]alb.Attribute, settings []setting) (map[string]string, error) {
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
		case !a.Valid(value):
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
	after, err := apply(lb.attributes, alb.LoadBalancerAttributes, settings)
	if err != nil {
		return nil, err
	}
	if err := s.canLog(after); err != nil {
		return nil, err
	}
	lb.attributes = after
	s.sync(lb)
	return &elb.ModifyLoadBalancerAttributesOutput{Attributes: balancerAttributeList(lb)}, nil
}

// canLog: a load balancer writes a first file to the bucket before it takes its logs to be enabled (user guide, "Enable access
// logs"). What the policy of the bucket says is not simulated.
func (s *Service) canLog(attributes map[string]string) error {
	for _, log := range []string{"access_logs", "connection_logs", "health_check_logs"} {
		bucket := attributes[log+".s3.bucket"]
		switch {
		case attributes[log+".s3.enabled"] != "true":
		case bucket == "":
			return wire.Errorf("InvalidConfigurationRequest", "The value of '%s.s3.bucket' cannot be empty", log)
		case !s.s3.Takes(bucket):
			return wire.Errorf("InvalidConfigurationRequest", "Access Denied for bucket: %s. Please check S3bucket permission", bucket)
		}
	}
	return nil
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
	after, err := apply(g.attributes, alb.TargetGroupAttributes, settings)
	if err != nil {
		return nil, err
	}
	if err := alb.ConsistentTargetGroupAttributes(after); err != nil {
		return nil, err
	}
	g.attributes = after
	s.syncTargetGroup(g)
	return &elb.ModifyTargetGroupAttributesOutput{Attributes: groupAttributeList(g)}, nil
}
