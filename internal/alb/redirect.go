package alb

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// What the API fills in for the parts of a redirect that are left out.
const (
	keepProtocol = "#{protocol}"
	keepHost     = "#{host}"
	keepPort     = "#{port}"
	keepPath     = "/#{path}"
	keepQuery    = "#{query}"
)

// RedirectLocation is the Location of a redirect and its status. r is the request after the rule's transforms. The
// port is always in the URL, the scheme's default too, as real load balancers have it.
func RedirectLocation(cfg types.RedirectActionConfig, r Request, listenerPort int32, protocol string) (url string, status int) {
	cfg = completed(cfg)
	keywords := strings.NewReplacer(
		"#{protocol}", strings.ToLower(protocol),
		"#{host}", hostname(r.Host),
		"#{port}", strconv.Itoa(int(listenerPort)),
		"#{path}", strings.TrimPrefix(r.Path, "/"),
		"#{query}", r.RawQuery,
	)
	url = strings.ToLower(keywords.Replace(*cfg.Protocol)) + "://" + keywords.Replace(*cfg.Host) + ":" +
		keywords.Replace(*cfg.Port) + keywords.Replace(*cfg.Path)
	if query := keywords.Replace(*cfg.Query); query != "" {
		url += "?" + query
	}
	if cfg.StatusCode == types.RedirectActionStatusCodeEnumHttp301 {
		return url, http.StatusMovedPermanently
	}
	return url, http.StatusFound
}

// CompleteRedirect fills in the parts left out, as DescribeRules shows them.
func CompleteRedirect(cfg types.RedirectActionConfig) types.RedirectActionConfig {
	return completed(cfg)
}

func completed(cfg types.RedirectActionConfig) types.RedirectActionConfig {
	fill := func(p *string, text string) *string {
		if p == nil {
			return &text
		}
		return p
	}
	cfg.Protocol = fill(cfg.Protocol, keepProtocol)
	cfg.Host = fill(cfg.Host, keepHost)
	cfg.Port = fill(cfg.Port, keepPort)
	cfg.Path = fill(cfg.Path, keepPath)
	cfg.Query = fill(cfg.Query, keepQuery)
	return cfg
}

// hostname drops the port of a Host header and keeps the brackets of an IPv6 address.
func hostname(host string) string {
	colon := strings.LastIndexByte(host, ':')
	if colon < 0 || strings.HasSuffix(host, "]") {
		return host
	}
	return host[:colon]
}

var (
	keyword          = regexp.MustCompile(`#\{[^}]*\}?`)
	redirectProtocol = regexp.MustCompile(`^(HTTPS?|#\{protocol\})$`) // API model, RedirectActionProtocol
)

// placeholders: user guide, "Redirect actions".
var placeholders = map[string][]string{
	"protocol": {"#{protocol}"},
	"host":     {"#{host}"},
	"port":     {"#{port}"},
	"path":     {"#{host}", "#{path}", "#{port}"},
	"query":    {"#{protocol}", "#{host}", "#{port}", "#{path}", "#{query}"},
}

func validateRedirect(cfg types.RedirectActionConfig, on ListenerPort) error {
	if cfg.StatusCode != types.RedirectActionStatusCodeEnumHttp301 && cfg.StatusCode != types.RedirectActionStatusCodeEnumHttp302 {
		return invalid("redirect status code", string(cfg.StatusCode), "must be HTTP_301 or HTTP_302")
	}
	cfg = completed(cfg)
	if err := firstError(
		validateRedirectParts(cfg),
		redirectKeywords("protocol", *cfg.Protocol),
		redirectKeywords("host", *cfg.Host),
		redirectKeywords("port", *cfg.Port),
		redirectKeywords("path", *cfg.Path),
		redirectKeywords("query", *cfg.Query),
	); err != nil {
		return err
	}
	switch {
	case on.Protocol == "HTTPS" && *cfg.Protocol == "HTTP":
		return invalidAction("redirect protocol", "HTTP", "must not lead from HTTPS to HTTP")
	case loops(cfg, on):
		return invalidAction("redirect", "", "creates a loop: protocol, host, port or path must change")
	}
	return nil
}

func validateRedirectParts(cfg types.RedirectActionConfig) error {
	switch {
	case !redirectProtocol.MatchString(*cfg.Protocol):
		return invalid("redirect protocol", *cfg.Protocol, "must be HTTP, HTTPS or #{protocol}")
	case *cfg.Host == "":
		return invalid("redirect host", "", "must not be empty")
	case !strings.HasPrefix(*cfg.Path, "/"):
		return invalid("redirect path", *cfg.Path, "must begin with a slash")
	case strings.HasPrefix(*cfg.Query, "?"):
		return invalid("redirect query", *cfg.Query, "must not begin with a question mark; it is added")
	}
	if port, err := strconv.Atoi(*cfg.Port); *cfg.Port != keepPort && (err != nil || port < 1 || port > 65535) {
		return invalid("redirect port", *cfg.Port, "must be from 1 to 65535, or #{port}")
	}
	return firstError(
		tooLong("redirect host", *cfg.Host, MaxRedirectComponentLength),
		tooLong("redirect path", *cfg.Path, MaxRedirectComponentLength),
		tooLong("redirect query", *cfg.Query, MaxRedirectComponentLength),
	)
}

func redirectKeywords(part, text string) error {
	for _, word := range keyword.FindAllString(text, -1) {
		if !slices.Contains(placeholders[part], word) {
			return invalid("redirect "+part, text, fmt.Sprintf("must not contain %s; it may contain %s", word, strings.Join(placeholders[part], ", ")))
		}
	}
	return nil
}

// loops is static, as AWS's check is: it looks at the settings and not at requests or transforms.
func loops(cfg types.RedirectActionConfig, on ListenerPort) bool {
	sameProtocol := *cfg.Protocol == keepProtocol || *cfg.Protocol == on.Protocol
	samePort := *cfg.Port == keepPort || *cfg.Port == strconv.Itoa(int(on.Port))
	return sameProtocol && samePort && *cfg.Host == keepHost && *cfg.Path == keepPath
}
