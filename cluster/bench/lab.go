package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/scene"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

type options struct {
	bin                   string
	latency, provisioning time.Duration
	age                   time.Duration // that what is remembered of AWS gets before a change
	window                time.Duration
	size                  int
	rates                 float64 // of the scale rows, as a multiple of AWS's
	keep                  bool
	out                   io.Writer
}

// A lab is the whole system, and what rows share of it.
type lab struct {
	options
	dir   string
	stack *stack.Stack
	rest  *rest.Config
	kube  client.Client
	shown string // the last progress

	// args of the provider that runs now.
	args []string

	// made are the namespaces that rows share, by name.
	made map[string]bool
}

// unpolled leaves polls out of what a row counts: it counts what a change costs. What polls cost is a row of its own.
var unpolled = []string{"--poll-interval=1h"}

func open(ctx context.Context, o options) (*lab, error) {
	dir, err := os.MkdirTemp("", "alb-bench-")
	if err != nil {
		return nil, fmt.Errorf("cannot make a folder: %w", err)
	}
	throttle := "--throttle=aws"
	if o.rates > 1 {
		throttle = "--throttle=off"
	}
	l := &lab{options: o, dir: dir, made: map[string]bool{}, args: unpolled}
	l.stack, err = stack.Start(ctx, stack.Options{
		Dir:           dir,
		Bin:           o.bin,
		SimulatorArgs: []string{throttle, "--latency=" + o.latency.String(), "--provisioning-delay=" + o.provisioning.String()},
		ProviderArgs:  unpolled,
		Step:          func(name string) { l.say("%s", name) },
	})
	if err != nil {
		return nil, err
	}
	if err := l.connect(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

func (l *lab) connect(ctx context.Context) error {
	var err error
	l.rest, l.kube, err = scene.Connect(ctx, l.stack.Kubeconfig())
	return err
}

func (l *lab) close() {
	l.clear()
	if err := l.stack.Stop(); err != nil {
		_, _ = fmt.Fprintln(l.out, err)
	}
	if !l.keep {
		_ = os.RemoveAll(l.dir) // a leftover in the temporary folder harms nobody
	}
}

// logs are kept from now on; it says where.
func (l *lab) logs() string {
	l.keep = true
	return filepath.Join(l.dir, "logs")
}

// say what is going on, over what was said before.
func (l *lab) say(format string, args ...any) {
	l.clear()
	l.shown = fmt.Sprintf("  … "+format, args...)
	_, _ = fmt.Fprint(l.out, l.shown)
}

func (l *lab) clear() {
	if l.shown != "" {
		_, _ = fmt.Fprint(l.out, "\r\x1b[K")
		l.shown = ""
	}
}

// provider runs with these arguments from now on. One that is started anew remembers nothing.
func (l *lab) provider(ctx context.Context, args ...string) error {
	l.say("restart the provider")
	l.args = args
	return l.stack.Restart(ctx, args...)
}

// until calls check until it returns nil, and gives up with its last error.
func (l *lab) until(ctx context.Context, patience time.Duration, check func() error) error {
	deadline := time.After(patience)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return nil
		}
		l.say("%s", strings.ReplaceAll(err.Error(), "\n", " "))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return fmt.Errorf("not after %s: %w", patience, err)
		case <-tick.C:
		}
	}
}

// sleep shows what it waits for.
func (l *lab) sleep(ctx context.Context, d time.Duration, why string) error {
	for end := time.Now().Add(d); time.Now().Before(end); {
		l.say("%s, %s left", why, time.Until(end).Round(time.Second))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(min(time.Second, time.Until(end))):
		}
	}
	return nil
}

// A tally is a count of calls, by "service.Operation".
type tally map[string]int

func (t tally) total() int {
	n := 0
	for _, c := range t {
		n += c
	}
	return n
}

// writes are the calls that change something.
func (t tally) writes() int {
	n := 0
	for name, c := range t {
		if _, operation, _ := strings.Cut(name, "."); !strings.HasPrefix(operation, "Describe") && !strings.HasPrefix(operation, "List") && !strings.HasPrefix(operation, "Get") {
			n += c
		}
	}
	return n
}

func (t tally) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(t)) {
		_, operation, _ := strings.Cut(name, ".")
		parts = append(parts, fmt.Sprintf("%s %d", operation, t[name]))
	}
	return strings.Join(parts, ", ")
}

// calm is how long no call must have come for a change to be over.
const calm = 3 * time.Second

// count the calls that a change causes: until it is done, and no more calls have come for a while.
func (l *lab) count(ctx context.Context, change func() error) (tally, error) {
	if err := l.stack.ResetCalls(ctx); err != nil {
		return nil, err
	}
	if err := change(); err != nil {
		return nil, err
	}
	for last, since := -1, time.Now(); ; {
		calls, err := l.stack.Calls(ctx)
		if err != nil {
			return nil, err
		}
		if n := tally(calls).total(); n != last {
			last, since = n, time.Now()
		}
		if time.Since(since) >= calm {
			return calls, nil
		}
		if err := l.sleep(ctx, 200*time.Millisecond, "no more calls?"); err != nil {
			return nil, err
		}
	}
}

// cost of a change as figures.
func cost(t tally, calls, writes float64) []figure {
	figures := []figure{atMost("AWS calls", "calls", float64(t.total()), calls).with(t.String())}
	if writes >= 0 {
		figures = append(figures, atMost("AWS writes", "calls", float64(t.writes()), writes))
	}
	return figures
}
