package translate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// prefixTable is that of Gateway API's HTTPPathModifier.replacePrefixMatch, and below it what follows for the prefix /, for
// characters that a regular expression would take for more than themselves, and for paths with a query.
var prefixTable = map[string]struct {
	path, prefix, replacement, want string
}{
	"Plain":             {"/foo/bar", "/foo", "/xyz", "/xyz/bar"},
	"SlashReplacement":  {"/foo/bar", "/foo", "/xyz/", "/xyz/bar"},
	"SlashPrefix":       {"/foo/bar", "/foo/", "/xyz", "/xyz/bar"},
	"SlashBoth":         {"/foo/bar", "/foo/", "/xyz/", "/xyz/bar"},
	"Whole":             {"/foo", "/foo", "/xyz", "/xyz"},
	"WholeWithSlash":    {"/foo/", "/foo", "/xyz", "/xyz/"},
	"Empty":             {"/foo/bar", "/foo", "", "/bar"},
	"EmptyWithSlash":    {"/foo/", "/foo", "", "/"},
	"EmptyWhole":        {"/foo", "/foo", "", "/"},
	"RootWithSlash":     {"/foo/", "/foo", "/", "/"},
	"RootWhole":         {"/foo", "/foo", "/", "/"},
	"RootPrefix":        {"/foo", "/", "/v1", "/v1/foo"},
	"RootPrefixAtRoot":  {"/", "/", "/v1", "/v1/"},
	"SlashPrefixAlone":  {"/foo", "/foo/", "/cat", "/cat"},
	"Quoted":            {"/a.b/c", "/a.b", "/x", "/x/c"},
	"Query":             {"/foo?a=/foo", "/foo", "/xyz", "/xyz?a=/foo"},
	"EmptyWholeQuery":   {"/foo?a=b", "/foo", "", "/?a=b"},
	"RootPrefixQuery":   {"/foo?a=b", "/", "/v1", "/v1/foo?a=b"},
	"NotOnlyTheFirst":   {"/foo/foo", "/foo", "/xyz", "/xyz/foo"},
	"DoubledSlash":      {"/foo//bar", "/foo", "/xyz", "/xyz//bar"},
	"EmptyDoubledSlash": {"/foo//bar", "/foo", "", "//bar"},
}

func TestRewritePrefix(t *testing.T) {
	t.Parallel()
	for name, tc := range prefixTable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &gatewayv1.HTTPURLRewriteFilter{Path: &gatewayv1.HTTPPathModifier{Type: gatewayv1.PrefixMatchHTTPPathModifier, ReplacePrefixMatch: &tc.replacement}}
			transforms, err := rewritten(f, prefixMatch(tc.prefix))
			if err != nil {
				t.Fatal(err)
			}
			got, err := alb.Transform(external.Transforms(transforms), request(tc.path))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, target(got)); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
		})
	}
}

// TestRedirectPrefix: the same table for redirects, to the same place, where it takes two rules, and to another host.
func TestRedirectPrefix(t *testing.T) {
	t.Parallel()
	for name, tc := range prefixTable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &gatewayv1.HTTPRequestRedirectFilter{Path: &gatewayv1.HTTPPathModifier{Type: gatewayv1.PrefixMatchHTTPPathModifier, ReplacePrefixMatch: &tc.replacement}}
			on := alb.ListenerPort{Protocol: "HTTP", Port: 80}
			m := match{path: prefixMatch(tc.prefix)}
			if _, err := redirected(f, m, on); err == nil {
				if diff := cmp.Diff("http://a.com:80"+tc.want, location(t, f, m, tc.path)); diff != "" {
					t.Errorf("same host: -want, +got:\n%s", diff)
				}
			} else if tc.prefix != "/" && tc.replacement != "" && tc.replacement != "/" {
				t.Errorf("same host: %v", err)
			}
			f.Hostname = new(gatewayv1.PreciseHostname("b.com"))
			if diff := cmp.Diff("http://b.com:80"+tc.want, location(t, f, m, tc.path)); diff != "" {
				t.Errorf("other host: -want, +got:\n%s", diff)
			}
		})
	}
}

// location is where the first variant that matches sends a request.
func location(t *testing.T, f *gatewayv1.HTTPRequestRedirectFilter, m match, path string) string {
	t.Helper()
	variants, err := redirected(f, m, alb.ListenerPort{Protocol: "HTTP", Port: 80})
	if err != nil {
		t.Fatal(err)
	}
	q := request(path)
	for _, v := range variants {
		if !takes(v.match, q) {
			continue
		}
		to, err := alb.Transform(external.Transforms(v.transforms), q)
		if err != nil {
			t.Fatal(err)
		}
		q.Path, q.RawQuery = to.Path, to.RawQuery
		url, _ := alb.RedirectLocation(*external.Actions(v.actions, nil)[0].RedirectConfig, q, 80, "HTTP")
		return url
	}
	t.Fatalf("nothing matches %s", path)
	return ""
}

func request(path string) alb.Request {
	q := alb.Request{Method: "GET", Host: "a.com", Path: path}
	for i := range path {
		if path[i] == '?' {
			q.Path, q.RawQuery = path[:i], path[i+1:]
			break
		}
	}
	return q
}

func target(r alb.Rewritten) string {
	if r.RawQuery == "" {
		return r.Path
	}
	return r.Path + "?" + r.RawQuery
}
