package controller_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// defaults are the schemas of CRDs by kind, which say what stands in a field that is left out, the status of a new object included.
type defaults map[string]*structuralschema.Structural

// readDefaults of Gateway API's CRDs, from its module, and of ours.
func readDefaults(t *testing.T) defaults {
	t.Helper()
	module, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api").Output()
	if err != nil {
		t.Fatalf("cannot find Gateway API's CRDs: %v", err)
	}
	d := defaults{}
	for _, pattern := range []string{filepath.Join(strings.TrimSpace(string(module)), "config", "crd", "standard", "gateway.networking.k8s.io_*s.yaml"), "../../package/crds/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no CRDs in %s: %v", pattern, err)
		}
		for _, f := range files {
			d.read(t, f)
		}
	}
	return d
}

func (d defaults) read(t *testing.T, file string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	crd := &apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.Unmarshal(b, crd); err != nil {
		t.Fatal(err)
	}
	for _, version := range crd.Spec.Versions {
		if !version.Storage {
			continue
		}
		internal := &apiextensions.JSONSchemaProps{}
		if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, internal, nil); err != nil {
			t.Fatal(err)
		}
		if d[crd.Spec.Names.Kind], err = structuralschema.NewStructural(internal); err != nil {
			t.Fatal(err)
		}
	}
}

// apply the defaults to an object of a kind.
func (d defaults) apply(kind string, o client.Object) error {
	s, ok := d[kind]
	if !ok {
		return nil
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil {
		return err
	}
	if status, ok := content["status"].(map[string]any); ok && len(status) <= 1 { // a Go struct has one, empty, or with an empty part
		delete(content, "status")
	}
	defaulting.Default(content, s)
	return runtime.DefaultUnstructuredConverter.FromUnstructured(content, o)
}
