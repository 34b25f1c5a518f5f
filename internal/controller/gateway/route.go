package gateway

import (
	"context"
	"fmt"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/condition"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A scope is a Gateway and ListenerSets, or some of these.
type scope struct {
	gateway      types.NamespacedName
	listenerSets []types.NamespacedName
}

func (s scope) holds(ref gatewayv1.ParentReference, namespace string) bool {
	if gw, ok := lookup.Gateway(ref, namespace); ok {
		return gw == s.gateway
	}
	set, ok := lookup.ListenerSet(ref, namespace)
	return ok && slices.Contains(s.listenerSets, set)
}

func (s *state) scope() scope {
	out := scope{gateway: client.ObjectKeyFromObject(s.Gateway)}
	for _, set := range s.ListenerSets {
		out.listenerSets = append(out.listenerSets, client.ObjectKeyFromObject(set))
	}
	return out
}

// reportRoute makes our entries for a scope in a route's status those wanted, and leaves all others alone.
func (r *Reconciler) reportRoute(ctx context.Context, route client.Object, in scope, want []gatewayv1.RouteParentStatus) error {
	before, ok := route.DeepCopyObject().(client.Object)
	if !ok {
		return errors.Errorf("cannot copy %T", route)
	}
	p := parents{scope: in, namespace: route.GetNamespace(), now: r.now()}
	was, is := lookup.RouteStatus(before), lookup.RouteStatus(route)
	is.Parents = p.merge(was.Parents, want)
	if equality.Semantic.DeepEqual(was, is) {
		return nil
	}
	name := fmt.Sprintf("%s %s/%s", lookup.RouteKind(route), route.GetNamespace(), route.GetName())
	err := r.kube.Status().Patch(ctx, route, client.MergeFromWithOptions(before, optimistic))
	if err != nil {
		return errors.Wrapf(client.IgnoreNotFound(err), "cannot update status of %s", name)
	}
	for _, w := range want {
		subject := condition.Subject{Object: route, Name: fmt.Sprintf("%s for %s", name, section(w.ParentRef, p.namespace))}
		condition.Announce(r.record, subject, p.find(was.Parents, w.ParentRef), p.find(lookup.RouteStatus(route).Parents, w.ParentRef))
	}
	return nil
}

// forget a Gateway that is no longer ours: no route may go on reporting us for it.
func (r *Reconciler) forget(ctx context.Context, gw types.NamespacedName) []error {
	reported, err := routes(ctx, r.kube, lookup.ByReportedGateway, gw)
	if err != nil {
		return []error{err}
	}
	var errs []error
	for _, route := range reported {
		if err := r.reportRoute(ctx, route, scope{gateway: gw}, nil); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// parents are the entries in a route's status that are about a scope.
type parents struct {
	scope     scope
	namespace string // of the route
	now       metav1.Time
}

// merge the wanted entries into the stored ones, each in its place: two controllers that both sorted the list their own way
// would write for ever.
func (p parents) merge(stored, want []gatewayv1.RouteParentStatus) []gatewayv1.RouteParentStatus {
	out := []gatewayv1.RouteParentStatus{} // An empty list, not null: the field is required.
	missing := slices.Clone(want)
	for _, s := range stored {
		if !p.ours(s) {
			out = append(out, s)
			continue
		}
		i := slices.IndexFunc(missing, func(w gatewayv1.RouteParentStatus) bool { return sameParent(w.ParentRef, s.ParentRef) })
		if i < 0 {
			continue
		}
		out = append(out, p.entry(s.Conditions, missing[i]))
		missing = slices.Delete(missing, i, i+1)
	}
	for _, w := range missing {
		out = append(out, p.entry(nil, w))
	}
	return out
}

func (p parents) entry(stored []metav1.Condition, want gatewayv1.RouteParentStatus) gatewayv1.RouteParentStatus {
	want.Conditions = condition.Stamp(stored, want.Conditions, p.now)
	return want
}

func (p parents) ours(s gatewayv1.RouteParentStatus) bool {
	return s.ControllerName == translate.ControllerName && p.scope.holds(s.ParentRef, p.namespace)
}

func (p parents) find(all []gatewayv1.RouteParentStatus, ref gatewayv1.ParentReference) []metav1.Condition {
	for _, s := range all {
		if p.ours(s) && sameParent(s.ParentRef, ref) {
			return s.Conditions
		}
	}
	return nil
}

func sameParent(a, b gatewayv1.ParentReference) bool { return equality.Semantic.DeepEqual(a, b) }

func section(ref gatewayv1.ParentReference, namespace string) string {
	key, set := lookup.ListenerSet(ref, namespace)
	out := "ListenerSet " + key.String()
	if !set {
		key, _ = lookup.Gateway(ref, namespace)
		out = "Gateway " + key.String()
	}
	if ref.SectionName != nil {
		out += fmt.Sprintf(" listener %s", *ref.SectionName)
	}
	if ref.Port != nil {
		out += fmt.Sprintf(" port %d", *ref.Port)
	}
	return out
}
