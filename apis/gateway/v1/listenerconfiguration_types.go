package v1

// ListenerConfiguration holds what a Gateway listener cannot say.
type ListenerConfiguration struct {
	// ProtocolPort tells which listener this is for: PROTOCOL:PORT, such as HTTPS:443. An entry without a listener has no
	// effect.
	// +kubebuilder:validation:Pattern=`^(HTTP|HTTPS|TLS|TCP|UDP|TCP_UDP)?:(6553[0-5]|655[0-2]\d|65[0-4]\d{2}|6[0-4]\d{3}|[1-5]\d{4}|[1-9]\d{0,3})?$`
	ProtocolPort ProtocolPort `json:"protocolPort"`

	// DefaultCertificate is the ARN of the certificate that clients without SNI, or with a name nobody has, are shown.
	// HTTPS and TLS listeners only.
	// +optional
	DefaultCertificate *string `json:"defaultCertificate,omitempty"`

	// Certificates lists ARNs of further certificates, chosen by SNI. Without defaultCertificate the first of them is the
	// default. AWS allows 25 a load balancer besides the defaults. HTTPS and TLS listeners only.
	// +optional
	Certificates []string `json:"certificates,omitempty"`

	// SslPolicy is the name of an ELBv2 security policy: TLS versions and ciphers. HTTPS and TLS listeners only.
	// +optional
	SslPolicy *string `json:"sslPolicy,omitempty"`

	// ALPNPolicy says which protocols the load balancer offers by ALPN. TLS listeners of Network Load Balancers only.
	// +optional
	// +kubebuilder:default="None"
	ALPNPolicy *ALPNPolicy `json:"alpnPolicy,omitempty"`

	// MutualAuthentication asks clients for certificates. HTTPS listeners of Application Load Balancers only.
	// +optional
	MutualAuthentication *MutualAuthentication `json:"mutualAuthentication,omitempty"`

	// TargetGroupStickiness keeps a client on one of several target groups. Network Load Balancers only.
	// +optional
	TargetGroupStickiness *bool `json:"targetGroupStickiness,omitempty"`

	// QuicEnabled makes a UDP listener speak QUIC. Network Load Balancers only.
	// +optional
	QuicEnabled *bool `json:"quicEnabled,omitempty"`

	// ListenerAttributes lists listener attributes by the names that ELBv2 ModifyListenerAttributes has, such as
	// routing.http.response.server.enabled; header modification on a whole listener is said here.
	// +optional
	ListenerAttributes []ListenerAttribute `json:"listenerAttributes,omitempty"`
}

// ProtocolPort is a protocol and a port with a colon between them.
type ProtocolPort string

// ALPNPolicy is an ALPN policy of ELBv2.
//
// +kubebuilder:validation:Enum=HTTP1Only;HTTP2Only;HTTP2Optional;HTTP2Preferred;None
type ALPNPolicy string

// The ALPN policies.
const (
	ALPNPolicyHTTP1Only      ALPNPolicy = "HTTP1Only"
	ALPNPolicyHTTP2Only      ALPNPolicy = "HTTP2Only"
	ALPNPolicyHTTP2Optional  ALPNPolicy = "HTTP2Optional"
	ALPNPolicyHTTP2Preferred ALPNPolicy = "HTTP2Preferred"
	ALPNPolicyNone           ALPNPolicy = "None"
)

// ListenerAttribute is an attribute of a listener.
type ListenerAttribute struct {
	// Key is the name of the attribute in ELBv2.
	Key string `json:"key"`

	// Value is its value, always a string.
	Value string `json:"value"`
}

// MutualAuthentication says what becomes of the certificates that clients show.
//
// +kubebuilder:validation:XValidation:rule="!(self.mode == 'verify' && !has(self.trustStore))",message="trustStore is required when mutualAuthentication mode is 'verify'"
// +kubebuilder:validation:XValidation:rule="!(self.mode != 'verify' && has(self.trustStore))",message="Mutual Authentication mode 'off' or 'passthrough' does not support 'trustStore'"
// +kubebuilder:validation:XValidation:rule="!(self.mode != 'verify' && has(self.ignoreClientCertificateExpiry))",message="Mutual Authentication mode 'off' or 'passthrough' does not support 'ignoreClientCertificateExpiry'"
// +kubebuilder:validation:XValidation:rule="!(self.mode != 'verify' && has(self.advertiseTrustStoreCaNames))",message="Mutual Authentication mode 'off' or 'passthrough' does not support 'advertiseTrustStoreCaNames'"
type MutualAuthentication struct {
	// Mode is off, passthrough (certificates go to the target in a header, unverified) or verify (against trustStore).
	Mode MutualAuthenticationMode `json:"mode"`

	// TrustStore is the name or the ARN of an ELBv2 trust store. Required for verify, refused for the other modes.
	// +optional
	TrustStore *string `json:"trustStore,omitempty"`

	// IgnoreClientCertificateExpiry admits expired certificates too. Absent means false. Mode verify only.
	// +optional
	IgnoreClientCertificateExpiry *bool `json:"ignoreClientCertificateExpiry,omitempty"`

	// AdvertiseTrustStoreCaNames is on or off: whether clients are told the names of the CAs. Mode verify only.
	// +optional
	AdvertiseTrustStoreCaNames *AdvertiseTrustStoreCaNames `json:"advertiseTrustStoreCaNames,omitempty"`
}

// MutualAuthenticationMode is a mutual authentication mode of ELBv2.
//
// +kubebuilder:validation:Enum=off;passthrough;verify
type MutualAuthenticationMode string

// The mutual authentication modes.
const (
	MutualAuthenticationModeOff         MutualAuthenticationMode = "off"
	MutualAuthenticationModePassthrough MutualAuthenticationMode = "passthrough"
	MutualAuthenticationModeVerify      MutualAuthenticationMode = "verify"
)

// AdvertiseTrustStoreCaNames says whether clients are told the names of the CAs.
//
// +kubebuilder:validation:Enum=on;off
type AdvertiseTrustStoreCaNames string

// The values of AdvertiseTrustStoreCaNames.
const (
	AdvertiseTrustStoreCaNamesOn  AdvertiseTrustStoreCaNames = "on"
	AdvertiseTrustStoreCaNamesOff AdvertiseTrustStoreCaNames = "off"
)
