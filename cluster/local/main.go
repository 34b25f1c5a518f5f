package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/component"
)

type commands struct {
	Up      up      `cmd:"" help:"Run a cluster until told to end."`
	Kubectl kubectl `cmd:"" passthrough:"" help:"Run kubectl; the same as a link to this program that is named kubectl."`
	Version version `cmd:"" help:"Print what this program is made of."`
}

// kubectl is here for the help text: component.Run takes its arguments before they are parsed.
type kubectl struct {
	Args []string `arg:"" optional:""`
}

type version struct{}

// Run prints the versions of the modules that matter.
func (version) Run() error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("this program was built without module information")
	}
	for _, m := range info.Deps {
		switch m.Path {
		case "k8s.io/kubernetes", "go.etcd.io/etcd/server/v3":
			fmt.Println(m.Path, m.Version)
		}
	}
	fmt.Println(info.GoVersion)
	return nil
}

func main() {
	if code, ok := component.Run(os.Args); ok {
		os.Exit(code)
	}
	cli := kong.Parse(new(commands),
		kong.Name("localcluster"),
		kong.Description("A Kubernetes cluster on one machine, without containers."))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	cli.BindTo(ctx, (*context.Context)(nil))
	err := cli.Run()
	stop()
	cli.FatalIfErrorf(err)
}
