package v1

// AuthenticateCognitoActionConfig has users log in with an Amazon Cognito user pool.
type AuthenticateCognitoActionConfig struct {
	// AuthenticationRequestExtraParams go into the query of the redirect to the login page: at most 10.
	// +optional
	// +kubebuilder:validation:MaxProperties=10
	AuthenticationRequestExtraParams map[string]string `json:"authenticationRequestExtraParams,omitempty"`

	// OnUnauthenticatedRequest says what becomes of a request without a session.
	// +optional
	// +kubebuilder:default="authenticate"
	OnUnauthenticatedRequest *OnUnauthenticatedRequest `json:"onUnauthenticatedRequest,omitempty"`

	// Scope lists the user claims to ask for, with spaces between them.
	// +optional
	// +kubebuilder:default="openid"
	Scope *string `json:"scope,omitempty"`

	// SessionCookieName is the name of the cookie that holds the session.
	// +optional
	// +kubebuilder:default="AWSELBAuthSessionCookie"
	SessionCookieName *string `json:"sessionCookieName,omitempty"`

	// SessionTimeout is how long a session lasts, in seconds: 1 to 604800 (7 days).
	// +optional
	// +kubebuilder:default=604800
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=604800
	SessionTimeout *int64 `json:"sessionTimeout,omitempty"`

	// UserPoolArn is the ARN of the user pool.
	UserPoolArn string `json:"userPoolArn"`

	// UserPoolClientID is the id of the user pool's client.
	UserPoolClientID string `json:"userPoolClientId"`

	// UserPoolDomain is the domain of the user pool: a full name, or the prefix of an Amazon one.
	UserPoolDomain string `json:"userPoolDomain"`
}

// AuthenticateOIDCActionConfig has users log in with an OpenID Connect provider.
type AuthenticateOIDCActionConfig struct {
	// AuthenticationRequestExtraParams go into the query of the redirect to the login page: at most 10.
	// +optional
	// +kubebuilder:validation:MaxProperties=10
	AuthenticationRequestExtraParams map[string]string `json:"authenticationRequestExtraParams,omitempty"`

	// OnUnauthenticatedRequest says what becomes of a request without a session.
	// +optional
	// +kubebuilder:default="authenticate"
	OnUnauthenticatedRequest *OnUnauthenticatedRequest `json:"onUnauthenticatedRequest,omitempty"`

	// Scope lists the user claims to ask for, with spaces between them.
	// +optional
	// +kubebuilder:default="openid"
	Scope *string `json:"scope,omitempty"`

	// SessionCookieName is the name of the cookie that holds the session.
	// +optional
	// +kubebuilder:default="AWSELBAuthSessionCookie"
	SessionCookieName *string `json:"sessionCookieName,omitempty"`

	// SessionTimeout is how long a session lasts, in seconds: 1 to 604800 (7 days).
	// +optional
	// +kubebuilder:default=604800
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=604800
	SessionTimeout *int64 `json:"sessionTimeout,omitempty"`

	// AuthorizationEndpoint is the provider's https URL for logging in.
	AuthorizationEndpoint string `json:"authorizationEndpoint"`

	// Secret holds what the provider knows the load balancer by.
	Secret Secret `json:"secret"`

	// Issuer is the provider's issuer identifier, an https URL.
	Issuer string `json:"issuer"`

	// TokenEndpoint is the provider's https URL for tokens.
	TokenEndpoint string `json:"tokenEndpoint"`

	// UseExistingClientSecret is accepted for compatibility and has no effect: the client secret comes from secret.
	// +optional
	UseExistingClientSecret *bool `json:"useExistingClientSecret,omitempty"`

	// UserInfoEndpoint is the provider's https URL for user claims.
	UserInfoEndpoint string `json:"userInfoEndpoint"`
}

// Secret names a Kubernetes Secret.
type Secret struct {
	// Name of a Secret in the route's namespace, with keys clientID (or clientId) and clientSecret.
	Name string `json:"name"`
}

// OnUnauthenticatedRequest says what becomes of a request without a session: 401 (deny), passed on all the same (allow)
// or sent to the login page (authenticate).
//
// +kubebuilder:validation:Enum=deny;allow;authenticate
type OnUnauthenticatedRequest string

// What becomes of a request without a session.
const (
	OnUnauthenticatedRequestDeny         OnUnauthenticatedRequest = "deny"
	OnUnauthenticatedRequestAllow        OnUnauthenticatedRequest = "allow"
	OnUnauthenticatedRequestAuthenticate OnUnauthenticatedRequest = "authenticate"
)

// JwtValidationConfig lets only requests with a valid JSON Web Token (header Authorization: Bearer) pass.
type JwtValidationConfig struct {
	// AdditionalClaims lists what the token has to claim besides issuer, expiry and the like.
	// +optional
	AdditionalClaims []JwtAdditionalClaim `json:"additionalClaims,omitempty"`

	// Issuer of the token: at most 256 characters.
	// +kubebuilder:validation:MaxLength=256
	Issuer string `json:"issuer"`

	// JwksEndpoint is the https URL of the issuer's keys (a JSON Web Key Set): at most 256 characters.
	// +kubebuilder:validation:MaxLength=256
	JwksEndpoint string `json:"jwksEndpoint"`
}

// JwtAdditionalClaim is a claim that a token has to make.
type JwtAdditionalClaim struct {
	// Format of the claim's value in the token.
	Format JwtClaimFormat `json:"format"`

	// Name of the claim; exp, iss, nbf and iat are checked anyway, and ELBv2 refuses them here.
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`

	// Values lists 1 to 10 values of at most 256 characters that the claim has to have; whether one of them does, AWS does
	// not say. With the format space-separated-values they hold no space.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=10
	// +kubebuilder:validation:items:MaxLength=256
	Values []string `json:"values"`
}

// JwtClaimFormat is the format of a claim's value, as ELBv2 names it.
//
// +kubebuilder:validation:Enum=single-string;string-array;space-separated-values
type JwtClaimFormat string

// The claim formats.
const (
	JwtClaimFormatSingleString         JwtClaimFormat = "single-string"
	JwtClaimFormatStringArray          JwtClaimFormat = "string-array"
	JwtClaimFormatSpaceSeparatedValues JwtClaimFormat = "space-separated-values"
)
