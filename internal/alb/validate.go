package alb

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// ValidateConditions says whether CreateRule takes these conditions. The first objection is returned, as an *Error or
// a *LimitError.
func ValidateConditions(conditions []types.RuleCondition) error {
	return Assumptions{}.ValidateConditions(conditions)
}

// ValidateConditions is the package's ValidateConditions under these assumptions.
func (a Assumptions) ValidateConditions(conditions []types.RuleCondition) error {
	if len(conditions) == 0 {
		return invalid("conditions", "", "must hold at least one condition; only a default rule has none")
	}
	for _, c := range conditions {
		if err := a.validateCondition(c); err != nil {
			return err
		}
	}
	return firstError(onceEach(conditions), a.countValues(conditions), countWildcards(conditions))
}

func (a Assumptions) validateCondition(c types.RuleCondition) error {
	field := deref(c.Field)
	if err := firstError(validateShape(c), a.validateCount(c)); err != nil {
		return err
	}
	plain, regex := valuesOf(c)
	for _, text := range plain {
		if err := a.validateValue(field, text); err != nil {
			return err
		}
	}
	for _, text := range regex {
		if err := a.validateRegex(field, text); err != nil {
			return err
		}
	}
	if field == FieldQueryString {
		return validatePairs(c.QueryStringConfig.Values)
	}
	return nil
}

// validateShape checks which members go with the field (API reference, RuleCondition).
func validateShape(c types.RuleCondition) error {
	field := deref(c.Field)
	configs := map[string]bool{
		FieldHostHeader:    c.HostHeaderConfig != nil,
		FieldPathPattern:   c.PathPatternConfig != nil,
		FieldHTTPHeader:    c.HttpHeaderConfig != nil,
		FieldRequestMethod: c.HttpRequestMethodConfig != nil,
		FieldQueryString:   c.QueryStringConfig != nil,
		FieldSourceIP:      c.SourceIpConfig != nil,
	}
	own, known := configs[field]
	if !known {
		return invalid("condition field", field, "is none that an ALB knows")
	}
	for _, other := range []string{FieldHostHeader, FieldPathPattern, FieldHTTPHeader, FieldRequestMethod, FieldQueryString, FieldSourceIP} {
		if other != field && configs[other] {
			return invalid(field, "", fmt.Sprintf("must not carry the settings of a %s condition", other))
		}
	}
	short := field == FieldHostHeader || field == FieldPathPattern
	switch {
	case !short && !own:
		return invalid(field, "", "must have its own settings; Values serves host-header and path-pattern only")
	case !short && len(c.Values) > 0:
		return invalid(field, "", "must not use Values; they serve host-header and path-pattern only")
	case own && len(c.Values) > 0:
		return invalid(field, "", "must have either Values or its own settings, not both")
	}
	if field == FieldHTTPHeader {
		return validateHeaderName(deref(c.HttpHeaderConfig.HttpHeaderName))
	}
	return nil
}

func (a Assumptions) validateCount(c types.RuleCondition) error {
	plain, regex := valuesOf(c)
	n := len(plain) + len(regex)
	if c.QueryStringConfig != nil {
		n = len(c.QueryStringConfig.Values)
	}
	switch field := deref(c.Field); {
	case n == 0:
		return invalid(field, "", "must have at least one value")
	case len(regex) > 0 && len(plain) > 0:
		return invalid(field, "", "must have either plain values or regex values, not both")
	case len(regex) > 0 && !slices.Contains([]string{FieldHostHeader, FieldPathPattern, FieldHTTPHeader}, field):
		return invalid(field, "", "must not have regex values; host-header, path-pattern and http-header may")
	case a.ConditionValues == ThreePerCondition && n > MaxConditionValuesPerCondition:
		return &LimitError{Field: field, Got: n, Limit: MaxConditionValuesPerCondition, Unit: "values in one condition", Code: CodeValidation}
	}
	return nil
}

func onceEach(conditions []types.RuleCondition) error {
	seen := map[string]bool{}
	for _, c := range conditions {
		field := deref(c.Field)
		if seen[field] && field != FieldHTTPHeader && field != FieldQueryString {
			return invalid(field, "", "may be given once in a rule")
		}
		seen[field] = true
	}
	return nil
}

func (a Assumptions) countValues(conditions []types.RuleCondition) error {
	n := 0
	for _, c := range conditions {
		n += a.CountValues(c)
	}
	if n > MaxConditionValues {
		return &LimitError{Field: "conditions", Got: n, Limit: MaxConditionValues, Unit: "condition values and regex values", Code: CodeValidation}
	}
	return nil
}

