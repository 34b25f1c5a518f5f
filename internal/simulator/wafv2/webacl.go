package wafv2

import (
	"crypto/rand"
	"fmt"
	"maps"
	"slices"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

type webACL struct {
	Name        string
	ID          string `json:"Id"`
	ARN         string
	Description string `json:",omitempty"`
	LockToken   string `json:",omitempty"`
	settings    settings
	tags        map[string]string
}

// settings are what UpdateWebACL replaces as a whole. Rules are kept, and not carried out.
type settings struct {
	DefaultAction, VisibilityConfig map[string]any
	Rules                           []any
}

type describedACL struct {
	webACL
	settings

	Capacity                 int
	LabelNamespace           string
	ManagedByFirewallManager bool
}

func (s *Service) described(a *webACL) *describedACL {
	out := &describedACL{webACL: *a, settings: a.settings, LabelNamespace: "awswaf:" + s.account + ":webacl:" + a.Name + ":"}
	out.LockToken = ""
	return out
}

type tag struct{ Key, Value string }

type createInput struct {
	settings

	Name, Scope, Description string
	Tags                     []tag
}

type createOutput struct{ Summary webACL }

func (s *Service) create(in *createInput) (*createOutput, error) {
	if err := regional(in.Scope); err != nil {
		return nil, err
	}
	if !nameForm.MatchString(in.Name) {
		return nil, wire.Errorf("ValidationException", "1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\w\\-]+$", in.Name)
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	for _, acl := range s.acls {
		if acl.Name == in.Name {
			return nil, wire.Errorf("WAFDuplicateItemException", "AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one.")
		}
	}
	acl := &webACL{Name: in.Name, ID: newID(), Description: in.Description, LockToken: newID(), settings: in.whole(), tags: map[string]string{}}
	acl.ARN = fmt.Sprintf("arn:aws:wafv2:%s:%s:regional/webacl/%s/%s", s.region, s.account, acl.Name, acl.ID)
	acl.setTags(in.Tags)
	s.acls[acl.ARN] = acl
	return &createOutput{*acl}, nil
}

func regional(scope string) error {
	if scope != "REGIONAL" {
		return wire.Errorf("WAFInvalidParameterException", "Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: %s", scope)
	}
	return nil
}

func (in *settings) check() error {
	if len(in.DefaultAction) != 1 || in.VisibilityConfig == nil {
		return wire.Errorf("WAFInvalidParameterException", "Error reason: You must specify exactly one default action and a visibility configuration., field: DEFAULT_ACTION, parameter: null")
	}
	return nil
}

func (in *settings) whole() settings {
	out := *in
	if out.Rules == nil {
		out.Rules = []any{}
	}
	return out
}

type idInput struct {
	Name, Scope, LockToken string
	ID                     string `json:"Id"`
}

func (s *Service) find(in idInput) (*webACL, error) {
	if err := regional(in.Scope); err != nil {
		return nil, err
	}
	for _, acl := range s.acls {
		if acl.ID == in.ID && acl.Name == in.Name {
			return acl, nil
		}
	}
	return nil, nonexistent()
}

// locked finds a web ACL that is to be changed, by somebody who has seen it as it is.
func (s *Service) locked(in idInput) (*webACL, error) {
	acl, err := s.find(in)
	if err != nil {
		return nil, err
	}
	if acl.LockToken != in.LockToken {
		return nil, wire.Errorf("WAFOptimisticLockException", "AWS WAF couldn't save your changes because someone changed the resource after you started to edit it. Reapply your changes.")
	}
	return acl, nil
}

type getACLOutput struct {
	WebACL    *describedACL
	LockToken string
}

func (s *Service) get(in *idInput) (*getACLOutput, error) {
	acl, err := s.find(*in)
	if err != nil {
		return nil, err
	}
	return &getACLOutput{s.described(acl), acl.LockToken}, nil
}

type updateInput struct {
	idInput
	settings

	Description string
}

type updateOutput struct{ NextLockToken string }

func (s *Service) update(in *updateInput) (*updateOutput, error) {
	acl, err := s.locked(in.idInput)
	if err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	acl.settings, acl.Description, acl.LockToken = in.whole(), in.Description, newID()
	return &updateOutput{acl.LockToken}, nil
}

func (s *Service) delete(in *idInput) (*none, error) {
	acl, err := s.locked(*in)
	if err != nil {
		return nil, err
	}
	for resource, associated := range s.associations {
		if associated == acl.ARN && !s.forget(resource) {
			return nil, wire.Errorf("WAFAssociatedItemException", "AWS WAF couldn't perform the operation because your resource is being used by another resource or it's associated with another resource.")
		}
	}
	delete(s.acls, acl.ARN)
	return &none{}, nil
}

type listOutput struct{ WebACLs []webACL }

func (s *Service) list(*none) (*listOutput, error) {
	out := &listOutput{WebACLs: []webACL{}}
	for _, arn := range slices.Sorted(maps.Keys(s.acls)) {
		out.WebACLs = append(out.WebACLs, *s.acls[arn])
	}
	return out, nil
}

type tagsInput struct {
	ResourceARN string
	Tags        []tag
	TagKeys     []string
}

type tagInfo struct {
	ResourceARN string
	TagList     []tag
}

type tagsOutput struct{ TagInfoForResource tagInfo }

func (a *webACL) setTags(tags []tag) {
	for _, t := range tags {
		a.tags[t.Key] = t.Value
	}
}

func (s *Service) tagged(arn string) (*webACL, error) {
	if acl := s.acls[arn]; acl != nil {
		return acl, nil
	}
	return nil, nonexistent()
}

func (s *Service) listTags(in *tagsInput) (*tagsOutput, error) {
	acl, err := s.tagged(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	out := tagInfo{ResourceARN: acl.ARN, TagList: []tag{}}
	for _, key := range slices.Sorted(maps.Keys(acl.tags)) {
		out.TagList = append(out.TagList, tag{key, acl.tags[key]})
	}
	return &tagsOutput{out}, nil
}

func (s *Service) tag(in *tagsInput) (*none, error) {
	acl, err := s.tagged(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	acl.setTags(in.Tags)
	return &none{}, nil
}

func (s *Service) untag(in *tagsInput) (*none, error) {
	acl, err := s.tagged(in.ResourceARN)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(acl.tags, key)
	}
	return &none{}, nil
}

func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
