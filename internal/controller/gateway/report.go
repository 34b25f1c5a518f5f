package gateway

import (
	"context"
	"fmt"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/condition"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// optimistic writes fail when the object is newer than what they are based on: a status holds other people's entries in
// lists that are replaced whole.
var optimistic = client.MergeFromWithOptimisticLock{}

// report the statuses of the Gateway, its ListenerSets and their routes. One object's error does not hold up the others.
func (r *Reconciler) report(ctx context.Context, s *state, out translate.Output, applied []error) []error {
	status := out.Gateway
	if o := obstacle(s, status, applied); o != "" {
		status = unprogrammed(status, s.Gateway.GetGeneration(), o)
	}
	var errs []error
	if err := r.reportGateway(ctx, s.Gateway, status); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, r.reportListenerSets(ctx, s.ListenerSets, out.ListenerSets)...)
	for _, route := range slices.Concat(s.routes, s.former) {
		if err := r.reportRoute(ctx, route, s.scope(), parentsOf(out.Routes, route)); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

func parentsOf(all []translate.RouteStatus, route client.Object) []gatewayv1.RouteParentStatus {
	for _, rs := range all {
		if rs.Kind == lookup.RouteKind(route) && rs.Namespace == route.GetNamespace() && rs.Name == route.GetName() {
			return rs.Parents
		}
	}
	return nil
}

// obstacle that keeps a Gateway from being programmed, and that only loading or applying brings to light.
func obstacle(s *state, status gatewayv1.GatewayStatus, applied []error) string {
	if s.missing != nil {
		return s.missing.Error()
	}
	if meta.IsStatusConditionTrue(status.Conditions, string(gatewayv1.GatewayConditionProgrammed)) {
		return ""
	}
	for _, err := range applied {
		var t *takenError
		if errors.As(err, &t) {
			return t.Error()
		}
	}
	return ""
}

func (r *Reconciler) reportGateway(ctx context.Context, gw *gatewayv1.Gateway, want gatewayv1.GatewayStatus) error {
	before := gw.DeepCopy()
	gw.Status = stamped(before.Status, want, r.now())
	if equality.Semantic.DeepEqual(before.Status, gw.Status) {
		return nil
	}
	if err := r.kube.Status().Patch(ctx, gw, client.MergeFromWithOptions(before, optimistic)); err != nil {
		return errors.Wrap(client.IgnoreNotFound(err), "cannot update status of Gateway")
	}
	name := fmt.Sprintf("Gateway %s/%s", gw.GetNamespace(), gw.GetName())
	condition.Announce(r.record, condition.Subject{Object: gw, Name: name}, before.Status.Conditions, gw.Status.Conditions)
	for _, l := range gw.Status.Listeners {
		subject := condition.Subject{Object: gw, Name: fmt.Sprintf("listener %s of %s", l.Name, name)}
		condition.AnnounceTrouble(r.record, subject, listenerConditions(before.Status.Listeners, l.Name), l.Conditions)
	}
	return nil
}

func stamped(stored, want gatewayv1.GatewayStatus, now metav1.Time) gatewayv1.GatewayStatus {
	want.Conditions = condition.Stamp(stored.Conditions, want.Conditions, now)
	want.Listeners = slices.Clone(want.Listeners)
	for i := range want.Listeners {
		l := &want.Listeners[i]
		l.Conditions = condition.Stamp(listenerConditions(stored.Listeners, l.Name), l.Conditions, now)
	}
	return want
}

func listenerConditions(all []gatewayv1.ListenerStatus, name gatewayv1.SectionName) []metav1.Condition {
	for _, l := range all {
		if l.Name == name {
			return l.Conditions
		}
	}
	return nil
}
