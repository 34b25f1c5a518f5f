package adopt

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
	Action string `json:"action"` // keep, make, remove or release
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
	p.keep(f, end)
	p.make(end)
	p.remove(f)
	p.refuse(in, f, end)
	for _, arn := range f.Foreign {
		p.Notes = append(p.Notes, "rule "+arn+" was made by neither controller, and stays")
	}
	if n := len(f.Rules) + count[*albv1alpha1.ListenerRule](end); n > 100 {
		p.Notes = append(p.Notes, fmt.Sprintf("for a while there are %d rules, and AWS allows 100 for each load balancer unless that quota was raised", n))
	}
	return p
}

func (p *Plan) step(action, kind, name, how string) {
	p.Steps = append(p.Steps, Step{action, kind, name, how})
}

func (p *Plan) keep(f *Found, end translate.Output) {
	p.step("keep", "LoadBalancer", awssdk.ToString(f.LoadBalancer.LoadBalancerArn), "with its DNS name")
	if f.Group != nil {
		p.step("keep", "SecurityGroup", awssdk.ToString(f.Group.GroupId), "")
	}
	for _, l := range f.Listeners {
		how := fmt.Sprintf("port %d", awssdk.ToInt32(l.Port))
		if !hasPort(end, awssdk.ToInt32(l.Port)) {
			p.Notes = append(p.Notes, "listener "+awssdk.ToString(l.ListenerArn)+" stays as it is: the Gateway has no "+how)
			continue
		}
		p.step("keep", "Listener", awssdk.ToString(l.ListenerArn), how)
	}
}

func hasPort(end translate.Output, port int32) bool {
	return slices.ContainsFunc(end.Apply, func(o translate.Object) bool {
		l, ok := o.(*albv1alpha1.Listener)
		return ok && l.Spec.ForProvider.Port == port
	})
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

func (p *Plan) remove(f *Found) {
	for _, r := range f.Rules {
		p.step("remove", "rule", awssdk.ToString(r.RuleArn), fmt.Sprintf("port %d, priority %d", r.Port, r.Position))
	}
	for _, g := range f.TargetGroups {
		p.step("remove", "target group", awssdk.ToString(g.TargetGroupName), "when its targets are drained")
	}
	if f.Group == nil {
		return
	}
	for _, id := range f.OtherGroups() {
		p.step("release", "security group", id, "taken off the load balancer; it is not deleted")
	}
}

// refuse what would lose requests, or cannot be had.
func (p *Plan) refuse(in translate.Input, f *Found, end translate.Output) {
	if end.Refused {
		p.problem("the Gateway is refused: %s", wrong(end.Gateway.Conditions))
	}
	for _, r := range end.Routes {
		for _, parent := range r.Parents {
			if w := wrong(parent.Conditions); w != "" {
				p.problem("%s %s/%s: %s", r.Kind, r.Namespace, r.Name, w)
			}
		}
	}
	for _, o := range end.Apply {
		if lb, ok := o.(*albv1alpha1.LoadBalancer); ok {
			p.refuseLoadBalancer(lb, f)
		}
	}
	for _, lb := range in.Observed.LoadBalancers {
		if has := externalName(lb); has != awssdk.ToString(f.LoadBalancer.LoadBalancerArn) {
			p.problem("LoadBalancer %s is there already and is another one (%q): the provider has served this Gateway; delete the Gateway's load balancer, and adopt before the provider is started", lb.Name, has)
		}
	}
}

func (p *Plan) refuseLoadBalancer(lb *albv1alpha1.LoadBalancer, f *Found) {
	want, have := lb.Spec.ForProvider, f.LoadBalancer
	if want.DNSName != nil {
		p.problem("spec.addresses of the Gateway names load balancer %s; remove it", *want.DNSName)
	}
	if want.Scheme != "" && want.Scheme != string(have.Scheme) {
		p.problem("the Gateway asks for scheme %s, and the load balancer is %s; set scheme in its LoadBalancerConfiguration", want.Scheme, have.Scheme)
	}
	for _, id := range f.OtherGroups() {
		if len(want.SecurityGroups) > 0 && !slices.Contains(want.SecurityGroups, id) {
			p.problem("the load balancer has security group %s, and its targets may let nobody else in; add it to securityGroups of the LoadBalancerConfiguration until all is done", id)
		}
	}
}

func (p *Plan) problem(format string, args ...any) {
	p.Problems = append(p.Problems, fmt.Sprintf(format, args...))
}

// wrong is the message of the first condition that says that something is not served as it is written.
func wrong(conditions []metav1.Condition) string {
	for _, c := range conditions {
		good := metav1.ConditionTrue
		switch c.Type {
		case string(gatewayv1.RouteConditionAccepted), string(gatewayv1.RouteConditionResolvedRefs):
		case string(gatewayv1.RouteConditionPartiallyInvalid):
			good = metav1.ConditionFalse
		default:
			continue
		}
		if c.Status != good {
			return c.Type + " is " + string(c.Status) + ": " + c.Message
		}
	}
	return ""
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
