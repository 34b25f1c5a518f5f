package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What docs/kubectl-alb.md says that commands print is what they print. A block of commands is indented; after each comes what
// it prints, and "(exit N)" where it ends otherwise than with 0.
func TestDocs(t *testing.T) {
	page, err := filepath.Abs(filepath.Join("..", "..", "docs", "kubectl-alb.md"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := stage(dir); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	var want, got strings.Builder
	commands, printing := 0, false
	for line := range strings.Lines(string(b)) {
		command, is := strings.CutPrefix(line, "    $ kubectl alb ")
		switch {
		case is:
			commands++
			printing = true
			got.WriteString(line + printed(t, strings.TrimSpace(command)))
		case printing && (strings.HasPrefix(line, "    ") || strings.TrimSpace(line) == ""):
			// is printed by the command, or is not
		default:
			if printing {
				got.WriteByte('\n') // before the text that follows
			}
			printing = false
			got.WriteString(line)
		}
		want.WriteString(line)
	}
	if commands == 0 {
		t.Fatal("the page has no command: the test looks for the wrong thing")
	}
	if *update {
		if err := os.WriteFile(page, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(want.String(), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("docs/kubectl-alb.md: -page, +printed:\n%s", diff)
	}
}

// printed by a command, indented.
func printed(t *testing.T, command string) string {
	t.Helper()
	code, stdout, stderr := call(words(command)...)
	if stderr != "" && code == exitError {
		stdout += stderr
	}
	if code != exitSame {
		stdout += fmt.Sprintf("(exit %d)\n", code)
	}
	var b strings.Builder
	for line := range strings.Lines(stdout) {
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// words of a command, of which some are quoted.
func words(command string) []string {
	var out []string
	for i, part := range strings.Split(command, "'") {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}
