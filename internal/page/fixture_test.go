package page

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/snapshot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A store of the objects of testdata, which edit changes as they are read.
type store struct {
	client.Reader

	mu   sync.Mutex
	edit func(client.ObjectList)
}

func objects(t *testing.T) *store {
	t.Helper()
	s, err := snapshot.Files([]string{"testdata/objects.yaml"}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Notes) > 0 {
		t.Fatalf("testdata/objects.yaml: %v", s.Notes)
	}
	return &store{Reader: s, edit: func(client.ObjectList) {}}
}

func (s *store) List(ctx context.Context, l client.ObjectList, opts ...client.ListOption) error {
	if err := s.Reader.List(ctx, l, opts...); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.edit(l)
	return nil
}

func (s *store) change(edit func(client.ObjectList)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.edit = edit
}

// changeRules lets a test change ListenerRules.
func changeRules(edit func(*albv1alpha1.ListenerRule)) func(client.ObjectList) {
	return func(l client.ObjectList) {
		if all, ok := l.(*albv1alpha1.ListenerRuleList); ok {
			for i := range all.Items {
				edit(&all.Items[i])
			}
		}
	}
}

// serve the page on a port of this machine.
func serve(t *testing.T, s *Server) string {
	t.Helper()
	at, stop, err := s.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return "http://" + at
}

// ask a server in this process.
func ask(t *testing.T, s *Server, method, target string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	guarded(s.handler(), true).ServeHTTP(w, httptest.NewRequest(method, "http://localhost"+target, http.NoBody))
	return w.Code, w.Body.String()
}

func contains(t *testing.T, body string, want ...string) {
	t.Helper()
	for _, text := range want {
		if !strings.Contains(body, text) {
			t.Errorf("the page lacks %q:\n%s", text, body)
		}
	}
}
