package lookup

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// The field indexes. Values are "namespace/name" unless the field says otherwise.
const (
	// ByClass finds Gateways by the name of their class.
	ByClass = "gateway.class"

	// ByOwnService finds Gateways by the Service that stands for their load balancer, or whatever else has its name.
	ByOwnService = "gateway.ownService"

	// ByLoadBalancerConfiguration finds Gateways and GatewayClasses by the configuration that they name.
	ByLoadBalancerConfiguration = "gateway.loadBalancerConfiguration"

	// ByProviderConfig finds Gateways and GatewayClasses by their annotation, as it stands; without one, by "".
	ByProviderConfig = "gateway.providerConfig"

	// ByParent finds ListenerSets by the Gateway that they name.
	ByParent = "listenerSet.gateway"

	// BySecret finds Gateways and ListenerSets by a Secret that a listener of theirs refers to, and ListenerRuleConfigurations by
	// a Secret with the client of an identity provider.
	BySecret = "gateway.secret"

	// BySecretNamespace finds Gateways and ListenerSets by a namespace, other than their own, in which they refer to Secrets. Values are names.
	BySecretNamespace = "gateway.secretNamespace"

	// ByConfigMap finds Gateways by a ConfigMap with CA certificates that they refer to.
	ByConfigMap = "gateway.configMap"

	// ByConfigMapNamespace finds Gateways by a namespace, other than their own, in which they refer to ConfigMaps. Values are names.
	ByConfigMapNamespace = "gateway.configMapNamespace"

	// ByGateway finds routes by a Gateway in their spec.parentRefs.
	ByGateway = "route.gateway"

	// ByReportedGateway finds routes by a Gateway that an entry of ours in their status.parents is for.
	ByReportedGateway = "route.reportedGateway"

	// ByListenerSet finds routes by a ListenerSet in their spec.parentRefs.
	ByListenerSet = "route.listenerSet"

	// ByReportedListenerSet finds routes by a ListenerSet that an entry of ours in their status.parents is for.
	ByReportedListenerSet = "route.reportedListenerSet"

	// ByService finds routes by a Service that they refer to, and TargetGroupConfigurations by the Service that they are for.
	ByService = "gateway.service"

	// ByBackendNamespace finds routes by a namespace, other than their own, that they refer into. Values are names.
	ByBackendNamespace = "route.backendNamespace"

	// ByListenerRuleConfiguration finds routes by a configuration that they name.
	ByListenerRuleConfiguration = "route.listenerRuleConfiguration"

	// ByDefaultTargetGroupConfiguration finds LoadBalancerConfigurations by the default that they name.
	ByDefaultTargetGroupConfiguration = "loadBalancerConfiguration.defaultTargetGroupConfiguration"

	// ByOwner finds managed resources by the UID of their controller.
	ByOwner = "managed.owner"
)

// An Index is a field index of one kind.
type Index struct {
	Object client.Object
	Field  string
	Values client.IndexerFunc
}

