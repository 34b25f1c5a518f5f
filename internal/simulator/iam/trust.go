package iam

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A TrustPolicy is a role's: it says who may assume it.
type TrustPolicy struct{ policy *Policy }

// A Principal is who asks, or who is trusted: a kind (AWS, Federated, Service) and the names that it goes by.
type Principal struct {
	Kind  string
	Names []string // ARNs, an account's number, a service's name
}

var (
	trustActions  = []string{"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:TagSession"}
	principalForm = map[string]*regexp.Regexp{
		"AWS":       regexp.MustCompile(`^(\*|[0-9]{12}|arn:aws:(iam::[0-9]{12}:(root|user/.+|role/.+)|sts::[0-9]{12}:assumed-role/.+))$`),
		"Federated": regexp.MustCompile(`^arn:aws:iam::[0-9]{12}:oidc-provider/.+$`),
		"Service":   regexp.MustCompile(`^[a-z0-9.-]+\.amazonaws\.com$`),
	}
	// An OpenID Connect provider's keys begin with its URL, such as oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE:sub.
	trustKeyForm = regexp.MustCompile(`^(sts:(ExternalId|RoleSessionName)|aws:TagKeys|aws:(RequestTag|PrincipalTag)/.+|[A-Za-z0-9.-]+(:[0-9]+)?(/[^:]*)?:(sub|aud))$`)
)

// ParseTrust reads a role's trust policy, and refuses what it does not understand.
func ParseTrust(document []byte) (*TrustPolicy, error) {
	p, err := parse(document, Statement.checkTrust)
	if err != nil {
		return nil, err
	}
	return &TrustPolicy{p}, nil
}

func (s Statement) checkTrust() error {
	if s.Resource != nil {
		return errors.New("it has a Resource, which a trust policy has not: its resource is the role")
	}
	if len(s.Principal) == 0 {
		return errors.New("it has no Principal")
	}
	for kind, names := range s.Principal {
		for _, name := range names {
			if form := principalForm[kind]; form == nil || !form.MatchString(name) {
				return fmt.Errorf("principal %q of kind %q is not understood", name, kind)
			}
		}
	}
	for _, a := range s.Action {
		if !slices.Contains(trustActions, a) {
			return fmt.Errorf("action %q is none of %s", a, strings.Join(trustActions, ", "))
		}
	}
	return s.checkConditions(trustKeyForm)
}

// Decide whether a principal may do an action to the role. Named says whether a statement that allows it names the principal
// itself: where one names its account or everybody, its own policy must allow it too.
func (t *TrustPolicy) Decide(who Principal, r Request) (d Decision, named bool) {
	for _, s := range t.policy.Statement {
		trusted, itself := s.trusts(who)
		if !trusted || !s.applies(r) {
			continue
		}
		if s.Effect == Deny {
			return Denied, false
		}
		d, named = Allowed, named || itself
	}
	return d, named
}

var whole = regexp.MustCompile(`^(\*|[0-9]{12}|arn:aws:iam::[0-9]{12}:root)$`)

func (s Statement) trusts(who Principal) (trusted, itself bool) {
	for _, name := range s.Principal[who.Kind] {
		if name == "*" || slices.Contains(who.Names, name) {
			trusted = true
			itself = itself || !whole.MatchString(name)
		}
	}
	return trusted, itself
}
