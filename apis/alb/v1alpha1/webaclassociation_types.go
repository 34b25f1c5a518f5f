package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// WebACLAssociationParameters are those of WAFv2 AssociateWebACL. A load balancer has at most one web ACL.
// +kubebuilder:validation:XValidation:rule="has(self.resourceArn) != has(self.loadBalancerRef)",message="give either loadBalancerRef or resourceArn"
type WebACLAssociationParameters struct {
	// ResourceArn of a load balancer that no LoadBalancer object stands for.
	// +optional
	ResourceArn *string `json:"resourceArn,omitempty"`

	// LoadBalancerRef names a LoadBalancer in the same namespace.
	// +optional
	LoadBalancerRef *Reference `json:"loadBalancerRef,omitempty"`

	// WebACLArn of a regional web ACL.
	// +kubebuilder:validation:MinLength=20
	// +kubebuilder:validation:MaxLength=2048
	WebACLArn string `json:"webACLArn"`
}

// WebACLAssociationObservation is what WAFv2 says of the load balancer.
type WebACLAssociationObservation struct {
	// ResourceARN of the load balancer.
	// +optional
	ResourceARN string `json:"resourceArn,omitempty"`

	// WebACLARN of the web ACL that the load balancer has.
	// +optional
	WebACLARN string `json:"webACLArn,omitempty"`
}

// A WebACLAssociationSpec is the desired state of a WebACLAssociation.
type WebACLAssociationSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	// ForProvider is what the association is to be in AWS.
	ForProvider WebACLAssociationParameters `json:"forProvider"`
}

// A WebACLAssociationStatus is the observed state of a WebACLAssociation.
type WebACLAssociationStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// AtProvider is what the association is in AWS.
	// +optional
	AtProvider WebACLAssociationObservation `json:"atProvider,omitempty"`
}

// A WebACLAssociation puts a load balancer behind a WAFv2 web ACL.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws,alb}
// +kubebuilder:printcolumn:name="LOAD-BALANCER",type="string",JSONPath=".spec.forProvider.loadBalancerRef.name"
// +kubebuilder:printcolumn:name="WEB-ACL",type="string",JSONPath=".status.atProvider.webACLArn"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type WebACLAssociation struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec WebACLAssociationSpec `json:"spec"`

	// +kubebuilder:default={conditions: {{type: "Synced", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}, {type: "Ready", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}}}
	Status WebACLAssociationStatus `json:"status,omitempty"`
}

// WebACLAssociationList is a list of WebACLAssociations.
// +kubebuilder:object:root=true
type WebACLAssociationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []WebACLAssociation `json:"items"`
}
