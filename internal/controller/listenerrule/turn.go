package listenerrule

import (
	"context"
	"sync"
)

// turns let the rules of one listener move one after the other.
type turns struct {
	mu sync.Mutex
	of map[string]chan struct{} // by listener
}

func newTurns() *turns { return &turns{of: map[string]chan struct{}{}} }

// take a turn on a listener, and call done at its end.
func (t *turns) take(ctx context.Context, listener string) (done func(), err error) {
	t.mu.Lock()
	turn, ok := t.of[listener]
	if !ok {
		turn = make(chan struct{}, 1)
		t.of[listener] = turn
	}
	t.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
