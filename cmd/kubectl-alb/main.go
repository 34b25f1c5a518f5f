// Command kubectl-alb is a kubectl plugin that shows what Gateways come to as Application Load Balancers, before anything is
// applied and after.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

const description = `Shows what Gateways come to as AWS Application Load Balancers, before anything is applied and after. Only adopt --yes changes anything, in the cluster and in AWS.`

// The exit codes.
const (
	exitSame      = 0
	exitDifferent = 1 // a difference, or a failing case
	exitError     = 2
)

// version is set by the linker.
var version = "v0.0.0-dev"

type cli struct {
	global

	Plan    plan             `cmd:"" help:"Show the listeners, rules and statuses that Gateways come to."`
	Trace   trace            `cmd:"" help:"Show which rule answers a request, and why."`
	Tree    treeCommand      `cmd:"" name:"tree" help:"Show everything that a Gateway has, down to its targets."`
	Explain explain          `cmd:"" help:"Say what an ARN or an object is there for."`
	Adopt   adoptCommand     `cmd:"" help:"Take over the load balancer that AWS Load Balancer Controller made for a Gateway, or give it back."`
	Version kong.VersionFlag `help:"Print the version and exit."`
}

// A differs says that all went well, and that there is a difference.
type differs struct{}

func (differs) Error() string { return "different" }

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	exited := -1
	parser, err := kong.New(&c, kong.Name("kubectl-alb"), kong.Description(description), kong.Vars{"version": version},
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { exited = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(&c.global))
	if err != nil {
		return fail(stderr, err)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // the help or the version was asked for
		return exited
	}
	if err != nil {
		return fail(stderr, fmt.Errorf("%w; see kubectl alb --help", err))
	}
	c.stdin, c.stdout, c.stderr = stdin, stdout, stderr
	err = parsed.Run()
	switch {
	case errors.Is(err, differs{}):
		return exitDifferent
	case err != nil:
		return fail(stderr, err)
	default:
		return exitSame
	}
}

func fail(stderr io.Writer, err error) int {
	_, _ = fmt.Fprintf(stderr, "error: %v\n", err)
	return exitError
}
