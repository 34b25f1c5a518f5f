package conformance

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/*.txt")

// TestGolden records what each official test's manifests come to: statuses, objects and rules. The tests of features that are
// not claimed are there too, as they show what becomes of manifests that an ALB cannot honour.
func TestGolden(t *testing.T) {
	d := readDefaults(t)
	seed := baseObjects(t, d)
	want := map[string]bool{}
	for _, test := range profileTests() {
		file := filepath.Join("testdata", test.ShortName+".txt")
		want[file] = true
		t.Run(test.ShortName, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, d, seed()...)
			s := newSuite(t, w)
			for _, manifest := range test.Manifests {
				s.Applier.MustApplyWithCleanup(t, w.Client, s.TimeoutConfig, manifest, false)
			}
			golden(t, file, w.summary(t, seed()))
		})
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !want[f] {
			t.Errorf("%s belongs to no test of the suite; remove it", f)
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run with -update and review it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}
