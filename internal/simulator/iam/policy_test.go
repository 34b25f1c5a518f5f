package iam

import (
	"strings"
	"testing"
)

// What is not understood is refused loudly: a statement that is dropped, or a condition, would allow more or less than it says.
func TestParse(t *testing.T) {
	statement := func(s string) string { return `{"Version": "2012-10-17", "Statement": [` + s + `]}` }
	cases := map[string]struct{ document, want string }{
		"One":             {statement(`{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}`), ""},
		"NotInAList":      {`{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": ["*"], "Resource": ["*"]}}`, ""},
		"Conditions":      {statement(`{"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": {"StringLikeIfExists": {"aws:RequestTag/a": "b*"}, "Null": {"aws:TagKeys": "true"}}}`), ""},
		"NotJSON":         {`Version`, "cannot be read"},
		"More":            {statement(`{"Effect": "Allow", "Action": "*", "Resource": "*"}`) + "{}", "something follows it"},
		"OldVersion":      {`{"Version": "2008-10-17", "Statement": []}`, "2008-10-17"},
		"NoStatement":     {`{"Version": "2012-10-17", "Statement": []}`, "no Statement"},
		"NotAction":       {statement(`{"Effect": "Allow", "NotAction": "ec2:*", "Resource": "*"}`), "NotAction"},
		"Principal":       {statement(`{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}`), "Principal"},
		"EffectSpelling":  {statement(`{"Effect": "allow", "Action": "*", "Resource": "*"}`), "neither Allow nor Deny"},
		"NoAction":        {statement(`{"Effect": "Allow", "Resource": "*"}`), "no Action"},
		"NoResource":      {statement(`{"Effect": "Allow", "Action": "*"}`), "no Resource"},
		"ActionForm":      {statement(`{"Effect": "Allow", "Action": "DescribeRules", "Resource": "*"}`), "service:Action"},
		"ResourceForm":    {statement(`{"Effect": "Allow", "Action": "*", "Resource": "bucket"}`), "is not understood"},
		"Variable":        {statement(`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}/*"}`), "policy variables"},
		"Operator":        {statement(`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}`), `"IpAddress" is not understood`},
		"Key":             {statement(`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "x"}}}`), `"aws:SourceVpc" is not understood`},
		"SetOfOne":        {statement(`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:RequestTag/a": "x"}}}`), "has one value"},
		"OneOfSeveral":    {statement(`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:TagKeys": "x"}}}`), "has several values"},
		"OfTheService":    {statement(`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"elasticloadbalancing:Scheme": "internal", "ec2:ResourceTag/a": "b"}, "ForAllValues:StringEquals": {"elasticloadbalancing:Subnet": ["a", "b"]}}}`), ""},
		"OneOfSubnets":    {statement(`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"elasticloadbalancing:Subnet": "a"}}}`), "has several values"},
		"NullOfSomething": {statement(`{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:RequestTag/a": "maybe"}}}`), "true or false"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.document))
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("want %q, got %v", c.want, err)
			}
		})
	}
}

// IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
func TestDecide(t *testing.T) {
	condition := func(s string) string {
		return `{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {` + s + `}}`
	}
	tagged := Request{"ec2:CreateTags", "arn:aws:ec2:r:1:security-group/sg-1", map[string][]string{
		"aws:RequestTag/team": {"a"}, "aws:TagKeys": {"team", "owner"},
	}}
	bare := Request{Action: "ec2:CreateTags", Resource: "arn:aws:ec2:r:1:security-group/sg-1"}
	cases := map[string]struct {
		reason     string
		statements string
		request    Request
		want       Decision
	}{
		"Nothing":          {"what nothing allows is not allowed", `{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}`, bare, NotAllowed},
		"ActionCase":       {"actions are compared without case", `{"Effect": "Allow", "Action": "ec2:createtags", "Resource": "*"}`, bare, Allowed},
		"ActionWildcard":   {"* and ? in actions", `{"Effect": "Allow", "Action": "ec2:Create?ag*", "Resource": "*"}`, bare, Allowed},
		"ResourceWildcard": {"in resources", `{"Effect": "Allow", "Action": "*", "Resource": "arn:*:ec2:*:*:security-group/*"}`, bare, Allowed},
		"OtherResource":    {"another type", `{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:ec2:*:*:vpc/*"}`, bare, NotAllowed},
		"ResourceCase":     {"resources have case", `{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:ec2:*:*:Security-Group/*"}`, bare, NotAllowed},
		"DenyWins":         {"whatever the order", `{"Effect": "Deny", "Action": "*", "Resource": "*"}, {"Effect": "Allow", "Action": "*", "Resource": "*"}`, bare, Denied},
		"Equals":           {"a value of the list", condition(`"StringEquals": {"aws:RequestTag/team": ["b", "a"]}`), tagged, Allowed},
		"EqualsCase":       {"values have case", condition(`"StringEquals": {"aws:RequestTag/team": "A"}`), tagged, NotAllowed},
		"EqualsAbsent":     {"what is not there equals nothing", condition(`"StringEquals": {"aws:RequestTag/team": "a"}`), bare, NotAllowed},
		"IfExists":         {"unless it need not be there", condition(`"StringEqualsIfExists": {"aws:RequestTag/team": "a"}`), bare, Allowed},
		"NotEqualsAbsent":  {"what is not there does not equal", condition(`"StringNotEquals": {"aws:RequestTag/team": "a"}`), bare, Allowed},
		"NotEquals":        {"none of the list", condition(`"StringNotEquals": {"aws:RequestTag/team": ["b", "a"]}`), tagged, NotAllowed},
		"Like":             {"wildcards", condition(`"StringLike": {"aws:RequestTag/team": "?"}`), tagged, Allowed},
		"NullFalse":        {"must be there", condition(`"Null": {"aws:RequestTag/team": "false"}`), tagged, Allowed},
		"NullFalseAbsent":  {"must be there", condition(`"Null": {"aws:RequestTag/team": "false"}`), bare, NotAllowed},
		"NullTrue":         {"must not be there", condition(`"Null": {"aws:RequestTag/team": "true"}`), tagged, NotAllowed},
		"AnyValue":         {"one of several", condition(`"ForAnyValue:StringEquals": {"aws:TagKeys": "owner"}`), tagged, Allowed},
		"AnyValueAbsent":   {"of none", condition(`"ForAnyValue:StringEquals": {"aws:TagKeys": "owner"}`), bare, NotAllowed},
		"AllValues":        {"all of several", condition(`"ForAllValues:StringEquals": {"aws:TagKeys": "owner"}`), tagged, NotAllowed},
		"AllValuesAbsent":  {"of none is true", condition(`"ForAllValues:StringEquals": {"aws:TagKeys": "owner"}`), bare, Allowed},
		"BothConditions":   {"all conditions hold", condition(`"Null": {"aws:RequestTag/team": "false"}, "StringEquals": {"aws:RequestTag/team": "b"}`), tagged, NotAllowed},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := Parse([]byte(`{"Version": "2012-10-17", "Statement": [` + c.statements + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Decide(c.request); got != c.want {
				t.Errorf("%s: want %d, got %d", c.reason, c.want, got)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": {"Null": {"aws:TagKeys": "true"}}}]}`, "ec2:CreateTags", "arn:aws:ec2:r:1:vpc/v")
	f.Add(`{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "arn:*:s3:::b/**?"}}`, "s3:GetObject", "arn:aws:s3:::b/k")
	f.Fuzz(func(t *testing.T, document, action, resource string) {
		p, err := Parse([]byte(document))
		if err != nil {
			return
		}
		all := []string{}
		for _, s := range p.Statement {
			all = append(all, string(s.Effect))
		}
		if d := p.Decide(Request{Action: action, Resource: resource}); d == Allowed && !strings.Contains(strings.Join(all, " "), "Allow") {
			t.Errorf("%q allows what no statement allows", document)
		}
	})
}
