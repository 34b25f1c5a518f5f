package translate

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

const (
	hostHeaderRewrite = "host-header-rewrite"
	urlRewrite        = "url-rewrite"
)

// A variant is what becomes of a match: usually itself, with the answer to it. A redirect may need two.
type variant struct {
	match
	outcome
}

// redirected are the answers of a rule that redirects. Loops are refused as ELBv2 refuses them, by the settings alone: whether a
// redirect comes back to its rule depends on the other rules too. An ALB applies transforms before a redirect reads the path
// (seen on AWS, not documented), so the prefix is replaced by a transform. ELBv2 refuses a redirect that changes nothing by its
// own settings; where only the prefix changes, the rest of the path is therefore put behind the new prefix by the redirect
// itself, and the bare prefix, which has no rest, becomes a redirect of its own.
func redirected(f *gatewayv1.HTTPRequestRedirectFilter, m match, on alb.ListenerPort) ([]variant, error) {
	base, err := redirection(f)
	if err != nil {
		return nil, err
	}
	if f.Path == nil || f.Path.Type != gatewayv1.PrefixMatchHTTPPathModifier {
		return checked(on, variant{m, redirectOutcome(base, nil)})
	}
	from, to, err := prefixes(m.path, f.Path.ReplacePrefixMatch)
	if err != nil {
		return nil, err
	}
	if !samePlace(base, on) {
		return checked(on, variant{m, redirectOutcome(base, prefixRewrite(from, to))})
	}
	return movedPrefix(base, m, [2]string{from, to}, on)
}

// movedPrefix redirects from one prefix to another on the same protocol, host and port.
func movedPrefix(base albv1alpha1.RedirectActionConfig, m match, change [2]string, on alb.ListenerPort) ([]variant, error) {
	from, to := change[0], change[1]
	if to == "" {
		return nil, errors.New("filters: a RequestRedirect that only takes a prefix away counts as a loop for ELBv2; set scheme, hostname or port too, or use URLRewrite")
	}
	bare, below := base, base
	bare.Path, below.Path = new(to), new(to+"/#{path}")
	if from == "" {
		return checked(on, variant{m, redirectOutcome(below, nil)})
	}
	exact := m
	exact.path = pathMatch{pathExact, from}
	return checked(on,
		variant{exact, redirectOutcome(bare, nil)},
		variant{m, redirectOutcome(below, prefixRewrite(from, ""))})
}

// samePlace says whether a redirect leaves protocol, host and port as they are.
func samePlace(r albv1alpha1.RedirectActionConfig, on alb.ListenerPort) bool {
	return r.Host == nil && (r.Protocol == nil || *r.Protocol == on.Protocol) &&
		(r.Port == nil || *r.Port == strconv.Itoa(int(on.Port)))
}

func checked(on alb.ListenerPort, vs ...variant) ([]variant, error) {
	for _, v := range vs {
		if err := alb.ValidateActionsOn(external.Actions(v.actions, func(name string) string { return name }), on); err != nil {
			return nil, fmt.Errorf("filters: RequestRedirect on %s port %d: %w; change it, or attach the route to another listener by sectionName", on.Protocol, on.Port, err)
		}
		if err := alb.ValidateTransforms(external.Transforms(v.transforms)); err != nil {
			return nil, fmt.Errorf("filters: %w", err)
		}
	}
	return vs, nil
}

func redirectOutcome(r albv1alpha1.RedirectActionConfig, transforms []albv1alpha1.RuleTransform) outcome {
	return newOutcome([]albv1alpha1.Action{{Type: albv1alpha1.ActionRedirect, RedirectConfig: &r}}, transforms)
}

