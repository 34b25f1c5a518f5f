package view

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/forecast"
)

// A Plan is what a Gateway comes to.
type Plan struct {
	Gateway      string         `json:"gateway"`
	Class        string         `json:"class"`
	At           string         `json:"at,omitempty"`
	LoadBalancer *LoadBalancer  `json:"loadBalancer,omitempty"`
	Limits       []Limit        `json:"limits"`
	Listeners    []Listener     `json:"listeners"`
	Statuses     []ObjectStatus `json:"statuses"`
	Shadowed     []Shadow       `json:"shadowed,omitempty"`

	// Missing says what must exist before anything can be made.
	Missing string `json:"missing,omitempty"`
}

// A LoadBalancer is the one of a Gateway.
type LoadBalancer struct {
	Name    string `json:"name"` // in AWS
	Scheme  string `json:"scheme"`
	ARN     string `json:"arn"`
	DNSName string `json:"dnsName"`
}

// A Limit is a quota of a load balancer, and how much of it is used.
type Limit struct {
	What  string `json:"what"`
	Used  int    `json:"used"`
	Quota int    `json:"quota"`
}

// A Listener is one of a load balancer, with its rules in the order in which they are tried.
type Listener struct {
	Object        string `json:"object"`
	Port          int32  `json:"port"`
	Protocol      string `json:"protocol"`
	Rules         []Rule `json:"rules"`
	DefaultAction string `json:"defaultAction"`
}

// A Shadow is a match that is never reached.
type Shadow struct {
	Match RouteRule `json:"of"`
	Index int       `json:"match"`
	Host  string    `json:"host,omitempty"`
	Port  int32     `json:"port"`
	By    string    `json:"by"`
}

// PlanOf a Gateway, from what was translated and what it comes to.
func PlanOf(in translate.Input, f forecast.Forecast, at Place) Plan {
	g := in.Gateway
	p := Plan{
		Gateway: g.Namespace + "/" + g.Name, Class: string(g.Spec.GatewayClassName), At: at("Gateway", g.Namespace, g.Name, -1),
		Limits: limitsOf(in.Settings.Quotas, f.Observed), Statuses: statusesOf(g, f.Output, at),
	}
	for _, lb := range f.Observed.LoadBalancers {
		name := ""
		if lb.Spec.ForProvider.Name != nil {
			name = *lb.Spec.ForProvider.Name
		}
		p.LoadBalancer = &LoadBalancer{name, lb.Spec.ForProvider.Scheme, lb.Status.AtProvider.ARN, lb.Status.AtProvider.DNSName}
	}
	for _, l := range listenersOf(f.Observed) {
		out := Listener{Object: l.Name, Port: l.Spec.ForProvider.Port, Protocol: l.Spec.ForProvider.Protocol, DefaultAction: defaultAction(l), Rules: []Rule{}}
		for _, r := range rulesOf(f.Observed, l.Name) {
			out.Rules = append(out.Rules, ruleOf(r, at))
		}
		p.Listeners = append(p.Listeners, out)
	}
	for _, s := range f.Output.Shadowed {
		p.Shadowed = append(p.Shadowed, Shadow{
			RouteRule{s.Kind, s.Namespace, s.Name, s.Rule, at(s.Kind, s.Namespace, s.Name, s.Rule)}, s.Match, s.Hostname, s.Port, s.By,
		})
	}
	return p
}

func limitsOf(q translate.Quotas, o translate.Observed) []Limit {
	certificates := 0
	for _, l := range o.Listeners {
		p := l.Spec.ForProvider
		certificates += len(p.SniCertificateArns) + len(p.SniCertificateRefs)
	}
	return []Limit{
		{"rules", len(o.ListenerRules), cmp.Or(q.Rules, alb.MaxRulesPerLoadBalancer)},
		{"target groups", len(o.TargetGroups), cmp.Or(q.TargetGroups, alb.MaxTargetGroupsPerLoadBalancer)},
		{"listeners", len(o.Listeners), cmp.Or(q.Listeners, alb.MaxListenersPerLoadBalancer)},
		{"certificates", certificates, cmp.Or(q.Certificates, alb.MaxCertificatesPerLoadBalancer)},
	}
}

// Text of the plan, for a terminal.
func (p Plan) Text() string {
	b := &strings.Builder{}
	b.WriteString(bold.Render("Gateway " + plain(p.Gateway)))
	if p.At != "" {
		b.WriteString(dim.Render(" (" + plain(p.At) + ")"))
	}
	b.WriteByte('\n')
	if p.Missing != "" {
		b.WriteString("  " + bad.Render("nothing can be made: "+plain(p.Missing)) + "\n")
	}
	if lb := p.LoadBalancer; lb != nil {
		fmt.Fprintf(b, "  load balancer %s, %s, %s\n", plain(lb.Name), plain(lb.Scheme), plain(lb.DNSName))
	}
	words := make([]string, 0, len(p.Limits))
	for _, l := range p.Limits {
		words = append(words, fmt.Sprintf("%s %d/%d", l.What, l.Used, l.Quota))
	}
	fmt.Fprintf(b, "  %s\n", strings.Join(words, ", "))
	for _, l := range p.Listeners {
		fmt.Fprintf(b, "\n  Listener %d %s\n", l.Port, plain(l.Protocol))
		l.table().write(b)
	}
	if len(p.Shadowed) > 0 {
		fmt.Fprintf(b, "\n  Never reached\n")
		t := table{}
		t.add("MATCH", "PORT", "HOST", "BECAUSE OF")
		for _, s := range p.Shadowed {
			t.add(fmt.Sprintf("match %d of %s", s.Index, &s.Match), fmt.Sprint(s.Port), cmp.Or(s.Host, "*"), s.By)(0, some)
		}
		t.write(b)
	}
	b.WriteString("\n  Statuses\n")
	writeStatuses(b, p.Statuses)
	return b.String()
}

func (l Listener) table() *table {
	t := &table{}
	t.add("PRIORITY", "HOST", "PATH", "OTHER", "ACTION", "FROM")
	for _, r := range l.Rules {
		t.add(fmt.Sprint(r.Priority), r.Hosts, r.Paths, cmp.Or(r.Other, "-"), r.action(), r.From.String())
	}
	t.add(alb.PriorityDefault, "*", "/*", "-", l.DefaultAction, "what no rule takes")
	return t
}
