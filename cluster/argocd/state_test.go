package argocd

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// What docs/argocd.md says of each kind in each state is what Argo CD and Flux say of the pictures in testdata.
func TestDocs(t *testing.T) {
	scripts, expressions := usersScripts(t), usersExpressions(t)
	rows := table(t)
	seen := map[string]bool{}
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pictures: %v", err)
	}
	for _, f := range files {
		kind, state := filepath.Base(filepath.Dir(f)), strings.TrimSuffix(filepath.Base(f), ".yaml")
		t.Run(kind+"/"+state, func(t *testing.T) {
			o := &unstructured.Unstructured{}
			read(t, f, o)
			row, ok := rows[kind+" "+state]
			if !ok {
				t.Fatal("docs/argocd.md has no row for it")
			}
			seen[kind+" "+state] = true
			got := []string{health(t, nil, o), health(t, scripts, o), progress(t, expressions, o)}
			if want := row; !slices.Equal(want, got) {
				t.Errorf("docs/argocd.md says %q, Argo CD without and with examples/argocd/health.yaml and Flux say %q", want, got)
			}
		})
	}
	for _, r := range slices.Sorted(maps.Keys(rows)) {
		if !seen[r] {
			t.Errorf("docs/argocd.md has a row for %s, of which there is no picture", r)
		}
	}
}

// Each kind of ours is judged when it is new at least.
func TestEveryKindHasPictures(t *testing.T) {
	for _, kind := range ourKinds(t) {
		if _, err := os.Stat(filepath.Join("testdata", kind, "new.yaml")); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

// Argo CD's own pattern for Crossplane is for our kinds, and nothing is for LBC's.
func TestFolder(t *testing.T) {
	for kind, want := range map[string]string{
		"alb.gateway.crossplane.io/LoadBalancer":          "_.crossplane.io/_",
		"alb.gateway.crossplane.io/ClusterProviderConfig": "_.crossplane.io/_",
		"gateway.k8s.aws/LoadBalancerConfiguration":       "",
		"gateway.networking.k8s.io/Gateway":               "gateway.networking.k8s.io/Gateway",
		"gateway.networking.k8s.io/ListenerSet":           "",
	} {
		got, err := folderOf(kind)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: want script in %q, got %q", kind, want, got)
		}
	}
}

func health(t *testing.T, users Scripts, o *unstructured.Unstructured) string {
	t.Helper()
	got, err := Health(users, o)
	if err != nil {
		t.Fatal(err)
	}
	if got == "" {
		return "none"
	}
	return got
}

func progress(t *testing.T, users []Expressions, o *unstructured.Unstructured) string {
	t.Helper()
	got, err := Progress(users, o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if o, ok := into.(*unstructured.Unstructured); ok { // which tells whole numbers from others
		j, err := yaml.YAMLToJSON(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.UnmarshalJSON(j); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		return
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// usersScripts of the example, by "group/Kind".
func usersScripts(t *testing.T) Scripts {
	t.Helper()
	var cm corev1.ConfigMap
	read(t, "../../examples/argocd/health.yaml", &cm)
	out := Scripts{}
	for k, script := range cm.Data {
		name, ok := strings.CutPrefix(k, "resource.customizations.health.")
		if !ok {
			t.Fatalf("%s is no health script", k)
		}
		out[strings.Replace(name, "_", "/", 1)] = script
	}
	return out
}

func usersExpressions(t *testing.T) []Expressions {
	t.Helper()
	var k struct {
		Spec struct {
			HealthCheckExprs []Expressions `json:"healthCheckExprs"`
		} `json:"spec"`
	}
	read(t, "../../examples/flux/kustomization.yaml", &k)
	return k.Spec.HealthCheckExprs
}

// managed are the kinds whose health is the same: those of our group, without configs.
const managed = "managed resources"

// table of docs/argocd.md: what is said, by kind and state.
func table(t *testing.T) map[string][]string {
	t.Helper()
	b, err := os.ReadFile("../../docs/argocd.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		const columns = 6
		if len(cells) != columns || strings.Contains(line, "---") || strings.HasPrefix(line, "| Kind") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		kinds := strings.Split(cells[0], ", ")
		if cells[0] == managed {
			kinds = slices.DeleteFunc(ourKinds(t), func(k string) bool { return strings.HasSuffix(k, "Config") || strings.HasSuffix(k, "Configuration") })
		}
		for _, k := range kinds {
			row := k + " " + cells[1]
			if out[row] != nil {
				t.Errorf("docs/argocd.md has two rows for %s", row)
			}
			if _, err := os.Stat(filepath.Join("testdata", k, cells[1]+".yaml")); err != nil && cells[0] == managed && cells[1] == "waiting" {
				continue // it waits for nothing
			}
			out[row] = cells[3:]
		}
	}
	if len(out) == 0 {
		t.Fatal("docs/argocd.md has no table")
	}
	return out
}

// ourKinds are those of package/crds.
func ourKinds(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../package/crds/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no CRDs: %v", err)
	}
	var out []string
	for _, f := range files {
		crd := &unstructured.Unstructured{}
		read(t, f, crd)
		kind, _, err := unstructured.NestedString(crd.Object, "spec", "names", "kind")
		if err != nil || kind == "" {
			t.Fatalf("%s: no kind: %v", f, err)
		}
		out = append(out, kind)
	}
	return out
}
