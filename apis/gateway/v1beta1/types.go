package v1beta1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

// LoadBalancerConfiguration holds the load balancer settings of a Gateway (spec.infrastructure.parametersRef, same
// namespace) or of all Gateways of a GatewayClass (spec.parametersRef).
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:deprecatedversion:warning="gateway.k8s.aws/v1beta1 LoadBalancerConfiguration is deprecated; use gateway.k8s.aws/v1 instead"
// +kubebuilder:resource:scope=Namespaced
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type LoadBalancerConfiguration struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// Spec says how the load balancer is to be.
	// +optional
	Spec v1.LoadBalancerConfigurationSpec `json:"spec,omitzero"`

	// Status says which generation was acted upon.
	// +optional
	Status v1.LoadBalancerConfigurationStatus `json:"status,omitzero"`
}

// LoadBalancerConfigurationList is a list of LoadBalancerConfigurations.
//
// +kubebuilder:object:root=true
type LoadBalancerConfigurationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []LoadBalancerConfiguration `json:"items"`
}

// TargetGroupConfiguration holds the target group settings of a backend in its namespace. Without targetReference it is
// for use as the default that a LoadBalancerConfiguration names.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:deprecatedversion:warning="gateway.k8s.aws/v1beta1 TargetGroupConfiguration is deprecated; use gateway.k8s.aws/v1 instead"
// +kubebuilder:resource:scope=Namespaced
// +kubebuilder:printcolumn:name="SERVICE-NAME",type="string",JSONPath=".spec.targetReference.name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type TargetGroupConfiguration struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// Spec says how the target groups of the backend are to be.
	// +optional
	Spec v1.TargetGroupConfigurationSpec `json:"spec,omitzero"`

	// Status says which generation was acted upon.
	// +optional
	Status v1.TargetGroupConfigurationStatus `json:"status,omitzero"`
}

// TargetGroupConfigurationList is a list of TargetGroupConfigurations.
//
// +kubebuilder:object:root=true
type TargetGroupConfigurationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []TargetGroupConfiguration `json:"items"`
}

// ListenerRuleConfiguration holds what a rule of a route cannot say about its ALB rules. A filter of type ExtensionRef
// names it, at most one in a rule, in the route's namespace.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:deprecatedversion:warning="gateway.k8s.aws/v1beta1 ListenerRuleConfiguration is deprecated; use gateway.k8s.aws/v1 instead"
// +kubebuilder:resource:scope=Namespaced
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type ListenerRuleConfiguration struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// Spec says what the rules do besides what their route says.
	// +optional
	Spec v1.ListenerRuleConfigurationSpec `json:"spec,omitzero"`

	// Status says whether the rules can be had.
	// +optional
	Status v1.ListenerRuleConfigurationStatus `json:"status,omitzero"`
}

// ListenerRuleConfigurationList is a list of ListenerRuleConfigurations.
//
// +kubebuilder:object:root=true
type ListenerRuleConfigurationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []ListenerRuleConfiguration `json:"items"`
}
