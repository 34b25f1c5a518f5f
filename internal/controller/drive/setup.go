package drive

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/ratelimiter"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrlevent "sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// indexConfig finds objects by the config that they name, as "Kind/name".
const indexConfig = "spec.providerConfigRef"

// Setup adds the controller of a kind to a manager.
func Setup[T resource.ModernManaged](mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts, k Kind[T]) error {
	if err := addIndexes(mgr, k); err != nil {
		return err
	}
	name := managed.ControllerName(k.GVK.GroupKind().String())
	//nolint:staticcheck // Crossplane grants providers no right to events.k8s.io yet.
	recorder := event.NewAPIRecorder(mgr.GetEventRecorderFor(name), o.EventFilterFunctions...)
	o.Logger = o.Logger.WithValues("controller", name)
	own := options(o, recorder)
	own.Withdrawal = withdrawal(mgr.GetAPIReader(), mgr.GetRESTMapper(), k.GVK)
	r := New(mgr.GetClient(), mgr.GetScheme(), accounts, k, own)
	if o.GlobalRateLimiter != nil {
		r = ratelimiter.NewReconciler(name, r, o.GlobalRateLimiter)
	}
	// Only the kind's own events are filtered by DesiredStateChanged: what wakes those that wait is, mostly, a status.
	b := ctrl.NewControllerManagedBy(mgr).
		Named(name).
		WithOptions(o.ForControllerRuntime()).
		For(k.New(), builder.WithPredicates(resource.DesiredStateChanged()))
	for _, w := range k.Watches {
		b = b.Watches(w.Object, handler.EnqueueRequestsFromMapFunc(mapped(mgr.GetClient(), w)), builder.WithPredicates(updates(w)))
	}
	for _, pc := range []client.Object{&v1alpha1.ProviderConfig{}, &v1alpha1.ClusterProviderConfig{}} {
		b = b.Watches(pc, handler.EnqueueRequestsFromMapFunc(usersOf(mgr, k)), builder.WithPredicates(predicate.GenerationChangedPredicate{}))
	}
	return errors.Wrapf(b.Complete(r), "cannot set up controller %s", name)
}

func addIndexes[T resource.ModernManaged](mgr ctrl.Manager, k Kind[T]) error {
	indexes := append([]Index[T]{{Field: indexConfig, Values: func(mg T) []string {
		if ref := mg.GetProviderConfigReference(); ref != nil {
			return []string{ref.Kind + "/" + ref.Name}
		}
		return nil
	}}}, k.Indexes...)
	for _, ix := range indexes {
		values := func(o client.Object) []string {
			mg, ok := o.(T)
			if !ok {
				return nil
			}
			return ix.Values(mg)
		}
		if err := mgr.GetFieldIndexer().IndexField(context.Background(), k.New(), ix.Field, values); err != nil {
			return errors.Wrapf(err, "cannot index %s by %s", k.GVK.Kind, ix.Field)
		}
	}
	return nil
}

func mapped(kube client.Reader, w Watch) handler.MapFunc {
	return func(ctx context.Context, changed client.Object) []reconcile.Request {
		return requests(w.Map(ctx, kube, changed))
	}
}

// updates lets through the updates that matter, and whatever is no update.
func updates(w Watch) predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e ctrlevent.UpdateEvent) bool { return w.Matters == nil || w.Matters(e.ObjectOld, e.ObjectNew) }}
}

func requests(names []types.NamespacedName) []reconcile.Request {
	out := make([]reconcile.Request, 0, len(names))
	for _, n := range names {
		out = append(out, reconcile.Request{NamespacedName: n})
	}
	return out
}

// usersOf a config, whom a change of it concerns.
func usersOf[T resource.ModernManaged](mgr ctrl.Manager, k Kind[T]) handler.MapFunc {
	return func(ctx context.Context, changed client.Object) []reconcile.Request {
		kind := v1alpha1.ProviderConfigGroupVersionKind.Kind
		if changed.GetNamespace() == "" {
			kind = v1alpha1.ClusterProviderConfigGroupVersionKind.Kind
		}
		list, err := newList(mgr.GetScheme(), k)
		if err != nil {
			return nil
		}
		if err := mgr.GetClient().List(ctx, list, client.InNamespace(changed.GetNamespace()), client.MatchingFields{indexConfig: kind + "/" + changed.GetName()}); err != nil {
			return nil // the poll finds the change
		}
		var out []reconcile.Request
		_ = meta.EachListItem(list, func(o runtime.Object) error {
			if mg, ok := o.(client.Object); ok {
				out = append(out, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(mg)})
			}
			return nil
		})
		return out
	}
}

func newList[T resource.ModernManaged](scheme *runtime.Scheme, k Kind[T]) (client.ObjectList, error) {
	o, err := scheme.New(k.GVK.GroupVersion().WithKind(k.GVK.Kind + "List"))
	if err != nil {
		return nil, errors.Wrapf(err, "cannot list %s", k.GVK.Kind)
	}
	list, ok := o.(client.ObjectList)
	if !ok {
		return nil, errors.Errorf("%T is no list", o)
	}
	return list, nil
}
