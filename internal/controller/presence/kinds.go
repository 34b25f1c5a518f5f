package presence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// A set of kinds of one group and version.
type set struct {
	version schema.GroupVersion
	needed  []string // without these no controller starts
	welcome []string // without these the others do their work
}

// sets are all kinds that the provider works with and a cluster may lack.
var sets = []set{
	{
		version: schema.GroupVersion(gatewayv1.GroupVersion),
		needed:  []string{"GatewayClass", "Gateway", "HTTPRoute", "ReferenceGrant"},
		welcome: []string{"GRPCRoute", "ListenerSet"},
	},
	{version: gwcfgv1.GroupVersion, needed: []string{
		gwcfgv1.LoadBalancerConfigurationKind, gwcfgv1.TargetGroupConfigurationKind, gwcfgv1.ListenerRuleConfigurationKind,
	}},
	{version: albv1alpha1.GroupVersion, needed: []string{
		albv1alpha1.LoadBalancerGroupVersionKind.Kind, albv1alpha1.SecurityGroupGroupVersionKind.Kind,
		albv1alpha1.ListenerGroupVersionKind.Kind, albv1alpha1.ListenerRuleGroupVersionKind.Kind,
		albv1alpha1.TargetGroupGroupVersionKind.Kind, albv1alpha1.TargetGroupBindingGroupVersionKind.Kind,
		albv1alpha1.CertificateGroupVersionKind.Kind,
		albv1alpha1.ProviderConfigGroupVersionKind.Kind, albv1alpha1.ClusterProviderConfigGroupVersionKind.Kind,
	}},
}

// Kinds that a cluster does not serve.
type Kinds struct {
	lacking []string // needed ones, in words, a part for each group and version
	absent  []schema.GroupVersionKind
}

// A discoverer says what a cluster serves. client-go's discovery clients do.
type discoverer interface {
	ServerResourcesForGroupVersion(groupVersion string) (*metav1.APIResourceList, error)
}

// Ask a cluster.
func Ask(d discoverer) (Kinds, error) {
	k := Kinds{}
	for _, s := range sets {
		l, err := d.ServerResourcesForGroupVersion(s.version.String())
		if err != nil && !kerrors.IsNotFound(err) {
			return Kinds{}, errors.Wrapf(err, "cannot ask for the kinds of %s", s.version)
		}
		served := func(kind string) bool {
			return l != nil && slices.ContainsFunc(l.APIResources, func(r metav1.APIResource) bool { return r.Kind == kind })
		}
		if missing := slices.DeleteFunc(slices.Clone(s.needed), served); len(missing) > 0 {
			k.lacking = append(k.lacking, fmt.Sprintf("%s (%s)", s.version, strings.Join(missing, ", ")))
		}
		for _, kind := range slices.Concat(s.needed, s.welcome) {
			if !served(kind) {
				k.absent = append(k.absent, s.version.WithKind(kind))
			}
		}
	}
	return k, nil
}

// Lack says which kinds are needed and not there, and what to do; empty if all are.
func (k Kinds) Lack() string {
	if len(k.lacking) == 0 {
		return ""
	}
	return "The cluster lacks kinds of " + strings.Join(k.lacking, " and of ") +
		"; install the standard CRDs of Gateway API and those in package/crds"
}

// Has says whether a kind is there, or one that nobody asked about.
func (k Kinds) Has(kind schema.GroupVersionKind) bool { return !slices.Contains(k.absent, kind) }

// Absent kinds.
func (k Kinds) Absent() []schema.GroupVersionKind { return slices.Clone(k.absent) }

// Same says whether others are the same kinds.
func (k Kinds) Same(others Kinds) bool { return slices.Equal(k.absent, others.absent) }
