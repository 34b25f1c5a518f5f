package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ShieldProtectionParameters are those of Shield CreateProtection. The account needs a subscription to Shield Advanced.
// +kubebuilder:validation:XValidation:rule="has(self.resourceArn) != has(self.loadBalancerRef)",message="give either loadBalancerRef or resourceArn"
type ShieldProtectionParameters struct {
	// ResourceArn of a load balancer that no LoadBalancer object stands for.
	// +optional
	ResourceArn *string `json:"resourceArn,omitempty"`

	// LoadBalancerRef names a LoadBalancer in the same namespace.
	// +optional
	LoadBalancerRef *Reference `json:"loadBalancerRef,omitempty"`

	// Tags of the protection, beside those that say who owns it.
	// +optional
	// +kubebuilder:validation:MaxProperties=40
	Tags map[string]string `json:"tags,omitempty"`
}

// ShieldProtectionObservation is what Shield says of the protection.
type ShieldProtectionObservation struct {
	// ProtectionID in AWS.
	// +optional
	ProtectionID string `json:"protectionId,omitempty"`

	// Name of the protection. One that somebody else made keeps its own, and stays when this object goes.
	// +optional
	Name string `json:"name,omitempty"`

	// ResourceARN of the load balancer.
	// +optional
	ResourceARN string `json:"resourceArn,omitempty"`
}

// A ShieldProtectionSpec is the desired state of a ShieldProtection.
type ShieldProtectionSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	// ForProvider is what the protection is to be in AWS.
	ForProvider ShieldProtectionParameters `json:"forProvider"`
}

// A ShieldProtectionStatus is the observed state of a ShieldProtection.
type ShieldProtectionStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// AtProvider is what the protection is in AWS.
	// +optional
	AtProvider ShieldProtectionObservation `json:"atProvider,omitempty"`
}

// A ShieldProtection protects a load balancer by AWS Shield Advanced.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws,alb}
// +kubebuilder:printcolumn:name="LOAD-BALANCER",type="string",JSONPath=".spec.forProvider.loadBalancerRef.name"
// +kubebuilder:printcolumn:name="PROTECTION",type="string",JSONPath=".status.atProvider.protectionId"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type ShieldProtection struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ShieldProtectionSpec `json:"spec"`

	// +kubebuilder:default={conditions: {{type: "Synced", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}, {type: "Ready", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}}}
	Status ShieldProtectionStatus `json:"status,omitempty"`
}

// ShieldProtectionList is a list of ShieldProtections.
// +kubebuilder:object:root=true
type ShieldProtectionList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []ShieldProtection `json:"items"`
}
