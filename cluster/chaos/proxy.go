package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// A proxy is where the provider reaches one side.
type proxy struct {
	warden  *warden
	name    func(*http.Request) (call, error)
	forward *httputil.ReverseProxy

	mu        sync.Mutex
	server    *http.Server
	address   string
	conflicts float64 // share of writes to objects that are refused with a conflict
	chance    *rand.Rand
}

func newProxy(w *warden, target string, transport http.RoundTripper, name func(*http.Request) (call, error)) (*proxy, error) {
	to, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("cannot forward to %q: %w", target, err)
	}
	p := &proxy{warden: w, name: name, address: "127.0.0.1:0"}
	p.forward = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // it is signed
		},
		Transport:     transport,
		FlushInterval: -1, // watches
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	return p, p.start()
}

// start listening, where it listened before.
func (p *proxy) start() error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", p.address)
	if err != nil {
		return fmt.Errorf("cannot stand between: %w", err)
	}
	p.address = l.Addr().String()
	server := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second, ErrorLog: nil}
	p.mu.Lock()
	p.server = server
	p.mu.Unlock()
	go func() { _ = server.Serve(l) }() // ends with stop
	return nil
}

// stop listening and end all connections, as a server that goes away does.
func (p *proxy) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.server.Close()
}

func (p *proxy) url() string { return "http://" + p.address }

// refuse a share of the writes to objects with a conflict; none for 0.
func (p *proxy) refuse(share float64, seed uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conflicts, p.chance = share, rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // no secret
}

func (p *proxy) conflict(r *http.Request) bool {
	if r.Method != http.MethodPut && r.Method != http.MethodPatch {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conflicts > 0 && p.chance.Float64() < p.conflicts
}

// ServeHTTP passes a call on, unless the provider is to die at it.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := p.name(r)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	switch p.warden.enter(r.Context(), c) {
	case lost:
		panic(http.ErrAbortHandler)
	case diesBefore:
		p.warden.slay(c, "before its effect")
		panic(http.ErrAbortHandler)
	case diesAfter:
		defer p.warden.slay(c, "after its effect")
		p.forward.ServeHTTP(nowhere{http.Header{}}, r)
		panic(http.ErrAbortHandler)
	case passes:
	}
	if c.to == toCluster && c.write && p.conflict(r) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusConflict)
		_, _ = io.WriteString(w, `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","reason":"Conflict","code":409,`+
			`"message":"the object has been modified; please apply your changes to the latest version and try again"}`)
		return
	}
	p.forward.ServeHTTP(w, r)
}

// nowhere is where the answer to a dead provider goes.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}

// nameAWS reads which operation a call means.
func nameAWS(r *http.Request) (call, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return call{}, fmt.Errorf("cannot read a call to AWS: %w", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	operation := ""
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, operation, _ = strings.Cut(target, ".")
	} else if form, err := url.ParseQuery(string(body)); err == nil {
		operation = form.Get("Action")
	}
	if operation == "" {
		operation = r.Method + " object"
	}
	reads := strings.HasPrefix(operation, "Describe") || strings.HasPrefix(operation, "Get") || strings.HasPrefix(operation, "List") || operation == "GET object" || operation == "HEAD object"
	return call{toAWS, operation, !reads}, nil
}

// nameKubernetes reads what a call does to which kind of object. Reviews of access write nothing.
func nameKubernetes(r *http.Request) (call, error) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	at := 2 // api/v1/...
	if parts[0] == "apis" {
		at = 3
	}
	if len(parts) > at+2 && parts[at] == "namespaces" {
		at += 2
	}
	name := r.Method
	if len(parts) > at {
		name += " " + parts[at]
	}
	if len(parts) > at+2 {
		name += "/" + parts[at+2]
	}
	write := r.Method != http.MethodGet && r.Method != http.MethodHead && !strings.Contains(name, "reviews")
	return call{toCluster, name, write}, nil
}

// A bearer gives the provider's token, which the provider itself gives to nobody who does not speak TLS.
type bearer struct {
	token string
	next  http.RoundTripper
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Authorization", "Bearer "+b.token) // of the outgoing request, which is nobody else's
	return b.next.RoundTrip(r)
}

// between stands between the provider and both sides.
func (l *lab) between(aws, kubeconfig string) (viaAWS, viaKubeconfig string, err error) {
	l.aws, err = newProxy(l.warden, aws, &http.Transport{MaxIdleConnsPerHost: 50, DisableCompression: true}, nameAWS)
	if err != nil {
		return "", "", err
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return "", "", fmt.Errorf("cannot read the provider's kubeconfig: %w", err)
	}
	secure, err := rest.TLSConfigFor(config)
	if err != nil {
		return "", "", fmt.Errorf("cannot read the cluster's certificates: %w", err)
	}
	transport := &http.Transport{TLSClientConfig: secure, ForceAttemptHTTP2: true, DisableCompression: true}
	l.cluster, err = newProxy(l.warden, config.Host, bearer{config.BearerToken, transport}, nameKubernetes)
	if err != nil {
		return "", "", err
	}
	file, err := clientcmd.LoadFromFile(kubeconfig)
	if err != nil {
		return "", "", fmt.Errorf("cannot read the provider's kubeconfig: %w", err)
	}
	for _, c := range file.Clusters {
		c.Server, c.CertificateAuthority, c.CertificateAuthorityData = l.cluster.url(), "", nil
	}
	via := kubeconfig + ".chaos"
	return l.aws.url(), via, errors.Join(clientcmd.WriteToFile(*file, via))
}
