package aws

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// A source is AWS, as a snapshot sees it.
type source struct {
	reads int
	takes time.Duration
	value []string
	err   error
}

func (s *source) read(ctx context.Context) ([]string, error) {
	s.reads++
	value, err := slices.Clone(s.value), s.err // as it was when the call arrived
	select {
	case <-time.After(s.takes):
		return value, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *source) ask(snap *snapshot[[]string], ctx context.Context) ([]string, error) { //nolint:revive // The snapshot is asked.
	return snap.get(ctx, question[[]string]{key: "k", age: upTo[[]string](40 * time.Second), read: s.read})
}

func testSnapshot() *snapshot[[]string] {
	ages := Ages{}.orDefaults()
	return newSnapshot[[]string]("test", newMetrics(nil), &ages)
}

func with(item string) func([]string) []string {
	return func(all []string) []string {
		if slices.Contains(all, item) {
			return all
		}
		return append(slices.Clone(all), item)
	}
}

func TestSnapshotSharesOneRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, snap := &source{takes: time.Second, value: []string{"a"}}, testSnapshot()
		errs := all(t.Context(), 100, func(ctx context.Context) error {
			got, err := s.ask(snap, ctx)
			if !slices.Equal(got, s.value) {
				return errors.Errorf("got %v", got)
			}
			return err
		})
		if s.reads != 1 || len(errs) > 0 {
			t.Errorf("\n100 askers at once share one read\nreads: want 1, got %d; errors: %v", s.reads, errs)
		}
		time.Sleep(38 * time.Second)
		_, _ = s.ask(snap, t.Context())
		if s.reads != 1 {
			t.Errorf("\nwhat is fresh is not read again\nreads: want 1, got %d", s.reads)
		}
		time.Sleep(2 * time.Second)
		_, _ = s.ask(snap, t.Context())
		if s.reads != 2 {
			t.Errorf("\nwhat is old is read again\nreads: want 2, got %d", s.reads)
		}
	})
}

func TestSnapshotCountsItsAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, snap := &source{takes: time.Second, value: []string{"a"}}, testSnapshot()
		_ = all(t.Context(), 3, func(ctx context.Context) error {
			_, err := s.ask(snap, ctx)
			return err
		})
		for range 4 {
			_, _ = s.ask(snap, t.Context())
		}
		const want = `
# HELP provider_aws_reads_total Questions about AWS by how they were answered: remembered, shared with another's call, called.
# TYPE provider_aws_reads_total counter
provider_aws_reads_total{answer="called",subject="test"} 1
provider_aws_reads_total{answer="remembered",subject="test"} 4
provider_aws_reads_total{answer="shared",subject="test"} 2
`
		if err := testutil.CollectAndCompare(snap.metrics.reads, strings.NewReader(want)); err != nil {
			t.Errorf("\nof three at once one asks and two wait for it, and four that come later ask nobody\n%v", err)
		}
	})
}

func TestSnapshotOutlivesTheFirstAsker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, snap := &source{takes: time.Second, value: []string{"a"}}, testSnapshot()
		first, cancel := context.WithCancel(t.Context())
		go func() { _, _ = s.ask(snap, first) }()
		synctest.Wait()
		cancel()
		got, err := s.ask(snap, t.Context())
		if diff := cmp.Diff([]string{"a"}, got); diff != "" || err != nil || s.reads != 1 {
			t.Errorf("\nothers get the read of one who has gone\nget(...): %v, %d reads, -want, +got:\n%s", err, s.reads, diff)
		}
	})
}

func TestSnapshotWaiterMayLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, snap := &source{takes: 20 * time.Second}, testSnapshot()
		go func() { _, _ = s.ask(snap, t.Context()) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := s.ask(snap, ctx)
		if diff := cmp.Diff(context.DeadlineExceeded, err, cmpopts.EquateErrors()); diff != "" || time.Since(began) != time.Second {
			t.Errorf("\nwho waits for another's read keeps to its own deadline\nget(...): after %s, -want, +got:\n%s", time.Since(began), diff)
		}
		time.Sleep(time.Minute) // the read comes to its end
	})
}

