package identity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Paths of the endpoints.
const (
	Discovery = "/.well-known/openid-configuration"
	Authorize = "/oauth2/authorize"
	Token     = "/oauth2/token"
	UserInfo  = "/oauth2/userInfo"
	Keys      = "/keys"
)

// Options are what a Provider is told at its start. The zero value works, for nobody.
type Options struct {
	Issuer   string   // default: where the provider is
	Names    []string // host names that its certificate is for, beside localhost and 127.0.0.1
	Clients  []Client
	Lifetime time.Duration // of access tokens; default an hour
	Refresh  bool          // give refresh tokens, each good for one use
}

// A Client may ask for tokens.
type Client struct {
	ID, Secret   string
	RedirectURIs []string // compared byte by byte
}

// A User has claims beside the subject.
type User struct {
	Subject string
	Claims  map[string]any
}

// A Provider serves until it is closed.
type Provider struct {
	lifetime time.Duration
	refresh  bool
	issuer   string
	url      string
	ca       []byte
	server   *http.Server
	served   chan error
	closing  context.Context
	close    context.CancelFunc

	mu      sync.Mutex
	clients map[string]Client
	user    *User
	fault   Fault
	keys    []jose.JSONWebKey // private ones, the one that signs first
	codes   map[string]grant
	access  map[string]grant
	renewal map[string]grant
	asked   map[string]int // requests by path
}

// Start serves on a free port of 127.0.0.1.
func Start(o Options) (*Provider, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w", err)
	}
	ca, config, err := serverTLS(o.Names)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	if o.Lifetime == 0 {
		o.Lifetime = time.Hour
	}
	p := &Provider{
		lifetime: o.Lifetime, refresh: o.Refresh, url: "https://" + listener.Addr().String(), ca: ca, served: make(chan error, 1),
		clients: map[string]Client{}, codes: map[string]grant{}, access: map[string]grant{}, renewal: map[string]grant{}, asked: map[string]int{},
	}
	p.issuer = cmp.Or(o.Issuer, p.url)
	p.closing, p.close = context.WithCancel(context.Background())
	for _, c := range o.Clients {
		p.clients[c.ID] = c
	}
	if err := p.Rotate(); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	p.server = &http.Server{Handler: p.handler(), TLSConfig: config, ReadHeaderTimeout: 10 * time.Second}
	go func() { p.served <- p.server.ServeTLS(listener, "", "") }()
	return p, nil
}

// Close ends the provider and every request under way.
func (p *Provider) Close() error {
	p.close()
	err := p.server.Close()
	if served := <-p.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// URL is where the provider is, and its issuer unless another was chosen.
func (p *Provider) URL() string { return p.url }

// Endpoint is the URL of one of the paths.
func (p *Provider) Endpoint(path string) string { return p.url + path }

// CA is the authority of the provider's certificate, in PEM.
func (p *Provider) CA() []byte { return p.ca }

// Register adds a client, or replaces it.
func (p *Provider) Register(c Client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clients[c.ID] = c
}

// LogIn has whoever comes from now on be this user, without being asked.
func (p *Provider) LogIn(u User) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.user = &u
}

// LogOut has whoever comes be asked to log in, and takes back every token.
func (p *Provider) LogOut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.user = nil
	clear(p.codes)
	clear(p.access)
	clear(p.renewal)
}

// Requests is how often a path was asked for.
func (p *Provider) Requests(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

func (p *Provider) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Discovery, p.discovery)
	mux.HandleFunc("GET "+Authorize, p.authorize)
	mux.HandleFunc("POST "+Token, p.token)
	mux.HandleFunc("GET "+UserInfo, p.userInfo)
	mux.HandleFunc("GET "+Keys, p.keySet)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked[r.URL.Path]++
		p.mu.Unlock()
		if !p.breaks(w, r) {
			mux.ServeHTTP(w, r)
		}
	})
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": p.issuer, "authorization_endpoint": p.Endpoint(Authorize), "token_endpoint": p.Endpoint(Token),
		"userinfo_endpoint": p.Endpoint(UserInfo), "jwks_uri": p.Endpoint(Keys), "response_types_supported": []string{"code"},
		"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{string(jose.RS256)},
	})
}
