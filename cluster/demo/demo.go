package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// Options say where things are.
type Options struct {
	Root string    // of the project: examples/ and bin/ are in it
	Out  io.Writer // the account of what is done
	Live bool      // Out is a terminal: the current step is shown while it runs
}

// A demo is one showing: the stack it runs on and what its steps learn.
type demo struct {
	Options
	progress *progress
	stack    *stack.Stack
	trust    stack.KeyPair
	address  string // of the Gateway

	certificate string // the ARN under which ACM has trust
}

type step struct {
	name string
	run  func(context.Context) error
}

// Run shows everything and tears it down. Its error names the step that did not hold.
func Run(ctx context.Context, o Options) error {
	dir, err := os.MkdirTemp("", "alb-demo-")
	if err != nil {
		return fmt.Errorf("cannot make a folder for the demo: %w", err)
	}
	d := newDemo(o)
	err = d.steps(ctx, stack.Options{Dir: dir}, slices.Concat(d.bringUp(), d.use(), d.tearDown()))
	stopped := d.stop()
	if err != nil {
		return errors.Join(err, stopped, fmt.Errorf("the logs are in %s", filepath.Join(dir, "logs")))
	}
	return errors.Join(stopped, os.RemoveAll(dir))
}

// Up brings everything up as Run does, and leaves it running in dir.
func Up(ctx context.Context, dir string, o Options) error {
	if names := stack.Running(dir); len(names) > 0 {
		return fmt.Errorf("%v already runs from %s: use it, or `make down` first", names, dir)
	}
	d := newDemo(o)
	if err := d.steps(ctx, stack.Options{Dir: dir, Detached: true}, slices.Concat(d.bringUp(), d.use())); err != nil {
		return errors.Join(err, d.stop(), fmt.Errorf("the logs are in %s", filepath.Join(dir, "logs")))
	}
	if err := d.stack.Leave(); err != nil {
		return errors.Join(err, d.stop())
	}
	d.howToGoOn(dir)
	return nil
}

// Down stops what Up started in dir.
func Down(dir string, o Options) error {
	names, err := stack.StopLeft(dir)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		_, err = fmt.Fprintln(o.Out, "nothing is running")
		return err
	}
	_, err = fmt.Fprintf(o.Out, "stopped: %v\n", names)
	return err
}

func newDemo(o Options) *demo {
	return &demo{Options: o, progress: &progress{out: o.Out, live: o.Live}}
}

// steps starts the stack and runs each step; the first that does not hold ends it.
func (d *demo) steps(ctx context.Context, so stack.Options, all []step) error {
	so.Bin, so.Step = filepath.Join(d.Root, "bin"), d.progress.begin
	s, err := stack.Start(ctx, so)
	if err != nil {
		d.progress.failed()
		return err
	}
	d.stack = s
	for _, st := range all {
		d.progress.begin(st.name)
		if err := st.run(ctx); err != nil {
			d.progress.failed()
			return fmt.Errorf("step %q: %w", st.name, err)
		}
	}
	d.progress.end()
	return nil
}

func (d *demo) stop() error {
	if d.stack == nil {
		return nil
	}
	return d.stack.Stop()
}

func (d *demo) howToGoOn(dir string) {
	d.progress.show(fmt.Sprintf(`The stack is up. To use it:

  export KUBECONFIG=%s
  bin/localcluster kubectl get alb -A
  export AWS_ENDPOINT_URL=%s AWS_REGION=%s AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s

The load balancer %s listens on:
%s
The page: %s
Logs are in %s. End it with make down.`,
		filepath.Join(dir, "kubeconfig"), d.stack.Endpoint(), stack.Region, stack.AccessKey, stack.SecretKey,
		d.address, d.where(), d.stack.Page(), filepath.Join(dir, "logs")))
}
