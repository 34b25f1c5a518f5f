package v1

// ForwardActionConfig is what a route cannot say about forwarding; the backends come from the route.
type ForwardActionConfig struct {
	// TargetGroupStickinessConfig keeps a client on one of several target groups.
	// +optional
	// +kubebuilder:default={}
	TargetGroupStickinessConfig *TargetGroupStickinessConfig `json:"targetGroupStickinessConfig,omitempty"`
}

// TargetGroupStickinessConfig says whether and how long a client stays on the target group it was first sent to.
type TargetGroupStickinessConfig struct {
	// DurationSeconds is how long, in seconds: 1 to 604800 (7 days).
	// +optional
	// +kubebuilder:default=3600
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=604800
	DurationSeconds *int32 `json:"durationSeconds,omitempty"`

	// Enabled says whether.
	// +optional
	// +kubebuilder:default=false
	Enabled *bool `json:"enabled,omitempty"`
}

// RedirectActionConfig is what a RequestRedirect filter cannot say.
type RedirectActionConfig struct {
	// Query of the URL that clients are sent to, without the question mark. #{query} stands for the request's own.
	// +optional
	// +kubebuilder:default="#{query}"
	Query *string `json:"query,omitempty"`
}

// FixedResponseActionConfig is an answer that the load balancer gives by itself.
type FixedResponseActionConfig struct {
	// StatusCode is the HTTP status: 200 to 299 or 400 to 599.
	// +kubebuilder:validation:XValidation:rule="(self >= 200 && self <= 299) || (self >= 400 && self <= 599)",message="StatusCode must be a valid HTTP status code in the 2XX, 4XX, or 5XX range"
	StatusCode int32 `json:"statusCode"`

	// ContentType of the body.
	// +optional
	// +kubebuilder:default="text/plain"
	// +kubebuilder:validation:Enum="text/plain";"text/css";"text/html";"application/javascript";"application/json"
	ContentType *string `json:"contentType,omitempty"`

	// MessageBody is the body; ELBv2 takes at most 1024 bytes.
	// +optional
	MessageBody *string `json:"messageBody,omitempty"`
}
