package main

import (
	"context"
	"fmt"
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

// elsewhere are the kinds of others whose schemas are not at hand, by group, with the test that looks at them.
var elsewhere = map[string]string{
	"pkg.crossplane.io":           "cluster/install applies examples/install",
	"argoproj.io":                 "cluster/argocd reads examples/argocd",
	"kustomize.toolkit.fluxcd.io": "Flux is not at hand",
}

// An admission is what an object of a kind passes before it is stored, made of the API server's own code.
type admission struct {
	schema     *structural.Structural
	namespaced bool
	strategy   interface {
		Validate(ctx context.Context, object runtime.Object) field.ErrorList
	}
}

// admissions of our kinds, and of those of Gateway API.
func admissions(t *testing.T) map[schema.GroupVersionKind]admission {
	t.Helper()
	abs, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	gatewayAPI, err := build.Import("sigs.k8s.io/gateway-api/apis/v1", abs, build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	all := map[schema.GroupVersionKind]admission{}
	for _, folder := range []string{filepath.Join(root, "package", "crds"), filepath.Join(gatewayAPI.Dir, "..", "..", "config", "crd", "standard")} {
		files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no CRDs in %s: %v", folder, err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			crd := apiextensionsv1.CustomResourceDefinition{}
			if err := yaml.Unmarshal(text, &crd); err != nil {
				t.Fatal(err)
			}
			for _, v := range crd.Spec.Versions {
				gvk := schema.GroupVersionKind{Group: crd.Spec.Group, Version: v.Name, Kind: crd.Spec.Names.Kind}
				if crd.Kind == "CustomResourceDefinition" {
					all[gvk] = newAdmission(t, gvk, crd.Spec.Scope, v)
				}
			}
		}
	}
	return all
}

func newAdmission(t *testing.T, gvk schema.GroupVersionKind, scope apiextensionsv1.ResourceScope, v apiextensionsv1.CustomResourceDefinitionVersion) admission {
	t.Helper()
	props := &apiextensions.JSONSchemaProps{}
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(v.Schema.OpenAPIV3Schema, props, nil); err != nil {
		t.Fatal(err)
	}
	s, err := structural.NewStructural(props)
	if err != nil {
		t.Fatal(err)
	}
	validator, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		t.Fatal(err)
	}
	namespaced := scope == apiextensionsv1.NamespaceScoped
	return admission{schema: s, namespaced: namespaced, strategy: customresource.NewStrategy(nil, namespaced, gvk, validator, nil, s,
		&apiextensions.CustomResourceSubresourceStatus{}, nil, nil)}
}

