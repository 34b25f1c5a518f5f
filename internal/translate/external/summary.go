package external

import (
	"fmt"
	"regexp"
	"strings"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// A Summary is a rule in a few words, for printer columns. Other are the conditions on neither host nor path, and Rewrites what
// becomes of a request before the action; both may be empty.
type Summary struct{ Hosts, Paths, Other, Rewrites, Action string }

// Summarize a rule. Regular expressions that translate writes for Gateway API hostnames and paths are read back:
// "shop.example.com", "*.example.com", "/cart" exactly, "/cart/*" by prefix. Others stand as "~regex".
func Summarize(p albv1alpha1.ListenerRuleParameters) Summary {
	s := Summary{Hosts: "*", Paths: "/*"}
	var other, rewrites []string
	for _, c := range p.Conditions {
		switch {
		case c.Field == albv1alpha1.FieldHostHeader && c.HostHeaderConfig != nil:
			s.Hosts = joined(*c.HostHeaderConfig, host)
		case c.Field == albv1alpha1.FieldPathPattern && c.PathPatternConfig != nil:
			s.Paths = joined(*c.PathPatternConfig, path)
		default:
			other = append(other, further(c))
		}
	}
	for _, t := range p.Transforms {
		rewrites = append(rewrites, rewrite(t)...)
	}
	s.Other, s.Rewrites = strings.Join(other, " and "), strings.Join(rewrites, ", ")
	words := make([]string, 0, len(p.Actions))
	for _, a := range p.Actions {
		words = append(words, describe(a, p))
	}
	s.Action = strings.Join(words, ", then ")
	return s
}

func joined(c albv1alpha1.PatternConditionConfig, read func(regex string) string) string {
	words := make([]string, 0, len(c.Values)+len(c.RegexValues))
	words = append(words, c.Values...)
	for _, re := range c.RegexValues {
		words = append(words, read(re))
	}
	return strings.Join(words, ",")
}

const (
	anyPort   = `(:[0-9]+)?$`
	anyLabels = `[^:]+`
	anyBelow  = `(/.*)?$`
)

func host(re string) string {
	body, ok := strings.CutSuffix(re, anyPort)
	if body, ok = cutCaret(body, ok); !ok {
		return "~" + re
	}
	if rest, wild := strings.CutPrefix(body, anyLabels); wild {
		if text, literal := unquote(rest); literal {
			return "*" + text
		}
	}
	if text, literal := unquote(body); literal {
		return text
	}
	return "~" + re
}

func path(re string) string {
	if body, ok := cutCaret(strings.CutSuffix(re, anyBelow)); ok {
		if text, literal := unquote(body); literal {
			return text + "/*"
		}
	}
	if body, ok := cutCaret(strings.CutSuffix(re, "$")); ok {
		if text, literal := unquote(body); literal {
			return text
		}
	}
	return "~" + re
}

func cutCaret(s string, ok bool) (string, bool) {
	body, found := strings.CutPrefix(s, "^")
	return body, ok && found
}

// unquote undoes regexp.QuoteMeta, and says no to what QuoteMeta cannot have made.
func unquote(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), regexp.QuoteMeta(b.String()) == s
}

func describe(a albv1alpha1.Action, p albv1alpha1.ListenerRuleParameters) string {
	switch {
	case a.ForwardConfig != nil:
		return "forward " + targets(a.ForwardConfig.TargetGroups, p.ListenerRef)
	case a.RedirectConfig != nil:
		return "redirect" + destination(*a.RedirectConfig)
	case a.FixedResponseConfig != nil:
		return "fixed " + a.FixedResponseConfig.StatusCode
	default:
		return string(a.Type)
	}
}

func targets(groups []albv1alpha1.TargetGroupTuple, listener *albv1alpha1.Reference) string {
	words := make([]string, 0, len(groups))
	for _, g := range groups {
		word := targetGroup(g, listener)
		if len(groups) > 1 {
			weight := int32(1)
			if g.Weight != nil {
				weight = *g.Weight
			}
			word = fmt.Sprintf("%s (%d)", word, weight)
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

var (
	listenerName = regexp.MustCompile(`^(.+)-[0-9]+$`)                   // <gateway>-<port>
	groupName    = regexp.MustCompile(`^(.+)-([0-9]+)-[0-9a-f]{10}$`)    // <gateway>-<service>-<port>-<hash>
	groupARN     = regexp.MustCompile(`:targetgroup/([^/]+)/[0-9a-f]+$`) // the name in AWS
)

// targetGroup is "service:port" where the name is one that translate gives.
func targetGroup(g albv1alpha1.TargetGroupTuple, listener *albv1alpha1.Reference) string {
	if g.TargetGroupRef == nil {
		if m := groupARN.FindStringSubmatch(value(g.TargetGroupArn)); m != nil {
			return m[1]
		}
		return value(g.TargetGroupArn)
	}
	name := g.TargetGroupRef.Name
	if listener == nil {
		return name
	}
	l := listenerName.FindStringSubmatch(listener.Name)
	if l == nil {
		return name
	}
	rest, ok := strings.CutPrefix(name, l[1]+"-")
	m := groupName.FindStringSubmatch(rest)
	if !ok || m == nil {
		return name
	}
	return m[1] + ":" + m[2]
}

func destination(r albv1alpha1.RedirectActionConfig) string {
	scheme := strings.ToLower(value(r.Protocol))
	if strings.HasPrefix(scheme, "#") {
		scheme = ""
	}
	if r.Host == nil && r.Port == nil && r.Path == nil {
		return prefixed(" ", scheme)
	}
	where := value(r.Host)
	if scheme != "" && where != "" {
		where = scheme + "://" + where
	} else if where == "" {
		where = scheme
	}
	if r.Port != nil && !standard(scheme, *r.Port) {
		where += ":" + *r.Port
	}
	return prefixed(" ", where+value(r.Path))
}

func standard(scheme, port string) bool {
	return scheme == "https" && port == "443" || scheme == "http" && port == "80"
}

func prefixed(by, s string) string {
	if s == "" {
		return ""
	}
	return by + s
}