// CountValues is what a condition counts against MaxConditionValues.
func CountValues(c types.RuleCondition) int { return Assumptions{}.CountValues(c) }

// CountValues is the package's CountValues under these assumptions.
func (a Assumptions) CountValues(c types.RuleCondition) int {
	plain, regex := valuesOf(c)
	n := len(plain) + len(regex)
	if c.QueryStringConfig == nil {
		return n
	}
	for _, pair := range c.QueryStringConfig.Values {
		n++
		if a.QueryPairCount == PairIsTwo && deref(pair.Key) != "" {
			n++
		}
	}
	return n
}

func countWildcards(conditions []types.RuleCondition) error {
	n := 0
	for _, c := range conditions {
		n += CountWildcards(c)
	}
	if n > MaxWildcards {
		return &LimitError{Field: "conditions", Got: n, Limit: MaxWildcards, Unit: "wildcards", Code: CodeValidation}
	}
	return nil
}

// CountWildcards is what a condition counts against MaxWildcards. Regexes count nothing.
func CountWildcards(c types.RuleCondition) int {
	n := 0
	switch field := deref(c.Field); field {
	case FieldHostHeader, FieldPathPattern, FieldHTTPHeader:
		plain, _ := valuesOf(c)
		for _, text := range plain {
			n += pathDialect.wildcards(text)
		}
	case FieldQueryString:
		if c.QueryStringConfig == nil {
			return 0
		}
		for _, pair := range c.QueryStringConfig.Values {
			n += queryDialect.wildcards(deref(pair.Key)) + queryDialect.wildcards(deref(pair.Value))
		}
	}
	return n
}

func validatePairs(pairs []types.QueryStringKeyValuePair) error {
	for _, pair := range pairs {
		key, val := deref(pair.Key), deref(pair.Value)
		if val == "" {
			return invalid(FieldQueryString, key, "must have a value; the key alone may be left out")
		}
		for _, text := range []string{key, val} {
			if err := firstError(tooLong(FieldQueryString, text, MaxConditionValueLength), only(FieldQueryString, text, printable)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a Assumptions) validateValue(field, text string) error {
	if text == "" {
		return invalid(field, "", "must not have an empty value")
	}
	limit := MaxConditionValueLength
	if field == FieldRequestMethod {
		limit = MaxMethodLength
	}
	if err := tooLong(field, text, limit); err != nil {
		return err
	}
	switch field {
	case FieldHostHeader:
		return a.validateHost(text)
	case FieldPathPattern:
		return only(field, strings.ReplaceAll(text, "&amp;", "&"), pathCharacter)
	case FieldHTTPHeader:
		return only(field, text, printable)
	case FieldRequestMethod:
		return only(field, text, methodCharacter)
	default:
		return validateCIDR(text)
	}
}

func (a Assumptions) validateHost(text string) error {
	allowed := hostCharacter
	if a.HostUnderscore == Other {
		allowed = func(c rune) bool { return c == '_' || hostCharacter(c) }
	}
	if err := only(FieldHostHeader, text, allowed); err != nil {
		return err
	}
	dot := strings.LastIndexByte(text, '.')
	if dot < 0 {
		return invalid(FieldHostHeader, text, "must contain a dot")
	}
	if last := text[dot+1:]; last == "" || strings.ContainsFunc(last, func(c rune) bool { return !letter(c) }) {
		return invalid(FieldHostHeader, text, "must have letters, and only letters, after the last dot")
	}
	return nil
}

func validateHeaderName(name string) error {
	const field = "http-header name"
	switch {
	case name == "":
		return invalid(field, "", "must be given")
	case strings.EqualFold(name, "Host"):
		return invalid(field, name, "must be matched with a host-header condition")
	}
	return firstError(tooLong(field, name, MaxHeaderNameLength), only(field, name, tokenCharacter))
}

func validateCIDR(text string) error {
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return invalid(FieldSourceIP, text, "is not a CIDR block")
	case prefix == netip.MustParsePrefix("255.255.255.255/32"):
		return invalid(FieldSourceIP, text, "is not a block that a client can have")
	}
	return nil
}

func (a Assumptions) validateRegex(field, text string) error {
	if text == "" {
		return invalid(field, "", "must not have an empty regex value")
	}
	if err := tooLong(field, text, MaxConditionValueLength); err != nil {
		return err
	}
	if _, err := (regexStyle{flags: a.InlineFlags}).compile(text); err != nil {
		return invalid(field, text, err.Error())
	}
	return nil
}