// refusals of an object that is created.
func (a admission) refusals(ctx context.Context, object map[string]any) []string {
	o := &unstructured.Unstructured{Object: object}
	switch {
	case a.namespaced && o.GetNamespace() == "":
		o.SetNamespace("default")
	case !a.namespaced && o.GetNamespace() != "":
		return []string{"it has a namespace, and its kind has none"}
	}
	var all []string
	for _, f := range pruning.PruneWithOptions(o.Object, a.schema, true, structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		all = append(all, "unknown field "+f)
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(o.Object, a.schema)
	defaulting.Default(o.Object, a.schema)
	for _, err := range a.strategy.Validate(ctx, o) {
		if err.Field != "<nil>" { // that rules were skipped because of another error
			all = append(all, err.Error())
		}
	}
	return all
}

var (
	indented = regexp.MustCompile(`(?m)^    (?:#.*\n    )*apiVersion:.*\n(?:(?:    .*)?\n)*`)
	fenced   = regexp.MustCompile("(?ms)^```ya?ml\n(.*?)^```$")
	divider  = regexp.MustCompile(`(?m)^---$`)
)

// TestExamples: every YAML in the documentation, and in examples, is an object that the API server would take.
func TestExamples(t *testing.T) {
	all := admissions(t)
	strict := serializer.NewCodecFactory(clientscheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	documents := yamls(t)
	if len(documents) < 40 {
		t.Fatalf("only %d documents found: the test looks in the wrong place", len(documents))
	}
	for where, text := range documents {
		t.Run(where, func(t *testing.T) {
			object := decode(t, text)
			gvk := (&unstructured.Unstructured{Object: object}).GroupVersionKind()
			admission, custom := all[gvk]
			switch {
			case custom:
				for _, r := range admission.refusals(t.Context(), object) {
					t.Error(r)
				}
			case clientscheme.Scheme.Recognizes(gvk):
				if _, _, err := strict.Decode([]byte(text), nil, nil); err != nil {
					t.Error(err)
				}
			case elsewhere[gvk.Group] == "":
				t.Errorf("nobody knows %s: a YAML in the documentation is a whole object, so that it can be tried", gvk)
			}
		})
	}
}

// decode as the API server does: nothing twice, and whole numbers as such.
func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	b, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := utiljson.Unmarshal(b, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// blocks of a page that hold YAML: those that say so, and those that are indented and begin with an object.
func blocks(page string) []string {
	var all []string
	for _, m := range fenced.FindAllStringSubmatch(page, -1) {
		all = append(all, m[1])
	}
	for _, m := range indented.FindAllString(fenced.ReplaceAllString(page, ""), -1) {
		all = append(all, strings.ReplaceAll("\n"+m, "\n    ", "\n"))
	}
	return all
}

// yamls of the documentation and of examples, each with where it is.
func yamls(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	add := func(file, text string) {
		for i, document := range divider.Split(text, -1) {
			if content := regexp.MustCompile(`(?m)^#.*$`).ReplaceAllString(document, ""); strings.TrimSpace(content) != "" {
				all[fmt.Sprintf("%s:%d", file, i)] = document
			}
		}
	}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() && (name != "." && strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "bin") {
			return fs.SkipDir
		}
		isExample := strings.HasPrefix(name, "examples/") && strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".cases.yaml")
		if d.IsDir() || !isExample && !strings.HasSuffix(name, ".md") {
			return nil
		}
		text, err := os.ReadFile(p)
		switch {
		case err != nil:
			return err
		case isExample:
			add(name, string(text))
		default:
			for i, b := range blocks(string(text)) {
				add(fmt.Sprintf("%s block %d", name, i+1), b)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestKindExamples: where examples/managed has a kind, the example on its page is the one that is applied from there, to the letter.
func TestKindExamples(t *testing.T) {
	documents := yamls(t)
	applied := map[string]map[string]any{}
	for where, text := range documents {
		if strings.HasPrefix(where, "examples/managed/loadbalancer.yaml") {
			object := decode(t, text)
			applied[strings.ToLower((&unstructured.Unstructured{Object: object}).GetKind())] = object
		}
	}
	if len(applied) < 7 {
		t.Fatalf("only %d kinds found in examples/managed: the test looks in the wrong place", len(applied))
	}
	for kind, want := range applied {
		if diff := cmp.Diff(want, decode(t, documents["docs/kinds/"+kind+".md block 1:0"])); diff != "" {
			t.Errorf("docs/kinds/%s.md: -examples/managed, +page:\n%s", kind, diff)
		}
	}
}

// TestBlocks: YAML is found however it is written.
func TestBlocks(t *testing.T) {
	page := "Text.\n\n    # What it is.\n    apiVersion: v1\n    kind: A\n\n    ---\n    apiVersion: v1\n    kind: B\n\nText.\n\n```yaml\nkind: C\n```\n\n    make demo\n"
	want := []string{"kind: C\n", "\n# What it is.\napiVersion: v1\nkind: A\n\n---\napiVersion: v1\nkind: B\n\n"}
	if diff := cmp.Diff(want, blocks(page)); diff != "" {
		t.Errorf("blocks(...): -want, +got:\n%s", diff)
	}
}

// TestRefusals: what the API server would refuse is refused here.
func TestRefusals(t *testing.T) {
	all := admissions(t)
	for name, text := range map[string]string{
		"Unknown":   "{metadata: {name: a}, spec: {forProvider: {nosuch: 1}}}",
		"Missing":   "{metadata: {name: a}, spec: {}}",
		"Rule":      "{metadata: {name: a}, spec: {forProvider: {subnets: [a], subnetSelector: {a: [b]}}}}",
		"Pattern":   "{metadata: {name: a}, spec: {forProvider: {name: -a}}}",
		"BadObject": "{metadata: {name: A}, spec: {forProvider: {}}}",
	} {
		object := decode(t, text)
		gvk := schema.GroupVersionKind{Group: "alb.gateway.crossplane.io", Version: "v1alpha1", Kind: "LoadBalancer"}
		object["apiVersion"], object["kind"] = gvk.GroupVersion().String(), gvk.Kind
		if len(all[gvk].refusals(t.Context(), object)) == 0 {
			t.Errorf("%s: want a refusal, got none", name)
		}
	}
}
