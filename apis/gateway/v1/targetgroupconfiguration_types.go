package v1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TargetGroupConfiguration holds the target group settings of a backend in its namespace. Without targetReference it is
// for use as the default that a LoadBalancerConfiguration names.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:storageversion
// +kubebuilder:resource:scope=Namespaced
// +kubebuilder:printcolumn:name="SERVICE-NAME",type="string",JSONPath=".spec.targetReference.name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type TargetGroupConfiguration struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// Spec says how the target groups of the backend are to be.
	// +optional
	Spec TargetGroupConfigurationSpec `json:"spec,omitzero"`

	// Status says which generation was acted upon.
	// +optional
	Status TargetGroupConfigurationStatus `json:"status,omitzero"`
}

// TargetGroupConfigurationList is a list of TargetGroupConfigurations.
//
// +kubebuilder:object:root=true
type TargetGroupConfigurationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []TargetGroupConfiguration `json:"items"`
}

// TargetGroupConfigurationSpec says how the target groups of a backend are to be.
type TargetGroupConfigurationSpec struct {
	// TargetReference names the backend that this is for, in the same namespace.
	// +optional
	TargetReference *Reference `json:"targetReference,omitempty"`

	// DefaultConfiguration is for every route, as far as routeConfigurations has nothing else to say.
	// +optional
	DefaultConfiguration *TargetGroupProps `json:"defaultConfiguration,omitempty"`

	// RouteConfigurations lists settings for certain routes. The entry that says most about a route is the one that
	// counts: kind, namespace and name before kind and namespace before kind; of two that say the same, the first. Its fields replace those of
	// defaultConfiguration; attributes and tags merge by key.
	// +optional
	RouteConfigurations []RouteConfiguration `json:"routeConfigurations,omitempty"`
}

// TargetGroupConfigurationStatus says which generations were acted upon.
type TargetGroupConfigurationStatus struct {
	// ObservedGatewayConfigurationGeneration is the generation last used for a Gateway.
	// +optional
	ObservedGatewayConfigurationGeneration *int64 `json:"observedGatewayConfigurationGeneration,omitempty"`

	// ObservedGatewayClassConfigurationGeneration is the generation last used for a GatewayClass.
	// +optional
	ObservedGatewayClassConfigurationGeneration *int64 `json:"observedGatewayClassConfigurationGeneration,omitempty"`

	Use `json:",inline"`
}

// Reference names a backend in the same namespace.
type Reference struct {
	// Group of the backend; empty is the core group.
	// +optional
	// +kubebuilder:default=""
	Group *string `json:"group,omitempty"`

	// Kind of the backend: Service or Gateway.
	// +optional
	// +kubebuilder:default="Service"
	Kind *string `json:"kind,omitempty"`

	// Name of the backend.
	Name string `json:"name"`
}

// RouteConfiguration holds the settings for certain routes.
type RouteConfiguration struct {
	// RouteIdentifier tells which routes.
	RouteIdentifier RouteIdentifier `json:"routeIdentifier"`

	// TargetGroupProps are the settings.
	TargetGroupProps TargetGroupProps `json:"targetGroupProps"`
}

// RouteIdentifier picks routes. An absent field picks all.
type RouteIdentifier struct {
	// Kind of the route, such as HTTPRoute.
	// +optional
	Kind *string `json:"kind,omitempty"`

	// Namespace of the route.
	// +optional
	Namespace *string `json:"namespace,omitempty"`

	// Name of the route.
	// +optional
	Name *string `json:"name,omitempty"`
}

// TargetGroupProps says how a target group is to be.
type TargetGroupProps struct {
	// TargetGroupName is the name in AWS, instead of a derived one: at most 32 characters, unique in the account and
	// region (ELBv2 CreateTargetGroup).
	// +optional
	TargetGroupName *string `json:"targetGroupName,omitempty"`

	// IPAddressType is the IP version between the load balancer and the targets.
	// +optional
	IPAddressType *TargetGroupIPAddressType `json:"ipAddressType,omitempty"`

	// HealthCheckConfig says how the health of targets is checked.
	// +optional
	HealthCheckConfig *HealthCheckConfiguration `json:"healthCheckConfig,omitempty"`

	// NodeSelector picks the nodes that are registered, by their labels. Target type instance only.
	// +optional
	NodeSelector *metav1.LabelSelector `json:"nodeSelector,omitempty"`

	// TargetGroupAttributes lists target group attributes by the names that ELBv2 ModifyTargetGroupAttributes has, such
	// as deregistration_delay.timeout_seconds (a number of seconds, as a string) or stickiness.enabled.
	// +optional
	TargetGroupAttributes []TargetGroupAttribute `json:"targetGroupAttributes,omitempty"`

	// TargetType is what gets registered: nodes at the Service's node port (instance) or pods at their address (ip).
	// +optional
	TargetType *TargetType `json:"targetType,omitempty"`

	// Protocol between the load balancer and the targets. An Application Load Balancer takes HTTP or HTTPS; absent means
	// HTTP.
	// +optional
	Protocol *Protocol `json:"protocol,omitempty"`

	// ProtocolVersion is the HTTP version between the load balancer and the targets. Application Load Balancers only.
	// +optional
	ProtocolVersion *ProtocolVersion `json:"protocolVersion,omitempty"`

	// TargetControlPort is the port on which the target optimizer's agent listens on each target (ELBv2
	// TargetControlPort). Application Load Balancers only.
	// +optional
	TargetControlPort *int32 `json:"targetControlPort,omitempty"`

	// EnableMultiCluster says that others register targets in this target group too, so that only targets registered
	// from this cluster may be deregistered.
	// +optional
	EnableMultiCluster *bool `json:"enableMultiCluster,omitempty"`

	// Tags go on the target group. AWS allows 50.
	// +optional
	Tags map[string]string `json:"tags,omitempty"`
}

