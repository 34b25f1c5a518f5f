//go:build linux

package install

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// startCrossplane as its Helm chart does: init, until it succeeds, then the core and the RBAC manager. Its pods' ServiceAccount is
// only read here, for pull secrets: both run as an administrator. Webhooks, which guard what Usages name, are off.
func (w *world) startCrossplane(t *testing.T) {
	t.Helper()
	crossplane := filepath.Join(w.bin, "crossplane")
	if _, err := os.Stat(crossplane); err != nil {
		t.Fatalf("%v: run `make test-install`, which builds it", err)
	}
	w.kubectl(t, "create", "namespace", stack.Namespace)
	w.kubectl(t, "create", "serviceaccount", "crossplane", "-n", stack.Namespace)
	certificates, cache := filepath.Join(w.dir, "tls"), filepath.Join(w.dir, "cache")
	for _, dir := range []string{certificates, cache} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	module := strings.TrimSpace(run(t, ".", nil, "go", "list", "-modfile=crossplane.mod", "-m", "-f", "{{.Dir}}", "github.com/crossplane/crossplane/v2"))
	env := append(w.stack.Env(),
		"CRDS_PATH="+filepath.Join(module, "cluster", "crds"),
		"POD_NAMESPACE="+stack.Namespace, "POD_SERVICE_ACCOUNT=crossplane",
		"TLS_CA_SECRET_NAME=crossplane-root-ca", "TLS_CLIENT_SECRET_NAME=crossplane-tls-client", "TLS_SERVER_SECRET_NAME=crossplane-tls-server",
		"TLS_CLIENT_CERTS_DIR="+certificates, "XPKG_CACHE_DIR="+cache,
		"ENABLE_WEBHOOKS=false", "METRICS_PORT=0", "HEALTH_PROBE_PORT=0",
	)
	deadline := time.Now().Add(patience)
	for { // as an init container, which Kubernetes starts anew: the first time it asks for kinds that it has only just made
		cmd := exec.CommandContext(t.Context(), crossplane, "core", "init")
		cmd.Env = append(cmd.Environ(), env...)
		out, err := cmd.CombinedOutput()
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("crossplane core init: %v\n%s", err, out)
		}
		time.Sleep(time.Second)
	}
	for _, key := range []string{"ca.crt", "tls.crt", "tls.key"} {
		out := w.kubectl(t, "get", "secret", "crossplane-tls-client", "-n", stack.Namespace, "-o", "jsonpath={.data."+strings.ReplaceAll(key, ".", `\.`)+"}")
		b, err := base64.StdEncoding.DecodeString(out)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(certificates, key), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range []string{"core", "rbac"} {
		r, err := w.stack.StartProgram(stack.Program{Name: "crossplane-" + part, Path: crossplane, Args: []string{"--debug", part, "start"}, Env: env})
		if err != nil {
			t.Fatal(err)
		}
		w.parts = append(w.parts, r)
	}
	until(t, func() error {
		_, err := w.stack.Kubectl(t.Context(), "", "get", "deploymentruntimeconfig/default")
		return err
	})
}

// crossplaneRuns says whether both parts still do.
func (w *world) crossplaneRuns() error {
	for _, p := range w.parts {
		if p.Ended() {
			log, err := p.Log()
			return fmt.Errorf("a part of Crossplane has ended (%w):\n%s", err, log[max(0, len(log)-2000):])
		}
	}
	return nil
}
