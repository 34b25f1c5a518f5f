package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// SecurityGroupParameters are the settings of an EC2 security group and its ingress rules. AWS cannot change groupName,
// description and vpcId.
type SecurityGroupParameters struct {
	// GroupName of the security group in AWS; with the VPC it identifies the group. Left out: the object's own name.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="an EC2 security group cannot be renamed"
	GroupName *string `json:"groupName,omitempty"`

	// Description of the security group.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	Description *string `json:"description,omitempty"`

	// VpcId of the security group. Left out: that of the ProviderConfig.
	// +optional
	VpcId *string `json:"vpcId,omitempty"`

	// Ingress rules of the group. Others that AWS holds are removed.
	// +optional
	// +kubebuilder:validation:MaxItems=200
	// +listType=atomic
	Ingress []IPPermission `json:"ingress,omitempty"`

	// Tags of the security group, beside those that say who owns it.
	// +optional
	// +kubebuilder:validation:MaxProperties=40
	Tags map[string]string `json:"tags,omitempty"`
}

// An IPPermission admits one source to a range of ports.
// +kubebuilder:validation:XValidation:rule="[has(self.cidrIp), has(self.cidrIpv6), has(self.prefixListId), has(self.sourceSecurityGroupId)].filter(x, x).size() == 1",message="give exactly one of cidrIp, cidrIpv6, prefixListId and sourceSecurityGroupId"
type IPPermission struct {
	// IpProtocol tcp, udp, icmp, icmpv6 or -1 for all.
	// +kubebuilder:validation:Enum=tcp;udp;icmp;icmpv6;"-1"
	IpProtocol string `json:"ipProtocol"`

	// FromPort is the first port, or the ICMP type.
	// +optional
	// +kubebuilder:validation:Minimum=-1
	// +kubebuilder:validation:Maximum=65535
	FromPort *int32 `json:"fromPort,omitempty"`

	// ToPort is the last port, or the ICMP code.
	// +optional
	// +kubebuilder:validation:Minimum=-1
	// +kubebuilder:validation:Maximum=65535
	ToPort *int32 `json:"toPort,omitempty"`

	// CidrIp is an IPv4 source.
	// +optional
	CidrIp *string `json:"cidrIp,omitempty"`

	// CidrIpv6 is an IPv6 source.
	// +optional
	CidrIpv6 *string `json:"cidrIpv6,omitempty"`

	// PrefixListId is a prefix list as the source.
	// +optional
	PrefixListId *string `json:"prefixListId,omitempty"`

	// SourceSecurityGroupId is a security group as the source.
	// +optional
	SourceSecurityGroupId *string `json:"sourceSecurityGroupId,omitempty"`

	// Description of the rule.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	Description *string `json:"description,omitempty"`
}

// SecurityGroupObservation is what AWS says of the security group.
type SecurityGroupObservation struct {
	// GroupID of the security group.
	// +optional
	GroupID string `json:"groupId,omitempty"`

	// VpcID of the security group.
	// +optional
	VpcID string `json:"vpcId,omitempty"`

	// IngressRules that AWS holds.
	// +optional
	IngressRules int32 `json:"ingressRules,omitempty"`
}

// A SecurityGroupSpec is the desired state of a SecurityGroup.
type SecurityGroupSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	// ForProvider is what the security group is to be in AWS.
	ForProvider SecurityGroupParameters `json:"forProvider"`
}

// A SecurityGroupStatus is the observed state of a SecurityGroup.
type SecurityGroupStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// AtProvider is what the security group is in AWS.
	// +optional
	AtProvider SecurityGroupObservation `json:"atProvider,omitempty"`
}

// A SecurityGroup is an EC2 security group with its ingress rules.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws,alb}
// +kubebuilder:printcolumn:name="GROUP-ID",type="string",JSONPath=".status.atProvider.groupId"
// +kubebuilder:printcolumn:name="INGRESS",type="integer",JSONPath=".status.atProvider.ingressRules"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="VPC",type="string",JSONPath=".status.atProvider.vpcId",priority=1
type SecurityGroup struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec SecurityGroupSpec `json:"spec"`

	// +kubebuilder:default={conditions: {{type: "Synced", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}, {type: "Ready", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}}}
	Status SecurityGroupStatus `json:"status,omitempty"`
}

// SecurityGroupList is a list of SecurityGroups.
// +kubebuilder:object:root=true
type SecurityGroupList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []SecurityGroup `json:"items"`
}
