package main

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// change something in the cluster. From now on clients may see the state before it or the one after.
func (l *lab) change(ctx context.Context, c change) error {
	l.changes++
	what := fmt.Sprintf("change %d: %s", l.changes, c.what)
	next := l.state.with(c.object)
	if c.gone {
		next = l.state.without(c.object.GetName())
	}
	l.judge.begin(what, next)
	l.state = next
	if c.gone {
		return l.kube.Delete(ctx, c.object)
	}
	stored, err := l.store(ctx, c.object)
	if err != nil {
		return fmt.Errorf("cannot make %s: %w", what, err)
	}
	l.state = next.with(stored)
	l.judge.correct(l.state)
	return nil
}

// store an object, and return it as the API server has it.
func (l *lab) store(ctx context.Context, o client.Object) (stored client.Object, err error) {
	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		stored = o.DeepCopyObject().(client.Object) //nolint:forcetypeassert // a copy is what the original is
		err := l.kube.Get(ctx, client.ObjectKeyFromObject(o), stored)
		if kerrors.IsNotFound(err) {
			return l.kube.Create(ctx, stored)
		}
		if err != nil {
			return err
		}
		switch to := stored.(type) {
		case *gatewayv1.Gateway:
			to.Spec = o.(*gatewayv1.Gateway).Spec //nolint:forcetypeassert // likewise
		case *gatewayv1.HTTPRoute:
			to.Spec = o.(*gatewayv1.HTTPRoute).Spec //nolint:forcetypeassert // likewise
		case *gwcfgv1.TargetGroupConfiguration:
			to.Spec = o.(*gwcfgv1.TargetGroupConfiguration).Spec //nolint:forcetypeassert // likewise
		}
		return l.kube.Update(ctx, stored)
	})
	return stored, err
}

// open the Gateway with its routes: the first version that clients may see.
func (l *lab) openGateway(ctx context.Context) error {
	for _, r := range l.state.routes {
		if err := l.kube.Create(ctx, r); err != nil {
			return err
		}
	}
	return l.kube.Create(ctx, l.state.gateway)
}

// rolling lets a pod go only when its successor is ready.
func rolling() *appsv1.RollingUpdateDeployment {
	none, one := intstr.FromInt32(0), intstr.FromInt32(1)
	return &appsv1.RollingUpdateDeployment{MaxUnavailable: &none, MaxSurge: &one}
}

// replacePods of a Deployment, one by one.
func (l *lab) replacePods(ctx context.Context, name string) error {
	d := &appsv1.Deployment{}
	if err := l.kube.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, d); err != nil {
		return err
	}
	patch := fmt.Appendf(nil, `{"spec":{"template":{"metadata":{"annotations":{"replaced":"%d"}}}}}`, d.Generation)
	return l.kube.Patch(ctx, d, client.RawPatch("application/merge-patch+json", patch))
}
