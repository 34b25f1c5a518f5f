package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/adopt"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws/body"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gateway"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/snapshot"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

type adoptCommand struct {
	Name    string        `arg:"" help:"The Gateway, as gateway/NAME or NAME."`
	Yes     bool          `help:"Do what the plan says."`
	Release bool          `help:"Give the load balancer back to AWS Load Balancer Controller."`
	Timeout time.Duration `default:"10m" help:"How long to wait until what the provider makes answers, and what goes is drained."`
}

// Help has examples.
func (*adoptCommand) Help() string {
	return `AWS is reached as by the AWS CLI: credentials and region are taken from the environment. Without --yes the plan is shown and nothing is changed.

Examples:
  # What is kept, made and removed?
  kubectl alb adopt gateway/shop -n shop

  # Take it over; once more when the provider runs, to remove what is left of the other controller
  kubectl alb adopt gateway/shop -n shop --yes`
}

// Run the command.
func (a *adoptCommand) Run(ctx context.Context, g *global) error {
	ctx, cancel := context.WithTimeout(ctx, 2*a.Timeout+time.Minute) // to wait, and to drain
	defer cancel()
	m, err := a.move(ctx, g)
	if err != nil {
		return err
	}
	look := m.Plan
	if a.Release {
		look = m.PlanRelease
	}
	p, err := look(ctx)
	if err != nil {
		return err
	}
	if err := g.print(p, p); err != nil {
		return err
	}
	switch {
	case !a.Yes:
		return nil
	case len(p.Problems) > 0:
		return errors.Errorf("nothing was changed: %s", strings.Join(p.Problems, "; "))
	case a.Release:
		err = m.Release(ctx)
		return a.tell(g, err, "Given back: start AWS Load Balancer Controller")
	case !p.Taken:
		err = m.Take(ctx)
		return a.tell(g, err, "Taken over: start the provider, and run the same again to remove what is left")
	}
	if err := m.Wait(ctx, a.Timeout); err != nil {
		return err
	}
	return a.tell(g, m.Finish(ctx), "Done: nothing is left of AWS Load Balancer Controller")
}

func (*adoptCommand) tell(g *global, err error, what string) error {
	if err == nil {
		_, _ = fmt.Fprintln(g.stderr, what)
	}
	return err
}

func (a *adoptCommand) move(ctx context.Context, g *global) (*adopt.Move, error) {
	name, kind, ok := gatewayOf(a.Name)
	if !ok {
		return nil, errors.Errorf("only a Gateway's load balancer can be adopted, not a %q; write gateway/NAME", kind)
	}
	kube, namespace, err := g.kube()
	if err != nil {
		return nil, err
	}
	if g.Namespace != "" {
		namespace = g.Namespace
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithAPIOptions(body.APIOptions()))
	if err != nil {
		return nil, errors.Wrap(err, "cannot reach AWS")
	}
	load := func(ctx context.Context) (translate.Input, error) {
		snap, err := snapshot.Cluster(ctx, kube)
		if err != nil {
			return translate.Input{}, err
		}
		inputs, err := snap.Inputs(ctx, snapshot.Choice{Namespace: namespace, Names: []string{name}}, gateway.Settings{})
		if err != nil {
			return translate.Input{}, err
		}
		if inputs[0].Missing != "" {
			return translate.Input{}, errors.New(inputs[0].Missing)
		}
		return inputs[0].Input, nil
	}
	return &adopt.Move{ELB: elbv2.NewFromConfig(cfg), EC2: ec2.NewFromConfig(cfg), Kube: kube, Load: load}, nil
}
