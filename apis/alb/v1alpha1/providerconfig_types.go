package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// CredentialsSource says where AWS credentials come from.
// +kubebuilder:validation:Enum=Environment;Secret;WebIdentity;PodIdentity
type CredentialsSource string

// The sources of credentials.
const (
	// CredentialsEnvironment is the AWS SDK's own default chain: environment variables, shared files, web identity, Pod
	// Identity, instance metadata.
	CredentialsEnvironment CredentialsSource = "Environment"

	// CredentialsSecret is a key of a Secret that holds an AWS shared credentials file.
	CredentialsSecret CredentialsSource = "Secret"

	// CredentialsWebIdentity is a role that is assumed with a token of the provider's service account: IRSA on EKS.
	CredentialsWebIdentity CredentialsSource = "WebIdentity"

	// CredentialsPodIdentity is the role that EKS Pod Identity associates with the provider's service account.
	CredentialsPodIdentity CredentialsSource = "PodIdentity"
)

// A WebIdentity is a role that is assumed with a token of a service account.
type WebIdentity struct {
	// RoleArn of the role. Left out: the environment's (AWS_ROLE_ARN), which EKS sets.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:Pattern=`^arn:[a-z-]+:iam::[0-9]{12}:role/.+$`
	RoleArn *string `json:"roleArn,omitempty"`

	// TokenFile that holds the token, in the provider's pod. Left out: the environment's (AWS_WEB_IDENTITY_TOKEN_FILE), which EKS
	// sets. Only a ClusterProviderConfig may name one.
	// +optional
	// +kubebuilder:validation:MaxLength=4096
	// +kubebuilder:validation:Pattern=`^/.+$`
	TokenFile *string `json:"tokenFile,omitempty"`

	// RoleSessionName that CloudTrail shows. Left out: provider-alb-gateway.
	// +optional
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_+=,.@-]{2,64}$`
	RoleSessionName *string `json:"roleSessionName,omitempty"`
}

// An AssumeRole is a role that is assumed with the credentials before it.
type AssumeRole struct {
	// RoleArn of the role.
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:Pattern=`^arn:[a-z-]+:iam::[0-9]{12}:role/.+$`
	RoleArn string `json:"roleArn"`

	// ExternalID that the role's trust policy asks for.
	// +optional
	// +kubebuilder:validation:MinLength=2
	// +kubebuilder:validation:MaxLength=1224
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_+=,.@:/-]*$`
	ExternalID *string `json:"externalId,omitempty"`

	// RoleSessionName that CloudTrail shows. Left out: provider-alb-gateway.
	// +optional
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_+=,.@-]{2,64}$`
	RoleSessionName *string `json:"roleSessionName,omitempty"`

	// Tags of the session, which policies know as aws:PrincipalTag.
	// +optional
	// +listType=map
	// +listMapKey=key
	// +kubebuilder:validation:MaxItems=50
	Tags []SessionTag `json:"tags,omitempty"`

	// TransitiveTagKeys are the keys of the tags that sessions of the roles after this one have too.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MaxLength=128
	TransitiveTagKeys []string `json:"transitiveTagKeys,omitempty"`
}

// A SessionTag is a tag of a session.
type SessionTag struct {
	// Key of the tag.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Key string `json:"key"`

	// Value of the tag.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Value string `json:"value,omitempty"`
}

// ProviderCredentials say where AWS credentials come from.
// +kubebuilder:validation:XValidation:rule="(self.source == 'Secret') == has(self.secretRef)",message="secretRef goes with source Secret, and only with it"
// +kubebuilder:validation:XValidation:rule="self.source == 'WebIdentity' || !has(self.webIdentity)",message="webIdentity goes with source WebIdentity only"
type ProviderCredentials struct {
	// Source of the credentials.
	// +kubebuilder:default=Environment
	Source CredentialsSource `json:"source"`

	// SecretRef names the Secret and the key that holds an AWS shared credentials file with a profile "default".
	// A ProviderConfig may only name a Secret in its own namespace.
	// +optional
	SecretRef *xpv2.SecretKeySelector `json:"secretRef,omitempty"`

	// WebIdentity says which role is assumed with which token, where EKS does not say it by the environment.
	// +optional
	WebIdentity *WebIdentity `json:"webIdentity,omitempty"`
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

	// VpcID of the VPC that load balancers and target groups are made in. Left out: that of the cluster's nodes.
	// +optional
	// +kubebuilder:validation:Pattern=`^(vpc-[0-9a-f]{8,17})?$`
	VpcID string `json:"vpcId,omitempty"`

	// ClusterName tells this cluster's resources from those of others in the same account. It goes into names and tags, and
	// must not change while there are resources. Left out: the name that the tags of the nodes' instances give it, as on EKS.
	// +optional
	// +kubebuilder:validation:MaxLength=100
	// +kubebuilder:validation:Pattern=`^([A-Za-z0-9][A-Za-z0-9_.:/=+@-]*)?$`
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

	// AssumeRoleChain are roles that are assumed one after the other, the first with Credentials. The last one's are used.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=5
	AssumeRoleChain []AssumeRole `json:"assumeRoleChain,omitempty"`
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
