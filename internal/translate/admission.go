package translate

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// allowedRoutes says from which namespaces a listener that is defined in namespace own takes routes.
func allowedRoutes(allowed *gatewayv1.AllowedRoutes, own string, namespaces []*corev1.Namespace) func(string) bool {
	from, selector := gatewayv1.NamespacesFromSame, (*metav1.LabelSelector)(nil)
	if allowed != nil && allowed.Namespaces != nil {
		selector = allowed.Namespaces.Selector
		from = *first(allowed.Namespaces.From, &from)
	}
	return admission(from, selector, own, namespaces)
}

// allowedListeners says from which namespaces a Gateway takes ListenerSets: from none unless it says so.
func allowedListeners(g *gatewayv1.Gateway, namespaces []*corev1.Namespace) func(string) bool {
	from, selector := gatewayv1.NamespacesFromNone, (*metav1.LabelSelector)(nil)
	if allowed := g.Spec.AllowedListeners; allowed != nil && allowed.Namespaces != nil {
		selector = allowed.Namespaces.Selector
		from = *first(allowed.Namespaces.From, &from)
	}
	return admission(from, selector, g.Namespace, namespaces)
}

func admission(from gatewayv1.FromNamespaces, selector *metav1.LabelSelector, own string, namespaces []*corev1.Namespace) func(string) bool {
	switch from {
	case gatewayv1.NamespacesFromAll:
		return func(string) bool { return true }
	case gatewayv1.NamespacesFromSame:
		return func(namespace string) bool { return namespace == own }
	case gatewayv1.NamespacesFromSelector:
		return selected(selector, namespaces)
	default:
		return func(string) bool { return false }
	}
}

// selected: a selector that is left out or cannot be read selects nothing.
func selected(selector *metav1.LabelSelector, namespaces []*corev1.Namespace) func(string) bool {
	match, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		match = labels.Nothing()
	}
	chosen := map[string]bool{}
	for _, n := range namespaces {
		chosen[n.Name] = match.Matches(labels.Set(n.Labels))
	}
	return func(namespace string) bool { return chosen[namespace] }
}
