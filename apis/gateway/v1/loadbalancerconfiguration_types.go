package v1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// LoadBalancerConfiguration holds the load balancer settings of a Gateway (spec.infrastructure.parametersRef, same
// namespace) or of all Gateways of a GatewayClass (spec.parametersRef).
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:storageversion
// +kubebuilder:resource:scope=Namespaced
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type LoadBalancerConfiguration struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// Spec says how the load balancer is to be.
	// +optional
	Spec LoadBalancerConfigurationSpec `json:"spec,omitzero"`

	// Status says which generation was acted upon.
	// +optional
	Status LoadBalancerConfigurationStatus `json:"status,omitzero"`
}

// LoadBalancerConfigurationList is a list of LoadBalancerConfigurations.
//
// +kubebuilder:object:root=true
type LoadBalancerConfigurationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []LoadBalancerConfiguration `json:"items"`
}

// LoadBalancerConfigurationSpec says how a load balancer and its listeners are to be.
type LoadBalancerConfigurationSpec struct {
	// MergingMode says whose setting counts where the GatewayClass and the Gateway both name a configuration: the
	// Gateway's (prefer-gateway) or the class's (prefer-gateway-class, also when absent). Only the class's copy of this
	// field is read. Maps and key/value lists merge by key, listenerConfigurations by protocolPort, the rest whole.
	// +optional
	MergingMode *MergeMode `json:"mergingMode,omitempty"`

	// LoadBalancerName is the name in AWS, instead of one derived from the Gateway: 1 to 32 characters, unique in the
	// account and region (ELBv2 CreateLoadBalancer). Another name means another load balancer.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	LoadBalancerName *string `json:"loadBalancerName,omitempty"`

	// Scheme says whether the load balancer has public addresses. Absent means internal, unless the provider was
	// configured otherwise. ELBv2 cannot change it, so a change replaces the load balancer.
	// +optional
	Scheme *LoadBalancerScheme `json:"scheme,omitempty"`

	// IPAddressType says which IP versions clients can use. Absent means ipv4; dualstack-without-public-ipv4 is for an
	// internet-facing Application Load Balancer.
	// +optional
	IPAddressType *LoadBalancerIPAddressType `json:"ipAddressType,omitempty"`

	// EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic is on or off: whether traffic that comes by PrivateLink has
	// to pass the security groups. Network Load Balancers only.
	// +optional
	EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic *string `json:"enforceSecurityGroupInboundRulesOnPrivateLinkTraffic,omitempty"`

	// CustomerOwnedIpv4Pool is the id of the Outposts address pool that the addresses come from. Application Load
	// Balancers only.
	// +optional
	CustomerOwnedIpv4Pool *string `json:"customerOwnedIpv4Pool,omitempty"`

	// IPv4IPAMPoolID is the id of the IPAM pool that public IPv4 addresses come from. Application Load Balancers only.
	// +optional
	IPv4IPAMPoolID *string `json:"ipv4IPAMPoolId,omitempty"`

	// LoadBalancerSubnets lists the subnets of the load balancer, one for each availability zone. It takes precedence
	// over loadBalancerSubnetsSelector; where both are absent, subnets are found by their role tags.
	// +optional
	LoadBalancerSubnets []SubnetConfiguration `json:"loadBalancerSubnets,omitempty"`

	// LoadBalancerSubnetsSelector picks subnets by tag: from tag key to the values it may have. A subnet has to match
	// every key.
	// +optional
	LoadBalancerSubnetsSelector map[string][]string `json:"loadBalancerSubnetsSelector,omitempty"`

	// ListenerConfigurations holds what a Gateway listener cannot say, for each listener port.
	// +optional
	ListenerConfigurations []ListenerConfiguration `json:"listenerConfigurations,omitempty"`

	// DisableSecurityGroup makes a load balancer without any security group. Network Load Balancers only.
	// +optional
	DisableSecurityGroup *bool `json:"disableSecurityGroup,omitempty"`

	// SecurityGroups lists the ids or Name tags of the load balancer's security groups. If given, none is made for it.
	// +optional
	SecurityGroups []string `json:"securityGroups,omitempty"`

	// SecurityGroupPrefixes lists ids of EC2 prefix lists that the security group made for the load balancer admits.
	// +optional
	SecurityGroupPrefixes []string `json:"securityGroupPrefixes,omitempty"`

	// SourceRanges lists the CIDRs that the security group made for the load balancer admits. Absent means everybody:
	// 0.0.0.0/0, and ::/0 where clients can use IPv6. IPv6 ranges count on dualstack load balancers only.
	// +optional
	SourceRanges []string `json:"sourceRanges,omitempty"`

	// EnableICMP also admits the ICMP messages of path MTU discovery, from the same ranges.
	// +optional
	EnableICMP *bool `json:"enableICMP,omitempty"`

	// ManageBackendSecurityGroupRules keeps the rules by which the load balancer reaches nodes and pods even where
	// securityGroups is given.
	// +optional
	ManageBackendSecurityGroupRules *bool `json:"manageBackendSecurityGroupRules,omitempty"`

	// LoadBalancerAttributes lists load balancer attributes by the names that ELBv2 ModifyLoadBalancerAttributes has,
	// such as deletion_protection.enabled or idle_timeout.timeout_seconds (a number of seconds, as a string).
	// +optional
	LoadBalancerAttributes []LoadBalancerAttribute `json:"loadBalancerAttributes,omitempty"`

	// Tags go on the load balancer, on its listeners and on the security group made for it. AWS allows 50 on each.
	// +optional
	Tags map[string]string `json:"tags,omitempty"`

	// MinimumLoadBalancerCapacity reserves capacity (ELBv2 ModifyCapacityReservation).
	// +optional
	MinimumLoadBalancerCapacity *MinimumLoadBalancerCapacity `json:"minimumLoadBalancerCapacity,omitempty"`

	// WAFv2 puts a web ACL before the load balancer. Application Load Balancers only.
	// +optional
	WAFv2 *WAFv2Configuration `json:"wafV2,omitempty"`

	// ShieldConfiguration puts the load balancer under AWS Shield Advanced. Application Load Balancers only.
	// +optional
	ShieldConfiguration *ShieldConfiguration `json:"shieldConfiguration,omitempty"`

	// DefaultTargetGroupConfiguration names the TargetGroupConfiguration for Services that have none of their own.
	// +optional
	DefaultTargetGroupConfiguration *DefaultTargetGroupConfigurationReference `json:"defaultTargetGroupConfiguration,omitempty"`
}

