package gateway_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	v1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1beta1"
)

const group = "gateway.k8s.aws"

// plurals are the kinds of the group and their resource names.
var plurals = map[string]string{
	"LoadBalancerConfiguration": "loadbalancerconfigurations",
	"TargetGroupConfiguration":  "targetgroupconfigurations",
	"ListenerRuleConfiguration": "listenerruleconfigurations",
}

// loadCRDs reads the generated CRDs, by kind, with the defaults that the API server gives them.
func loadCRDs(t *testing.T) map[string]*apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	crds := map[string]*apiextensionsv1.CustomResourceDefinition{}
	for kind, plural := range plurals {
		data, err := os.ReadFile(filepath.Join("..", "..", "package", "crds", group+"_"+plural+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		crd := &apiextensionsv1.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict(data, crd); err != nil {
			t.Fatalf("%s: %v", plural, err)
		}
		apiextensionsv1.SetDefaults_CustomResourceDefinition(crd)
		apiextensionsv1.SetDefaults_CustomResourceDefinitionSpec(&crd.Spec)
		crds[kind] = crd
	}
	return crds
}

func TestDefinition(t *testing.T) {
	age := apiextensionsv1.CustomResourceColumnDefinition{Name: "AGE", Type: "date", JSONPath: ".metadata.creationTimestamp"}
	service := apiextensionsv1.CustomResourceColumnDefinition{Name: "SERVICE-NAME", Type: "string", JSONPath: ".spec.targetReference.name"}

	cases := map[string]struct {
		reason  string
		kind    string
		columns []apiextensionsv1.CustomResourceColumnDefinition
	}{
		"LoadBalancerConfiguration": {
			reason:  "Names, versions and columns are those of AWS Load Balancer Controller v3.5.0",
			kind:    "LoadBalancerConfiguration",
			columns: []apiextensionsv1.CustomResourceColumnDefinition{age},
		},
		"TargetGroupConfiguration": {
			reason:  "The backend is a column of its own",
			kind:    "TargetGroupConfiguration",
			columns: []apiextensionsv1.CustomResourceColumnDefinition{service, age},
		},
		"ListenerRuleConfiguration": {
			reason:  "Names, versions and columns are those of AWS Load Balancer Controller v3.5.0",
			kind:    "ListenerRuleConfiguration",
			columns: []apiextensionsv1.CustomResourceColumnDefinition{age},
		},
	}
	crds := loadCRDs(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			crd := crds[tc.kind]
			want := definition(tc.kind, tc.columns)
			got := *crd.Spec.DeepCopy()
			for i := range got.Versions {
				got.Versions[i].Schema = nil
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: -want, +got:\n%s", tc.reason, diff)
			}
			if want := plurals[tc.kind] + "." + group; crd.Name != want {
				t.Errorf("CRD name: want %q, got %q", want, crd.Name)
			}
			if diff := cmp.Diff(crd.Spec.Versions[0].Schema, crd.Spec.Versions[1].Schema); diff != "" {
				t.Errorf("schemas of the versions differ: -v1, +v1beta1:\n%s", diff)
			}
		})
	}
}

// definition is a CRD's spec but for its schemas.
func definition(kind string, columns []apiextensionsv1.CustomResourceColumnDefinition) apiextensionsv1.CustomResourceDefinitionSpec {
	status := &apiextensionsv1.CustomResourceSubresources{Status: &apiextensionsv1.CustomResourceSubresourceStatus{}}
	singular := plurals[kind][:len(plurals[kind])-1]
	return apiextensionsv1.CustomResourceDefinitionSpec{
		Group: group,
		Names: apiextensionsv1.CustomResourceDefinitionNames{
			Kind: kind, ListKind: kind + "List", Plural: plurals[kind], Singular: singular,
		},
		Scope:      apiextensionsv1.NamespaceScoped,
		Conversion: &apiextensionsv1.CustomResourceConversion{Strategy: apiextensionsv1.NoneConverter},
		Versions: []apiextensionsv1.CustomResourceDefinitionVersion{
			{Name: "v1", Served: true, Storage: true, Subresources: status, AdditionalPrinterColumns: columns},
			{
				Name: "v1beta1", Served: true, Subresources: status, AdditionalPrinterColumns: columns,
				Deprecated: true, DeprecationWarning: new(deprecation(kind)),
			},
		},
	}
}

func deprecation(kind string) string {
	return "gateway.k8s.aws/v1beta1 " + kind + " is deprecated; use gateway.k8s.aws/v1 instead"
}

// TestDefinitionIsValid runs what the API server runs when a CRD is created: structural schema, names, defaults, and the
// cost of its rules.
func TestDefinitionIsValid(t *testing.T) {
	for kind, crd := range loadCRDs(t) {
		t.Run(kind, func(t *testing.T) {
			internal := &apiextensions.CustomResourceDefinition{}
			if err := apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(crd, internal, nil); err != nil {
				t.Fatal(err)
			}
			internal.Status.StoredVersions = []string{"v1"}
			for _, err := range validation.ValidateCustomResourceDefinition(t.Context(), internal) {
				t.Error(err)
			}
		})
	}
}

func TestAddToScheme(t *testing.T) {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{v1.AddToScheme, v1beta1.AddToScheme} {
		if err := add(s); err != nil {
			t.Fatal(err)
		}
	}
	for kind, crd := range loadCRDs(t) {
		for _, version := range crd.Spec.Versions {
			for _, k := range []string{kind, kind + "List"} {
				if gvk := (schema.GroupVersionKind{Group: group, Version: version.Name, Kind: k}); !s.Recognizes(gvk) {
					t.Errorf("scheme does not know %s", gvk)
				}
			}
		}
	}
}