// Indexes that the reads of this package need.
func Indexes() []Index {
	out := []Index{
		{&gatewayv1.Gateway{}, ByClass, values(func(g *gatewayv1.Gateway) []string { return []string{string(g.Spec.GatewayClassName)} })},
		{&gatewayv1.Gateway{}, ByOwnService, values(func(g *gatewayv1.Gateway) []string { return Keys(OwnService(g)) })},
		{&gatewayv1.Gateway{}, ByLoadBalancerConfiguration, values(func(g *gatewayv1.Gateway) []string { return Keys(GatewayConfiguration(g)) })},
		{&gatewayv1.Gateway{}, ByProviderConfig, providerConfig},
		{&gatewayv1.Gateway{}, BySecret, secrets},
		{&gatewayv1.Gateway{}, BySecretNamespace, SecretNamespaces},
		{&gatewayv1.ListenerSet{}, ByParent, values(func(s *gatewayv1.ListenerSet) []string { return Keys(Parent(s)) })},
		{&gatewayv1.ListenerSet{}, BySecret, secrets},
		{&gatewayv1.ListenerSet{}, BySecretNamespace, SecretNamespaces},
		{&gatewayv1.Gateway{}, ByConfigMap, values(func(g *gatewayv1.Gateway) []string { return Keys(ConfigMaps(g)) })},
		{&gatewayv1.Gateway{}, ByConfigMapNamespace, values(ConfigMapNamespaces)},
		{&gatewayv1.GatewayClass{}, ByLoadBalancerConfiguration, values(func(c *gatewayv1.GatewayClass) []string { return Keys(ClassConfiguration(c)) })},
		{&gatewayv1.GatewayClass{}, ByProviderConfig, providerConfig},
		{&gwcfgv1.LoadBalancerConfiguration{}, ByDefaultTargetGroupConfiguration, values(func(c *gwcfgv1.LoadBalancerConfiguration) []string {
			return Keys(DefaultTargetGroupConfiguration(c))
		})},
		{&gwcfgv1.ListenerRuleConfiguration{}, BySecret, values(func(c *gwcfgv1.ListenerRuleConfiguration) []string { return Keys(ClientSecrets(c)) })},
		{&gwcfgv1.TargetGroupConfiguration{}, ByService, values(func(c *gwcfgv1.TargetGroupConfiguration) []string { return Keys(TargetService(c)) })},
	}
	for _, o := range RouteKinds() {
		out = append(out,
			Index{o, ByGateway, func(r client.Object) []string { return Keys(Gateways(r)) }},
			Index{o, ByReportedGateway, func(r client.Object) []string { return Keys(ReportedGateways(r)) }},
			Index{o, ByListenerSet, func(r client.Object) []string { return Keys(ListenerSets(r)) }},
			Index{o, ByReportedListenerSet, func(r client.Object) []string { return Keys(ReportedListenerSets(r)) }},
			Index{o, ByService, func(r client.Object) []string { return Keys(Services(r)) }},
			Index{o, ByBackendNamespace, BackendNamespaces},
			Index{o, ByListenerRuleConfiguration, func(r client.Object) []string { return Keys(ListenerRuleConfigurations(r)) }},
		)
	}
	for _, o := range Managed() {
		out = append(out, Index{o, ByOwner, owner})
	}
	return out
}

// Managed has one object of each kind that is made for a Gateway.
func Managed() []client.Object {
	return []client.Object{
		&albv1alpha1.LoadBalancer{}, &albv1alpha1.SecurityGroup{}, &albv1alpha1.Certificate{}, &albv1alpha1.TrustStore{},
		&albv1alpha1.Listener{}, &albv1alpha1.ListenerRule{}, &albv1alpha1.TargetGroup{}, &albv1alpha1.TargetGroupBinding{},
		&albv1alpha1.SecurityGroupRule{}, &albv1alpha1.WebACLAssociation{}, &albv1alpha1.ShieldProtection{},
	}
}

// Register the indexes with a cache.
func Register(ctx context.Context, cache client.FieldIndexer) error {
	for _, i := range Indexes() {
		if err := cache.IndexField(ctx, i.Object, i.Field, i.Values); err != nil {
			return errors.Wrapf(err, "cannot index %T by %s", i.Object, i.Field)
		}
	}
	return nil
}

func values[T client.Object](f func(T) []string) client.IndexerFunc {
	return func(o client.Object) []string {
		typed, ok := o.(T)
		if !ok {
			return nil
		}
		return f(typed)
	}
}

// Keys are values of indexes, "namespace/name".
func Keys(names []types.NamespacedName) []string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		out = append(out, n.String())
	}
	return out
}

func secrets(o client.Object) []string { return Keys(Secrets(o)) }

func providerConfig(o client.Object) []string {
	return []string{o.GetAnnotations()[albv1alpha1.AnnotationProviderConfig]}
}

// OwnedBy says whether the controller of an object has a UID.
func OwnedBy(o metav1.Object, uid types.UID) bool {
	c := metav1.GetControllerOf(o)
	return c != nil && c.UID == uid
}

func owner(o client.Object) []string {
	c := metav1.GetControllerOf(o)
	if c == nil {
		return nil
	}
	return []string{string(c.UID)}
}
