package lookup

import (
	"context"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// RouteKinds has one object of each kind of route.
func RouteKinds() []client.Object {
	return []client.Object{&gatewayv1.HTTPRoute{}, &gatewayv1.GRPCRoute{}}
}

// Routes are those of all kinds that a listing finds.
func Routes(ctx context.Context, kube client.Reader, opts ...client.ListOption) ([]client.Object, error) {
	var out []client.Object
	for _, l := range []client.ObjectList{&gatewayv1.HTTPRouteList{}, &gatewayv1.GRPCRouteList{}} {
		if err := kube.List(ctx, l, opts...); err != nil {
			return nil, errors.Wrapf(err, "cannot list %T", l)
		}
		err := meta.EachListItem(l, func(o runtime.Object) error {
			if r, ok := o.(client.Object); ok {
				out = append(out, r)
			}
			return nil
		})
		if err != nil {
			return nil, errors.Wrapf(err, "cannot read %T", l)
		}
	}
	return out, nil
}

// RouteKind is the kind of a route.
func RouteKind(o client.Object) string {
	switch o.(type) {
	case *gatewayv1.HTTPRoute:
		return "HTTPRoute"
	case *gatewayv1.GRPCRoute:
		return "GRPCRoute"
	default:
		return ""
	}
}

// RouteStatus of a route, to read and to change; of anything else an empty one.
func RouteStatus(o client.Object) *gatewayv1.RouteStatus {
	switch r := o.(type) {
	case *gatewayv1.HTTPRoute:
		return &r.Status.RouteStatus
	case *gatewayv1.GRPCRoute:
		return &r.Status.RouteStatus
	default:
		return &gatewayv1.RouteStatus{}
	}
}

// Gateways that a route has as parents.
func Gateways(route client.Object) []types.NamespacedName { return parents(route, kindGateway) }

// ListenerSets that a route has as parents.
func ListenerSets(route client.Object) []types.NamespacedName { return parents(route, kindListenerSet) }

func parents(route client.Object, kind string) []types.NamespacedName {
	var out []types.NamespacedName
	for _, ref := range referencesOf(route).parents {
		if key, ok := parent(ref, route.GetNamespace(), kind); ok {
			out = append(out, key)
		}
	}
	return distinct(out)
}

// ReportedGateways are those that our entries in a route's status are for.
func ReportedGateways(route client.Object) []types.NamespacedName {
	return reported(route, kindGateway)
}

// ReportedListenerSets are those that our entries in a route's status are for.
func ReportedListenerSets(route client.Object) []types.NamespacedName {
	return reported(route, kindListenerSet)
}

func reported(route client.Object, kind string) []types.NamespacedName {
	var out []types.NamespacedName
	for _, p := range RouteStatus(route).Parents {
		if p.ControllerName != translate.ControllerName {
			continue
		}
		if key, ok := parent(p.ParentRef, route.GetNamespace(), kind); ok {
			out = append(out, key)
		}
	}
	return distinct(out)
}

// Services that a route refers to, as backends and as mirrors.
func Services(route client.Object) []types.NamespacedName {
	var out []types.NamespacedName
	for _, ref := range referencesOf(route).backends {
		if !empty(ref.Group) || ref.Kind != nil && *ref.Kind != "Service" {
			continue
		}
		out = append(out, types.NamespacedName{Namespace: inNamespace(ref.Namespace, route.GetNamespace()), Name: string(ref.Name)})
	}
	return distinct(out)
}

// BackendNamespaces are those other than its own that a route refers into.
func BackendNamespaces(route client.Object) []string {
	var out []string
	for _, ref := range referencesOf(route).backends {
		if ns := inNamespace(ref.Namespace, route.GetNamespace()); ns != route.GetNamespace() {
			out = append(out, ns)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ListenerRuleConfigurations that a route's filters name.
func ListenerRuleConfigurations(route client.Object) []types.NamespacedName {
	var out []types.NamespacedName
	for _, ref := range referencesOf(route).extensions {
		if ref.Group == gwcfgv1.Group && ref.Kind == gwcfgv1.ListenerRuleConfigurationKind {
			out = append(out, types.NamespacedName{Namespace: route.GetNamespace(), Name: string(ref.Name)})
		}
	}
	return distinct(out)
}

// references that a route of any kind makes.
type references struct {
	parents    []gatewayv1.ParentReference
	backends   []gatewayv1.BackendObjectReference // those of mirrors come last
	mirrors    []gatewayv1.BackendObjectReference
	extensions []gatewayv1.LocalObjectReference
}

func referencesOf(route client.Object) references {
	var out references
	switch r := route.(type) {
	case *gatewayv1.HTTPRoute:
		out.parents = r.Spec.ParentRefs
		for _, rule := range r.Spec.Rules {
			out.addFilters(rule.Filters)
			for _, b := range rule.BackendRefs {
				out.backends = append(out.backends, b.BackendObjectReference)
				out.addFilters(b.Filters)
			}
		}
	case *gatewayv1.GRPCRoute:
		out.parents = r.Spec.ParentRefs
		for _, rule := range r.Spec.Rules {
			out.addGRPCFilters(rule.Filters)
			for _, b := range rule.BackendRefs {
				out.backends = append(out.backends, b.BackendObjectReference)
				out.addGRPCFilters(b.Filters)
			}
		}
	}
	out.backends = append(out.backends, out.mirrors...)
	return out
}

func (r *references) add(mirror *gatewayv1.HTTPRequestMirrorFilter, extension *gatewayv1.LocalObjectReference) {
	if mirror != nil {
		r.mirrors = append(r.mirrors, mirror.BackendRef)
	}
	if extension != nil {
		r.extensions = append(r.extensions, *extension)
	}
}

func (r *references) addFilters(in []gatewayv1.HTTPRouteFilter) {
	for _, f := range in {
		r.add(f.RequestMirror, f.ExtensionRef)
	}
}

func (r *references) addGRPCFilters(in []gatewayv1.GRPCRouteFilter) {
	for _, f := range in {
		r.add(f.RequestMirror, f.ExtensionRef)
	}
}
