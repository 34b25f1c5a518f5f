package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// TargetGroupBindingParameters say which Service port's endpoints are the targets of a target group.
// +kubebuilder:validation:XValidation:rule="has(self.targetGroupArn) != has(self.targetGroupRef)",message="give either targetGroupRef or targetGroupArn"
type TargetGroupBindingParameters struct {
	// TargetGroupArn of a target group that no TargetGroup object stands for.
	// +optional
	TargetGroupArn *string `json:"targetGroupArn,omitempty"`

	// TargetGroupRef names a TargetGroup in the same namespace.
	// +optional
	TargetGroupRef *Reference `json:"targetGroupRef,omitempty"`

	// ServiceRef names the Service and its port.
	ServiceRef ServiceReference `json:"serviceRef"`

	// TargetType: instance registers nodes at the Service's node port, ip registers the endpoints themselves.
	// +optional
	// +kubebuilder:default=instance
	// +kubebuilder:validation:Enum=instance;ip
	TargetType string `json:"targetType,omitempty"`

	// NodeSelector chooses the nodes of target type instance. Left out: all that are not excluded from load balancers.
	// +optional
	NodeSelector *metav1.LabelSelector `json:"nodeSelector,omitempty"`

	// MultiCluster leaves targets alone that this binding did not register.
	// +optional
	MultiCluster bool `json:"multiCluster,omitempty"`
}

// A ServiceReference names a Service port.
type ServiceReference struct {
	// Name of the Service.
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`

	// Namespace of the Service. Left out: that of the binding.
	// +optional
	Namespace string `json:"namespace,omitempty"`

	// Port of the Service, by number or name.
	Port intstr.IntOrString `json:"port"`
}

// TargetGroupBindingObservation is what AWS says of the targets.
type TargetGroupBindingObservation struct {
	// TargetGroupARN that the targets are registered in.
	// +optional
	TargetGroupARN string `json:"targetGroupArn,omitempty"`

	// Targets that this binding has registered.
	// +optional
	Targets int32 `json:"targets"`

	// Healthy targets among them.
	// +optional
	Healthy int32 `json:"healthy"`

	// Registered are the targets of this binding as "id:port", in order, at most 1000 (ELBv2 quota).
	// +optional
	// +listType=atomic
	Registered []string `json:"registered,omitempty"`
}

// A TargetGroupBindingSpec is the desired state of a TargetGroupBinding.
type TargetGroupBindingSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	// ForProvider is what the binding is to be in AWS.
	ForProvider TargetGroupBindingParameters `json:"forProvider"`
}

// A TargetGroupBindingStatus is the observed state of a TargetGroupBinding.
type TargetGroupBindingStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// AtProvider is what the binding is in AWS.
	// +optional
	AtProvider TargetGroupBindingObservation `json:"atProvider,omitempty"`
}

// A TargetGroupBinding registers the endpoints of a Service port in a TargetGroup.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws,alb}
// +kubebuilder:printcolumn:name="SERVICE",type="string",JSONPath=".spec.forProvider.serviceRef.name"
// +kubebuilder:printcolumn:name="PORT",type="string",JSONPath=".spec.forProvider.serviceRef.port"
// +kubebuilder:printcolumn:name="TARGETS",type="integer",JSONPath=".status.atProvider.targets"
// +kubebuilder:printcolumn:name="HEALTHY",type="integer",JSONPath=".status.atProvider.healthy"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="ARN",type="string",JSONPath=".status.atProvider.targetGroupArn",priority=1
type TargetGroupBinding struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec TargetGroupBindingSpec `json:"spec"`

	// +kubebuilder:default={conditions: {{type: "Synced", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}, {type: "Ready", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}}}
	Status TargetGroupBindingStatus `json:"status,omitempty"`
}

// TargetGroupBindingList is a list of TargetGroupBindings.
// +kubebuilder:object:root=true
type TargetGroupBindingList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []TargetGroupBinding `json:"items"`
}