// HealthCheckConfiguration says how the health of targets is checked. ELBv2 CreateTargetGroup has the bounds.
type HealthCheckConfiguration struct {
	// HealthyThresholdCount is how many checks in a row have to succeed before a target counts as healthy: 2 to 10.
	// +optional
	HealthyThresholdCount *int32 `json:"healthyThresholdCount,omitempty"`

	// HealthCheckInterval is the time between two checks of a target, in seconds: 5 to 300.
	// +optional
	HealthCheckInterval *int32 `json:"healthCheckInterval,omitempty"`

	// HealthCheckPath is the path of the request, or the method (/package.service/method) where the target speaks gRPC.
	// +optional
	HealthCheckPath *string `json:"healthCheckPath,omitempty"`

	// HealthCheckPort is a number, the name of a Service port, or traffic-port: where the target gets its traffic.
	// +optional
	HealthCheckPort *string `json:"healthCheckPort,omitempty"`

	// HealthCheckProtocol is the protocol of the check. An Application Load Balancer takes HTTP or HTTPS.
	// +optional
	HealthCheckProtocol *HealthCheckProtocol `json:"healthCheckProtocol,omitempty"`

	// HealthCheckTimeout is how long an answer may take, in seconds: 2 to 120, and less than the interval.
	// +optional
	HealthCheckTimeout *int32 `json:"healthCheckTimeout,omitempty"`

	// UnhealthyThresholdCount is how many checks in a row have to fail before a target counts as unhealthy: 2 to 10.
	// +optional
	UnhealthyThresholdCount *int32 `json:"unhealthyThresholdCount,omitempty"`

	// Matcher tells which answers are a success.
	// +optional
	Matcher *HealthCheckMatcher `json:"matcher,omitempty"`
}

// HealthCheckMatcher tells which answers to a health check are a success.
type HealthCheckMatcher struct {
	// HTTPCode holds HTTP status codes between 200 and 499: one (200), some (200,202) or a range (200-299).
	// +optional
	HTTPCode *string `json:"httpCode,omitempty"`

	// GRPCCode holds gRPC status codes between 0 and 99: one (12), some (0,1) or a range (0-5).
	// +optional
	GRPCCode *string `json:"grpcCode,omitempty"`
}

// TargetGroupAttribute is an attribute of a target group.
type TargetGroupAttribute struct {
	// Key is the name of the attribute in ELBv2.
	Key string `json:"key"`

	// Value is its value, always a string.
	Value string `json:"value"`
}

// TargetGroupIPAddressType is the IP version between a load balancer and its targets.
//
// +kubebuilder:validation:Enum=ipv4;ipv6
type TargetGroupIPAddressType string

// The address types of a target group.
const (
	TargetGroupIPAddressTypeIPv4 TargetGroupIPAddressType = "ipv4"
	TargetGroupIPAddressTypeIPv6 TargetGroupIPAddressType = "ipv6"
)

// TargetType is what gets registered in a target group.
//
// +kubebuilder:validation:Enum=instance;ip
type TargetType string

// The target types.
const (
	TargetTypeInstance TargetType = "instance"
	TargetTypeIP       TargetType = "ip"
)

// Protocol is the protocol between a load balancer and its targets.
//
// +kubebuilder:validation:Enum=HTTP;HTTPS;TCP;TLS;UDP;TCP_UDP
type Protocol string

// The protocols.
const (
	ProtocolHTTP   Protocol = "HTTP"
	ProtocolHTTPS  Protocol = "HTTPS"
	ProtocolTCP    Protocol = "TCP"
	ProtocolTLS    Protocol = "TLS"
	ProtocolUDP    Protocol = "UDP"
	ProtocolTCPUDP Protocol = "TCP_UDP"
)

// ProtocolVersion is the HTTP version between a load balancer and its targets.
//
// +kubebuilder:validation:Enum=HTTP1;HTTP2;GRPC
type ProtocolVersion string

// The protocol versions.
const (
	ProtocolVersionHTTP1 ProtocolVersion = "HTTP1"
	ProtocolVersionHTTP2 ProtocolVersion = "HTTP2"
	ProtocolVersionGRPC  ProtocolVersion = "GRPC"
)

// HealthCheckProtocol is the protocol of a health check.
//
// +kubebuilder:validation:Enum=HTTP;HTTPS;TCP
type HealthCheckProtocol string

// The health check protocols.
const (
	HealthCheckProtocolHTTP  HealthCheckProtocol = "HTTP"
	HealthCheckProtocolHTTPS HealthCheckProtocol = "HTTPS"
	HealthCheckProtocolTCP   HealthCheckProtocol = "TCP"
)
