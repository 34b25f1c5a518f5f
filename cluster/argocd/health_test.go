package argocd

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const gatewayAPI = "gateway.networking.k8s.io/"

// A status as `kubectl alb plan -o yaml` prints it.
type status struct {
	Object     string           `json:"object"`
	Conditions []map[string]any `json:"conditions"`
}

func TestHealth(t *testing.T) {
	tool := filepath.Join(t.TempDir(), "kubectl-alb")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", tool, "./cmd/kubectl-alb")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build kubectl-alb: %v\n%s", err, out)
	}
	cases := map[string]struct {
		reason   string
		from, to string
		gateway  string
		route    string
	}{
		"Accepted": {
			reason:  "What is accepted and live is healthy.",
			gateway: "Healthy", route: "Healthy",
		},
		"BackendMissing": {
			reason: "A route whose Service does not exist is degraded, and its Gateway is not.",
			from:   "backendRefs:\n    - name: echo", to: "backendRefs:\n    - name: nothing",
			gateway: "Healthy", route: "Degraded",
		},
		"ProtocolUnsupported": {
			reason: "A listener that an ALB cannot have degrades its Gateway.",
			from:   "protocol: HTTP\n", to: "protocol: UDP\n",
			gateway: "Degraded", route: "Degraded",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := manifests(t, tc.from, tc.to)
			plan := exec.CommandContext(t.Context(), tool, "plan", "-f", dir, "-o", "yaml")
			out, err := plan.Output()
			if err != nil && len(out) == 0 {
				t.Fatalf("cannot plan: %v", err)
			}
			gateway, route := objects(t, out)
			check(t, tc.reason, "Gateway", tc.gateway, gateway)
			check(t, tc.reason, "HTTPRoute", tc.route, route)
		})
	}
}

func check(t *testing.T, reason, kind, want string, object map[string]any) {
	t.Helper()
	got, err := Health(gatewayAPI+kind, object)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%s\nhealth of %s: want %s, got %s: %v", reason, kind, want, got, object)
	}
}

// manifests of the quickstart, in which one text is put for another.
func manifests(t *testing.T, from, to string) string {
	t.Helper()
	dir := t.TempDir()
	files, err := filepath.Glob("../../examples/quickstart/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no quickstart: %v", err)
	}
	replaced := from == ""
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		if from != "" && strings.Contains(text, from) {
			text, replaced = strings.Replace(text, from, to, 1), true
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !replaced {
		t.Fatalf("the quickstart has no %q", from)
	}
	return dir
}

// objects are the Gateway and the route of a plan, with the statuses that it gives them.
func objects(t *testing.T, out []byte) (gateway, route map[string]any) {
	t.Helper()
	var plan struct {
		Gateways []struct {
			Statuses []status `json:"statuses"`
		} `json:"gateways"`
	}
	if err := yaml.Unmarshal(out, &plan); err != nil {
		t.Fatal(err)
	}
	var conditions, listeners, parents []any
	for _, g := range plan.Gateways {
		for _, s := range g.Statuses {
			own := make([]any, 0, len(s.Conditions))
			for _, c := range s.Conditions {
				own = append(own, c)
			}
			switch {
			case strings.HasPrefix(s.Object, "HTTPRoute "):
				parents = append(parents, map[string]any{"parentRef": map[string]any{"name": "gw"}, "conditions": own})
			case strings.Contains(s.Object, " listener "):
				listeners = append(listeners, map[string]any{"name": s.Object, "conditions": own})
			default:
				conditions = own
			}
		}
	}
	gateway = map[string]any{"metadata": map[string]any{}, "status": map[string]any{"conditions": conditions, "listeners": listeners}}
	route = map[string]any{"metadata": map[string]any{}, "status": map[string]any{"parents": parents}}
	return gateway, route
}
