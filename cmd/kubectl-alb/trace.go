package main

import (
	"context"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/snapshot"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/forecast"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/view"
)

type trace struct {
	selection `embed:""`

	Method string   `arg:"" help:"The method, such as GET." optional:""`
	URL    string   `arg:"" help:"The URL, such as https://shop.example.com/cart." name:"url" optional:""`
	Header []string `help:"A header of the request. Repeatable." placeholder:"'NAME: VALUE'" sep:"none" short:"H"`
	Source string   `default:"203.0.113.1" help:"The address that the request comes from."`
	WhyNot string   `help:"Say why this route does not answer." placeholder:"NAMESPACE/ROUTE"`
	Tests  string   `help:"Run the cases {request, want} of a YAML file instead of one request. Exits with 1 if one fails." placeholder:"FILE"`
}

// Help has examples.
func (*trace) Help() string {
	return `The rules of the listener are tried in the order of their priorities, as the load balancer tries them. No request is sent to anyone. Without -f the rules are those that the cluster has now.

Examples:
  # Which rule would answer?
  kubectl alb trace -f deploy/ GET https://shop.example.com/cart -H 'x-beta: 1'

  # Why does that route not get the request?
  kubectl alb trace GET https://shop.example.com/cart --why-not shop/other

  # Are all requests answered as they ought to be?
  kubectl alb trace -f deploy/ --tests cases.yaml

A file of cases:
  # cases.yaml
  - request: GET https://shop.example.com/cart
    headers: {x-beta: "1"}
    want: {route: shop/cart, rule: 0, service: "shop/cart-next:80", path: /cart}
  - request: GET http://shop.example.com/
    want: {status: 301, location: "https://shop.example.com:443/"}`
}

// Run the command.
func (t *trace) Run(ctx context.Context, g *global) error {
	if (t.URL == "" && t.Method == "") == (t.Tests == "") {
		return errors.New("give a method and a URL, such as GET https://shop.example.com/cart, or cases with --tests")
	}
	if t.URL == "" {
		t.Method, t.URL = "GET", t.Method
	}
	snap, err := t.read(ctx, g)
	if err != nil {
		return err
	}
	inputs, err := snap.Inputs(ctx, t.choice(g), t.settings())
	g.notes(snap.Notes)
	if err != nil {
		return err
	}
	all := t.tracers(inputs, places(snap))
	if t.Tests != "" {
		return t.cases(g, all)
	}
	r, err := view.NewRequest(t.Method, t.URL, t.Header)
	if err != nil {
		return err
	}
	if r.Source, err = netip.ParseAddr(t.Source); err != nil {
		return errors.Errorf("--source is %q, which is no IP address", t.Source)
	}
	return t.one(g, all, r)
}

// A tracer of one Gateway.
type tracer struct {
	*view.Tracer
	gateway string
	out     translate.Output
}

// tracers of Gateways: with the rules that they come to, from files; with those that are stored, from a cluster.
func (t *trace) tracers(inputs []snapshot.Input, at view.Place) []tracer {
	var out []tracer
	for _, in := range inputs {
		name := in.Gateway.Namespace + "/" + in.Gateway.Name
		f := forecast.Of(in.Input)
		observed := in.Observed
		if len(t.Files) > 0 {
			observed = f.Observed
		}
		out = append(out, tracer{view.NewTracer(name, observed, at), name, f.Output})
	}
	return out
}

func (t *trace) one(g *global, all []tracer, r view.Request) error {
	asked, err := choose(all, r, "")
	if err != nil {
		return err
	}
	traced, err := asked.Trace(r)
	if err != nil {
		return err
	}
	if t.WhyNot != "" {
		route := t.WhyNot
		if !strings.Contains(route, "/") {
			route = g.namespace() + "/" + route
		}
		why, err := asked.WhyNot(route, r, traced, asked.out)
		if err != nil {
			return err
		}
		traced.WhyNot = &why
	}
	return g.print(traced, traced)
}

// choose the Gateway that a request goes to: the one named, or the only one whose listeners may get it.
func choose(all []tracer, r view.Request, name string) (tracer, error) {
	var names []string
	for _, t := range all {
		names = append(names, t.gateway)
	}
	may := slices.DeleteFunc(slices.Clone(all), func(t tracer) bool {
		return name != "" && t.gateway != name || name == "" && len(all) > 1 && !t.Answers(r)
	})
	switch {
	case name != "" && len(may) == 0:
		return tracer{}, errors.Errorf("no Gateway %s%s", name, view.Suggest(name, names))
	case len(may) == 0:
		return tracer{}, errors.Errorf("no Gateway has a rule for %s; name the one that it goes to with --gateway: %s", r, strings.Join(names, ", "))
	case len(may) > 1:
		names = nil
		for _, t := range may {
			names = append(names, t.gateway)
		}
		return tracer{}, errors.Errorf("%s may go to several Gateways; name one with --gateway (in a case: gateway): %s", r, strings.Join(names, ", "))
	}
	return may[0], nil
}

func (t *trace) cases(g *global, all []tracer) error {
	b, err := os.ReadFile(t.Tests)
	if err != nil {
		return errors.Wrap(err, "cannot read cases")
	}
	cases, err := view.ParseCases(b)
	if err != nil {
		return errors.Wrap(err, t.Tests)
	}
	var verdicts []view.Verdict
	for _, c := range cases {
		r, err := c.Ask()
		if err != nil {
			return errors.Wrap(err, t.Tests)
		}
		asked, err := choose(all, r, c.Gateway)
		if err != nil {
			return errors.Wrapf(err, "%s: case %q", t.Tests, c.Name)
		}
		traced, err := asked.Trace(r)
		if err != nil {
			return errors.Wrapf(err, "%s: case %q", t.Tests, c.Name)
		}
		verdicts = append(verdicts, c.Judge(traced))
	}
	rules := map[string][]view.Rule{}
	for _, tr := range all {
		rules[tr.gateway] = tr.Rules()
	}
	report := view.Report(verdicts, rules)
	if err := g.print(report, report); err != nil {
		return err
	}
	if report.Failed > 0 {
		return differs{}
	}
	return nil
}
