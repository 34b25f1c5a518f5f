package gateway

import (
	"context"
	"fmt"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/condition"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

func (r *Reconciler) reportListenerSets(ctx context.Context, sets []*gatewayv1.ListenerSet, want []translate.ListenerSetStatus) []error {
	var errs []error
	for _, w := range want {
		i := slices.IndexFunc(sets, func(s *gatewayv1.ListenerSet) bool { return s.Namespace == w.Namespace && s.Name == w.Name })
		if i < 0 {
			continue
		}
		if err := r.reportListenerSet(ctx, sets[i], w.Status); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

func (r *Reconciler) reportListenerSet(ctx context.Context, set *gatewayv1.ListenerSet, want gatewayv1.ListenerSetStatus) error {
	before := set.DeepCopy()
	set.Status = stampedEntries(before.Status, want, r.now())
	if equality.Semantic.DeepEqual(before.Status, set.Status) {
		return nil
	}
	name := fmt.Sprintf("ListenerSet %s/%s", set.GetNamespace(), set.GetName())
	if err := r.kube.Status().Patch(ctx, set, client.MergeFromWithOptions(before, optimistic)); err != nil {
		return errors.Wrapf(client.IgnoreNotFound(err), "cannot update status of %s", name)
	}
	condition.Announce(r.record, condition.Subject{Object: set, Name: name}, before.Status.Conditions, set.Status.Conditions)
	for _, l := range set.Status.Listeners {
		subject := condition.Subject{Object: set, Name: fmt.Sprintf("listener %s of %s", l.Name, name)}
		condition.AnnounceTrouble(r.record, subject, entryConditions(before.Status.Listeners, l.Name), l.Conditions)
	}
	return nil
}

func stampedEntries(stored, want gatewayv1.ListenerSetStatus, now metav1.Time) gatewayv1.ListenerSetStatus {
	want.Conditions = condition.Stamp(stored.Conditions, want.Conditions, now)
	want.Listeners = slices.Clone(want.Listeners)
	for i := range want.Listeners {
		l := &want.Listeners[i]
		l.Conditions = condition.Stamp(entryConditions(stored.Listeners, l.Name), l.Conditions, now)
	}
	return want
}

func entryConditions(all []gatewayv1.ListenerEntryStatus, name gatewayv1.SectionName) []metav1.Condition {
	for _, l := range all {
		if l.Name == name {
			return l.Conditions
		}
	}
	return nil
}

// dismiss the ListenerSets of a Gateway that is being deleted. Nothing of the Gateway's is looked at for that.
func (r *Reconciler) dismiss(ctx context.Context, gw *gatewayv1.Gateway) []error {
	sets, err := r.listenerSets(ctx, client.ObjectKeyFromObject(gw))
	if err != nil {
		return []error{err}
	}
	return r.reportListenerSets(ctx, sets, translate.Gateway(translate.Input{Gateway: gw, ListenerSets: sets}).ListenerSets)
}
