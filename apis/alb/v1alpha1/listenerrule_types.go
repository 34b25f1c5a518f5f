package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ListenerRuleParameters are the settings of a rule, as ELBv2 CreateRule takes them.
// +kubebuilder:validation:XValidation:rule="has(self.listenerArn) != has(self.listenerRef)",message="give either listenerRef or listenerArn"
type ListenerRuleParameters struct {
	// ListenerArn of a listener that no Listener object stands for.
	// +optional
	ListenerArn *string `json:"listenerArn,omitempty"`

	// ListenerRef names a Listener in the same namespace.
	// +optional
	ListenerRef *Reference `json:"listenerRef,omitempty"`

	// Priority of the rule, unique on its listener; the lowest that matches answers.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=50000
	Priority int32 `json:"priority"`

	// Conditions that a request must meet, all of them.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=5
	// +listType=atomic
	Conditions []RuleCondition `json:"conditions"`

	// Actions that answer the request.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=2
	// +listType=atomic
	Actions []Action `json:"actions"`

	// Transforms of the request before it is forwarded or redirected.
	// +optional
	// +kubebuilder:validation:MaxItems=2
	// +listType=atomic
	Transforms []RuleTransform `json:"transforms,omitempty"`

	// Tags of the rule, beside those that say who owns it.
	// +optional
	// +kubebuilder:validation:MaxProperties=40
	Tags map[string]string `json:"tags,omitempty"`
}

// A RuleTransform rewrites the Host header or the URL of a request. A rule holds at most one of each type.
// +kubebuilder:validation:XValidation:rule="(self.type == 'host-header-rewrite') == has(self.hostHeaderRewriteConfig)",message="hostHeaderRewriteConfig goes with type host-header-rewrite, and only with it"
// +kubebuilder:validation:XValidation:rule="(self.type == 'url-rewrite') == has(self.urlRewriteConfig)",message="urlRewriteConfig goes with type url-rewrite, and only with it"
type RuleTransform struct {
	// Type of the transform.
	// +kubebuilder:validation:Enum=host-header-rewrite;url-rewrite
	Type string `json:"type"`

	// HostHeaderRewriteConfig rewrites the Host header.
	// +optional
	HostHeaderRewriteConfig *RewriteConfigs `json:"hostHeaderRewriteConfig,omitempty"`

	// UrlRewriteConfig rewrites path and query together.
	// +optional
	UrlRewriteConfig *RewriteConfigs `json:"urlRewriteConfig,omitempty"`
}

// RewriteConfigs hold the one rewrite that a transform may have.
type RewriteConfigs struct {
	// Rewrites of the transform.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=1
	// +listType=atomic
	Rewrites []RewriteConfig `json:"rewrites"`
}

// A RewriteConfig replaces what a regular expression matches.
type RewriteConfig struct {
	// Regex to look for.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Regex string `json:"regex"`

	// Replace puts this in its place; $1 to $9 stand for captured groups.
	// +kubebuilder:validation:MaxLength=1024
	Replace string `json:"replace"`
}

// ListenerRuleObservation is what AWS says of the rule.
type ListenerRuleObservation struct {
	// ARN of the rule.
	// +optional
	ARN string `json:"arn,omitempty"`

	// ListenerARN that the rule belongs to.
	// +optional
	ListenerARN string `json:"listenerArn,omitempty"`

	// Priority in AWS.
	// +optional
	Priority int32 `json:"priority,omitempty"`

	// Hosts that the rule serves, for people: "shop.example.com,*.example.org", or "*" for any.
	// +optional
	Hosts string `json:"hosts,omitempty"`

	// Paths that the rule serves, for people: "/cart" exactly, "/cart/*" by prefix, "~^/v[0-9]+" by regular expression.
	// +optional
	Paths string `json:"paths,omitempty"`

	// Action that the rule takes, for people: "forward web:80 (90), web-next:80 (10)", "redirect https", "fixed 404".
	// +optional
	Action string `json:"action,omitempty"`

	// TargetGroupARNs that the rule forwards to, in the order of its actions.
	// +optional
	// +listType=atomic
	TargetGroupARNs []string `json:"targetGroupArns,omitempty"`
}

// A ListenerRuleSpec is the desired state of a ListenerRule.
type ListenerRuleSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	// ForProvider is what the rule is to be in AWS.
	ForProvider ListenerRuleParameters `json:"forProvider"`
}

// A ListenerRuleStatus is the observed state of a ListenerRule.
type ListenerRuleStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// AtProvider is what the rule is in AWS.
	// +optional
	AtProvider ListenerRuleObservation `json:"atProvider,omitempty"`
}

// A ListenerRule is a rule of a listener.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,managed,aws,alb}
// +kubebuilder:printcolumn:name="PRIORITY",type="integer",JSONPath=".spec.forProvider.priority"
// +kubebuilder:printcolumn:name="HOSTS",type="string",JSONPath=".status.atProvider.hosts"
// +kubebuilder:printcolumn:name="PATHS",type="string",JSONPath=".status.atProvider.paths"
// +kubebuilder:printcolumn:name="ACTION",type="string",JSONPath=".status.atProvider.action"
// +kubebuilder:printcolumn:name="ROUTE",type="string",JSONPath=".metadata.labels.alb\\.gateway\\.crossplane\\.io/route-name"
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="ARN",type="string",JSONPath=".status.atProvider.arn",priority=1
type ListenerRule struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ListenerRuleSpec `json:"spec"`

	// +kubebuilder:default={conditions: {{type: "Synced", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}, {type: "Ready", status: "Unknown", reason: "Pending", lastTransitionTime: "1970-01-01T00:00:00Z"}}}
	Status ListenerRuleStatus `json:"status,omitempty"`
}

// ListenerRuleList is a list of ListenerRules.
// +kubebuilder:object:root=true
type ListenerRuleList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []ListenerRule `json:"items"`
}
