package configuration

import (
	"context"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
)

// New makes the reconcilers, by kind. Setup is the usual way to run them; tests call them themselves.
func New(kube client.Client, live client.Reader, record event.Recorder) map[string]*Reconciler {
	out := map[string]*Reconciler{}
	for _, k := range kinds() {
		out[k.name] = k.reconciler(kube, live, record)
	}
	return out
}

func (k kind) reconciler(kube client.Client, live client.Reader, record event.Recorder) *Reconciler {
	return &Reconciler{kube: kube, live: live, record: record, now: metav1.Now, kind: k}
}

// Setup adds the controllers to a manager. The field indexes of package lookup must be registered with its cache.
func Setup(mgr ctrl.Manager, o controller.Options) error {
	for _, k := range kinds() {
		if err := setup(mgr, o, k); err != nil {
			return errors.Wrapf(err, "cannot set up controller for %ss", k.name)
		}
	}
	return nil
}

func setup(mgr ctrl.Manager, o controller.Options, k kind) error {
	name := strings.ToLower(k.name)
	//nolint:staticcheck // Crossplane's system roles do not grant events.k8s.io yet.
	r := k.reconciler(mgr.GetClient(), mgr.GetAPIReader(), event.NewAPIRecorder(mgr.GetEventRecorderFor(name), o.EventFilterFunctions...))
	b := ctrl.NewControllerManagedBy(mgr).Named(name).WithOptions(o.ForControllerRuntime()).For(k.object(), builder.WithPredicates(specChanged))
	for _, w := range k.watches {
		b = b.Watches(w.object, handler.EnqueueRequestsFromMapFunc(func(ctx context.Context, o client.Object) []ctrl.Request {
			var out []ctrl.Request
			for _, n := range w.used(ctx, mgr.GetClient(), o) {
				out = append(out, ctrl.Request{NamespacedName: n})
			}
			return out
		}), w.when())
	}
	return b.Complete(r)
}
