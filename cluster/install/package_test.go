//go:build linux

package install

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// What examples/install leaves to be filled in.
const (
	examplePackage = "registry.example.com/provider-alb-gateway:v0.1.0"
	exampleVPC     = "vpc-0123456789abcdef0"
)

// push a version of the package, as `make package` and `make push` do but for architectures that nobody here asks for: Crossplane
// reads amd64's whatever it runs on. It returns the package's name.
func (w *world) push(t *testing.T, version string) string {
	t.Helper()
	xpkg := filepath.Join(w.dir, "xpkg")
	if _, err := os.Stat(xpkg); err != nil {
		run(t, filepath.Join("..", "xpkg"), nil, "go", "build", "-o", xpkg, ".")
	}
	file := filepath.Join(w.dir, version+".xpkg")
	args := []string{"build", "--package=" + filepath.Join("..", "..", "package"), "--version=" + version, "--out=" + file}
	architectures := []string{"amd64", runtime.GOARCH}
	for _, arch := range slices.Compact(architectures) {
		binary := filepath.Join(w.dir, version, arch, "provider")
		run(t, filepath.Join("..", ".."), []string{"GOOS=linux", "GOARCH=" + arch, "CGO_ENABLED=0"},
			"go", "build", "-ldflags", "-s -w -X main.version="+version, "-o", binary, "./cmd/provider")
		args = append(args, "--runtime="+arch+"="+binary)
	}
	run(t, ".", nil, xpkg, args...)
	name := w.registry + "/provider-alb-gateway:" + version
	run(t, ".", nil, xpkg, "push", file, name)
	return name
}

// folder of the project as its user has it: with examples/install filled in.
func (w *world) folder() string { return filepath.Join(w.dir, "project") }

// fill examples/install in.
func (w *world) fill(t *testing.T, pkg string) {
	t.Helper()
	aws, err := w.stack.World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(w.folder(), "examples", "install")
	if err := os.MkdirAll(to, 0o750); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "examples", "install", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples/install: %v", err)
	}
	all := ""
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all += string(b)
		filled := strings.NewReplacer(examplePackage, pkg, exampleVPC, aws.VPC).Replace(string(b))
		if err := os.WriteFile(filepath.Join(to, filepath.Base(f)), []byte(filled), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, blank := range []string{examplePackage, exampleVPC, "clusterName: " + stack.ClusterName, "region: " + stack.Region} {
		if strings.Count(all, blank) != 1 {
			t.Fatalf("examples/install does not have %q once", blank)
		}
	}
}
