package wafv2

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

// A Resource says how far a load balancer has come.
type Resource int

// The states of a load balancer.
const (
	Absent Resource = iota
	Provisioning
	Ready
)

// Options are what a Service may be told.
type Options struct {
	Region    string // default us-east-1
	AccountID string // default 123456789012

	// LoadBalancer looks one up by ARN.
	LoadBalancer func(arn string) Resource
}

// A Service holds web ACLs and associations.
type Service struct {
	region, account string
	lookup          func(arn string) Resource

	mu           sync.Mutex
	acls         map[string]*webACL // by ARN
	associations map[string]string  // ARN of a web ACL by that of a resource
}

// New makes a service without web ACLs.
func New(o Options) *Service {
	s := &Service{
		region: cmp.Or(o.Region, "us-east-1"), account: cmp.Or(o.AccountID, "123456789012"), lookup: o.LoadBalancer,
		acls: map[string]*webACL{}, associations: map[string]string{},
	}
	if s.lookup == nil {
		s.lookup = func(string) Resource { return Absent }
	}
	return s
}

// Wire is how the service is addressed.
func (s *Service) Wire() *wire.Service {
	return &wire.Service{
		Name: "wafv2", SigningName: "wafv2", Protocol: wire.JSON, Target: "AWSWAF_20190729",
		Operations: map[string]wire.Operation{
			"AssociateWebACL":        operation(s, s.associate),
			"CreateWebACL":           operation(s, s.create),
			"DeleteWebACL":           operation(s, s.delete),
			"DisassociateWebACL":     operation(s, s.disassociate),
			"GetWebACL":              operation(s, s.get),
			"GetWebACLForResource":   operation(s, s.getForResource),
			"ListResourcesForWebACL": operation(s, s.listResources),
			"ListTagsForResource":    operation(s, s.listTags),
			"ListWebACLs":            operation(s, s.list),
			"TagResource":            operation(s, s.tag),
			"UntagResource":          operation(s, s.untag),
			"UpdateWebACL":           operation(s, s.update),
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

// The forms of names that the API reference gives.
var (
	nameForm = regexp.MustCompile(`^[\w\-]{1,128}$`)
	aclForm  = regexp.MustCompile(`^arn:[\w-]+:wafv2:[\w-]+:[0-9]{12}:(regional|global)/webacl/[\w-]+/[0-9a-f-]+$`)
	albForm  = regexp.MustCompile(`^arn:[\w-]+:elasticloadbalancing:[\w-]+:[0-9]{12}:loadbalancer/app/[^/]+/[0-9a-f]+$`)
)

func invalid(field, parameter string) error {
	return wire.Errorf("WAFInvalidParameterException", "Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or slashes., field: %s, parameter: %s", field, parameter)
}

func nonexistent() error {
	return wire.Errorf("WAFNonexistentItemException", "AWS WAF couldn't perform the operation because your resource doesn't exist.")
}

type associateInput struct{ WebACLArn, ResourceArn string }

// associate takes the place of another association of the resource.
func (s *Service) associate(in *associateInput) (*none, error) {
	switch {
	case !aclForm.MatchString(in.WebACLArn):
		return nil, invalid("RESOURCE_ARN", in.WebACLArn)
	case !albForm.MatchString(in.ResourceArn):
		return nil, invalid("RESOURCE_ARN", in.ResourceArn)
	case !strings.Contains(in.WebACLArn, ":regional/"):
		return nil, wire.Errorf("WAFInvalidParameterException", "Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT")
	case strings.Split(in.WebACLArn, ":")[3] != strings.Split(in.ResourceArn, ":")[3]:
		return nil, invalid("RESOURCE_ARN", in.ResourceArn)
	case s.acls[in.WebACLArn] == nil:
		return nil, nonexistent()
	case s.lookup(in.ResourceArn) != Ready:
		return nil, wire.Errorf("WAFUnavailableEntityException", "AWS WAF couldn’t retrieve the resource that you requested. Retry your request.")
	}
	s.associations[in.ResourceArn] = in.WebACLArn
	return &none{}, nil
}

type resourceInput struct{ ResourceArn string }

func (s *Service) disassociate(in *resourceInput) (*none, error) {
	if !albForm.MatchString(in.ResourceArn) {
		return nil, invalid("RESOURCE_ARN", in.ResourceArn)
	}
	if s.forget(in.ResourceArn) {
		return nil, nonexistent()
	}
	delete(s.associations, in.ResourceArn)
	return &none{}, nil
}

// forget the association of a load balancer that is gone: it goes with it.
func (s *Service) forget(resource string) bool {
	if s.lookup(resource) != Absent {
		return false
	}
	delete(s.associations, resource)
	return true
}

type getOutput struct {
	WebACL *describedACL `json:",omitempty"`
}

func (s *Service) getForResource(in *resourceInput) (*getOutput, error) {
	if !albForm.MatchString(in.ResourceArn) {
		return nil, invalid("RESOURCE_ARN", in.ResourceArn)
	}
	if s.forget(in.ResourceArn) {
		return nil, nonexistent()
	}
	acl := s.acls[s.associations[in.ResourceArn]]
	if acl == nil {
		return &getOutput{}, nil
	}
	return &getOutput{s.described(acl)}, nil
}

type aclInput struct{ WebACLArn string }

type resourcesOutput struct{ ResourceArns []string }

func (s *Service) listResources(in *aclInput) (*resourcesOutput, error) {
	if s.acls[in.WebACLArn] == nil {
		return nil, nonexistent()
	}
	out := &resourcesOutput{ResourceArns: []string{}}
	for _, resource := range slices.Sorted(maps.Keys(s.associations)) {
		if s.associations[resource] == in.WebACLArn && !s.forget(resource) {
			out.ResourceArns = append(out.ResourceArns, resource)
		}
	}
	return out, nil
}
