package alb

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// FuzzMatch: never a panic; with a default rule exactly one rule answers, the same one in whatever order the rules are
// given, and Explain ends with it.
func FuzzMatch(f *testing.F) {
	f.Add("*.example.com", "/img/*", "^/a(.*)$", "version", "v?", "shop.example.com:80", "/img/a", "version=v1", uint16(7))
	f.Add("", "*?*?", "(", `\*`, `\`, "", "", "&&=&a", uint16(0))
	f.Fuzz(func(t *testing.T, host, path, regex, key, val, reqHost, reqPath, reqQuery string, priority uint16) {
		rules := []types.Rule{
			rule("default", PriorityDefault),
			rule("a", strconv.Itoa(1+int(priority)%MaxPriority), hosts(host), query(key, val)),
			rule("b", "3", paths(path), header("X-A", val)),
			rule("c", "2", pathRegexes(regex)),
		}
		m, err := Compile(rules)
		if err != nil {
			return // a regex that is none
		}
		r := Request{Method: "GET", Host: reqHost, Path: reqPath, RawQuery: reqQuery, Header: http.Header{"X-A": {reqHost}}, SourceIP: netip.IPv6Loopback()}
		got, ok := m.Match(r)
		if !ok {
			t.Fatal("no rule answered beside a default rule")
		}
		rules[0], rules[3] = rules[3], rules[0]
		rules[1], rules[2] = rules[2], rules[1]
		if again, _ := Match(rules, r); *again.RuleArn != *got.RuleArn {
			t.Fatalf("rule %q answered, and %q with the rules in another order", *got.RuleArn, *again.RuleArn)
		}
		matched := 0
		steps := m.Explain(r)
		for _, s := range steps {
			if s.Matched {
				matched++
			}
		}
		if last := steps[len(steps)-1]; matched != 1 || *last.Rule.RuleArn != *got.RuleArn {
			t.Fatalf("Explain has %d winners and ends with %q; want one, %q", matched, *last.Rule.RuleArn, *got.RuleArn)
		}
	})
}

// FuzzPattern checks wildcards against a slower reading of the same words: "*" is any run, "?" any one byte.
func FuzzPattern(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("**?", "")
	f.Fuzz(func(t *testing.T, value, s string) {
		if len(value) > 12 || len(s) > 24 {
			return
		}
		if got, want := pathDialect.compile(value).match(s), slowMatch(value, s); got != want {
			t.Fatalf("%q matches %q: got %t, want %t", value, s, got, want)
		}
	})
}

func slowMatch(value, s string) bool {
	if value == "" {
		return s == ""
	}
	if value[0] == '*' { // Several in a row are one, and would take for ever.
		rest := strings.TrimLeft(value, "*")
		return slowMatch(rest, s) || s != "" && slowMatch("*"+rest, s[1:])
	}
	return s != "" && (value[0] == '?' || value[0] == s[0]) && slowMatch(value[1:], s[1:])
}

// FuzzValidate: what is taken keeps the quotas and compiles.
func FuzzValidate(f *testing.F) {
	f.Add("a.example.com", "/img/*?", "^/a$", "X-Env", "blue", "10.0.0.0/8")
	f.Add("*", "", "(?P<", "Host", "\x00", "::/0")
	f.Fuzz(func(t *testing.T, host, path, regex, name, val, cidr string) {
		conditions := []types.RuleCondition{
			hosts(strings.Split(host, ",")...), paths(strings.Split(path, ",")...), headerRegex(name, regex), query(name, val), sources(cidr),
		}
		for n := range conditions {
			taken := conditions[:n+1]
			if ValidateConditions(taken) != nil {
				continue
			}
			values, wildcards := 0, 0
			for _, c := range taken {
				values += CountValues(c)
				wildcards += CountWildcards(c)
			}
			if values > MaxConditionValues || wildcards > MaxWildcards {
				t.Fatalf("taken with %d values and %d wildcards", values, wildcards)
			}
			if _, err := Compile([]types.Rule{rule("r", "1", taken...)}); err != nil {
				t.Fatalf("taken but does not compile: %v", err)
			}
		}
	})
}

// FuzzTransform: a result, if there is one, can be sent; without a match it is the original.
func FuzzTransform(f *testing.F) {
	f.Add(`^/dp/([A-Za-z0-9]+)/?$`, "/product.php?id=$1", "/dp/B09G3HRMW", "")
	f.Add(`(a)|(b)`, "$2$3$", "/ab", "?")
	f.Fuzz(func(t *testing.T, regex, replace, path, rawQuery string) {
		r := Request{Host: "example.com", Path: path, RawQuery: rawQuery}
		transforms := []types.RuleTransform{urlRewrite(regex, replace), hostRewrite(regex, replace)}
		got, err := Transform(transforms, r)
		if err != nil {
			return
		}
		if same := got.Path == path && got.RawQuery == rawQuery; !same && !strings.HasPrefix(got.Path, "/") {
			t.Fatalf("path %q cannot be sent", got.Path)
		}
		if got.Host == "" || strings.ContainsAny(got.Host, " /\r\n") {
			t.Fatalf("host %q cannot be sent", got.Host)
		}
	})
}

// FuzzARN: what parses is written the same.
func FuzzARN(f *testing.F) {
	f.Add("arn:aws:elasticloadbalancing:us-west-2:123456789012:listener-rule/app/lb/1/2/3")
	f.Add("arn:aws:elasticloadbalancing:::targetgroup//")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseARN(s)
		if err == nil && a.String() != s {
			t.Fatalf("%q became %q", s, a.String())
		}
	})
}
