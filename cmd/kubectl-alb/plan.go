package main

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/snapshot"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/forecast"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/view"
)

type plan struct {
	selection `embed:""`

	Diff bool `help:"Compare with the cluster: what would be created, changed, moved and removed if the files were applied. Exits with 0 for nothing, 1 for a difference, 2 for an error."`
}

// Help has examples.
func (*plan) Help() string {
	return `What AWS alone can tell, such as ARNs, is shown as (planned). Files are read without a cluster and without AWS. Namespaces, GatewayClasses and the ClusterProviderConfig that are in no file are assumed, and said to be.

Examples:
  # What would the manifests of a folder come to?
  kubectl alb plan -f deploy/

  # What has the cluster come to?
  kubectl alb plan -n shop --gateway shop

  # Does a pull request change anything?
  kubectl alb plan --diff -f deploy/`
}

// Run the command.
func (p *plan) Run(ctx context.Context, g *global) error {
	if p.Diff {
		return p.diff(ctx, g)
	}
	snap, err := p.read(ctx, g)
	if err != nil {
		return err
	}
	inputs, err := snap.Inputs(ctx, p.choice(g), p.settings())
	g.notes(snap.Notes)
	if err != nil {
		return err
	}
	plans := make([]view.Plan, 0, len(inputs))
	shown := make([]printable, 0, len(inputs))
	for _, in := range inputs {
		out := view.PlanOf(in.Input, forecast.Of(in.Input), places(snap))
		out.Missing = in.Missing
		plans, shown = append(plans, out), append(shown, out)
	}
	return g.print(map[string]any{"gateways": plans}, shown...)
}

func (p *plan) diff(ctx context.Context, g *global) error {
	if len(p.Files) == 0 {
		return errors.New("--diff compares files with the cluster: give them with -f")
	}
	files, err := snapshot.Files(p.Files, g.namespace(), g.stdin)
	if err != nil {
		return err
	}
	kube, _, err := g.kube()
	if err != nil {
		return err
	}
	cluster, err := snapshot.Cluster(ctx, kube)
	if err != nil {
		return err
	}
	snap, err := cluster.Overlay(ctx, files, metav1.Now(), snapshot.DryRun(kube))
	if err != nil {
		return err
	}
	inputs, err := snap.Inputs(ctx, p.choice(g), p.settings())
	g.notes(snap.Notes)
	if err != nil {
		return err
	}
	diffs := make([]view.Diff, 0, len(inputs))
	shown := make([]printable, 0, len(inputs))
	different := false
	for _, in := range inputs {
		out := view.DiffOf(in.Input, forecast.Of(in.Input), places(snap))
		out.Missing = in.Missing
		diffs, shown = append(diffs, out), append(shown, out)
		different = different || len(out.Changes) > 0
	}
	if err := g.print(map[string]any{"gateways": diffs}, shown...); err != nil {
		return err
	}
	if different {
		return differs{}
	}
	return nil
}
