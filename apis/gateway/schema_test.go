package gateway_test

import (
	"context"
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
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// An admission is the part of the API server that an object passes before it is stored, made of the API server's own code.
type admission struct {
	schema   *structural.Structural
	strategy interface {
		Validate(ctx context.Context, object runtime.Object) field.ErrorList
	}
}

func newAdmission(t *testing.T, kind string, version apiextensionsv1.CustomResourceDefinitionVersion) admission {
	t.Helper()
	props := &apiextensions.JSONSchemaProps{}
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, props, nil); err != nil {
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
	gvk := schema.GroupVersionKind{Group: group, Version: version.Name, Kind: kind}
	return admission{schema: s, strategy: customresource.NewStrategy(nil, true, gvk, validator, nil, s,
		&apiextensions.CustomResourceSubresourceStatus{}, nil, nil)}
}

// admit returns the object as it would be stored, and the errors if it would not.
func (a admission) admit(t *testing.T, object map[string]any) (map[string]any, []refusal) {
	t.Helper()
	object = runtime.DeepCopyJSON(object)
	object["metadata"].(map[string]any)["namespace"] = "default"
	unknown := pruning.PruneWithOptions(object, a.schema, true, structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	if len(unknown) > 0 {
		t.Fatalf("unknown fields: %q", unknown)
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(object, a.schema)
	defaulting.Default(object, a.schema)

	var refusals []refusal
	for _, err := range a.strategy.Validate(t.Context(), &unstructured.Unstructured{Object: object}) {
		refusals = appendRefusal(refusals, refusal{field: err.Field, message: err.ErrorBody()})
	}
	return object, refusals
}

// appendRefusal leaves out the API server's note that rules were skipped: it is about no field.
func appendRefusal(refusals []refusal, r refusal) []refusal {
	if r.field == "<nil>" {
		return refusals
	}
	return append(refusals, r)
}

// TestCases gives every object of testdata, in both versions, to the API server's code.
func TestCases(t *testing.T) {
	cases := loadCases(t)
	for kind, crd := range loadCRDs(t) {
		for _, version := range crd.Spec.Versions {
			admission := newAdmission(t, kind, version)
			for _, tc := range cases {
				if tc.object["kind"] != kind {
					continue
				}
				t.Run(version.Name+"/"+tc.name, func(t *testing.T) {
					tc := tc.in(version.Name)
					got, refusals := admission.admit(t, tc.object)
					if diff := tc.check(refusals); diff != "" {
						t.Errorf("errors: -want, +got:\n%s", diff)
					}
					if len(tc.refusals) > 0 {
						return
					}
					if diff := cmp.Diff(content(tc.want()), content(got)); diff != "" {
						t.Errorf("stored object: -want, +got:\n%s", diff)
					}
				})
			}
		}
	}
}

// content is what the schema is about; the API server adds to metadata.
func content(object map[string]any) map[string]any {
	return map[string]any{"spec": object["spec"], "status": object["status"]}
}
