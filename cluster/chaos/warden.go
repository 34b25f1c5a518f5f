package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A side is whom the provider calls.
type side string

const (
	toAWS     side = "AWS"
	toCluster side = "Kubernetes"
)

// A call of the provider.
type call struct {
	to    side
	name  string // such as CreateRule, or PATCH listenerrules
	write bool
}

// An aim is the call at which the provider is to die.
type aim struct {
	to    side
	write bool // only writes count
	skip  int  // so many of them pass
	after bool // when the call has had its effect, and before it is answered
}

func (a aim) String() string {
	what, when := "call", "before its effect"
	if a.write {
		what = "write"
	}
	if a.after {
		when = "after its effect"
	}
	return fmt.Sprintf("%s %s %d, %s", a.to, what, a.skip+1, when)
}

func (a aim) at(c call) bool { return a.to == c.to && (c.write || !a.write) }

// second counts the calls of one second.
type second struct{ calls, writes, stored int } // to AWS, of them writes; writes to Kubernetes

// A warden sees every call of the provider before it is made, and may kill the provider there.
type warden struct {
	mu      sync.Mutex
	open    chan struct{} // closed while calls may pass
	lives   int           // of the provider so far, for calls that outlive their caller
	aim     *aim
	kill    func() error
	deaths  chan string // what the provider died at
	seconds map[int64]second
	killed  map[string]int // how often, by call
}

func newWarden() *warden {
	return &warden{open: make(chan struct{}), deaths: make(chan string, 1), seconds: map[int64]second{}, killed: map[string]int{}}
}

// shut holds back what the provider does until release, so that nothing passes before an aim is taken.
func (w *warden) shut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shutLocked()
}

func (w *warden) shutLocked() {
	select {
	case <-w.open:
		w.open = make(chan struct{})
	default:
	}
	w.aim = nil
	w.lives++
}

// release lets calls pass, until the one that is aimed at, if there is one.
func (w *warden) release(a *aim) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.aim = a
	select {
	case <-w.open:
	default:
		close(w.open)
	}
}

// A fate of a call.
type fate int

const (
	passes fate = iota
	diesBefore
	diesAfter
	lost // its caller is dead
)

// enter a call. Reads of the cluster are not held back: the provider needs them to become ready.
func (w *warden) enter(ctx context.Context, c call) fate {
	life := w.life()
	for held := c.to == toAWS || c.write; held; {
		w.mu.Lock()
		open := w.open
		w.mu.Unlock()
		select {
		case <-open:
			held = false
		case <-ctx.Done():
			return lost
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx.Err() != nil || life != w.lives {
		return lost
	}
	w.count(c)
	if w.aim == nil || !w.aim.at(c) {
		return passes
	}
	if w.aim.skip > 0 {
		w.aim.skip--
		return passes
	}
	after := w.aim.after
	w.shutLocked() // one death at a time
	if after {
		return diesAfter
	}
	return diesBefore
}

func (w *warden) life() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lives
}

func (w *warden) count(c call) {
	now := time.Now().Unix()
	s := w.seconds[now]
	switch {
	case c.to == toAWS:
		s.calls++
		if c.write {
			s.writes++
		}
	case c.write:
		s.stored++
	}
	w.seconds[now] = s
}

// slay the provider at a call.
func (w *warden) slay(c call, when string) {
	if err := w.kill(); err != nil {
		w.deaths <- err.Error()
		return
	}
	name := fmt.Sprintf("%s %s, %s", c.to, c.name, when)
	w.mu.Lock()
	w.killed[name]++
	w.mu.Unlock()
	w.deaths <- name
}

// between sums up the calls of some seconds, the last one left out.
func (w *warden) between(from, to time.Time) (all second, busiest int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for at := from.Unix(); at < to.Unix(); at++ {
		s := w.seconds[at]
		all.calls, all.writes, all.stored = all.calls+s.calls, all.writes+s.writes, all.stored+s.stored
		minute := 0
		for i := at; i < at+60 && i < to.Unix(); i++ {
			minute += w.seconds[i].calls
		}
		busiest = max(busiest, minute)
	}
	return all, busiest
}
