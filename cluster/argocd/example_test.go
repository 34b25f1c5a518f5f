package argocd

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const root = "../.."

// The examples are what Argo CD's CRDs allow, name folders that there are, and ask for what docs/argocd.md recommends.
func TestApplications(t *testing.T) {
	module, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/argoproj/argo-cd/v3").Output()
	if err != nil {
		t.Fatalf("cannot find Argo CD's CRDs: %v", err)
	}
	crds := filepath.Join(strings.TrimSpace(string(module)), "manifests", "crds")
	for name, at := range map[string][]string{"application": nil, "applicationset": {"spec", "template"}} {
		t.Run(name, func(t *testing.T) {
			o, crd := &unstructured.Unstructured{}, &unstructured.Unstructured{}
			read(t, filepath.Join(root, "examples/argocd", name+".yaml"), o)
			read(t, filepath.Join(crds, name+"-crd.yaml"), crd)
			versions, _, _ := unstructured.NestedSlice(crd.Object, "spec", "versions")
			schema, _, _ := unstructured.NestedMap(versions[0].(map[string]any), "schema", "openAPIV3Schema")
			for _, problem := range against(schema, o.Object, "") {
				t.Error(problem)
			}
			text := func(path ...string) string {
				s, _, err := unstructured.NestedString(o.Object, append(slices.Clone(at), path...)...)
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			if info, err := os.Stat(filepath.Join(root, text("spec", "source", "path"))); err != nil || !info.IsDir() {
				t.Errorf("spec.source.path: %v", err)
			}
			options, _, _ := unstructured.NestedStringSlice(o.Object, append(slices.Clone(at), "spec", "syncPolicy", "syncOptions")...)
			if !slices.Contains(options, "ServerSideApply=true") {
				t.Error("it does not apply on the server side")
			}
			if got := text("metadata", "annotations", "argocd.argoproj.io/compare-options"); got != "ServerSideDiff=true" {
				t.Errorf("it compares by %q", got)
			}
		})
	}
}

// against a schema of a CRD: fields that it does not have, lacks, or has of another type.
func against(schema map[string]any, v any, at string) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		fields, _ := schema["properties"].(map[string]any)
		each, _ := schema["additionalProperties"].(map[string]any)
		required, _ := schema["required"].([]any)
		for _, r := range required {
			if _, there := v[fmt.Sprint(r)]; !there {
				out = append(out, fmt.Sprintf("%s has no %s", at, r))
			}
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			inner, known := fields[k].(map[string]any)
			switch {
			case known:
			case each != nil:
				inner = each
			case schema["x-kubernetes-preserve-unknown-fields"] == true, at == ".metadata":
				continue
			default:
				out = append(out, at+"."+k+" is no field")
				continue
			}
			out = append(out, against(inner, v[k], at+"."+k)...)
		}
		return append(out, typed(schema, "object", at)...)
	case []any:
		items, _ := schema["items"].(map[string]any)
		for i, e := range v {
			out = append(out, against(items, e, at+"["+strconv.Itoa(i)+"]")...)
		}
		return append(out, typed(schema, "array", at)...)
	case string:
		return typed(schema, "string", at)
	case bool:
		return typed(schema, "boolean", at)
	default:
		return typed(schema, "integer", at)
	}
}

func typed(schema map[string]any, is, at string) []string {
	if want := schema["type"]; want != nil && want != is {
		return []string{fmt.Sprintf("%s is of type %s, not %s", at, is, want)}
	}
	return nil
}

// Waves: what others stand on comes first.
func TestWaves(t *testing.T) {
	waves := map[string]int{}
	files, err := filepath.Glob(filepath.Join(root, "examples/argocd/shop/*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no example: %v", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for doc := range bytes.SplitSeq(b, []byte("\n---\n")) {
			o := &unstructured.Unstructured{}
			if err := yaml.Unmarshal(doc, &o.Object); err != nil {
				t.Fatal(err)
			}
			wave, err := strconv.Atoi(o.GetAnnotations()["argocd.argoproj.io/sync-wave"])
			if err != nil {
				t.Errorf("%s of %s has no wave: %v", o.GetKind(), f, err)
			}
			waves[o.GetKind()] = wave
		}
	}
	for _, order := range [][2]string{{"GatewayClass", "Gateway"}, {"LoadBalancerConfiguration", "Gateway"}, {"Gateway", "HTTPRoute"}, {"Service", "HTTPRoute"}} {
		if first, then := waves[order[0]], waves[order[1]]; first >= then {
			t.Errorf("%s is in wave %d, and %s, which stands on it, in %d", order[0], first, order[1], then)
		}
	}
}

// Flux's example names what there is, and has its expressions for each kind of users'.
func TestKustomization(t *testing.T) {
	k := &unstructured.Unstructured{}
	read(t, filepath.Join(root, "examples/flux/kustomization.yaml"), k)
	path, _, err := unstructured.NestedString(k.Object, "spec", "path")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(root, path)); err != nil || !info.IsDir() {
		t.Errorf("spec.path: %v", err)
	}
	var kinds []string
	for _, e := range usersExpressions(t) {
		kinds = append(kinds, e.Kind)
	}
	slices.Sort(kinds)
	want := []string{"GRPCRoute", "Gateway", "GatewayClass", "HTTPRoute", "ListenerRuleConfiguration", "ListenerSet", "LoadBalancerConfiguration", "TargetGroupConfiguration"}
	if !slices.Equal(want, kinds) {
		t.Errorf("want expressions for %v, got %v", want, kinds)
	}
}
