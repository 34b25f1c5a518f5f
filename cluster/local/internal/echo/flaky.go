package echo

import (
	"net"
	"net/http"
	"strconv"
	"sync"
)

// flaky fails requests with the same uuid until succeedAfter of them have failed: by a reset, or by ?responseCode.
type flaky struct {
	next http.Handler

	mu     sync.Mutex
	failed map[string]int
}

func newFlaky(next http.Handler) *flaky {
	return &flaky{next: next, failed: map[string]int{}}
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	uuid := query.Get("uuid")
	if uuid == "" {
		http.Error(w, "uuid is required", http.StatusBadRequest)
		return
	}
	failures, err := strconv.Atoi(query.Get("succeedAfter"))
	if err != nil {
		http.Error(w, "succeedAfter is required", http.StatusBadRequest)
		return
	}
	if !f.fails(uuid, failures) {
		f.next.ServeHTTP(w, r)
		return
	}
	if err := pause(r, "delayRetry"); err != nil {
		refuse(w, err)
		return
	}
	if code, err := strconv.Atoi(query.Get("responseCode")); err == nil {
		w.WriteHeader(code)
		return
	}
	reset(w)
}

func (f *flaky) fails(uuid string, failures int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed[uuid] >= failures {
		return false
	}
	f.failed[uuid]++
	return true
}

// reset closes the connection with a TCP RST where it can; HTTP/2 has only the stream to reset.
func reset(w http.ResponseWriter) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler) // net/http's way to end a stream
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		refuse(w, err)
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
