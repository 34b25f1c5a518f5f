package permission

import (
	"cmp"
	_ "embed" // for the rules
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

//go:embed rules.yaml
var source []byte

// Rules of the provider's ClusterRole.
func Rules() []rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	if err := yaml.UnmarshalStrict(source, &rules); err != nil {
		panic("rules.yaml, which is part of this program, cannot be read: " + err.Error()) // a test reads it
	}
	return rules
}

// A Permission to do something to a resource, in every namespace.
type Permission struct {
	Verb        string
	Group       string
	Resource    string
	Subresource string
}

// Needed are all permissions that the rules grant, sorted.
func Needed() []Permission {
	var all []Permission
	for _, rule := range Rules() {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				name, sub, _ := strings.Cut(resource, "/")
				for _, verb := range rule.Verbs {
					all = append(all, Permission{Verb: verb, Group: group, Resource: name, Subresource: sub})
				}
			}
		}
	}
	slices.SortFunc(all, compare)
	return all
}

func compare(a, b Permission) int {
	return cmp.Or(
		cmp.Compare(a.Group, b.Group), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Subresource, b.Subresource), cmp.Compare(a.Verb, b.Verb),
	)
}

// On is the resource, as kubectl auth can-i takes it.
func (p Permission) On() string {
	on := p.Resource
	if p.Group != "" {
		on += "." + p.Group
	}
	if p.Subresource != "" {
		on += "/" + p.Subresource
	}
	return on
}

// Watching says whether nothing can be watched without the permission: a controller would not start.
func (p Permission) Watching() bool { return p.Verb == "list" || p.Verb == "watch" }

// Named are permissions in words, such as "list, watch services and delete listeners.alb.gateway.crossplane.io".
func Named(missing []Permission) string {
	const most = 12 // resources
	var parts []string
	for i := 0; i < len(missing); {
		on := missing[i].On()
		var verbs []string
		for ; i < len(missing) && missing[i].On() == on; i++ {
			verbs = append(verbs, missing[i].Verb)
		}
		parts = append(parts, strings.Join(verbs, ", ")+" "+on)
	}
	if more := len(parts) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(parts[:most], "; "), more)
	}
	return strings.Join(parts, "; ")
}
