package stack

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// ClusterName is what the provider is told that the cluster is called.
const ClusterName = "demo"

// Bucket is where the provider is told to put CA certificates.
const Bucket = "demo-trust-stores"

// definitions are the folders of CRDs: Gateway API's, from the module that the provider is built with, and ours.
func (s *Stack) definitions(ctx context.Context) ([]string, error) {
	root, err := goList(ctx, "-m", "-f", "{{.Dir}}", "github.com/crossplane-contrib/provider-alb-gateway")
	if err != nil {
		return nil, err
	}
	gatewayAPI, err := goList(ctx, "-C", root, "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api")
	if err != nil {
		return nil, err
	}
	folders := []string{filepath.Join(gatewayAPI, "config", "crd", "standard")}
	if s.options.Bare {
		return folders, nil
	}
	return append(folders, filepath.Join(root, "package", "crds")), nil
}

// The ServiceAccount that the provider runs as, in examples/install as here.
const (
	Namespace      = "crossplane-system"
	ServiceAccount = "provider-alb-gateway"
)

// install what the provider finds in a cluster: its configuration, and the permissions of examples/install.
func (s *Stack) install(ctx context.Context) error {
	root, err := goList(ctx, "-m", "-f", "{{.Dir}}", "github.com/crossplane-contrib/provider-alb-gateway")
	if err != nil {
		return err
	}
	for _, args := range [][]string{
		{"create", "namespace", Namespace},
		{"create", "serviceaccount", ServiceAccount, "-n", Namespace},
		{"apply", "-f", filepath.Join(root, "examples", "install", "rbac.yaml")},
	} {
		if _, err := s.Kubectl(ctx, "", args...); err != nil {
			return err
		}
	}
	if err := s.WriteAccount(ctx, ServiceAccount, s.account); err != nil {
		return err
	}
	if err := s.installProviderConfig(ctx); err != nil {
		return err
	}
	return s.between()
}

// Policy is the IAM policy of examples/iam, for the stack's bucket.
func Policy(ctx context.Context) ([]byte, error) {
	root, err := goList(ctx, "-m", "-f", "{{.Dir}}", "github.com/crossplane-contrib/provider-alb-gateway")
	if err != nil {
		return nil, err
	}
	shipped, err := os.ReadFile(filepath.Join(root, "examples", "iam", "policy.json"))
	if err != nil {
		return nil, fmt.Errorf("cannot read the IAM policy: %w", err)
	}
	return bytes.ReplaceAll(shipped, []byte("TRUST-STORE-BUCKET"), []byte(Bucket)), nil
}

// writePolicy writes the policy that the provider's credentials have, and says where.
func (s *Stack) writePolicy(ctx context.Context) (string, error) {
	policy, err := Policy(ctx)
	if err != nil {
		return "", err
	}
	path := filepath.Join(s.options.Dir, "iam-policy.json")
	if err := os.WriteFile(path, policy, 0o600); err != nil {
		return "", fmt.Errorf("cannot write the provider's IAM policy: %w", err)
	}
	return path, nil
}

// Limit what the provider may do in AWS to a policy.
func (s *Stack) Limit(ctx context.Context, policy []byte) error {
	_, err := s.admin(ctx, http.MethodPut, "policies/"+ProviderAccessKey, policy)
	return err
}

// WriteAccount writes a kubeconfig with which a program runs as a ServiceAccount of the provider's namespace.
func (s *Stack) WriteAccount(ctx context.Context, name, path string) error {
	token, err := s.Kubectl(ctx, "", "create", "token", name, "-n", Namespace, "--duration=720h")
	if err != nil {
		return err
	}
	config, err := clientcmd.LoadFromFile(s.kubeconfig)
	if err != nil {
		return fmt.Errorf("cannot read the cluster's kubeconfig: %w", err)
	}
	for name := range config.AuthInfos {
		config.AuthInfos[name] = &clientcmdapi.AuthInfo{Token: strings.TrimSpace(token)}
	}
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		return fmt.Errorf("cannot write the provider's kubeconfig: %w", err)
	}
	return nil
}

func (s *Stack) installProviderConfig(ctx context.Context) error {
	world, err := s.World(ctx)
	if err != nil {
		return err
	}
	config := fmt.Sprintf(`
apiVersion: alb.gateway.crossplane.io/v1alpha1
kind: ClusterProviderConfig
metadata:
  name: default
spec:
  region: %s
  vpcId: %s
  clusterName: %s
  trustStoreBundles:
    bucket: %s
`, Region, world.VPC, ClusterName, Bucket)
	_, err = s.Kubectl(ctx, config, "apply", "-f", "-")
	return err
}

// Kubectl runs kubectl with stdin and returns what it printed.
func (s *Stack) Kubectl(ctx context.Context, stdin string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.options.Bin, "localcluster"), append([]string{"kubectl"}, args...)...)
	cmd.Env = append(cmd.Environ(), s.Env()...)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return string(out), nil
}

// goList asks the go command where a module is.
func goList(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		return "", fmt.Errorf("cannot find a module's folder with go list: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
