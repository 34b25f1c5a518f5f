package translate

import (
	"slices"
	"strconv"
	"strings"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// identify gives each rule of a port the object that it is: one with the same content; else one of the same owner that
// is not needed any more, to be changed in place; else a new one, named by its content.
func (t *translation) identify(p *port) {
	var free, all []*albv1alpha1.ListenerRule
	for _, o := range t.in.Observed.ListenerRules {
		if !onPort(o, p) {
			continue
		}
		all = append(all, o)
		if o.DeletionTimestamp == nil {
			free = append(free, o)
		}
	}
	slices.SortFunc(free, byPriority)
	take := func(same func(r *rule, o *albv1alpha1.ListenerRule) bool) {
		for _, r := range p.rules {
			if r.observed != nil {
				continue
			}
			i := slices.IndexFunc(free, func(o *albv1alpha1.ListenerRule) bool { return same(r, o) })
			if i >= 0 {
				r.observed, r.name = free[i], free[i].Name
				free = slices.Delete(free, i, i+1)
			}
		}
	}
	take(func(r *rule, o *albv1alpha1.ListenerRule) bool { return r.says(o) && r.owner.id() == ownerOf(o) })
	take((*rule).says)
	take(func(r *rule, o *albv1alpha1.ListenerRule) bool { return r.owner.id() == ownerOf(o) && r.asks(o) })
	take(func(r *rule, o *albv1alpha1.ListenerRule) bool { return r.owner.id() == ownerOf(o) })
	t.name(p, all)
}

// name new rules by their content. A name may be taken by an object that was changed in place since it was made.
func (t *translation) name(p *port, all []*albv1alpha1.ListenerRule) {
	taken := map[string]bool{}
	for _, o := range all {
		taken[o.Name] = true
	}
	for _, r := range p.rules {
		for try := 0; r.name == ""; try++ {
			name := ruleName(t.succession.stem, p.Port, hashOf(r.content, strconv.Itoa(try)))
			if !taken[name] {
				r.name = name
				taken[name] = true
			}
		}
	}
}

func onPort(o *albv1alpha1.ListenerRule, p *port) bool {
	ref := o.Spec.ForProvider.ListenerRef
	return ref != nil && ref.Name == p.name
}

func byPriority(a, b *albv1alpha1.ListenerRule) int {
	if d := int(a.Spec.ForProvider.Priority) - int(b.Spec.ForProvider.Priority); d != 0 {
		return d
	}
	return strings.Compare(a.Name, b.Name)
}

// says the same as the object.
func (r *rule) says(o *albv1alpha1.ListenerRule) bool {
	return r.content == contentOf(o.Spec.ForProvider.Conditions, o.Spec.ForProvider.Actions, o.Spec.ForProvider.Transforms)
}

// asks the same of requests as the object.
func (r *rule) asks(o *albv1alpha1.ListenerRule) bool {
	return jsonOf(r.conditions) == jsonOf(o.Spec.ForProvider.Conditions)
}

// ownerOf reads the annotation, as labels may be cut. Rules of listeners have none.
func ownerOf(o *albv1alpha1.ListenerRule) ruleOwner {
	kind, rest, _ := strings.Cut(o.Annotations[albv1alpha1.AnnotationRoute], " ")
	namespaced, index, found := strings.Cut(rest, " rule ")
	namespace, name, _ := strings.Cut(namespaced, "/")
	n, err := strconv.Atoi(index)
	if !found || err != nil {
		return ruleOwner{}
	}
	return ruleOwner{routeID{kind, namespace, name}, n}
}
