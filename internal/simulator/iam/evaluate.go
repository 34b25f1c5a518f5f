package iam

import (
	"slices"
	"strings"
)

// A Request asks whether one action may be done on one resource.
type Request struct {
	Action   string
	Resource string              // an ARN, or * where the action knows no resources
	Keys     map[string][]string // the values of condition keys; one that is not there has none
}

// A Decision on a request.
type Decision int

// The decisions: nothing allows it, a statement denies it, or one allows it.
const (
	NotAllowed Decision = iota
	Denied
	Allowed
)

// Decide a request: a statement that denies it counts more than any that allows it.
func (p *Policy) Decide(r Request) Decision {
	decision := NotAllowed
	for _, s := range p.Statement {
		if !s.applies(r) {
			continue
		}
		if s.Effect == Deny {
			return Denied
		}
		decision = Allowed
	}
	return decision
}

func (s Statement) applies(r Request) bool {
	action := func(pattern string) bool { return like(strings.ToLower(pattern), strings.ToLower(r.Action)) }
	if !slices.ContainsFunc(s.Action, action) {
		return false
	}
	if s.Principal == nil && !slices.ContainsFunc(s.Resource, func(pattern string) bool { return like(pattern, r.Resource) }) {
		return false
	}
	for name, keys := range s.Condition {
		o, err := operatorOf(name)
		if err != nil {
			return s.Effect == Deny // Parse has refused it
		}
		for key, wanted := range keys {
			if !o.holds(r.Keys, key, wanted) {
				return false
			}
		}
	}
	return true
}

// holds: of several values in a policy one must be met, and by a negated operator all.
func (o operator) holds(keys map[string][]string, key string, wanted []string) bool {
	got, there := keys[key]
	if o.base == "Null" {
		return slices.ContainsFunc(wanted, func(w string) bool { return (w == "true") != there })
	}
	if !there {
		return o.ifExists || o.set == "ForAllValues" || o.set == "" && strings.Contains(o.base, "Not")
	}
	meets := func(value string) bool { return o.meets(value, wanted) }
	if o.set == "ForAnyValue" {
		return slices.ContainsFunc(got, meets)
	}
	return !slices.ContainsFunc(got, func(v string) bool { return !meets(v) })
}

func (o operator) meets(value string, wanted []string) bool {
	equal := func(w string) bool { return w == value }
	if strings.HasSuffix(o.base, "Like") {
		equal = func(w string) bool { return like(w, value) }
	}
	return slices.ContainsFunc(wanted, equal) != strings.Contains(o.base, "Not")
}

// like matches * with any characters and ? with one.
func like(pattern, text string) bool {
	star, retry, p, t := -1, 0, 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, retry = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			retry++
			p, t = star+1, retry
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
