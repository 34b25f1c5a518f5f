package external

import (
	"fmt"
	"strings"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// further sums up a condition on neither host nor path: "header x-beta=1", "query page=2", "method GET", "source 10.0.0.0/8".
func further(c albv1alpha1.RuleCondition) string {
	switch {
	case c.HttpHeaderConfig != nil:
		h := c.HttpHeaderConfig
		words := append([]string{}, h.Values...)
		for _, re := range h.RegexValues {
			words = append(words, exact(re))
		}
		return "header " + h.HttpHeaderName + "=" + strings.Join(words, ",")
	case c.QueryStringConfig != nil:
		var words []string
		for _, v := range c.QueryStringConfig.Values {
			if v.Key == nil {
				words = append(words, v.Value)
				continue
			}
			words = append(words, *v.Key+"="+v.Value)
		}
		return "query " + strings.Join(words, ",")
	case c.HttpRequestMethodConfig != nil:
		return "method " + strings.Join(c.HttpRequestMethodConfig.Values, ",")
	case c.SourceIpConfig != nil:
		return "source " + strings.Join(c.SourceIpConfig.Values, ",")
	default:
		return string(c.Field)
	}
}

// exact reads back the regular expression of one value.
func exact(re string) string {
	if body, ok := cutCaret(strings.CutSuffix(re, "$")); ok {
		if text, literal := unquote(body); literal {
			return text
		}
	}
	return "~" + re
}

func rewrite(t albv1alpha1.RuleTransform) []string {
	what, config := "host", t.HostHeaderRewriteConfig
	if t.UrlRewriteConfig != nil {
		what, config = "url", t.UrlRewriteConfig
	}
	if config == nil {
		return nil
	}
	var out []string
	for _, r := range config.Rewrites {
		out = append(out, fmt.Sprintf("rewrite %s %s to %s", what, r.Regex, r.Replace))
	}
	return out
}
