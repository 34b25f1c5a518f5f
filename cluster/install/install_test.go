//go:build linux

package install

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

const (
	namespace = "example-ns"
	gateway   = "gateway/my-alb-gateway"
	provider  = "provider.pkg.crossplane.io/provider-alb-gateway"
)

// A load balancer lives through all that Crossplane does with the provider that made it, and serves all the while. What is said of a
// permission that is missing is tested in cluster/e2e.
func TestInstall(t *testing.T) {
	w := newWorld(t)
	w.containers = w.runContainers()
	t.Cleanup(func() {
		if w.traffic != nil {
			w.traffic.close()
		}
		if err := w.containers.close(); err != nil {
			t.Error(err)
		}
		for _, p := range w.parts {
			if err := p.Stop(); err != nil {
				t.Error(err)
			}
		}
	})
	for _, step := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"CrossplaneStarts", w.startCrossplane},
		{"Installed", w.install},
		{"Serves", w.serve},
		{"Upgraded", w.upgrade},
		{"Stopped", w.stop},
		{"Deleted", w.delete},
		{"GoneForGood", w.gone},
	} {
		if !t.Run(step.name, step.run) {
			break
		}
		if err := w.crossplaneRuns(); err != nil {
			t.Fatal(err)
		}
	}
}

// install as README.md and docs/install.md say.
func (w *world) install(t *testing.T) {
	t.Helper()
	w.fill(t, w.push(t, "v0.1.0"))
	w.apply(t)
	w.kinds(t)
}

// apply examples/install, before and after the kind of ClusterProviderConfigs has come with the package.
func (w *world) apply(t *testing.T) {
	t.Helper()
	folder := w.folder() + "/examples/install"
	// kubectl may remember a kind that was there before.
	noKind := regexp.MustCompile(`no matches for kind "ClusterProviderConfig"|could not find the requested resource \(post clusterproviderconfigs`)
	if out, err := w.stack.Kubectl(t.Context(), "", "apply", "-f", folder); err == nil || !noKind.MatchString(err.Error()) {
		t.Fatalf("kubectl apply: want no kind ClusterProviderConfig yet, got %v\n%s", err, out)
	}
	w.healthy(t)
	w.kubectl(t, "apply", "-f", folder)
}

// healthy waits until the package and its active revision are, and until the pods of that run and no others.
func (w *world) healthy(t *testing.T) {
	t.Helper()
	w.wait(t, provider, "--for=condition=Installed")
	w.wait(t, provider, "--for=condition=Healthy")
	for _, condition := range []string{"RevisionHealthy", "RuntimeHealthy"} {
		w.wait(t, "providerrevision/"+w.active(t), "--for=condition="+condition)
	}
	until(t, func() error {
		if n := w.containers.count(); n != 2 { // as runtimeconfig.yaml says
			return fmt.Errorf("%d providers run, not 2", n)
		}
		return nil
	})
}

// active is the name of the one revision that Crossplane runs.
func (w *world) active(t *testing.T) string {
	t.Helper()
	name := ""
	until(t, func() error {
		out, err := w.stack.Kubectl(t.Context(), "", "get", "providerrevisions", "-o", `jsonpath={range .items[?(@.spec.desiredState=="Active")]}{.metadata.name} {end}`)
		if err != nil {
			return err
		}
		names := strings.Fields(out)
		if len(names) != 1 {
			return fmt.Errorf("%d revisions are active, not one: %q", len(names), names)
		}
		name = names[0]
		return nil
	})
	return name
}

// kinds are active, every one, though no ManagedResourceActivationPolicy names them.
func (w *world) kinds(t *testing.T) {
	t.Helper()
	if out := w.kubectl(t, "get", "managedresourceactivationpolicies", "-o", "name"); out != "" {
		t.Errorf("there are ManagedResourceActivationPolicies: %s", out)
	}
	of := func(what string) []string {
		var all []string
		for name := range strings.FieldsSeq(w.kubectl(t, "get", what, "-o", "jsonpath={.items[*].metadata.name}")) {
			if strings.HasSuffix(name, ".alb.gateway.crossplane.io") || strings.HasSuffix(name, ".gateway.k8s.aws") {
				all = append(all, name)
			}
		}
		slices.Sort(all)
		return all
	}
	defined := slices.DeleteFunc(of("crds"), func(name string) bool { return strings.Contains(name, "providerconfigs.") })
	if diff := cmp.Diff(defined, of("managedresourcedefinitions")); diff != "" || len(defined) < 10 {
		t.Errorf("kinds and ManagedResourceDefinitions: -kinds but ProviderConfigs, +definitions:\n%s", diff)
	}
	states := w.kubectl(t, "get", "managedresourcedefinitions", "-o", "jsonpath={.items[*].spec.state}")
	if n := strings.Count(states, "Active"); n != len(defined) {
		t.Errorf("%d of %d ManagedResourceDefinitions are active: %s", n, len(defined), states)
	}
}

func (w *world) serve(t *testing.T) {
	t.Helper()
	w.quickstart(t)
	w.settled(t)
	w.traffic = w.startTraffic(w.kubectl(t, "get", "-n", namespace, gateway, "-o", "jsonpath={.status.addresses[0].value}"))
	until(t, func() error {
		w.traffic.mu.Lock()
		defer w.traffic.mu.Unlock()
		if n := w.traffic.sent - len(w.traffic.failed); n < 10 {
			return fmt.Errorf("%d requests were answered, not 10: %q", n, w.traffic.failed)
		}
		return nil
	})
}

