package shield

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// Options are what a Service may be told. The zero value works.
type Options struct {
	AccountID string // default 123456789012

	// Subscribed accounts may protect.
	Subscribed bool

	// Exists says whether there is a load balancer of an ARN.
	Exists func(arn string) bool
}

type tag struct{ Key, Value string }

type protection struct {
	ID            string `json:"Id"`
	Name          string
	ResourceArn   string
	ProtectionArn string
	tags          []tag
}

// A Service holds protections.
type Service struct {
	account string
	exists  func(arn string) bool

	mu         sync.Mutex
	subscribed bool
	byResource map[string]*protection
}

// New makes a service without protections.
func New(o Options) *Service {
	s := &Service{account: cmp.Or(o.AccountID, "123456789012"), subscribed: o.Subscribed, exists: o.Exists, byResource: map[string]*protection{}}
	if s.exists == nil {
		s.exists = func(string) bool { return false }
	}
	return s
}

// Wire is how the service is addressed.
func (s *Service) Wire() *wire.Service {
	return &wire.Service{
		Name: "shield", SigningName: "shield", Protocol: wire.JSON, Target: "AWSShield_20160616",
		Operations: map[string]wire.Operation{
			"CreateProtection":     operation(s, s.create),
			"CreateSubscription":   operation(s, s.subscribe),
			"DeleteProtection":     operation(s, s.delete),
			"DescribeProtection":   operation(s, s.describe),
			"GetSubscriptionState": operation(s, s.state),
			"ListProtections":      operation(s, s.list),
			"ListTagsForResource":  operation(s, s.listTags),
			"TagResource":          operation(s, s.tag),
			"UntagResource":        operation(s, s.untag),
		},
	}
}

func operation[I, O any](s *Service, f func(*I) (*O, error)) wire.Operation {
	return wire.Handle(func(_ context.Context, in *I) (*O, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		return f(in)
	})
}

type none struct{}

type stateOutput struct{ SubscriptionState string }

func (s *Service) state(*none) (*stateOutput, error) {
	if s.subscribed {
		return &stateOutput{"ACTIVE"}, nil
	}
	return &stateOutput{"INACTIVE"}, nil
}

func (s *Service) subscribe(*none) (*none, error) {
	if s.subscribed {
		return nil, wire.Errorf("ResourceAlreadyExistsException", "The subscription already exists.")
	}
	s.subscribed = true
	return &none{}, nil
}

func (s *Service) unsubscribed() error {
	if s.subscribed {
		return nil
	}
	return wire.Errorf("ResourceNotFoundException", "The subscription does not exist.")
}

// The forms that the API reference gives.
var (
	nameForm = regexp.MustCompile(`^[ a-zA-Z0-9_.\-]{1,128}$`)
	albForm  = regexp.MustCompile(`^arn:[\w-]+:elasticloadbalancing:[\w-]+:[0-9]{12}:loadbalancer/app/[^/]+/[0-9a-f]+$`)
)

type createInput struct {
	Name, ResourceArn string
	Tags              []tag
}

type createOutput struct {
	ProtectionID string `json:"ProtectionId"`
}

func (s *Service) create(in *createInput) (*createOutput, error) {
	if err := s.unsubscribed(); err != nil {
		return nil, err
	}
	switch {
	case !nameForm.MatchString(in.Name):
		return nil, wire.Errorf("InvalidParameterException", "1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [ a-zA-Z0-9_\\.\\-]*", in.Name)
	case !albForm.MatchString(in.ResourceArn):
		return nil, wire.Errorf("InvalidResourceException", "Resource ARN is invalid or is not of a type that can be protected: %s", in.ResourceArn)
	case !s.exists(in.ResourceArn):
		return nil, wire.Errorf("ResourceNotFoundException", "The referenced resource does not exist: %s", in.ResourceArn)
	case s.byResource[in.ResourceArn] != nil:
		return nil, wire.Errorf("ResourceAlreadyExistsException", "The referenced protection already exists.")
	}
	if err := validTags(in.Tags); err != nil {
		return nil, err
	}
	p := &protection{ID: newID(), Name: in.Name, ResourceArn: in.ResourceArn, tags: in.Tags}
	p.ProtectionArn = fmt.Sprintf("arn:aws:shield::%s:protection/%s", s.account, p.ID)
	s.byResource[p.ResourceArn] = p
	return &createOutput{p.ID}, nil
}

