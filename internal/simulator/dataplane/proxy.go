package dataplane

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

var (
	errIdle         = errors.New("no data was sent or received within the idle timeout")
	errDeregistered = errors.New("the target's deregistration delay is over")
)

// backends are the connections of a load balancer to its targets.
type backends struct {
	idle         time.Duration
	http1, http2 *http.Transport
	proxy1       *httputil.ReverseProxy
	proxy2       *httputil.ReverseProxy
}

func newBackends(d *DataPlane, idle time.Duration) *backends {
	b := &backends{idle: idle}
	b.http1, b.http2 = newTransport(d, idle), newTransport(d, idle)
	b.http1.Protocols = new(http.Protocols)
	b.http1.Protocols.SetHTTP1(true)
	b.http2.Protocols = new(http.Protocols)
	b.http2.Protocols.SetHTTP2(true)
	b.http2.Protocols.SetUnencryptedHTTP2(true)
	b.proxy1, b.proxy2 = newProxy(d, b.http1), newProxy(d, b.http2)
	b.proxy1.FlushInterval = -1
	// Over HTTP/2 bodies of unknown length are flushed as they come in any case; flushing all would tear a gRPC answer
	// of headers alone into headers and an empty body.
	return b
}

func newTransport(d *DataPlane, idle time.Duration) *http.Transport {
	return &http.Transport{
		DialContext:            d.connect,
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: true}, // an ALB does not verify targets
		TLSHandshakeTimeout:    d.scaled(alb.ConnectTimeoutSeconds * time.Second),
		DisableCompression:     true,
		MaxIdleConnsPerHost:    512,
		IdleConnTimeout:        idle,
		MaxResponseHeaderBytes: alb.MaxResponseHeadersBytes,
	}
}

func newProxy(d *DataPlane, t *http.Transport) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport:      t,
		BufferPool:     buffers{},
		Rewrite:        func(p *httputil.ProxyRequest) { of(p.In.Context()).outgoing(p.Out) },
		ModifyResponse: func(res *http.Response) error { of(res.Request.Context()).incoming(res); return nil },
		ErrorHandler: func(_ http.ResponseWriter, r *http.Request, err error) {
			of(r.Context()).fail(context.Cause(r.Context()), err)
		},
		ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelDebug),
	}
}

func (b *backends) close() {
	if b != nil {
		b.http1.CloseIdleConnections()
		b.http2.CloseIdleConnections()
	}
}

// buffers are what bodies are copied through.
type buffers struct{}

var bufferPool = sync.Pool{New: func() any { return new([32 << 10]byte) }}

// Get takes a buffer.
func (buffers) Get() []byte { return bufferPool.Get().(*[32 << 10]byte)[:] }

// Put gives it back.
func (buffers) Put(b []byte) { bufferPool.Put((*[32 << 10]byte)(b)) }

type exchangeKey struct{}

func of(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// proxy has the target answer.
func (x *exchange) proxy() {
	ctx, cancel := context.WithCancelCause(context.WithValue(x.r.Context(), exchangeKey{}, x))
	defer cancel(nil)
	defer context.AfterFunc(x.target.gone, func() { cancel(errDeregistered) })()
	x.watch = newWatchdog(x, cancel)
	defer x.watch.stop()
	x.target.inFlight.Add(1)
	defer x.target.inFlight.Add(-1)

	if x.r.ProtoMajor == 1 {
		// Or net/http would hold the answer back until the request has come to its end.
		_ = http.NewResponseController(x.w).EnableFullDuplex()
	}
	r := x.r.WithContext(ctx)
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = &requestBody{ReadCloser: r.Body, watch: x.watch}
	}
	if x.view.version == versionHTTP1 {
		x.cfg.backends.proxy1.ServeHTTP(x.w, r)
		return
	}
	x.cfg.backends.proxy2.ServeHTTP(x.w, r)
}

// outgoing makes the request that the target gets.
func (x *exchange) outgoing(out *http.Request) {
	out.URL = x.targetURL()
	out.Host = x.targetHost()
	x.requestHeaders(out.Header)
}

