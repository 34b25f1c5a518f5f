package dataplane

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

var trace = regexp.MustCompile(`(Root|Self)=1-[0-9a-f]{8}-[0-9a-f]{24}`)

func TestRequestToTarget(t *testing.T) {
	type args struct {
		attrs      map[string]string
		transforms []types.RuleTransform
		request    string
	}
	ask := func(target, host string, headers ...string) string {
		return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n"
	}
	plain := func(first string, lines ...string) string {
		return first + "\n" + strings.Join(append(lines, ""), "\n")
	}
	tail := []string{"X-Forwarded-For=127.0.0.1", "X-Forwarded-Proto=http", "X-Forwarded-Port=8080", "X-Amzn-Trace-Id=Root=T"}
	cases := map[string]struct {
		reason string
		args   args
		want   string
	}{
		"Plain": {
			reason: "X-Forwarded headers; Host header: another port than 80 and 443 is appended",
			args:   args{request: ask("/a?b=c", "example.com")},
			want:   plain("GET /a?b=c HTTP/1.1 host=example.com:8080", tail...),
		},
		"RawPath": {
			reason: "The path goes to the target byte for byte",
			args:   args{request: ask(`/a%2Fb/%7Ec//d/../e"{}?x=%zz&y`, "example.com")},
			want:   plain(`GET /a%2Fb/%7Ec//d/../e"{}?x=%zz&y HTTP/1.1 host=example.com:8080`, tail...),
		},
		"TwoSlashes": {
			reason: "The path goes to the target byte for byte",
			args:   args{request: ask("//a//b?", "example.com")},
			want:   plain("GET //a//b? HTTP/1.1 host=example.com:8080", tail...),
		},
		"HostPortReplaced": {
			reason: "Host header preservation: on other ports the listener's port stands in the Host",
			args:   args{request: ask("/", "example.com:9999")},
			want:   plain("GET / HTTP/1.1 host=example.com:8080", tail...),
		},
		"HostPreserved": {
			reason: "routing.http.preserve_host_header.enabled",
			args:   args{attrs: map[string]string{attrPreserveHost: "true"}, request: ask("/", "example.com:9999")},
			want:   plain("GET / HTTP/1.1 host=example.com:9999", tail...),
		},
		"ForwardedAppend": {
			reason: "routing.http.xff_header_processing.mode=append is the default",
			args:   args{request: ask("/", "h.example", "X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: https", "X-Forwarded-Port: 1")},
			want:   plain("GET / HTTP/1.1 host=h.example:8080", append([]string{"X-Forwarded-For=203.0.113.7, 127.0.0.1"}, tail[1:]...)...),
		},
		"ForwardedPreserve": {
			reason: "routing.http.xff_header_processing.mode=preserve",
			args:   args{attrs: map[string]string{attrForwardedMode: "preserve"}, request: ask("/", "h.example", "X-Forwarded-For: 203.0.113.7")},
			want:   plain("GET / HTTP/1.1 host=h.example:8080", append([]string{"X-Forwarded-For=203.0.113.7"}, tail[1:]...)...),
		},
		"ForwardedRemove": {
			reason: "routing.http.xff_header_processing.mode=remove",
			args:   args{attrs: map[string]string{attrForwardedMode: "remove"}, request: ask("/", "h.example", "X-Forwarded-For: 203.0.113.7")},
			want:   plain("GET / HTTP/1.1 host=h.example:8080", tail[1:]...),
		},
		"ForwardedByOthers": {
			reason: "X-forwarded headers: the load balancer knows three of them; what the client says in others goes through",
			args:   args{request: ask("/", "h.example", "X-Forwarded-Host: other.example", "Forwarded: for=203.0.113.7", "Forwarded: host=b")},
			want: plain("GET / HTTP/1.1 host=h.example:8080",
				append(tail[:4:4], "X-Forwarded-Host=other.example", "Forwarded=for=203.0.113.7", "Forwarded=host=b")...),
		},
		"TraceSelf": {
			reason: "Request tracing: with a Root a Self is inserted, other fields are kept",
			args:   args{request: ask("/", "h.example", "X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678;CalledFrom=app")},
			want:   plain("GET / HTTP/1.1 host=h.example:8080", append(tail[:3:3], "X-Amzn-Trace-Id=Self=T;Root=T;CalledFrom=app")...),
		},
		"TraceSelfUpdated": {
			reason: "Request tracing: an earlier Self is updated",
			args:   args{request: ask("/", "h.example", "X-Amzn-Trace-Id: Self=1-00000000-000000000000000000000000;Root=1-67891233-abcdef012345678912345678")},
			want:   plain("GET / HTTP/1.1 host=h.example:8080", append(tail[:3:3], "X-Amzn-Trace-Id=Self=T;Root=T")...),
		},
		"OddHeaderKept": {
			reason: "routing.http.drop_invalid_header_fields.enabled is false by default",
			args:   args{request: ask("/", "h.example", "X_odd: 1")},
			want:   plain("GET / HTTP/1.1 host=h.example:8080", append(tail[:4:4], "X_odd=1")...),
		},
		"OddHeaderDropped": {
			reason: "routing.http.drop_invalid_header_fields.enabled",
			args:   args{attrs: map[string]string{attrDropInvalid: "true"}, request: ask("/", "h.example", "X_odd: 1")},
			want:   plain("GET / HTTP/1.1 host=h.example:8080", tail...),
		},
		"Transforms": {
			reason: "Transforms for listener rules: the target sees the rewritten URL and host",
			args: args{
				transforms: []types.RuleTransform{
					{Type: types.TransformTypeEnumUrlRewrite, UrlRewriteConfig: &types.UrlRewriteConfig{Rewrites: []types.RewriteConfig{{Regex: new(`^/dp/([A-Za-z0-9]+)/?$`), Replace: new("/product.php?id=$1")}}}},
					{Type: types.TransformTypeEnumHostHeaderRewrite, HostHeaderRewriteConfig: &types.HostHeaderRewriteConfig{Rewrites: []types.RewriteConfig{{Regex: new("^mywebsite-(.+).com$"), Replace: new("internal.dev.$1.myweb.com")}}}},
				},
				request: ask("/dp/B09G3HRMW", "mywebsite-example.com"),
			},
			want: plain("GET /product.php?id=B09G3HRMW HTTP/1.1 host=internal.dev.example.myweb.com", tail...),
		},
		"AbsoluteForm": {
			reason: "RFC 9112, section 3.2.2: the absolute form names the host",
			args:   args{request: "GET http://example.com/x?y HTTP/1.1\r\nHost: other.example\r\n\r\n"},
			want:   plain("GET /x?y HTTP/1.1 host=example.com:8080", tail...),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			d := newPlane(t, Options{})
			d.SetTargetGroup(groupOf(groupARN, serve(t, echo("a"))))
			all := rule("1", forwardTo(groupARN), pathIs("*"))
			all.Transforms = tc.args.transforms
			set(t, d, balancerWith(tc.args.attrs, all, rule("default", fixed("404", "", ""))))
			_, got, _ := strings.Cut(raw(t, socket(t, d, port), tc.args.request), "\r\n\r\n")
			got = trace.ReplaceAllString(got, "$1=T")
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: what the target saw: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestHostOnDefaultPort(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   string
		want   string
	}{
		"Plain":     {reason: "Host header preservation: unchanged on port 80", args: "example.com", want: "example.com"},
		"OwnPort":   {reason: "Host header preservation: the default port is taken off", args: "example.com:80", want: "example.com"},
		"OtherPort": {reason: "Host header preservation: unchanged on port 80", args: "example.com:1234", want: "example.com:1234"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			x := &exchange{cfg: &config{Listener: Listener{Port: 80}}}
			x.seen.Host, x.sent.Host = tc.args, tc.args
			if diff := cmp.Diff(tc.want, x.targetHost()); diff != "" {
				t.Errorf("%s: targetHost(): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
