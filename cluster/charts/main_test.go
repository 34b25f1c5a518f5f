package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"sigs.k8s.io/yaml"
)

type object map[string]any

func load(t *testing.T) *chart.Chart {
	t.Helper()
	c, err := loader.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	return c
}

// objects of a manifest, by kind; those of one kind in order.
func objects(t *testing.T, b []byte) map[string][]object {
	t.Helper()
	all := map[string][]object{}
	for doc := range strings.SplitSeq(string(b), "\n---\n") {
		o := object{}
		if err := yaml.UnmarshalStrict([]byte(doc), &o); err != nil {
			t.Fatalf("%v in:\n%s", err, doc)
		}
		kind, ok := o["kind"].(string)
		if !ok {
			t.Fatalf("no kind in:\n%s", doc)
		}
		all[kind] = append(all[kind], o)
	}
	return all
}

func rendered(t *testing.T, values map[string]any) map[string][]object {
	t.Helper()
	b, err := manifest(load(t), values)
	if err != nil {
		t.Fatal(err)
	}
	return objects(t, b)
}

// at follows fields and indexes down an object.
func at(o any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			switch m := o.(type) {
			case object:
				o = m[p]
			case map[string]any:
				o = m[p]
			default:
				return nil
			}
		case int:
			l, ok := o.([]any)
			if !ok || p >= len(l) {
				return nil
			}
			o = l[p]
		}
	}
	return o
}

func TestManifest(t *testing.T) {
	all := rendered(t, nil)
	crds, err := filepath.Glob("../../package/crds/*.yaml")
	if err != nil || len(crds) == 0 {
		t.Fatalf("no CRDs: %v", err)
	}
	counts := map[string]int{}
	for kind, l := range all {
		counts[kind] = len(l)
	}
	want := map[string]int{
		"CustomResourceDefinition": len(crds), "Namespace": 1, "ServiceAccount": 1, "ClusterRole": 1, "ClusterRoleBinding": 1,
		"Role": 1, "RoleBinding": 1, "Deployment": 1,
	}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("objects by kind: -want, +got:\n%s", diff)
	}
}

// The chart and examples/install grant the same.
func TestSameRules(t *testing.T) {
	b, err := os.ReadFile("../../examples/install/rbac.yaml")
	if err != nil {
		t.Fatal(err)
	}
	example, ours := objects(t, b), rendered(t, nil)
	for _, kind := range []string{"ClusterRole", "Role"} {
		if diff := cmp.Diff(at(example[kind][0], "rules"), at(ours[kind][0], "rules")); diff != "" {
			t.Errorf("%s: -examples/install/rbac.yaml, +chart:\n%s", kind, diff)
		}
	}
}

func TestValues(t *testing.T) {
	container := []any{"spec", "template", "spec", "containers", 0}
	cases := map[string]struct {
		reason string
		values map[string]any
		kind   string
		path   []any
		want   any
	}{
		"Image": {
			reason: "The tag is that of the chart, unless it is given.",
			kind:   "Deployment", path: append(container, "image"), want: "registry.example.com/provider-alb-gateway:v0.1.0",
		},
		"Tag": {
			reason: "A tag that is given counts.",
			values: map[string]any{"image": map[string]any{"tag": "v9"}},
			kind:   "Deployment", path: append(container, "image"), want: "registry.example.com/provider-alb-gateway:v9",
		},
		"Args": {
			reason: "Flags are added, as strings whatever they look like.",
			values: map[string]any{"args": []any{"--poll-interval=1m", "-d"}},
			kind:   "Deployment", path: append(container, "args"), want: []any{"--leader-election", "--poll-interval=1m", "-d"},
		},
		"Env": {
			reason: "So is environment.",
			values: map[string]any{"env": []any{map[string]any{"name": "AWS_REGION", "value": "eu-west-1"}}},
			kind:   "Deployment", path: append(container, "env", 1), want: map[string]any{"name": "AWS_REGION", "value": "eu-west-1"},
		},
		"Role": {
			reason: "A ServiceAccount may stand for a role of AWS.",
			values: map[string]any{"serviceAccount": map[string]any{"annotations": map[string]any{"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/alb"}}},
			kind:   "ServiceAccount", path: []any{"metadata", "annotations"}, want: map[string]any{"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/alb"},
		},
		"Subject": {
			reason: "The binding follows the ServiceAccount's name.",
			values: map[string]any{"serviceAccount": map[string]any{"name": "other"}},
			kind:   "ClusterRoleBinding", path: []any{"subjects", 0, "name"}, want: "other",
		},
		"Account": {
			reason: "So does the Deployment.",
			values: map[string]any{"serviceAccount": map[string]any{"name": "other"}},
			kind:   "Deployment", path: []any{"spec", "template", "spec", "serviceAccountName"}, want: "other",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := at(rendered(t, tc.values)[tc.kind][0], tc.path...)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\n%v: -want, +got:\n%s", tc.reason, tc.path, diff)
			}
		})
	}
}

func TestSchema(t *testing.T) {
	for name, values := range map[string]map[string]any{
		"Misspelt":   {"replica": 3},
		"NotANumber": {"replicas": "three"},
		"NotAFlag":   {"args": []any{"poll-interval=1m"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := manifest(load(t), values); err == nil {
				t.Errorf("values %v were taken", values)
			}
		})
	}
}

func TestNotes(t *testing.T) {
	files, err := render(load(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := files[folder+"/templates/"+notes]; !strings.Contains(got, "The provider runs in namespace "+namespace) {
		t.Errorf("notes do not say where the provider runs:\n%s", got)
	}
}

func TestRefused(t *testing.T) {
	if err := run([]string{"registry.example.com:5000/provider", "out.yaml"}); err == nil {
		t.Error("an image without a tag was taken")
	}
}