// targetURL keeps path and query byte for byte.
func (x *exchange) targetURL() *url.URL {
	u := &url.URL{Scheme: x.view.scheme, Host: x.target.socket, RawQuery: x.sent.RawQuery}
	u.ForceQuery = x.sent == (alb.Rewritten{Host: x.sent.Host, Path: x.seen.Path}) && strings.HasSuffix(x.r.RequestURI, "?")
	if !strings.HasPrefix(x.sent.Path, "//") {
		u.Opaque = x.sent.Path
		return u
	}
	// An opaque part with two slashes would be taken for a host.
	u.RawPath = x.sent.Path
	u.Path, _ = url.PathUnescape(x.sent.Path)
	return u
}

// incoming makes the client's answer from the target's.
func (x *exchange) incoming(res *http.Response) {
	x.watch.progress()
	x.stickApplication(res)
	for _, line := range x.cookies {
		res.Header.Add("Set-Cookie", line)
	}
	if res.StatusCode == http.StatusSwitchingProtocols {
		if conn, ok := res.Body.(io.ReadWriteCloser); ok {
			res.Body = &upgraded{ReadWriteCloser: conn, watch: x.watch}
		}
		return
	}
	x.finishHeader(res.Header)
	res.Body = &responseBody{ReadCloser: res.Body, watch: x.watch}
}

// fail answers for a target that did not (user guide, "Troubleshoot": HTTP 408, 460, 502, 504).
func (x *exchange) fail(cause, err error) {
	code := http.StatusBadGateway
	switch {
	case errors.Is(cause, errIdle) && x.watch.blamed.Load():
		code = http.StatusRequestTimeout
	case errors.Is(cause, errIdle), errors.Is(err, errConnectTimeout):
		code = http.StatusGatewayTimeout
	case x.r.Context().Err() != nil:
		// The client is gone; 460 exists in access logs only. This panic is net/http's way to send no answer.
		panic(http.ErrAbortHandler)
	}
	x.plane.log.Debug("target failed", "target", x.target.key, "group", x.group.arn, "code", code, "error", errors.Join(cause, err))
	x.page(code)
}

// A watchdog ends an exchange in which nothing has moved for the idle timeout.
type watchdog struct {
	timer  *time.Timer
	idle   time.Duration
	client atomic.Bool // the one that is waited for is the client
	blamed atomic.Bool // it was when the time was up

	mu      sync.Mutex
	stopped bool
}

func newWatchdog(x *exchange, cancel context.CancelCauseFunc) *watchdog {
	w := &watchdog{idle: x.cfg.idle}
	w.timer = time.AfterFunc(w.idle, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.stopped {
			return // or the next request of the connection would suffer
		}
		w.blamed.Store(w.client.Load())
		cancel(errIdle)
		if w.blamed.Load() {
			// A read that waits would hold up the end of the handler.
			_ = http.NewResponseController(x.w).SetReadDeadline(time.Unix(1, 0))
		}
	})
	return w
}

func (w *watchdog) progress() { w.timer.Reset(w.idle) }

func (w *watchdog) stop() {
	w.timer.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
}

type requestBody struct {
	io.ReadCloser
	watch *watchdog
}

// Read waits for the client.
func (b *requestBody) Read(p []byte) (int, error) {
	b.watch.client.Store(true)
	n, err := b.ReadCloser.Read(p)
	b.watch.client.Store(false)
	b.watch.progress()
	return n, err
}

type responseBody struct {
	io.ReadCloser
	watch *watchdog
}

// Read waits for the target.
func (b *responseBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.watch.progress()
	return n, err
}

// upgraded is the target's side of a connection that speaks another protocol now.
type upgraded struct {
	io.ReadWriteCloser
	watch *watchdog
}

// Read waits for the target.
func (u *upgraded) Read(p []byte) (int, error) {
	n, err := u.ReadWriteCloser.Read(p)
	u.watch.progress()
	return n, err
}

// Write passes on what the client sent.
func (u *upgraded) Write(p []byte) (int, error) {
	n, err := u.ReadWriteCloser.Write(p)
	u.watch.progress()
	return n, err
}
