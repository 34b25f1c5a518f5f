package alb

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// Rewritten is what a target is sent instead of the request's own.
type Rewritten struct{ Host, Path, RawQuery string }

// Transform applies a rule's transforms to r. Where nothing matches the original comes back. An error means that a
// transform matched and made something that cannot be sent: ALB answers 500.
func Transform(transforms []types.RuleTransform, r Request) (Rewritten, error) {
	return Assumptions{}.Transform(transforms, r)
}

// Transform is the package's Transform under these assumptions.
func (a Assumptions) Transform(transforms []types.RuleTransform, r Request) (Rewritten, error) {
	t, err := a.CompileTransforms(transforms)
	if err != nil {
		return Rewritten{}, err
	}
	return t.Apply(r)
}

// Transforms are those of one rule, compiled. They are safe for concurrent use; the zero value changes nothing.
type Transforms struct{ host, url []rewrite }

type rewrite struct {
	re      *regexp.Regexp
	replace string
	every   bool
}

// CompileTransforms makes a rule's transforms ready to be applied often.
func CompileTransforms(transforms []types.RuleTransform) (Transforms, error) {
	return Assumptions{}.CompileTransforms(transforms)
}

// CompileTransforms is the package's CompileTransforms under these assumptions.
func (a Assumptions) CompileTransforms(transforms []types.RuleTransform) (Transforms, error) {
	var t Transforms
	for _, tr := range transforms {
		for _, cfg := range rewritesOf(tr) {
			style := regexStyle{letters: CaseHeeded, flags: a.InlineFlags}
			if a.TransformCase == TransformCaseIgnored {
				style.letters = CaseIgnored
			}
			re, err := style.compile(deref(cfg.Regex))
			if err != nil {
				return Transforms{}, invalid(string(tr.Type), deref(cfg.Regex), err.Error())
			}
			w := rewrite{re: re, replace: deref(cfg.Replace), every: a.Rewrite == EveryMatch}
			if tr.Type == types.TransformTypeEnumHostHeaderRewrite {
				t.host = append(t.host, w)
			} else {
				t.url = append(t.url, w)
			}
		}
	}
	return t, nil
}

func rewritesOf(t types.RuleTransform) []types.RewriteConfig {
	switch {
	case t.Type == types.TransformTypeEnumHostHeaderRewrite && t.HostHeaderRewriteConfig != nil:
		return t.HostHeaderRewriteConfig.Rewrites
	case t.Type == types.TransformTypeEnumUrlRewrite && t.UrlRewriteConfig != nil:
		return t.UrlRewriteConfig.Rewrites
	default:
		return nil
	}
}

// Apply is Transform with transforms compiled before.
func (t Transforms) Apply(r Request) (Rewritten, error) {
	out := Rewritten{Host: r.Host, Path: r.Path, RawQuery: r.RawQuery}
	for _, w := range t.host {
		host, changed := w.apply(out.Host)
		if changed && !validHost(host) {
			return Rewritten{}, invalid("host-header-rewrite", host, "is not a host name")
		}
		out.Host = host
	}
	for _, w := range t.url {
		// A url-rewrite sees what follows the host ("Transforms for listener rules", user guide).
		subject := out.Path
		if out.RawQuery != "" {
			subject += "?" + out.RawQuery
		}
		target, changed := w.apply(subject)
		if !changed {
			continue
		}
		if !validTarget(target) {
			return Rewritten{}, invalid("url-rewrite", target, "is not a path with a query")
		}
		out.Path, out.RawQuery, _ = strings.Cut(target, "?")
	}
	return out, nil
}

func (w rewrite) apply(s string) (string, bool) {
	limit := 1
	if w.every {
		limit = -1
	}
	matches := w.re.FindAllStringSubmatchIndex(s, limit)
	if len(matches) == 0 {
		return s, false
	}
	var b strings.Builder
	at := 0
	for _, m := range matches {
		b.WriteString(s[at:m[0]])
		w.expand(&b, s, m)
		at = m[1]
	}
	b.WriteString(s[at:])
	return b.String(), true
}

