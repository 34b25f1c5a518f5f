package snapshot

import (
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

// A kind of objects that bear upon Gateways.
type kind struct {
	object client.Object

	// older versions that files may use, wire compatible with the one that is read.
	older []string

	// clusterScoped objects have no namespace.
	clusterScoped bool

	// onDemand objects are read from a cluster one by one, when they are needed.
	onDemand bool

	// idle objects are known, and no translation asks for them.
	idle bool
}

// kinds that a snapshot holds. Whatever translate.Input comes to hold is a line here.
func kinds() []kind {
	out := []kind{
		{object: &gatewayv1.GatewayClass{}, older: []string{"v1beta1"}, clusterScoped: true},
		{object: &gatewayv1.Gateway{}, older: []string{"v1beta1"}},
		{object: &gatewayv1.ListenerSet{}},
		{object: &gatewayv1.HTTPRoute{}, older: []string{"v1beta1"}},
		{object: &gatewayv1.GRPCRoute{}},
		{object: &gatewayv1.ReferenceGrant{}, older: []string{"v1beta1"}},
		{object: &gwcfgv1.LoadBalancerConfiguration{}, older: []string{"v1beta1"}},
		{object: &gwcfgv1.TargetGroupConfiguration{}, older: []string{"v1beta1"}},
		{object: &gwcfgv1.ListenerRuleConfiguration{}, older: []string{"v1beta1"}},
		{object: &albv1alpha1.ProviderConfig{}},
		{object: &albv1alpha1.ClusterProviderConfig{}, clusterScoped: true},
		{object: &corev1.Namespace{}, clusterScoped: true},
		{object: &corev1.Service{}},
		{object: &corev1.Secret{}, onDemand: true},
		{object: &corev1.ConfigMap{}, onDemand: true},
		{object: &discoveryv1.EndpointSlice{}, idle: true},
	}
	for _, o := range lookup.Managed() {
		out = append(out, kind{object: o})
	}
	return out
}

// Scheme has the kinds that a Snapshot holds.
var Scheme = newScheme()

func newScheme() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, discoveryv1.AddToScheme, gatewayv1.Install, gwcfgv1.AddToScheme, albv1alpha1.AddToScheme,
	} {
		utilruntime.Must(add(s))
	}
	return s
}

func gvkOf(o runtime.Object) schema.GroupVersionKind {
	gvk, err := apiutil.GVKForObject(o, Scheme)
	utilruntime.Must(err) // cannot be: objects of other kinds are not held
	return gvk
}

// kindOf finds the kind of a file's object, in a version that can be read.
func kindOf(gvk schema.GroupVersionKind) (kind, bool) {
	for _, k := range kinds() {
		known := gvkOf(k.object)
		if known.GroupKind() != gvk.GroupKind() {
			continue
		}
		if known.Version == gvk.Version {
			return k, true
		}
		for _, v := range k.older {
			if v == gvk.Version {
				return k, true
			}
		}
	}
	return kind{}, false
}
