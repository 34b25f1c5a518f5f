package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/gateway"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/snapshot"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/view"
)

// global flags hold for every command.
type global struct {
	Output     string `default:"table" enum:"table,yaml,json" help:"How to print: table, yaml or json." short:"o"`
	Namespace  string `help:"Namespace of the Gateways or objects." placeholder:"NAME" short:"n"`
	Kubeconfig string `help:"The kubeconfig file, instead of KUBECONFIG." placeholder:"FILE"`
	Context    string `help:"The context in the kubeconfig, instead of its current one." placeholder:"NAME"`

	stdin          io.Reader
	stdout, stderr io.Writer
}

// A printable is shown as text, or as data by its JSON names.
type printable interface{ Text() string }

// print each thing as text, or all of them as data.
func (g *global) print(data any, things ...printable) error {
	if g.Output == "table" {
		for i, t := range things {
			text := t.Text()
			if i > 0 {
				text = "\n" + text
			}
			if _, err := lipgloss.Fprint(g.stdout, text); err != nil { // which strips colours where nobody would see them
				return errors.Wrap(err, "cannot print")
			}
		}
		return nil
	}
	b, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return errors.Wrap(err, "cannot print")
	}
	b = append(b, '\n')
	if g.Output == "yaml" {
		if b, err = yaml.JSONToYAML(b); err != nil {
			return errors.Wrap(err, "cannot print")
		}
	}
	_, err = g.stdout.Write(b)
	return errors.Wrap(err, "cannot print")
}

func (g *global) notes(notes []string) {
	for _, n := range notes {
		_, _ = fmt.Fprintf(g.stderr, "note: %s\n", n)
	}
}

// kube is the cluster of the kubeconfig, and the namespace that it names.
func (g *global) kube() (client.Client, string, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = g.Kubeconfig
	config := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: g.Context})
	rest, err := config.ClientConfig()
	if err != nil {
		return nil, "", errors.Wrap(err, "no cluster: set KUBECONFIG or --kubeconfig")
	}
	rest.QPS, rest.Burst = 50, 100
	kube, err := client.New(rest, client.Options{Scheme: snapshot.Scheme})
	if err != nil {
		return nil, "", errors.Wrapf(err, "cannot reach cluster %s", rest.Host)
	}
	namespace, _, err := config.Namespace()
	return kube, namespace, errors.Wrap(err, "cannot read the kubeconfig")
}

// gatewayOf an argument such as gateway/NAME, Gateway.gateway.networking.k8s.io/NAME or NAME; another kind is not ok.
func gatewayOf(arg string) (name, kind string, ok bool) {
	kind, name, found := strings.Cut(arg, "/")
	if !found {
		return arg, "", true
	}
	kind, _, _ = strings.Cut(strings.ToLower(kind), ".")
	return name, kind, kind == "gateway" || kind == "gateways" || kind == "gtw"
}

// selection says which Gateways, and where they are read from. It is for plan and trace.
type selection struct {
	Files          []string `help:"Files and folders of YAML to read, - for standard input. Repeatable." name:"filename" placeholder:"PATH" sep:"none" short:"f"`
	Gateway        []string `help:"A Gateway, as name or namespace/name; by default all. Repeatable." placeholder:"NAME" sep:"none"`
	ClusterName    string   `default:"cluster" help:"The cluster's name, where no ClusterProviderConfig is in the files. It goes into names in AWS."`
	HostConditions string   `default:"regex" enum:"regex,values" help:"How hostnames become ALB conditions, as the provider is told: regex or values."`
}

func (s *selection) settings() gateway.Settings {
	return gateway.Settings{HostConditions: translate.HostConditions(s.HostConditions)}
}

func (s *selection) choice(g *global) snapshot.Choice {
	return snapshot.Choice{Namespace: g.Namespace, Names: s.Gateway}
}

// namespace of files' objects that name none.
func (g *global) namespace() string {
	if g.Namespace != "" {
		return g.Namespace
	}
	return "default"
}

// read the files if there are any, else the cluster.
func (s *selection) read(ctx context.Context, g *global) (*snapshot.Snapshot, error) {
	if len(s.Files) == 0 {
		kube, _, err := g.kube()
		if err != nil {
			return nil, errors.Wrap(err, "without -f a cluster is read")
		}
		return snapshot.Cluster(ctx, kube)
	}
	snap, err := snapshot.Files(s.Files, g.namespace(), g.stdin)
	if err != nil {
		return nil, err
	}
	snap.Assume(s.ClusterName)
	return snap, nil
}

// places of the objects of a snapshot in files.
func places(s *snapshot.Snapshot) view.Place {
	return func(kind, namespace, name string, rule int) string {
		k := snapshot.Key{Kind: kind}
		k.Namespace, k.Name = namespace, name
		if rule < 0 {
			return s.Source(k).String()
		}
		return s.Source(k).Rule(rule)
	}
}
