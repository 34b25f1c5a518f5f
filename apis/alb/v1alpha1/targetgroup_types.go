package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TargetGroupParameters are the settings of a target group, as ELBv2 CreateTargetGroup takes them. AWS cannot change name,
// protocol, protocolVersion, port, vpcId, targetType, ipAddressType and targetControlPort.
type TargetGroupParameters struct {
	// Name of the target group in AWS. Left out: the object's own name.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$`
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="an ELBv2 target group cannot be renamed"
	Name *string `json:"name,omitempty"`

	// Protocol towards the targets.
	// +optional
	// +kubebuilder:default=HTTP
	// +kubebuilder:validation:Enum=HTTP;HTTPS
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="the protocol of an ELBv2 target group cannot be changed"
	Protocol string `json:"protocol,omitempty"`

	// ProtocolVersion towards the targets.
	// +optional
	// +kubebuilder:default=HTTP1
	// +kubebuilder:validation:Enum=HTTP1;HTTP2;GRPC
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="the protocol version of an ELBv2 target group cannot be changed"
	ProtocolVersion string `json:"protocolVersion,omitempty"`

	// Port of targets that are registered without one.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="the port of an ELBv2 target group cannot be changed"
	Port int32 `json:"port"`

	// VpcId of the targets. Left out: that of the ProviderConfig.
	// +optional
	VpcId *string `json:"vpcId,omitempty"`

	// TargetType of the targets.
	// +optional
	// +kubebuilder:default=instance
	// +kubebuilder:validation:Enum=instance;ip
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="the target type of an ELBv2 target group cannot be changed"
	TargetType string `json:"targetType,omitempty"`

	// IpAddressType of the targets. Left out: ipv4.
	// +optional
	// +kubebuilder:validation:Enum=ipv4;ipv6
	IpAddressType *string `json:"ipAddressType,omitempty"`

	// TargetControlPort of the target optimizer's agent.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	TargetControlPort *int32 `json:"targetControlPort,omitempty"`

	// HealthCheckProtocol of the health check. Left out: HTTP.
	// +optional
	// +kubebuilder:validation:Enum=HTTP;HTTPS
	HealthCheckProtocol *string `json:"healthCheckProtocol,omitempty"`

	// HealthCheckPort is traffic-port or a number. Left out: traffic-port.
	// +optional
	HealthCheckPort *string `json:"healthCheckPort,omitempty"`

	// HealthCheckPath. Left out: / for HTTP1 and HTTP2, /AWS.ALB/healthcheck for GRPC.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	HealthCheckPath *string `json:"healthCheckPath,omitempty"`

	// HealthCheckIntervalSeconds between two checks.
	// +optional
	// +kubebuilder:validation:Minimum=5
	// +kubebuilder:validation:Maximum=300
	HealthCheckIntervalSeconds *int32 `json:"healthCheckIntervalSeconds,omitempty"`

	// HealthCheckTimeoutSeconds of one check, less than the interval.
	// +optional
	// +kubebuilder:validation:Minimum=2
	// +kubebuilder:validation:Maximum=120
	HealthCheckTimeoutSeconds *int32 `json:"healthCheckTimeoutSeconds,omitempty"`

	// HealthyThresholdCount of good checks in a row.
	// +optional
	// +kubebuilder:validation:Minimum=2
	// +kubebuilder:validation:Maximum=10
	HealthyThresholdCount *int32 `json:"healthyThresholdCount,omitempty"`

	// UnhealthyThresholdCount of bad checks in a row.
	// +optional
	// +kubebuilder:validation:Minimum=2
	// +kubebuilder:validation:Maximum=10
	UnhealthyThresholdCount *int32 `json:"unhealthyThresholdCount,omitempty"`

	// Matcher of good answers.
	// +optional
	Matcher *Matcher `json:"matcher,omitempty"`

	// Attributes of the target group. Only those named here are managed.
	// +optional
	// +listType=map
	// +listMapKey=key
	Attributes []Attribute `json:"attributes,omitempty"`

	// Tags of the target group, beside those that say who owns it.
	// +optional
	// +kubebuilder:validation:MaxProperties=40
	Tags map[string]string `json:"tags,omitempty"`
}

// A Matcher says which answers to a health check are good.
// +kubebuilder:validation:XValidation:rule="has(self.httpCode) != has(self.grpcCode)",message="give either httpCode or grpcCode"
type Matcher struct {
	// HttpCode as "200", "200,202" or "200-299", from 200 to 499.
	// +optional
	HttpCode *string `json:"httpCode,omitempty"`

	// GrpcCode as "0", "0,1" or "0-5", from 0 to 99.
	// +optional
	GrpcCode *string `json:"grpcCode,omitempty"`
}

// TargetGroupObservation is what AWS says of the target group.
type TargetGroupObservation struct {
	// ARN of the target group.
	// +optional
	ARN string `json:"arn,omitempty"`

	// LoadBalancerARNs that route to the target group; AWS allows one.
	// +optional
	// +listType=atomic
	LoadBalancerARNs []string `json:"loadBalancerArns,omitempty"`
}

// A TargetGroupSpec is the desired state of a TargetGroup.
type TargetGroupSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	// ForProvider is what the target group is to be in AWS.
	ForProvider TargetGroupParameters `json:"forProvider"`
}

// A TargetGroupStatus is the observed state of a TargetGroup.
type TargetGroupStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// AtProvider is what the target group is in AWS.
	// +optional
	AtProvider TargetGroupObservation `json:"atProvider,omitempty"`
}

// A TargetGroup is a target group of an Application Load Balancer.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws,alb}
// +kubebuilder:printcolumn:name="PROTOCOL",type="string",JSONPath=".spec.forProvider.protocol"
// +kubebuilder:printcolumn:name="PORT",type="integer",JSONPath=".spec.forProvider.port"
// +kubebuilder:printcolumn:name="TARGET-TYPE",type="string",JSONPath=".spec.forProvider.targetType"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="ARN",type="string",JSONPath=".status.atProvider.arn",priority=1
type TargetGroup struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec TargetGroupSpec `json:"spec"`

	// +kubebuilder:default={conditions: {{type: "Synced", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}, {type: "Ready", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}}}
	Status TargetGroupStatus `json:"status,omitempty"`
}

// TargetGroupList is a list of TargetGroups.
// +kubebuilder:object:root=true
type TargetGroupList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []TargetGroup `json:"items"`
}
