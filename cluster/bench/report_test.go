package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestReport: the report has figures of every row, and docs/performance.md says the same.
func TestReport(t *testing.T) {
	b, err := os.ReadFile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []figure
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows() {
		if !slices.ContainsFunc(all, func(f figure) bool { return f.Row == r.name }) {
			t.Errorf("report.json has no row %s; make bench ROW=%s", r.name, r.name)
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "performance.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if line := inTable(f); !strings.Contains(string(page), line+"\n") {
			t.Errorf("docs/performance.md lacks\n%s", line)
		}
		if !strings.Contains(string(page), "\n    "+f.Again) {
			t.Errorf("docs/performance.md lacks the command of row %s: %s", f.Row, f.Again)
		}
	}
}

// inTable is the line of a figure.
func inTable(f figure) string {
	target, verdict := "", ""
	if f.Target != nil {
		target, verdict = number(*f.Target), "reached"
	}
	if !f.Pass {
		verdict = "**missed**"
	}
	return fmt.Sprintf("| `%s` | %s | %s %s | %s | %s |", f.Row, f.Name, number(f.Value), f.Unit, target, verdict)
}
