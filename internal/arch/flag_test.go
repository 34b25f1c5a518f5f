package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// flags that a binary takes, and its commands, as the tags of its structs say (github.com/alecthomas/kong).
type flags struct {
	long, short, commands []string
}

// flagsOf the command whose sources are in a folder.
func flagsOf(t *testing.T, folder string) flags {
	t.Helper()
	sources, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(folder), "*.go"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("no sources in %s: %v", folder, err)
	}
	f := flags{long: []string{"help", "version"}, short: []string{"h"}}
	for _, s := range sources {
		if strings.HasSuffix(s, "_test.go") {
			continue
		}
		syntax, err := parser.ParseFile(token.NewFileSet(), s, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok && field.Tag != nil && len(field.Names) == 1 {
				f.add(field)
			}
			return true
		})
	}
	if len(f.long)+len(f.commands) < 4 {
		t.Fatalf("%s has only flags %v: the test does not understand it", folder, f.long)
	}
	return f
}

func (f *flags) add(field *ast.Field) {
	text, err := strconv.Unquote(field.Tag.Value)
	if err != nil {
		return
	}
	tag := reflect.StructTag(text)
	name, named := tag.Lookup("name")
	if !named {
		name = kebab(field.Names[0].Name)
	}
	_, isCommand := tag.Lookup("cmd")
	_, isArgument := tag.Lookup("arg")
	_, hasHelp := tag.Lookup("help")
	_, hasPlaceholder := tag.Lookup("placeholder")
	switch {
	case isCommand:
		f.commands = append(f.commands, name)
	case isArgument || !hasHelp && !hasPlaceholder && tag.Get("default") == "" && tag.Get("type") == "":
	default:
		f.long = append(f.long, name)
		f.long = append(f.long, strings.Split(tag.Get("aliases"), ",")...)
		f.short = append(f.short, tag.Get("short"))
	}
}

var (
	wordEnd   = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	initials  = regexp.MustCompile(`([A-Z]+)([A-Z][a-z])`)
	shortFlag = regexp.MustCompile(`^-([A-Za-z])`)
)

// kebab case of a field's name.
func kebab(name string) string {
	return strings.ToLower(initials.ReplaceAllString(wordEnd.ReplaceAllString(name, "$1-$2"), "$1-$2"))
}

// check the arguments of the command.
func (f flags) check(args []string) string {
	for i, a := range args {
		name, isLong := strings.CutPrefix(a, "--")
		name, _, _ = strings.Cut(name, "=")
		short := shortFlag.FindStringSubmatch(a)
		switch {
		case isLong && name != "" && !slices.Contains(f.long, name):
			return fmt.Sprintf("it has no flag --%s", name)
		case !isLong && short != nil && !slices.Contains(f.short, short[1]):
			return fmt.Sprintf("it has no flag -%s", short[1])
		case i == 0 && !strings.HasPrefix(a, "-") && len(f.commands) > 0 && !slices.Contains(f.commands, a):
			return fmt.Sprintf("it has no command %s", a)
		case i == 0 && a == "kubectl":
			return "" // kubectl's own
		}
	}
	return ""
}
