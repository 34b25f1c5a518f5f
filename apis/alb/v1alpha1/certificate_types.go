package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// CertificateParameters say what to import into ACM. What the Secret holds is never part of the object.
type CertificateParameters struct {
	// SecretRef names the Secret of type kubernetes.io/tls to import. One in another namespace needs a ReferenceGrant there
	// that lets a Certificate, Gateway or ListenerSet of this object's namespace refer to it.
	SecretRef TLSSecretReference `json:"secretRef"`

	// Fingerprint of what the Secret is to hold: SHA-256, in hexadecimal, over the certificate and its chain (DER). While ACM
	// holds just that, the Secret is not read; when it changes, the Secret is imported again. Left out: the Secret is read
	// at every look.
	// +optional
	// +kubebuilder:validation:Pattern=`^[0-9a-f]{64}$`
	Fingerprint *string `json:"fingerprint,omitempty"`

	// Tags of the certificate, beside those that say who owns it.
	// +optional
	// +kubebuilder:validation:MaxProperties=40
	Tags map[string]string `json:"tags,omitempty"`
}

// A TLSSecretReference names a Secret of type kubernetes.io/tls.
type TLSSecretReference struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`

	// Namespace of the Secret. Left out: that of the object.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`
}

// CertificateObservation is what ACM says of the certificate.
type CertificateObservation struct {
	// ARN of the certificate.
	// +optional
	ARN string `json:"arn,omitempty"`

	// Fingerprint of what ACM holds: SHA-256 over the certificate and its chain (DER).
	// +optional
	Fingerprint string `json:"fingerprint,omitempty"`

	// Domains that the certificate is for.
	// +optional
	// +listType=atomic
	Domains []string `json:"domains,omitempty"`

	// NotAfter is when the certificate expires.
	// +optional
	NotAfter *metav1.Time `json:"notAfter,omitempty"`
}

// A CertificateSpec is the desired state of a Certificate.
type CertificateSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	// ForProvider is what the certificate is to be in AWS.
	ForProvider CertificateParameters `json:"forProvider"`
}

// A CertificateStatus is the observed state of a Certificate.
type CertificateStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// AtProvider is what the certificate is in AWS.
	// +optional
	AtProvider CertificateObservation `json:"atProvider,omitempty"`
}

// A Certificate is an ACM certificate that is imported from a TLS Secret.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws,alb}
// +kubebuilder:printcolumn:name="DOMAINS",type="string",JSONPath=".status.atProvider.domains"
// +kubebuilder:printcolumn:name="NOT-AFTER",type="string",JSONPath=".status.atProvider.notAfter"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="ARN",type="string",JSONPath=".status.atProvider.arn",priority=1
type Certificate struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec CertificateSpec `json:"spec"`

	// +kubebuilder:default={conditions: {{type: "Synced", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}, {type: "Ready", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}}}
	Status CertificateStatus `json:"status,omitempty"`
}

// CertificateList is a list of Certificates.
// +kubebuilder:object:root=true
type CertificateList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Certificate `json:"items"`
}
