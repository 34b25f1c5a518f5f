package e2e

import (
	"context"
	"os/exec"
	"testing"
)

// The CRDs' own tests have a part that needs an API server, and nobody who writes statuses.
func TestDefinitionsLive(t *testing.T) {
	if err := system.StopProvider(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := system.StartProvider(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-run", "^TestLiveCases$", "./apis/gateway")
	cmd.Dir = "../.."
	cmd.Env = append(cmd.Environ(), "ALB_TEST_KUBECONFIG="+system.Kubeconfig())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
