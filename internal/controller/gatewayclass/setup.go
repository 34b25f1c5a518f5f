package gatewayclass

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	cevent "sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/source"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/shard"
)

const name = "gatewayclass"

// Permissions that the provider may lack.
type Permissions interface {
	// Lack says which are missing, in words; empty if none is.
	Lack() string

	// Watch calls changed whenever that changes, until ctx ends.
	Watch(ctx context.Context, changed func()) error
}

// New makes the reconciler, of all classes and lacking no permission. Setup is the usual way to run it; tests call it themselves.
func New(kube client.Client, record event.Recorder) *Reconciler {
	return &Reconciler{lack: func() string { return "" }, kube: kube, record: record, now: metav1.Now}
}

// Setup adds the controller to a manager. The field indexes of package lookup must be registered with its cache.
func Setup(mgr ctrl.Manager, o controller.Options, p Permissions, s shard.Shard) error {
	//nolint:staticcheck // Crossplane's system roles do not grant events.k8s.io yet.
	r := New(mgr.GetClient(), event.NewAPIRecorder(mgr.GetEventRecorderFor(name), o.EventFilterFunctions...))
	r.shard = s
	byConfiguration := func(ctx context.Context, o client.Object) []ctrl.Request {
		return ofConfiguration(ctx, mgr.GetClient(), o)
	}
	b := ctrl.NewControllerManagedBy(mgr).
		Named(name).
		WithOptions(o.ForControllerRuntime()).
		For(&gatewayv1.GatewayClass{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&gatewayv1.Gateway{}, handler.EnqueueRequestsFromMapFunc(ofGateway), builder.WithPredicates(classChanged())).
		Watches(&gwcfgv1.LoadBalancerConfiguration{}, handler.EnqueueRequestsFromMapFunc(byConfiguration), builder.WithPredicates(predicate.GenerationChangedPredicate{}))
	if p != nil {
		r.lack = p.Lack
		changes := make(chan cevent.GenericEvent, 1)
		b = b.WatchesRawSource(source.Channel(changes, handler.EnqueueRequestsFromMapFunc(func(ctx context.Context, _ client.Object) []ctrl.Request {
			return all(ctx, mgr.GetClient())
		})))
		if err := mgr.Add(watcher(p, changes)); err != nil {
			return errors.Wrap(err, "cannot watch permissions")
		}
	}
	return errors.Wrap(b.Complete(r), "cannot set up controller for GatewayClasses")
}

// watcher sends an event whenever the permissions change. One that waits to be taken tells as much as two.
func watcher(p Permissions, changes chan<- cevent.GenericEvent) manager.Runnable {
	return manager.RunnableFunc(func(ctx context.Context) error {
		return p.Watch(ctx, func() {
			select {
			case changes <- cevent.GenericEvent{Object: &gatewayv1.GatewayClass{}}:
			default:
			}
		})
	})
}

// all GatewayClasses.
func all(ctx context.Context, kube client.Reader) []ctrl.Request {
	l := &gatewayv1.GatewayClassList{}
	if err := kube.List(ctx, l); err != nil {
		return nil
	}
	return requests(l)
}

func ofGateway(_ context.Context, o client.Object) []ctrl.Request {
	gw, ok := o.(*gatewayv1.Gateway)
	if !ok {
		return nil
	}
	return []ctrl.Request{{NamespacedName: types.NamespacedName{Name: string(gw.Spec.GatewayClassName)}}}
}

func ofConfiguration(ctx context.Context, kube client.Reader, o client.Object) []ctrl.Request {
	l := &gatewayv1.GatewayClassList{}
	key := client.MatchingFields{lookup.ByLoadBalancerConfiguration: client.ObjectKeyFromObject(o).String()}
	if err := kube.List(ctx, l, key); err != nil {
		return nil
	}
	return requests(l)
}

func requests(l *gatewayv1.GatewayClassList) []ctrl.Request {
	out := make([]ctrl.Request, 0, len(l.Items))
	for i := range l.Items {
		out = append(out, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(&l.Items[i])})
	}
	return out
}

// classChanged lets Gateways through that come, go, or change their class.
func classChanged() predicate.Predicate {
	return predicate.Funcs{UpdateFunc: func(e cevent.UpdateEvent) bool {
		was, ok := e.ObjectOld.(*gatewayv1.Gateway)
		is, also := e.ObjectNew.(*gatewayv1.Gateway)
		return !ok || !also || was.Spec.GatewayClassName != is.Spec.GatewayClassName
	}}
}
