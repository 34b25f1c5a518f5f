package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2/tree"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// Tree draws objects below their owners, each with what it says of itself. Objects without an owner among them are roots.
func Tree(objects []unstructured.Unstructured) string {
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
	var b strings.Builder
	for _, root := range sorted(children[""]) {
		b.WriteString(branch(root, children).String())
		b.WriteByte('\n')
	}
	return b.String()
}

func branch(o unstructured.Unstructured, children map[types.UID][]unstructured.Unstructured) *tree.Tree {
	t := tree.Root(line(o))
	for _, child := range sorted(children[o.GetUID()]) {
		if len(children[child.GetUID()]) == 0 {
			t.Child(line(child))
			continue
		}
		t.Child(branch(child, children))
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

// line is the kind, the name, what the object is, and what it waits for where it is not ready.
func line(o unstructured.Unstructured) string {
	parts := []string{mark(o) + " " + o.GetKind() + "/" + o.GetName()}
	if d := detail(o); d != "" {
		parts = append(parts, d)
	}
	if status, message := condition(o, readiness(o)); status != "True" && message != "" {
		parts = append(parts, "("+message+")")
	}
	return strings.Join(parts, "  ")
}

func mark(o unstructured.Unstructured) string {
	switch status, _ := condition(o, readiness(o)); status {
	case "True":
		return "✓"
	case "False":
		return "✗"
	default:
		return "…"
	}
}

// readiness is the condition that tells whether an object of this kind is live.
func readiness(o unstructured.Unstructured) string {
	if o.GetKind() == "Gateway" {
		return "Programmed"
	}
	return "Ready"
}

func condition(o unstructured.Unstructured, kind string) (status, message string) {
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range conditions {
		if m, ok := c.(map[string]any); ok && m["type"] == kind {
			status, _ = m["status"].(string)
			message, _ = m["message"].(string)
			return status, message
		}
	}
	return "", ""
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
		return strings.Join([]string{
			at("spec", "forProvider", "priority"), at("status", "atProvider", "hosts"), at("status", "atProvider", "paths"),
			"→ " + at("status", "atProvider", "action"),
		}, " ")
	case "TargetGroup":
		return at("spec", "forProvider", "targetType") + " " + at("spec", "forProvider", "protocol") + ":" + at("spec", "forProvider", "port")
	case "TargetGroupBinding":
		return at("status", "atProvider", "targets") + " targets of " + at("spec", "forProvider", "serviceRef", "name")
	case "SecurityGroup":
		return at("status", "atProvider", "groupId")
	case "Certificate":
		return strings.Trim(at("status", "atProvider", "domains"), "[]")
	default:
		return ""
	}
}
