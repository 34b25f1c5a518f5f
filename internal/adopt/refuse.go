package adopt

import (
	"fmt"
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// refuse what would lose requests, or cannot be had.
func (p *Plan) refuse(in translate.Input, f *Found, end translate.Output) {
	if end.Refused {
		p.problem("the Gateway is refused: %s", wrong(end.Gateway.Conditions))
	}
	p.refuseListeners(end)
	for _, r := range end.Routes {
		for _, parent := range r.Parents {
			if w := wrong(parent.Conditions); w != "" {
				p.problem("%s %s/%s: %s", r.Kind, r.Namespace, r.Name, w)
			}
		}
	}
	if lb := balancer(end); lb != nil {
		p.refuseLoadBalancer(lb, f)
	}
	p.refusePorts(in, f, end)
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
		given := func(s string) bool { return s == id || slices.Contains(f.GroupNames[id], s) }
		if len(want.SecurityGroups) > 0 && !slices.ContainsFunc(want.SecurityGroups, given) {
			p.problem("the load balancer has security group %s, and its targets may let nobody else in; add it to securityGroups of the LoadBalancerConfiguration until all is done", id)
		}
	}
}

// refuseListeners that are not accepted, and tell of references that lead nowhere: the port may be served nevertheless.
func (p *Plan) refuseListeners(end translate.Output) {
	all := slices.Clone(end.Gateway.Listeners)
	for _, s := range end.ListenerSets {
		for _, l := range s.Status.Listeners {
			all = append(all, gatewayv1.ListenerStatus{Name: l.Name, Conditions: l.Conditions})
		}
	}
	for _, l := range all {
		tell := p.note
		if meta.IsStatusConditionFalse(l.Conditions, string(gatewayv1.ListenerConditionAccepted)) {
			tell = p.problem
		}
		if w := wrong(l.Conditions); w != "" {
			tell("listener %s: %s", l.Name, w)
		}
	}
}

// refusePorts that would be served otherwise.
func (p *Plan) refusePorts(in translate.Input, f *Found, end translate.Output) {
	for _, l := range f.Listeners {
		port := awssdk.ToInt32(l.Port)
		if !asks(in, port) {
			continue
		}
		want := listenerOn(end, port)
		if want == nil {
			p.problem("port %d would no longer be served, as no listener of the Gateway has what it needs there", port)
		}
		p.compareCertificates(in.Observed, port, f.Certificates[awssdk.ToString(l.ListenerArn)], want)
	}
	for _, r := range f.Foreign {
		for _, o := range end.Apply {
			own, ok := o.(*albv1alpha1.ListenerRule)
			if ok && own.Spec.ForProvider.Priority == r.Position && own.Labels[albv1alpha1.LabelListenerPort] == portOf(&r.Port) {
				p.problem("rule %s holds priority %d of port %d, which ListenerRule %s is to have; give the rule another priority", awssdk.ToString(r.RuleArn), r.Position, r.Port, own.Name)
			}
		}
	}
}

// compareCertificates that a port has, the default one first, with those that it is to have. The other controller looks for
// certificates by host name where none is given. The provider does not, and would take them off.
func (p *Plan) compareCertificates(o translate.Observed, port int32, have []string, want *albv1alpha1.Listener) {
	if len(have) == 0 {
		return
	}
	var kept []string
	for _, c := range o.Certificates {
		kept = append(kept, c.Status.AtProvider.ARN)
	}
	if want != nil {
		kept = append(kept, want.Spec.ForProvider.SniCertificateArns...)
		kept = append(kept, awssdk.ToString(want.Spec.ForProvider.CertificateArn))
	}
	if lost := slices.DeleteFunc(slices.Clone(have), func(arn string) bool { return slices.Contains(kept, arn) }); len(lost) > 0 {
		entry := "defaultCertificate: " + have[0]
		if len(have) > 1 {
			entry += ", certificates: [" + strings.Join(have[1:], ", ") + "]"
		}
		p.problem("port %d would lose certificate %s, as the provider looks for none by host name; give all in listenerConfigurations[HTTPS:%d] of the LoadBalancerConfiguration, as %s",
			port, strings.Join(lost, ", "), port, entry)
	}
	if want != nil && want.Spec.ForProvider.CertificateArn != nil && *want.Spec.ForProvider.CertificateArn != have[0] {
		p.note("port %d gets another default certificate: %s instead of %s", port, *want.Spec.ForProvider.CertificateArn, have[0])
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
