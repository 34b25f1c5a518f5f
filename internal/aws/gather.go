package aws

import (
	"context"
	"sync"
	"time"
)

// A gather lets requests that come within a moment of each other travel in one call.
type gather[T any] struct {
	window time.Duration

	mu     sync.Mutex
	rounds map[string]*round[T]
}

// A round is the requests of one moment.
type round[T any] struct {
	items []T
	done  chan struct{}
	err   error
}

func newGather[T any](window time.Duration) *gather[T] {
	return &gather[T]{window: window, rounds: map[string]*round[T]{}}
}

// do adds an item to the round of a key. Whoever opens a round waits for the window and runs all of it; the others wait for
// that. A round that has begun to run is done even when its runner's context ends.
func (g *gather[T]) do(ctx context.Context, key string, item T, run func(context.Context, []T) error) error {
	g.mu.Lock()
	if r, ok := g.rounds[key]; ok {
		r.items = append(r.items, item)
		g.mu.Unlock()
		select {
		case <-r.done:
			return r.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	r := &round[T]{items: []T{item}, done: make(chan struct{}), err: errBrokenOff}
	g.rounds[key] = r
	g.mu.Unlock()
	defer close(r.done)

	timer := time.NewTimer(g.window)
	defer timer.Stop()
	<-timer.C

	g.mu.Lock()
	delete(g.rounds, key)
	items := r.items
	g.mu.Unlock()

	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
	defer cancel()
	r.err = run(detached, items)
	return r.err
}
