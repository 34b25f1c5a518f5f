package arch

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root of the tree.
var root = filepath.Join("..", "..")

// A markdown is a page for people.
type markdown struct {
	path   string // from the root, with slashes
	prose  []line // what is no block
	blocks []block
}

// folder that the page's commands are run in: that of the page, but for those that are about the whole.
func (m markdown) folder() string {
	if folder := path.Dir(m.path); !within(folder, []string{"docs"}) {
		return folder
	}
	return "."
}

type line struct {
	number int
	text   string
}

// A block is text that is fenced, or indented by four spaces.
type block struct {
	number   int // of its first line
	language string
	lines    []string
}

var inlineCode = regexp.MustCompile("`([^`]+)`")

// markdowns are the pages of the tree.
func markdowns(t *testing.T) []markdown {
	t.Helper()
	var all []markdown
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() && (rel != "." && strings.HasPrefix(path.Base(rel), ".") || slices.Contains([]string{"testdata", "bin"}, path.Base(rel))) {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(rel) != ".md" {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		all = append(all, parse(rel, string(text)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("only %d pages found: the test looks in the wrong place", len(all))
	}
	return all
}

func parse(name, text string) markdown {
	m := markdown{path: name}
	var open *block
	fenced, blank := false, true
	shut := func() {
		if open != nil {
			m.blocks = append(m.blocks, *open)
			open = nil
		}
	}
	for i, s := range strings.Split(text, "\n") {
		indented, isIndented := strings.CutPrefix(s, "    ")
		switch language, isFence := strings.CutPrefix(s, "```"); {
		case isFence && fenced:
			shut()
			fenced = false
		case isFence:
			shut()
			open, fenced = &block{number: i + 2, language: language}, true
		case fenced:
			open.lines = append(open.lines, s)
		case isIndented && (blank || open != nil):
			if open == nil {
				open = &block{number: i + 1}
			}
			open.lines = append(open.lines, indented)
		case s == "" && open != nil:
			open.lines = append(open.lines, "") // within, or after its end
		default:
			shut()
			m.prose = append(m.prose, line{i + 1, s})
		}
		blank = s == ""
	}
	shut()
	return m
}

// slugs of a page's headings, as links name them.
func (m markdown) slugs() []string {
	var all []string
	for _, l := range m.prose {
		title, ok := strings.CutPrefix(strings.TrimLeft(l.text, "#"), " ")
		if !strings.HasPrefix(l.text, "#") || !ok {
			continue
		}
		slug := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
				return r
			}
			return -1
		}, strings.ToLower(title))
		all = append(all, slug)
	}
	return all
}

// rowsOf the tables whose header begins with a cell: the cells of each.
func (m markdown) rowsOf(header string) [][]string {
	var all [][]string
	in := false
	for _, l := range m.prose {
		cells := strings.Split(strings.Trim(l.text, "| "), " | ")
		switch {
		case !strings.HasPrefix(l.text, "|"):
			in = false
		case cells[0] == header:
			in = true
		case in && !strings.HasPrefix(l.text, "|-"):
			all = append(all, cells)
		}
	}
	return all
}

// codes are the words of a text that stand in code.
func codes(text string) []string {
	var all []string
	for _, m := range inlineCode.FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}
