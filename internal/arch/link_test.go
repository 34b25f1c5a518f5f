package arch

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// made are the files that a page may name before they are there, by what makes them.
var made = map[string]string{
	"package/provider-alb-gateway.xpkg": "make package",
	"package/provider-alb-gateway.yaml": "make manifests",
}

// noPaths look like paths of the tree, and are something else.
var noPaths = map[string]string{
	"cluster/namespace/gateway": "the value of a tag",
}

// TestLinks: what a page links to is there, headings included, and so is each file of the tree that it names.
func TestLinks(t *testing.T) {
	pages := markdowns(t)
	slugs := map[string][]string{}
	for _, m := range pages {
		slugs[m.path] = m.slugs()
	}
	for _, m := range pages {
		for _, l := range m.prose {
			for _, found := range links(l.text) {
				if complaint := follow(m, found, slugs); complaint != "" {
					t.Errorf("%s:%d links to %s, %s", m.path, l.number, found, complaint)
				}
			}
			for _, word := range codes(l.text) {
				if !named(word) {
					t.Errorf("%s:%d names %s, which is not there", m.path, l.number, word)
				}
			}
		}
	}
}

// links of a line, those in code left out.
func links(text string) []string {
	var all []string
	for _, m := range link.FindAllStringSubmatch(inlineCode.ReplaceAllString(text, "code"), -1) {
		all = append(all, m[1])
	}
	return all
}

// follow a link of a page, and say what is wrong with it.
func follow(m markdown, target string, slugs map[string][]string) string {
	if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
		return ""
	}
	file, anchor, _ := strings.Cut(target, "#")
	at := m.path
	if file != "" {
		at = path.Join(path.Dir(m.path), file)
	}
	if !exists(filepath.Join(root, filepath.FromSlash(at))) {
		return "which is not there"
	}
	if anchor != "" && !slices.Contains(slugs[at], anchor) {
		return "which has no such heading"
	}
	return ""
}

var placeholder = regexp.MustCompile(`\b[A-Z]{3,}`)

// named says whether a word that looks like a path of the tree is one. A star stands for anything, capitals for a name, and three
// dots for all below.
func named(word string) bool {
	first, _, ok := strings.Cut(word, "/")
	if !ok || strings.ContainsAny(word, " ={}$<>") || noPaths[word] != "" || made[word] != "" {
		return true
	}
	if !slices.Contains([]string{"apis", "cluster", "cmd", "docs", "examples", "internal", "package"}, first) {
		return true
	}
	if placeholder.MatchString(path.Base(word)) {
		word = path.Dir(word)
	}
	word = strings.TrimSuffix(word, "/...")
	found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(word)))
	return err == nil && len(found) > 0
}

// TestPagesAreFound: whoever begins with the README finds every page of docs.
func TestPagesAreFound(t *testing.T) {
	pages := map[string]markdown{}
	for _, m := range markdowns(t) {
		pages[m.path] = m
	}
	seen := map[string]bool{}
	var visit func(at string)
	visit = func(at string) {
		if seen[at] {
			return
		}
		seen[at] = true
		info, err := os.Stat(filepath.Join(root, filepath.FromSlash(at)))
		if err == nil && info.IsDir() {
			for p := range pages {
				if path.Dir(p) == at {
					visit(p)
				}
			}
			return
		}
		for _, l := range pages[at].prose {
			for _, found := range links(l.text) {
				if file, _, _ := strings.Cut(found, "#"); file != "" && !strings.Contains(file, "://") {
					visit(path.Join(path.Dir(at), file))
				}
			}
		}
	}
	visit("README.md")
	for p := range pages {
		if !seen[p] {
			t.Errorf("%s cannot be found from README.md; link to it", p)
		}
	}
}
