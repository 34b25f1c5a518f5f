package oracle_test

import (
	"strings"
	"testing"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// TestFaultsAreFound spoils what translate makes, in one way at a time, and wants the comparison to see it: a comparison that
// nothing can fail proves nothing.
func TestFaultsAreFound(t *testing.T) {
	type rules = []*albv1alpha1.ListenerRule
	each := func(spoil func(p *albv1alpha1.ListenerRuleParameters)) func(rules) {
		return func(all rules) {
			for _, r := range all {
				spoil(&r.Spec.ForProvider)
			}
		}
	}
	conditions := func(spoil func(c *albv1alpha1.RuleCondition)) func(rules) {
		return each(func(p *albv1alpha1.ListenerRuleParameters) {
			for i := range p.Conditions {
				spoil(&p.Conditions[i])
			}
		})
	}
	actions := func(spoil func(a *albv1alpha1.Action)) func(rules) {
		return each(func(p *albv1alpha1.ListenerRuleParameters) {
			for i := range p.Actions {
				spoil(&p.Actions[i])
			}
		})
	}
	dropping := func(field albv1alpha1.RuleConditionField) func(rules) {
		return each(func(p *albv1alpha1.ListenerRuleParameters) {
			var rest []albv1alpha1.RuleCondition
			for _, c := range p.Conditions {
				if c.Field != field {
					rest = append(rest, c)
				}
			}
			if len(rest) > 0 {
				p.Conditions = rest
			}
		})
	}

	cases := map[string]struct {
		reason string
		args   func(rules)
	}{
		"Order":    {"precedence turned round", each(func(p *albv1alpha1.ListenerRuleParameters) { p.Priority = 50_000 - p.Priority })},
		"NoHost":   {"hostnames left out", dropping(albv1alpha1.FieldHostHeader)},
		"NoPath":   {"paths left out", dropping(albv1alpha1.FieldPathPattern)},
		"NoMethod": {"methods left out", dropping(albv1alpha1.FieldHTTPRequestMethod)},
		"NoHeader": {"headers left out", dropping(albv1alpha1.FieldHTTPHeader)},
		"NoQuery":  {"query parameters left out", dropping(albv1alpha1.FieldQueryString)},
		"Sibling": {"prefixes without regard to path elements", conditions(func(c *albv1alpha1.RuleCondition) {
			if c.PathPatternConfig != nil {
				c.PathPatternConfig.RegexValues = replaced(c.PathPatternConfig.RegexValues, "(/.*)?$", ".*$")
			}
		})},
		"HostPort": {"hostnames that mind the port", conditions(func(c *albv1alpha1.RuleCondition) {
			if c.HostHeaderConfig != nil {
				c.HostHeaderConfig.RegexValues = replaced(c.HostHeaderConfig.RegexValues, "(:[0-9]+)?$", "$")
			}
		})},
		"Wildcard": {"a dot that stands for any character", conditions(func(c *albv1alpha1.RuleCondition) {
			if c.HostHeaderConfig != nil {
				c.HostHeaderConfig.RegexValues = replaced(c.HostHeaderConfig.RegexValues, `\.`, ".")
			}
		})},
		"Weights": {"weights turned round", actions(func(a *albv1alpha1.Action) {
			if a.ForwardConfig != nil {
				groups := a.ForwardConfig.TargetGroups
				first, last := &groups[0], &groups[len(groups)-1]
				first.Weight, last.Weight = last.Weight, first.Weight
			}
		})},
		"Status": {"another status of redirects", actions(func(a *albv1alpha1.Action) {
			if a.RedirectConfig != nil && a.RedirectConfig.StatusCode == "HTTP_302" {
				a.RedirectConfig.StatusCode = "HTTP_301"
			}
		})},
		"Isolation": {"listeners that pass requests on", each(func(p *albv1alpha1.ListenerRuleParameters) {
			if f := p.Actions[0].FixedResponseConfig; f != nil && f.StatusCode == "404" {
				p.Conditions = []albv1alpha1.RuleCondition{{Field: albv1alpha1.FieldPathPattern, PathPatternConfig: &albv1alpha1.PatternConditionConfig{Values: []string{"/never"}}}}
			}
		})},
		"Rewrite": {"no transforms", each(func(p *albv1alpha1.ListenerRuleParameters) { p.Transforms = nil })},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !found(tc.args) {
				t.Errorf("%s: no request shows the difference", tc.reason)
			}
		})
	}
}

func replaced(of []string, what, by string) []string {
	var all []string
	for _, s := range of {
		all = append(all, strings.Replace(s, what, by, 1))
	}
	return all
}

func found(spoil func([]*albv1alpha1.ListenerRule)) bool {
	for i := range uint64(400) {
		g := newGenerator(7, i)
		in := g.input()
		all, _ := converge(in)
		spoil(all.ListenerRules)
		listeners, err := bringUp(all, alb.Assumptions{})
		if err != nil {
			continue
		}
		if anyDiffers(g, in, listeners) {
			return true
		}
	}
	return false
}

func anyDiffers(g generator, in translate.Input, listeners map[int32]*live) bool {
	a := aimAt(in)
	for range 100 {
		p := g.pair(a)
		if l := listeners[p.port]; l != nil {
			if _, ok := agree(counterexample{input: in, pair: p}, reading.Answer(in, p.port, p.request), l); !ok {
				return true
			}
		}
	}
	return false
}
