package arch

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// others' commands, which are not run here, each with the reason why what is said of it stays true or cannot be tested.
var others = map[string]string{
	"aws":        "needs an account; the file that it names is looked for",
	"cd":         "the folder is looked for",
	"crossplane": "Crossplane's own command; not part of this project",
	"curl":       "what it asks is up to the reader's cluster",
	"cut":        "of every reader's own",
	"do":         "a shell's own",
	"done":       "a shell's own",
	"export":     "an assignment",
	"for":        "a shell's own",
	"git":        "of every reader's own",
	"grep":       "of every reader's own",
	"helm":       "the chart is rendered by the test of cluster/charts; what it names is looked for",
	"source":     "a shell's own",
	"sudo":       "changes the machine",
	"unshare":    "needs a kernel that lets it; what it runs is another line",
	"xargs":      "of every reader's own",
}

// checks by the first word of a command. Each says what is wrong.
func checks(t *testing.T) map[string]func(command) string {
	t.Helper()
	targets := newMakefile(t)
	all := map[string]func(command) string{"make": targets.check, "go": checkGo, "kubectl": newKubectl(t).check}
	for name, folder := range binaries(t) {
		f := flagsOf(t, folder)
		check := func(c command) string { return f.check(c.words[1:]) }
		all[name], all["bin/"+name] = check, check
	}
	for name := range others {
		all[name] = func(command) string { return "" }
	}
	return all
}

// binaries that make build makes, by the folders of their sources.
func binaries(t *testing.T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, "cmd"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"localcluster": "cluster/local"}
	for _, e := range entries {
		all[e.Name()] = "cmd/" + e.Name()
	}
	return all
}

// TestCommands: what a page tells to run is there: make's targets and variables, binaries and their flags, packages and the tests in
// them, kinds, and files.
func TestCommands(t *testing.T) {
	known := checks(t)
	seen := 0
	for _, m := range markdowns(t) {
		for _, c := range commandsOf(m, func(word string) bool { return known[word] != nil }) {
			seen++
			check := known[c.words[0]]
			if check == nil {
				t.Errorf("%s:%d: %q is a command that nobody knows; if it is somebody else's, add it to others, with the reason", c.page, c.number, c.words[0])
				continue
			}
			if complaint := cmp.Or(check(c), missingFile(c)); complaint != "" {
				t.Errorf("%s:%d: %q: %s", c.page, c.number, c, complaint)
			}
		}
	}
	if seen < 50 {
		t.Fatalf("only %d commands found: the test looks for the wrong thing", seen)
	}
}

// missingFile of the tree that a command names.
func missingFile(c command) string {
	for _, w := range c.words[1:] {
		for _, part := range strings.FieldsFunc(w, func(r rune) bool { return r == '=' || r == ',' }) {
			part = strings.TrimPrefix(part, "file://")
			at := path.Join(c.folder, part)
			if strings.HasPrefix(part, "./") || !strings.Contains(part, "/") {
				continue
			}
			if !named(at) && !named(part) {
				return fmt.Sprintf("there is no %s", part)
			}
		}
	}
	if !exists(filepath.Join(root, c.folder)) && c.folder != "provider-alb-gateway" {
		return fmt.Sprintf("there is no folder %s", c.folder)
	}
	return ""
}

// A makefile has targets, and variables that it reads.
type makefile struct {
	text    string
	targets []string
	bench   flags
	chaos   flags
	asks    flags
}

func newMakefile(t *testing.T) makefile {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	m := makefile{text: string(text), bench: flagsOf(t, "cluster/bench"), chaos: flagsOf(t, "cluster/chaos"), asks: flagsOf(t, "cmd/assumptions")}
	for _, found := range regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(m.text, -1) {
		m.targets = append(m.targets, found[1])
	}
	return m
}

func (m makefile) check(c command) string {
	target := ""
	for _, w := range append(slices.Clone(c.env), c.words[1:]...) {
		name, value, isVariable := strings.Cut(w, "=")
		switch {
		case !isVariable && placeholder.MatchString(w):
			target = w
		case !isVariable && !slices.Contains(m.targets, w):
			return fmt.Sprintf("the Makefile has no target %s", w)
		case !isVariable:
			target = w
		case slices.Contains([]string{"KUBECONFIG", "AWS_ENDPOINT_URL"}, name):
			// for what is run
		case !strings.Contains(m.text, "$("+name+")"):
			return fmt.Sprintf("the Makefile reads no variable %s", name)
		case name == "ARGS" && target == "bench":
			return m.bench.check(words(value))
		case name == "ARGS" && target == "chaos":
			return m.chaos.check(words(value))
		case name == "FLAGS" && target == "assumptions":
			return m.asks.check(words(value))
		case name == "ROW" && !placeholder.MatchString(value):
			return missingRow(value)
		}
	}
	return ""
}

// missingRow of the bench.
func missingRow(name string) string {
	sources, err := filepath.Glob(filepath.Join(root, "cluster", "bench", "*.go"))
	if err != nil {
		return err.Error()
	}
	for _, s := range sources {
		text, err := os.ReadFile(s)
		if err == nil && strings.Contains(string(text), `"`+name+`"`) {
			return ""
		}
	}
	return fmt.Sprintf("the bench has no row %s", name)
}

// A kubectl knows kinds, and our plugin.
type kubectl struct {
	plugin flags
	kinds  []string
}

// verbs of kubectl that pages use.
var verbs = []string{"annotate", "apply", "create", "delete", "describe", "get", "label", "logs", "patch", "port-forward", "rollout", "scale", "wait"}

func newKubectl(t *testing.T) kubectl {
	t.Helper()
	k := kubectl{plugin: flagsOf(t, "cmd/kubectl-alb")}
	k.kinds = strings.Fields("all alb aws crossplane managed configmap deployment deploymentruntimeconfig endpointslice event gateway gatewayclass grpcroute httproute provider providerrevision " +
		"lease listenerset namespace node pod referencegrant secret service crd deploy ns svc")
	for _, kind := range kinds(t) {
		k.kinds = append(k.kinds, strings.ToLower(kind))
	}
	return k
}

func (k kubectl) check(c command) string {
	args := c.words[1:]
	if len(args) == 0 {
		return ""
	}
	if args[0] == "alb" {
		return k.plugin.check(args[1:])
	}
	if !slices.Contains(verbs, args[0]) {
		return fmt.Sprintf("kubectl has no command %s that pages use; add it to verbs if it has", args[0])
	}
	if len(args) < 2 || strings.HasPrefix(args[1], "-") || !slices.Contains([]string{"annotate", "delete", "describe", "get", "label", "patch", "wait"}, args[0]) {
		return ""
	}
	for _, kind := range strings.Split(args[1], ",") {
		kind, _, _ = strings.Cut(kind, "/")
		kind, _, _ = strings.Cut(kind, ".")
		if strings.HasPrefix(kind, "$") || placeholder.MatchString(kind) || slices.Contains(k.kinds, kind) || slices.Contains(k.kinds, strings.TrimSuffix(kind, "s")) || slices.Contains(k.kinds, strings.TrimSuffix(kind, "es")) {
			continue
		}
		return fmt.Sprintf("there is no kind %s", kind)
	}
	return ""
}
