package dataplane

import (
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// An exchange is one request and its answer.
type exchange struct {
	plane   *DataPlane
	cfg     *config
	conn    *connFacts
	w       http.ResponseWriter
	r       *http.Request
	client  netip.AddrPort
	seen    alb.Request   // as it came
	sent    alb.Rewritten // as it goes to the target
	toGRPC  bool          // the target group speaks gRPC
	group   *group
	view    *view
	target  *target
	cookies []string // Set-Cookie lines of ours
	watch   *watchdog

	authenticates bool              // the rule authenticates users
	identity      map[string]string // headers that tell the target who the user is
}

func newExchange(d *DataPlane, cfg *config, w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{plane: d, cfg: cfg, w: w, r: r}
	x.conn, _ = r.Context().Value(connKey{}).(*connFacts)
	x.client, _ = netip.ParseAddrPort(r.RemoteAddr)
	path, query := split(r.RequestURI)
	x.seen = alb.Request{
		Method: r.Method, Host: r.Host, Path: path, RawQuery: query, Header: r.Header,
		SourceIP: x.client.Addr().Unmap(), ListenerPort: cfg.Port,
	}
	return x
}

// split cuts a request target as sent; the absolute form loses scheme and host.
func split(target string) (path, query string) {
	path, query, _ = strings.Cut(target, "?")
	if _, rest, absolute := strings.Cut(path, "://"); absolute && !strings.HasPrefix(path, "/") {
		path = "/"
		if slash := strings.IndexByte(rest, '/'); slash >= 0 {
			path = rest[slash:]
		}
	}
	return path, query
}

func (x *exchange) serve() {
	if code := x.refusal(); code != 0 {
		x.page(code)
		return
	}
	if len(x.cfg.logins) > 0 && x.seen.Path == callbackPath {
		x.callback()
		return
	}
	p := &x.cfg.plans[x.cfg.matcher.Index(x.seen)]
	if !x.admitted(p) {
		return
	}
	sent, err := p.transforms.Apply(x.seen)
	if err != nil {
		x.plane.log.Warn("transform failed", "rule", p.arn, "error", err)
		x.page(http.StatusInternalServerError)
		return
	}
	x.sent = sent
	switch p.final.Type {
	case types.ActionTypeEnumRedirect:
		x.redirect(*p.final.RedirectConfig)
	case types.ActionTypeEnumFixedResponse:
		x.fixed(p.code, *p.final.FixedResponseConfig)
	default:
		x.forward(p.forward)
	}
}

// refusal is the code for a request that no rule gets to see, or 0 (user guide, "Troubleshoot" and "Quotas").
func (x *exchange) refusal() int {
	switch {
	case x.r.Method == http.MethodTrace:
		return http.StatusMethodNotAllowed
	case x.r.Method == http.MethodConnect:
		return http.StatusBadRequest
	case len(x.r.Method)+len(x.r.RequestURI)+len(" HTTP/1.1 ") > alb.MaxRequestLineBytes:
		return http.StatusRequestURITooLong
	case tooLarge(x.r.Header):
		return http.StatusBadRequest
	case forwardedAddresses(x.r.Header) > alb.MaxForwardedForAddresses:
		return statusTooManyForwarded
	}
	return 0
}

func tooLarge(h http.Header) bool {
	total := 0
	for name, values := range h {
		for _, v := range values {
			line := len(name) + len(": ") + len(v)
			if line > alb.MaxRequestHeaderBytes {
				return true
			}
			total += line + len("\r\n")
		}
	}
	return total > alb.MaxRequestHeadersBytes
}

func forwardedAddresses(h http.Header) int {
	n := 0
	for _, v := range h["X-Forwarded-For"] {
		n += strings.Count(v, ",") + 1
	}
	return n
}

// expired tells that the connection has lived for client_keep_alive.seconds.
func (x *exchange) expired() bool {
	return time.Since(x.conn.accepted) > x.cfg.keep
}

// redirected is the request as redirects see it: with the rule's transforms applied.
func (x *exchange) redirected() alb.Request {
	r := x.seen
	if x.plane.assumptions.Redirect == alb.RedirectOriginal {
		return r
	}
	r.Host, r.Path, r.RawQuery = x.sent.Host, x.sent.Path, x.sent.RawQuery
	return r
}

func (x *exchange) redirect(cfg types.RedirectActionConfig) {
	location, code := alb.RedirectLocation(cfg, x.redirected(), x.cfg.Port, string(x.cfg.Protocol))
	x.w.Header().Set("Location", location)
	x.w.Header().Set("Content-Type", "text/html")
	p := pageFor(code)
	x.answer(code, p.line, p.body)
}

func (x *exchange) fixed(code int, cfg types.FixedResponseActionConfig) {
	content := deref(cfg.ContentType)
	if content == "" {
		content = "text/plain"
	}
	if strings.HasPrefix(content, "text/") && x.plane.assumptions.Charset == alb.CharsetAdded {
		content += "; charset=utf-8"
	}
	x.w.Header().Set("Content-Type", content)
	x.answer(code, pageFor(code).line, deref(cfg.MessageBody))
}
