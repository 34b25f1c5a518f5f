package gateway_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// documented are the kinds that docs/configuration.md must have a section of.
var documented = []string{"LoadBalancerConfiguration", "TargetGroupConfiguration", "ListenerRuleConfiguration"}

var (
	row    = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|[^|]*\\|([^|]*)\\|$")
	quoted = regexp.MustCompile("`([^`]+)`")
)

// TestDocumentation: docs/configuration.md lists every field of a kind, and each with tests that there are.
func TestDocumentation(t *testing.T) {
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, s := range strings.Split(string(page), "\n## ")[1:] {
		title, body, _ := strings.Cut(s, "\n")
		sections[title] = body
	}
	for kind, crd := range loadCRDs(t) {
		section, found := sections[kind]
		if !found {
			if slices.Contains(documented, kind) {
				t.Errorf("docs/configuration.md has no section on %s", kind)
			}
			continue
		}
		fields := map[string]bool{}
		collectFields(fields, "", crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"])
		for _, r := range row.FindAllStringSubmatch(section, -1) {
			if !fields[r[1]] {
				t.Errorf("%s has no field %q, or it is listed twice", kind, r[1])
			}
			delete(fields, r[1])
			tests := quoted.FindAllStringSubmatch(r[2], -1)
			if len(tests) == 0 {
				t.Errorf("field %q of %s has no test", r[1], kind)
			}
			for _, name := range tests {
				checkTest(t, root, name[1])
			}
		}
		for _, missing := range slices.Sorted(maps.Keys(fields)) {
			t.Errorf("field %q of %s is missing in docs/configuration.md", missing, kind)
		}
	}
}

// collectFields that hold values: what is inside of lists has [] in its path, and maps are values.
func collectFields(into map[string]bool, path string, schema apiextensionsv1.JSONSchemaProps) {
	if schema.Items != nil && schema.Items.Schema != nil && len(schema.Items.Schema.Properties) > 0 {
		path, schema = path+"[]", *schema.Items.Schema
	}
	if len(schema.Properties) == 0 {
		into[path] = true
		return
	}
	for name, property := range schema.Properties {
		collectFields(into, strings.TrimPrefix(path+"."+name, "."), property)
	}
}

// checkTest that it is there: "translate:CASE", "e2e:SCRIPT", or "PACKAGE.TEST" below internal.
func checkTest(t *testing.T, root, name string) {
	t.Helper()
	for prefix, folder := range map[string]string{"translate:": "internal/translate/testdata", "e2e:": "cluster/e2e/testdata"} {
		if file, ok := strings.CutPrefix(name, prefix); ok {
			if _, err := os.Stat(filepath.Join(root, folder, file+".txtar")); err != nil {
				t.Errorf("%q: %v", name, err)
			}
			return
		}
	}
	folder, test, _ := strings.Cut(name, ".")
	files, err := filepath.Glob(filepath.Join(root, "internal", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+test+"(t *testing.T)") {
			return
		}
	}
	t.Errorf("%q: no such test below internal", name)
}
