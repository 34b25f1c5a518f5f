package alb

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

func rule(arn, priority string, conditions ...types.RuleCondition) types.Rule {
	return types.Rule{RuleArn: &arn, Priority: &priority, IsDefault: new(priority == PriorityDefault), Conditions: conditions}
}

func TestMatchOrder(t *testing.T) {
	rules := []types.Rule{
		rule("default", PriorityDefault),
		rule("late", "1000", paths("/*")),
		rule("early", "20", paths("/a*")),
		rule("middle", "100", paths("/ab*")),
	}
	cases := map[string]struct {
		reason string
		args   string
		want   string
	}{
		"LowestNumber": {reason: "Listener rules: from the lowest to the highest value, by number and not by text", args: "/abc", want: "early"},
		"Next":         {reason: "Listener rules: the next rule where the first does not match", args: "/b", want: "late"},
		"Default":      {reason: "Listener rules: the default rule is evaluated last", args: "x", want: "default"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, ok := Match(rules, Request{Path: tc.args})
			if !ok {
				t.Fatalf("%s: Match(...): no rule answered", tc.reason)
			}
			if diff := cmp.Diff(tc.want, *got.RuleArn); diff != "" {
				t.Errorf("%s: Match(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestExplain(t *testing.T) {
	m, err := Compile([]types.Rule{
		rule("default", PriorityDefault),
		rule("first", "1", hosts("a.example.com", "b.example.com"), header("X-Env", "blue")),
		rule("second", "2", paths("/a*")),
		rule("third", "3", paths("/*")),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []ConditionResult
	steps := m.Explain(Request{Host: "c.example.com", Path: "/abc"})
	for _, s := range steps {
		got = append(got, s.Conditions...)
	}
	want := []ConditionResult{
		{Field: FieldHostHeader, Reason: `host "c.example.com" does not match "a.example.com", "b.example.com"`},
		{Field: FieldHTTPHeader, Reason: `header "X-Env" is not in the request`},
		{Field: FieldPathPattern, Matched: true, Reason: `path "/abc" matches "/a*"`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Explain(...): every rule up to the winner, each condition with its reason: -want, +got:\n%s", diff)
	}
	if last := steps[len(steps)-1]; !last.Matched || *last.Rule.RuleArn != "second" {
		t.Errorf("Explain(...): last step is %q, matched %t; want the winner, \"second\"", *last.Rule.RuleArn, last.Matched)
	}
}

func TestSteps(t *testing.T) {
	m, err := Compile([]types.Rule{
		rule("default", PriorityDefault), rule("first", "1", paths("/b*")), rule("second", "2", paths("/a*")), rule("third", "3", paths("/*")),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for s := range m.Steps(Request{Path: "/abc"}) {
		got[*s.Rule.RuleArn] = s.Matched
	}
	want := map[string]bool{"first": false, "second": true, "third": true, "default": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Steps(...): every rule, those after the winner too: -want, +got:\n%s", diff)
	}
	for range m.Steps(Request{Path: "/abc"}) {
		break // ends the sequence
	}
}

func TestCompileNamesRuleAndValue(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   types.Rule
		want   string
	}{
		"Regex": {
			reason: "Listener rules: no lookahead",
			args:   rule("arn:r", "7", hostRegexes("a(?=b)")),
			want:   `cannot compile rule "arn:r" with priority "7": host-header "a(?=b)" is not a regex that ALB takes: invalid or unsupported Perl syntax: ` + "`(?=`",
		},
		"Priority": {
			reason: "API model, RulePriority: 1..50000",
			args:   rule("arn:r", "50001"),
			want:   `cannot compile rule "arn:r": priority "50001" must be "default" or a number from 1 to 50000`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Compile([]types.Rule{tc.args})
			if err == nil {
				t.Fatalf("%s: Compile(...): no error", tc.reason)
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Errorf("%s: Compile(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func BenchmarkMatch(b *testing.B) {
	rules := []types.Rule{rule("default", PriorityDefault)}
	for i := range MaxRulesPerLoadBalancer {
		rules = append(rules, rule("r", string(rune('1'+i%9)), hostRegexes(`^shop\.example\.com(:[0-9]+)?$`), paths("/never")))
	}
	m, err := Compile(rules)
	if err != nil {
		b.Fatal(err)
	}
	r := Request{Host: "shop.example.com:8080", Path: "/cart"}
	b.ReportAllocs()
	for b.Loop() {
		m.Index(r)
	}
}
