package main

import (
	"context"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gateway"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/snapshot"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/forecast"
)

// converge FILE writes into cluster.yaml what a cluster holds to which the file was applied, when all is done.
func converge(ts *testscript.TestScript, neg bool, args []string) { //nolint:revive // testscript says so when a line begins with "!"
	if neg || len(args) != 1 {
		ts.Fatalf("usage: converge FILE")
	}
	snap, err := snapshot.Files([]string{ts.MkAbs(args[0])}, "shop", nil)
	ts.Check(err)
	snap.Assume("cluster")
	inputs, err := snap.Inputs(context.Background(), snapshot.Choice{}, gateway.Settings{})
	ts.Check(err)
	var docs []string
	store := func(o client.Object) {
		gvk, err := apiutil.GVKForObject(o, snapshot.Scheme)
		ts.Check(err)
		o.GetObjectKind().SetGroupVersionKind(gvk)
		b, err := yaml.Marshal(o)
		ts.Check(err)
		docs = append(docs, string(b))
	}
	for gvk := range snapshot.Scheme.AllKnownTypes() {
		for _, o := range snap.Objects(gvk.GroupKind()) {
			if made, err := snapshot.Scheme.New(gvk); err != nil || !sameType(made, o) {
				continue
			}
			for _, in := range inputs {
				out := forecast.Of(in.Input).Output
				switch o := o.(type) {
				case *gatewayv1.Gateway:
					if o.Name == in.Gateway.Name {
						o.Status = out.Gateway
					}
				case *gatewayv1.HTTPRoute:
					for _, r := range out.Routes {
						if r.Name == o.Name && r.Namespace == o.Namespace {
							o.Status.Parents = r.Parents
						}
					}
				}
			}
			store(o)
		}
	}
	for _, in := range inputs {
		for o := range forecast.Objects(forecast.Of(in.Input).Observed) {
			stored, ok := o.(client.Object)
			if ok {
				store(stored)
			}
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("cluster.yaml"), []byte(strings.Join(docs, "\n---\n")), 0o600))
}

func sameType(a, b runtime.Object) bool {
	x, err := apiutil.GVKForObject(a, snapshot.Scheme)
	y, err2 := apiutil.GVKForObject(b, snapshot.Scheme)
	return err == nil && err2 == nil && x == y
}
