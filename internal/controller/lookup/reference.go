package lookup

import (
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

// OwnService that stands for a Gateway's load balancer in the cluster: one.
func OwnService(g *gatewayv1.Gateway) []types.NamespacedName {
	return []types.NamespacedName{{Namespace: g.GetNamespace(), Name: translate.ServiceName(g.GetName())}}
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
func SecretNamespaces(g *gatewayv1.Gateway) []string { return foreign(g, Secrets(g)) }

// foreign namespaces among those of objects that a Gateway refers to.
func foreign(g *gatewayv1.Gateway, names []types.NamespacedName) []string {
	var out []string
	for _, n := range names {
		if n.Namespace != g.GetNamespace() {
			out = append(out, n.Namespace)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ConfigMaps with the CA certificates by which a Gateway validates clients.
func ConfigMaps(g *gatewayv1.Gateway) []types.NamespacedName {
	if g.Spec.TLS == nil || g.Spec.TLS.Frontend == nil {
		return nil
	}
	all := []*gatewayv1.FrontendTLSValidation{g.Spec.TLS.Frontend.Default.Validation}
	for _, p := range g.Spec.TLS.Frontend.PerPort {
		all = append(all, p.TLS.Validation)
	}
	var out []types.NamespacedName
	for _, v := range all {
		if v == nil {
			continue
		}
		for _, ref := range v.CACertificateRefs {
			if ref.Group == corev1.GroupName && ref.Kind == "ConfigMap" {
				out = append(out, types.NamespacedName{Namespace: inNamespace(ref.Namespace, g.GetNamespace()), Name: string(ref.Name)})
			}
		}
	}
	return distinct(out)
}

// ConfigMapNamespaces are those other than its own in which a Gateway refers to ConfigMaps.
func ConfigMapNamespaces(g *gatewayv1.Gateway) []string { return foreign(g, ConfigMaps(g)) }

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

// Gateway that a parentRef in a namespace names, if it names a Gateway.
func Gateway(ref gatewayv1.ParentReference, namespace string) (types.NamespacedName, bool) {
	if ref.Group != nil && *ref.Group != gatewayv1.GroupName || ref.Kind != nil && *ref.Kind != "Gateway" {
		return types.NamespacedName{}, false
	}
	return types.NamespacedName{Namespace: inNamespace(ref.Namespace, namespace), Name: string(ref.Name)}, true
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
