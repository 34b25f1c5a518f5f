package alb

import (
	"cmp"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// Request is what an ALB looks at when it chooses a rule.
type Request struct {
	Method       string      // as sent
	Host         string      // the Host header as sent, port included
	Path         string      // as sent: no query, not decoded
	RawQuery     string      // without "?"
	Header       http.Header // with canonical keys
	SourceIP     netip.Addr  // the peer of the TCP connection, never X-Forwarded-For
	ListenerPort int32       // looked at only under HostPortOfListenerDropped
}

// Matcher holds the rules of one listener, compiled and in order. It is safe for concurrent use.
type Matcher struct {
	assumptions Assumptions
	rules       []compiledRule
}

type compiledRule struct {
	rule       types.Rule
	priority   int
	conditions []condition
}

// Compile takes the rules of one listener in any order. An error names the rule, the field and the value.
func Compile(rules []types.Rule) (*Matcher, error) { return Assumptions{}.Compile(rules) }

// Compile is the package's Compile under these assumptions.
func (a Assumptions) Compile(rules []types.Rule) (*Matcher, error) {
	m := &Matcher{assumptions: a, rules: make([]compiledRule, 0, len(rules))}
	for _, rule := range rules {
		compiled, err := a.compileRule(rule)
		if err != nil {
			return nil, err
		}
		m.rules = append(m.rules, compiled)
	}
	// AWS never has two rules of one priority; the ARN keeps the order total where a caller has.
	slices.SortStableFunc(m.rules, func(x, y compiledRule) int {
		return cmp.Or(cmp.Compare(x.priority, y.priority), cmp.Compare(deref(x.rule.RuleArn), deref(y.rule.RuleArn)))
	})
	return m, nil
}

func (a Assumptions) compileRule(rule types.Rule) (compiledRule, error) {
	priority, err := priorityOf(rule)
	if err != nil {
		return compiledRule{}, fmt.Errorf("cannot compile rule %q: %w", deref(rule.RuleArn), err)
	}
	compiled := compiledRule{rule: rule, priority: priority}
	for _, c := range rule.Conditions {
		cond, err := compileCondition(a, c)
		if err != nil {
			return compiledRule{}, fmt.Errorf("cannot compile rule %q with priority %q: %w",
				deref(rule.RuleArn), deref(rule.Priority), err)
		}
		compiled.conditions = append(compiled.conditions, cond)
	}
	return compiled, nil
}

// priorityOf puts the default rule behind every other.
func priorityOf(rule types.Rule) (int, error) {
	text := deref(rule.Priority)
	if deref(rule.IsDefault) || text == PriorityDefault {
		return MaxPriority + 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < MinPriority || n > MaxPriority {
		return 0, invalid("priority", text, fmt.Sprintf("must be %q or a number from %d to %d", PriorityDefault, MinPriority, MaxPriority))
	}
	return n, nil
}

// Match returns the rule that answers r: the first in order of priority whose conditions all hold. False means that
// none does, which a listener's default rule rules out.
func (m *Matcher) Match(r Request) (types.Rule, bool) {
	for i := range m.rules {
		if m.rules[i].match(&r) {
			return m.rules[i].rule, true
		}
	}
	return types.Rule{}, false
}

// Index is Match for a caller that keeps data of its own beside the rules: the position in Rules, or -1.
func (m *Matcher) Index(r Request) int {
	for i := range m.rules {
		if m.rules[i].match(&r) {
			return i
		}
	}
	return -1
}

// Rules are those given to Compile, in the order in which they are tried.
func (m *Matcher) Rules() []types.Rule {
	rules := make([]types.Rule, len(m.rules))
	for i := range m.rules {
		rules[i] = m.rules[i].rule
	}
	return rules
}

// Match compiles rules and matches r once. Rules that do not compile match nothing.
func Match(rules []types.Rule, r Request) (types.Rule, bool) {
	m, err := Compile(rules)
	if err != nil {
		return types.Rule{}, false
	}
	return m.Match(r)
}

func (c *compiledRule) match(r *Request) bool {
	for i := range c.conditions {
		if _, ok := c.conditions[i].match(r); !ok {
			return false
		}
	}
	return true
}

func (a Assumptions) hostOf(r *Request) string {
	if a.HostPort == HostPortKept {
		return r.Host
	}
	return strings.TrimSuffix(r.Host, ":"+strconv.Itoa(int(r.ListenerPort)))
}
