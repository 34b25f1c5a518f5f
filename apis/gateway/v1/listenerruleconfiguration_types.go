package v1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ListenerRuleConfiguration holds what a rule of a route cannot say about its ALB rules. A filter of type ExtensionRef
// names it, at most one in a rule, in the route's namespace.
//
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:storageversion
// +kubebuilder:resource:scope=Namespaced
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type ListenerRuleConfiguration struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitzero"`

	// Spec says what the rules do besides what their route says.
	// +optional
	Spec ListenerRuleConfigurationSpec `json:"spec,omitzero"`

	// Status says whether the rules can be had.
	// +optional
	Status ListenerRuleConfigurationStatus `json:"status,omitzero"`
}

// ListenerRuleConfigurationList is a list of ListenerRuleConfigurations.
//
// +kubebuilder:object:root=true
type ListenerRuleConfigurationList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitzero"`

	Items []ListenerRuleConfiguration `json:"items"`
}

// ListenerRuleConfigurationSpec says what ALB rules do besides what their route says.
//
// +kubebuilder:validation:XValidation:rule="!has(self.actions) || size(self.actions) > 0",message="At least one action must be specified if actions field is present"
// +kubebuilder:validation:XValidation:rule="!has(self.actions) || self.actions.all(a, a.type == 'authenticate-oidc' || a.type == 'authenticate-cognito' || a.type == 'jwt-validation' || a.type == 'fixed-response' || a.type == 'forward' || a.type == 'redirect')",message="Only forward, redirect, authenticate-oidc, authenticate-cognito, jwt-validation, and fixed-response action types are supported"
// +kubebuilder:validation:XValidation:rule="!has(self.actions) || size(self.actions.filter(a, a.type == 'authenticate-oidc' || a.type == 'authenticate-cognito' || a.type == 'jwt-validation')) <= 1",message="At most one pre-routing action (authenticate-oidc, authenticate-cognito, or jwt-validation) can be specified"
// +kubebuilder:validation:XValidation:rule="!has(self.actions) || size(self.actions.filter(a, a.type == 'fixed-response' || a.type == 'forward' || a.type == 'redirect')) <= 1",message="At most one routing action (fixed-response or forward or redirect) can be specified"
type ListenerRuleConfigurationSpec struct {
	// Actions lists at most one action before routing (authentication, token validation) and one routing action, which
	// adds to what the route says (forward, redirect) or replaces it (fixed-response).
	// +optional
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=2
	Actions []Action `json:"actions,omitempty"`

	// Conditions lists what has to hold besides the matches of the rule.
	// +optional
	// +kubebuilder:validation:MinItems=1
	Conditions []ListenerRuleCondition `json:"conditions,omitempty"`

	// Tags go on the ALB rules. AWS allows 50.
	// +optional
	Tags map[string]string `json:"tags,omitempty"`
}

// ListenerRuleConfigurationStatus says whether the rules can be had.
type ListenerRuleConfigurationStatus struct {
	// ObservedGeneration is the generation that the rest of the status is about.
	// +optional
	ObservedGeneration *int64 `json:"observedGeneration,omitempty"`

	// Accepted says whether everything that the spec names was found.
	// +optional
	Accepted *bool `json:"accepted,omitempty"`

	// Message says what is wrong, or Accepted.
	// +optional
	Message *string `json:"message,omitempty"`

	Use `json:",inline"`
}

