package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

type command struct {
	Row          []string      `env:"ROW" help:"Measure only these rows. Repeatable, or separated by commas." placeholder:"NAME"`
	List         bool          `help:"List the rows and end."`
	Bin          string        `default:"bin" help:"Folder with the binaries of make build." type:"path"`
	Report       string        `default:"cluster/bench/report.json" help:"Where the figures are kept." type:"path"`
	Latency      time.Duration `default:"50ms" help:"What each call to AWS takes."`
	Provisioning time.Duration `default:"5s" help:"How long AWS takes to provision a load balancer."`
	Age          time.Duration `default:"46s" help:"How long changes are waited with, so that nothing is remembered of AWS."`
	Window       time.Duration `default:"10m" help:"How long steady state is watched."`
	Size         int           `default:"10" help:"Load balancers of the scale rows."`
	Rates        float64       `default:"1" help:"Let the scale row's load balancers come at so many times AWS's request rates, which the simulator then does not hold anybody to: sooner, to measure what they cost once they are there."`
	Keep         bool          `help:"Keep the folder with the logs."`
}

func main() {
	c := command{}
	kong.Parse(&c, kong.Name("bench"), kong.Description("Measures the provider against the simulated AWS, with AWS's own request rates."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := c.run(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

func (c *command) run(ctx context.Context) error {
	if c.List {
		for _, r := range rows() {
			fmt.Printf("%-16s %-5s %s\n", r.name, length(r), r.title)
		}
		return nil
	}
	chosen, err := choose(c.Row)
	if err != nil {
		return err
	}
	l, err := open(ctx, options{bin: c.Bin, latency: c.Latency, provisioning: c.Provisioning, age: c.Age, window: c.Window, size: c.Size, rates: c.Rates, keep: c.Keep, out: os.Stdout})
	if err != nil {
		return err
	}
	defer l.close()
	missed := 0
	var broken []error // rows, which keep none from being measured
	for i, r := range chosen {
		fmt.Printf("[%d/%d] %s: %s\n", i+1, len(chosen), r.name, r.title)
		n, err := c.measure(ctx, l, r)
		if err != nil {
			fmt.Printf("  ✗ %v\n", err)
			broken = append(broken, err)
		}
		if ctx.Err() != nil {
			break
		}
		missed += n
	}
	if missed > 0 {
		broken = append(broken, fmt.Errorf("%d figures are missed", missed))
	}
	return errors.Join(broken...)
}

// measure one row, tell and record its figures, and count those that are missed.
func (c *command) measure(ctx context.Context, l *lab, r row) (missed int, err error) {
	began := time.Now()
	figures, err := r.run(ctx, l)
	if err != nil {
		return 0, fmt.Errorf("row %s: %w; logs are in %s", r.name, err, l.logs())
	}
	for _, f := range figures {
		fmt.Println("  " + f.String())
		if !f.Pass {
			missed++
		}
	}
	fmt.Printf("  took %s\n", time.Since(began).Round(time.Second))
	return missed, record(c.Report, r.name, c.again(r), figures)
}

// again is the command that measures a row as it was measured now.
func (c *command) again(r row) string {
	text := "make bench ROW=" + r.name
	if !r.sized {
		return text
	}
	text += fmt.Sprintf(" ARGS='--size=%d", c.Size)
	if c.Rates != 1 {
		text += fmt.Sprintf(" --rates=%g", c.Rates)
	}
	return text + "'"
}

// choose rows by name; without a name all but the long ones.
func choose(names []string) ([]row, error) {
	if len(names) == 0 {
		return slices.DeleteFunc(rows(), func(r row) bool { return r.long }), nil
	}
	var chosen []row
	for _, name := range names {
		i := slices.IndexFunc(rows(), func(r row) bool { return r.name == name })
		if i < 0 {
			var known []string
			for _, r := range rows() {
				known = append(known, r.name)
			}
			return nil, fmt.Errorf("there is no row %q; the rows are %s", name, strings.Join(known, ", "))
		}
		chosen = append(chosen, rows()[i])
	}
	return chosen, nil
}

func length(r row) string {
	if r.long {
		return "long"
	}
	return ""
}
