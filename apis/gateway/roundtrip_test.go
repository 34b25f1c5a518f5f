package gateway_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	v1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1beta1"
)

// TestRoundTrip reads every object that applies into its Go type and writes it again: the types know every field, and
// add none. What the API server stores (defaults and all) and what users write both have to survive.
func TestRoundTrip(t *testing.T) {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{v1.AddToScheme, v1beta1.AddToScheme} {
		if err := add(s); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range loadCases(t) {
		if len(c.refusals) > 0 {
			continue
		}
		for _, version := range []string{"v1", "v1beta1"} {
			c := c.in(version)
			t.Run(version+"/"+c.name, func(t *testing.T) {
				gvk := schema.GroupVersionKind{Group: group, Version: version, Kind: c.object["kind"].(string)}
				for _, object := range []map[string]any{c.object, c.want()} {
					typed, err := s.New(gvk)
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(object, roundTrip(t, object, typed)); diff != "" {
						t.Errorf("-want, +got:\n%s", diff)
					}
					if diff := cmp.Diff(typed, typed.DeepCopyObject()); diff != "" {
						t.Errorf("deep copy: -want, +got:\n%s", diff)
					}
				}
			})
		}
	}
}

func roundTrip(t *testing.T, object map[string]any, typed runtime.Object) map[string]any {
	t.Helper()
	data, err := yaml.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(data, typed); err != nil {
		t.Fatal(err)
	}
	if data, err = yaml.Marshal(typed); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := unmarshal(string(data), &got); err != nil {
		t.Fatal(err)
	}
	return got
}
