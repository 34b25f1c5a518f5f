package controlplane

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// apply makes what the manifests say, before any controller runs: kube-controller-manager looks for new kinds only every half
// minute, and collects no garbage of kinds that it does not know.
func (c *ControlPlane) apply(ctx context.Context, o Options) error {
	if len(o.Manifests) == 0 {
		return nil
	}
	args := []string{"apply", "--server-side"}
	for _, m := range o.Manifests {
		args = append(args, "--filename", m)
	}
	if _, err := c.kubectl(ctx, o.Executable, args...); err != nil {
		return fmt.Errorf("cannot apply manifests: %w", err)
	}
	kinds, err := c.kubectl(ctx, o.Executable, "get", "customresourcedefinitions", "--output", "name")
	if err != nil || kinds == "" {
		return err
	}
	if _, err := c.kubectl(ctx, o.Executable, "wait", "customresourcedefinitions", "--all", "--for", "condition=Established", "--timeout", "30s"); err != nil {
		return fmt.Errorf("not every kind of the manifests is served: %w", err)
	}
	o.Progress("manifests applied")
	return nil
}

func (c *ControlPlane) kubectl(ctx context.Context, executable string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, executable, append([]string{"kubectl"}, args...)...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.layout.kubeconfig())
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("kubectl %s: %w: %s", args[0], err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}