// Action is a step that ALB rules take. Exactly the configuration that belongs to its type has to be given.
//
// +kubebuilder:validation:XValidation:rule="has(self.type) && self.type == 'forward' ? has(self.forwardConfig) : !has(self.forwardConfig)",message="forwardConfig must be specified only when type is 'forward'"
// +kubebuilder:validation:XValidation:rule="has(self.type) && self.type == 'redirect' ? has(self.redirectConfig) : !has(self.redirectConfig)",message="redirectConfig must be specified only when type is 'redirect'"
// +kubebuilder:validation:XValidation:rule="has(self.type) && self.type == 'fixed-response' ? has(self.fixedResponseConfig) : !has(self.fixedResponseConfig)",message="fixedResponseConfig must be specified only when type is 'fixed-response'"
// +kubebuilder:validation:XValidation:rule="has(self.type) && self.type == 'authenticate-cognito' ? has(self.authenticateCognitoConfig) : !has(self.authenticateCognitoConfig)",message="authenticateCognitoConfig must be specified only when type is 'authenticate-cognito'"
// +kubebuilder:validation:XValidation:rule="has(self.type) && self.type == 'authenticate-oidc' ? has(self.authenticateOIDCConfig) : !has(self.authenticateOIDCConfig)",message="authenticateOIDCConfig must be specified only when type is 'authenticate-oidc'"
// +kubebuilder:validation:XValidation:rule="has(self.type) && self.type == 'jwt-validation' ? has(self.jwtValidationConfig) : !has(self.jwtValidationConfig)",message="jwtValidationConfig must be specified only when type is 'jwt-validation'"
type Action struct {
	// Type of the action.
	Type ActionType `json:"type"`

	// ForwardConfig is for type forward.
	// +optional
	ForwardConfig *ForwardActionConfig `json:"forwardConfig,omitempty"`

	// RedirectConfig is for type redirect. The rule needs a RequestRedirect filter too.
	// +optional
	RedirectConfig *RedirectActionConfig `json:"redirectConfig,omitempty"`

	// FixedResponseConfig is for type fixed-response.
	// +optional
	FixedResponseConfig *FixedResponseActionConfig `json:"fixedResponseConfig,omitempty"`

	// AuthenticateCognitoConfig is for type authenticate-cognito. HTTPS listeners only.
	// +optional
	AuthenticateCognitoConfig *AuthenticateCognitoActionConfig `json:"authenticateCognitoConfig,omitempty"`

	// AuthenticateOIDCConfig is for type authenticate-oidc. HTTPS listeners only.
	// +optional
	AuthenticateOIDCConfig *AuthenticateOIDCActionConfig `json:"authenticateOIDCConfig,omitempty"`

	// JwtValidationConfig is for type jwt-validation. HTTPS listeners only.
	// +optional
	JwtValidationConfig *JwtValidationConfig `json:"jwtValidationConfig,omitempty"`
}

// ActionType is a type of action of ELBv2.
//
// +kubebuilder:validation:Enum=forward;fixed-response;redirect;authenticate-cognito;authenticate-oidc;jwt-validation
type ActionType string

// The action types.
const (
	ActionTypeForward             ActionType = "forward"
	ActionTypeFixedResponse       ActionType = "fixed-response"
	ActionTypeRedirect            ActionType = "redirect"
	ActionTypeAuthenticateCognito ActionType = "authenticate-cognito"
	ActionTypeAuthenticateOIDC    ActionType = "authenticate-oidc"
	ActionTypeJwtValidation       ActionType = "jwt-validation"
)

// ListenerRuleCondition is something that has to hold for a request besides the matches of the rule.
//
// +kubebuilder:validation:XValidation:rule="has(self.field) && self.field == 'source-ip' ? has(self.sourceIPConfig) : !has(self.sourceIPConfig)",message="sourceIPConfig must be specified only when field is 'source-ip'"
type ListenerRuleCondition struct {
	// Field of the request.
	Field ListenerRuleConditionField `json:"field"`

	// SourceIPConfig is for field source-ip.
	// +optional
	SourceIPConfig *SourceIPConditionConfig `json:"sourceIPConfig,omitempty"`

	// MatchIndexes lists which matches of the rule this is for, from 0. Absent means all.
	// +optional
	MatchIndexes []int `json:"matchIndexes,omitempty"`
}

// ListenerRuleConditionField is a field of a request, as ELBv2 rule conditions name it.
//
// +kubebuilder:validation:Enum=source-ip
type ListenerRuleConditionField string

// ListenerRuleConditionFieldSourceIP is the address that the request came from.
const ListenerRuleConditionFieldSourceIP ListenerRuleConditionField = "source-ip"

// SourceIPConditionConfig tells which addresses requests may come from.
type SourceIPConditionConfig struct {
	// Values lists CIDRs, IPv4 or IPv6; one of them has to hold the address of the connection (not the one in
	// X-Forwarded-For). Where they are more than an ALB allows a rule, it becomes several.
	// +kubebuilder:validation:MinItems=1
	Values []string `json:"values"`
}
