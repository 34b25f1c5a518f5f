package gateway

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

// loadObserved walks the ownership tree down from the Gateway. An object whose owner was replaced by another of the same
// name is not in it: garbage collection is about to take it.
func (r *Reconciler) loadObserved(ctx context.Context, s *state) error {
	lbs, err := r.loadBalancers(ctx, s.Gateway)
	if err != nil {
		return err
	}
	o := &s.Observed
	if o.Services, err = get[corev1.Service](ctx, r.kube, lookup.OwnService(s.Gateway)); err != nil {
		return err
	}
	o.LoadBalancers = lbs
	for _, lb := range lbs {
		groups, certificates := &albv1alpha1.SecurityGroupList{}, &albv1alpha1.CertificateList{}
		listeners, targets, stores := &albv1alpha1.ListenerList{}, &albv1alpha1.TargetGroupList{}, &albv1alpha1.TrustStoreList{}
		rules, acls, shields := &albv1alpha1.SecurityGroupRuleList{}, &albv1alpha1.WebACLAssociationList{}, &albv1alpha1.ShieldProtectionList{}
		if err := r.ownedBy(ctx, lb, groups, certificates, listeners, targets, rules, acls, shields, stores); err != nil {
			return err
		}
		o.SecurityGroupRules = append(o.SecurityGroupRules, pointers(rules.Items)...)
		o.WebACLAssociations = append(o.WebACLAssociations, pointers(acls.Items)...)
		o.ShieldProtections = append(o.ShieldProtections, pointers(shields.Items)...)
		o.Certificates = append(o.Certificates, pointers(certificates.Items)...)
		o.TrustStores = append(o.TrustStores, pointers(stores.Items)...)
		o.SecurityGroups = append(o.SecurityGroups, pointers(groups.Items)...)
		o.Listeners = append(o.Listeners, pointers(listeners.Items)...)
		o.TargetGroups = append(o.TargetGroups, pointers(targets.Items)...)
	}
	for _, ln := range o.Listeners {
		rules := &albv1alpha1.ListenerRuleList{}
		if err := r.ownedBy(ctx, ln, rules); err != nil {
			return err
		}
		o.ListenerRules = append(o.ListenerRules, pointers(rules.Items)...)
	}
	for _, tg := range o.TargetGroups {
		bindings := &albv1alpha1.TargetGroupBindingList{}
		if err := r.ownedBy(ctx, tg, bindings); err != nil {
			return err
		}
		o.TargetGroupBindings = append(o.TargetGroupBindings, pointers(bindings.Items)...)
	}
	return nil
}

func (r *Reconciler) loadBalancers(ctx context.Context, gw *gatewayv1.Gateway) ([]*albv1alpha1.LoadBalancer, error) {
	l := &albv1alpha1.LoadBalancerList{}
	err := r.ownedBy(ctx, gw, l)
	return pointers(l.Items), err
}

func (r *Reconciler) ownedBy(ctx context.Context, owner client.Object, lists ...client.ObjectList) error {
	for _, l := range lists {
		err := r.kube.List(ctx, l, client.InNamespace(owner.GetNamespace()), client.MatchingFields{lookup.ByOwner: string(owner.GetUID())})
		if err != nil {
			return errors.Wrapf(err, "cannot list %T", l)
		}
	}
	return nil
}
