package main

import (
	"fmt"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// page of a kind.
func page(crd apiextensionsv1.CustomResourceDefinition) string {
	stored, others := versions(crd)
	names := crd.Spec.Names
	var words map[string]string
	if slices.Contains(names.Categories, "managed") {
		words = inherited
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Fields of %s\n\n%s\n\n", names.Kind, flat(stored.Schema.OpenAPIV3Schema.Description))
	fmt.Fprintf(&b, "`apiVersion: %s/%s`, `kind: %s`, %s; `kubectl get %s`. ", crd.Spec.Group, stored.Name, names.Kind, scope(crd), names.Plural)
	if len(others) > 0 {
		fmt.Fprintf(&b, "Also served as %s, with the same fields. ", strings.Join(others, ", "))
	}
	fmt.Fprintf(&b, "What it is for, and what its conditions mean: [kinds/%[1]s](../../kinds/%[1]s). Made by `make generate`.\n", fileOf(crd))
	for _, part := range []string{"spec", "status"} {
		schema := stored.Schema.OpenAPIV3Schema.Properties[part]
		rows := fieldsOf(schema, part, words)
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n", part)
		for _, r := range rules(schema) {
			fmt.Fprintf(&b, "As a whole: %s.\n\n", r)
		}
		b.WriteString("| field | type | limits | says |\n|---|---|---|---|\n")
		for _, r := range rows {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.path, r.kind, strings.Join(r.limits, "; "), r.text)
		}
	}
	return b.String()
}

// versions of a CRD: the one that is stored, and how the others that are served are called.
func versions(crd apiextensionsv1.CustomResourceDefinition) (stored apiextensionsv1.CustomResourceDefinitionVersion, others []string) {
	for _, v := range crd.Spec.Versions {
		switch {
		case v.Storage:
			stored = v
		case v.Served && v.Deprecated:
			others = append(others, v.Name+" (deprecated)")
		case v.Served:
			others = append(others, v.Name)
		}
	}
	return stored, others
}

func scope(crd apiextensionsv1.CustomResourceDefinition) string {
	if crd.Spec.Scope == apiextensionsv1.ClusterScoped {
		return "in no namespace"
	}
	return "in a namespace"
}

// inherited are the fields that Crossplane gives all managed resources, in words that say what they do here.
var inherited = map[string]string{
	"spec.managementPolicies":              "What may be done in AWS: all of it, or some of Observe, Create, Update, Delete and LateInitialize. None: the object is paused. See [kinds](../../kinds/README.md#objects-that-only-look).",
	"spec.providerConfigRef":               "The ProviderConfig of the same namespace, or the ClusterProviderConfig, by which AWS is reached.",
	"spec.writeConnectionSecretToRef":      "Leave it out: nothing is published, and the provider may not write Secrets.",
	"spec.writeConnectionSecretToRef.name": "Name of the Secret.",
	"status.conditions":                    "What they mean is in [kinds](../../kinds/README.md#conditions).",
	"status.lastHandledReconcileAt":        "The annotation `crossplane.io/reconcile-requested-at` that was seen last.",
	"status.observedGeneration":            "The generation of the spec that the conditions are about.",
}

// A row is a field.
type row struct {
	path, kind string
	limits     []string
	text       string
}

// fieldsOf an object, those of inner objects below them, in the order of their names: what is required first. Words stand in for
// the descriptions of some.
func fieldsOf(object apiextensionsv1.JSONSchemaProps, path string, words map[string]string) []row {
	names := make([]string, 0, len(object.Properties))
	for name := range object.Properties {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if x, y := slices.Contains(object.Required, a), slices.Contains(object.Required, b); x != y {
			return map[bool]int{true: -1, false: 1}[x]
		}
		return strings.Compare(a, b)
	})
	var rows []row
	for _, name := range names {
		schema := object.Properties[name]
		at := path + "." + name
		r := row{path: at, kind: kindOf(schema), text: cell(flat(schema.Description))}
		if ours, ok := words[at]; ok {
			r.text = ours
		}
		if slices.Contains(object.Required, name) {
			r.limits = append(r.limits, "required")
		}
		r.limits = append(r.limits, limits(schema)...)
		rows = append(rows, r)
		if at == "status.conditions" { // the same everywhere
			continue
		}
		inner, step := schema, ""
		for inner.Items != nil && inner.Items.Schema != nil {
			inner, step = *inner.Items.Schema, step+"[]"
		}
		rows = append(rows, fieldsOf(inner, at+step, words)...)
	}
	return rows
}

// flat is a description in one line.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// cell is text that may stand in a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;").Replace(text)
}
