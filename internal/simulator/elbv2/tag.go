package elbv2

import (
	"maps"
	"slices"
	"strings"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// newTags reads the tags of a call: each key once, at most 50.
func newTags(tags []types.Tag) (map[string]string, error) {
	out := make(map[string]string, len(tags))
	for _, t := range tags {
		if strings.HasPrefix(strings.ToLower(*t.Key), "aws:") {
			return nil, wire.Invalid("Tag keys cannot start with 'aws:': '%s'", *t.Key)
		}
		if _, twice := out[*t.Key]; twice {
			return nil, wire.Errorf("DuplicateTagKeys", "A tag key was specified more than once: '%s'", *t.Key)
		}
		out[*t.Key] = deref(t.Value)
	}
	if len(out) > alb.MaxTagsPerResource {
		return nil, tooManyTags()
	}
	return out, nil
}

// sameTags tells whether a repeated create call has the tags that the resource has.
func (s *Service) sameTags(arn alb.ARN, tags map[string]string) bool {
	return s.assumptions.CreateIgnoresTags || maps.Equal(s.tags[arn.String()], tags)
}

func tooManyTags() error {
	return wire.Errorf("TooManyTags", "The maximum number of tags per resource, %d, has been reached", alb.MaxTagsPerResource)
}

// taggable finds out whether all resources exist.
func (s *Service) taggable(arns []string) error {
	if len(arns) > alb.MaxResourcesPerDescribe {
		return wire.Invalid("Up to %d resources may be specified in one call", alb.MaxResourcesPerDescribe)
	}
	for i, arn := range arns {
		if slices.Contains(arns[:i], arn) {
			return wire.Invalid("Resource '%s' is specified more than once", arn)
		}
		if s.tags[arn] == nil {
			return noResource(arn)
		}
	}
	return nil
}

// noResource is how the API says that the resource of an ARN does not exist.
func noResource(arn string) error {
	switch {
	case isARN(arn, "loadbalancer/"):
		return wire.Errorf("LoadBalancerNotFound", "Load balancers '[%s]' not found", arn)
	case isARN(arn, "targetgroup/"):
		return wire.Errorf("TargetGroupNotFound", "One or more target groups not found")
	case isARN(arn, "listener/"):
		return wire.Errorf("ListenerNotFound", "One or more listeners not found")
	case isARN(arn, "listener-rule/"):
		return wire.Errorf("RuleNotFound", "One or more rules not found")
	case isARN(arn, "truststore/"):
		return wire.Errorf("TrustStoreNotFound", "Trust store '%s' not found", arn)
	default:
		return wire.Invalid("'%s' is not a valid load balancer, target group, listener, rule or trust store ARN", arn)
	}
}

func (s *Service) addTags(in *elb.AddTagsInput) (*elb.AddTagsOutput, error) {
	if err := s.taggable(in.ResourceArns); err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	merged := map[string]map[string]string{}
	for _, arn := range in.ResourceArns {
		merged[arn] = maps.Clone(s.tags[arn])
		maps.Copy(merged[arn], tags)
		if len(merged[arn]) > alb.MaxTagsPerResource {
			return nil, tooManyTags()
		}
	}
	maps.Copy(s.tags, merged)
	return &elb.AddTagsOutput{}, nil
}

func (s *Service) removeTags(in *elb.RemoveTagsInput) (*elb.RemoveTagsOutput, error) {
	if err := s.taggable(in.ResourceArns); err != nil {
		return nil, err
	}
	for _, arn := range in.ResourceArns {
		for _, key := range in.TagKeys {
			delete(s.tags[arn], key)
		}
	}
	return &elb.RemoveTagsOutput{}, nil
}

func (s *Service) describeTags(in *elb.DescribeTagsInput) (*elb.DescribeTagsOutput, error) {
	if len(in.ResourceArns) == 0 {
		return nil, wire.Invalid("At least one resource must be specified")
	}
	if err := s.taggable(in.ResourceArns); err != nil {
		return nil, err
	}
	out := &elb.DescribeTagsOutput{TagDescriptions: []types.TagDescription{}}
	for _, arn := range in.ResourceArns {
		tags := []types.Tag{}
		for _, key := range slices.Sorted(maps.Keys(s.tags[arn])) {
			tags = append(tags, types.Tag{Key: &key, Value: new(s.tags[arn][key])})
		}
		out.TagDescriptions = append(out.TagDescriptions, types.TagDescription{ResourceArn: &arn, Tags: tags})
	}
	return out, nil
}

// Tags of a resource, by its ARN; nil if it does not exist.
func (s *Service) Tags(arn string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.tags[arn])
}
