package e2e

import (
	"os/exec"
	"testing"
)

// The CRDs' own tests have a part that needs an API server.
func TestDefinitionsLive(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-run", "^TestLiveCases$", "./apis/gateway")
	cmd.Dir = "../.."
	cmd.Env = append(cmd.Environ(), "ALB_TEST_KUBECONFIG="+system.Kubeconfig())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
