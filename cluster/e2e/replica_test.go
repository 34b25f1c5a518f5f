package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// application is a Gateway of a class, with a route to a path for each of some names.
func application(class string, routes ...string) string {
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: %[1]s}
spec: {controllerName: gateway.k8s.aws/alb}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web}
spec:
  gatewayClassName: %[1]s
  listeners:
    - {name: http, port: 80, protocol: HTTP}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  type: NodePort
  selector: {app: shop}
  ports: [{port: 80}]
`, class)
	for _, r := range routes {
		_, _ = fmt.Fprintf(&b, `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: %[1]s}
spec:
  parentRefs: [{name: web}]
  rules:
    - matches: [{path: {value: /%[1]s}}]
      backendRefs: [{name: shop, port: 80}]
`, r)
	}
	return b.String()
}

// A place is a namespace in which a test applies objects.
type place struct {
	t    *testing.T
	name string
}

// alone stops the Stack's own provider for a test, and gives it a namespace.
func alone(t *testing.T, name string) place {
	t.Helper()
	p := place{t, name}
	p.kubectl("", "create", "namespace", name)
	if err := system.StopProvider(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		if err := system.StartProvider(ctx); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"delete", "gateways", "--all", "-n", name, "--timeout=60s"},
			{"wait", "alb", "--all", "-n", name, "--for=delete", "--timeout=60s"},
			{"delete", "namespace", name, "--wait=false"},
		} {
			if _, err := system.Kubectl(ctx, "", args...); err != nil {
				t.Error(err)
			}
		}
	})
	return p
}

func (p place) kubectl(stdin string, args ...string) string {
	p.t.Helper()
	out, err := system.Kubectl(p.t.Context(), stdin, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

func (p place) apply(manifest string) { p.kubectl(manifest, "apply", "-n", p.name, "-f", "-") }

// rules waits until AWS holds exactly so many rules for the Gateway, and returns how long that took.
func (p place) rules(n int) time.Duration {
	p.t.Helper()
	since := time.Now()
	err := until(func() error {
		all, err := liveRules(p.t.Context(), p.name)
		if err == nil && len(all) != n {
			return fmt.Errorf("AWS holds %d rules, not %d", len(all), n)
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return time.Since(since)
}

func (p place) replica(name string, args ...string) *stack.Replica {
	p.t.Helper()
	return p.replicaVia(nil, name, args...)
}

// watched starts a replica whose writes are seen.
func (p place) watched(w *witness, name string, args ...string) *stack.Replica {
	p.t.Helper()
	return p.replicaVia([]string{"AWS_ENDPOINT_URL=" + w.between(p.t, name)}, name, args...)
}

func (p place) replicaVia(via []string, name string, args ...string) *stack.Replica {
	p.t.Helper()
	r, err := system.StartReplicaVia(p.t.Context(), via, name, args...)
	if r != nil {
		p.t.Cleanup(func() { _ = r.Stop() })
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// working says whether a replica is the one that works.
func working(t *testing.T, r *stack.Replica) bool {
	t.Helper()
	log, err := r.Log()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(log, "This replica works")
}

// Of two replicas one works. The other one takes over: soon when the first ends in good order, with a call to AWS under way
// that nobody answers; and when its lease is over when the first is killed. No rule is made twice or lost, and never do two write.
func TestReplicas(t *testing.T) {
	p := alone(t, "replicas")
	args := []string{"--leader-election", "--leader-election-namespace=" + stack.Namespace, "--lease-duration=6s", "--lease-renew-deadline=4s", "--lease-retry-period=1s"}
	w := &witness{}
	first := p.watched(w, "provider-a", args...)
	if err := until(func() error {
		if !working(t, first) {
			return fmt.Errorf("the only replica does not work")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	second := p.watched(w, "provider-b", args...)
	p.apply(application("replicas", "one"))
	p.rules(1)
	if working(t, second) {
		t.Fatal("both replicas work")
	}

	if err := system.HangAfter(t.Context(), "CreateRule"); err != nil {
		t.Fatal(err)
	}
	p.apply(application("replicas", "one", "two"))
	if err := until(func() error {
		if n, err := system.Hanging(t.Context()); err != nil || n == 0 {
			return fmt.Errorf("no call hangs: %w", err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	since := time.Now()
	if err := system.ClearFaults(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.apply(application("replicas", "one", "two", "three"))
	p.rules(3)
	t.Logf("after the end of the first replica in good order the second had made its first rule after %s", time.Since(since).Round(100*time.Millisecond))
	if log, err := first.Log(); err != nil || !working(t, second) {
		t.Fatalf("the second replica does not work: %v\n%s", err, log)
	}

	third := p.watched(w, "provider-c", args...)
	if err := second.Kill(); err != nil {
		t.Fatal(err)
	}
	p.apply(application("replicas", "one", "two", "three", "four"))
	t.Logf("after SIGKILL the third replica had made its first rule after %s", p.rules(4).Round(100*time.Millisecond))
	if !working(t, third) {
		t.Error("the third replica does not work")
	}
	w.turns(t, "provider-a", "provider-b", "provider-c")
}

// Two deployments share the classes. A Gateway that goes from one to the other takes along what has been made for it: AWS
// is not written to.
func TestShards(t *testing.T) {
	p := alone(t, "shards")
	own := p.replica("provider-own", "--gateway-class=shards-own")
	rest := p.replica("provider-rest", "--not-gateway-class=shards-own")
	p.kubectl(`{"apiVersion":"gateway.networking.k8s.io/v1","kind":"GatewayClass","metadata":{"name":"shards-rest"},"spec":{"controllerName":"gateway.k8s.aws/alb"}}`, "apply", "-f", "-")
	p.apply(application("shards-own", "one", "two"))
	p.rules(2)
	p.kubectl("", "wait", "-n", p.name, "alb", "--all", "--for=condition=Ready", "--timeout=60s")
	before := p.kubectl("", "get", "alb", "-n", p.name, "-o", "name")
	if err := system.ResetCalls(t.Context()); err != nil {
		t.Fatal(err)
	}

	p.kubectl("", "patch", "gateway/web", "-n", p.name, "--type=merge", `-p={"spec":{"gatewayClassName":"shards-rest"}}`)
	err := until(func() error {
		out, err := system.Kubectl(t.Context(), "", "get", "alb", "-n", p.name, "-l", "gateway.networking.k8s.io/gateway-class-name=shards-rest", "-o", "name")
		if err == nil && out != before {
			return fmt.Errorf("what was made for the Gateway is not the other deployment's: -before, +after:\n%s", cmp.Diff(before, out))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := own.Stop(); err != nil {
		t.Fatal(err)
	}
	p.apply(application("shards-rest", "one", "two", "three"))
	p.rules(3)
	writes, err := writesSoFar(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"CreateRule=1"}, writes); diff != "" {
		t.Errorf("writes to AWS for the third route: -want, +got:\n%s", diff)
	}
	if err := rest.Stop(); err != nil {
		t.Fatal(err)
	}
}
