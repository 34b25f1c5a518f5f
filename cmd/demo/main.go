// Command demo shows the provider at work on a local cluster and a simulated AWS.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/demo"
)

var version = "unknown" // set at build time

type cli struct {
	Root    string           `default:"." help:"The project's folder, with examples/ and bin/." type:"existingdir"`
	Version kong.VersionFlag `help:"Show the version."`

	Run  struct{} `cmd:"" default:"1" help:"Bring up examples/quickstart, use it, and tear everything down."`
	Up   dirs     `cmd:"" help:"Bring up examples/quickstart and leave it running."`
	Down dirs     `cmd:"" help:"Stop what up started."`
}

type dirs struct {
	Dir string `default:".local" help:"The folder for the kubeconfig, logs and state." type:"path"`
}

func main() {
	var c cli
	parsed := kong.Parse(&c, kong.Name("demo"), kong.Description("Shows the provider at work on a local cluster and a simulated AWS."), kong.Vars{"version": version})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, parsed.Command(), c); err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "demo: "+err.Error())
		os.Exit(1) //nolint:gocritic // nothing is deferred but stop, which has run
	}
}

func run(ctx context.Context, command string, c cli) error {
	root, err := filepath.Abs(c.Root)
	if err != nil {
		return fmt.Errorf("cannot find the project's folder: %w", err)
	}
	o := demo.Options{Root: root, Out: os.Stdout, Live: terminal(os.Stdout)}
	switch command {
	case "up":
		return demo.Up(ctx, c.Up.Dir, o)
	case "down":
		return demo.Down(c.Down.Dir, o)
	default:
		ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
		defer cancel()
		return demo.Run(ctx, o)
	}
}

// terminal says whether a person is looking.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
