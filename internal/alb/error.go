package alb

import "fmt"

// Codes of the ELBv2 API that an Error or LimitError stands for.
const (
	CodeValidation           = "ValidationError"
	CodeInvalidConfiguration = "InvalidConfigurationRequest"
	CodeInvalidAction        = "InvalidLoadBalancerAction"
	CodeTooManyTargetGroups  = "TooManyTargetGroups"
	CodeTooManyActions       = "TooManyActions"
)

// An Error is a value that the ELBv2 API refuses.
type Error struct {
	Field   string // such as "host-header" or "redirect.path"
	Value   string // the value refused, empty where something is missing
	Problem string // "must contain a dot"
	Code    string // the API's error code
}

// Error names the field, the value and what is wrong with it.
func (e *Error) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("%s %s", e.Field, e.Problem)
	}
	return fmt.Sprintf("%s %q %s", e.Field, e.Value, e.Problem)
}

// A LimitError is a quota, a length or a range that is exceeded.
type LimitError struct {
	Field string // such as "conditions" or "http-header name"
	Value string // the value that is too long or out of range, empty for a count
	Got   int
	Limit int
	Unit  string // what is counted: "condition values", "characters"
	Code  string // the API's error code
}

// Error says how much there is and how much there may be.
func (e *LimitError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("%s: %d %s; the limit is %d", e.Field, e.Got, e.Unit, e.Limit)
	}
	return fmt.Sprintf("%s %q: %d %s; the limit is %d", e.Field, shown(e.Value), e.Got, e.Unit, e.Limit)
}

// shown keeps a message readable where the value's very fault is its length.
func shown(value string) string {
	const enough = 40
	if runes := []rune(value); len(runes) > enough {
		return string(runes[:enough]) + "..."
	}
	return value
}

func invalid(field, value, problem string) error {
	return &Error{Field: field, Value: value, Problem: problem, Code: CodeValidation}
}

func invalidAction(field, value, problem string) error {
	return &Error{Field: field, Value: value, Problem: problem, Code: CodeInvalidAction}
}

func tooLong(field, value string, limit int) error {
	if n := len([]rune(value)); n > limit {
		return &LimitError{Field: field, Value: value, Got: n, Limit: limit, Unit: "characters", Code: CodeValidation}
	}
	return nil
}

func firstError(checks ...error) error {
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}

// deref reads the SDK's optional fields: nil is the zero value.
func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
