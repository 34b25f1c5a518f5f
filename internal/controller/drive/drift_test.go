package drive

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
)

func TestAnEventSaysWhatWasGone(t *testing.T) {
	w := newWorld(t, group())
	w.reconcile()
	w.reconcile()
	if slices.ContainsFunc(w.events, func(e string) bool { return strings.Contains(e, "anew") }) {
		t.Errorf("\nwhat is made for the first time was not gone\nevents: %q", w.events)
	}
	w.exists = false
	w.reconcile()
	if !slices.Contains(w.events, "ChangedExternalResource: Changed in AWS: sg-1 was gone, and was made anew") {
		t.Errorf("\nwhat somebody deleted is made again, and told of\nevents: %q", w.events)
	}
}

// annotations that the stored object has for its tags.
func (w *world) remembers() string { return w.stored().GetAnnotations()[v1alpha1.AnnotationTags] }

func TestTagsAreRememberedBeforeTheyAreSet(t *testing.T) {
	w := newWorld(t, group())
	spec := map[string]string{"team": "web"}
	w.configure(func(k *Kind[*v1alpha1.SecurityGroup]) {
		k.Tags = func(*v1alpha1.SecurityGroup) map[string]string { return spec }
	})
	w.errs["create"] = errors.New("the answer is lost")
	w.reconcile()
	if got := w.remembers(); got != `["team"]` {
		t.Errorf("\na create may have set tags whatever came of it\nremembered: %q", got)
	}
	delete(w.errs, "create")
	w.reconcile()
	w.reconcile()

	spec = map[string]string{"cost": "1"}
	w.isAsDesired, w.errs["update"] = false, errors.New("the answer is lost")
	w.seen()
	w.reconcile()
	if got := w.remembers(); got != `["cost","team"]` {
		t.Errorf("\nso may an update, and what is to go is not forgotten before it has gone\nremembered: %q", got)
	}
	delete(w.errs, "update")
	w.reconcile()
	w.reconcile()
	if got := w.remembers(); got != `["cost"]` {
		t.Errorf("\nthen it is forgotten\nremembered: %q", got)
	}
	w.seen()
	w.reconcile()
	if _, writes := w.seen(); len(writes) > 0 {
		t.Errorf("\nand nothing is stored any more\nwrites: %v", writes)
	}
}

func TestForeignThingsAreToldOnce(t *testing.T) {
	w := newWorld(t, group())
	names := []string{"cost"}
	w.configure(func(k *Kind[*v1alpha1.SecurityGroup]) {
		k.Connect = func(context.Context, *aws.Account, client.Reader, *v1alpha1.SecurityGroup) (managed.TypedExternalClient[*v1alpha1.SecurityGroup], error) {
			return reporting{w.client(), &names}, nil
		}
	})
	w.exists, w.isAsDesired = true, true
	told := func() (n int) {
		for _, e := range w.events {
			if strings.HasPrefix(e, "LeftAlone: ") {
				n++
			}
		}
		return n
	}
	for range 5 {
		w.reconcile()
	}
	if n := told(); n != 1 {
		t.Errorf("\nonce is enough\nevents: %q", w.events)
	}
	names = []string{"cost", "stack"}
	w.reconcile()
	if n := told(); n != 2 {
		t.Errorf("\nmore of it is news\nevents: %q", w.events)
	}
	names = nil
	w.reconcile()
	w.reconcile()
	want := []string{"Synced=True ReconcileSuccess", "Foreign=False None", "Ready=True Available"}
	if diff := cmp.Diff(want, conditions(w.stored())); diff != "" || told() != 2 {
		t.Errorf("\nthat it is gone is told by the condition\nevents: %q; conditions: -want, +got:\n%s", w.events, diff)
	}
}

// A reporting client finds foreign tags.
type reporting struct {
	managed.TypedExternalClient[*v1alpha1.SecurityGroup]

	names *[]string
}

func (r reporting) Observe(ctx context.Context, mg *v1alpha1.SecurityGroup) (managed.ExternalObservation, error) {
	foreign.Report(mg, foreign.Find{Kind: "tags", Names: *r.names})
	return r.TypedExternalClient.Observe(ctx, mg)
}
