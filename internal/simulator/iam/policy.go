package iam

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// version of the policy language. The other one, of 2008, has no policy variables and is of no use to anybody.
const version = "2012-10-17"

// A Policy is an identity-based policy.
type Policy struct {
	Version   string
	ID        string `json:"Id"`
	Statement statements
}

// A Statement allows or denies actions on resources under conditions.
type Statement struct {
	Sid       string
	Effect    Effect
	Principal map[string]texts // by kind; of trust policies alone
	Action    texts
	Resource  texts
	Condition map[string]map[string]texts // by operator, then by condition key
}

// An Effect of a statement.
type Effect string

// The effects.
const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
)

// texts are one text or several: JSON policies write one without a list.
type texts []string

// UnmarshalJSON reads a text, or a list of them.
func (t *texts) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = texts{one}
		return nil
	}
	var all []string
	if err := json.Unmarshal(b, &all); err != nil {
		return errors.New("a text or a list of texts is wanted")
	}
	*t = all
	return nil
}

// statements are one statement or several.
type statements []Statement

// UnmarshalJSON reads a statement, or a list of them.
func (s *statements) UnmarshalJSON(b []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.DisallowUnknownFields()
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) {
		*s = make(statements, 1)
		return decoder.Decode(&(*s)[0])
	}
	var all []Statement
	if err := decoder.Decode(&all); err != nil {
		return err
	}
	*s = all
	return nil
}

// Parse reads an identity-based policy, and refuses what it does not understand.
func Parse(document []byte) (*Policy, error) { return parse(document, Statement.checkIdentity) }

func parse(document []byte, check func(Statement) error) (*Policy, error) {
	p := &Policy{}
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(p); err != nil {
		return nil, fmt.Errorf("the policy cannot be read: %w", err)
	}
	if decoder.More() {
		return nil, errors.New("the policy cannot be read: something follows it")
	}
	if p.Version != version {
		return nil, fmt.Errorf("the policy has Version %q; only %s is understood", p.Version, version)
	}
	if len(p.Statement) == 0 {
		return nil, errors.New("the policy has no Statement")
	}
	for i, s := range p.Statement {
		if err := errors.Join(s.check(), check(s)); err != nil {
			return nil, fmt.Errorf("statement %d of the policy, %q: %w", i+1, s.Sid, err)
		}
	}
	return p, nil
}

var (
	sidForm      = regexp.MustCompile(`^[a-zA-Z0-9]*$`)
	actionForm   = regexp.MustCompile(`^(\*|[a-z0-9-]+:[a-zA-Z0-9*?]+)$`)
	resourceForm = regexp.MustCompile(`^(\*|arn:[^:]+:[a-z0-9-]+:[^:]*:[^:]*:.+)$`)
	keyForm      = regexp.MustCompile(`^(aws:RequestTag/.+|(aws|ec2|elasticloadbalancing):ResourceTag/.+|aws:TagKeys|(ec2|elasticloadbalancing):CreateAction|` +
		`elasticloadbalancing:(ListenerProtocol|Scheme|SecurityGroup|SecurityPolicy|Subnet)|iam:AWSServiceName)$`)
)

func (s Statement) check() error {
	switch {
	case !sidForm.MatchString(s.Sid):
		return errors.New("its Sid has other characters than letters and digits")
	case s.Effect != Allow && s.Effect != Deny:
		return fmt.Errorf("its Effect %q is neither Allow nor Deny", s.Effect)
	case len(s.Action) == 0:
		return errors.New("it has no Action")
	}
	for _, a := range s.Action {
		if !actionForm.MatchString(a) {
			return fmt.Errorf("action %q is not of the form service:Action", a)
		}
	}
	return nil
}

// checkIdentity: who has an identity-based policy is who it is about, so that it names resources and nobody.
func (s Statement) checkIdentity() error {
	switch {
	case s.Principal != nil:
		return errors.New("it has a Principal, which only a trust policy has")
	case len(s.Resource) == 0:
		return errors.New("it has no Resource")
	}
	for _, r := range s.Resource {
		if !resourceForm.MatchString(r) || strings.Contains(r, "${") {
			return fmt.Errorf("resource %q is not understood; an ARN without policy variables is wanted", r)
		}
	}
	return s.checkConditions(keyForm)
}

func (s Statement) checkConditions(form *regexp.Regexp) error {
	for name, keys := range s.Condition {
		if err := checkCondition(name, keys, form); err != nil {
			return err
		}
	}
	return nil
}

func checkCondition(name string, keys map[string]texts, form *regexp.Regexp) error {
	o, err := operatorOf(name)
	if err != nil {
		return err
	}
	for key, values := range keys {
		switch {
		case !form.MatchString(key):
			return fmt.Errorf("condition key %q is not understood", key)
		case several(key) && o.set == "" && o.base != "Null":
			return fmt.Errorf("condition key %q has several values; %s needs ForAnyValue or ForAllValues", key, name)
		case !several(key) && o.set != "":
			return fmt.Errorf("condition key %q has one value; %s is for keys of several", key, name)
		case len(values) == 0:
			return fmt.Errorf("%s of condition key %q has no value", name, key)
		}
		for _, v := range values {
			if strings.Contains(v, "${") {
				return fmt.Errorf("policy variables are not understood: %q", v)
			}
			if o.base == "Null" && v != "true" && v != "false" {
				return fmt.Errorf("condition key %q is %q under Null; it is true or false", key, v)
			}
		}
	}
	return nil
}

// severalForm: keys that the service authorization reference has as ArrayOfString.
var severalForm = regexp.MustCompile(`^(aws:TagKeys|elasticloadbalancing:(ListenerProtocol|SecurityGroup|SecurityPolicy|Subnet))$`)

func several(key string) bool { return severalForm.MatchString(key) }

// An operator compares the values of a condition key with those of a policy.
type operator struct {
	set      string // ForAnyValue, ForAllValues
	base     string
	ifExists bool
}

var bases = []string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Null"}

func operatorOf(name string) (operator, error) {
	o := operator{base: name}
	if set, base, ok := strings.Cut(name, ":"); ok {
		o.set, o.base = set, base
	}
	o.base, o.ifExists = strings.CutSuffix(o.base, "IfExists")
	switch {
	case !slices.Contains(bases, o.base), o.base == "Null" && (o.set != "" || o.ifExists):
		return o, fmt.Errorf("condition operator %q is not understood", name)
	case o.set != "" && o.set != "ForAnyValue" && o.set != "ForAllValues":
		return o, fmt.Errorf("condition operator %q is not understood", name)
	}
	return o, nil
}
