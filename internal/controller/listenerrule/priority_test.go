package listenerrule

import (
	"strconv"
	"testing"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// at makes rules by ARN and priority, with the default rule that every listener has.
func at(priorities ...int) []elbtypes.Rule {
	rules := []elbtypes.Rule{{RuleArn: new("default"), IsDefault: new(true), Priority: new("default")}}
	for i, p := range priorities {
		rules = append(rules, elbtypes.Rule{RuleArn: new(string(rune('a' + i))), Priority: new(strconv.Itoa(p))})
	}
	return rules
}

func TestFeasible(t *testing.T) {
	type args struct {
		rules []elbtypes.Rule
		wants map[string]int32
	}
	cases := map[string]struct {
		reason string
		args   args
		want   map[string]int32
	}{
		"AllInPlace": {
			reason: "Rules that are where they are wanted stay out of the call.",
			args:   args{rules: at(100, 200), wants: map[string]int32{"a": 100, "b": 200}},
		},
		"ToAFreePlace": {
			reason: "A free priority can be had.",
			args:   args{rules: at(100, 200), wants: map[string]int32{"a": 150, "b": 200}},
			want:   map[string]int32{"a": 150},
		},
		"Swap": {
			reason: "SetRulePriorities judges the resulting order, so two rules may swap in one call.",
			args:   args{rules: at(100, 200), wants: map[string]int32{"a": 200, "b": 100}},
			want:   map[string]int32{"a": 200, "b": 100},
		},
		"Ring": {
			reason: "So may any number of them.",
			args:   args{rules: at(100, 200, 300), wants: map[string]int32{"a": 200, "b": 300, "c": 100}},
			want:   map[string]int32{"a": 200, "b": 300, "c": 100},
		},
		"HeldByOneThatStays": {
			reason: "A place that somebody keeps would make AWS refuse the whole call, with the moves of all others.",
			args:   args{rules: at(100, 200, 300), wants: map[string]int32{"a": 200, "c": 250}},
			want:   map[string]int32{"c": 250},
		},
		"QueueBehindOneThatStays": {
			reason: "Who waits for a place that is not left waits too.",
			args:   args{rules: at(100, 200, 300), wants: map[string]int32{"a": 200, "b": 300}},
		},
		"TwoForOnePlace": {
			reason: "Only one of two rules can have a priority; the other keeps its own.",
			args:   args{rules: at(100, 200), wants: map[string]int32{"a": 300, "b": 300}},
			want:   map[string]int32{"a": 300},
		},
		"DefaultRule": {
			reason: "The default rule cannot be moved (OperationNotPermitted).",
			args:   args{rules: at(), wants: map[string]int32{"default": 1}},
		},
		"NotInAWS": {
			reason: "A rule that does not exist yet has nothing to move.",
			args:   args{rules: at(100), wants: map[string]int32{"": 200, "z": 300}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := feasible(tc.args.rules, tc.args.wants)
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\nfeasible(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
