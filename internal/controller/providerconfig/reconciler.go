package providerconfig

import (
	"context"
	"fmt"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/providerconfig"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
)

const (
	// Finalizer of a config that something may need. It is the one that Crossplane's providers use.
	Finalizer = "in-use.crossplane.io"

	timeout = time.Minute

	// staleAfter a write conflict is when the cache is looked at again.
	staleAfter = 100 * time.Millisecond

	// lookAgain for users of a config that is being deleted. Nothing tells when the last one goes.
	lookAgain = 5 * time.Second

	// reasonBlocked is of the event that says who holds a config that is being deleted.
	reasonBlocked event.Reason = "DeletionBlocked"
)

var optimistic = client.MergeFromWithOptimisticLock{}

// A config is of either kind.
type config interface {
	client.Object
	resource.Conditioned
	resource.UserCounter
}

// A Reconciler reconciles the configs of one kind.
type Reconciler struct {
	kube   client.Client
	live   client.Reader // reads the API server: the cache has only the managed resources of this deployment's own classes
	record event.Recorder
	kind   string
	object func() config
}

// Reconcile a config: hold it, and let it go when nothing needs it.
func (r *Reconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	c := r.object()
	if err := r.kube.Get(ctx, req.NamespacedName, c); err != nil {
		return ctrl.Result{}, errors.Wrapf(client.IgnoreNotFound(err), "cannot get %s", r.kind)
	}
	result, err := r.hold(ctx, c)
	if kerrors.IsConflict(err) {
		return ctrl.Result{RequeueAfter: staleAfter}, nil
	}
	return result, err
}

func (r *Reconciler) hold(ctx context.Context, c config) (ctrl.Result, error) {
	if c.GetDeletionTimestamp() == nil {
		return ctrl.Result{}, r.patch(ctx, c, controllerutil.AddFinalizer)
	}
	if !controllerutil.ContainsFinalizer(c, Finalizer) {
		return ctrl.Result{}, nil
	}
	u, err := r.usersOf(ctx, c)
	if err != nil {
		return ctrl.Result{}, err
	}
	if u.count == 0 {
		return ctrl.Result{}, r.patch(ctx, c, controllerutil.RemoveFinalizer)
	}
	return ctrl.Result{RequeueAfter: lookAgain}, r.report(ctx, c, u)
}

func (r *Reconciler) patch(ctx context.Context, c config, change func(client.Object, string) bool) error {
	before, ok := c.DeepCopyObject().(client.Object)
	if !ok || !change(c, Finalizer) {
		return nil
	}
	err := r.kube.Patch(ctx, c, client.MergeFromWithOptions(before, optimistic))
	return errors.Wrapf(client.IgnoreNotFound(err), "cannot update the finalizers of %s %s", r.kind, c.GetName())
}

// report who holds a config that is being deleted.
func (r *Reconciler) report(ctx context.Context, c config, u users) error {
	before, ok := c.DeepCopyObject().(client.Object)
	if !ok {
		return errors.Errorf("%T is not an API object", c)
	}
	held := providerconfig.Terminating().WithMessage(fmt.Sprintf("%s need it, such as %s: only with it can they be changed and deleted in AWS; delete them first", u, u.example))
	if c.GetCondition(providerconfig.TypeTerminating).Equal(held) && c.GetUsers() == u.count {
		return nil
	}
	c.SetConditions(held)
	c.SetUsers(u.count)
	if err := r.kube.Status().Patch(ctx, c, client.MergeFromWithOptions(before, optimistic)); err != nil {
		return errors.Wrapf(client.IgnoreNotFound(err), "cannot update the status of %s %s", r.kind, c.GetName())
	}
	r.record.Event(c, event.Warning(reasonBlocked, errors.Errorf("%s is in use: %s", r.kind, held.Message)))
	return nil
}
