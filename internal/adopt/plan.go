package adopt

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A Plan says what becomes of each piece, in the order in which it happens.
type Plan struct {
	Gateway      string `json:"gateway"`
	LoadBalancer string `json:"loadBalancer"`
	DNSName      string `json:"dnsName"`

	// Taken says that the first stage is done.
	Taken bool   `json:"taken"`
	Steps []Step `json:"steps"`

	// Problems that keep everything from beginning.
	Problems []string `json:"problems,omitempty"`

	// Notes on what stays as it is.
	Notes []string `json:"notes,omitempty"`
}

// A Step is one piece and what becomes of it.
type Step struct {
	Action string `json:"action"` // keep, make, remove, release or forget
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	How    string `json:"how,omitempty"`
}

// planOf what was found and what the Gateway comes to when all is done.
func planOf(in translate.Input, f *Found, end translate.Output) *Plan {
	lb := f.LoadBalancer
	p := &Plan{
		Gateway: in.Gateway.Namespace + "/" + in.Gateway.Name, LoadBalancer: awssdk.ToString(lb.LoadBalancerName),
		DNSName: awssdk.ToString(lb.DNSName), Taken: f.Taken,
	}
	p.keep(in, f, end)
	p.make(end)
	p.remove(f, end)
	p.refuse(in, f, end)
	for _, r := range f.Foreign {
		p.note("rule %s was made by neither controller, and stays", awssdk.ToString(r.RuleArn))
	}
	for _, g := range f.Used {
		p.note("target group %s stays: %s forwards to it", awssdk.ToString(g.TargetGroupName), g.By)
	}
	if n := len(f.Rules) + len(f.Foreign) + count[*albv1alpha1.ListenerRule](end); n > 100 {
		p.note("for a while there are %d rules, and AWS allows 100 for each load balancer unless that quota was raised", n)
	}
	return p
}

func (p *Plan) step(action, kind, name, how string) {
	p.Steps = append(p.Steps, Step{action, kind, name, how})
}

func (p *Plan) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

func (p *Plan) keep(in translate.Input, f *Found, end translate.Output) {
	p.step("keep", "LoadBalancer", awssdk.ToString(f.LoadBalancer.LoadBalancerArn), "with its DNS name")
	if f.Group != nil {
		p.step("keep", "SecurityGroup", awssdk.ToString(f.Group.GroupId), "")
	}
	for _, l := range f.Listeners {
		port := awssdk.ToInt32(l.Port)
		switch {
		case listenerOn(end, port) != nil:
			p.step("keep", "Listener", awssdk.ToString(l.ListenerArn), fmt.Sprintf("port %d", port))
		case !asks(in, port):
			p.note("listener %s stays as it is: the Gateway has no port %d", awssdk.ToString(l.ListenerArn), port)
		}
	}
}

// asks says whether the Gateway, or a ListenerSet of it, has a listener on a port, be it refused.
func asks(in translate.Input, port int32) bool {
	return slices.ContainsFunc(in.Gateway.Spec.Listeners, func(l gatewayv1.Listener) bool { return l.Port == port }) ||
		slices.ContainsFunc(in.ListenerSets, func(s *gatewayv1.ListenerSet) bool {
			return slices.ContainsFunc(s.Spec.Listeners, func(l gatewayv1.ListenerEntry) bool { return l.Port == port })
		})
}

func listenerOn(end translate.Output, port int32) *albv1alpha1.Listener {
	for _, o := range end.Apply {
		if l, ok := o.(*albv1alpha1.Listener); ok && l.Spec.ForProvider.Port == port {
			return l
		}
	}
	return nil
}

func balancer(end translate.Output) *albv1alpha1.LoadBalancer {
	for _, o := range end.Apply {
		if lb, ok := o.(*albv1alpha1.LoadBalancer); ok {
			return lb
		}
	}
	return nil
}

func count[T any](end translate.Output) int {
	n := 0
	for _, o := range end.Apply {
		if _, ok := o.(T); ok {
			n++
		}
	}
	return n
}

func (p *Plan) make(end translate.Output) {
	for _, o := range end.Apply {
		if g, ok := o.(*albv1alpha1.TargetGroup); ok {
			p.step("make", "TargetGroup", g.Name, "its targets registered and healthy")
		}
	}
	for _, o := range end.Apply {
		if r, ok := o.(*albv1alpha1.ListenerRule); ok {
			p.step("make", "ListenerRule", r.Name, fmt.Sprintf("priority %d, behind those that are there", r.Spec.ForProvider.Priority))
		}
	}
}

func (p *Plan) remove(f *Found, end translate.Output) {
	for _, r := range f.Rules {
		p.step("remove", "rule", awssdk.ToString(r.RuleArn), fmt.Sprintf("port %d, priority %d", r.Port, r.Position))
	}
	for _, g := range f.TargetGroups {
		p.step("remove", "target group", awssdk.ToString(g.TargetGroupName), "with its TargetGroupBinding, when its targets are drained")
	}
	if lb := balancer(end); f.Group == nil || lb == nil || len(lb.Spec.ForProvider.SecurityGroups) > 0 {
		return
	}
	for _, id := range f.OtherGroups() {
		p.step("release", "security group", id, "taken off the load balancer; it is not deleted")
	}
}

// Text for people.
func (p *Plan) Text() string {
	var b strings.Builder
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format+"\n", args...) } // a Builder never fails
	state := "is to be taken over from AWS Load Balancer Controller"
	if p.Taken {
		state = "is taken over"
	}
	line("Gateway %s: load balancer %s %s", p.Gateway, p.LoadBalancer, state)
	line("  %s", p.DNSName)
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	for _, s := range p.Steps {
		_, _ = fmt.Fprintln(w, strings.Join([]string{"  " + s.Action, s.Kind, s.Name, s.How}, "\t"))
	}
	_ = w.Flush()
	for _, n := range p.Notes {
		line("  note: %s", n)
	}
	for _, n := range p.Problems {
		line("  problem: %s", n)
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
