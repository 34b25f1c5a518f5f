package translate_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

var update = flag.Bool("update", false, "rewrite want.yaml of every golden case")

// TestGolden reads testdata/*.txtar. A case holds a comment and these files:
//
//	in.yaml        objects, and managed resources as they are stored
//	settings.yaml  translate.Settings, if not the zero value
//	before.yaml    objects of before: they are translated and made live, and in.yaml is then translated once on top
//	once           translates in.yaml once, as it is
//	full           makes want.yaml complete; without it what is the same everywhere is left out
//	want.yaml      what comes out
//
// What a case leaves out comes from testdata/defaults.yaml: class, Gateway, and Services by name. Without before.yaml and without managed resources in in.yaml, translation goes on until everything is stored and live.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			golden(t, file)
		})
	}
}

func golden(t *testing.T, file string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := render(t, archive, run(t, archive))
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want.yaml" })
	if *update {
		if i < 0 {
			archive.Files = append(archive.Files, txtar.File{Name: "want.yaml"})
			i = len(archive.Files) - 1
		}
		archive.Files[i].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if i < 0 {
		t.Fatal("no want.yaml; run with -update and review it")
	}
	if diff := cmp.Diff(strings.Split(string(archive.Files[i].Data), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

// run a case.
func run(t *testing.T, archive *txtar.Archive) translate.Output {
	t.Helper()
	in := input(t, archive, "in.yaml")
	switch {
	case hasFile(archive, "before.yaml"):
		before := input(t, archive, "before.yaml")
		_, in.Observed = converged(before)
	case empty(in.Observed) && !hasFile(archive, "once"):
		out, _ := converged(in)
		return out
	}
	return translate.Gateway(in)
}

// converged is what translation comes to when everything that it wants is stored and live.
func converged(in translate.Input) (translate.Output, translate.Observed) {
	var out translate.Output
	for range 300 {
		out = translate.Gateway(in)
		next := live(out, in.Observed)
		if cmp.Equal(next, in.Observed) { // conditions of another second are the same
			return out, in.Observed
		}
		in.Observed = next
	}
	return out, in.Observed
}

func file(archive *txtar.Archive, name string) []byte {
	for _, f := range archive.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func hasFile(archive *txtar.Archive, name string) bool {
	return slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
}

func empty(o translate.Observed) bool {
	return len(o.LoadBalancers)+len(o.SecurityGroups)+len(o.Certificates)+len(o.TrustStores)+len(o.Listeners)+len(o.ListenerRules)+len(o.TargetGroups)+len(o.TargetGroupBindings) == 0
}
