package iam

import (
	"slices"
	"strings"
	"testing"
)

func TestParseTrustRefuses(t *testing.T) {
	statement := func(s string) string { return `{"Version": "2012-10-17", "Statement": [{` + s + `}]}` }
	cases := map[string]struct{ statement, says string }{
		"Nobody":    {`"Effect": "Allow", "Action": "sts:AssumeRole"`, "it has no Principal"},
		"Resource":  {`"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}, "Resource": "*"`, "it has a Resource"},
		"Principal": {`"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "me"}`, `principal "me" of kind "AWS" is not understood`},
		"Kind":      {`"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"User": "me"}`, `of kind "User" is not understood`},
		"Action":    {`"Effect": "Allow", "Action": "ec2:RunInstances", "Principal": {"AWS": "*"}`, `action "ec2:RunInstances" is none of sts:AssumeRole`},
		"Condition": {`"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"aws:SourceIp": "10.0.0.0/8"}}`, `condition key "aws:SourceIp" is not understood`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseTrust([]byte(statement(tc.statement))); err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("want an error that says %q, got %v", tc.says, err)
			}
		})
	}
	if _, err := Parse([]byte(statement(`"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Principal": {"AWS": "*"}`))); err == nil || !strings.Contains(err.Error(), "it has a Principal") {
		t.Errorf("an identity-based policy has no Principal: %v", err)
	}
}

// FuzzTrust: nobody is let in whom no statement that allows it names.
func FuzzTrust(f *testing.F) {
	f.Add(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ["*", "123456789012"]}, "Condition": {"StringLike": {"sts:ExternalId": "a*"}}}]}`, "123456789012", "abc")
	f.Add(`{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sts:TagSession", "Principal": {"Service": "pods.eks.amazonaws.com"}}}`, "pods.eks.amazonaws.com", "")
	f.Fuzz(func(t *testing.T, document, name, external string) {
		p, err := ParseTrust([]byte(document))
		if err != nil {
			return
		}
		r := Request{Action: "sts:AssumeRole", Resource: "arn:aws:iam::123456789012:role/r", Keys: map[string][]string{"sts:ExternalId": {external}}}
		d, _ := p.Decide(Principal{Kind: "AWS", Names: []string{name}}, r)
		named := slices.ContainsFunc(p.policy.Statement, func(s Statement) bool {
			return s.Effect == Allow && (slices.Contains(s.Principal["AWS"], name) || slices.Contains(s.Principal["AWS"], "*"))
		})
		if d == Allowed && !named {
			t.Errorf("%q lets %q in", document, name)
		}
	})
}
