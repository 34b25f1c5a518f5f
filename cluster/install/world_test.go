//go:build linux

package install

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// patience is how long something may take that comes by itself: garbage collection learns of new kinds every half a minute.
const patience = 3 * time.Minute

// A world is a cluster and a simulated AWS with Crossplane and a registry, and nothing of the provider but what Crossplane installs.
type world struct {
	stack    *stack.Stack
	kube     kubernetes.Interface
	registry string // host:port
	dir      string
	bin      string

	parts      []*stack.Replica // of Crossplane
	containers *containers
	manifests  string // of the quickstart
	traffic    *traffic
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir, err := os.MkdirTemp("", "alb-install-") //nolint:usetesting // Of a test that fails, the logs stay.
	if err != nil {
		t.Fatal(err)
	}
	bin, err := filepath.Abs(filepath.Join("..", "..", "bin"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := stack.Start(t.Context(), stack.Options{Dir: dir, Bin: bin, Bare: true, SimulatorArgs: []string{"--provisioning-delay=500ms"}})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{stack: s, dir: dir, bin: bin}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log("logs are in " + s.Logs())
			return
		}
		_ = os.RemoveAll(dir) // a leftover in the temporary folder harms nobody
	})
	if err := os.Symlink(filepath.Join(bin, "localcluster"), filepath.Join(dir, "kubectl")); err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", s.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	config.QPS, config.Burst = 100, 200 // pods are looked at often
	if w.kube, err = kubernetes.NewForConfig(config); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	w.registry = strings.TrimPrefix(server.URL, "http://")
	return w
}

// kubectl runs kubectl, which may not fail.
func (w *world) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := w.stack.Kubectl(t.Context(), "", args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// wait for what kubectl wait waits for; when it takes too long, what the objects say is shown.
func (w *world) wait(t *testing.T, args ...string) {
	t.Helper()
	_, err := w.stack.Kubectl(t.Context(), "", append([]string{"wait", fmt.Sprintf("--timeout=%s", patience)}, args...)...)
	if err == nil {
		return
	}
	state := ""
	for _, show := range [][]string{
		{"get", "provider.pkg,providerrevisions", "-o", "yaml"},
		{"get", "deployments,pods", "-n", stack.Namespace, "-o", "wide"},
		{"get", "gateways,alb", "-A"},
		{"get", "gateways", "-A", "-o", "yaml"},
		{"get", "crds", "-o", "custom-columns=NAME:.metadata.name,DELETED:.metadata.deletionTimestamp"},
	} {
		out, failed := w.stack.Kubectl(t.Context(), "", show...)
		if failed != nil {
			out = failed.Error() + "\n"
		}
		state += "$ kubectl " + strings.Join(show, " ") + "\n" + out
	}
	t.Fatalf("%v\n%s", err, state)
}

// until something holds.
func until(t *testing.T, holds func() error) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := holds()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// run a program in a folder, with more in its environment.
func run(t *testing.T, dir string, env []string, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// indented commands: lines that end with a backslash go on, and so do loops.
var indented = regexp.MustCompile(`(?m)^    ((?:kubectl|for) .*(?:\\\n.*|\n {6}.*|\n    done)*)$`)

// follow the commands that docs/install.md gives under a heading, in their order, in the folder of the project.
func (w *world) follow(t *testing.T, heading string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "install.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n"+heading+"\n")
	if section, _, _ = strings.Cut(section, "\n#"); !found {
		t.Fatalf("docs/install.md has no heading %q", heading)
	}
	commands := indented.FindAllStringSubmatch(section, -1)
	if len(commands) == 0 {
		t.Fatalf("docs/install.md gives no commands under %q", heading)
	}
	for _, c := range commands {
		t.Log("$ " + c[1])
		t.Log(run(t, w.folder(), append(w.stack.Env(), "PATH="+w.dir+string(os.PathListSeparator)+os.Getenv("PATH")), "sh", "-c", c[1]))
	}
}
