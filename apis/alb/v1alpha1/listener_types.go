package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ListenerParameters are the settings of a listener, as ELBv2 CreateListener takes them.
// +kubebuilder:validation:XValidation:rule="has(self.loadBalancerArn) != has(self.loadBalancerRef)",message="give either loadBalancerRef or loadBalancerArn"
// +kubebuilder:validation:XValidation:rule="self.protocol == 'HTTPS' || !(has(self.sslPolicy) || has(self.certificateArn) || has(self.certificateRef) || has(self.sniCertificateArns) || has(self.sniCertificateRefs) || has(self.mutualAuthentication))",message="sslPolicy, certificates and mutualAuthentication need protocol HTTPS"
// +kubebuilder:validation:XValidation:rule="self.protocol != 'HTTPS' || has(self.certificateArn) != has(self.certificateRef)",message="protocol HTTPS needs a default certificate: give either certificateRef or certificateArn"
type ListenerParameters struct {
	// LoadBalancerArn of a load balancer that no LoadBalancer object stands for.
	// +optional
	LoadBalancerArn *string `json:"loadBalancerArn,omitempty"`

	// LoadBalancerRef names a LoadBalancer in the same namespace.
	// +optional
	LoadBalancerRef *Reference `json:"loadBalancerRef,omitempty"`

	// Port that the listener listens on; with the load balancer it identifies the listener.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port int32 `json:"port"`

	// Protocol of the listener.
	// +kubebuilder:validation:Enum=HTTP;HTTPS
	Protocol string `json:"protocol"`

	// SslPolicy of an HTTPS listener, such as ELBSecurityPolicy-TLS13-1-2-2021-06. Left out: AWS's default.
	// +optional
	SslPolicy *string `json:"sslPolicy,omitempty"`

	// CertificateArn is the default certificate of an HTTPS listener.
	// +optional
	CertificateArn *string `json:"certificateArn,omitempty"`

	// CertificateRef names a Certificate in the same namespace as the default certificate.
	// +optional
	CertificateRef *Reference `json:"certificateRef,omitempty"`

	// SniCertificateArns are further certificates, chosen by server name.
	// +optional
	// +kubebuilder:validation:MaxItems=25
	// +listType=set
	SniCertificateArns []string `json:"sniCertificateArns,omitempty"`

	// SniCertificateRefs name Certificates in the same namespace as further certificates.
	// +optional
	// +kubebuilder:validation:MaxItems=25
	// +listType=atomic
	SniCertificateRefs []Reference `json:"sniCertificateRefs,omitempty"`

	// DefaultActions answer what no rule matches.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=2
	// +listType=atomic
	DefaultActions []Action `json:"defaultActions"`

	// MutualAuthentication of clients (mTLS).
	// +optional
	MutualAuthentication *MutualAuthentication `json:"mutualAuthentication,omitempty"`

	// Attributes of the listener. Only those named here are managed.
	// +optional
	// +listType=map
	// +listMapKey=key
	Attributes []Attribute `json:"attributes,omitempty"`

	// Tags of the listener, beside those that say who owns it.
	// +optional
	// +kubebuilder:validation:MaxProperties=40
	Tags map[string]string `json:"tags,omitempty"`
}

// MutualAuthentication says how clients prove who they are.
// +kubebuilder:validation:XValidation:rule="self.mode == 'verify' ? [has(self.trustStoreArn), has(self.trustStoreRef), has(self.trustStoreName)].exists_one(given, given) : !(has(self.trustStoreArn) || has(self.trustStoreRef) || has(self.trustStoreName))",message="mode verify needs one of trustStoreRef, trustStoreArn and trustStoreName; the other modes take none"
type MutualAuthentication struct {
	// Mode of client authentication.
	// +kubebuilder:validation:Enum=off;passthrough;verify
	Mode string `json:"mode"`

	// TrustStoreArn of a trust store that no TrustStore object stands for.
	// +optional
	TrustStoreArn *string `json:"trustStoreArn,omitempty"`

	// TrustStoreName is the name in AWS of a trust store that no TrustStore object of this namespace stands for.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	TrustStoreName *string `json:"trustStoreName,omitempty"`

	// TrustStoreRef names a TrustStore in the same namespace.
	// +optional
	TrustStoreRef *Reference `json:"trustStoreRef,omitempty"`

	// IgnoreClientCertificateExpiry admits expired client certificates.
	// +optional
	IgnoreClientCertificateExpiry *bool `json:"ignoreClientCertificateExpiry,omitempty"`

	// AdvertiseTrustStoreCaNames tells clients which authorities are trusted.
	// +optional
	// +kubebuilder:validation:Enum=on;off
	AdvertiseTrustStoreCaNames *string `json:"advertiseTrustStoreCaNames,omitempty"`
}

// ListenerObservation is what AWS says of the listener.
type ListenerObservation struct {
	// ARN of the listener.
	// +optional
	ARN string `json:"arn,omitempty"`

	// LoadBalancerARN that the listener belongs to.
	// +optional
	LoadBalancerARN string `json:"loadBalancerArn,omitempty"`

	// SslPolicy in force.
	// +optional
	SslPolicy string `json:"sslPolicy,omitempty"`

	// CertificateARNs that the listener has, the default certificate's among them.
	// +optional
	// +listType=set
	CertificateARNs []string `json:"certificateArns,omitempty"`

	// TrustStoreARN of the trust store that client certificates are verified with.
	// +optional
	TrustStoreARN string `json:"trustStoreArn,omitempty"`
}

// A ListenerSpec is the desired state of a Listener.
type ListenerSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	// ForProvider is what the listener is to be in AWS.
	ForProvider ListenerParameters `json:"forProvider"`
}

// A ListenerStatus is the observed state of a Listener.
type ListenerStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// AtProvider is what the listener is in AWS.
	// +optional
	AtProvider ListenerObservation `json:"atProvider,omitempty"`
}

// A Listener is a listener of an Application Load Balancer.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws,alb}
// +kubebuilder:printcolumn:name="PORT",type="integer",JSONPath=".spec.forProvider.port"
// +kubebuilder:printcolumn:name="PROTOCOL",type="string",JSONPath=".spec.forProvider.protocol"
// +kubebuilder:printcolumn:name="LOAD-BALANCER",type="string",JSONPath=".spec.forProvider.loadBalancerRef.name"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="ARN",type="string",JSONPath=".status.atProvider.arn",priority=1
type Listener struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ListenerSpec `json:"spec"`

	// +kubebuilder:default={conditions: {{type: "Synced", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}, {type: "Ready", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}}}
	Status ListenerStatus `json:"status,omitempty"`
}

// ListenerList is a list of Listeners.
// +kubebuilder:object:root=true
type ListenerList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Listener `json:"items"`
}
