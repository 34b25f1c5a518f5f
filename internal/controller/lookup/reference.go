package lookup

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
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

// Metadata of objects of a kind of the core group is as much of Secrets and ConfigMaps as is watched: the cache has nothing of
// their content.
func Metadata(kind string) *metav1.PartialObjectMetadata {
	o := &metav1.PartialObjectMetadata{}
	o.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind))
	return o
}

// Secrets that the listeners of a Gateway or a ListenerSet refer to.
func Secrets(o client.Object) []types.NamespacedName {
	var out []types.NamespacedName
	for _, tls := range termination(o) {
		if tls == nil {
			continue
		}
		for _, ref := range tls.CertificateRefs {
			if empty(ref.Group) && (ref.Kind == nil || *ref.Kind == "Secret") {
				out = append(out, types.NamespacedName{Namespace: inNamespace(ref.Namespace, o.GetNamespace()), Name: string(ref.Name)})
			}
		}
	}
	return distinct(out)
}

// ClientSecrets with clients of identity providers that a ListenerRuleConfiguration names.
func ClientSecrets(c *gwcfgv1.ListenerRuleConfiguration) []types.NamespacedName {
	var out []types.NamespacedName
	for _, a := range c.Spec.Actions {
		if a.AuthenticateOIDCConfig != nil {
			out = append(out, types.NamespacedName{Namespace: c.GetNamespace(), Name: a.AuthenticateOIDCConfig.Secret.Name})
		}
	}
	return distinct(out)
}

// termination of TLS, as each listener of a Gateway or a ListenerSet has it.
func termination(o client.Object) []*gatewayv1.ListenerTLSConfig {
	var out []*gatewayv1.ListenerTLSConfig
	switch o := o.(type) {
	case *gatewayv1.Gateway:
		for _, l := range o.Spec.Listeners {
			out = append(out, l.TLS)
		}
	case *gatewayv1.ListenerSet:
		for _, l := range o.Spec.Listeners {
			out = append(out, l.TLS)
		}
	}
	return out
}

// SecretNamespaces are those other than its own in which a Gateway or a ListenerSet refers to Secrets.
func SecretNamespaces(o client.Object) []string { return foreign(o, Secrets(o)) }

// foreign namespaces among those of objects that another refers to.
func foreign(by client.Object, names []types.NamespacedName) []string {
	var out []string
	for _, n := range names {
		if n.Namespace != by.GetNamespace() {
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

const (
	kindGateway     = "Gateway"
	kindListenerSet = "ListenerSet"
)

// Gateway that a parentRef in a namespace names, if it names a Gateway.
func Gateway(ref gatewayv1.ParentReference, namespace string) (types.NamespacedName, bool) {
	return parent(ref, namespace, kindGateway)
}

// ListenerSet that a parentRef in a namespace names, if it names a ListenerSet.
func ListenerSet(ref gatewayv1.ParentReference, namespace string) (types.NamespacedName, bool) {
	return parent(ref, namespace, kindListenerSet)
}

func parent(ref gatewayv1.ParentReference, namespace, kind string) (types.NamespacedName, bool) {
	named := kindGateway
	if ref.Kind != nil {
		named = string(*ref.Kind)
	}
	if ref.Group != nil && *ref.Group != gatewayv1.GroupName || named != kind {
		return types.NamespacedName{}, false
	}
	return types.NamespacedName{Namespace: inNamespace(ref.Namespace, namespace), Name: string(ref.Name)}, true
}

// Parent of a ListenerSet: the Gateway that it names, if it names one.
func Parent(s *gatewayv1.ListenerSet) []types.NamespacedName {
	ref := s.Spec.ParentRef
	key, ok := Gateway(gatewayv1.ParentReference{Group: ref.Group, Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name}, s.GetNamespace())
	if !ok {
		return nil
	}
	return []types.NamespacedName{key}
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
