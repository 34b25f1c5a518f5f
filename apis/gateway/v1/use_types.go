package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// MaxUsers is how many users a status names.
const MaxUsers = 64

// Use says who uses a configuration, and whether it can be used. AWS Load Balancer Controller's statuses do not have it.
type Use struct {
	// UsedBy names what uses the configuration, such as "Gateway shop/web"; the first 64 in order. What is in use is deleted
	// only when nothing uses it any more.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=64
	UsedBy []string `json:"usedBy,omitempty"`

	// Conditions: Accepted says whether the settings are understood and which have no effect, InUse whether anything uses
	// them, and who keeps a configuration that is being deleted.
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=8
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// The conditions of configurations.
const (
	ConditionAccepted = "Accepted"
	ConditionInUse    = "InUse"
)

// FinalizerInUse stays on a configuration as long as anything uses it.
const FinalizerInUse = "alb.gateway.crossplane.io/in-use"
