package main

import (
	"context"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/view"
)

type explain struct {
	dump `embed:""`

	Name string `arg:"" help:"An ARN, a DNS name or id in AWS, or an object as NAME or KIND/NAME."`
}

// Help has examples.
func (*explain) Help() string {
	return `Says which object an ARN belongs to, what owns it up to the Gateway, and which rules of which routes it serves.

Examples:
  kubectl alb explain arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/k8s-shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee -n shop
  kubectl alb explain targetgroup/shop-cart-80-1a2b3c4d5e -n shop`
}

// Run the command.
func (e *explain) Run(ctx context.Context, g *global) error {
	snap, namespace, err := e.read(ctx, g)
	if err != nil {
		return err
	}
	found, err := view.Explain(e.Name, snap.Tree(namespace))
	if err != nil {
		return err
	}
	shown := make([]printable, 0, len(found))
	for _, f := range found {
		shown = append(shown, f)
	}
	return g.print(map[string]any{"explanations": found}, shown...)
}
