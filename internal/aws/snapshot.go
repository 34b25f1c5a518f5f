package aws

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// readTimeout bounds a read that several may wait for; it is apart from any asker's own deadline.
const readTimeout = 30 * time.Second

// A snapshot remembers what AWS said, by key. Askers share one read: those who come while it is under way wait for it, those
// who come later get what it brought as long as that is fresh. Own writes are applied to what is remembered, so they cost
// no read, and for a while to what later reads bring, because AWS may lag behind its own writes.
type snapshot[V any] struct {
	subject string
	metrics *metrics
	ages    *Ages

	mu      sync.Mutex
	entries map[string]*entry[V]
}

type entry[V any] struct {
	value  V
	err    error
	known  bool
	read   time.Time // when the read that value or err came from began
	flight *flight[V]
	edits  []edit[V]
}

// A flight is a read under way.
type flight[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// An edit is an own write.
type edit[V any] struct {
	at    time.Time
	apply func(V) V
}

func newSnapshot[V any](subject string, m *metrics, a *Ages) *snapshot[V] {
	return &snapshot[V]{subject: subject, metrics: m, ages: a, entries: map[string]*entry[V]{}}
}

// A question is what get asks.
type question[V any] struct {
	key string

	// age that a remembered value may have.
	age func(V) time.Duration

	// read asks AWS.
	read func(context.Context) (V, error)
}

// upTo is an age that does not depend on the value.
func upTo[V any](d time.Duration) func(V) time.Duration { return func(V) time.Duration { return d } }

// get the value that is remembered, or else read it.
func (s *snapshot[V]) get(ctx context.Context, q question[V]) (V, error) {
	s.mu.Lock()
	e := s.entry(q.key)
	if e.known && s.fresh(e, q) {
		defer s.mu.Unlock()
		s.count("remembered")
		return e.value, e.err
	}
	if f := e.flight; f != nil {
		s.mu.Unlock()
		s.count("shared")
		return wait(ctx, f)
	}
	f := &flight[V]{done: make(chan struct{})}
	e.flight = f
	s.mu.Unlock()
	s.count("called")
	s.fly(ctx, q, f)
	return f.value, f.err
}

func (s *snapshot[V]) count(answer string) { s.metrics.reads.WithLabelValues(s.subject, answer).Inc() }

func (s *snapshot[V]) entry(key string) *entry[V] {
	e, ok := s.entries[key]
	if !ok {
		e = &entry[V]{}
		s.entries[key] = e
	}
	return e
}

func (s *snapshot[V]) fresh(e *entry[V], q question[V]) bool {
	age := time.Since(e.read)
	switch {
	case e.err == nil:
		return age < q.age(e.value)
	case IsNotFound(e.err):
		return age < s.ages.Absent
	}
	return age < s.ages.Error
}

func wait[V any](ctx context.Context, f *flight[V]) (V, error) {
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// errBrokenOff is what those get who waited for a read that panicked.
var errBrokenOff = errors.New("the read from AWS was broken off")

// fly reads for everybody who waits. The asker who comes first does it, but its going away does not end it.
func (s *snapshot[V]) fly(ctx context.Context, q question[V], f *flight[V]) {
	began := time.Now()
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
	defer cancel()
	f.err = errBrokenOff
	defer s.land(q.key, f, began)
	f.value, f.err = q.read(detached)
}

// land remembers what a read brought and tells those who wait.
func (s *snapshot[V]) land(key string, f *flight[V], began time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(f.done)
	e := s.entry(key)
	if e.flight != f {
		return // forgotten meanwhile: good for those who asked before, not for later ones
	}
	e.flight = nil
	if f.err == nil {
		f.value = e.replay(f.value, began.Add(-s.ages.Settle))
	}
	e.value, e.err, e.read, e.known = f.value, f.err, began, true
}

// replay the own writes since a time on what a read brought.
func (e *entry[V]) replay(value V, since time.Time) V {
	for _, d := range e.edits {
		if !d.at.Before(since) {
			value = d.apply(value)
		}
	}
	return value
}

// edit applies an own write. apply returns a new value, and may be applied more than once.
func (s *snapshot[V]) edit(key string, apply func(V) V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entry(key)
	now := time.Now()
	kept := e.edits[:0]
	for _, d := range e.edits {
		if now.Sub(d.at) <= s.ages.Settle || e.flight != nil {
			kept = append(kept, d)
		}
	}
	e.edits = append(kept, edit[V]{at: now, apply: apply})
	if e.known && e.err == nil {
		e.value = apply(e.value)
	}
	if e.err != nil {
		e.known = false
	}
}

// put what a write itself told us, as if it had been read now.
func (s *snapshot[V]) put(key string, value V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries[key] = &entry[V]{value: value, read: time.Now(), known: true}
}

// offer what a read for somebody else brought along.
func (s *snapshot[V]) offer(key string, value V, read time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entry(key)
	if e.flight != nil {
		return
	}
	e.value, e.err, e.read, e.known = e.replay(value, read.Add(-s.ages.Settle)), nil, read, true
}

// peek at what is remembered, if it is younger than age.
func (s *snapshot[V]) peek(key string, age time.Duration) (V, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.entries[key]
	if !ok || !e.known || e.err != nil || time.Since(e.read) >= age {
		var none V
		return none, false
	}
	return e.value, true
}

// aged are the keys of what is remembered and has an age or more, the oldest first.
func (s *snapshot[V]) aged(age time.Duration) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for key, e := range s.entries {
		if e.known && e.err == nil && e.flight == nil && time.Since(e.read) >= age {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(s.entries[a].read.Compare(s.entries[b].read), cmp.Compare(a, b)) })
	return keys
}

// expire what is remembered: the next asker reads. A read under way is not for it, as it may have begun too early. Own
// writes stay.
func (s *snapshot[V]) expire(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.entries[key]; ok {
		e.known, e.flight = false, nil
	}
}

// reset what is remembered, own writes too: a later write undid them.
func (s *snapshot[V]) reset(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.entries[key]; ok {
		e.known, e.flight, e.edits = false, nil, nil
	}
}

// drop a key that will not come back.
func (s *snapshot[V]) drop(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.entries, key)
}
