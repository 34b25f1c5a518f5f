package page

import (
	"embed"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

//go:embed assets
var assets embed.FS

// Nowhere is the address at which nothing is served.
const Nowhere = "0"

// A Server serves the page, whichever controllers run.
type Server struct {
	source atomic.Pointer[source]
	live   *hub
}

// A source of objects, or why there is none.
type source struct {
	kube client.Reader
	lack string
}

// NewServer without objects.
func NewServer() *Server {
	s := &Server{live: newHub(time.Second)}
	s.Wait("the cluster has not been asked yet")
	return s
}

// Show what a reader holds from now on. It must know the indexes of package lookup.
func (s *Server) Show(kube client.Reader) {
	s.source.Store(&source{kube: kube})
	s.live.changed()
}

// Wait shows nothing but what the controllers wait for.
func (s *Server) Wait(lack string) {
	s.source.Store(&source{lack: lack})
	s.live.changed()
}

// Serve at an address, Nowhere for nowhere, until stop is called. At is where that is.
func (s *Server) Serve(address string) (at string, stop func(), err error) {
	if address == Nowhere {
		return "", func() {}, nil
	}
	l, err := net.Listen("tcp", address) //nolint:noctx // Nothing to cancel: it binds or it does not.
	if err != nil {
		return "", nil, errors.Wrap(err, "cannot serve the page")
	}
	s.live.start()
	server := &http.Server{
		Handler: guarded(s.handler(), local(l.Addr())), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 1 << 16,
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // ends with Close
	}()
	return l.Addr().String(), func() {
		_ = server.Close()
		s.live.stop()
		<-done
	}, nil
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range map[string]http.HandlerFunc{
		"GET /{$}":                                  s.list(whole),
		"GET /fragment/{$}":                         s.list(fragment),
		"GET /gateways/{namespace}/{name}":          s.gateway(whole),
		"GET /fragment/gateways/{namespace}/{name}": s.gateway(fragment),
		"GET /events":                               s.live.serve,
		"GET /assets/page.css":                      asset,
		"GET /assets/page.js":                       asset,
	} {
		mux.HandleFunc(pattern, h)
	}
	return mux
}

func asset(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache") // another version of the provider has another page
	http.ServeFileFS(w, r, assets, strings.TrimPrefix(r.URL.Path, "/"))
}

// local says whether an address is reached from this machine only.
func local(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
