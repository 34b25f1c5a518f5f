package dataplane

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

func pageBytes(line, title string, extra ...string) string {
	body := "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title + "</h1></center>\r\n</body>\r\n</html>\r\n"
	head := ""
	for _, h := range extra {
		head += h + "\r\n"
	}
	return fmt.Sprintf("HTTP/1.1 %s\r\nConnection: keep-alive\r\nContent-Length: %d\r\nContent-Type: text/html\r\n%sServer: awselb/2.0\r\nDate: X\r\n\r\n%s", line, len(body), head, body)
}

// rogue is a target below HTTP.
func rogue(t *testing.T, talk func(net.Conn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			talk(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return netip.MustParseAddrPort(l.Addr().String())
}

func TestGeneratedResponses(t *testing.T) {
	d := newPlane(t, Options{})
	readRequest := func(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) }
	groups := map[string]netip.AddrPort{
		"closes":    rogue(t, readRequest),
		"malformed": rogue(t, func(c net.Conn) { readRequest(c); _, _ = io.WriteString(c, "HELLO\r\n\r\n") }),
		"bigheader": rogue(t, func(c net.Conn) {
			readRequest(c)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nX-Big: "+strings.Repeat("x", 33<<10)+"\r\nContent-Length: 0\r\n\r\n")
		}),
		"silent":  rogue(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }),
		"refuses": refused(t),
	}
	rules := []types.Rule{rule("default", fixed("404", "text/plain", "nothing here"))}
	n := 0
	add := func(path string, a types.Action) {
		n++
		rules = append(rules, rule(fmt.Sprint(n), a, pathIs(path)))
	}
	for name, at := range groups {
		d.SetTargetGroup(groupOf(name, at))
		add("/"+name, forwardTo(name))
	}
	tlsGroup := groupOf("tls", groups["malformed"])
	tlsGroup.Settings.Protocol = types.ProtocolEnumHttps
	d.SetTargetGroup(tlsGroup)
	add("/tls", forwardTo("tls"))
	d.SetTargetGroup(groupOf("empty"))
	add("/empty", forwardTo("empty"))
	add("/unknown", forwardTo("unknown"))
	add("/zero", weighted(map[string]int32{groupARN: 0}))
	add("/json", fixed("200", "application/json", "{}"))
	add("/bare", types.Action{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: new("503")}})
	add("/301", types.Action{Type: types.ActionTypeEnumRedirect, RedirectConfig: &types.RedirectActionConfig{Protocol: new("HTTPS"), Port: new("443"), StatusCode: types.RedirectActionStatusCodeEnumHttp301}})
	add("/302", types.Action{Type: types.ActionTypeEnumRedirect, RedirectConfig: &types.RedirectActionConfig{Path: new("/new/#{path}"), StatusCode: types.RedirectActionStatusCodeEnumHttp302}})
	broken := rule("98", fixed("200", "text/plain", "x"), pathIs("/broken"))
	broken.Transforms = []types.RuleTransform{{Type: types.TransformTypeEnumUrlRewrite, UrlRewriteConfig: &types.UrlRewriteConfig{Rewrites: []types.RewriteConfig{{Regex: new("^/"), Replace: new("")}}}}}
	set(t, d, balancerWith(map[string]string{attrIdleTimeout: "10"}, append(rules, broken)...))
	at := socket(t, d, port)

	ask := func(path string, headers ...string) string {
		return "GET " + path + " HTTP/1.1\r\nHost: example.com\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n"
	}
	cases := map[string]struct {
		reason string
		args   string
		want   string
	}{
		"Redirect301":      {reason: "Recorded: 134 bytes, the port in the Location", args: ask("/301?a=b"), want: pageBytes("301 Moved Permanently", "301 Moved Permanently", "Location: https://example.com:443/301?a=b")},
		"Redirect302":      {reason: "Recorded: 110 bytes, Moved Temporarily in the status line alone", args: ask("/302"), want: pageBytes("302 Moved Temporarily", "302 Found", "Location: http://example.com:8080/new/302")},
		"Empty":            {reason: "Troubleshoot, HTTP 503: no registered targets", args: ask("/empty"), want: pageBytes("503 Service Temporarily Unavailable", "503 Service Temporarily Unavailable")},
		"Unknown":          {reason: "A group that is gone has no registered targets", args: ask("/unknown"), want: pageBytes("503 Service Temporarily Unavailable", "503 Service Temporarily Unavailable")},
		"ZeroWeights":      {reason: "Assumption: all weights 0", args: ask("/zero"), want: pageBytes("503 Service Temporarily Unavailable", "503 Service Temporarily Unavailable")},
		"Closes":           {reason: "Troubleshoot, HTTP 502: the target closed the connection", args: ask("/closes"), want: pageBytes("502 Bad Gateway", "502 Bad Gateway")},
		"Refuses":          {reason: "Troubleshoot, HTTP 502: a TCP RST when connecting", args: ask("/refuses"), want: pageBytes("502 Bad Gateway", "502 Bad Gateway")},
		"Malformed":        {reason: "Troubleshoot, HTTP 502: the response is malformed", args: ask("/malformed"), want: pageBytes("502 Bad Gateway", "502 Bad Gateway")},
		"BigHeader":        {reason: "Troubleshoot, HTTP 502: response headers over 32K", args: ask("/bigheader"), want: pageBytes("502 Bad Gateway", "502 Bad Gateway")},
		"TLSFailure":       {reason: "Troubleshoot, HTTP 502: SSL handshake error", args: ask("/tls"), want: pageBytes("502 Bad Gateway", "502 Bad Gateway")},
		"Silent":           {reason: "Troubleshoot, HTTP 504: no answer before the idle timeout", args: ask("/silent"), want: pageBytes("504 Gateway Time-out", "504 Gateway Time-out")},
		"Transform":        {reason: "Transforms: a match whose transform fails answers 500", args: ask("/broken"), want: pageBytes("500 Internal Server Error", "500 Internal Server Error")},
		"Trace":            {reason: "Troubleshoot, HTTP 405: TRACE", args: "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", want: pageBytes("405 Not Allowed", "405 Not Allowed")},
		"LongLine":         {reason: "Quotas: request line 16K, 414", args: ask("/" + strings.Repeat("a", 16<<10)), want: pageBytes("414 Request-URI Too Large", "414 Request-URI Too Large")},
		"LongHeader":       {reason: "Quotas: a header 16K, 400", args: ask("/json", "X-A: "+strings.Repeat("a", 16<<10)), want: pageBytes("400 Bad Request", "400 Bad Request")},
		"LongHeaders":      {reason: "Quotas: all headers 64K, 400", args: ask("/json", strings.Repeat("X-A: "+strings.Repeat("a", 9<<10)+"\r\n", 8)+"X-B: b"), want: pageBytes("400 Bad Request", "400 Bad Request")},
		"Unreadable":       {reason: "Troubleshoot, HTTP 400: a malformed request", args: "GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n", want: "HTTP/1.1 400 Bad Request\r\nServer: awselb/2.0\r\nDate: X\r\nContent-Type: text/html\r\nContent-Length: 122\r\nConnection: close\r\n\r\n" + pageFor(400).body},
		"TransferEncoding": {reason: "Troubleshoot, HTTP 501: unsupported Transfer-Encoding", args: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", want: "HTTP/1.1 501 Not Implemented\r\nServer: awselb/2.0\r\nDate: X\r\nContent-Type: text/html\r\nContent-Length: 130\r\nConnection: close\r\n\r\n" + pageFor(501).body},
		"Forwarded31":      {reason: "Troubleshoot, HTTP 463: more than 30 addresses", args: ask("/json", "X-Forwarded-For: "+strings.Repeat("1.2.3.4, ", 30)+"1.2.3.4"), want: "HTTP/1.1 463 \r\nConnection: keep-alive\r\nContent-Length: 0\r\nServer: awselb/2.0\r\nDate: X\r\n\r\n"},
		"Fixed":            {reason: "Fixed-response actions; the default rule", args: ask("/else"), want: "HTTP/1.1 404 Not Found\r\nConnection: keep-alive\r\nContent-Length: 12\r\nContent-Type: text/plain; charset=utf-8\r\nServer: awselb/2.0\r\nDate: X\r\n\r\nnothing here"},
		"FixedJSON":        {reason: "Fixed-response actions", args: ask("/json"), want: "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\nContent-Type: application/json\r\nServer: awselb/2.0\r\nDate: X\r\n\r\n{}"},
		"FixedBare":        {reason: "Fixed-response actions without body or type", args: ask("/bare"), want: "HTTP/1.1 503 Service Temporarily Unavailable\r\nConnection: keep-alive\r\nContent-Length: 0\r\nContent-Type: text/plain; charset=utf-8\r\nServer: awselb/2.0\r\nDate: X\r\n\r\n"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, raw(t, at, tc.args)); diff != "" {
				t.Errorf("%s: answer: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestPageLengths(t *testing.T) {
	for code, want := range map[int]int{301: 134, 302: 110, 403: 118, 502: 122, 503: 162, 504: 132} {
		if got := len(pageFor(code).body); got != want {
			t.Errorf("pageFor(%d): %d bytes; recorded from AWS: %d", code, got, want)
		}
	}
}

func TestListenerResponseHeaders(t *testing.T) {
	d := newPlane(t, Options{})
	lb := balancerWith(nil, rule("default", fixed("200", "text/plain", "x")))
	lb.Listeners[0].Attributes = map[string]string{
		attrServerHeader: "false",
		"routing.http.response.strict_transport_security.header_value": "max-age=5",
		"routing.http.response.x_frame_options.header_value":           "DENY",
	}
	set(t, d, lb)
	got := get(t, client(t, socket(t, d, port), nil), "http://example.com/").Header
	got.Del("Date")
	want := http.Header{
		"Connection": {"keep-alive"}, "Content-Length": {"1"}, "Content-Type": {"text/plain; charset=utf-8"},
		"Strict-Transport-Security": {"max-age=5"}, "X-Frame-Options": {"DENY"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("HTTP header modification: -want, +got:\n%s", diff)
	}
}