// LoadBalancerConfigurationStatus says which generations were acted upon.
type LoadBalancerConfigurationStatus struct {
	// ObservedGatewayConfigurationGeneration is the generation last used for a Gateway.
	// +optional
	ObservedGatewayConfigurationGeneration *int64 `json:"observedGatewayConfigurationGeneration,omitempty"`

	// ObservedGatewayClassConfigurationGeneration is the generation last used for a GatewayClass.
	// +optional
	ObservedGatewayClassConfigurationGeneration *int64 `json:"observedGatewayClassConfigurationGeneration,omitempty"`

	Use `json:",inline"`
}

// MergeMode says whose setting counts, the Gateway's or its class's.
//
// +kubebuilder:validation:Enum=prefer-gateway;prefer-gateway-class
type MergeMode string

// The merging modes.
const (
	MergeModePreferGateway      MergeMode = "prefer-gateway"
	MergeModePreferGatewayClass MergeMode = "prefer-gateway-class"
)

// LoadBalancerScheme says whether a load balancer has public addresses.
//
// +kubebuilder:validation:Enum=internal;internet-facing
type LoadBalancerScheme string

// The schemes.
const (
	LoadBalancerSchemeInternal       LoadBalancerScheme = "internal"
	LoadBalancerSchemeInternetFacing LoadBalancerScheme = "internet-facing"
)

// LoadBalancerIPAddressType says which IP versions a load balancer has for its clients.
//
// +kubebuilder:validation:Enum=ipv4;dualstack;dualstack-without-public-ipv4
type LoadBalancerIPAddressType string

// The address types of a load balancer.
const (
	LoadBalancerIPAddressTypeIPv4                       LoadBalancerIPAddressType = "ipv4"
	LoadBalancerIPAddressTypeDualstack                  LoadBalancerIPAddressType = "dualstack"
	LoadBalancerIPAddressTypeDualstackWithoutPublicIPv4 LoadBalancerIPAddressType = "dualstack-without-public-ipv4"
)

// SubnetConfiguration is a subnet of a load balancer. Each of the addresses has to be set on all subnets or on none, and
// all of them are for Network Load Balancers only.
type SubnetConfiguration struct {
	// Identifier is the id of the subnet (subnet-...) or the value of its Name tag.
	// +optional
	Identifier *string `json:"identifier,omitempty"`

	// EIPAllocation is the allocation id (eipalloc-...) or Name tag of an Elastic IP address.
	// +optional
	EIPAllocation *string `json:"eipAllocation,omitempty"`

	// PrivateIPv4Allocation is a private IPv4 address in the subnet.
	// +optional
	PrivateIPv4Allocation *string `json:"privateIPv4Allocation,omitempty"`

	// IPv6Allocation is an IPv6 address in the subnet.
	// +optional
	IPv6Allocation *string `json:"ipv6Allocation,omitempty"`

	// SourceNatIPv6Prefix is the IPv6 prefix for source NAT: a /80 CIDR in the subnet, or auto_assigned.
	// +optional
	SourceNatIPv6Prefix *string `json:"sourceNatIPv6Prefix,omitempty"`
}

// LoadBalancerAttribute is an attribute of a load balancer.
type LoadBalancerAttribute struct {
	// Key is the name of the attribute in ELBv2.
	Key string `json:"key"`

	// Value is its value, always a string.
	Value string `json:"value"`
}

// MinimumLoadBalancerCapacity is a capacity reservation.
type MinimumLoadBalancerCapacity struct {
	// CapacityUnits is the number of load balancer capacity units (LCU) to reserve.
	CapacityUnits int32 `json:"capacityUnits"`
}

// WAFv2Configuration names a web ACL.
type WAFv2Configuration struct {
	// ACL is the ARN of a regional WAFv2 web ACL.
	ACL string `json:"webACL"`
}

// ShieldConfiguration switches AWS Shield Advanced.
type ShieldConfiguration struct {
	// Enabled says whether the load balancer is protected; absent means false. The account needs a subscription.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`
}

// DefaultTargetGroupConfigurationReference names a TargetGroupConfiguration.
type DefaultTargetGroupConfigurationReference struct {
	// Name of a TargetGroupConfiguration without targetReference, in this object's namespace.
	Name string `json:"name"`
}