// expand knows "$n" only. As many digits are read as still name a group, so that "$10" is group 1 and a zero where there are fewer than ten.
func (w rewrite) expand(b *strings.Builder, s string, m []int) {
	for i := 0; i < len(w.replace); i++ {
		c := w.replace[i]
		if c != '$' || i+1 == len(w.replace) || !digit(w.replace[i+1]) {
			b.WriteByte(c)
			continue
		}
		group := int(w.replace[i+1] - '0')
		i++
		for i+1 < len(w.replace) && digit(w.replace[i+1]) && group*10+int(w.replace[i+1]-'0') <= w.re.NumSubexp() {
			group = group*10 + int(w.replace[i+1]-'0')
			i++
		}
		if group <= w.re.NumSubexp() && m[2*group] >= 0 {
			b.WriteString(s[m[2*group]:m[2*group+1]])
		}
	}
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func validHost(host string) bool {
	if host == "" || strings.ContainsFunc(host, func(c rune) bool { return !alphanumeric(c) && !strings.ContainsRune("-._:[]", c) }) {
		return false
	}
	_, err := url.Parse("http://" + host)
	return err == nil
}

func validTarget(target string) bool {
	if !strings.HasPrefix(target, "/") || len(target) > MaxRequestLineBytes {
		return false
	}
	if strings.ContainsFunc(target, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '#' }) {
		return false
	}
	_, err := url.ParseRequestURI(target)
	return err == nil
}

// ValidateTransforms says whether CreateRule takes these transforms. The first objection is returned, as an *Error or
// a *LimitError.
func ValidateTransforms(transforms []types.RuleTransform) error {
	return Assumptions{}.ValidateTransforms(transforms)
}

// ValidateTransforms is the package's ValidateTransforms under these assumptions.
func (a Assumptions) ValidateTransforms(transforms []types.RuleTransform) error {
	count := map[types.TransformTypeEnum]int{}
	for _, t := range transforms {
		if err := a.validateTransform(t); err != nil {
			return err
		}
		if count[t.Type]++; count[t.Type] > MaxTransformsPerType {
			return &LimitError{Field: string(t.Type), Got: count[t.Type], Limit: MaxTransformsPerType, Unit: "transforms of this type in one rule", Code: CodeValidation}
		}
	}
	return nil
}

func (a Assumptions) validateTransform(t types.RuleTransform) error {
	field := string(t.Type)
	switch {
	case t.Type != types.TransformTypeEnumHostHeaderRewrite && t.Type != types.TransformTypeEnumUrlRewrite:
		return invalid("transform type", field, "is none that an ALB knows")
	case t.Type == types.TransformTypeEnumHostHeaderRewrite && t.UrlRewriteConfig != nil,
		t.Type == types.TransformTypeEnumUrlRewrite && t.HostHeaderRewriteConfig != nil:
		return invalid(field, "", "must not have the settings of the other transform type")
	}
	rewrites := rewritesOf(t)
	switch {
	case len(rewrites) == 0:
		return invalid(field, "", "must have a rewrite")
	case len(rewrites) > MaxRewritesPerTransform:
		return &LimitError{Field: field, Got: len(rewrites), Limit: MaxRewritesPerTransform, Unit: "rewrites in one transform", Code: CodeValidation}
	case deref(rewrites[0].Regex) == "":
		return invalid(field, "", "must have a regex")
	case rewrites[0].Replace == nil:
		return invalid(field, "", "must have a replacement")
	}
	if err := firstError(
		tooLong(field+" regex", *rewrites[0].Regex, MaxRewriteLength),
		tooLong(field+" replacement", *rewrites[0].Replace, MaxRewriteLength),
	); err != nil {
		return err
	}
	if _, err := (regexStyle{flags: a.InlineFlags}).compile(*rewrites[0].Regex); err != nil {
		return invalid(field, *rewrites[0].Regex, err.Error())
	}
	return nil
}
