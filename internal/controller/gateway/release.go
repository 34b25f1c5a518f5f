package gateway

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
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
	if !controllerutil.ContainsFinalizer(gw, albv1alpha1.FinalizerGateway) {
		return r.forget(ctx, client.ObjectKeyFromObject(gw))
	}
	var errs []error
	if gw.GetDeletionTimestamp() != nil {
		errs = r.dismiss(ctx, gw)
	}
	lbs, err := r.remaining(ctx, gw)
	if err != nil {
		return append(errs, err)
	}
	if len(lbs) == 0 {
		return r.releaseLast(ctx, gw)
	}
	var waits []obstructed
	for _, lb := range lbs {
		first, err := r.goesFirst(ctx, lb)
		if err != nil {
			return []error{err}
		}
		for _, o := range first {
			waits = append(waits, o)
			if err := r.remove(ctx, o); err != nil {
				errs = append(errs, errors.Wrapf(err, "cannot delete %s", r.nameOf(o)))
			}
		}
	}
	if gw.GetDeletionTimestamp() == nil {
		return errs // Its status is another controller's by now.
	}
	if err := r.reportGateway(ctx, gw, r.deleting(gw.Status, gw.GetGeneration(), waits)); err != nil {
		errs = append(errs, err)
	}
	return errs
}

// releaseLast lets go of a Gateway that has no load balancer any more.
func (r *Reconciler) releaseLast(ctx context.Context, gw *gatewayv1.Gateway) []error {
	errs := r.forget(ctx, client.ObjectKeyFromObject(gw))
	if err := r.removeService(ctx, gw); err != nil {
		errs = append(errs, err)
	}
	if len(errs) > 0 {
		return errs
	}
	return r.letGo(ctx, gw)
}

// goesFirst: the LoadBalancer, which takes its listeners along; where it is adopted, it stays in AWS, and the Listeners have to
// go before it.
func (r *Reconciler) goesFirst(ctx context.Context, lb *albv1alpha1.LoadBalancer) ([]obstructed, error) {
	if lb.Spec.ForProvider.DNSName == nil {
		return []obstructed{lb}, nil
	}
	l := &albv1alpha1.ListenerList{}
	if err := r.ownedBy(ctx, lb, l); err != nil {
		return nil, err
	}
	if len(l.Items) == 0 {
		return []obstructed{lb}, nil
	}
	var out []obstructed
	for _, ln := range pointers(l.Items) {
		out = append(out, ln)
	}
	return out, nil
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

// removeService that stands for the load balancer: garbage collection leaves it to a Gateway that only changes its class.
func (r *Reconciler) removeService(ctx context.Context, gw *gatewayv1.Gateway) error {
	services, err := get[corev1.Service](ctx, r.kube, lookup.OwnService(gw))
	if err != nil {
		return err
	}
	for _, s := range services {
		if !lookup.OwnedBy(s, gw.GetUID()) {
			continue
		}
		if err := r.remove(ctx, s); err != nil {
			return errors.Wrapf(err, "cannot delete Service %s/%s", s.GetNamespace(), s.GetName())
		}
	}
	return nil
}

func (r *Reconciler) letGo(ctx context.Context, gw *gatewayv1.Gateway) []error {
	before := gw.DeepCopy()
	controllerutil.RemoveFinalizer(gw, albv1alpha1.FinalizerGateway)
	err := r.kube.Patch(ctx, gw, client.MergeFromWithOptions(before, optimistic))
	if err = client.IgnoreNotFound(err); err != nil {
		return []error{errors.Wrap(err, "cannot remove finalizer from Gateway")}
	}
	return nil
}
