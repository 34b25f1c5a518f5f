package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A result is what a phase came to.
type result struct {
	phase    phase
	took     time.Duration
	changes  int
	kills    int
	requests int64
	amiss    int64 // requests that were answered wrongly
	calls    second
	busiest  int // calls to AWS of the busiest minute
	wrong    []string
}

// calmFor is how long nothing may be written when a phase is over.
const calmFor = 3 * time.Second

// inflict a phase, and see that it ends in calm.
func (l *lab) inflict(ctx context.Context, p phase, times int) (result, error) {
	l.say("%s: %s", p.name, p.title)
	l.traffic.phase.Store(&p.name)
	began, changes, kills, requests, amiss := time.Now(), l.changes, l.kills, l.traffic.checked.Load(), l.traffic.wrong.Load()
	if err := p.inflict(ctx, l, times); err != nil {
		return result{}, err
	}
	if err := l.calms(ctx); err != nil {
		return result{}, err
	}
	r := result{
		phase: p, took: time.Since(began), changes: l.changes - changes, kills: l.kills - kills,
		requests: l.traffic.checked.Load() - requests, amiss: l.traffic.wrong.Load() - amiss, wrong: l.traffic.take(),
	}
	r.calls, r.busiest = l.warden.between(began, time.Now())
	if r.busiest > p.calls {
		r.wrong = append(r.wrong, fmt.Sprintf("%s: %d calls to AWS in a minute, more than %d", p.name, r.busiest, p.calls))
	}
	l.say("  %s", r)
	for _, w := range r.wrong {
		l.say("  ✗ %s", w)
	}
	return r, nil
}

// calms waits until nothing is written for a while: whoever goes on writing is in a loop.
func (l *lab) calms(ctx context.Context) error {
	return until(ctx, patience, func() error {
		since := time.Now().Add(time.Second)
		if err := sleep(ctx, calmFor+time.Second); err != nil {
			return err
		}
		all, _ := l.warden.between(since, time.Now())
		if all.writes+all.stored > 0 {
			return fmt.Errorf("though nothing is left to do, AWS was written to %d times and Kubernetes %d times in %s", all.writes, all.stored, calmFor)
		}
		return nil
	})
}

func (r result) String() string {
	return fmt.Sprintf("%s: %d changes, %d kills, %d requests; %d calls to AWS (%d writes; busiest minute %d), %d writes to Kubernetes",
		r.took.Round(100*time.Millisecond), r.changes, r.kills, r.requests, r.calls.calls, r.calls.writes, r.busiest, r.calls.stored)
}

// conclude what all phases came to.
func (l *lab) conclude(all []result) error {
	_, _ = fmt.Fprintf(l.out, "\n%-12s %8s %8s %6s %9s %6s %7s %8s %6s\n", "phase", "seconds", "changes", "kills", "requests", "wrong", "calls", "busiest", "stored")
	wrong := 0
	for _, r := range all {
		wrong += len(r.wrong)
		_, _ = fmt.Fprintf(l.out, "%-12s %8.1f %8d %6d %9d %6d %7d %8d %6d\n", r.phase.name, r.took.Seconds(), r.changes, r.kills, r.requests, r.amiss, r.calls.calls, r.busiest, r.calls.stored)
	}
	_, _ = fmt.Fprintf(l.out, "\n%d requests checked, %d answered wrongly; %d kills:\n", l.traffic.checked.Load(), l.traffic.wrong.Load(), l.kills)
	for _, name := range slices.Sorted(maps.Keys(l.warden.killed)) {
		_, _ = fmt.Fprintf(l.out, "  %3d at %s\n", l.warden.killed[name], name)
	}
	if wrong > 0 {
		return errors.New("not all went well; see above")
	}
	return nil
}
