// Command assumptions asks an AWS endpoint what AWS documents nowhere: the simulator, or with --account a real account.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/assumption"
)

type cli struct {
	Names []string `arg:"" optional:"" help:"Ask these alone; by default all."`
	List  bool     `help:"List the assumptions and ask nothing."`

	Account bool   `help:"Ask the AWS account that the SDK's environment names, instead of the simulator."`
	Yes     bool   `help:"Make what it takes without asking for leave."`
	Scheme  string `default:"internet-facing" enum:"internet-facing,internal" help:"Scheme of the load balancer (internet-facing or internal)."`

	Subnets []string      `name:"subnet" placeholder:"ID" help:"A subnet of the load balancer; two of different zones. Repeatable."`
	Source  string        `placeholder:"CIDR" help:"The addresses that requests come from; nobody else is let in."`
	Target  string        `placeholder:"IP:PORT" help:"An HTTP server in the VPC that answers 200 to any path, which security groups let the load balancer reach."`
	Settle  time.Duration `default:"10s" help:"How long a change of rules takes to reach all of the load balancer, beyond its first answer."`
}

func main() {
	var c cli
	_ = kong.Parse(&c, kong.Name("assumptions"), kong.Description("Asks an AWS endpoint what AWS documents nowhere and this project assumes."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := c.run(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "assumptions: %v\n", err)
		os.Exit(1)
	}
}

func (c *cli) run(ctx context.Context) error {
	switch {
	case c.List:
		return printList(os.Stdout)
	case c.Account:
		return c.askAccount(ctx)
	default:
		return askSimulator(ctx, c.Names)
	}
}

// askAccount tells what it is about to make, and what that costs, before it makes anything.
func (c *cli) askAccount(ctx context.Context) error {
	if len(c.Subnets) < 2 || c.Source == "" {
		return errors.New("--account needs --subnet twice, of different zones, and --source, the CIDR block that requests come from")
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("cannot configure an AWS client: %w", err)
	}
	fmt.Printf(`This makes, in region %s: a security group open to %s on ports 80 and 443, an Application Load Balancer (%s) in subnets
%v, two listeners, one rule or two at a time, two target groups and two imported certificates. Everything has the tag %s and
is removed at the end, also when interrupted. It takes about 15 minutes and costs what a load balancer costs for an hour,
a few US cents.
`, cfg.Region, c.Source, c.Scheme, c.Subnets, assumption.Tag)
	if !c.Yes {
		return errors.New("nothing was made; say --yes to go on")
	}
	return ask(ctx, assumption.Options{
		AWS: cfg, Subnets: c.Subnets, Source: c.Source, Target: c.Target, Settle: c.Settle, Scheme: types.LoadBalancerSchemeEnum(c.Scheme),
		Tell: func(what string) { fmt.Println("  " + what) },
	}, c.Names)
}
