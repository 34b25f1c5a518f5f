package controller_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

var update = flag.Bool("update", false, "rewrite the pictures in cluster/argocd/testdata")

// pictures of objects, a folder for each kind and a file for each state, which cluster/argocd shows to Argo CD and Flux.
const pictures = "../../cluster/argocd/testdata"

// An album holds what the objects of each kind look like in each state, as far as that is what health is judged by.
type album struct {
	*rig.Rig
	pages map[string]string // Kind/state
}

// take a picture of an object in a state.
func (a *album) take(state string, o client.Object) {
	a.Helper()
	gvk := rig.Value(apiutil.GVKForObject(o, a.Scheme))(a.Rig)
	all := rig.Value(runtime.DefaultUnstructuredConverter.ToUnstructured(o))(a.Rig)
	metadata := kept(all["metadata"], "name", "namespace", "generation", "finalizers", "deletionTimestamp")
	if _, paused := o.GetAnnotations()["crossplane.io/paused"]; paused {
		metadata["annotations"] = map[string]any{"crossplane.io/paused": "true"}
	}
	out := map[string]any{"apiVersion": gvk.GroupVersion().String(), "kind": gvk.Kind, "metadata": metadata}
	if s := kept(all["status"], "conditions", "listeners", "parents", "observedGeneration", "usedBy", "users"); len(s) > 0 {
		out["status"] = s
	}
	page := gvk.Kind + "/" + state
	if a.pages[page] != "" {
		a.Fatalf("two pictures of %s", page)
	}
	a.pages[page] = string(rig.Value(yaml.Marshal(plain(out)))(a.Rig))
}

// kept fields of a part of an object.
func kept(of any, fields ...string) map[string]any {
	out := map[string]any{}
	if m, ok := of.(map[string]any); ok {
		for _, f := range fields {
			if v := m[f]; v != nil {
				out[f] = v
			}
		}
	}
	return out
}

// varying are the parts of texts that are others each time: ids, and the DNS names of load balancers.
var varying = regexp.MustCompile(`\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{16,17}\b|-\d{9,10}\.`)

// today is when everything happens.
const today = "2026-01-01T00:00:00Z"

// plain is a value without what varies.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = plain(e)
			if at, ok := e.(string); ok && (k == "lastTransitionTime" || k == "deletionTimestamp") && at != "1970-01-01T00:00:00Z" {
				v[k] = today
			}
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case string:
		return varying.ReplaceAllString(v, "ID")
	}
	return v
}

// check the album against the files, of the kinds that it has.
func (a *album) check(t *testing.T) {
	t.Helper()
	kept := map[string]bool{}
	for _, page := range slices.Sorted(maps.Keys(a.pages)) {
		file := filepath.Join(pictures, page+".yaml")
		kept[file] = true
		if *update {
			rig.Must(a.Rig, os.MkdirAll(filepath.Dir(file), 0o755)) //nolint:gosec // as the folder above
			rig.Must(a.Rig, os.WriteFile(file, []byte(a.pages[page]), 0o600))
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%v; run with -update and review it", err)
			continue
		}
		if diff := cmp.Diff(string(want), a.pages[page]); diff != "" {
			t.Errorf("%s is not what the controllers leave: -file, +now:\n%s", page, diff)
		}
	}
	for page := range a.pages {
		files := rig.Value(filepath.Glob(filepath.Join(pictures, filepath.Dir(page), "*.yaml")))(a.Rig)
		for _, f := range files {
			if !kept[f] {
				t.Errorf("%s is a picture that nobody takes; remove it", f)
				kept[f] = true
			}
		}
	}
}