// redirection is the redirect without a replaced prefix. Without a port in the filter the scheme's own is meant, or the
// listener's where there is no scheme either (Gateway API, HTTPRequestRedirectFilter.port).
func redirection(f *gatewayv1.HTTPRequestRedirectFilter) (albv1alpha1.RedirectActionConfig, error) {
	out := albv1alpha1.RedirectActionConfig{}
	status := 302
	if f.StatusCode != nil {
		status = *f.StatusCode
	}
	if status != 301 && status != 302 {
		return out, fmt.Errorf("filters: RequestRedirect has statusCode %d, but an Application Load Balancer redirects with 301 or 302 only; use one of them", status)
	}
	out.StatusCode = "HTTP_" + strconv.Itoa(status)
	if f.Scheme != nil {
		port, known := map[string]string{"http": "80", "https": "443"}[*f.Scheme]
		if !known {
			return out, fmt.Errorf("filters: RequestRedirect has scheme %q; use http or https", *f.Scheme)
		}
		out.Protocol, out.Port = new(strings.ToUpper(*f.Scheme)), new(port)
	}
	if f.Hostname != nil {
		out.Host = new(string(*f.Hostname))
	}
	if f.Port != nil {
		out.Port = new(strconv.Itoa(int(*f.Port)))
	}
	if f.Path != nil && f.Path.Type == gatewayv1.FullPathHTTPPathModifier {
		path, err := fullPath(f.Path.ReplaceFullPath)
		if err != nil {
			return out, err
		}
		out.Path = new(path)
	}
	return out, nil
}

// rewritten are the transforms of a rule that rewrites the URL of requests to path m.
func rewritten(f *gatewayv1.HTTPURLRewriteFilter, m pathMatch) ([]albv1alpha1.RuleTransform, error) {
	var out []albv1alpha1.RuleTransform
	if f.Hostname != nil {
		out = append(out, albv1alpha1.RuleTransform{Type: hostHeaderRewrite, HostHeaderRewriteConfig: rewrite("^.*$", string(*f.Hostname))})
	}
	if f.Path == nil {
		return out, nil
	}
	switch f.Path.Type {
	case gatewayv1.FullPathHTTPPathModifier:
		path, err := fullPath(f.Path.ReplaceFullPath)
		if err != nil {
			return nil, err
		}
		// A url-rewrite sees path and query; the query stays as it is.
		out = append(out, albv1alpha1.RuleTransform{Type: urlRewrite, UrlRewriteConfig: rewrite(`^[^?]*`, path)})
	case gatewayv1.PrefixMatchHTTPPathModifier:
		from, to, err := prefixes(m, f.Path.ReplacePrefixMatch)
		if err != nil {
			return nil, err
		}
		out = append(out, prefixRewrite(from, to)...)
	default:
		return nil, fmt.Errorf("filters: path type %s is not supported; use ReplaceFullPath or ReplacePrefixMatch", f.Path.Type)
	}
	if err := alb.ValidateTransforms(external.Transforms(out)); err != nil {
		return nil, fmt.Errorf("filters: %w", err)
	}
	return out, nil
}

// prefixRewrite replaces a prefix, both without a slash at the end, by the table of Gateway API's HTTPPathModifier. The rule's
// conditions have seen to it that the path is the prefix or goes on with a slash.
func prefixRewrite(from, to string) []albv1alpha1.RuleTransform {
	regex, replace := "^"+regexp.QuoteMeta(from), to
	switch {
	case from == to:
		return nil
	case from == "":
		regex, replace = "^/", to+"/"
	case to == "":
		regex, replace = regex+"/?", "/"
	}
	return []albv1alpha1.RuleTransform{{Type: urlRewrite, UrlRewriteConfig: rewrite(regex, replace)}}
}

func rewrite(regex, replace string) *albv1alpha1.RewriteConfigs {
	return &albv1alpha1.RewriteConfigs{Rewrites: []albv1alpha1.RewriteConfig{{Regex: regex, Replace: replace}}}
}

func prefixes(m pathMatch, replacement *string) (from, to string, err error) {
	if m.kind != pathPrefix && m.kind != pathAny {
		return "", "", errors.New("filters: ReplacePrefixMatch needs a match of type PathPrefix; change the match or use ReplaceFullPath")
	}
	to = strings.TrimRight(value(replacement), "/")
	if to == "" {
		return m.value, "", nil
	}
	return m.value, to, cleanPath("replacePrefixMatch", to)
}

func fullPath(path *string) (string, error) {
	return value(path), cleanPath("replaceFullPath", value(path))
}

// cleanPath refuses what would not be a path, and "$", which a transform takes for a captured group.
func cleanPath(field, path string) error {
	switch {
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("filters: %s %q must begin with a slash", field, path)
	case strings.ContainsFunc(path, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`$?#`, c) }):
		return fmt.Errorf("filters: %s %q has a character that cannot stand in a rewritten path; percent-encode it", field, path)
	default:
		return nil
	}
}
