package arch

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var kindLine = regexp.MustCompile(`(?m)^    kind: (\w+)$`)

// kinds of our CRDs.
func kinds(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "package", "crds", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no CRDs found: %v", err)
	}
	var all []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(kindLine.FindSubmatch(text)[1]))
	}
	return all
}

// TestKindPages: each kind has a page, which has an example of it and leads to its fields, and there are no others.
func TestKindPages(t *testing.T) {
	pages := map[string]markdown{}
	for _, m := range markdowns(t) {
		if name, ok := strings.CutPrefix(m.path, "docs/kinds/"); ok {
			pages[strings.TrimSuffix(name, ".md")] = m
		}
	}
	delete(pages, "README")
	delete(pages, "gateway") // kinds of Gateway API
	for _, kind := range kinds(t) {
		name := strings.ToLower(kind)
		m, ok := pages[name]
		if !ok {
			t.Errorf("docs/kinds/%s.md is missing", name)
			continue
		}
		delete(pages, name)
		if !slices.Contains(m.slugs(), "example") || len(m.blocks) == 0 || !slices.Contains(m.blocks[0].lines, "kind: "+kind) {
			t.Errorf("%s does not begin with an example of a %s", m.path, kind)
		}
		if !slices.ContainsFunc(m.prose, func(l line) bool { return strings.Contains(l.text, "](../reference/fields/"+name+".md)") }) {
			t.Errorf("%s does not link to the fields of a %s", m.path, kind)
		}
	}
	for name := range pages {
		t.Errorf("docs/kinds/%s.md is about no kind that there is", name)
	}
}

// unsaid are reasons of crossplane-runtime that cannot come up here.
var unsaid = map[string]string{
	"CannotDisconnectFromProvider":    "no client of ours fails to disconnect",
	"CannotInitializeManagedResource": "there are no initializers, and external names are found again",
	"CannotResolveResourceReferences": "references are resolved by each kind itself, and never written into specs",
	"PendingExternalResource":         "there is no grace period after a creation",
}

// TestReasons: each condition and reason that a page of docs/kinds names can be set, and whatever can be set is on a page.
func TestReasons(t *testing.T) {
	code := vocabulary{types: map[string]bool{}, reasons: map[string]bool{}}
	for _, f := range files(t) {
		if !f.test() && within(f.folder(), []string{"apis", "internal/aws", "internal/controller", "internal/translate"}) {
			code.read(f.syntax)
		}
	}
	code.read(runtimeReconciler(t))
	if len(code.reasons) < 40 || len(code.types) < 8 {
		t.Fatalf("only %d reasons and %d conditions found: the test looks in the wrong place", len(code.reasons), len(code.types))
	}
	said := map[string]bool{}
	for _, m := range markdowns(t) {
		if !strings.HasPrefix(m.path, "docs/kinds/") {
			continue
		}
		for _, cells := range m.rowsOf("condition") {
			for _, c := range codes(cells[0]) {
				said[c] = true
				if !code.types[strings.TrimSuffix(c, "SERVICE")] {
					t.Errorf("%s names a condition %s, which the code does not set", m.path, c)
				}
			}
			for _, r := range codes(cells[1]) {
				said[r] = true
				if !code.reasons[r] {
					t.Errorf("%s names a reason %s, which the code does not set", m.path, r)
				}
			}
		}
		for _, cells := range m.rowsOf("event") {
			for _, r := range codes(cells[0]) {
				said[r] = true
				if !code.reasons[r] {
					t.Errorf("%s names an event %s, which the code does not send", m.path, r)
				}
			}
		}
	}
	for _, r := range slices.Sorted(maps.Keys(code.reasons)) {
		if !said[r] && unsaid[r] == "" {
			t.Errorf("no page of docs/kinds says what the reason %s means", r)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(code.types)) {
		if !said[c] && !said[c+"SERVICE"] {
			t.Errorf("no page of docs/kinds says what the condition %s means", c)
		}
	}
}

// runtimeReconciler is the source of the reconciler of managed resources, which sets conditions and sends events too.
func runtimeReconciler(t *testing.T) *ast.File {
	t.Helper()
	abs, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := build.Import("github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed", abs, build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), filepath.Join(pkg.Dir, "reconciler.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return syntax
}

// A vocabulary is the types of conditions and the reasons, of conditions and events, that code uses.
type vocabulary struct{ types, reasons map[string]bool }

// ofCrossplane are the reasons behind the functions that make conditions of managed resources.
var ofCrossplane = map[string]string{
	"Available": "Available", "Unavailable": "Unavailable", "Creating": "Creating", "Deleting": "Deleting",
	"ReconcileSuccess": "ReconcileSuccess", "ReconcileError": "ReconcileError", "ReconcilePaused": "ReconcilePaused",
}

func (v vocabulary) read(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			v.constant(n)
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				v.selected(x.Name, n.Sel.Name)
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Reason" {
				v.add(v.reasons, n.Value)
			}
		}
		return true
	})
}

// constant of ours that is named for a reason or a condition, or has the type of one.
func (v vocabulary) constant(spec *ast.ValueSpec) {
	kind := ""
	if s, ok := spec.Type.(*ast.SelectorExpr); ok {
		kind = s.Sel.Name
	}
	for i, value := range spec.Values {
		name := strings.ToLower(spec.Names[i].Name)
		switch {
		case kind == "ConditionReason" || strings.HasPrefix(name, "reason"):
			v.add(v.reasons, value)
		case kind == "ConditionType" || strings.HasPrefix(name, "condition") || strings.HasPrefix(name, "routecondition") || strings.HasPrefix(name, "gateprefix"):
			v.add(v.types, value)
		}
	}
}

// selected constants and functions of Gateway API and Crossplane. Those of Gateway API end in what they are.
func (v vocabulary) selected(pkg, name string) {
	switch pkg {
	case "gatewayv1":
		if _, reason, ok := strings.Cut(name, "Reason"); ok && reason != "" {
			v.reasons[reason] = true
		}
		if _, condition, ok := strings.Cut(name, "Condition"); ok && condition != "" && !strings.HasPrefix(condition, "Reason") && condition != "Type" {
			v.types[strings.TrimPrefix(condition, "Status")] = true
		}
	case "providerconfig":
		if reason, ok := strings.CutPrefix(name, "Reason"); ok {
			v.reasons[reason] = true
		}
		if condition, ok := strings.CutPrefix(name, "Type"); ok {
			v.types[condition] = true
		}
	case "xpv2":
		if reason := ofCrossplane[name]; reason != "" {
			v.reasons[reason] = true
		}
		if condition, ok := strings.CutPrefix(name, "Type"); ok {
			v.types[condition] = true
		}
	}
}

func (v vocabulary) add(to map[string]bool, value ast.Expr) {
	if lit, ok := value.(*ast.BasicLit); ok {
		if s, err := strconv.Unquote(lit.Value); err == nil {
			to[s] = true
		}
	}
}
