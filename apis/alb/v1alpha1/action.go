package v1alpha1

// ActionType is the ELBv2 action type.
// +kubebuilder:validation:Enum=forward;redirect;fixed-response;authenticate-oidc;authenticate-cognito;jwt-validation
type ActionType string

// The six action types of an Application Load Balancer.
const (
	ActionForward             ActionType = "forward"
	ActionRedirect            ActionType = "redirect"
	ActionFixedResponse       ActionType = "fixed-response"
	ActionAuthenticateOIDC    ActionType = "authenticate-oidc"
	ActionAuthenticateCognito ActionType = "authenticate-cognito"
	ActionJWTValidation       ActionType = "jwt-validation"
)

// An Action is one action of a rule or of a listener's default. A list holds at most one routing action (forward, redirect
// or fixed-response), which comes last, and at most one authentication action before it (HTTPS listeners only).
// +kubebuilder:validation:XValidation:rule="(self.type == 'forward') == has(self.forwardConfig)",message="forwardConfig goes with type forward, and only with it"
// +kubebuilder:validation:XValidation:rule="(self.type == 'redirect') == has(self.redirectConfig)",message="redirectConfig goes with type redirect, and only with it"
// +kubebuilder:validation:XValidation:rule="(self.type == 'fixed-response') == has(self.fixedResponseConfig)",message="fixedResponseConfig goes with type fixed-response, and only with it"
// +kubebuilder:validation:XValidation:rule="(self.type == 'authenticate-oidc') == has(self.authenticateOidcConfig)",message="authenticateOidcConfig goes with type authenticate-oidc, and only with it"
// +kubebuilder:validation:XValidation:rule="(self.type == 'authenticate-cognito') == has(self.authenticateCognitoConfig)",message="authenticateCognitoConfig goes with type authenticate-cognito, and only with it"
// +kubebuilder:validation:XValidation:rule="(self.type == 'jwt-validation') == has(self.jwtValidationConfig)",message="jwtValidationConfig goes with type jwt-validation, and only with it"
type Action struct {
	// Type of the action.
	Type ActionType `json:"type"`

	// Order of the action, lowest first. Left out: the order of the list.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=50000
	Order *int32 `json:"order,omitempty"`

	// ForwardConfig distributes requests among target groups.
	// +optional
	ForwardConfig *ForwardActionConfig `json:"forwardConfig,omitempty"`

	// RedirectConfig answers with a redirect.
	// +optional
	RedirectConfig *RedirectActionConfig `json:"redirectConfig,omitempty"`

	// FixedResponseConfig answers by itself.
	// +optional
	FixedResponseConfig *FixedResponseActionConfig `json:"fixedResponseConfig,omitempty"`

	// AuthenticateOidcConfig authenticates users by OpenID Connect.
	// +optional
	AuthenticateOidcConfig *AuthenticateOidcActionConfig `json:"authenticateOidcConfig,omitempty"`

	// AuthenticateCognitoConfig authenticates users by Amazon Cognito.
	// +optional
	AuthenticateCognitoConfig *AuthenticateCognitoActionConfig `json:"authenticateCognitoConfig,omitempty"`

	// JwtValidationConfig admits requests with a valid JSON Web Token.
	// +optional
	JwtValidationConfig *JwtValidationActionConfig `json:"jwtValidationConfig,omitempty"`
}

// A ForwardActionConfig distributes requests among one to five target groups by weight.
type ForwardActionConfig struct {
	// TargetGroups to forward to.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=5
	// +listType=atomic
	TargetGroups []TargetGroupTuple `json:"targetGroups"`

	// TargetGroupStickinessConfig keeps a client with the target group that it met first.
	// +optional
	TargetGroupStickinessConfig *TargetGroupStickinessConfig `json:"targetGroupStickinessConfig,omitempty"`
}

// A TargetGroupTuple is a target group, by reference or by ARN, and its weight.
// +kubebuilder:validation:XValidation:rule="has(self.targetGroupArn) != has(self.targetGroupRef)",message="give either targetGroupRef or targetGroupArn"
type TargetGroupTuple struct {
	// TargetGroupArn of a target group that no TargetGroup object stands for.
	// +optional
	TargetGroupArn *string `json:"targetGroupArn,omitempty"`

	// TargetGroupRef names a TargetGroup in the same namespace.
	// +optional
	TargetGroupRef *Reference `json:"targetGroupRef,omitempty"`

	// Weight from 0 to 999. Left out: 1.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=999
	Weight *int32 `json:"weight,omitempty"`
}

// A TargetGroupStickinessConfig is the group-level stickiness of a weighted forward (cookie AWSALBTG).
type TargetGroupStickinessConfig struct {
	// Enabled turns stickiness on.
	Enabled bool `json:"enabled"`

	// DurationSeconds of the stickiness. Required by AWS when enabled.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=604800
	DurationSeconds *int32 `json:"durationSeconds,omitempty"`
}

// A RedirectActionConfig is a redirect. Each part may hold the placeholders #{protocol}, #{host}, #{port}, #{path} and
// #{query}; at least one of protocol, host, port and path must differ from the request.
type RedirectActionConfig struct {
	// Protocol HTTP, HTTPS or #{protocol}. HTTPS to HTTP is refused by AWS.
	// +optional
	// +kubebuilder:validation:Enum=HTTP;HTTPS;"#{protocol}"
	Protocol *string `json:"protocol,omitempty"`

	// Host name, not percent-encoded.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Host *string `json:"host,omitempty"`

	// Port from 1 to 65535 or #{port}.
	// +optional
	Port *string `json:"port,omitempty"`

	// Path with its leading slash.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Path *string `json:"path,omitempty"`

	// Query without its leading question mark.
	// +optional
	// +kubebuilder:validation:MaxLength=128
	Query *string `json:"query,omitempty"`

	// StatusCode of the redirect.
	// +kubebuilder:validation:Enum=HTTP_301;HTTP_302
	StatusCode string `json:"statusCode"`
}

