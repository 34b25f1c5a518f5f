package configuration

import (
	"context"
	"fmt"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/condition"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

const (
	timeout = time.Minute

	// staleAfter a write conflict is when the cache is looked at again.
	staleAfter = 100 * time.Millisecond

	// reasonDeletionBlocked is of the event that says who holds a configuration that is to be deleted.
	reasonDeletionBlocked event.Reason = "DeletionBlocked"
)

var optimistic = client.MergeFromWithOptimisticLock{}

// A Reconciler reconciles the configurations of one kind.
type Reconciler struct {
	kube   client.Client
	live   client.Reader // reads Secrets, and nothing from a cache
	record event.Recorder
	now    func() metav1.Time
	kind   kind
}

// Reconcile a configuration.
func (r *Reconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	o := r.kind.object()
	if err := r.kube.Get(ctx, req.NamespacedName, o); err != nil {
		return ctrl.Result{}, errors.Wrapf(client.IgnoreNotFound(err), "cannot get %s", r.kind.name)
	}
	users, err := r.kind.users(ctx, r.kube, o)
	if err != nil {
		return ctrl.Result{}, err
	}
	err = r.hold(ctx, o, len(users) > 0)
	if err == nil && (o.GetDeletionTimestamp() == nil || len(users) > 0) {
		err = r.report(ctx, o, users)
	}
	if kerrors.IsConflict(err) {
		return ctrl.Result{RequeueAfter: staleAfter}, nil
	}
	return ctrl.Result{}, err
}

// hold what is in use, so that nobody takes away what a load balancer is made by.
func (r *Reconciler) hold(ctx context.Context, o client.Object, used bool) error {
	before, ok := o.DeepCopyObject().(client.Object)
	if !ok {
		return errors.Errorf("%T is not an API object", o)
	}
	changed := false
	switch {
	case !used:
		changed = controllerutil.RemoveFinalizer(o, gwcfgv1.FinalizerInUse)
	case o.GetDeletionTimestamp() == nil: // Kubernetes refuses new finalizers on what is being deleted.
		changed = controllerutil.AddFinalizer(o, gwcfgv1.FinalizerInUse)
	}
	if !changed {
		return nil
	}
	err := r.kube.Patch(ctx, o, client.MergeFromWithOptions(before, optimistic))
	return errors.Wrapf(client.IgnoreNotFound(err), "cannot update finalizers of %s", r.kind.name)
}

// report the status, and by an event who holds what is to be deleted.
func (r *Reconciler) report(ctx context.Context, o client.Object, users []translate.User) error {
	before, ok := o.DeepCopyObject().(client.Object)
	if !ok {
		return errors.Errorf("%T is not an API object", o)
	}
	secrets, err := r.secrets(ctx, o)
	if err != nil {
		return err
	}
	was := r.kind.use(before).Conditions
	r.kind.report(o, facts{users: users, secrets: secrets})
	use := r.kind.use(o)
	use.Conditions = condition.Stamp(was, use.Conditions, r.now())
	if equality.Semantic.DeepEqual(before, o) {
		return nil
	}
	if err := r.kube.Status().Patch(ctx, o, client.MergeFromWithOptions(before, optimistic)); err != nil {
		return errors.Wrapf(client.IgnoreNotFound(err), "cannot update status of %s", r.kind.name)
	}
	r.announce(o, was, r.kind.use(o).Conditions)
	return nil
}

// secrets that a configuration names, those that exist.
func (r *Reconciler) secrets(ctx context.Context, o client.Object) ([]*corev1.Secret, error) {
	if r.kind.secrets == nil {
		return nil, nil
	}
	var out []*corev1.Secret
	for _, name := range r.kind.secrets(o) {
		s := &corev1.Secret{}
		err := r.live.Get(ctx, name, s)
		if kerrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, errors.Wrapf(err, "cannot get Secret %q", name)
		}
		out = append(out, s)
	}
	return out, nil
}

func (r *Reconciler) announce(o client.Object, was, is []metav1.Condition) {
	name := fmt.Sprintf("%s %s/%s", r.kind.name, o.GetNamespace(), o.GetName())
	condition.AnnounceTrouble(r.record, condition.Subject{Object: o, Name: name}, of(gwcfgv1.ConditionAccepted, was), of(gwcfgv1.ConditionAccepted, is))
	held, before := meta.FindStatusCondition(is, gwcfgv1.ConditionInUse), meta.FindStatusCondition(was, gwcfgv1.ConditionInUse)
	if held == nil || held.Reason != string(reasonDeletionBlocked) || before != nil && before.Message == held.Message {
		return
	}
	r.record.Event(o, event.Warning(reasonDeletionBlocked, errors.Errorf("%s is in use: %s", name, held.Message)))
}

func of(conditionType string, all []metav1.Condition) []metav1.Condition {
	if c := meta.FindStatusCondition(all, conditionType); c != nil {
		return []metav1.Condition{*c}
	}
	return nil
}
