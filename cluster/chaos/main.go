package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

type command struct {
	Seed  uint64        `default:"1" help:"Decides which changes are made, which calls fail and which requests are sent."`
	Short bool          `help:"The form that takes four minutes."`
	Phase []string      `help:"Only these phases, beside the first and the last. Repeatable, or separated by commas." placeholder:"NAME"`
	List  bool          `help:"List the phases and end."`
	Bin   string        `default:"bin" help:"Folder with the binaries of make build." type:"path"`
	Pause time.Duration `default:"10ms" help:"How long each of four clients waits between an answer and its next request."`
	Keep  bool          `help:"Keep the folder with the logs."`
}

func main() {
	c := command{}
	kong.Parse(&c, kong.Name("chaos"), kong.Description("Torments the provider on a simulated AWS, and judges what comes of it."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := c.run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "chaos: %v\n", err)
		os.Exit(1)
	}
}

func (c *command) run(ctx context.Context, out io.Writer) error {
	if c.List {
		for _, p := range phases() {
			_, _ = fmt.Fprintf(out, "%-12s %3d %3d  %s\n", p.name, p.long, p.short, p.title)
		}
		return nil
	}
	chosen, err := c.choose()
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "seed %d; again with: make chaos ARGS='%s'\n", c.Seed, c.arguments())
	l, err := open(ctx, options{bin: c.Bin, seed: c.Seed, pause: c.Pause, keep: c.Keep, out: out})
	if err != nil {
		return err
	}
	defer l.close()
	if err := c.torment(ctx, l, chosen); err != nil {
		return fmt.Errorf("%w; seed %d, logs are in %s", err, c.Seed, l.logs())
	}
	return nil
}

// torment the provider in all phases while clients send requests, and sum up.
func (c *command) torment(ctx context.Context, l *lab, chosen []phase) error {
	var clients sync.WaitGroup
	defer clients.Wait()
	sending, stop := context.WithCancel(ctx)
	defer stop()
	var all []result
	for _, p := range chosen {
		times := p.long
		if c.Short {
			times = p.short
		}
		if p.name == "shut" {
			stop() // nobody is answered by what is deleted
		}
		r, err := l.inflict(ctx, p, times)
		if err != nil {
			return fmt.Errorf("phase %s: %w", p.name, err)
		}
		all = append(all, r)
		if p.name == "open" {
			clients.Go(func() { l.traffic.run(sending, c.Seed) })
		}
	}
	return l.conclude(all)
}

func (c *command) arguments() string {
	args := []string{fmt.Sprintf("--seed=%d", c.Seed)}
	if c.Short {
		args = append(args, "--short")
	}
	for _, p := range c.Phase {
		args = append(args, "--phase="+p)
	}
	args = append(args, "--pause="+c.Pause.String())
	return strings.Join(args, " ")
}

// choose phases by name, the first and the last one always; without a name all.
func (c *command) choose() ([]phase, error) {
	all := phases()
	var chosen []phase
	for i, p := range all {
		if i == 0 || i == len(all)-1 || slices.Contains(c.Phase, p.name) || len(c.Phase) == 0 && (p.short > 0 || !c.Short) {
			chosen = append(chosen, p)
		}
	}
	for _, name := range c.Phase {
		if !slices.ContainsFunc(all, func(p phase) bool { return p.name == name }) {
			return nil, fmt.Errorf("there is no phase %q; --list lists them", name)
		}
	}
	return chosen, nil
}
