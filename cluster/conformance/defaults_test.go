package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// defaults are the schemas of CRDs, which say what stands in a field that is left out.
type defaults map[schema.GroupKind]*structuralschema.Structural

// readDefaults reads the CRDs of Gateway API from its module, and ours.
func readDefaults(tb testing.TB) defaults {
	tb.Helper()
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api").Output()
	if err != nil {
		tb.Fatalf("cannot find Gateway API's CRDs: %v", err)
	}
	d := defaults{}
	for _, dir := range []string{filepath.Join(strings.TrimSpace(string(module)), "config", "crd", "standard"), "../../package/crds"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil || len(files) == 0 {
			tb.Fatalf("no CRDs in %s: %v", dir, err)
		}
		for _, f := range files {
			if err := d.read(f); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return d
}

func (d defaults) read(file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	crd := &apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.Unmarshal(b, crd); err != nil {
		return err
	}
	if crd.Kind != "CustomResourceDefinition" {
		return nil
	}
	for _, version := range crd.Spec.Versions {
		if !version.Storage {
			continue
		}
		internal := &apiextensions.JSONSchemaProps{}
		if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, internal, nil); err != nil {
			return err
		}
		s, err := structuralschema.NewStructural(internal)
		if err != nil {
			return err
		}
		delete(s.Properties, "status") // given by controllers, here as there
		d[schema.GroupKind{Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind}] = s
	}
	return nil
}

// apply the defaults to an object of the kind, in place.
func (d defaults) apply(kind schema.GroupKind, o client.Object) error {
	s, ok := d[kind]
	if !ok {
		return nil
	}
	if u, ok := o.(*unstructured.Unstructured); ok {
		defaulting.Default(u.Object, s)
		return nil
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil {
		return fmt.Errorf("cannot default %s: %w", o.GetName(), err)
	}
	defaulting.Default(content, s)
	return runtime.DefaultUnstructuredConverter.FromUnstructured(content, o)
}
