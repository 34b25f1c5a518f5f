package ec2

import (
	"maps"
	"slices"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Limits on tags.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
)

type tag struct {
	Key   *string
	Value *string
}

type tagSpecification struct {
	ResourceType *string
	Tags         []tag `in:"Tag"`
}

// tagsFor reads the tag specifications of a create call, which may tag one type of resource only.
func tagsFor(specifications []tagSpecification, kind string) (map[string]string, error) {
	out := map[string]string{}
	for _, spec := range specifications {
		if spec.ResourceType == nil || *spec.ResourceType != kind {
			return nil, wire.Errorf("InvalidParameterValue", "'%s' is not a valid taggable resource type for this operation.", deref(spec.ResourceType))
		}
		for _, t := range spec.Tags {
			if err := t.validate(); err != nil {
				return nil, err
			}
			if _, ok := out[*t.Key]; ok {
				return nil, wire.Errorf("InvalidParameterValue", "Duplicate tag key '%s' specified.", *t.Key)
			}
			out[*t.Key] = deref(t.Value)
		}
	}
	if len(out) > maxTags {
		return nil, wire.Errorf("TagLimitExceeded", "More than %d tags specified.", maxTags)
	}
	return out, nil
}

func (t tag) validate() error {
	switch key := deref(t.Key); {
	case key == "":
		return wire.Errorf("InvalidParameterValue", "Tag key cannot be empty")
	case strings.HasPrefix(strings.ToLower(key), "aws:"):
		return wire.Errorf("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
	case len([]rune(key)) > maxTagKey:
		return wire.Errorf("InvalidParameterValue", "Tag key exceeds the maximum length of %d characters", maxTagKey)
	case len([]rune(deref(t.Value))) > maxTagValue:
		return wire.Errorf("InvalidParameterValue", "Tag value exceeds the maximum length of %d characters", maxTagValue)
	default:
		return nil
	}
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

func (s *Service) setTags(id string, tags map[string]string) {
	if s.tags[id] == nil {
		s.tags[id] = map[string]string{}
	}
	maps.Copy(s.tags[id], tags)
}

func (s *Service) tagSet(id string) []tag {
	out := []tag{}
	for _, key := range slices.Sorted(maps.Keys(s.tags[id])) {
		out = append(out, tag{&key, new(s.tags[id][key])})
	}
	return out
}

type tagsInput struct {
	dryRun
	Resources []string `in:"ResourceId"`
	Tags      []tag    `in:"Tag"`
}

type done struct {
	Return bool
}

func (s *Service) createTags(in *tagsInput) (*done, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(in.Tags) == 0 {
		return nil, wire.Errorf("MissingParameter", "The request must contain the parameter Tag")
	}
	if err := s.taggable(in.Resources); err != nil {
		return nil, err
	}
	tags := map[string]string{}
	for _, t := range in.Tags {
		if err := t.validate(); err != nil {
			return nil, err
		}
		tags[*t.Key] = deref(t.Value)
	}
	for _, id := range in.Resources {
		merged := maps.Clone(s.tags[id])
		maps.Copy(merged, tags)
		if len(merged) > maxTags {
			return nil, wire.Errorf("TagLimitExceeded", "You have reached the maximum number of tags on resource '%s'.", id)
		}
	}
	for _, id := range in.Resources {
		s.setTags(id, tags)
	}
	return &done{true}, nil
}

// deleteTags removes a tag given by its key; where a value is given too, only if it has that value. Without tags it removes all.
func (s *Service) deleteTags(in *tagsInput) (*done, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.taggable(in.Resources); err != nil {
		return nil, err
	}
	for _, id := range in.Resources {
		if len(in.Tags) == 0 {
			clear(s.tags[id])
		}
		for _, t := range in.Tags {
			if v, ok := s.tags[id][deref(t.Key)]; ok && (t.Value == nil || *t.Value == v) {
				delete(s.tags[id], *t.Key)
			}
		}
	}
	return &done{true}, nil
}

func (s *Service) taggable(ids []string) error {
	if len(ids) == 0 {
		return wire.Errorf("MissingParameter", "The request must contain the parameter resourceIdSet")
	}
	for _, id := range ids {
		if s.tags[id] == nil {
			return notFound(id)
		}
	}
	return nil
}

// notFound is what EC2 says of an id that it does not know, judged by the id's prefix.
func notFound(id string) error {
	prefix, _, _ := strings.Cut(id, "-")
	switch prefix {
	case "vpc":
		return wire.Errorf("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", id)
	case "subnet":
		return wire.Errorf("InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", id)
	case "sg":
		return wire.Errorf("InvalidGroup.NotFound", "The security group '%s' does not exist", id)
	case "sgr":
		return wire.Errorf("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id)
	case "i":
		return wire.Errorf("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
	case "igw":
		return wire.Errorf("InvalidInternetGatewayID.NotFound", "The internetGateway ID '%s' does not exist", id)
	case "rtb":
		return wire.Errorf("InvalidRouteTableID.NotFound", "The routeTable ID '%s' does not exist", id)
	case "eni":
		return wire.Errorf("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist", id)
	default:
		return wire.Errorf("InvalidID", "The ID '%s' is not valid", id)
	}
}

type describeTagsInput struct {
	dryRun
	page
	Filters []filter `in:"Filter"`
}

type tagDescription struct {
	Key, ResourceId, ResourceType, Value *string
}

type describeTagsOutput struct {
	NextToken *string
	Tags      []tagDescription `out:"tagSet"`
}

var resourceTypes = map[string]string{
	"vpc": "vpc", "subnet": "subnet", "sg": "security-group", "sgr": "security-group-rule", "i": "instance",
	"igw": "internet-gateway", "rtb": "route-table", "eni": "network-interface",
}

func (s *Service) describeTags(in *describeTagsInput) (*describeTagsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := check(in.Filters, facets{"key": nil, "resource-id": nil, "resource-type": nil, "value": nil}); err != nil {
		return nil, err
	}
	var out []tagDescription
	for _, id := range slices.Sorted(maps.Keys(s.tags)) {
		prefix, _, _ := strings.Cut(id, "-")
		kind := resourceTypes[prefix]
		for _, t := range s.tagSet(id) {
			f := facets{"key": {*t.Key}, "resource-id": {id}, "resource-type": {kind}, "value": {*t.Value}}
			ok, err := selects(in.Filters, f, map[string]string{*t.Key: *t.Value})
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, tagDescription{t.Key, &id, &kind, t.Value})
			}
		}
	}
	items, next, err := paginate(out, in.page)
	return &describeTagsOutput{next, items}, err
}

// Tags of a resource, by its ARN, which ends in its id; nil if it has none.
func (s *Service) Tags(arn string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.tags[arn[strings.LastIndexByte(arn, '/')+1:]])
}
