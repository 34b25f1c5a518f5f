package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// CredentialsSource says where AWS credentials come from.
// +kubebuilder:validation:Enum=Environment;Secret
type CredentialsSource string

// The sources of credentials.
const (
	// CredentialsEnvironment is the AWS SDK's own default chain: environment variables, shared files, web identity, Pod
	// Identity, instance metadata.
	CredentialsEnvironment CredentialsSource = "Environment"

	// CredentialsSecret is a key of a Secret that holds an AWS shared credentials file.
	CredentialsSecret CredentialsSource = "Secret"
)

// ProviderCredentials say where AWS credentials come from.
// +kubebuilder:validation:XValidation:rule="(self.source == 'Secret') == has(self.secretRef)",message="secretRef goes with source Secret, and only with it"
type ProviderCredentials struct {
	// Source of the credentials.
	// +kubebuilder:default=Environment
	Source CredentialsSource `json:"source"`

	// SecretRef names the Secret and the key that holds an AWS shared credentials file with a profile "default".
	// A ProviderConfig may only name a Secret in its own namespace.
	// +optional
	SecretRef *xpv2.SecretKeySelector `json:"secretRef,omitempty"`
}

// TrustStoreBundles are where bundles of CA certificates are put: ELBv2 takes them from S3 only.
type TrustStoreBundles struct {
	// Bucket in S3, which exists, in the region of the load balancers.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=63
	Bucket string `json:"bucket"`

	// Prefix of the keys, such as "alb/". Left out: none.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Prefix string `json:"prefix,omitempty"`
}

// A ProviderConfigSpec says which AWS account, region and VPC managed resources live in, and how to reach it.
type ProviderConfigSpec struct {
	// Region of AWS, such as us-east-1. Left out: the environment's (AWS_REGION).
	// +optional
	Region string `json:"region,omitempty"`

	// VpcID of the VPC that load balancers and target groups are made in.
	// +optional
	// +kubebuilder:validation:Pattern=`^(vpc-[0-9a-f]{8,17})?$`
	VpcID string `json:"vpcId,omitempty"`

	// ClusterName tells this cluster's resources from those of others in the same account. It goes into names and tags, and
	// must not change while there are resources.
	// +optional
	// +kubebuilder:validation:MaxLength=100
	ClusterName string `json:"clusterName,omitempty"`

	// Endpoint replaces the endpoints of all AWS services, for tests. Left out: the environment's (AWS_ENDPOINT_URL), else AWS.
	// +optional
	Endpoint string `json:"endpoint,omitempty"`

	// TrustStoreBundles say where in S3 the CA certificates go that Gateways name in spec.tls.frontend. Left out: such Gateways
	// cannot verify client certificates.
	// +optional
	TrustStoreBundles *TrustStoreBundles `json:"trustStoreBundles,omitempty"`

	// Credentials for AWS.
	// +optional
	// +kubebuilder:default={source: Environment}
	Credentials ProviderCredentials `json:"credentials,omitempty"`
}

// A ProviderConfigStatus is the observed state of a ProviderConfig or ClusterProviderConfig.
type ProviderConfigStatus struct {
	xpv2.ProviderConfigStatus `json:",inline"`
}

// A ProviderConfig says how managed resources of its namespace reach AWS.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,provider,aws}
// +kubebuilder:printcolumn:name="REGION",type="string",JSONPath=".spec.region"
// +kubebuilder:printcolumn:name="VPC",type="string",JSONPath=".spec.vpcId"
// +kubebuilder:printcolumn:name="CLUSTER",type="string",JSONPath=".spec.clusterName"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type ProviderConfig struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   ProviderConfigSpec   `json:"spec"`
	Status ProviderConfigStatus `json:"status,omitempty"`
}

// ProviderConfigList is a list of ProviderConfigs.
// +kubebuilder:object:root=true
type ProviderConfigList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []ProviderConfig `json:"items"`
}

// A ClusterProviderConfig says how managed resources of any namespace reach AWS. The one named "default" is used where
// nothing else is named.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Cluster,categories={crossplane,provider,aws}
// +kubebuilder:printcolumn:name="REGION",type="string",JSONPath=".spec.region"
// +kubebuilder:printcolumn:name="VPC",type="string",JSONPath=".spec.vpcId"
// +kubebuilder:printcolumn:name="CLUSTER",type="string",JSONPath=".spec.clusterName"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type ClusterProviderConfig struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   ProviderConfigSpec   `json:"spec"`
	Status ProviderConfigStatus `json:"status,omitempty"`
}

// ClusterProviderConfigList is a list of ClusterProviderConfigs.
// +kubebuilder:object:root=true
type ClusterProviderConfigList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []ClusterProviderConfig `json:"items"`
}
