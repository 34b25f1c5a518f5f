package translate

import (
	"cmp"
	"slices"
)

// A Shadow is a match of a route's rule that is never reached on a port, as another rule takes all its requests and answers
// them differently.
type Shadow struct {
	Kind, Namespace, Name string
	Rule, Match           int
	Port                  int32

	// Hostname that the match is not reached for; "" is every one.
	Hostname string

	// By is the rule or listener that takes the requests, for people.
	By string
}

func shadowOf(a, by *atom, port int32) Shadow {
	of := a.owner.id()
	return Shadow{
		Kind: of.kind, Namespace: of.namespace, Name: of.name, Rule: of.index, Match: a.order.match,
		Port: port, Hostname: a.host, By: by.owner.String(),
	}
}

func (t *translation) shadowed() []Shadow {
	var out []Shadow
	for _, v := range t.verdicts {
		out = append(out, v.shadowed...)
	}
	slices.SortFunc(out, func(a, b Shadow) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Match, b.Match), cmp.Compare(a.Hostname, b.Hostname))
	})
	return out
}
