package page

import (
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// maxClients is how many browsers are told of changes at a time. Others can still read the page.
	maxClients = 64

	// silence is how long a stream says nothing: what stands between may take it for dead.
	silence = 20 * time.Second

	// slow is how long a browser may take to accept what it is told.
	slow = 5 * time.Second
)

// A hub tells browsers that something has changed: at once, and then at most once in an interval.
type hub struct {
	interval time.Duration
	news     chan struct{} // holds one while there is something that browsers were not told
	ended    chan struct{} // closed by stop
	running  sync.WaitGroup

	mu      sync.Mutex
	clients map[chan struct{}]bool
	closed  bool
}

func newHub(interval time.Duration) *hub {
	return &hub{interval: interval, news: make(chan struct{}, 1), ended: make(chan struct{}), clients: map[chan struct{}]bool{}}
}

// changed never waits.
func (h *hub) changed() { signal(h.news) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is told already
	}
}

func (h *hub) start() {
	h.running.Go(func() {
		for {
			select {
			case <-h.ended:
				return
			case <-h.news:
			}
			h.mu.Lock()
			for c := range h.clients {
				signal(c)
			}
			h.mu.Unlock()
			if !h.rest() {
				return
			}
		}
	})
}

// rest for an interval; false when stop was called.
func (h *hub) rest() bool {
	t := time.NewTimer(h.interval)
	defer t.Stop()
	select {
	case <-h.ended:
		return false
	case <-t.C:
		return true
	}
}

// stop ends all streams and waits for them.
func (h *hub) stop() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	close(h.ended)
	h.running.Wait()
}

// join as a client; nil where there are too many.
func (h *hub) join() chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.clients) >= maxClients {
		return nil
	}
	c := make(chan struct{}, 1)
	h.clients[c] = true
	h.running.Add(1)
	return c
}

func (h *hub) leave(c chan struct{}) {
	h.mu.Lock()
	delete(h.clients, c)
	h.mu.Unlock()
	h.running.Done()
}

// serve a stream of server-sent events: "changed" whenever the page is to be looked at again.
func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	c := h.join()
	if c == nil {
		w.Header().Set("Retry-After", "30")
		http.Error(w, "Too many browsers are told of changes; reload the page to see them", http.StatusServiceUnavailable)
		return
	}
	defer h.leave(c)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	control := http.NewResponseController(w)
	say := func(text string) bool {
		_ = control.SetWriteDeadline(time.Now().Add(slow)) // where there are none, the write fails by itself
		_, err := io.WriteString(w, text)
		return err == nil && control.Flush() == nil
	}
	// What changed before is told too: the page may have been read before the stream began.
	for text := "retry: 2000\nevent: changed\ndata: now\n\n"; say(text); {
		select {
		case <-h.ended:
			return
		case <-r.Context().Done():
			return
		case <-c:
			text = "event: changed\ndata: now\n\n"
		case <-time.After(silence):
			text = ": still here\n\n"
		}
	}
}
