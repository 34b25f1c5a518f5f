package v1alpha1

// RuleConditionField is what a condition looks at.
// +kubebuilder:validation:Enum=host-header;path-pattern;http-header;http-request-method;query-string;source-ip
type RuleConditionField string

// The six condition fields of an Application Load Balancer.
const (
	FieldHostHeader        RuleConditionField = "host-header"
	FieldPathPattern       RuleConditionField = "path-pattern"
	FieldHTTPHeader        RuleConditionField = "http-header"
	FieldHTTPRequestMethod RuleConditionField = "http-request-method"
	FieldQueryString       RuleConditionField = "query-string"
	FieldSourceIP          RuleConditionField = "source-ip"
)

// A RuleCondition is one condition of a rule. Conditions are ANDed, the values within one are ORed; a rule holds at most
// five values in all (ELBv2 quota), values and regex values together.
// +kubebuilder:validation:XValidation:rule="(self.field == 'host-header') == has(self.hostHeaderConfig)",message="hostHeaderConfig goes with field host-header, and only with it"
// +kubebuilder:validation:XValidation:rule="(self.field == 'path-pattern') == has(self.pathPatternConfig)",message="pathPatternConfig goes with field path-pattern, and only with it"
// +kubebuilder:validation:XValidation:rule="(self.field == 'http-header') == has(self.httpHeaderConfig)",message="httpHeaderConfig goes with field http-header, and only with it"
// +kubebuilder:validation:XValidation:rule="(self.field == 'http-request-method') == has(self.httpRequestMethodConfig)",message="httpRequestMethodConfig goes with field http-request-method, and only with it"
// +kubebuilder:validation:XValidation:rule="(self.field == 'query-string') == has(self.queryStringConfig)",message="queryStringConfig goes with field query-string, and only with it"
// +kubebuilder:validation:XValidation:rule="(self.field == 'source-ip') == has(self.sourceIpConfig)",message="sourceIpConfig goes with field source-ip, and only with it"
type RuleCondition struct {
	// Field that the condition looks at.
	Field RuleConditionField `json:"field"`

	// HostHeaderConfig matches the Host header, without case.
	// +optional
	HostHeaderConfig *PatternConditionConfig `json:"hostHeaderConfig,omitempty"`

	// PathPatternConfig matches the path, with case, never the query.
	// +optional
	PathPatternConfig *PatternConditionConfig `json:"pathPatternConfig,omitempty"`

	// HttpHeaderConfig matches a header.
	// +optional
	HttpHeaderConfig *HttpHeaderConditionConfig `json:"httpHeaderConfig,omitempty"`

	// HttpRequestMethodConfig matches the request method, with case.
	// +optional
	HttpRequestMethodConfig *ValuesConditionConfig `json:"httpRequestMethodConfig,omitempty"`

	// QueryStringConfig matches the query string, without case.
	// +optional
	QueryStringConfig *QueryStringConditionConfig `json:"queryStringConfig,omitempty"`

	// SourceIpConfig matches the address of the client's TCP connection.
	// +optional
	SourceIpConfig *ValuesConditionConfig `json:"sourceIpConfig,omitempty"`
}

// A PatternConditionConfig holds either values with the wildcards * and ?, or regular expressions.
// +kubebuilder:validation:XValidation:rule="has(self.values) != has(self.regexValues)",message="give either values or regexValues"
type PatternConditionConfig struct {
	// Values with the wildcards * (any number of characters) and ? (exactly one).
	// +optional
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=5
	// +listType=atomic
	Values []string `json:"values,omitempty"`

	// RegexValues in RE2 syntax.
	// +optional
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=5
	// +listType=atomic
	RegexValues []string `json:"regexValues,omitempty"`
}

// An HttpHeaderConditionConfig holds the name of a header, and values or regular expressions for it.
// +kubebuilder:validation:XValidation:rule="has(self.values) != has(self.regexValues)",message="give either values or regexValues"
type HttpHeaderConditionConfig struct {
	// HttpHeaderName, without wildcards. Host is refused: use field host-header.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=40
	HttpHeaderName string `json:"httpHeaderName"`

	// Values with the wildcards * and ?, compared without case.
	// +optional
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=5
	// +listType=atomic
	Values []string `json:"values,omitempty"`

	// RegexValues in RE2 syntax.
	// +optional
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=5
	// +listType=atomic
	RegexValues []string `json:"regexValues,omitempty"`
}

// A ValuesConditionConfig holds plain values: request methods, or source CIDRs.
type ValuesConditionConfig struct {
	// Values, one of which must match.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=5
	// +listType=atomic
	Values []string `json:"values"`
}

// A QueryStringConditionConfig holds key and value pairs, one of which must be in the query.
type QueryStringConditionConfig struct {
	// Values, one of which must match.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=5
	// +listType=atomic
	Values []QueryStringKeyValuePair `json:"values"`
}

// A QueryStringKeyValuePair is a query parameter. Both parts may hold the wildcards * and ?, literal after a backslash.
type QueryStringKeyValuePair struct {
	// Key of the parameter. Left out: any key.
	// +optional
	// +kubebuilder:validation:MaxLength=128
	Key *string `json:"key,omitempty"`

	// Value of the parameter.
	// +kubebuilder:validation:MaxLength=128
	Value string `json:"value"`
}
