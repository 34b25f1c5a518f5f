package lookup

import (
	"iter"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// GatewayConfiguration that a Gateway names: none or one.
func GatewayConfiguration(g *gatewayv1.Gateway) []types.NamespacedName {
	if g.Spec.Infrastructure == nil || g.Spec.Infrastructure.ParametersRef == nil {
		return nil
	}
	ref := g.Spec.Infrastructure.ParametersRef
	if ref.Group != gwcfgv1.Group || ref.Kind != gwcfgv1.LoadBalancerConfigurationKind {
		return nil
	}
	return []types.NamespacedName{{Namespace: g.GetNamespace(), Name: ref.Name}}
}

// Secrets that a Gateway's listeners refer to.
func Secrets(g *gatewayv1.Gateway) []types.NamespacedName {
	var out []types.NamespacedName
	for _, l := range g.Spec.Listeners {
		if l.TLS == nil {
			continue
		}
		for _, ref := range l.TLS.CertificateRefs {
			if empty(ref.Group) && (ref.Kind == nil || *ref.Kind == "Secret") {
				out = append(out, types.NamespacedName{Namespace: inNamespace(ref.Namespace, g.GetNamespace()), Name: string(ref.Name)})
			}
		}
	}
	return distinct(out)
}

// SecretNamespaces are those other than its own in which a Gateway refers to Secrets.
func SecretNamespaces(g *gatewayv1.Gateway) []string {
	var out []string
	for _, s := range Secrets(g) {
		if s.Namespace != g.GetNamespace() {
			out = append(out, s.Namespace)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ClassConfiguration that a GatewayClass names: none or one.
func ClassConfiguration(c *gatewayv1.GatewayClass) []types.NamespacedName {
	ref := c.Spec.ParametersRef
	if ref == nil || ref.Namespace == nil || ref.Group != gwcfgv1.Group || ref.Kind != gwcfgv1.LoadBalancerConfigurationKind {
		return nil
	}
	return []types.NamespacedName{{Namespace: string(*ref.Namespace), Name: ref.Name}}
}

// DefaultTargetGroupConfiguration that a LoadBalancerConfiguration names: none or one.
func DefaultTargetGroupConfiguration(c *gwcfgv1.LoadBalancerConfiguration) []types.NamespacedName {
	if c.Spec.DefaultTargetGroupConfiguration == nil {
		return nil
	}
	return []types.NamespacedName{{Namespace: c.GetNamespace(), Name: c.Spec.DefaultTargetGroupConfiguration.Name}}
}

// TargetService that a TargetGroupConfiguration is for: none or one.
func TargetService(c *gwcfgv1.TargetGroupConfiguration) []types.NamespacedName {
	ref := c.Spec.TargetReference
	if ref == nil || !empty(ref.Group) || (ref.Kind != nil && *ref.Kind != "Service") {
		return nil
	}
	return []types.NamespacedName{{Namespace: c.GetNamespace(), Name: ref.Name}}
}

// Gateways that a route has as parents.
func Gateways(r *gatewayv1.HTTPRoute) []types.NamespacedName {
	var out []types.NamespacedName
	for _, ref := range r.Spec.ParentRefs {
		if key, ok := Gateway(ref, r.GetNamespace()); ok {
			out = append(out, key)
		}
	}
	return distinct(out)
}

// ReportedGateways are those that our entries in a route's status are for.
func ReportedGateways(r *gatewayv1.HTTPRoute) []types.NamespacedName {
	var out []types.NamespacedName
	for _, p := range r.Status.Parents {
		if p.ControllerName != translate.ControllerName {
			continue
		}
		if key, ok := Gateway(p.ParentRef, r.GetNamespace()); ok {
			out = append(out, key)
		}
	}
	return distinct(out)
}

// Gateway that a parentRef in a namespace names, if it names a Gateway.
func Gateway(ref gatewayv1.ParentReference, namespace string) (types.NamespacedName, bool) {
	if ref.Group != nil && *ref.Group != gatewayv1.GroupName || ref.Kind != nil && *ref.Kind != "Gateway" {
		return types.NamespacedName{}, false
	}
	return types.NamespacedName{Namespace: inNamespace(ref.Namespace, namespace), Name: string(ref.Name)}, true
}

// Services that a route refers to, as backends and as mirrors.
func Services(r *gatewayv1.HTTPRoute) []types.NamespacedName {
	var out []types.NamespacedName
	for ref := range backends(r) {
		if !empty(ref.Group) || ref.Kind != nil && *ref.Kind != "Service" {
			continue
		}
		out = append(out, types.NamespacedName{Namespace: inNamespace(ref.Namespace, r.GetNamespace()), Name: string(ref.Name)})
	}
	return distinct(out)
}

// BackendNamespaces are those other than its own that a route refers into.
func BackendNamespaces(r *gatewayv1.HTTPRoute) []string {
	var out []string
	for ref := range backends(r) {
		if ns := inNamespace(ref.Namespace, r.GetNamespace()); ns != r.GetNamespace() {
			out = append(out, ns)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ListenerRuleConfigurations that a route's filters name.
func ListenerRuleConfigurations(r *gatewayv1.HTTPRoute) []types.NamespacedName {
	var out []types.NamespacedName
	for f := range filters(r) {
		if f.ExtensionRef == nil || f.ExtensionRef.Group != gwcfgv1.Group || f.ExtensionRef.Kind != gwcfgv1.ListenerRuleConfigurationKind {
			continue
		}
		out = append(out, types.NamespacedName{Namespace: r.GetNamespace(), Name: string(f.ExtensionRef.Name)})
	}
	return distinct(out)
}

func backends(r *gatewayv1.HTTPRoute) iter.Seq[gatewayv1.BackendObjectReference] {
	return func(yield func(gatewayv1.BackendObjectReference) bool) {
		for _, rule := range r.Spec.Rules {
			for _, b := range rule.BackendRefs {
				if !yield(b.BackendObjectReference) {
					return
				}
			}
		}
		for f := range filters(r) {
			if f.RequestMirror != nil && !yield(f.RequestMirror.BackendRef) {
				return
			}
		}
	}
}

func filters(r *gatewayv1.HTTPRoute) iter.Seq[gatewayv1.HTTPRouteFilter] {
	return func(yield func(gatewayv1.HTTPRouteFilter) bool) {
		for _, rule := range r.Spec.Rules {
			all := slices.Clone(rule.Filters)
			for _, b := range rule.BackendRefs {
				all = append(all, b.Filters...)
			}
			for _, f := range all {
				if !yield(f) {
					return
				}
			}
		}
	}
}

func inNamespace(explicit *gatewayv1.Namespace, own string) string {
	if explicit == nil {
		return own
	}
	return string(*explicit)
}

func empty[S ~string](s *S) bool { return s == nil || *s == corev1.GroupName }

func distinct(in []types.NamespacedName) []types.NamespacedName {
	var out []types.NamespacedName
	for _, n := range in {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
