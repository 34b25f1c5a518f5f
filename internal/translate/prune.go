package translate

import (
	"cmp"
	"slices"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// obsolete are the stored managed resources that may go now: make before break. Rules of a listener that goes, and the
// binding of a target group that goes, follow by their owner references.
func (t *translation) obsolete() []Object {
	var out []Object
	for _, l := range t.in.Observed.Listeners {
		if l.DeletionTimestamp == nil && !slices.ContainsFunc(t.ports, func(p *port) bool { return p.name == l.Name }) {
			out = append(out, l)
		}
	}
	for _, p := range t.ports {
		for _, o := range p.leaving {
			out = append(out, o)
		}
	}
	out = append(out, t.obsoleteTargetGroups()...)
	out = append(out, t.obsoleteSecurityGroups()...)
	out = append(out, t.obsoleteSecurityGroupRules()...)
	out = append(out, t.obsoleteProtections()...)
	out = append(out, t.obsoleteCertificates()...)
	out = append(out, t.obsoleteTrustStores()...)
	out = append(out, t.outgoing()...)
	slices.SortStableFunc(out, func(a, b Object) int {
		return cmp.Compare(a.GetObjectKind().GroupVersionKind().Kind+" "+a.GetName(), b.GetObjectKind().GroupVersionKind().Kind+" "+b.GetName())
	})
	return out
}

// obsoleteTargetGroups may go when no rule that is wanted, stored or in AWS names them.
func (t *translation) obsoleteTargetGroups() []Object {
	named := map[string]bool{}
	for _, name := range t.usedTargetGroups() {
		named[name] = true
	}
	for _, o := range t.in.Observed.ListenerRules {
		for _, name := range groupsOf(o.Spec.ForProvider.Actions) {
			named[name] = true
		}
		for _, arn := range o.Status.AtProvider.TargetGroupARNs {
			named[arn] = true
		}
	}
	var out []Object
	stored := map[string]bool{}
	for _, tg := range t.in.Observed.TargetGroups {
		stored[tg.Name] = true
		if tg.DeletionTimestamp == nil && !named[tg.Name] && !named[cmp.Or(tg.Status.AtProvider.ARN, tg.Name)] {
			out = append(out, tg)
		}
	}
	for _, b := range t.in.Observed.TargetGroupBindings {
		if b.DeletionTimestamp == nil && !named[b.Name] && !stored[b.Name] {
			out = append(out, b)
		}
	}
	return out
}

// obsoleteSecurityGroups may go when the load balancer has let go of them.
func (t *translation) obsoleteSecurityGroups() []Object {
	var out []Object
	for _, sg := range t.in.Observed.SecurityGroups {
		wanted := t.ownGroup() && sg.Name == t.succession.name
		if sg.DeletionTimestamp == nil && !wanted && !slices.ContainsFunc(t.in.Observed.LoadBalancers, uses(sg)) {
			out = append(out, sg)
		}
	}
	return out
}

func uses(sg *albv1alpha1.SecurityGroup) func(*albv1alpha1.LoadBalancer) bool {
	return func(lb *albv1alpha1.LoadBalancer) bool {
		return slices.Contains(lb.Spec.ForProvider.SecurityGroupRefs, albv1alpha1.Reference{Name: sg.Name}) ||
			sg.Status.AtProvider.GroupID != "" && slices.Contains(lb.Status.AtProvider.SecurityGroups, sg.Status.AtProvider.GroupID)
	}
}
