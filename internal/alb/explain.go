package alb

import (
	"fmt"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// A Step is one rule that was tried for a request.
type Step struct {
	Rule       types.Rule
	Matched    bool
	Conditions []ConditionResult
}

// A ConditionResult is what became of one condition, with the reason as a sentence for people.
type ConditionResult struct {
	Field   string
	Matched bool
	Reason  string
}

// Explain tries the rules in order up to and including the one that answers, and says why each condition held or not.
func (m *Matcher) Explain(r Request) []Step {
	var steps []Step
	for step := range m.Steps(r) {
		steps = append(steps, step)
		if step.Matched {
			break
		}
	}
	return steps
}

// Steps tries every rule in order, those after the one that answers too, so that it can be said why they do not.
func (m *Matcher) Steps(r Request) iter.Seq[Step] {
	return func(yield func(Step) bool) {
		for i := range m.rules {
			if !yield(m.rules[i].explain(&r)) {
				return
			}
		}
	}
}

func (c *compiledRule) explain(r *Request) Step {
	step := Step{Rule: c.rule, Matched: true}
	for i := range c.conditions {
		result := c.conditions[i].explain(r)
		step.Matched = step.Matched && result.Matched
		step.Conditions = append(step.Conditions, result)
	}
	return step
}

func (c *condition) explain(r *Request) ConditionResult {
	seen := c.seen(r)
	if by, ok := c.match(r); ok {
		return ConditionResult{Field: c.field, Matched: true, Reason: fmt.Sprintf("%s matches %q", seen, by)}
	}
	if seen == "" {
		return ConditionResult{Field: c.field, Reason: c.absent}
	}
	texts := make([]string, len(c.values))
	for i, v := range c.values {
		texts[i] = fmt.Sprintf("%q", v.text)
	}
	return ConditionResult{Field: c.field, Reason: fmt.Sprintf("%s does not match %s", seen, strings.Join(texts, ", "))}
}

// seen is the part of the request that the condition looks at, empty where the request lacks it.
func (c *condition) seen(r *Request) string {
	switch c.field {
	case FieldQueryString:
		if r.RawQuery == "" {
			return ""
		}
		return fmt.Sprintf("query string %q", r.RawQuery)
	case FieldSourceIP:
		return fmt.Sprintf("source address %s", r.SourceIP.Unmap())
	}
	if c.lines != nil {
		lines := c.lines(r)
		if len(lines) == 0 {
			return ""
		}
		return fmt.Sprintf("header value %q", strings.Join(lines, ", "))
	}
	nouns := map[string]string{FieldHostHeader: "host", FieldPathPattern: "path", FieldRequestMethod: "method"}
	return fmt.Sprintf("%s %q", nouns[c.field], c.subject(r))
}
