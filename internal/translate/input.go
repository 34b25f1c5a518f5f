package translate

import (
	"cmp"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// ControllerName of the GatewayClasses that this provider serves, the same as AWS Load Balancer Controller's.
const ControllerName gatewayv1.GatewayController = "gateway.k8s.aws/alb"

// HostConditions is how hostnames become host-header conditions.
type HostConditions string

const (
	// HostRegex writes regular expressions that leave the port of the Host header aside, as Gateway API demands. The
	// zero value means this too.
	HostRegex HostConditions = "regex"

	// HostValues writes plain values. A Host header with a port that ALB does not strip then matches nothing.
	HostValues HostConditions = "values"
)

// Settings hold for all Gateways of a cluster.
type Settings struct {
	// ClusterName of the ProviderConfig. It goes into the names that things have in AWS.
	ClusterName string

	// HostConditions: zero is HostRegex.
	HostConditions HostConditions

	// TrustStoreBundles of the ProviderConfig: where bundles of CA certificates go. Zero: nowhere.
	TrustStoreBundles albv1alpha1.TrustStoreBundles

	// Quotas of the AWS account: zero fields are AWS's defaults.
	Quotas Quotas
}

// Quotas of one load balancer that AWS can be asked to raise, or that may yet change.
type Quotas struct {
	Rules        int // rules of all listeners together, default rules not counted
	TargetGroups int
	Listeners    int
	Certificates int // of all listeners together, default certificates not counted
}

func (q Quotas) orDefaults() Quotas {
	return Quotas{
		Rules:        cmp.Or(q.Rules, alb.MaxRulesPerLoadBalancer),
		TargetGroups: cmp.Or(q.TargetGroups, alb.MaxTargetGroupsPerLoadBalancer),
		Listeners:    cmp.Or(q.Listeners, alb.MaxListenersPerLoadBalancer),
		Certificates: cmp.Or(q.Certificates, alb.MaxCertificatesPerLoadBalancer),
	}
}

// Input is everything that bears upon one Gateway. Lists may be in any order and may hold more than is needed.
type Input struct {
	Settings Settings

	Class   *gatewayv1.GatewayClass
	Gateway *gatewayv1.Gateway

	// ListenerSets whose parentRef names the Gateway.
	ListenerSets []*gatewayv1.ListenerSet

	// HTTPRoutes with a parentRef to the Gateway or to one of the ListenerSets.
	HTTPRoutes []*gatewayv1.HTTPRoute

	// GRPCRoutes likewise.
	GRPCRoutes []*gatewayv1.GRPCRoute

	// Namespaces of the Gateway, of its ListenerSets and of their routes.
	Namespaces []*corev1.Namespace

	// ReferenceGrants of the namespaces that the Gateway, its ListenerSets and their routes refer into.
	ReferenceGrants []*gatewayv1.ReferenceGrant

	// Secrets that listeners of the Gateway and its ListenerSets refer to, and the ListenerRuleConfigurations, those that exist,
	// with their content.
	Secrets []*corev1.Secret

	// ConfigMaps that the Gateway's spec.tls.frontend refers to, those that exist.
	ConfigMaps []*corev1.ConfigMap

	// Services that routes refer to, those that exist.
	Services []*corev1.Service

	// LoadBalancerConfigurations that class and Gateway name, those that exist.
	LoadBalancerConfigurations []*gwcfgv1.LoadBalancerConfiguration

	// TargetGroupConfigurations that LoadBalancerConfigurations name, and those in the namespaces of the Services.
	TargetGroupConfigurations []*gwcfgv1.TargetGroupConfiguration

	// ListenerRuleConfigurations that routes refer to, those that exist.
	ListenerRuleConfigurations []*gwcfgv1.ListenerRuleConfiguration

	// ProviderConfig that every managed resource names.
	ProviderConfig xpv2.ProviderConfigReference

	// Observed are the Gateway's managed resources as they are stored, with their statuses.
	Observed Observed
}

// Observed are managed resources as they are stored, with their statuses.
type Observed struct {
	// Services: the one that bears ServiceName of the Gateway, if there is one, whoever made it.
	Services []*corev1.Service

	LoadBalancers       []*albv1alpha1.LoadBalancer
	SecurityGroups      []*albv1alpha1.SecurityGroup
	Certificates        []*albv1alpha1.Certificate
	TrustStores         []*albv1alpha1.TrustStore
	Listeners           []*albv1alpha1.Listener
	ListenerRules       []*albv1alpha1.ListenerRule
	TargetGroups        []*albv1alpha1.TargetGroup
	TargetGroupBindings []*albv1alpha1.TargetGroupBinding
	SecurityGroupRules  []*albv1alpha1.SecurityGroupRule
	WebACLAssociations  []*albv1alpha1.WebACLAssociation
	ShieldProtections   []*albv1alpha1.ShieldProtection
}

// ClassInput is everything that bears upon one GatewayClass.
type ClassInput struct {
	Class *gatewayv1.GatewayClass

	// LoadBalancerConfigurations, that which the class names among them if it exists.
	LoadBalancerConfigurations []*gwcfgv1.LoadBalancerConfiguration

	// Lack says which permissions in the cluster the controller lacks; empty for none.
	Lack string
}
