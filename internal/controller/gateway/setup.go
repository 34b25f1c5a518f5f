package gateway

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

const name = "gateway"

// New makes the reconciler, which reads kube and, where that may be behind, live. Setup is the usual way to run it; tests call it
// themselves.
func New(kube client.Client, live client.Reader, record event.Recorder, s Settings) *Reconciler {
	return &Reconciler{kube: kube, live: live, log: logging.NewNopLogger(), record: record, now: metav1.Now, settings: s}
}

// Setup adds the controller to a manager. The field indexes of package lookup must be registered with its cache.
func Setup(mgr ctrl.Manager, o controller.Options, s Settings) error {
	kube, err := consistentClient(mgr)
	if err != nil {
		return err
	}
	cached := s.Kinds.Client(mgr.GetClient())
	//nolint:staticcheck // Crossplane's system roles do not grant events.k8s.io yet.
	r := New(s.Kinds.Client(kube), mgr.GetAPIReader(), event.NewAPIRecorder(mgr.GetEventRecorderFor(name), o.EventFilterFunctions...), s)
	r.log, r.timed = o.Logger.WithValues("controller", name), NewConvergence(s.Registerer)
	b := ctrl.NewControllerManagedBy(mgr).
		Named(name).
		WithOptions(o.ForControllerRuntime()).
		For(&gatewayv1.Gateway{}, builder.WithPredicates(specOrAnnotations()))
	for _, w := range watches() {
		if !s.Kinds.HasObject(w.object, mgr.GetScheme()) {
			continue
		}
		mapped := func(ctx context.Context, o client.Object) []ctrl.Request {
			return requests(w.gateways(ctx, cached, o))
		}
		b = b.Watches(w.object, handler.EnqueueRequestsFromMapFunc(mapped), builder.WithPredicates(w.when))
	}
	if err := b.Complete(r); err != nil || !s.Kinds.HasObject(&gatewayv1.ListenerSet{}, mgr.GetScheme()) {
		return errors.Wrap(err, "cannot set up controller for Gateways")
	}
	return orphanage{r}.setup(mgr, o)
}

// consistentClient reads the manager's cache, but not from before this client's own last write. A translation that did not
// see the rules which the one before it made would give their priorities away again.
func consistentClient(mgr ctrl.Manager) (client.Client, error) {
	kube, err := client.New(mgr.GetConfig(), client.Options{
		HTTPClient: mgr.GetHTTPClient(),
		Scheme:     mgr.GetScheme(),
		Mapper:     mgr.GetRESTMapper(),
		Cache:      &client.CacheOptions{Reader: mgr.GetCache(), EnableReadYourWritesConsistency: new(true)},
	})
	return kube, errors.Wrap(err, "cannot create client")
}