// quickstart is applied, for the first time or once more.
func (w *world) quickstart(t *testing.T) {
	t.Helper()
	if w.manifests == "" { // it has a new certificate each time
		var err error
		if w.manifests, err = w.stack.Quickstart(t.Context(), "shop.example.com"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.stack.Kubectl(t.Context(), w.manifests, "apply", "-f", "-"); err != nil {
		t.Fatal(err)
	}
}

// settled waits until the Gateway is programmed, its routes are live and its targets healthy.
func (w *world) settled(t *testing.T) {
	t.Helper()
	w.wait(t, "-n", namespace, gateway, "--for=condition=Programmed")
	w.wait(t, "-n", namespace, "listenerrules", "--all", "--for=condition=Ready")
	w.wait(t, "-n", namespace, "targetgroupbindings", "--all", "--for=jsonpath={.status.atProvider.healthy}=3")
}

// nothingHappens in AWS while something is done, and no request is lost.
func (w *world) nothingHappens(t *testing.T, do func()) {
	t.Helper()
	before := w.holdings(t)
	if err := w.stack.ResetCalls(t.Context()); err != nil {
		t.Fatal(err)
	}
	do()
	if diff := cmp.Diff(before, w.holdings(t)); diff != "" {
		t.Errorf("what AWS holds: -before, +after:\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{}, w.writes(t)); diff != "" {
		t.Errorf("writes to AWS: -want, +got:\n%s", diff)
	}
	w.traffic.undisturbed(t)
}

// upgrade to another version of the package: another revision with a Deployment of its own.
func (w *world) upgrade(t *testing.T) {
	t.Helper()
	name := w.push(t, "v0.1.1")
	w.nothingHappens(t, func() {
		w.kubectl(t, "patch", provider, "--type=merge", "-p", `{"spec":{"package":"`+name+`"}}`)
		until(t, func() error {
			if image := w.kubectl(t, "get", "providerrevision/"+w.active(t), "-o", "jsonpath={.spec.image}"); image != name {
				return fmt.Errorf("the active revision is of %s, not of %s", image, name)
			}
			return nil
		})
		w.healthy(t)
		w.works(t)
	})
	if want := "v0.1.1 as " + stack.ServiceAccount + " --leader-election"; !slices.Contains(w.containers.arguments(), want) {
		t.Errorf("the provider that runs: want %q, got %q", want, w.containers.arguments())
	}
}

// works waits until a provider that started lately works, and has seen to all objects.
func (w *world) works(t *testing.T) {
	t.Helper()
	until(t, func() error { return w.containers.elected() })
	w.settled(t)
}

// stop the provider for a while: kinds, objects and load balancers stay, and are taken up again.
func (w *world) stop(t *testing.T) {
	t.Helper()
	objects := w.objects(t)
	w.nothingHappens(t, func() {
		w.follow(t, "### For a while")
		until(t, w.nobodyRuns)
		if diff := cmp.Diff(objects, w.objects(t)); diff != "" {
			t.Errorf("objects: -before, +while nobody looks after them:\n%s", diff)
		}
	})
	w.nothingHappens(t, func() {
		w.kubectl(t, "apply", "-f", w.folder()+"/examples/install")
		w.healthy(t)
		w.works(t)
		if diff := cmp.Diff(objects, w.objects(t)); diff != "" {
			t.Errorf("objects: -before, +after:\n%s", diff)
		}
	})
}

// delete a Provider that runs, and a kind before it. All objects go, load balancers stay, and are found again.
func (w *world) delete(t *testing.T) {
	t.Helper()
	objects := w.objects(t)
	w.nothingHappens(t, func() {
		// Crossplane, too, may delete a kind before the provider has ended.
		w.kubectl(t, "delete", "crd", "listenerrules.alb.gateway.crossplane.io", "--wait=false")
		w.wait(t, "-n", namespace, "listenerrules", "--all", `--for=jsonpath={.status.conditions[?(@.type=="Ready")].reason}=Deleting`)
		w.follow(t, "### But keep the load balancers")
		until(t, w.nobodyRuns)
		until(t, w.noKinds)
	})
	w.nothingHappens(t, func() {
		w.apply(t)
		w.quickstart(t)
		until(t, func() error {
			if diff := cmp.Diff(objects, w.objects(t)); diff != "" {
				return fmt.Errorf("objects: -before, +after:\n%s", diff)
			}
			return nil
		})
		w.works(t)
	})
}

// gone is all, in AWS as in the cluster.
func (w *world) gone(t *testing.T) {
	t.Helper()
	w.traffic.close()
	w.follow(t, "### For good")
	until(t, w.noKinds)
	for _, held := range w.holdings(t) {
		if strings.HasPrefix(held, "arn:") {
			t.Errorf("AWS still holds %s", held)
		}
	}
}

// noKinds of the package are there.
func (w *world) noKinds() error {
	left, err := w.stack.Kubectl(context.Background(), "", "get", "crds,managedresourcedefinitions,clusterroles", "-o", "name")
	if err == nil && (strings.Contains(left, "alb.gateway.crossplane.io") || strings.Contains(left, "gateway.k8s.aws")) {
		err = fmt.Errorf("the cluster still has %s", left)
	}
	return err
}

func (w *world) nobodyRuns() error {
	if n := w.containers.count(); n > 0 {
		return fmt.Errorf("%d providers run", n)
	}
	return nil
}

// objects of ours, with the name of what they stand for.
func (w *world) objects(t *testing.T) []string {
	t.Helper()
	out := w.kubectl(t, "get", "alb", "-n", namespace, "-o",
		`go-template={{range .items}}{{.kind}} {{.metadata.name}} {{index .metadata.annotations "crossplane.io/external-name"}}{{"\n"}}{{end}}`)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	slices.Sort(lines)
	return lines
}
