package gateway

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

// release a Gateway that is being deleted, or that went over to another controller's class: delete its LoadBalancers, wait
// until they are gone, then let go. Nothing is translated on the way, so that no route or configuration, however bad, can
// stand in the way.
func (r *Reconciler) release(ctx context.Context, gw *gatewayv1.Gateway) []error {
	if !controllerutil.ContainsFinalizer(gw, Finalizer) {
		return r.forget(ctx, client.ObjectKeyFromObject(gw))
	}
	lbs, err := r.remaining(ctx, gw)
	if err != nil {
		return []error{err}
	}
	if len(lbs) == 0 {
		if errs := r.forget(ctx, client.ObjectKeyFromObject(gw)); len(errs) > 0 {
			return errs
		}
		return r.letGo(ctx, gw)
	}
	var errs []error
	for _, lb := range lbs {
		if err := r.remove(ctx, lb); err != nil {
			errs = append(errs, errors.Wrapf(err, "cannot delete LoadBalancer %s/%s", lb.GetNamespace(), lb.GetName()))
		}
	}
	if gw.GetDeletionTimestamp() == nil {
		return errs // Its status is another controller's by now.
	}
	if err := r.reportGateway(ctx, gw, deleting(gw.Status, gw.GetGeneration(), lbs)); err != nil {
		errs = append(errs, err)
	}
	return errs
}

// remaining LoadBalancers of a Gateway. What the cache does not know (yet) the API server may.
func (r *Reconciler) remaining(ctx context.Context, gw *gatewayv1.Gateway) ([]*albv1alpha1.LoadBalancer, error) {
	lbs, err := r.loadBalancers(ctx, gw)
	if err != nil || len(lbs) > 0 {
		return lbs, err
	}
	l := &albv1alpha1.LoadBalancerList{}
	if err := r.live.List(ctx, l, client.InNamespace(gw.GetNamespace())); err != nil {
		return nil, errors.Wrap(err, "cannot list LoadBalancers")
	}
	for _, lb := range pointers(l.Items) {
		if lookup.OwnedBy(lb, gw.GetUID()) {
			lbs = append(lbs, lb)
		}
	}
	return lbs, nil
}

func (r *Reconciler) letGo(ctx context.Context, gw *gatewayv1.Gateway) []error {
	before := gw.DeepCopy()
	controllerutil.RemoveFinalizer(gw, Finalizer)
	err := r.kube.Patch(ctx, gw, client.MergeFromWithOptions(before, optimistic))
	if err = client.IgnoreNotFound(err); err != nil {
		return []error{errors.Wrap(err, "cannot remove finalizer from Gateway")}
	}
	return nil
}
