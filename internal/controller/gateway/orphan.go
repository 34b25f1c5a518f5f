package gateway

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

// An orphanage takes from routes what we reported of ListenerSets that are no longer ours: they are gone, or their Gateway is, or
// it has gone over to another controller. No Gateway of ours leads to them any more.
type orphanage struct{ *Reconciler }

// Reconcile a ListenerSet, whether it is there or not.
func (r orphanage) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cared, err := r.caresFor(ctx, req.NamespacedName)
	if err != nil || cared {
		return settle([]error{err})
	}
	reported, err := routes(ctx, r.kube, lookup.ByReportedListenerSet, req.NamespacedName)
	if err != nil {
		return settle([]error{err})
	}
	var errs []error
	for _, route := range reported {
		if err := r.reportRoute(ctx, route, scope{listenerSets: []types.NamespacedName{req.NamespacedName}}, nil); err != nil {
			errs = append(errs, err)
		}
	}
	return settle(errs)
}

// caresFor says whether a Gateway of ours has the say about a ListenerSet.
func (r orphanage) caresFor(ctx context.Context, name types.NamespacedName) (bool, error) {
	set := &gatewayv1.ListenerSet{}
	if err := r.kube.Get(ctx, name, set); err != nil {
		return false, errors.Wrap(client.IgnoreNotFound(err), "cannot get ListenerSet")
	}
	parent := lookup.Parent(set)
	if len(parent) == 0 {
		return false, nil
	}
	gw := &gatewayv1.Gateway{}
	err := r.kube.Get(ctx, parent[0], gw)
	if kerrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, errors.Wrap(err, "cannot get Gateway")
	}
	class, err := r.class(ctx, gw)
	return !foreign(class), err
}

// setup wakes the orphanage for ListenerSets, for those of Gateways, and for those that routes report.
func (r orphanage) setup(mgr ctrl.Manager, o controller.Options) error {
	ofGateway := func(ctx context.Context, gw client.Object) []ctrl.Request {
		sets, err := r.listenerSets(ctx, client.ObjectKeyFromObject(gw))
		if err != nil {
			return nil // The cache does not fail.
		}
		var out []ctrl.Request
		for _, s := range sets {
			out = append(out, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(s)})
		}
		return out
	}
	reported := func(_ context.Context, route client.Object) []ctrl.Request {
		return requests(lookup.ReportedListenerSets(route))
	}
	b := ctrl.NewControllerManagedBy(mgr).
		Named("listenerset").
		WithOptions(o.ForControllerRuntime()).
		For(&gatewayv1.ListenerSet{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&gatewayv1.Gateway{}, handler.EnqueueRequestsFromMapFunc(ofGateway), builder.WithPredicates(predicate.GenerationChangedPredicate{}))
	for _, kind := range lookup.RouteKinds() {
		b = b.Watches(kind, handler.EnqueueRequestsFromMapFunc(reported))
	}
	return errors.Wrap(b.Complete(r), "cannot set up controller for ListenerSets")
}
