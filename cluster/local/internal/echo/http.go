package echo

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/websocket"
)

const (
	defaultHTTPPort  = 3000
	defaultH2CPort   = 3001
	defaultHTTPSPort = 8443
)

// web is a part that speaks HTTP.
type web struct {
	server *http.Server
}

// Serve implements part. The end of ctx ends delays, and WebSockets, which Shutdown does not know.
func (w web) Serve(ctx context.Context, l net.Listener) {
	w.server.BaseContext = func(net.Listener) context.Context { return ctx }
	if w.server.TLSConfig != nil {
		_ = w.server.ServeTLS(l, "", "") // ends with Shutdown
		return
	}
	_ = w.server.Serve(l)
}

// Shutdown implements part.
func (w web) Shutdown(ctx context.Context) {
	if err := w.server.Shutdown(ctx); err != nil {
		_ = w.server.Close()
	}
}

func (o Options) httpPorts() ([]port, error) {
	plain, err := o.port("HTTP_PORT", defaultHTTPPort)
	if err != nil {
		return nil, err
	}
	h2c, err := o.port("H2C_PORT", defaultH2CPort)
	if err != nil {
		return nil, err
	}
	secure, err := o.port("HTTPS_PORT", defaultHTTPSPort)
	if err != nil {
		return nil, err
	}
	config, err := o.tlsConfig("TLS_SERVER_PRIVKEY")
	if err != nil {
		return nil, err
	}

	e := echoer{who: o.pod(), port: strconv.Itoa(int(plain))}
	handler := e.handler()
	ports := []port{
		{number: plain, part: newWeb(handler, nil)},
		{number: h2c, part: newH2C(http.HandlerFunc(e.h2c))},
	}
	if config == nil {
		return ports, nil
	}
	if err := o.verifyClients(config); err != nil {
		return nil, err
	}
	return append(ports, port{number: secure, part: newWeb(handler, config)}), nil
}

func newWeb(h http.Handler, config *tls.Config) web {
	return web{server: &http.Server{Handler: h, TLSConfig: config, ReadHeaderTimeout: 10 * time.Second}}
}

func newH2C(h http.Handler) web {
	w := newWeb(h, nil)
	w.server.Protocols = new(http.Protocols)
	w.server.Protocols.SetHTTP1(true)
	w.server.Protocols.SetUnencryptedHTTP2(true)
	return w
}

// echoer holds what is the same in every answer.
type echoer struct {
	who  Pod
	port string
}

func (e echoer) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "OK") })
	mux.HandleFunc("/status/", answerStatus)
	mux.Handle("/retry/", newFlaky(http.HandlerFunc(e.echo)))
	mux.Handle("/ws", websocket.Handler(echoFrames))
	mux.HandleFunc("/", e.echo)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = strings.ReplaceAll(r.URL.Path, "//", "/") // or the mux redirects to the clean path
		mux.ServeHTTP(w, r)
	})
}

func echoFrames(ws *websocket.Conn) {
	defer context.AfterFunc(ws.Request().Context(), func() { _ = ws.Close() })()
	_, _ = io.Copy(ws, ws) // until either side closes
}

// h2c wants HTTP/2, by prior knowledge or by upgrade.
func (e echoer) h2c(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor != 2 && r.Header.Get("Upgrade") != "h2c" {
		http.Error(w, "this port speaks h2c", http.StatusBadRequest)
		return
	}
	e.echo(w, r)
}

func (e echoer) echo(w http.ResponseWriter, r *http.Request) {
	if err := pause(r, "delay"); err != nil {
		refuse(w, err)
		return
	}
	body, err := json.MarshalIndent(newAnswer(r, e.who, e.port), "", " ")
	if err != nil {
		refuse(w, err)
		return
	}
	setHeaders(w.Header(), r.Header.Values("X-Echo-Set-Header"))
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(body)
}

// setHeaders reads "name:value,name:value" and keeps the case of names. A name given again extends the value.
func setHeaders(to http.Header, wanted []string) {
	for _, list := range wanted {
		for pair := range strings.SplitSeq(list, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), ":")
			if have := to[name]; len(have) > 0 {
				have[0] += "," + strings.TrimSpace(value)
				continue
			}
			to[name] = []string{value}
		}
	}
}

var statusPath = regexp.MustCompile(`^/status/(\d{3})$`)

func answerStatus(w http.ResponseWriter, r *http.Request) {
	code := http.StatusBadRequest
	if m := statusPath.FindStringSubmatch(r.RequestURI); m != nil {
		code, _ = strconv.Atoi(m[1]) // three digits
	}
	w.WriteHeader(max(code, http.StatusContinue)) // net/http panics below 100
}

// pause waits for the duration that a query or form value asks for.
func pause(r *http.Request, key string) error {
	text := r.FormValue(key)
	if text == "" {
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("value %q of %s is not a duration: %w", text, key, err)
	}
	select {
	case <-time.After(d):
		return nil
	case <-r.Context().Done():
		return r.Context().Err()
	}
}

func refuse(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusInternalServerError)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": err.Error()})
}
