package translate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// sources of a condition, each once and in order.
func sources(in gwcfgv1.ListenerRuleCondition) ([]netip.Prefix, error) {
	if in.Field != gwcfgv1.ListenerRuleConditionFieldSourceIP || in.SourceIPConfig == nil || len(in.SourceIPConfig.Values) == 0 {
		return nil, fmt.Errorf("is on field %q without values; give sourceIPConfig.values for field %s", in.Field, gwcfgv1.ListenerRuleConditionFieldSourceIP)
	}
	var out []netip.Prefix
	for _, text := range in.SourceIPConfig.Values {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("has %q, which is not a CIDR block; write it as 192.0.2.0/24 or 2001:db8::/32", text)
		}
		if err := alb.ValidateConditions(external.Conditions([]albv1alpha1.RuleCondition{sourceCondition([]netip.Prefix{p})})); err != nil {
			return nil, fmt.Errorf("is not valid: %w; remove it", err)
		}
		out = append(out, p.Masked())
	}
	slices.SortFunc(out, netip.Prefix.Compare)
	return slices.Compact(out), nil
}

// A sourceRestriction is a condition on source addresses.
type sourceRestriction struct {
	field   string // names it, for messages
	matches []int  // that it is for, from 0; none are all
	sources []netip.Prefix
}

// restrict the matches that a condition is for to its sources.
func (r *routeRule) restrict(to sourceRestriction) {
	for _, i := range to.matches {
		if i < 0 || i >= r.given {
			r.refuse("%s has %d among its matchIndexes, but the rule has %s, counted from 0; correct it", to.field, i, count(r.given, "match", "matches"))
		}
	}
	for i := range r.matches {
		m := &r.matches[i]
		if len(to.matches) > 0 && !slices.Contains(to.matches, m.index) {
			continue
		}
		if len(m.sources) > 0 {
			r.refuse("%s is the second on source-ip for match %d, and a rule can have one; put the values into one condition", to.field, m.index)
		}
		m.sources = to.sources
	}
}

func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// splitSources: a rule holds few condition values, and its hosts and paths need some of them.
func splitSources(in []variant, hosts []boundHost) []variant {
	named := slices.ContainsFunc(hosts, func(h boundHost) bool { return h.host != anyHost })
	var out []variant
	for _, v := range in {
		room := alb.MaxConditionValues - (v.restValues() - len(v.sources))
		if named {
			room--
		}
		if v.path.kind != pathAny {
			room--
		}
		for _, part := range v.split(min(room, maxTogether)) {
			out = append(out, variant{part, v.outcome})
		}
	}
	return out
}

// split a match whose sources are more than one rule can hold.
func (m match) split(room int) []match {
	if len(m.sources) <= max(1, room) {
		return []match{m}
	}
	var out []match
	for some := range slices.Chunk(m.sources, max(1, room)) {
		part := m
		part.sources = some
		out = append(out, part)
	}
	return out
}

func sourceCondition(from []netip.Prefix) albv1alpha1.RuleCondition {
	values := make([]string, 0, len(from))
	for _, p := range from {
		values = append(values, p.String())
	}
	return albv1alpha1.RuleCondition{Field: albv1alpha1.FieldSourceIP, SourceIpConfig: &albv1alpha1.ValuesConditionConfig{Values: values}}
}

// sourcesCover says whether every address of some is one of all; none given are all addresses.
func sourcesCover(all, some []netip.Prefix) bool {
	if len(all) == 0 {
		return true
	}
	within := func(s netip.Prefix) bool {
		return slices.ContainsFunc(all, func(a netip.Prefix) bool { return a.Bits() <= s.Bits() && a.Overlaps(s) })
	}
	return len(some) > 0 && !slices.ContainsFunc(some, func(s netip.Prefix) bool { return !within(s) })
}

// sourcesOverlap says whether some address is one of both.
func sourcesOverlap(a, b []netip.Prefix) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	return slices.ContainsFunc(a, func(p netip.Prefix) bool { return slices.ContainsFunc(b, p.Overlaps) })
}

func sourcesText(in []netip.Prefix) string {
	out := make([]string, 0, len(in))
	for _, p := range in {
		out = append(out, p.String())
	}
	return strings.Join(out, " ")
}
