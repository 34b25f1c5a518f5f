package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// A Place says in which file and line a rule of a route was written; empty where it was in none. A negative rule asks for the
// object itself.
type Place func(kind, namespace, name string, rule int) string

// Nowhere is the place of what was written in no file.
func Nowhere(string, string, string, int) string { return "" }

// A RouteRule is a rule of a route.
type RouteRule struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Rule      int    `json:"rule"`

	// At is the file and line.
	At string `json:"at,omitempty"`
}

func (r *RouteRule) of(kind, namespaced string) bool {
	return r != nil && (kind == "" || r.Kind == kind) && r.Namespace+"/"+r.Name == namespaced
}

// String names it.
func (r *RouteRule) String() string {
	if r == nil {
		return "no route: keeps a listener's requests from others"
	}
	text := fmt.Sprintf("%s %s/%s rule %d", r.Kind, r.Namespace, r.Name, r.Rule)
	if r.At != "" {
		text += " (" + r.At + ")"
	}
	return text
}

// A Rule is a rule of a listener, for people.
type Rule struct {
	// Object is the name of the ListenerRule.
	Object   string `json:"object"`
	Priority int32  `json:"priority"`
	Hosts    string `json:"hosts"`
	Paths    string `json:"paths"`
	Other    string `json:"other,omitempty"`
	Rewrites string `json:"rewrites,omitempty"`
	Action   string `json:"action"`

	// From is the rule of a route that it serves. A rule without keeps the requests of a listener from less specific ones.
	From *RouteRule `json:"from,omitempty"`
}

func ruleOf(o *albv1alpha1.ListenerRule, at Place) Rule {
	s := external.Summarize(o.Spec.ForProvider)
	return Rule{
		Object: o.Name, Priority: o.Spec.ForProvider.Priority,
		Hosts: s.Hosts, Paths: s.Paths, Other: s.Other, Rewrites: s.Rewrites, Action: s.Action,
		From: placed(o, at),
	}
}

// placed is the rule of a route that a ListenerRule serves, with its place.
func placed(o *albv1alpha1.ListenerRule, at Place) *RouteRule {
	r := routeRule(o.GetAnnotations())
	if r != nil {
		r.At = at(r.Kind, r.Namespace, r.Name, r.Rule)
	}
	return r
}

func (r Rule) action() string {
	if r.Rewrites == "" {
		return r.Action
	}
	return r.Rewrites + ", " + r.Action
}

// line is the rule in a few words.
func (r Rule) line() string {
	words := []string{fmt.Sprint(r.Priority), r.Hosts, r.Paths}
	if r.Other != "" {
		words = append(words, r.Other)
	}
	return strings.Join(append(words, "→ "+r.action()), " ")
}

// rulesOf a listener in the order in which they are tried.
func rulesOf(o translate.Observed, listener string) []*albv1alpha1.ListenerRule {
	var out []*albv1alpha1.ListenerRule
	for _, r := range o.ListenerRules {
		if ref := r.Spec.ForProvider.ListenerRef; ref != nil && ref.Name == listener {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *albv1alpha1.ListenerRule) int {
		return cmp.Or(cmp.Compare(a.Spec.ForProvider.Priority, b.Spec.ForProvider.Priority), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// listenersOf a Gateway by port.
func listenersOf(o translate.Observed) []*albv1alpha1.Listener {
	return slices.SortedFunc(slices.Values(o.Listeners), func(a, b *albv1alpha1.Listener) int {
		return cmp.Compare(a.Spec.ForProvider.Port, b.Spec.ForProvider.Port)
	})
}

func defaultAction(l *albv1alpha1.Listener) string {
	return external.Summarize(albv1alpha1.ListenerRuleParameters{Actions: l.Spec.ForProvider.DefaultActions}).Action
}
