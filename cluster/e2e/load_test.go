package e2e

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

const (
	loadClients = 4
	loadPause   = 20 * time.Millisecond // of a client between an answer and the next request
	loadEnough  = 50                    // requests, below which a load says nothing
	loadTold    = 10                    // of the failures
)

// A load is what clients send without pause, and what came of it.
type load struct {
	stop    context.CancelFunc
	clients sync.WaitGroup

	mu     sync.Mutex
	sent   int
	failed []string
}

// The load that runs. Scripts run one after the other.
var running *load

// load start GATEWAY URL | stop: clients send requests without pause, half of them on connections that they keep. Each has to be
// answered 200.
func loadCommand(ts *testscript.TestScript, _ bool, args []string) {
	switch {
	case len(args) == 3 && args[0] == "start" && running == nil:
		startLoad(ts, args[1], args[2])
	case len(args) == 1 && args[0] == "stop" && running != nil:
		stopLoad(ts)
	default:
		ts.Fatalf("usage: load start GATEWAY URL | load stop")
	}
}

func startLoad(ts *testscript.TestScript, gateway, url string) {
	address, err := system.Kubectl(context.Background(), "", "get", "gateway", gateway, "-n", ts.Getenv("NS"), "-o", "jsonpath={.status.addresses[0].value}")
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	l := &load{stop: cancel}
	for i := range loadClients {
		client := clientOf(address, &tls.Config{MinVersion: tls.VersionTLS12})
		if t, ok := client.Transport.(*http.Transport); ok {
			t.DisableKeepAlives = i%2 == 0
		}
		client.Timeout = 10 * time.Second
		l.clients.Go(func() { l.send(ctx, client, url) })
	}
	running = l
	ts.Defer(func() { // where the script ends without having stopped it
		if running == l {
			running = nil
			l.end()
		}
	})
}

func (l *load) end() {
	l.stop()
	l.clients.Wait()
}

func stopLoad(ts *testscript.TestScript) {
	l := running
	running = nil
	l.end()
	if l.sent < loadEnough {
		ts.Fatalf("only %d requests were sent", l.sent)
	}
	if n := len(l.failed); n > 0 {
		ts.Fatalf("%d of %d requests failed, such as %q", n, l.sent, l.failed[:min(n, loadTold)])
	}
	ts.Logf("%d requests, each answered 200", l.sent)
}

func (l *load) send(ctx context.Context, client *http.Client, url string) {
	defer client.CloseIdleConnections()
	began := time.Now()
	for ctx.Err() == nil {
		failure := once(ctx, client, url)
		if ctx.Err() != nil {
			return
		}
		l.mu.Lock()
		l.sent++
		if failure != "" {
			l.failed = append(l.failed, fmt.Sprintf("%.1fs: %s", time.Since(began).Seconds(), failure))
		}
		l.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(loadPause):
		}
	}
}

// once sends a request, and says what is wrong with the answer.
func once(ctx context.Context, client *http.Client, url string) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err.Error()
	}
	resp, err := client.Do(req)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err.Error()
	}
	if resp.StatusCode != http.StatusOK {
		return resp.Status
	}
	return ""
}