func TestSnapshotOwnWrites(t *testing.T) {
	cases := map[string]struct {
		reason string
		do     func(*source, *snapshot[[]string])
		want   []string
		reads  int
	}{
		"AfterARead": {
			reason: "a write changes what is remembered, without a read",
			do: func(s *source, snap *snapshot[[]string]) {
				_, _ = s.ask(snap, context.Background())
				snap.edit("k", with("b"))
			},
			want:  []string{"a", "b"},
			reads: 1,
		},
		"DuringARead": {
			reason: "a read that began before a write does not hide it",
			do: func(s *source, snap *snapshot[[]string]) {
				go func() { _, _ = s.ask(snap, context.Background()) }()
				synctest.Wait()
				snap.edit("k", with("b"))
			},
			want:  []string{"a", "b"},
			reads: 1,
		},
		"BeforeALateRead": {
			reason: "AWS may lag behind a write: for a while it is applied to what is read",
			do: func(_ *source, snap *snapshot[[]string]) {
				snap.edit("k", with("b"))
				time.Sleep(9 * time.Second)
			},
			want:  []string{"a", "b"},
			reads: 1,
		},
		"LongBeforeARead": {
			reason: "after that while AWS is believed: somebody else may have undone the write",
			do: func(_ *source, snap *snapshot[[]string]) {
				snap.edit("k", with("b"))
				time.Sleep(11 * time.Second)
			},
			want:  []string{"a"},
			reads: 1,
		},
		"Put": {
			reason: "what a write tells in full needs no read",
			do: func(_ *source, snap *snapshot[[]string]) {
				snap.put("k", []string{"c"})
			},
			want:  []string{"c"},
			reads: 0,
		},
		"PutDuringARead": {
			reason: "what a write tells in full is newer than a read under way",
			do: func(s *source, snap *snapshot[[]string]) {
				go func() { _, _ = s.ask(snap, context.Background()) }()
				synctest.Wait()
				snap.put("k", []string{"c"})
				time.Sleep(2 * time.Second)
			},
			want:  []string{"c"},
			reads: 1,
		},
		"Expire": {
			reason: "a write that went wrong may have had an effect: AWS is asked",
			do: func(s *source, snap *snapshot[[]string]) {
				_, _ = s.ask(snap, context.Background())
				snap.expire("k")
				s.value = []string{"a", "d"}
			},
			want:  []string{"a", "d"},
			reads: 2,
		},
		"ExpireDuringARead": {
			reason: "a read that began before such a write is not for those who ask after it",
			do: func(s *source, snap *snapshot[[]string]) {
				go func() { _, _ = s.ask(snap, context.Background()) }()
				synctest.Wait()
				snap.expire("k")
				s.value = []string{"a", "d"}
			},
			want:  []string{"a", "d"},
			reads: 2,
		},
		"AfterAnError": {
			reason: "a write that made what was missing ends the memory of its absence",
			do: func(s *source, snap *snapshot[[]string]) {
				s.err = ErrNotFound
				_, _ = s.ask(snap, context.Background())
				s.err = nil
				snap.edit("k", with("b"))
			},
			want:  []string{"a", "b"},
			reads: 2,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, snap := &source{takes: time.Second, value: []string{"a"}}, testSnapshot()
				tc.do(s, snap)
				got, err := s.ask(snap, t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("\n%s\nget(...): -want, +got:\n%s", tc.reason, diff)
				}
				if s.reads != tc.reads {
					t.Errorf("\n%s\nreads: want %d, got %d", tc.reason, tc.reads, s.reads)
				}
			})
		})
	}
}

func TestSnapshotErrors(t *testing.T) {
	cases := map[string]struct {
		reason string
		err    error
		after  time.Duration
		reads  int
	}{
		"AbsentSoonAfter": {reason: "100 rules of a listener that is gone are one call", err: ErrNotFound, after: 4 * time.Second, reads: 1},
		"AbsentLater":     {reason: "what was absent may have come", err: ErrNotFound, after: 6 * time.Second, reads: 2},
		"OtherSoonAfter":  {reason: "those who ask together share an error", err: errors.New("boom"), after: time.Millisecond, reads: 1},
		"OtherLater":      {reason: "an error passes", err: errors.New("boom"), after: 2 * time.Second, reads: 2},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, snap := &source{err: tc.err}, testSnapshot()
				for range 2 {
					if _, err := s.ask(snap, t.Context()); !errors.Is(err, tc.err) {
						t.Errorf("\n%s\nget(...): want %v, got %v", tc.reason, tc.err, err)
					}
					time.Sleep(tc.after)
				}
				if s.reads != tc.reads {
					t.Errorf("\n%s\nreads: want %d, got %d", tc.reason, tc.reads, s.reads)
				}
			})
		})
	}
}

func TestSnapshotSurvivesAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		snap := testSnapshot()
		q := question[[]string]{key: "k", age: upTo[[]string](time.Minute), read: func(context.Context) ([]string, error) {
			time.Sleep(time.Second)
			panic("boom")
		}}
		go func() {
			defer func() { _ = recover() }()
			_, _ = snap.get(t.Context(), q)
		}()
		synctest.Wait()
		if _, err := snap.get(t.Context(), q); !errors.Is(err, errBrokenOff) {
			t.Errorf("\nwho waits for a read that panics is not left waiting\nget(...): want %v, got %v", errBrokenOff, err)
		}
	})
}

func TestGather(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGather[int](5 * time.Millisecond)
		var rounds [][]int
		boom := errors.New("boom")
		run := func(_ context.Context, items []int) error {
			rounds = append(rounds, items)
			return boom
		}
		first, cancel := context.WithCancel(t.Context())
		go func() { _ = g.do(first, "k", 1, run) }()
		synctest.Wait()
		cancel()
		time.Sleep(2 * time.Millisecond)
		if err := g.do(t.Context(), "k", 2, run); !errors.Is(err, boom) {
			t.Errorf("\nall who took part get the error, and a round runs though its opener has gone\ndo(...): want %v, got %v", boom, err)
		}
		if err := g.do(t.Context(), "k", 3, run); !errors.Is(err, boom) {
			t.Errorf("\na later request is a round of its own\ndo(...): want %v, got %v", boom, err)
		}
		if diff := cmp.Diff([][]int{{1, 2}, {3}}, rounds); diff != "" {
			t.Errorf("\nrequests of one moment travel together\nrounds: -want, +got:\n%s", diff)
		}
	})
}
