package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// LoadBalancerParameters are the settings of an Application Load Balancer, as ELBv2 CreateLoadBalancer takes them.
// +kubebuilder:validation:XValidation:rule="!(has(self.subnets) && has(self.subnetSelector))",message="give either subnets or subnetSelector"
type LoadBalancerParameters struct {
	// DNSName of a load balancer that is there already and is adopted: it is neither made nor changed nor deleted, and what else
	// is set here means nothing to it. Its owner allows that by a tag with the key alb.gateway.crossplane.io/adoptable-by and the
	// value "<cluster>/<namespace>/<name>" of this object, where cluster is the ProviderConfig's clusterName.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	DNSName *string `json:"dnsName,omitempty"`

	// Name of the load balancer in AWS. Left out: the object's own name. It cannot be changed.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$`
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="an ELBv2 load balancer cannot be renamed"
	Name *string `json:"name,omitempty"`

	// Scheme of the load balancer. AWS cannot change it.
	// +optional
	// +kubebuilder:default=internal
	// +kubebuilder:validation:Enum=internal;internet-facing
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="the scheme of an ELBv2 load balancer cannot be changed"
	Scheme string `json:"scheme,omitempty"`

	// IpAddressType of the load balancer. Left out: ipv4.
	// +optional
	// +kubebuilder:validation:Enum=ipv4;dualstack;dualstack-without-public-ipv4
	IpAddressType *string `json:"ipAddressType,omitempty"`

	// Subnets by id or by Name tag, one in each Availability Zone, at least two. Left out with subnetSelector: the subnets of
	// the ProviderConfig's VPC that are tagged kubernetes.io/role/elb (internet-facing) or kubernetes.io/role/internal-elb
	// (internal).
	// +optional
	// +listType=atomic
	Subnets []string `json:"subnets,omitempty"`

	// SubnetSelector chooses subnets by tags: each key must have one of its values.
	// +optional
	SubnetSelector map[string][]string `json:"subnetSelector,omitempty"`

	// SecurityGroups by id or by name.
	// +optional
	// +listType=atomic
	SecurityGroups []string `json:"securityGroups,omitempty"`

	// SecurityGroupRefs name SecurityGroups in the same namespace.
	// +optional
	// +listType=atomic
	SecurityGroupRefs []Reference `json:"securityGroupRefs,omitempty"`

	// CustomerOwnedIpv4Pool on an Outpost. AWS cannot change it.
	// +optional
	CustomerOwnedIpv4Pool *string `json:"customerOwnedIpv4Pool,omitempty"`

	// Ipv4IpamPoolId of the IPAM pool for public IPv4 addresses. Empty: none, where one was set before.
	// +optional
	Ipv4IpamPoolId *string `json:"ipv4IpamPoolId,omitempty"`

	// Attributes of the load balancer. Only those named here are managed.
	// +optional
	// +listType=map
	// +listMapKey=key
	Attributes []Attribute `json:"attributes,omitempty"`

	// MinimumCapacityUnits reserves load balancer capacity units (LCU).
	// +optional
	// +kubebuilder:validation:Minimum=0
	MinimumCapacityUnits *int32 `json:"minimumCapacityUnits,omitempty"`

	// Tags of the load balancer, beside those that say who owns it.
	// +optional
	// +kubebuilder:validation:MaxProperties=40
	Tags map[string]string `json:"tags,omitempty"`
}

// LoadBalancerObservation is what AWS says of the load balancer.
type LoadBalancerObservation struct {
	// ARN of the load balancer.
	// +optional
	ARN string `json:"arn,omitempty"`

	// DNSName of the load balancer.
	// +optional
	DNSName string `json:"dnsName,omitempty"`

	// CanonicalHostedZoneID for Route 53 alias records.
	// +optional
	CanonicalHostedZoneID string `json:"canonicalHostedZoneId,omitempty"`

	// Scheme of the load balancer.
	// +optional
	Scheme string `json:"scheme,omitempty"`

	// State: provisioning, active, active_impaired or failed.
	// +optional
	State string `json:"state,omitempty"`

	// VpcID of the load balancer.
	// +optional
	VpcID string `json:"vpcId,omitempty"`

	// Subnets that the load balancer has a node in.
	// +optional
	// +listType=atomic
	Subnets []string `json:"subnets,omitempty"`

	// SecurityGroups of the load balancer.
	// +optional
	// +listType=atomic
	SecurityGroups []string `json:"securityGroups,omitempty"`
}

// A LoadBalancerSpec is the desired state of a LoadBalancer.
type LoadBalancerSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	// ForProvider is what the load balancer is to be in AWS.
	ForProvider LoadBalancerParameters `json:"forProvider"`
}

// A LoadBalancerStatus is the observed state of a LoadBalancer.
type LoadBalancerStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// AtProvider is what the load balancer is in AWS.
	// +optional
	AtProvider LoadBalancerObservation `json:"atProvider,omitempty"`
}

// A LoadBalancer is an Application Load Balancer.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws,alb}
// +kubebuilder:printcolumn:name="DNS-NAME",type="string",JSONPath=".status.atProvider.dnsName"
// +kubebuilder:printcolumn:name="STATE",type="string",JSONPath=".status.atProvider.state"
// +kubebuilder:printcolumn:name="SCHEME",type="string",JSONPath=".status.atProvider.scheme"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="ARN",type="string",JSONPath=".status.atProvider.arn",priority=1
type LoadBalancer struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec LoadBalancerSpec `json:"spec"`

	// +kubebuilder:default={conditions: {{type: "Synced", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}, {type: "Ready", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}}}
	Status LoadBalancerStatus `json:"status,omitempty"`
}

// LoadBalancerList is a list of LoadBalancers.
// +kubebuilder:object:root=true
type LoadBalancerList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []LoadBalancer `json:"items"`
}
