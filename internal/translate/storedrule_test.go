package translate

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// TestNodeOf: what a rule was made of can be read back from it.
func TestNodeOf(t *testing.T) {
	t.Parallel()
	read := 0
	for seed := range 40 {
		r := rand.New(rand.NewPCG(uint64(seed), 11)) //nolint:gosec // not for secrets
		tr := &translation{}
		if seed%2 == 0 {
			tr.in.Settings.HostConditions = HostValues
		}
		atoms := randomAtoms(r)
		if seed%3 == 0 {
			atoms[0].match.sources = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
		}
		for _, rule := range tr.arrange(&port{ListenerPort: alb.ListenerPort{Protocol: "HTTP", Port: 80}}, atoms) {
			o := &albv1alpha1.ListenerRule{}
			o.Spec.ForProvider = albv1alpha1.ListenerRuleParameters{Conditions: rule.conditions, Actions: rule.outcome.actions}
			if diff := cmp.Diff(described(rule.atoms), described(nodeOf(o))); diff != "" {
				t.Fatalf("seed %d, %s: -want, +got:\n%s", seed, jsonOf(rule.conditions), diff)
			}
			read++
		}
	}
	if read < 100 {
		t.Errorf("%d rules were read, want 100 or more", read)
	}
}

func described(n node) []string {
	var out []string
	for _, a := range n {
		out = append(out, fmt.Sprintf("%s %d %q %q %s", a.host, a.match.path.kind, a.match.path.value, a.match.rest(), a.outcome.key))
	}
	slices.Sort(out)
	return out
}

// TestNodeOfStrangers: what somebody else wrote is taken for more rather than for less.
func TestNodeOfStrangers(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		reason string
		args   albv1alpha1.RuleCondition
		want   box
	}{
		"HostRegex": {
			reason: "It may match any host.",
			args:   albv1alpha1.RuleCondition{HostHeaderConfig: &albv1alpha1.PatternConditionConfig{RegexValues: []string{`^a.*\.com$`}}},
			want:   box{hosts: []string{anyHost}, paths: []pathMatch{{kind: pathAny}}},
		},
		"PathWildcard": {
			reason: "It may match any path.",
			args:   albv1alpha1.RuleCondition{PathPatternConfig: &albv1alpha1.PatternConditionConfig{Values: []string{"/a?"}}},
			want:   box{hosts: []string{anyHost}, paths: []pathMatch{{kind: pathAny}}},
		},
		"PathRegex": {
			reason: "It stands for itself.",
			args:   albv1alpha1.RuleCondition{PathPatternConfig: &albv1alpha1.PatternConditionConfig{RegexValues: []string{"/a.c"}}},
			want:   box{hosts: []string{anyHost}, paths: []pathMatch{{pathRegex, "/a.c"}}},
		},
		"Source": {
			reason: "It may be any address.",
			args:   albv1alpha1.RuleCondition{SourceIpConfig: &albv1alpha1.ValuesConditionConfig{Values: []string{"somewhere"}}},
			want:   box{hosts: []string{anyHost}, paths: []pathMatch{{kind: pathAny}}},
		},
		"Methods": {
			reason: "One rule of ours has one method.",
			args:   albv1alpha1.RuleCondition{HttpRequestMethodConfig: &albv1alpha1.ValuesConditionConfig{Values: []string{"GET", "PUT"}}},
			want:   box{hosts: []string{anyHost}, paths: []pathMatch{{kind: pathAny}}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := boxOfConditions([]albv1alpha1.RuleCondition{tc.args})
			if diff := cmp.Diff(fmt.Sprintf("%+v", tc.want), fmt.Sprintf("%+v", got)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