// A FixedResponseActionConfig is an answer that the load balancer gives by itself.
type FixedResponseActionConfig struct {
	// StatusCode 2XX, 4XX or 5XX.
	// +kubebuilder:validation:Pattern=`^(2|4|5)\d\d$`
	StatusCode string `json:"statusCode"`

	// ContentType of the body.
	// +optional
	// +kubebuilder:validation:Enum=text/plain;text/css;text/html;application/javascript;application/json
	ContentType *string `json:"contentType,omitempty"`

	// MessageBody of the answer.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	MessageBody *string `json:"messageBody,omitempty"`
}

// OnUnauthenticatedRequest says what becomes of a request without a session.
// +kubebuilder:validation:Enum=deny;allow;authenticate
type OnUnauthenticatedRequest string

// An AuthenticateOidcActionConfig authenticates users by OpenID Connect. The client is read from a Secret when the rule is
// written to AWS; it is never part of spec or status.
type AuthenticateOidcActionConfig struct {
	// Issuer of the identity provider, a full URL.
	Issuer string `json:"issuer"`

	// AuthorizationEndpoint of the identity provider, a full URL.
	AuthorizationEndpoint string `json:"authorizationEndpoint"`

	// TokenEndpoint of the identity provider, a full URL.
	TokenEndpoint string `json:"tokenEndpoint"`

	// UserInfoEndpoint of the identity provider, a full URL.
	UserInfoEndpoint string `json:"userInfoEndpoint"`

	// ClientSecretRef names the Secret that holds the client, under the keys clientID and clientSecret.
	ClientSecretRef SecretReference `json:"clientSecretRef"`

	// AuthenticationRequestExtraParams go to the authorization endpoint.
	// +optional
	// +kubebuilder:validation:MaxProperties=10
	AuthenticationRequestExtraParams map[string]string `json:"authenticationRequestExtraParams,omitempty"`

	// OnUnauthenticatedRequest: AWS's default is authenticate.
	// +optional
	OnUnauthenticatedRequest *OnUnauthenticatedRequest `json:"onUnauthenticatedRequest,omitempty"`

	// Scope to ask for. AWS's default is openid.
	// +optional
	Scope *string `json:"scope,omitempty"`

	// SessionCookieName. AWS's default is AWSELBAuthSessionCookie.
	// +optional
	SessionCookieName *string `json:"sessionCookieName,omitempty"`

	// SessionTimeout in seconds. AWS's default is 604800.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=604800
	SessionTimeout *int64 `json:"sessionTimeout,omitempty"`
}

// A SecretReference names a Secret. Namespace left out: that of the referring object.
type SecretReference struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`

	// Namespace of the Secret.
	// +optional
	Namespace string `json:"namespace,omitempty"`
}

// An AuthenticateCognitoActionConfig authenticates users by an Amazon Cognito user pool.
type AuthenticateCognitoActionConfig struct {
	// UserPoolArn of the user pool.
	UserPoolArn string `json:"userPoolArn"`

	// UserPoolClientId of the user pool's client.
	UserPoolClientId string `json:"userPoolClientId"`

	// UserPoolDomain prefix or full domain of the user pool.
	UserPoolDomain string `json:"userPoolDomain"`

	// AuthenticationRequestExtraParams go to the authorization endpoint.
	// +optional
	// +kubebuilder:validation:MaxProperties=10
	AuthenticationRequestExtraParams map[string]string `json:"authenticationRequestExtraParams,omitempty"`

	// OnUnauthenticatedRequest: AWS's default is authenticate.
	// +optional
	OnUnauthenticatedRequest *OnUnauthenticatedRequest `json:"onUnauthenticatedRequest,omitempty"`

	// Scope to ask for. AWS's default is openid.
	// +optional
	Scope *string `json:"scope,omitempty"`

	// SessionCookieName. AWS's default is AWSELBAuthSessionCookie.
	// +optional
	SessionCookieName *string `json:"sessionCookieName,omitempty"`

	// SessionTimeout in seconds. AWS's default is 604800.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=604800
	SessionTimeout *int64 `json:"sessionTimeout,omitempty"`
}

// A JwtValidationActionConfig admits requests that carry a valid JSON Web Token.
type JwtValidationActionConfig struct {
	// Issuer that the token must name.
	// +kubebuilder:validation:MaxLength=256
	Issuer string `json:"issuer"`

	// JwksEndpoint with the issuer's keys, an HTTPS URL.
	// +kubebuilder:validation:MaxLength=256
	JwksEndpoint string `json:"jwksEndpoint"`

	// AdditionalClaims that the token must hold besides exp, iss, nbf and iat.
	// +optional
	// +kubebuilder:validation:MaxItems=10
	// +listType=atomic
	AdditionalClaims []JwtValidationActionAdditionalClaim `json:"additionalClaims,omitempty"`
}

// A JwtValidationActionAdditionalClaim is a claim and its allowed values.
type JwtValidationActionAdditionalClaim struct {
	// Name of the claim.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	Name string `json:"name"`

	// Format of the claim's value.
	// +kubebuilder:validation:Enum=single-string;string-array;space-separated-values
	Format string `json:"format"`

	// Values that the claim must hold; whether one of them does, AWS does not say.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=10
	// +listType=atomic
	Values []string `json:"values"`
}
