package v1alpha1

// A Reference names an object of a known kind in the same namespace.
type Reference struct {
	// Name of the object.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
}

// An Attribute is one key and value of an ELBv2 attribute list. Keys and values are those of the ELBv2 API, such as
// "idle_timeout.timeout_seconds" and "60".
type Attribute struct {
	// Key of the attribute.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	Key string `json:"key"`

	// Value of the attribute. An empty string is a value.
	// +kubebuilder:validation:MaxLength=1024
	Value string `json:"value"`
}
