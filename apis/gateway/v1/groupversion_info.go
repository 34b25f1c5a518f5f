package v1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Group is the API group of the configuration kinds, in every version.
const Group = "gateway.k8s.aws"

// The kinds of the group, as parametersRef and extensionRef name them.
const (
	LoadBalancerConfigurationKind = "LoadBalancerConfiguration"
	TargetGroupConfigurationKind  = "TargetGroupConfiguration"
	ListenerRuleConfigurationKind = "ListenerRuleConfiguration"
)

var (
	// GroupVersion is the group and version of the types in this package.
	GroupVersion = schema.GroupVersion{Group: Group, Version: "v1"}

	// SchemeBuilder collects the functions that register this package's types.
	SchemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme registers this package's types in a scheme.
	AddToScheme = SchemeBuilder.AddToScheme
)

func addKnownTypes(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion,
		&LoadBalancerConfiguration{}, &LoadBalancerConfigurationList{},
		&TargetGroupConfiguration{}, &TargetGroupConfigurationList{},
		&ListenerRuleConfiguration{}, &ListenerRuleConfigurationList{},
	)
	metav1.AddToGroupVersion(s, GroupVersion)
	return nil
}
