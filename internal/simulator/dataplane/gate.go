package dataplane

import "sync/atomic"

// A gate counts who is inside without a lock. sync.WaitGroup would not do: its Add must not race with Wait.
type gate struct {
	inside *atomic.Int64
	closed *atomic.Bool
	left   chan struct{}
}

func newGate() gate {
	return gate{inside: new(atomic.Int64), closed: new(atomic.Bool), left: make(chan struct{}, 1)}
}

// enter is false when the gate is shut. Whoever entered must leave.
func (g gate) enter() bool {
	g.inside.Add(1)
	if g.closed.Load() {
		g.leave()
		return false
	}
	return true
}

func (g gate) leave() {
	if g.inside.Add(-1) > 0 || !g.closed.Load() {
		return
	}
	select {
	case g.left <- struct{}{}:
	default:
	}
}

// shut lets nobody in any more and waits until all have left.
func (g gate) shut() {
	g.closed.Store(true)
	for g.inside.Load() > 0 {
		<-g.left
	}
}
