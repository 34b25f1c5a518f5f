package drive

import (
	"cmp"
	"context"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

const (
	defaultPoll    = 50 * time.Second
	defaultTimeout = time.Minute

	// shortestPoll that the annotation crossplane.io/poll-interval may ask for.
	shortestPoll = 10 * time.Second
)

// A gate lets an object through to the managed reconciler once it waits for nothing, and says when to look again.
type gate[T resource.ModernManaged] struct {
	kube  client.Reader // for the kind: other objects
	keep  client.Client // for the object itself
	kind  Kind[T]
	inner reconcile.Reconciler
	tries *tries
	own   *overtaken

	withdrawal Withdrawal // nil: never
}

func newGate[T resource.ModernManaged](kube client.Client, scheme *runtime.Scheme, accounts *aws.Accounts, k Kind[T], o Options) *gate[T] {
	keep := keeper{Client: kube}
	if o.Logger == nil {
		o.Logger = logging.NewNopLogger()
	}
	if o.Recorder == nil {
		o.Recorder = event.NewNopRecorder()
	}
	settings := []managed.ReconcilerOption{
		managed.WithManagementPolicies(),
		managed.WithInitializers(),
		managed.WithDeterministicExternalName(true),
		// Shared reads remember own writes while AWS may lag behind, and what is made twice is refused or found by its name:
		// there is no need to mistrust an absence, which would also hold up whoever deletes what was just made.
		managed.WithCreationGracePeriod(0),
		managed.WithPollInterval(cmp.Or(o.PollInterval, defaultPoll)),
		managed.WithMinPollInterval(shortestPoll),
		managed.WithPollIntervalHook(pollHook(k)),
		managed.WithTimeout(cmp.Or(o.Timeout, defaultTimeout)),
		managed.WithTypedExternalConnector[T](&connector[T]{kube: kube, accounts: accounts, kind: k, record: o.Recorder}),
		managed.WithFinalizer(finalizer{resource.NewAPIFinalizer(keep, managed.FinalizerName)}),
		managed.WithLogger(o.Logger),
		managed.WithRecorder(o.Recorder),
	}
	settings = append(settings, o.More...)
	return &gate[T]{
		kube:  kube,
		keep:  keep,
		kind:  k,
		inner: managed.NewReconciler(clientManager{kube: keep, scheme: scheme}, resource.ManagedKind(k.GVK), settings...),
		tries: newTries(),
		own:   newOvertaken(),

		withdrawal: o.Withdrawal,
	}
}

// A clientManager is as much of a manager as the managed reconciler uses.
type clientManager struct {
	manager.Manager

	kube   client.Client
	scheme *runtime.Scheme
}

func (m clientManager) GetClient() client.Client { return m.kube }

func (m clientManager) GetScheme() *runtime.Scheme { return m.scheme }

// Reconcile an object.
func (g *gate[T]) Reconcile(ctx context.Context, req reconcile.Request) (reconcile.Result, error) {
	p := &pass{name: req.NamespacedName}
	ctx = withPass(ctx, p)
	mg := g.kind.New()
	if err := g.keep.Get(ctx, req.NamespacedName, mg); kerrors.IsNotFound(err) {
		g.tries.forget(req.NamespacedName)
		g.own.forget(req.NamespacedName)
		return reconcile.Result{}, nil
	} else if err != nil {
		return reconcile.Result{}, errors.Wrapf(err, "cannot get %s", g.kind.GVK.Kind)
	}
	if d := g.own.wait(req.NamespacedName, mg.GetResourceVersion()); d > 0 {
		return after(d), nil
	}
	defer g.own.by(p)
	reason, err := g.reason(ctx, mg)
	if err != nil {
		return reconcile.Result{}, err
	}
	if reason != "" {
		return errors.SilentlyRequeueOnConflict(reconcile.Result{}, g.hold(ctx, mg, reason))
	}
	result, err := g.inner.Reconcile(ctx, req)
	if err != nil {
		return reconcile.Result{}, err
	}
	return g.tries.next(p, result), nil
}

// reason why an object may not go on. Paused objects, and those whose deletion leaves AWS alone, need none.
func (g *gate[T]) reason(ctx context.Context, mg T) (string, error) {
	policy := managed.NewManagementPoliciesResolver(true, mg.GetManagementPolicies())
	switch {
	case meta.IsPaused(mg) || policy.IsPaused():
		return "", nil
	case !meta.WasDeleted(mg):
		return ask(ctx, g.kube, mg, g.kind.Waiting)
	case policy.ShouldDelete():
		if reason, err := g.withdrawn(ctx, mg); reason != "" || err != nil {
			return reason, err
		}
		return ask(ctx, g.kube, mg, g.kind.Holding)
	}
	return "", nil
}

func ask[T any](ctx context.Context, kube client.Reader, mg T, question func(context.Context, client.Reader, T) (string, error)) (string, error) {
	if question == nil {
		return "", nil
	}
	return question(ctx, kube, mg)
}

// hold an object until a watch wakes it.
func (g *gate[T]) hold(ctx context.Context, mg T, reason string) error {
	ready := xpv2.Creating()
	if meta.WasDeleted(mg) {
		ready = xpv2.Deleting()
	}
	mg.SetConditions(xpv2.ReconcileSuccess(), ready.WithMessage(reason))
	return errors.Wrap(client.IgnoreNotFound(g.keep.Status().Update(ctx, mg)), "cannot update status")
}
