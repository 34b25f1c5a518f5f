package arch

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// without are the words by which docs/features.md says that something has no effect but a refusal or a note.
var without = regexp.MustCompile(`^(refused|not supported|no effect|no Gateway)|: no effect`)

// TestSupportTable: the table of README.md has each row of docs/features.md, on the side where it belongs.
func TestSupportTable(t *testing.T) {
	pages := map[string]markdown{}
	for _, m := range markdowns(t) {
		pages[m.path] = m
	}
	served, refused := features(pages["docs/features.md"])
	readme := pages["README.md"]
	rows := readme.rowsOf("of Gateway API")
	if len(rows) == 0 {
		t.Fatal("README.md has no table of what is supported")
	}
	for _, cells := range rows {
		compare(t, cells[0]+", served", cells[1], served[cells[0]])
		compare(t, cells[0]+", not served", strings.Join(cells[2:], ""), refused[cells[0]])
		delete(served, cells[0])
	}
	for section := range served {
		t.Errorf("README.md says nothing of %s, which docs/features.md has", section)
	}
}

func compare(t *testing.T, what, said string, want []string) {
	t.Helper()
	var got []string
	for _, f := range strings.Split(strings.Trim(said, "| "), ", ") {
		if f != "" {
			got = append(got, f)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("README.md says of %s: %q; docs/features.md says %q", what, got, want)
	}
}

// features that docs/features.md has, by section, in order.
func features(m markdown) (served, refused map[string][]string) {
	served, refused = map[string][]string{}, map[string][]string{}
	section, in := "", false
	for _, l := range m.prose {
		cells := strings.Split(strings.Trim(l.text, "| "), " | ")
		switch {
		case strings.HasPrefix(l.text, "## "):
			section, in = strings.TrimPrefix(l.text, "## "), false
		case cells[0] == "Field":
			in = true
		case in && strings.HasPrefix(l.text, "| ") && without.MatchString(cells[1]):
			refused[section] = append(refused[section], cells[0])
		case in && strings.HasPrefix(l.text, "| "):
			served[section] = append(served[section], cells[0])
		}
	}
	return served, refused
}
