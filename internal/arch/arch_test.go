package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/crossplane-contrib/provider-alb-gateway/"

// allowed lists, for each part of the tree, the parts that it may import. The longest prefix counts. Tests of a package may
// import more: testAllowed.
var allowed = map[string][]string{
	"apis":                         {"apis"},
	"internal/adopt":               {"apis", "internal/aws", "internal/translate"},
	"internal/alb":                 {},
	"internal/translate":           {"apis", "internal/alb", "internal/translate"},
	"internal/aws":                 {"apis", "internal/alb", "internal/aws/body"},
	"internal/aws/body":            {},
	"internal/aws/policy":          {"internal/aws"},
	"internal/controller":          {"apis", "internal/alb", "internal/translate", "internal/aws", "internal/controller"},
	"internal/simulator":           {"internal/alb", "internal/simulator"},
	"internal/simulator/dataplane": {"internal/alb"},
	"internal/simulator/identity":  {},
	"internal/view":                {"apis", "internal/alb", "internal/translate"},
	"internal/arch":                {},
	"internal/manual":              {},
	"internal/page":                {"internal/controller/gateway", "internal/controller/lookup", "internal/translate", "internal/view"},
	"internal/snapshot":            {"apis", "internal/controller/gateway", "internal/controller/lookup", "internal/translate"},
	"cluster/stack":                {"apis", "internal/aws/body"},
	"cluster/scene":                {"apis"},
	"cluster/bench":                {"apis", "cluster/scene", "cluster/stack"},
	"cluster/chaos":                {"apis", "cluster/scene", "cluster/stack", "internal/alb", "internal/translate"},
	"cluster/demo":                 {"cluster/stack", "internal/view"},
	"cluster/assumption":           {},
	"cmd/assumptions":              {"cluster/assumption", "internal/aws/body", "internal/simulator"},
	"cmd/demo":                     {"cluster/demo"},
	"cmd/albsim":                   {"internal/simulator"},
	"cmd/kubectl-alb":              {"internal/adopt", "internal/aws/body", "internal/controller/gateway", "internal/snapshot", "internal/translate", "internal/view"},
	"cmd/provider":                 {"apis", "internal/aws", "internal/controller", "internal/page", "internal/translate"},
}

// testAllowed lists what the tests of a part may import beyond allowed.
var testAllowed = map[string][]string{
	"internal/adopt":               {"internal/controller", "internal/simulator", "internal/snapshot"},
	"internal/aws":                 {"internal/simulator"},
	"internal/controller":          {"internal/simulator"},
	"internal/page":                {"apis", "internal/snapshot"},
	"internal/simulator/dataplane": {"internal/simulator/identity"},
	"cluster":                      {"apis", "internal", "cluster/stack", "cluster/demo"},
}

// impure are imports that translate and alb do without, each with what it would bring in.
var impure = map[string]string{
	"context": "a context", "log": "a logger", "log/slog": "a logger", "math/rand": "randomness", "math/rand/v2": "randomness",
	"crypto/rand": "randomness", "os": "the environment", "k8s.io/client-go": "a client", "sigs.k8s.io/controller-runtime": "a client",
}

// leftovers are names that say nothing of what a package holds.
var leftovers = []string{"util", "utils", "common", "helper", "helpers", "shared", "types", "misc", "manager"}

// modulesOfTheirOwn are folders with a go.mod, which see nothing of ours.
var modulesOfTheirOwn = []string{"cluster/argocd", "cluster/charts", "cluster/dashboards", "cluster/local", "cluster/xpkg"}

type file struct {
	path   string // from the root, with slashes
	syntax *ast.File
}

func (f file) folder() string { return path.Dir(f.path) }
func (f file) test() bool     { return strings.HasSuffix(f.path, "_test.go") }

func (f file) imports() []string {
	var paths []string
	for _, spec := range f.syntax.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

func TestImportsGoOneWay(t *testing.T) {
	for _, f := range files(t) {
		may := longest(allowed, f.folder())
		if f.test() {
			may = append(slices.Clone(may), longest(testAllowed, f.folder())...)
			may = append(may, f.folder()) // external test packages
		}
		for _, p := range f.imports() {
			ours, ok := strings.CutPrefix(p, module)
			if !ok || within(ours, may) {
				continue
			}
			t.Errorf("%s imports %s: %s may import only %v", f.path, ours, f.folder(), may)
		}
	}
}

func TestPureStaysPure(t *testing.T) {
	for _, f := range files(t) {
		if f.test() || !within(f.folder(), []string{"internal/alb", "internal/translate"}) {
			continue
		}
		for _, p := range f.imports() {
			for banned, brings := range impure {
				if p == banned || strings.HasPrefix(p, banned+"/") && strings.Contains(banned, ".") {
					t.Errorf("%s imports %s, which brings in %s: %s is pure", f.path, p, brings, f.folder())
				}
			}
		}
	}
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range files(t) {
		if f.test() {
			continue
		}
		documented[f.folder()] = documented[f.folder()] || f.syntax.Doc != nil && describes(f)
		if slices.Contains(leftovers, path.Base(f.folder())) {
			t.Errorf("%s: a package is named for what it holds, not %q", f.path, path.Base(f.folder()))
		}
	}
	for folder, ok := range documented {
		if !ok {
			t.Errorf("%s has no package documentation in doc.go (a command: in its own file)", folder)
		}
	}
}

// describes says whether f is where a package's documentation belongs.
func describes(f file) bool {
	return path.Base(f.path) == "doc.go" || f.syntax.Name.Name == "main" || f.path == "generate.go"
}

func within(folder string, parents []string) bool {
	return slices.ContainsFunc(parents, func(p string) bool { return folder == p || strings.HasPrefix(folder, p+"/") })
}

// longest returns the entry of rules for the longest prefix of folder.
func longest(rules map[string][]string, folder string) []string {
	for ; folder != "."; folder = path.Dir(folder) {
		if r, ok := rules[folder]; ok {
			return r
		}
	}
	return nil
}

// files parses every Go file of the module.
func files(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() && (rel != "." && strings.HasPrefix(path.Base(rel), ".") || path.Base(rel) == "testdata" || slices.Contains(modulesOfTheirOwn, rel)) {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(rel) != ".go" {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), rel, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		all = append(all, file{path: rel, syntax: syntax})
		return nil
	})
	if err != nil {
		t.Fatalf("cannot read the tree: %v", err)
	}
	if len(all) == 0 {
		t.Fatal("no Go files found: the test looks in the wrong place")
	}
	return all
}
