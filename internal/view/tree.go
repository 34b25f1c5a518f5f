package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2/tree"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// A Node is an object with what it says of itself, and the objects that it owns.
type Node struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`

	// Live is the status of the condition that tells whether the object is live: True, False or Unknown.
	Live   string `json:"live"`
	Detail string `json:"detail,omitempty"`

	// Wrong are the conditions that are not as one wishes them.
	Wrong    []Condition `json:"wrong,omitempty"`
	Children []Node      `json:"children,omitempty"`
}

// Tree draws objects below their owners, each with what it says of itself. Objects without an owner among them are roots.
func Tree(objects []unstructured.Unstructured) string {
	var b strings.Builder
	for _, n := range Nodes(objects) {
		b.WriteString(n.Text())
	}
	return b.String()
}

// Nodes are objects below their owners. Objects without an owner among them are roots.
func Nodes(objects []unstructured.Unstructured) []Node {
	known := map[types.UID]bool{}
	for _, o := range objects {
		known[o.GetUID()] = true
	}
	children := map[types.UID][]unstructured.Unstructured{}
	for _, o := range objects {
		owner := types.UID("")
		for _, ref := range o.GetOwnerReferences() {
			if known[ref.UID] {
				owner = ref.UID
			}
		}
		children[owner] = append(children[owner], o)
	}
	return nodes(children[""], children)
}

func nodes(objects []unstructured.Unstructured, children map[types.UID][]unstructured.Unstructured) []Node {
	var out []Node
	for _, o := range sorted(objects) {
		n := node(o)
		if o.GetUID() != "" {
			n.Children = nodes(children[o.GetUID()], children)
		}
		out = append(out, n)
	}
	return out
}

func node(o unstructured.Unstructured) Node {
	n := Node{Kind: o.GetKind(), Namespace: o.GetNamespace(), Name: o.GetName(), Live: "Unknown", Detail: detail(o)}
	for _, c := range conditions(o) {
		if c.Type == readiness(o) {
			n.Live = c.Status
		}
		if !c.fine() {
			n.Wrong = append(n.Wrong, c)
		}
	}
	return n
}

// Text of the tree below a node, for a terminal.
func (n Node) Text() string { return n.branch().String() + "\n" }

func (n Node) branch() *tree.Tree {
	t := tree.Root(n.line())
	for _, child := range n.Children {
		if len(child.Children) == 0 {
			t.Child(child.line())
			continue
		}
		t.Child(child.branch())
	}
	return t
}

// sorted puts rules in the order in which the ALB tries them, and everything else by kind and name.
func sorted(objects []unstructured.Unstructured) []unstructured.Unstructured {
	return slices.SortedFunc(slices.Values(objects), func(a, b unstructured.Unstructured) int {
		return cmp.Or(cmp.Compare(a.GetKind(), b.GetKind()), cmp.Compare(priority(a), priority(b)), cmp.Compare(a.GetName(), b.GetName()))
	})
}

func priority(o unstructured.Unstructured) int64 {
	p, _, _ := unstructured.NestedInt64(o.Object, "spec", "forProvider", "priority")
	return p
}

// line is the kind, the name, what the object is, and what is wrong with it.
func (n Node) line() string {
	parts := []string{n.mark() + " " + n.Kind + "/" + n.Name}
	if n.Detail != "" {
		parts = append(parts, plain(n.Detail))
	}
	said := map[string]bool{}
	for _, c := range n.Wrong {
		if c.Message != "" && !said[c.Message] {
			parts = append(parts, some.Render("("+plain(c.Message)+")"))
			said[c.Message] = true
		}
	}
	return strings.Join(parts, "  ")
}

func (n Node) mark() string {
	switch n.Live {
	case "True":
		return good.Render("✓")
	case "False":
		return bad.Render("✗")
	default:
		return some.Render("…")
	}
}

// readiness is the condition that tells whether an object of this kind is live.
func readiness(o unstructured.Unstructured) string {
	if o.GetKind() == "Gateway" {
		return "Programmed"
	}
	return "Ready"
}

func conditions(o unstructured.Unstructured) []Condition {
	stored, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	var out []Condition
	for _, s := range stored {
		m, _ := s.(map[string]any)
		text := func(field string) string {
			v, _ := m[field].(string)
			return v
		}
		out = append(out, Condition{text("type"), text("status"), text("reason"), text("message")})
	}
	return out
}

// detail is what a person asks of an object of this kind first.
func detail(o unstructured.Unstructured) string {
	at := func(fields ...string) string {
		v, ok, _ := unstructured.NestedFieldNoCopy(o.Object, fields...)
		if !ok {
			return ""
		}
		return fmt.Sprint(v)
	}
	switch o.GetKind() {
	case "LoadBalancer":
		return at("status", "atProvider", "dnsName")
	case "Listener":
		return at("spec", "forProvider", "protocol") + ":" + at("spec", "forProvider", "port")
	case "ListenerRule":
		return ruleDetail(o)
	case "TargetGroup":
		return at("spec", "forProvider", "targetType") + " " + at("spec", "forProvider", "protocol") + ":" + at("spec", "forProvider", "port")
	case "TargetGroupBinding":
		return targets(o, at)
	case "SecurityGroup":
		return at("status", "atProvider", "groupId")
	case "TrustStore":
		return at("spec", "forProvider", "name")
	case "Certificate":
		return strings.Trim(at("status", "atProvider", "domains"), "[]")
	default:
		return ""
	}
}

func ruleDetail(o unstructured.Unstructured) string {
	r := &albv1alpha1.ListenerRule{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, r); err != nil {
		return err.Error()
	}
	return ruleOf(r, Nowhere).line()
}

// shown is how many targets are named.
const shown = 5

// targets of a binding: how many there are, how many are healthy, and which they are.
func targets(o unstructured.Unstructured, at func(fields ...string) string) string {
	out := fmt.Sprintf("%s of %s targets of %s healthy", cmp.Or(at("status", "atProvider", "healthy"), "0"), cmp.Or(at("status", "atProvider", "targets"), "0"),
		at("spec", "forProvider", "serviceRef", "name"))
	registered, _, _ := unstructured.NestedStringSlice(o.Object, "status", "atProvider", "registered")
	if len(registered) == 0 {
		return out
	}
	more := ""
	if n := len(registered) - shown; n > 0 {
		registered, more = registered[:shown], fmt.Sprintf(" and %d more", n)
	}
	return out + ": " + strings.Join(registered, ", ") + more
}
