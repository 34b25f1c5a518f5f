package alb

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

func hostRewrite(regex, replace string) types.RuleTransform {
	return types.RuleTransform{Type: types.TransformTypeEnumHostHeaderRewrite, HostHeaderRewriteConfig: &types.HostHeaderRewriteConfig{
		Rewrites: []types.RewriteConfig{{Regex: &regex, Replace: &replace}},
	}}
}

func urlRewrite(regex, replace string) types.RuleTransform {
	return types.RuleTransform{Type: types.TransformTypeEnumUrlRewrite, UrlRewriteConfig: &types.UrlRewriteConfig{
		Rewrites: []types.RewriteConfig{{Regex: &regex, Replace: &replace}},
	}}
}

func TestTransform(t *testing.T) {
	type args struct {
		assumptions Assumptions
		transforms  []types.RuleTransform
		request     Request
	}
	cases := map[string]struct {
		reason string
		args   args
		want   Rewritten
		err    string
	}{
		"DocumentedHost": {
			reason: "Transforms for listener rules: the example of a host header transform",
			args: args{
				transforms: []types.RuleTransform{hostRewrite("^mywebsite-(.+).com$", "internal.dev.$1.myweb.com")},
				request:    Request{Host: "mywebsite-example.com", Path: "/project-a"},
			},
			want: Rewritten{Host: "internal.dev.example.myweb.com", Path: "/project-a"},
		},
		"DocumentedURL": {
			reason: "Transforms for listener rules: the example of a URL transform makes a query of a path",
			args: args{
				transforms: []types.RuleTransform{urlRewrite(`^/dp/([A-Za-z0-9]+)/?$`, "/product.php?id=$1")},
				request:    Request{Host: "www.example.com", Path: "/dp/B09G3HRMW"},
			},
			want: Rewritten{Host: "www.example.com", Path: "/product.php", RawQuery: "id=B09G3HRMW"},
		},
		"NoMatch": {
			reason: "Transforms for listener rules: without a match the original request is sent",
			args: args{
				transforms: []types.RuleTransform{urlRewrite("^/nothing", "/x"), hostRewrite("^none$", "x")},
				request:    Request{Host: "example.com:8080", Path: "/a%2Fb", RawQuery: "c=d"},
			},
			want: Rewritten{Host: "example.com:8080", Path: "/a%2Fb", RawQuery: "c=d"},
		},
		"SeesQuery": {
			reason: "Transforms for listener rules: the URL is path and query",
			args: args{
				transforms: []types.RuleTransform{urlRewrite(`^/a\?b=(.*)$`, "/$1?x")},
				request:    Request{Host: "h", Path: "/a", RawQuery: "b=c"},
			},
			want: Rewritten{Host: "h", Path: "/c", RawQuery: "x"},
		},
		"KeepsQuery": {
			reason: "Only the matched part is replaced",
			args: args{
				transforms: []types.RuleTransform{urlRewrite(`^([^?]*)`, "/new")},
				request:    Request{Host: "h", Path: "/a/b", RawQuery: "c=d"},
			},
			want: Rewritten{Host: "h", Path: "/new", RawQuery: "c=d"},
		},
		"FirstMatch": {
			reason: "Assumption Rewrite: the first match alone",
			args: args{
				transforms: []types.RuleTransform{urlRewrite("a", "b")},
				request:    Request{Host: "h", Path: "/a/a"},
			},
			want: Rewritten{Host: "h", Path: "/b/a"},
		},
		"EveryMatchUnderAssumption": {
			reason: "Rewrite switches to the other reading",
			args: args{
				assumptions: Assumptions{Rewrite: EveryMatch},
				transforms:  []types.RuleTransform{urlRewrite("a", "b")},
				request:     Request{Host: "h", Path: "/a/a"},
			},
			want: Rewritten{Host: "h", Path: "/b/b"},
		},
		"GroupBeforeDigits": {
			reason: "RewriteConfig: $1 and $2 name groups; further digits are text where no such group exists",
			args: args{
				transforms: []types.RuleTransform{urlRewrite("^/(x)(y)?$", "/$10$2$x$")},
				request:    Request{Host: "h", Path: "/x"},
			},
			want: Rewritten{Host: "h", Path: "/x0$x$"},
		},
		"InvalidPath": {
			reason: "Transforms for listener rules: a match whose transform fails is an error (500)",
			args: args{
				transforms: []types.RuleTransform{urlRewrite("^/", "")},
				request:    Request{Host: "h", Path: "/a"},
			},
			err: `url-rewrite "a" is not a path with a query`,
		},
		"InvalidHost": {
			reason: "Transforms for listener rules: a match whose transform fails is an error (500)",
			args: args{
				transforms: []types.RuleTransform{hostRewrite(".*", "a b")},
				request:    Request{Host: "h", Path: "/a"},
			},
			err: `host-header-rewrite "a b" is not a host name`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := tc.args.assumptions.Transform(tc.args.transforms, tc.args.request)
			if diff := cmp.Diff(tc.err, message(err)); diff != "" {
				t.Errorf("%s: Transform(...): -want error, +got error:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: Transform(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestValidateTransforms(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []types.RuleTransform
		want   string
	}{
		"OneOfEach":   {reason: "Transform basics: one of each type", args: []types.RuleTransform{hostRewrite("a", "b"), urlRewrite("a", "b")}},
		"TwoURLs":     {reason: "Transform basics: one of each type", args: []types.RuleTransform{urlRewrite("a", "b"), urlRewrite("c", "d")}, want: "url-rewrite: 2 transforms of this type in one rule; the limit is 1"},
		"RegexLong":   {reason: "RewriteConfig: at most 1024 characters", args: []types.RuleTransform{urlRewrite(strings.Repeat("a", 1025), "b")}, want: `url-rewrite regex "` + strings.Repeat("a", 40) + `...": 1025 characters; the limit is 1024`},
		"ReplaceLong": {reason: "RewriteConfig: at most 1024 characters", args: []types.RuleTransform{urlRewrite("a", strings.Repeat("b", 1025))}, want: `url-rewrite replacement "` + strings.Repeat("b", 40) + `...": 1025 characters; the limit is 1024`},
		"Lookahead":   {reason: "Listener rules: no lookahead in transforms either", args: []types.RuleTransform{urlRewrite("a(?!b)", "b")}, want: "url-rewrite \"a(?!b)\" is not a regex that ALB takes: invalid or unsupported Perl syntax: `(?!`"},
		"NoRewrite":   {reason: "UrlRewriteConfig: a transform consists of a regex and a replacement", args: []types.RuleTransform{{Type: types.TransformTypeEnumUrlRewrite}}, want: "url-rewrite must have a rewrite"},
		"Unknown":     {reason: "TransformTypeEnum", args: []types.RuleTransform{{Type: "header-rewrite"}}, want: `transform type "header-rewrite" is none that an ALB knows`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, message(ValidateTransforms(tc.args))); diff != "" {
				t.Errorf("%s: ValidateTransforms(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRedirectLocation(t *testing.T) {
	type args struct {
		cfg      types.RedirectActionConfig
		request  Request
		port     int32
		protocol string
	}
	type want struct {
		url    string
		status int
	}
	cases := map[string]struct {
		reason string
		args   args
		want   want
	}{
		"ToHTTPS": {
			reason: "Recorded: the port is in the Location, the scheme's default too",
			args: args{
				cfg:     types.RedirectActionConfig{Protocol: new("HTTPS"), Port: new("443"), StatusCode: types.RedirectActionStatusCodeEnumHttp301},
				request: Request{Host: "example.com", Path: "/a", RawQuery: "b=c"}, port: 80, protocol: "HTTP",
			},
			want: want{"https://example.com:443/a?b=c", 301},
		},
		"KeepsPort": {
			reason: "Recorded: #{port} is the listener's",
			args: args{
				cfg:     types.RedirectActionConfig{Protocol: new("HTTPS"), Host: new("api.example.com"), Path: new("/v2/#{path}"), StatusCode: types.RedirectActionStatusCodeEnumHttp302},
				request: Request{Host: "example.com", Path: "/v1/users"}, port: 80, protocol: "HTTP",
			},
			want: want{"https://api.example.com:80/v2/v1/users", 302},
		},
		"HostWithoutItsPort": {
			reason: "Redirect actions: #{host} is the host name",
			args: args{
				cfg:     types.RedirectActionConfig{Path: new("/x"), StatusCode: types.RedirectActionStatusCodeEnumHttp302},
				request: Request{Host: "example.com:8080", Path: "/"}, port: 8080, protocol: "HTTP",
			},
			want: want{"http://example.com:8080/x", 302},
		},
		"AllKeywordsInQuery": {
			reason: "Redirect actions: the query may hold every keyword",
			args: args{
				cfg:     types.RedirectActionConfig{Query: new("#{protocol}-#{host}-#{port}-#{path}-#{query}"), Host: new("b.example.com"), StatusCode: types.RedirectActionStatusCodeEnumHttp302},
				request: Request{Host: "a.example.com", Path: "/p/q", RawQuery: "x=y"}, port: 443, protocol: "HTTPS",
			},
			want: want{"https://b.example.com:443/p/q?https-a.example.com-443-p/q-x=y", 302},
		},
		"EmptyQueryDropsIt": {
			reason: "RedirectActionConfig: Query may be empty, which leaves the request's out",
			args: args{
				cfg:     types.RedirectActionConfig{Query: new(""), Path: new("/n"), StatusCode: types.RedirectActionStatusCodeEnumHttp302},
				request: Request{Host: "[2001:db8::1]", Path: "/", RawQuery: "x=y"}, port: 80, protocol: "HTTP",
			},
			want: want{"http://[2001:db8::1]:80/n", 302},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			url, status := RedirectLocation(tc.args.cfg, tc.args.request, tc.args.port, tc.args.protocol)
			if diff := cmp.Diff(tc.want, want{url, status}, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s: RedirectLocation(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestARN(t *testing.T) {
	lb := LoadBalancerARN("123456789012", "us-west-2", "my-load-balancer", "50dc6c495c0c9188")
	cases := map[string]struct {
		reason string
		args   ARN
		want   string
	}{
		"LoadBalancer": {reason: "API reference, CreateLoadBalancer, example", args: lb, want: "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/my-load-balancer/50dc6c495c0c9188"},
		"Listener":     {reason: "API reference, CreateListener, example", args: lb.Listener("f2f7dc8efc522ab2"), want: "arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/app/my-load-balancer/50dc6c495c0c9188/f2f7dc8efc522ab2"},
		"Rule":         {reason: "API reference, CreateRule, example", args: lb.Listener("f2f7dc8efc522ab2").Rule("9683b2d02a6cabee"), want: "arn:aws:elasticloadbalancing:us-west-2:123456789012:listener-rule/app/my-load-balancer/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"},
		"TargetGroup":  {reason: "API reference, CreateTargetGroup, example", args: TargetGroupARN("123456789012", "us-west-2", "my-targets", "73e2d6bc24d8a067"), want: "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067"},
		"China":        {reason: "General reference: partition aws-cn", args: TrustStoreARN("123456789012", "cn-north-1", "ca", "1"), want: "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:truststore/ca/1"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.args.String()); diff != "" {
				t.Errorf("%s: String(): -want, +got:\n%s", tc.reason, diff)
			}
			back, err := ParseARN(tc.want)
			if err != nil {
				t.Fatalf("%s: ParseARN(...): %v", tc.reason, err)
			}
			if diff := cmp.Diff(tc.args, back); diff != "" {
				t.Errorf("%s: ParseARN(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
	for _, bad := range []string{"", "arn:aws:s3:::bucket", lb.String() + "/x", "arn:aws:elasticloadbalancing:r:a:loadbalancer/net/n/i", "arn:aws:elasticloadbalancing:r:a:targetgroup//i"} {
		if _, err := ParseARN(bad); err == nil {
			t.Errorf("ParseARN(%q): no error", bad)
		}
	}
}
