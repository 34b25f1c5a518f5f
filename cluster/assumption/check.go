package assumption

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Check asks one question about AWS.
type Check struct {
	Name      string // of the assumption, as package simulator has it
	Question  string
	Expected  string // the answer that this project assumes
	Otherwise string // the other one

	// Consequence is what would change in the provider, were the assumption wrong.
	Consequence string

	// ask says whether the expected answer is the right one. An error is anything but a clear answer.
	ask func(context.Context, *bed) (bool, error)
}

// A Result is what one check came to.
type Result struct {
	Check
	Observed string // Expected, Otherwise, or empty
	Skipped  string // why nothing was observed
	Err      error  // the question could not be asked
}

// Holds says that AWS does what is assumed.
func (r Result) Holds() bool { return r.Err == nil && r.Skipped == "" && r.Observed == r.Expected }

// errNoTarget is for checks that send requests to a target where none was given.
var errNoTarget = errors.New("needs a target: give --target IP:PORT of an HTTP server in the VPC")

// Run asks the questions of these names, or all of them, one after the other; tell is told each answer as it comes. An error
// is one of making or removing the load balancer, and names what is left behind.
func Run(ctx context.Context, o Options, names []string, tell func(Result)) (err error) {
	checks, err := named(names)
	if err != nil {
		return err
	}
	b := newBed(o)
	defer func() { err = errors.Join(err, b.remove(context.WithoutCancel(ctx))) }()
	if err := b.make(ctx); err != nil {
		return err
	}
	for _, c := range checks {
		expected, err := c.ask(ctx, b)
		tell(c.result(expected, err))
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted after %s: %w", c.Name, ctx.Err())
		}
	}
	return nil
}

func named(names []string) ([]Check, error) {
	all := Checks()
	if len(names) == 0 {
		return all, nil
	}
	var out []Check
	for _, name := range names {
		i := slices.IndexFunc(all, func(c Check) bool { return strings.EqualFold(c.Name, name) })
		if i < 0 {
			return nil, fmt.Errorf("no assumption is called %q; --list shows them", name)
		}
		out = append(out, all[i])
	}
	return out, nil
}

func (c Check) result(expected bool, err error) Result {
	switch {
	case errors.Is(err, errNoTarget):
		return Result{Check: c, Skipped: err.Error()}
	case err != nil:
		return Result{Check: c, Err: err}
	case expected:
		return Result{Check: c, Observed: c.Expected}
	default:
		return Result{Check: c, Observed: c.Otherwise}
	}
}
