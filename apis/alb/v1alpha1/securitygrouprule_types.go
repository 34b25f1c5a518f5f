package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// SecurityGroupRuleParameters are an ingress rule of an EC2 security group that somebody else made. EC2 tells rules apart by
// group, protocol, ports and source, so the same rule from another source group is another rule.
// +kubebuilder:validation:XValidation:rule="has(self.sourceSecurityGroupId) != has(self.sourceSecurityGroupRef)",message="give either sourceSecurityGroupRef or sourceSecurityGroupId"
// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="an ingress rule cannot be changed; make another"
type SecurityGroupRuleParameters struct {
	// GroupId of the security group that gets the rule. Left out: every group of the ProviderConfig's VPC with the tag
	// kubernetes.io/cluster/<clusterName>, which are those of the cluster's nodes and pods.
	// +optional
	// +kubebuilder:validation:Pattern=`^sg-[0-9a-f]+$`
	GroupId *string `json:"groupId,omitempty"`

	// IpProtocol tcp or udp.
	// +optional
	// +kubebuilder:default=tcp
	// +kubebuilder:validation:Enum=tcp;udp
	IpProtocol string `json:"ipProtocol,omitempty"`

	// FromPort is the first port.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=65535
	FromPort int32 `json:"fromPort"`

	// ToPort is the last port.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=65535
	ToPort int32 `json:"toPort"`

	// SourceSecurityGroupId is the security group that is let in.
	// +optional
	// +kubebuilder:validation:Pattern=`^sg-[0-9a-f]+$`
	SourceSecurityGroupId *string `json:"sourceSecurityGroupId,omitempty"`

	// SourceSecurityGroupRef names a SecurityGroup in the same namespace that is let in.
	// +optional
	SourceSecurityGroupRef *Reference `json:"sourceSecurityGroupRef,omitempty"`
}

// SecurityGroupRuleObservation is where the rule stands in AWS.
type SecurityGroupRuleObservation struct {
	// GroupIDs of the security groups that have the rule.
	// +optional
	// +listType=atomic
	GroupIDs []string `json:"groupIds,omitempty"`

	// SourceSecurityGroupID that the rule lets in.
	// +optional
	SourceSecurityGroupID string `json:"sourceSecurityGroupId,omitempty"`
}

// A SecurityGroupRuleSpec is the desired state of a SecurityGroupRule.
type SecurityGroupRuleSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	// ForProvider is what the rule is to be in AWS.
	ForProvider SecurityGroupRuleParameters `json:"forProvider"`
}

// A SecurityGroupRuleStatus is the observed state of a SecurityGroupRule.
type SecurityGroupRuleStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// AtProvider is what the rule is in AWS.
	// +optional
	AtProvider SecurityGroupRuleObservation `json:"atProvider,omitempty"`
}

// A SecurityGroupRule is an ingress rule that opens the group of nodes or pods for a load balancer.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws,alb}
// +kubebuilder:printcolumn:name="GROUPS",type="string",JSONPath=".status.atProvider.groupIds"
// +kubebuilder:printcolumn:name="FROM",type="integer",JSONPath=".spec.forProvider.fromPort"
// +kubebuilder:printcolumn:name="TO",type="integer",JSONPath=".spec.forProvider.toPort"
// +kubebuilder:printcolumn:name="SOURCE",type="string",JSONPath=".status.atProvider.sourceSecurityGroupId"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type SecurityGroupRule struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec SecurityGroupRuleSpec `json:"spec"`

	// +kubebuilder:default={conditions: {{type: "Synced", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}, {type: "Ready", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}}}
	Status SecurityGroupRuleStatus `json:"status,omitempty"`
}

// SecurityGroupRuleList is a list of SecurityGroupRules.
// +kubebuilder:object:root=true
type SecurityGroupRuleList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []SecurityGroupRule `json:"items"`
}
