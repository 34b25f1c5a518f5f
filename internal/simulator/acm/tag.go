package acm

import (
	"encoding/json"
	"maps"
	"strings"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// epoch is a time as JSON 1.1 writes it: seconds since 1970 with a fraction.
type epoch struct{ time.Time }

// MarshalJSON writes milliseconds as the fraction.
func (e epoch) MarshalJSON() ([]byte, error) { return json.Marshal(float64(e.UnixMilli()) / 1000) }

type tag struct {
	Key   string
	Value *string `json:",omitempty"`
}

func tagMap(tags []tag) (map[string]string, error) {
	out := map[string]string{}
	for _, t := range tags {
		switch {
		case t.Key == "" || len([]rune(t.Key)) > 128 || t.Value != nil && len([]rune(*t.Value)) > 256:
			return nil, wire.Errorf("InvalidTagException", "The tag '%s' is too long or has no key", t.Key)
		case strings.HasPrefix(strings.ToLower(t.Key), "aws:"):
			return nil, wire.Errorf("InvalidTagException", "aws: prefixed tag key names are not allowed for external use.")
		}
		if t.Value != nil {
			out[t.Key] = *t.Value
		} else {
			out[t.Key] = ""
		}
	}
	if len(out) > maxTags {
		return nil, tooManyTags()
	}
	return out, nil
}

func tooManyTags() error {
	return wire.Errorf("TooManyTagsException", "A certificate can have no more than %d tags", maxTags)
}

type tagsInput struct {
	CertificateArn string
	Tags           []tag
}

func (s *Service) addTags(in *tagsInput) (*none, error) {
	c, err := s.find(in.CertificateArn)
	if err != nil {
		return nil, err
	}
	tags, err := tagMap(in.Tags)
	if err != nil {
		return nil, err
	}
	merged := maps.Clone(c.tags)
	if merged == nil {
		merged = map[string]string{}
	}
	maps.Copy(merged, tags)
	if len(merged) > maxTags {
		return nil, tooManyTags()
	}
	c.tags = merged
	return &none{}, nil
}

// removeTags removes a tag by its key; where a value is given too, only if it has that value.
func (s *Service) removeTags(in *tagsInput) (*none, error) {
	c, err := s.find(in.CertificateArn)
	if err != nil {
		return nil, err
	}
	for _, t := range in.Tags {
		if v, ok := c.tags[t.Key]; ok && (t.Value == nil || *t.Value == v) {
			delete(c.tags, t.Key)
		}
	}
	return &none{}, nil
}

type listTagsOutput struct{ Tags []tag }

func (s *Service) listTags(in *arnInput) (*listTagsOutput, error) {
	c, err := s.find(in.CertificateArn)
	if err != nil {
		return nil, err
	}
	return &listTagsOutput{c.tagList()}, nil
}

// Tags of a certificate, by its ARN; nil if it has none.
func (s *Service) Tags(arn string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.certificates[arn]; c != nil {
		return maps.Clone(c.tags)
	}
	return nil
}
