package demo_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/demo"
)

func options(t *testing.T) (demo.Options, *bytes.Buffer) {
	t.Helper()
	if testing.Short() {
		t.Skip("the demo takes a whole system, which -short leaves out")
	}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	out := &bytes.Buffer{}
	return demo.Options{Root: root, Out: out}, out
}

// make demo: each step is a line with its time, the pods' answers are shown, and the error is nil only if all held.
func TestRun(t *testing.T) {
	o, out := options(t)
	if err := demo.Run(t.Context(), o); err != nil {
		t.Fatalf("Run: %v\n%s", err, out)
	}
	for _, want := range []string{
		"start the Kubernetes control plane", "wait for the Gateway to be programmed", "$ kubectl get alb -n example-ns",
		"└── ✓ LoadBalancer/my-alb-gateway", "HTTP/1.1 200 OK", "HTTP/2.0 200 OK", `"pod": "echo-`, "The page: http://127.0.0.1:", "see that nothing of it is left in AWS", "done in",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("Run does not show %q:\n%s", want, out)
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("Run uses a terminal's codes where there is no terminal")
	}
}

// make up, make up again, make down, make down again.
func TestUpAndDown(t *testing.T) {
	o, out := options(t)
	dir := filepath.Join(t.TempDir(), "local")
	t.Cleanup(func() {
		if err := demo.Down(dir, o); err != nil { // whatever happened before
			t.Error(err)
		}
	})
	if err := demo.Up(t.Context(), dir, o); err != nil {
		t.Fatalf("Up: %v\n%s", err, out)
	}
	for _, name := range []string{"kubeconfig", "logs/provider.log", "logs/albsim.log", "logs/localcluster.log"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("Up leaves no %s: %v", name, err)
		}
	}
	if err := demo.Up(t.Context(), dir, o); err == nil || !strings.Contains(err.Error(), "make down") {
		t.Errorf("a second Up says that the first runs, and how to end it; got %v", err)
	}
	out.Reset()
	if err := demo.Down(dir, o); err != nil || !strings.Contains(out.String(), "stopped: [provider localcluster albsim]") {
		t.Errorf("Down says what it stopped; got %v, %q", err, out)
	}
	out.Reset()
	if err := demo.Down(dir, o); err != nil || !strings.Contains(out.String(), "nothing is running") {
		t.Errorf("a second Down has nothing to stop; got %v, %q", err, out)
	}
}

// A step that cannot be done is named, with the remedy.
func TestWithoutBinaries(t *testing.T) {
	out := &bytes.Buffer{}
	err := demo.Run(t.Context(), demo.Options{Root: t.TempDir(), Out: out})
	if err == nil || !strings.Contains(err.Error(), "make build") {
		t.Errorf("Run says how to get the binaries; got %v", err)
	}
}
