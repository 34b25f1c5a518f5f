package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/permission"
)

// role is the name of the provider's ClusterRole in examples/install.
const role = "provider-alb-gateway"

func clientFor(path string) (client.Client, error) {
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	return client.New(config, client.Options{})
}

// grant the provider all permissions but one; all if it is the zero one.
func grant(ctx context.Context, without permission.Permission) error {
	kube, err := clientFor(system.Kubeconfig())
	if err != nil {
		return err
	}
	r := &rbacv1.ClusterRole{}
	if err := kube.Get(ctx, client.ObjectKey{Name: role}, r); err != nil {
		return err
	}
	r.Rules = nil
	for _, p := range permission.Needed() {
		if p == without {
			continue
		}
		resource := p.Resource
		if p.Subresource != "" {
			resource += "/" + p.Subresource
		}
		r.Rules = append(r.Rules, rbacv1.PolicyRule{APIGroups: []string{p.Group}, Resources: []string{resource}, Verbs: []string{p.Verb}})
	}
	return kube.Update(ctx, r)
}

// allow [+-]VERB RESOURCE.GROUP takes a permission away from the provider, or grants all of them again.
func allow(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 || !strings.ContainsAny(args[0][:1], "+-") {
		ts.Fatalf("usage: allow +VERB|-VERB RESOURCE.GROUP[/SUBRESOURCE]")
	}
	i := slices.IndexFunc(permission.Needed(), func(p permission.Permission) bool { return p.Verb == args[0][1:] && p.On() == args[1] })
	if i < 0 {
		ts.Fatalf("the provider does not need to %s %s", args[0][1:], args[1])
	}
	without := permission.Permission{}
	if args[0][0] == '-' {
		without = permission.Needed()[i]
		ts.Defer(func() { _ = grant(context.Background(), permission.Permission{}) })
	}
	ts.Check(grant(context.Background(), without))
}

// Every verb that is not granted is named: that one, and no other.
func TestEachPermission(t *testing.T) {
	t.Cleanup(func() {
		if err := grant(context.Background(), permission.Permission{}); err != nil {
			t.Error(err)
		}
	})
	kube, err := clientFor(system.Account())
	if err != nil {
		t.Fatal(err)
	}
	m := permission.NewMonitor(kube)
	for _, p := range permission.Needed() {
		if err := grant(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("system:serviceaccount:%s:%s may not %s %s; bind it to the ClusterRole of examples/install/rbac.yaml",
			stack.Namespace, stack.ServiceAccount, p.Verb, p.On())
		err := until(func() error { // the API server hears of it a moment later
			if _, err := m.Check(t.Context()); err != nil {
				return err
			}
			if diff := cmp.Diff(want, m.Lack()); diff != "" {
				return fmt.Errorf("without permission to %s %s: -want, +got:\n%s", p.Verb, p.On(), diff)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
