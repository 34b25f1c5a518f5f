package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TrustStoreParameters say which authorities a trust store trusts, as ELBv2 CreateTrustStore takes them.
type TrustStoreParameters struct {
	// Name of the trust store in AWS, which identifies it.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:Pattern=`^([a-zA-Z0-9]+-)*[a-zA-Z0-9]+$`
	Name string `json:"name"`

	// CaCertificatesBundleS3Bucket holds the bundle of CA certificates.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=63
	CaCertificatesBundleS3Bucket string `json:"caCertificatesBundleS3Bucket"`

	// CaCertificatesBundleS3Key of the bundle in the bucket.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	CaCertificatesBundleS3Key string `json:"caCertificatesBundleS3Key"`

	// CaCertificatesBundleS3ObjectVersion of the bundle. Left out: the newest, looked at again every few minutes.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	CaCertificatesBundleS3ObjectVersion *string `json:"caCertificatesBundleS3ObjectVersion,omitempty"`

	// CaCertificates, in PEM, to put where bucket and key say, and to remove from there when the object is deleted. Left out:
	// the bundle is there already.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=262144
	CaCertificates *string `json:"caCertificates,omitempty"`

	// Tags of the trust store, beside those that say who owns it.
	// +optional
	// +kubebuilder:validation:MaxProperties=40
	Tags map[string]string `json:"tags,omitempty"`
}

// TrustStoreObservation is what AWS says of the trust store.
type TrustStoreObservation struct {
	// ARN of the trust store.
	// +optional
	ARN string `json:"arn,omitempty"`

	// Status of the trust store: CREATING or ACTIVE.
	// +optional
	Status string `json:"status,omitempty"`

	// NumberOfCaCertificates that it holds.
	// +optional
	NumberOfCaCertificates int32 `json:"numberOfCaCertificates,omitempty"`

	// TotalRevokedEntries of its revocation lists, which this kind does not manage.
	// +optional
	TotalRevokedEntries int64 `json:"totalRevokedEntries,omitempty"`

	// Fingerprint of what it holds: SHA-256 over its certificates (DER), in their own order.
	// +optional
	Fingerprint string `json:"fingerprint,omitempty"`

	// Bundle that was put into S3 for it.
	// +optional
	Bundle *BundleLocation `json:"bundle,omitempty"`
}

// A BundleLocation is an object in S3.
type BundleLocation struct {
	// Bucket that holds the object.
	Bucket string `json:"bucket"`

	// Key of the object.
	Key string `json:"key"`
}

// A TrustStoreSpec is the desired state of a TrustStore.
type TrustStoreSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	// ForProvider is what the trust store is to be in AWS.
	ForProvider TrustStoreParameters `json:"forProvider"`
}

// A TrustStoreStatus is the observed state of a TrustStore.
type TrustStoreStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// AtProvider is what the trust store is in AWS.
	// +optional
	AtProvider TrustStoreObservation `json:"atProvider,omitempty"`
}

// A TrustStore is an ELBv2 trust store: the authorities whose client certificates a listener takes (mTLS).
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws,alb}
// +kubebuilder:printcolumn:name="NAME-IN-AWS",type="string",JSONPath=".spec.forProvider.name"
// +kubebuilder:printcolumn:name="AUTHORITIES",type="integer",JSONPath=".status.atProvider.numberOfCaCertificates"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="ARN",type="string",JSONPath=".status.atProvider.arn",priority=1
type TrustStore struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec TrustStoreSpec `json:"spec"`

	// +kubebuilder:default={conditions: {{type: "Synced", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}, {type: "Ready", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}}}
	Status TrustStoreStatus `json:"status,omitempty"`
}

// TrustStoreList is a list of TrustStores.
// +kubebuilder:object:root=true
type TrustStoreList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []TrustStore `json:"items"`
}
