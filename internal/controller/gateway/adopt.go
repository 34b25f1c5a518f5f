package gateway

import (
	"context"
	"encoding/json"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/shard"
)

// adopt what another deployment has made for the Gateway, by giving it our label: before that our cache does not know of it.
// The LoadBalancer comes last, so that what was interrupted is done again. It says whether there was anything.
func (r *Reconciler) adopt(ctx context.Context, gw *gatewayv1.Gateway) (bool, error) {
	if r.settings.Shard.Whole() {
		return false, nil
	}
	known, err := r.loadBalancers(ctx, gw)
	if err != nil || len(known) > 0 {
		return false, err
	}
	theirs := &albv1alpha1.LoadBalancerList{}
	if err := r.live.List(ctx, theirs, client.InNamespace(gw.GetNamespace())); err != nil {
		return false, errors.Wrap(err, "cannot list LoadBalancers")
	}
	adopted := false
	for _, lb := range pointers(theirs.Items) {
		if !lookup.OwnedBy(lb, gw.GetUID()) {
			continue
		}
		adopted = true
		if err := r.adoptAll(ctx, gw, lb); err != nil {
			return adopted, err
		}
	}
	return adopted, nil
}

func (r *Reconciler) adoptAll(ctx context.Context, gw *gatewayv1.Gateway, lb *albv1alpha1.LoadBalancer) error {
	for _, o := range lookup.Managed() {
		if _, last := o.(*albv1alpha1.LoadBalancer); last {
			continue
		}
		kind, err := apiutil.GVKForObject(o, r.kube.Scheme())
		if err != nil {
			return err
		}
		l := &metav1.PartialObjectMetadataList{}
		l.SetGroupVersionKind(kind)
		named := client.MatchingLabels{albv1alpha1.LabelGatewayName: lb.GetLabels()[albv1alpha1.LabelGatewayName]}
		if err := r.live.List(ctx, l, client.InNamespace(gw.GetNamespace()), named); err != nil {
			return errors.Wrapf(err, "cannot list %ss", kind.Kind)
		}
		for i := range l.Items {
			one, ok := o.DeepCopyObject().(client.Object)
			if !ok {
				return errors.Errorf("%T is not an API object", o)
			}
			one.SetNamespace(l.Items[i].GetNamespace())
			one.SetName(l.Items[i].GetName())
			if err := r.label(ctx, one, gw); err != nil {
				return err
			}
		}
	}
	return r.label(ctx, lb, gw)
}

func (r *Reconciler) label(ctx context.Context, o client.Object, gw *gatewayv1.Gateway) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"labels": map[string]string{shard.Label: shard.Value(string(gw.Spec.GatewayClassName))}}})
	if err != nil {
		return err
	}
	err = r.kube.Patch(ctx, o, client.RawPatch(types.MergePatchType, patch), client.FieldOwner(fieldManager))
	return errors.Wrapf(client.IgnoreNotFound(err), "cannot label %s", r.nameOf(o))
}

// mark what translate wants with the label of our deployment.
func (r *Reconciler) mark(o client.Object, gw *gatewayv1.Gateway) {
	if r.settings.Shard.Whole() {
		return
	}
	l := map[string]string{shard.Label: shard.Value(string(gw.Spec.GatewayClassName))}
	for k, v := range o.GetLabels() {
		l[k] = v
	}
	o.SetLabels(l)
}
