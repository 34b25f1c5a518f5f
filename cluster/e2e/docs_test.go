package e2e

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// about the quickstart are the commands of pages that look at its namespace.
var about = regexp.MustCompile(`(?m)^    (?:\$ )?(kubectl|bin/localcluster kubectl|bin/kubectl-alb) ((?:get|describe|alb|tree|explain|plan) .*-n ` + exampleNamespace + `)\b`)

// runPages runs what pages tell to look at in the quickstart, which is there.
func runPages(t *testing.T) {
	t.Helper()
	ran := 0
	for name, text := range pages(t) {
		for _, m := range about.FindAllStringSubmatch(text, -1) {
			ran++
			args := strings.Fields(m[2])
			var err error
			if plugin := m[1] == "bin/kubectl-alb" || args[0] == "alb"; plugin {
				err = kubectlALB(t.Context(), args)
			} else {
				_, err = system.Kubectl(t.Context(), "", args...)
			}
			if err != nil {
				t.Errorf("%s: %s %s: %v", name, m[1], m[2], err)
			}
		}
	}
	if ran < 6 {
		t.Errorf("only %d commands found: the test looks for the wrong thing", ran)
	}
}

func kubectlALB(ctx context.Context, args []string) error {
	if args[0] == "alb" {
		args = args[1:]
	}
	cmd := exec.CommandContext(ctx, filepath.Join("..", "..", "bin", "kubectl-alb"), args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+system.Kubeconfig())
	out, err := cmd.CombinedOutput()
	if err != nil {
		return errorString(err.Error() + "\n" + string(out))
	}
	return nil
}

// pages of the documentation, by path.
func pages(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	all := map[string]string{}
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(text)
	}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(p) != ".md" {
			return err
		}
		text, err := os.ReadFile(p)
		all[p] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var fenced = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// The API server takes every YAML of docs/kinds.
func TestKindPages(t *testing.T) {
	const ns = "shop" // that of the examples which have one
	if _, err := system.Kubectl(t.Context(), "", "create", "namespace", ns); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := system.Kubectl(context.Background(), "", "delete", "namespace", ns, "--timeout=60s"); err != nil {
			t.Error(err)
		}
	})
	taken := 0
	for name, text := range pages(t) {
		if filepath.Base(filepath.Dir(name)) != "kinds" {
			continue
		}
		for _, m := range fenced.FindAllStringSubmatch(text, -1) {
			taken++
			if _, err := system.Kubectl(t.Context(), m[1], "apply", "--dry-run=server", "-f", "-"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if taken < 16 {
		t.Errorf("only %d examples found: the test looks for the wrong thing", taken)
	}
}
