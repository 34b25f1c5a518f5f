package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Group and Version of the kinds in this package.
const (
	Group   = "alb.gateway.crossplane.io"
	Version = "v1alpha1"
)

var (
	// GroupVersion of the kinds in this package.
	GroupVersion = schema.GroupVersion{Group: Group, Version: Version}

	// SchemeBuilder adds the kinds of this package to a scheme.
	SchemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme adds the kinds of this package to a scheme.
	AddToScheme = SchemeBuilder.AddToScheme
)

// The GroupVersionKinds of this package.
var (
	LoadBalancerGroupVersionKind          = GroupVersion.WithKind("LoadBalancer")
	ListenerGroupVersionKind              = GroupVersion.WithKind("Listener")
	ListenerRuleGroupVersionKind          = GroupVersion.WithKind("ListenerRule")
	TargetGroupGroupVersionKind           = GroupVersion.WithKind("TargetGroup")
	TargetGroupBindingGroupVersionKind    = GroupVersion.WithKind("TargetGroupBinding")
	SecurityGroupGroupVersionKind         = GroupVersion.WithKind("SecurityGroup")
	CertificateGroupVersionKind           = GroupVersion.WithKind("Certificate")
	SecurityGroupRuleGroupVersionKind     = GroupVersion.WithKind("SecurityGroupRule")
	WebACLAssociationGroupVersionKind     = GroupVersion.WithKind("WebACLAssociation")
	ShieldProtectionGroupVersionKind      = GroupVersion.WithKind("ShieldProtection")
	TrustStoreGroupVersionKind            = GroupVersion.WithKind("TrustStore")
	ProviderConfigGroupVersionKind        = GroupVersion.WithKind("ProviderConfig")
	ClusterProviderConfigGroupVersionKind = GroupVersion.WithKind("ClusterProviderConfig")
)

func addKnownTypes(s *runtime.Scheme) error {
	s.AddKnownTypes(GroupVersion,
		&LoadBalancer{}, &LoadBalancerList{},
		&Listener{}, &ListenerList{},
		&ListenerRule{}, &ListenerRuleList{},
		&TargetGroup{}, &TargetGroupList{},
		&TargetGroupBinding{}, &TargetGroupBindingList{},
		&SecurityGroup{}, &SecurityGroupList{},
		&Certificate{}, &CertificateList{},
		&SecurityGroupRule{}, &SecurityGroupRuleList{},
		&WebACLAssociation{}, &WebACLAssociationList{},
		&ShieldProtection{}, &ShieldProtectionList{},
		&TrustStore{}, &TrustStoreList{},
		&ProviderConfig{}, &ProviderConfigList{},
		&ClusterProviderConfig{}, &ClusterProviderConfigList{},
	)
	metav1.AddToGroupVersion(s, GroupVersion)
	return nil
}
