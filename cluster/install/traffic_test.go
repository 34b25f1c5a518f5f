//go:build linux

package install

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// traffic through the load balancer, a new connection for each request.
type traffic struct {
	stop context.CancelFunc
	done chan struct{}

	mu     sync.Mutex
	sent   int
	failed []string
}

// startTraffic to an address.
func (w *world) startTraffic(address string) *traffic {
	ctx, stop := context.WithCancel(context.Background()) // ends with the test, after all its steps
	tr := &traffic{stop: stop, done: make(chan struct{})}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, asked string) (net.Conn, error) {
			return w.stack.Dial(ctx, network, asked)
		},
	}}
	go func() {
		defer close(tr.done)
		for ctx.Err() == nil {
			err := get(ctx, client, "http://"+address+"/cart")
			if ctx.Err() != nil {
				return
			}
			tr.mu.Lock()
			tr.sent++
			if err != nil {
				tr.failed = append(tr.failed, time.Now().Format("15:04:05.000 ")+err.Error())
			}
			tr.mu.Unlock()
			time.Sleep(25 * time.Millisecond)
		}
	}()
	return tr
}

func get(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", resp.Status, body)
	}
	return err
}

func (tr *traffic) close() {
	tr.stop()
	<-tr.done
}

// undisturbed checks that requests were answered, every one, since the last time.
func (tr *traffic) undisturbed(t *testing.T) {
	t.Helper()
	tr.mu.Lock()
	defer tr.mu.Unlock()
	t.Logf("%d requests, %d failed", tr.sent, len(tr.failed))
	if tr.sent == 0 || len(tr.failed) > 0 {
		t.Errorf("%d of %d requests failed: %q", len(tr.failed), tr.sent, tr.failed[:min(len(tr.failed), 5)])
	}
	tr.sent, tr.failed = 0, nil
}
