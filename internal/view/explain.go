package view

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// An Explanation says what an object or an ARN is there for.
type Explanation struct {
	Object Node   `json:"object"`
	ARN    string `json:"arn,omitempty"`

	// Owners are the objects above it, as Kind/name, the nearest first.
	Owners []string `json:"owners,omitempty"`

	// Serves are the route rules that need it.
	Serves []RouteRule `json:"serves,omitempty"`
}

// Explain what a name stands for among objects: an ARN, an id or a DNS name of AWS, a name that a thing has there, or the name
// of an object, alone or as kind/name. A name may stand for several.
func Explain(name string, objects []unstructured.Unstructured) ([]Explanation, error) {
	var out []Explanation
	for _, o := range sorted(objects) {
		if !answersTo(o, name) {
			continue
		}
		e := Explanation{Object: node(o), ARN: arnOf(o)}
		for _, above := range ownersOf(o, objects) {
			e.Owners = append(e.Owners, above.GetKind()+"/"+above.GetName())
		}
		e.Serves = servedBy(o, objects)
		out = append(out, e)
	}
	if len(out) == 0 {
		return nil, unknown(name, objects)
	}
	return out, nil
}

func unknown(name string, objects []unstructured.Unstructured) error {
	if strings.HasPrefix(name, "arn:") {
		arn, err := alb.ParseARN(name)
		if err != nil {
			return fmt.Errorf("no object has ARN %q; of a load balancer, listener, rule, target group or trust store it is not one either", name)
		}
		return fmt.Errorf("no object has ARN %q (a %s of %s in account %s, %s): it was not made by this provider, or its object is in another namespace or cluster",
			name, arn.Kind, arn.Name, arn.Account, arn.Region)
	}
	var names []string
	for _, o := range objects {
		names = append(names, o.GetName(), strings.ToLower(o.GetKind())+"/"+o.GetName())
	}
	return fmt.Errorf("no object is named %q%s", name, Suggest(name, names))
}

// identities are the fields by which AWS and people know a thing.
var identities = [][]string{
	{"status", "atProvider", "arn"},
	{"status", "atProvider", "dnsName"},
	{"status", "atProvider", "groupId"},
	{"status", "atProvider", "targetGroupArn"},
	{"spec", "forProvider", "name"},
	{"spec", "forProvider", "groupName"},
}

func answersTo(o unstructured.Unstructured, name string) bool {
	kind, bare, slash := strings.Cut(name, "/")
	kind, _, _ = strings.Cut(kind, ".") // as in listenerrule.alb.gateway.crossplane.io/name
	if o.GetName() == name || slash && o.GetName() == bare && isKind(o.GetKind(), kind) {
		return true
	}
	return slices.ContainsFunc(identities, func(path []string) bool {
		v, _, _ := unstructured.NestedString(o.Object, path...)
		return v != "" && v == name
	})
}

// isKind takes what kubectl takes: any case, singular and plural.
func isKind(kind, asked string) bool {
	return strings.EqualFold(kind, asked) || strings.EqualFold(kind+"s", asked)
}

func arnOf(o unstructured.Unstructured) string {
	arn, _, _ := unstructured.NestedString(o.Object, "status", "atProvider", "arn")
	return arn
}

func ownersOf(o unstructured.Unstructured, objects []unstructured.Unstructured) []unstructured.Unstructured {
	byUID := map[types.UID]unstructured.Unstructured{}
	for _, other := range objects {
		byUID[other.GetUID()] = other
	}
	var out []unstructured.Unstructured
	for range len(objects) { // ends where owners go round
		refs := o.GetOwnerReferences()
		if len(refs) == 0 {
			break
		}
		above, ok := byUID[refs[0].UID]
		if !ok {
			break
		}
		out = append(out, above)
		o = above
	}
	return out
}

// servedBy are the route rules of a rule, of the rules below an object, and of those that forward to a target group of it.
func servedBy(o unstructured.Unstructured, objects []unstructured.Unstructured) []RouteRule {
	groups := map[string]bool{}
	for _, other := range append(ownersOf(o, objects), o) {
		if other.GetKind() == albv1alpha1.TargetGroupGroupVersionKind.Kind {
			groups[other.GetName()] = true
		}
	}
	var out []RouteRule
	for _, r := range sorted(objects) {
		if r.GetKind() != albv1alpha1.ListenerRuleGroupVersionKind.Kind || r.GetNamespace() != o.GetNamespace() {
			continue
		}
		below := r.GetUID() == o.GetUID() || slices.ContainsFunc(ownersOf(r, objects), func(a unstructured.Unstructured) bool { return a.GetUID() == o.GetUID() })
		if !below && !slices.ContainsFunc(forwards(r), func(name string) bool { return groups[name] }) {
			continue
		}
		if from := routeRule(r.GetAnnotations()); from != nil && !slices.Contains(out, *from) {
			out = append(out, *from)
		}
	}
	slices.SortFunc(out, func(a, b RouteRule) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}

// forwards are the TargetGroups that a rule forwards to.
func forwards(r unstructured.Unstructured) []string {
	var out []string
	actions, _, _ := unstructured.NestedSlice(r.Object, "spec", "forProvider", "actions")
	for _, a := range actions {
		action, _ := a.(map[string]any)
		groups, _, _ := unstructured.NestedSlice(action, "forwardConfig", "targetGroups")
		for _, g := range groups {
			group, _ := g.(map[string]any)
			name, _, _ := unstructured.NestedString(group, "targetGroupRef", "name")
			out = append(out, name)
		}
	}
	return out
}

// routeRule reads the annotation of a ListenerRule, as labels may be cut; nil where it serves no route.
func routeRule(annotations map[string]string) *RouteRule {
	kind, rest, _ := strings.Cut(annotations[albv1alpha1.AnnotationRoute], " ")
	namespaced, index, _ := strings.Cut(rest, " rule ")
	namespace, name, found := strings.Cut(namespaced, "/")
	n, err := strconv.Atoi(index)
	if !found || err != nil {
		return nil
	}
	return &RouteRule{Kind: kind, Namespace: namespace, Name: name, Rule: n}
}

// Text of the explanation, for a terminal.
func (e Explanation) Text() string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s %s in namespace %s\n", e.Object.mark(), bold.Render(plain(e.Object.Kind+"/"+e.Object.Name)), plain(e.Object.Namespace))
	for _, f := range []struct{ what, is string }{
		{"arn", e.ARN}, {"is", e.Object.Detail}, {"of", strings.Join(e.Owners, " of ")},
	} {
		if f.is != "" {
			fmt.Fprintf(b, "  %-8s %s\n", f.what, plain(f.is))
		}
	}
	for _, r := range e.Serves {
		fmt.Fprintf(b, "  %-8s %s\n", "serves", plain(r.String()))
	}
	for _, c := range e.Object.Wrong {
		fmt.Fprintf(b, "  %-8s %s\n", "wrong", bad.Render(plain(c.String())))
	}
	return b.String()
}