type idInput struct {
	ProtectionID string `json:"ProtectionId"`
	ResourceArn  string
	ResourceARN  string // of ListTagsForResource
}

func (s *Service) find(in *idInput) (*protection, error) {
	if (in.ProtectionID == "") == (in.ResourceArn == "") {
		return nil, wire.Errorf("InvalidParameterException", "Provide either ProtectionId or ResourceArn.")
	}
	for _, p := range s.byResource {
		if p.ID == in.ProtectionID || p.ResourceArn == in.ResourceArn {
			return p, nil
		}
	}
	return nil, wire.Errorf("ResourceNotFoundException", "The referenced protection does not exist.")
}

type describeOutput struct{ Protection *protection }

func (s *Service) describe(in *idInput) (*describeOutput, error) {
	if err := s.unsubscribed(); err != nil {
		return nil, err
	}
	p, err := s.find(in)
	if err != nil {
		return nil, err
	}
	return &describeOutput{p}, nil
}

func (s *Service) delete(in *idInput) (*none, error) {
	if err := s.unsubscribed(); err != nil {
		return nil, err
	}
	p, err := s.find(&idInput{ProtectionID: in.ProtectionID})
	if err != nil {
		return nil, err
	}
	delete(s.byResource, p.ResourceArn)
	return &none{}, nil
}

type listOutput struct{ Protections []protection }

func (s *Service) list(*none) (*listOutput, error) {
	if err := s.unsubscribed(); err != nil {
		return nil, err
	}
	out := &listOutput{Protections: []protection{}}
	for _, arn := range slices.Sorted(maps.Keys(s.byResource)) {
		out.Protections = append(out.Protections, *s.byResource[arn])
	}
	return out, nil
}

type tagsOutput struct{ Tags []tag }

func (s *Service) listTags(in *idInput) (*tagsOutput, error) {
	p, err := s.byARN(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	return &tagsOutput{Tags: p.tags}, nil
}

func (s *Service) byARN(arn string) (*protection, error) {
	for _, p := range s.byResource {
		if p.ProtectionArn == arn {
			return p, nil
		}
	}
	return nil, wire.Errorf("ResourceNotFoundException", "The referenced resource does not exist.")
}

type tagInput struct {
	ResourceARN string
	Tags        []tag
}

func (s *Service) tag(in *tagInput) (*none, error) {
	p, err := s.byARN(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	if len(in.Tags) == 0 {
		return nil, wire.Errorf("InvalidParameterException", "At least one tag is required.")
	}
	tags := slices.Clone(p.tags)
	for _, t := range in.Tags {
		tags = slices.DeleteFunc(tags, func(o tag) bool { return o.Key == t.Key })
		tags = append(tags, t)
	}
	if err := validTags(tags); err != nil {
		return nil, err
	}
	p.tags = tags
	return &none{}, nil
}

type untagInput struct {
	ResourceARN string
	TagKeys     []string
}

func (s *Service) untag(in *untagInput) (*none, error) {
	p, err := s.byARN(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	if len(in.TagKeys) == 0 {
		return nil, wire.Errorf("InvalidParameterException", "At least one tag key is required.")
	}
	p.tags = slices.DeleteFunc(slices.Clone(p.tags), func(t tag) bool { return slices.Contains(in.TagKeys, t.Key) })
	return &none{}, nil
}

// maxTags of a resource (AWS General Reference, tag restrictions).
const maxTags = 50

func validTags(tags []tag) error {
	if len(tags) > maxTags {
		return wire.Errorf("InvalidParameterException", "A resource can have no more than %d tags.", maxTags)
	}
	for _, t := range tags {
		if n := len([]rune(t.Key)); n < 1 || n > 128 || len([]rune(t.Value)) > 256 {
			return wire.Errorf("InvalidParameterException", "1 validation error detected: key or value of tag '%s' failed to satisfy constraint", t.Key)
		}
	}
	return nil
}

func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Tags of a protection, by its ARN; nil if it does not exist.
func (s *Service) Tags(arn string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.byResource {
		if p.ProtectionArn != arn {
			continue
		}
		tags := map[string]string{}
		for _, t := range p.tags {
			tags[t.Key] = t.Value
		}
		return tags
	}
	return nil
}
