package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// proof is a test as docs/features.md names it.
var proof = regexp.MustCompile("`(golden|suite|e2e|unit):([^`]+)`")

// TestFeatureTable: each row of docs/features.md names tests, and each of them exists.
func TestFeatureTable(t *testing.T) {
	text, err := os.ReadFile("../../docs/features.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|-") || strings.TrimSpace(cells[len(cells)-1]) == "Tests" {
			continue
		}
		rows++
		row := strings.TrimSpace(cells[0]) + ": " + strings.TrimSpace(cells[1])
		tests := proof.FindAllStringSubmatch(cells[len(cells)-1], -1)
		if len(tests) == 0 {
			t.Errorf("row %q names no test", row)
		}
		for _, p := range tests {
			if !proven(t, p[1], p[2]) {
				t.Errorf("row %q names %s:%s, which does not exist", row, p[1], p[2])
			}
		}
	}
	if rows == 0 {
		t.Error("docs/features.md has no rows")
	}
}

// proven says whether a test exists.
func proven(t *testing.T, kind, name string) bool {
	t.Helper()
	switch kind {
	case "golden":
		return exists("../translate/testdata/" + name + ".txtar")
	case "suite":
		return exists("../../cluster/conformance/testdata/" + name + ".txt")
	case "e2e":
		return exists("../../cluster/e2e/testdata/" + name + ".txtar")
	}
	folder, function, _ := strings.Cut(name, ".")
	files, err := filepath.Glob("../" + folder + "/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+function+"(t *testing.T) {") {
			return true
		}
	}
	return false
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
