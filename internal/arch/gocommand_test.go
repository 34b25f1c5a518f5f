package arch

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// valued are the flags of go test that take a value in the next word.
var valued = map[string]bool{"run": true, "bench": true, "fuzz": true, "fuzztime": true, "tags": true, "timeout": true, "count": true, "p": true}

// functions that a flag chooses by a pattern.
var functions = map[string]string{"run": "Test|Fuzz|Example", "bench": "Benchmark", "fuzz": "Fuzz"}

// checkGo commands: packages, and the tests that patterns choose among them.
func checkGo(c command) string {
	if len(c.words) < 3 || c.words[1] != "test" && c.words[1] != "run" && c.words[1] != "build" {
		return "" // go's own
	}
	var packages []string
	patterns := map[string]string{}
	update := false
	args := c.words[2:]
	for i := 0; i < len(args); i++ {
		flag, isFlag := strings.CutPrefix(args[i], "-")
		name, value, given := strings.Cut(flag, "=")
		switch {
		case flag == "args":
			i = len(args)
		case isFlag && given:
			patterns[name] = value
		case isFlag && valued[name] && i+1 < len(args):
			i++
			patterns[name] = args[i]
		case isFlag:
			update = update || name == "update"
		default:
			packages = append(packages, args[i])
		}
		if c.words[1] == "run" && !isFlag {
			break // what follows is the program's
		}
	}
	if len(packages) == 0 {
		packages = []string{"."}
	}
	text := ""
	for _, p := range packages {
		sources := testsOf(path.Join(c.folder, p))
		if sources == "" && c.words[1] == "test" {
			return fmt.Sprintf("there is no package %s with tests", p)
		}
		if !exists(filepath.Join(root, c.folder, strings.TrimSuffix(p, "..."))) {
			return fmt.Sprintf("there is no package %s", p)
		}
		text += sources
	}
	if update && !strings.Contains(text, `flag.Bool("update"`) {
		return "its tests have no flag -update"
	}
	return unmatched(patterns, text, path.Join(c.folder, packages[0]))
}

// testsOf a package are its tests' sources, or those of all packages below.
func testsOf(folder string) string {
	var b strings.Builder
	base, all := strings.CutSuffix(folder, "...")
	top := filepath.Join(root, filepath.FromSlash(base))
	_ = filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error { // what is not there has no tests
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != top && !all:
			return fs.SkipDir
		case strings.HasSuffix(p, "_test.go"):
			text, err := os.ReadFile(p)
			b.Write(text)
			return err
		}
		return nil
	})
	return b.String()
}

// unmatched is a pattern that chooses nothing. The second part of one that chooses among cases in testdata is the name of a file.
func unmatched(patterns map[string]string, sources, folder string) string {
	for flag, kind := range functions {
		pattern := patterns[flag]
		if pattern == "" || pattern == "^$" || placeholder.MatchString(pattern) {
			continue
		}
		top, inner, _ := strings.Cut(pattern, "/")
		chosen, err := regexp.Compile(top)
		if err != nil {
			return err.Error()
		}
		found := false
		for _, m := range regexp.MustCompile(`(?m)^func ((?:`+kind+`)\w*)\(`).FindAllStringSubmatch(sources, -1) {
			found = found || chosen.MatchString(m[1])
		}
		if !found {
			return fmt.Sprintf("no test matches -%s %s", flag, pattern)
		}
		if inner != "" && !placeholder.MatchString(inner) && !exists(filepath.Join(root, folder, "testdata", strings.Trim(inner, "^$")+".txtar")) {
			return fmt.Sprintf("there is no case %s", inner)
		}
	}
	return ""
}
