package alb

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

var (
	hostDialect   = dialect{fold: true}
	pathDialect   = dialect{}
	headerDialect = dialect{fold: true}
	queryDialect  = dialect{fold: true, escape: true}
)

// A condition is compiled. Its values are ORed; the conditions of a rule are ANDed.
type condition struct {
	field   string
	values  []value
	subject func(r *Request) string               // what the values are compared with
	lines   func(r *Request) []string             // the same for a header, which may come several times
	test    func(r *Request) (by string, ok bool) // instead of both, for conditions of another shape
	absent  string                                // why nothing can match when the subject is missing
}

// A value is one of a condition's, as written and ready to compare.
type value struct {
	text  string
	match func(s string) bool
}

func compileCondition(a Assumptions, c types.RuleCondition) (condition, error) {
	switch field := deref(c.Field); field {
	case FieldHostHeader:
		return a.host(c)
	case FieldPathPattern:
		return a.path(c)
	case FieldHTTPHeader:
		return a.header(c)
	case FieldRequestMethod:
		return method(c), nil
	case FieldQueryString:
		return a.query(c), nil
	case FieldSourceIP:
		return sourceIP(c)
	default:
		return condition{}, invalid("condition field", field, "is none that an ALB knows")
	}
}

// valuesOf reads the two places in which DescribeRules shows a condition's values.
func valuesOf(c types.RuleCondition) (plain, regex []string) {
	switch {
	case c.HostHeaderConfig != nil:
		plain, regex = c.HostHeaderConfig.Values, c.HostHeaderConfig.RegexValues
	case c.PathPatternConfig != nil:
		plain, regex = c.PathPatternConfig.Values, c.PathPatternConfig.RegexValues
	case c.HttpHeaderConfig != nil:
		plain, regex = c.HttpHeaderConfig.Values, c.HttpHeaderConfig.RegexValues
	case c.HttpRequestMethodConfig != nil:
		plain = c.HttpRequestMethodConfig.Values
	case c.SourceIpConfig != nil:
		plain = c.SourceIpConfig.Values
	}
	if len(plain) == 0 {
		plain = c.Values
	}
	if len(regex) == 0 {
		regex = c.RegexValues
	}
	return plain, regex
}

func (a Assumptions) host(c types.RuleCondition) (condition, error) {
	values, err := compileValues(c, hostDialect, regexStyle{a.RegexHostCase, a.RegexAnchor, a.InlineFlags})
	return condition{
		field:   FieldHostHeader,
		values:  values,
		subject: a.hostOf,
	}, err
}

func (a Assumptions) path(c types.RuleCondition) (condition, error) {
	values, err := compileValues(c, pathDialect, regexStyle{CaseHeeded, a.RegexAnchor, a.InlineFlags})
	return condition{
		field:   FieldPathPattern,
		values:  values,
		subject: func(r *Request) string { return a.Path.path(a.PathForm.path(r.Path)) },
	}, err
}

func (a Assumptions) header(c types.RuleCondition) (condition, error) {
	name := ""
	if c.HttpHeaderConfig != nil {
		name = deref(c.HttpHeaderConfig.HttpHeaderName)
	}
	values, err := compileValues(c, headerDialect, regexStyle{a.RegexHeaderCase, a.RegexAnchor, a.InlineFlags})
	return condition{
		field:  FieldHTTPHeader,
		values: values,
		absent: fmt.Sprintf("header %q is not in the request", name),
		lines:  func(r *Request) []string { return r.Header.Values(name) },
	}, err
}

func method(c types.RuleCondition) condition {
	plain, _ := valuesOf(c)
	cond := condition{field: FieldRequestMethod, subject: func(r *Request) string { return r.Method }}
	for _, text := range plain {
		cond.values = append(cond.values, value{text, func(s string) bool { return s == text }})
	}
	return cond
}

func (a Assumptions) query(c types.RuleCondition) condition {
	cond := condition{field: FieldQueryString}
	if c.QueryStringConfig == nil {
		cond.test = func(*Request) (string, bool) { return "", false }
		return cond
	}
	pairs := make([]func(k, v string) bool, 0, len(c.QueryStringConfig.Values))
	for _, pair := range c.QueryStringConfig.Values {
		match, text := compilePair(pair)
		pairs = append(pairs, match)
		cond.values = append(cond.values, value{text: text})
	}
	cond.absent = "the request has no query string"
	cond.test = func(r *Request) (string, bool) {
		for key, val := range parameters(r.RawQuery, a.Query) {
			for i, match := range pairs {
				if match(key, val) {
					return cond.values[i].text, true
				}
			}
		}
		return "", false
	}
	return cond
}

func compilePair(pair types.QueryStringKeyValuePair) (match func(k, v string) bool, text string) {
	val := queryDialect.compile(deref(pair.Value))
	if deref(pair.Key) == "" {
		return func(_, v string) bool { return val.match(v) }, deref(pair.Value)
	}
	key := queryDialect.compile(*pair.Key)
	text = *pair.Key + "=" + deref(pair.Value)
	return func(k, v string) bool { return key.match(k) && val.match(v) }, text
}

func sourceIP(c types.RuleCondition) (condition, error) {
	plain, _ := valuesOf(c)
	cond := condition{field: FieldSourceIP}
	prefixes := make([]netip.Prefix, 0, len(plain))
	for _, text := range plain {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return condition{}, invalid(FieldSourceIP, text, "is not a CIDR block")
		}
		prefixes = append(prefixes, prefix)
		cond.values = append(cond.values, value{text: text})
	}
	cond.test = func(r *Request) (string, bool) {
		peer := r.SourceIP.Unmap()
		for i, prefix := range prefixes {
			if prefix.Contains(peer) {
				return cond.values[i].text, true
			}
		}
		return "", false
	}
	return cond, nil
}

func compileValues(c types.RuleCondition, d dialect, style regexStyle) ([]value, error) {
	plain, regex := valuesOf(c)
	values := make([]value, 0, len(plain)+len(regex))
	for _, text := range plain {
		values = append(values, value{text, d.compile(unescape(c, text)).match})
	}
	for _, text := range regex {
		re, err := style.compile(text)
		if err != nil {
			return nil, invalid(deref(c.Field), text, err.Error())
		}
		values = append(values, value{text, matchString(re)})
	}
	return values, nil
}

func matchString(re *regexp.Regexp) func(string) bool { return re.MatchString }

// unescape undoes the one escape of path values: "&amp;" for "&" (API reference, RuleCondition).
func unescape(c types.RuleCondition, text string) string {
	if deref(c.Field) != FieldPathPattern {
		return text
	}
	return strings.ReplaceAll(text, "&amp;", "&")
}

// match returns the value that matched.
func (c *condition) match(r *Request) (by string, ok bool) {
	if c.test != nil {
		return c.test(r)
	}
	if c.subject != nil {
		return c.any(c.subject(r))
	}
	for _, s := range c.lines(r) {
		if by, ok := c.any(s); ok {
			return by, true
		}
	}
	return "", false
}

func (c *condition) any(s string) (by string, ok bool) {
	for i := range c.values {
		if c.values[i].match(s) {
			return c.values[i].text, true
		}
	}
	return "", false
}
