package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// root of the tree.
var root = filepath.Join("..", "..")

// The pages are those of the CRDs, to the letter, and there are no others.
func TestPages(t *testing.T) {
	got := t.TempDir()
	if err := run(filepath.Join(root, "package", "crds"), got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(contents(t, filepath.Join(root, "docs", "reference", "fields")), contents(t, got)); diff != "" {
		t.Errorf("docs/reference/fields is not what the CRDs say; run make generate: -pages, +CRDs:\n%s", diff)
	}
}

func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(text)
	}
	return all
}

func TestRows(t *testing.T) {
	object := apiextensionsv1.JSONSchemaProps{
		Required: []string{"name"},
		Properties: map[string]apiextensionsv1.JSONSchemaProps{
			"codes": {
				Type: "array", MinItems: new(int64(1)), MaxItems: new(int64(5)),
				Items: &apiextensionsv1.JSONSchemaPropsOrArray{Schema: &apiextensionsv1.JSONSchemaProps{
					Type: "object", XValidations: apiextensionsv1.ValidationRules{{Rule: "has(self.a)", Message: "give a | b"}},
					Properties: map[string]apiextensionsv1.JSONSchemaProps{"a": {Type: "integer", Minimum: new(1.0), Maximum: new(604800.0)}},
				}},
			},
			"name": {Type: "string", MinLength: new(int64(1)), Pattern: "^(a|b)$", Description: "Name of\n  it, <b>."},
			"mode": {Type: "string", Enum: []apiextensionsv1.JSON{{Raw: []byte(`"on"`)}, {Raw: []byte(`"off"`)}}, Default: &apiextensionsv1.JSON{Raw: []byte(`"on"`)}},
			"port": {XIntOrString: true},
			"tags": {Type: "object", AdditionalProperties: &apiextensionsv1.JSONSchemaPropsOrBool{Schema: &apiextensionsv1.JSONSchemaProps{
				Type: "array", Items: &apiextensionsv1.JSONSchemaPropsOrArray{Schema: &apiextensionsv1.JSONSchemaProps{Type: "string"}},
			}}, MaxProperties: new(int64(40))},
		},
	}
	want := []row{
		{path: "spec.name", kind: "string", limits: []string{"required", "not empty", "pattern `^(a\\|b)$`"}, text: "Name of it, &lt;b&gt;."},
		{path: "spec.codes", kind: "list of objects", limits: []string{"1 to 5 items", `each: give a \| b`}},
		{path: "spec.codes[].a", kind: "integer", limits: []string{"1 to 604800"}},
		{path: "spec.mode", kind: "string", limits: []string{"default `\"on\"`", "one of `on`, `off`"}},
		{path: "spec.port", kind: "integer or string", text: "ours"},
		{path: "spec.tags", kind: "map of lists of strings", limits: []string{"at most 40 entries"}},
	}
	got := fieldsOf(object, "spec", map[string]string{"spec.port": "ours"})
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("fieldsOf(...): -want, +got:\n%s", diff)
	}
}

// A folder without CRDs is a mistake, and not a reference without pages.
func TestNoDefinitions(t *testing.T) {
	if err := run(t.TempDir(), t.TempDir()); err == nil {
		t.Error("run(...): want an error, got none")
	}
}
