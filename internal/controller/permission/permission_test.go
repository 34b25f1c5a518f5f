package permission

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

func TestNeeded(t *testing.T) {
	all := Needed()
	for i, p := range all {
		if p.Verb == "*" || p.Resource == "*" || p.Group == "*" {
			t.Errorf("%s %s: the least that works names every verb and resource", p.Verb, p.On())
		}
		if i > 0 && all[i-1] == p {
			t.Errorf("%s %s is granted twice", p.Verb, p.On())
		}
	}
	for _, want := range []Permission{
		{Verb: "delete", Group: "alb.gateway.crossplane.io", Resource: "listenerrules"},
		{Verb: "patch", Group: "gateway.networking.k8s.io", Resource: "gateways", Subresource: "status"},
		{Verb: "watch", Resource: "services"},
	} {
		if !slices.Contains(all, want) {
			t.Errorf("%s %s is not among the permissions", want.Verb, want.On())
		}
	}
}

func TestNamed(t *testing.T) {
	many := make([]Permission, 0, 15)
	for _, r := range "abcdefghijklmno" {
		many = append(many, Permission{Verb: "get", Resource: string(r)})
	}
	cases := map[string]struct {
		reason  string
		missing []Permission
		want    string
	}{
		"Grouped": {
			reason: "Verbs of one resource go together, in the words of kubectl auth can-i.",
			missing: []Permission{
				{Verb: "list", Resource: "services"},
				{Verb: "watch", Resource: "services"},
				{Verb: "patch", Group: "gateway.networking.k8s.io", Resource: "gateways", Subresource: "status"},
			},
			want: "list, watch services; patch gateways.gateway.networking.k8s.io/status",
		},
		"Bounded": {
			reason:  "A message has an end.",
			missing: many,
			want:    "get a; get b; get c; get d; get e; get f; get g; get h; get i; get j; get k; get l and 3 more",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Named(tc.missing)); diff != "" {
				t.Errorf("\n%s\nNamed(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// The monitor asks when it starts and when a request was refused, and again while something is missing; else never.
func TestMonitor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rounds, changes atomic.Int32
		var denied atomic.Pointer[Permission]
		denied.Store(&Permission{})
		m := &Monitor{
			refused: make(chan struct{}, 1),
			who: func(context.Context) (string, error) {
				rounds.Add(1)
				return "system:serviceaccount:ns:name", nil
			},
			ask: func(_ context.Context, p Permission) (bool, error) { return p != *denied.Load(), nil },
		}
		if missing, err := m.Check(t.Context()); err != nil || len(missing) > 0 || m.Lack() != "" {
			t.Fatalf("Check(...): want nothing missing, got %v, %v, %q", missing, err, m.Lack())
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- m.Watch(ctx, func() { changes.Add(1) }) }()

		time.Sleep(10 * again)
		if rounds.Load() != 1 {
			t.Errorf("%d rounds of questions while nothing was refused, not 1", rounds.Load())
		}

		denied.Store(&Permission{Verb: "delete", Group: "alb.gateway.crossplane.io", Resource: "listeners"})
		s := httptest.NewRecorder()
		s.Code = http.StatusForbidden
		refuse := m.Wrap(roundTripper(func(*http.Request) (*http.Response, error) { return s.Result(), nil }))
		for range 100 {
			resp, err := refuse.RoundTrip(nil)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
		}
		time.Sleep(calm)
		want := "system:serviceaccount:ns:name may not delete listeners.alb.gateway.crossplane.io; bind it to the ClusterRole of examples/install/rbac.yaml"
		if diff := cmp.Diff(want, m.Lack()); diff != "" {
			t.Errorf("Lack(): -want, +got:\n%s", diff)
		}
		if rounds.Load() > 3 || changes.Load() != 1 {
			t.Errorf("a storm of refusals: %d rounds and %d changes, not at most 3 and 1", rounds.Load(), changes.Load())
		}

		denied.Store(&Permission{})
		time.Sleep(2 * (again + calm))
		if m.Lack() != "" || changes.Load() != 2 {
			t.Errorf("what was granted is not noticed: %q, %d changes", m.Lack(), changes.Load())
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Whoever installs the provider grants what it needs, and no more.
func TestExampleGrantsTheRules(t *testing.T) {
	b, err := os.ReadFile("../../../examples/install/rbac.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for doc := range bytes.SplitSeq(b, []byte("\n---\n")) {
		role := rbacv1.ClusterRole{}
		if err := yaml.Unmarshal(doc, &role); err != nil {
			t.Fatal(err)
		}
		if role.Kind != "ClusterRole" {
			continue
		}
		if diff := cmp.Diff(Rules(), role.Rules); diff != "" {
			t.Errorf("examples/install/rbac.yaml grants other things than rules.yaml: -rules.yaml, +rbac.yaml:\n%s", diff)
		}
		return
	}
	t.Fatal("examples/install/rbac.yaml has no ClusterRole")
}
