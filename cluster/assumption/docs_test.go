package assumption

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the table of docs/assumptions.md")

const (
	page  = "../../docs/assumptions.md"
	begin = "| assumption |"
)

// The page lists the checks and nothing else.
func TestDocs(t *testing.T) {
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, table, found := strings.Cut(string(raw), begin)
	if !found {
		t.Fatalf("%s has no table that begins with %q", page, begin)
	}
	if *update {
		if err := os.WriteFile(page, []byte(before+want()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want(), begin+table); diff != "" {
		t.Errorf("table of %s; go test ./cluster/assumption -update writes it (-want, +got):\n%s", page, diff)
	}
}

func want() string {
	var b strings.Builder
	b.WriteString(begin + " question | assumed | otherwise | were it wrong |\n|---|---|---|---|---|\n")
	for _, c := range Checks() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", c.Name, c.Question, c.Expected, c.Otherwise, c.Consequence)
	}
	return b.String()
}
