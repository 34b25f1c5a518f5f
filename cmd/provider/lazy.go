package main

import (
	"sync"

	"github.com/go-logr/logr"
)

// A lazySink puts off the names and values that a logger is given until it logs. The runtime makes several loggers for each reconcile,
// with values of their own, and almost none of them ever logs.
type lazySink struct {
	root   logr.LogSink // says what is logged at all
	parent *lazySink    // nil at the root
	with   func(logr.LogSink) logr.LogSink
	once   sync.Once
	made   logr.LogSink
}

// lazy makes a logger lazy.
func lazy(l logr.Logger) logr.Logger {
	return logr.New(&lazySink{root: l.GetSink(), with: func(s logr.LogSink) logr.LogSink { return s }})
}

func (l *lazySink) sink() logr.LogSink {
	l.once.Do(func() {
		above := l.root
		if l.parent != nil {
			above = l.parent.sink()
		}
		l.made = l.with(above)
	})
	return l.made
}

func (l *lazySink) add(with func(logr.LogSink) logr.LogSink) logr.LogSink {
	return &lazySink{root: l.root, parent: l, with: with}
}

func (l *lazySink) Init(logr.RuntimeInfo) {} // the root was, when it was made

func (l *lazySink) Enabled(level int) bool { return l.root.Enabled(level) }

func (l *lazySink) Info(level int, message string, values ...any) {
	l.sink().Info(level, message, values...)
}

func (l *lazySink) Error(err error, message string, values ...any) {
	l.sink().Error(err, message, values...)
}

func (l *lazySink) WithValues(values ...any) logr.LogSink {
	return l.add(func(s logr.LogSink) logr.LogSink { return s.WithValues(values...) })
}

func (l *lazySink) WithName(name string) logr.LogSink {
	return l.add(func(s logr.LogSink) logr.LogSink { return s.WithName(name) })
}
