package e2e

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The examples' namespace and objects.
const (
	exampleNamespace = "example-ns"
	exampleGateway   = "gateway/my-alb-gateway"
)

var (
	// varying are the parts of kubectl's tables that are others each time: ages, ids, node ports.
	varying = regexp.MustCompile(`\b\d+m?\d*s\b|\bsg-[0-9a-f]+|-\d{10}\.|\b3\d{4}\b`)
	gaps    = regexp.MustCompile(` +`)
)

// What README.md says that kubectl prints for examples/quickstart is what it prints, and what other pages tell to look at can be.
func TestREADME(t *testing.T) {
	kubectl := func(stdin string, args ...string) string {
		t.Helper()
		out, err := system.Kubectl(t.Context(), stdin, args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	kubectl(quickstart(t), "apply", "-f", "-")
	t.Cleanup(func() {
		if _, err := system.Kubectl(context.Background(), "", "delete", "namespace", exampleNamespace, "--timeout=60s"); err != nil {
			t.Error(err)
		}
	})
	kubectl("", "wait", "-n", exampleNamespace, exampleGateway, "--for=condition=Programmed", "--timeout=60s")
	kubectl("", "wait", "-n", exampleNamespace, "listenerrules", "--all", "--for=condition=Ready", "--timeout=60s")

	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown := tables(string(readme))
	if len(shown) == 0 {
		t.Fatal("README.md shows no output of kubectl: the test looks for the wrong thing")
	}
	for command, want := range shown {
		err := until(func() error { // the number of healthy targets rises by itself
			got := plain(kubectl("", strings.Fields(command)...))
			if diff := cmp.Diff(plain(want), got); diff != "" {
				return errorString("kubectl " + command + " in README.md: -README, +printed:\n" + diff)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	runPages(t)
}

type errorString string

func (e errorString) Error() string { return string(e) }

// quickstart is the example with the ARN of a certificate that there is.
func quickstart(t *testing.T) string {
	t.Helper()
	manifests, err := system.Quickstart(t.Context(), "shop.example.com")
	if err != nil {
		t.Fatal(err)
	}
	return manifests
}

// tables are the indented outputs of kubectl commands in a text, by command.
func tables(text string) map[string]string {
	all := map[string]string{}
	command := ""
	for line := range strings.Lines(text) {
		line, indented := strings.CutPrefix(strings.TrimRight(line, "\n"), "    ")
		switch c, isCommand := strings.CutPrefix(line, "$ kubectl "); {
		case isCommand:
			command = c
		case !indented && line != "":
			command = ""
		case command != "":
			all[command] += line + "\n"
		}
	}
	return all
}

// plain is a table without what varies, a line for each line that is not empty.
func plain(table string) []string {
	var lines []string
	for line := range strings.Lines(table) {
		if line = strings.TrimSpace(gaps.ReplaceAllString(varying.ReplaceAllString(line, "*"), " ")); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
