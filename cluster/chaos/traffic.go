package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

const (
	workers   = 4
	mostWrong = 20 // are told of each phase
)

// traffic is what clients send without pause.
type traffic struct {
	judge  *judge
	stack  *stack.Stack
	probes []probe
	pause  time.Duration // of a client between an answer and the next request
	began  time.Time

	phase   atomic.Pointer[string]
	checked atomic.Int64
	wrong   atomic.Int64

	mu      sync.Mutex
	told    []string
	sockets map[int32]string // by port
}

// run clients until ctx ends. Half of them keep their connections, half of them make a new one for each request.
func (t *traffic) run(ctx context.Context, seed uint64) {
	var clients sync.WaitGroup
	for i := range workers {
		clients.Go(func() {
			d := dice{rand.New(rand.NewPCG(seed, uint64(100+i)))} //nolint:gosec // no secret
			c := t.client(i%2 == 0)
			defer c.CloseIdleConnections()
			for ctx.Err() == nil {
				t.send(ctx, c, pick(d, t.probes))
				select {
				case <-ctx.Done():
				case <-time.After(t.pause):
				}
			}
		})
	}
	clients.Wait()
}

func (t *traffic) client(keep bool) *http.Client {
	return &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{
			DisableKeepAlives: !keep,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				_, port, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				return t.dial(ctx, network, port)
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// dial the load balancer where the simulator says that a port is served. A socket that refuses may have moved.
func (t *traffic) dial(ctx context.Context, network, port string) (net.Conn, error) {
	var number int32
	if _, err := fmt.Sscan(port, &number); err != nil {
		return nil, err
	}
	t.mu.Lock()
	socket := t.sockets[number]
	t.mu.Unlock()
	d := net.Dialer{Timeout: 5 * time.Second}
	if socket != "" {
		if conn, err := d.DialContext(ctx, network, socket); err == nil {
			return conn, nil
		}
	}
	endpoints, err := t.stack.Endpoints(ctx)
	if err != nil {
		return nil, err
	}
	socket = ""
	for _, e := range endpoints {
		for _, l := range e.Listeners {
			if l.Port == number {
				socket = l.Socket
			}
		}
	}
	t.mu.Lock()
	t.sockets[number] = socket
	t.mu.Unlock()
	if socket == "" {
		return nil, fmt.Errorf("no load balancer listens on port %s", port)
	}
	return d.DialContext(ctx, network, socket)
}

// send a probe, and have the answer judged.
func (t *traffic) send(ctx context.Context, c *http.Client, p probe) {
	sent := time.Now()
	a := ask(ctx, c, p)
	if ctx.Err() != nil {
		return
	}
	t.checked.Add(1)
	wrong := t.judge.wrong(p, sent, a)
	if wrong == "" {
		return
	}
	t.wrong.Add(1)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.told) < mostWrong {
		t.told = append(t.told, fmt.Sprintf("%s, after %.1fs: %s", *t.phase.Load(), sent.Sub(t.began).Seconds(), wrong))
	}
}

func ask(ctx context.Context, c *http.Client, p probe) answer {
	req, err := http.NewRequestWithContext(ctx, p.method, fmt.Sprintf("http://%s:%d%s", p.host, p.port, p.path), http.NoBody)
	if err != nil {
		return answer{failure: err.Error()}
	}
	req.Host = p.hostHeader()
	if p.value != "" {
		req.Header.Set(header, p.value)
	}
	resp, err := c.Do(req)
	if err != nil {
		return answer{failure: err.Error()}
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return answer{failure: err.Error()}
	}
	a := answer{status: resp.StatusCode, location: ownPortLeftOut(resp.Header.Get("Location"))}
	var echo struct{ Path, Pod string }
	if json.Unmarshal(body, &echo) == nil {
		a.path = echo.Path
		a.backend, _, _ = strings.Cut(echo.Pod, "-")
	}
	return a
}

// ownPortLeftOut of a Location: an ALB names it always, Gateway API leaves it out.
func ownPortLeftOut(location string) string {
	if rest, ok := strings.CutPrefix(location, "http://"); ok {
		host, path, _ := strings.Cut(rest, "/")
		return "http://" + strings.TrimSuffix(host, ":80") + "/" + path
	}
	return location
}

// take what is told of wrong answers so far.
func (t *traffic) take() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	told := t.told
	t.told = nil
	return told
}
