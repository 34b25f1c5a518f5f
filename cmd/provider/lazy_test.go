package main

import (
	"testing"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"
	"github.com/google/go-cmp/cmp"
)

func TestLazy(t *testing.T) {
	var got []string
	l := lazy(funcr.New(func(prefix, args string) { got = append(got, prefix+": "+args) }, funcr.Options{}))
	child := l.WithName("web").WithValues("a", 1)
	child.WithValues("b", 2).WithName("rule").Info("made", "c", 3)
	child.Error(nil, "lost")
	child.V(9).Info("too much")
	l.Info("end")
	want := []string{
		`web/rule: "level"=0 "msg"="made" "a"=1 "b"=2 "c"=3`, `web: "msg"="lost" "error"=null "a"=1`, `: "level"=0 "msg"="end"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines: -want, +got:\n%s", diff)
	}
}

// A meter says how often it was given values.
type meter struct {
	logr.LogSink
	given *int
}

func (c meter) WithValues(...any) logr.LogSink {
	*c.given++
	return c
}

func TestLazyDoesNothingForWhatIsNotLogged(t *testing.T) {
	given := 0
	l := lazy(logr.New(meter{funcr.New(func(string, string) {}, funcr.Options{}).GetSink(), &given}))
	child := l.WithValues("a", 1)
	for range 10 {
		child.WithValues("b", 2).V(9).Info("too much")
	}
	if given != 0 {
		t.Errorf("values were given %d times for nothing", given)
	}
}
