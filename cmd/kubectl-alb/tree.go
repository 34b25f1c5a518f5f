package main

import (
	"context"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/snapshot"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/view"
)

// dump says where the objects of a load balancer are read from. It is for tree and explain.
type dump struct {
	Files []string `help:"Read objects from files instead of a cluster, as printed by kubectl get gateways,alb -o yaml; - for standard input. Repeatable." name:"filename" placeholder:"PATH" sep:"none" short:"f"`
}

// read the Gateways and managed resources of a namespace, which is returned too; empty where all of a dump are read.
func (d *dump) read(ctx context.Context, g *global) (*snapshot.Snapshot, string, error) {
	if len(d.Files) > 0 {
		snap, err := snapshot.Files(d.Files, g.namespace(), g.stdin)
		return snap, g.Namespace, err
	}
	kube, namespace, err := g.kube()
	if err != nil {
		return nil, "", errors.Wrap(err, "without -f a cluster is read")
	}
	if g.Namespace != "" {
		namespace = g.Namespace
	}
	snap, err := snapshot.Managed(ctx, kube, namespace)
	return snap, namespace, err
}

type treeCommand struct {
	dump `embed:""`

	Name string `arg:"" help:"The Gateway, as gateway/NAME or NAME; by default all of the namespace." optional:""`
}

// Help has examples.
func (*treeCommand) Help() string {
	return `Each object is marked: ✓ live, ✗ not live, … not known yet. What is wrong with it stands in brackets.

Examples:
  kubectl alb tree gateway/shop -n shop

  # From a dump that somebody sent
  kubectl get gateways,alb -n shop -o yaml > dump.yaml
  kubectl alb tree -f dump.yaml`
}

// Run the command.
func (t *treeCommand) Run(ctx context.Context, g *global) error {
	snap, namespace, err := t.read(ctx, g)
	if err != nil {
		return err
	}
	name, kind, ok := gatewayOf(t.Name)
	if !ok {
		return errors.Errorf("tree begins at a Gateway, not at %q; write gateway/NAME, or kubectl alb explain %s", kind, t.Name)
	}
	roots := view.Nodes(snap.Tree(namespace))
	var names []string
	for _, n := range roots {
		if n.Kind == "Gateway" {
			names = append(names, n.Name)
		}
	}
	roots = slices.DeleteFunc(roots, func(n view.Node) bool { return n.Kind != "Gateway" || name != "" && n.Name != name })
	if len(roots) == 0 {
		what := strings.TrimSuffix("no Gateway "+name, " ")
		if namespace != "" {
			what += " in namespace " + namespace
		}
		return errors.New(what + view.Suggest(name, names))
	}
	shown := make([]printable, 0, len(roots))
	for _, n := range roots {
		shown = append(shown, n)
	}
	return g.print(map[string]any{"gateways": roots}, shown...)
}
