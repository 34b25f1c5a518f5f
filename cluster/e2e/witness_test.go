package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// A witness stands between replicas and AWS, and sees who writes when.
type witness struct {
	mu     sync.Mutex
	writes []*write
}

// A write is on its way from its beginning to its end, be that AWS's answer or that nobody waits for one any more.
type write struct {
	replica, operation string
	began, ended       time.Time
}

// between a replica and AWS: the URL that the replica has to call.
func (w *witness) between(t *testing.T, replica string) string {
	t.Helper()
	aws, err := url.Parse(system.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(aws)
			r.Out.Host = r.In.Host // which is signed
		},
		ErrorHandler: func(rw http.ResponseWriter, _ *http.Request, _ error) { rw.WriteHeader(http.StatusBadGateway) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if operation := operationOf(body); isWrite(operation) {
			defer w.see(replica, operation)()
		}
		proxy.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// operationOf a call of the query protocol, which ELBv2 and EC2 speak.
func operationOf(body []byte) string {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return ""
	}
	return values.Get("Action")
}

func isWrite(operation string) bool {
	return operation != "" && !strings.HasPrefix(operation, "Describe")
}

// see a write begin; what it returns sees it end.
func (w *witness) see(replica, operation string) (end func()) {
	this := &write{replica: replica, operation: operation, began: time.Now()}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes = append(w.writes, this)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		this.ended = time.Now()
	}
}

// turns fails the test unless the replicas wrote one after the other, in this order: nobody's write began before the last one of
// who wrote before had ended.
func (w *witness) turns(t *testing.T, replicas ...string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	var until time.Time // that who wrote before has written
	for _, replica := range replicas {
		count, last := 0, until
		for _, this := range w.writes {
			if this.replica != replica {
				continue
			}
			count++
			if this.began.Before(until) {
				t.Errorf("%s called %s %s before the last write of who worked before it had ended", replica, this.operation, until.Sub(this.began))
			}
			if this.ended.IsZero() {
				t.Errorf("%s's %s has not ended", replica, this.operation)
			}
			if this.ended.After(last) {
				last = this.ended
			}
		}
		if count == 0 {
			t.Errorf("%s has written nothing: %s", replica, w)
		}
		until = last
	}
}

func (w *witness) String() string {
	var b strings.Builder
	for _, this := range w.writes {
		_, _ = fmt.Fprintf(&b, "\n%s %s %s", this.began.Format(time.TimeOnly), this.replica, this.operation)
	}
	return b.String()
}
