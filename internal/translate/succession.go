package translate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// A succession is which of a Gateway's load balancers is wanted. AWS cannot change everything of one: what it cannot change makes
// another beside it, with pieces of its own. When that one serves all that is asked for, the Gateway's address moves over, and only
// then may the former go.
type succession struct {
	// name of the LoadBalancer that is wanted.
	name string

	// stem of the names of its pieces: the Gateway's name, or that of a LoadBalancer that followed another.
	stem string

	// former LoadBalancers that are stored, be they on their way out, with their target groups and bindings.
	former         []*albv1alpha1.LoadBalancer
	formerGroups   []*albv1alpha1.TargetGroup
	formerBindings []*albv1alpha1.TargetGroupBinding
}

// succeed finds out which load balancer is wanted, and leaves its own pieces in the input.
func succeed(in Input, c configuration) (Input, succession) {
	s := succession{name: in.chooseLoadBalancer(c), stem: in.Gateway.Name}
	if s.name != loadBalancerName(in.Gateway) {
		s.stem = s.name
	}
	var wanted []*albv1alpha1.LoadBalancer
	for _, lb := range in.Observed.LoadBalancers {
		if lb.Name == s.name {
			wanted = append(wanted, lb)
		} else {
			s.former = append(s.former, lb)
		}
	}
	if len(s.former) == 0 {
		return in, s
	}
	former := in.Observed.of(s.former)
	s.formerGroups, s.formerBindings = former.TargetGroups, former.TargetGroupBindings
	in.Observed = in.Observed.of(wanted)
	return in, s
}

// chooseLoadBalancer by name: one that is stored and is as it has to be, that which has the address if there are several; else a
// new one.
func (in Input) chooseLoadBalancer(c configuration) string {
	stored := slices.Clone(in.Observed.LoadBalancers)
	rank := func(lb *albv1alpha1.LoadBalancer) int {
		switch {
		case lb.DeletionTimestamp != nil:
			return 2
		case in.addressOf(lb):
			return 0
		}
		return 1
	}
	slices.SortFunc(stored, func(a, b *albv1alpha1.LoadBalancer) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a.Name, b.Name))
	})
	for _, serves := range []func(*albv1alpha1.LoadBalancer) bool{
		func(lb *albv1alpha1.LoadBalancer) bool { return c.unknown || in.fixed(lb) },
		func(lb *albv1alpha1.LoadBalancer) bool { return c.serves(lb, c.spec.LoadBalancerName) },
		func(lb *albv1alpha1.LoadBalancer) bool { return c.serves(lb, in.freeName(c, lb.Name)) },
	} {
		if i := slices.IndexFunc(stored, serves); i >= 0 {
			return stored[i].Name
		}
	}
	first := loadBalancerName(in.Gateway)
	for try := 0; ; try++ {
		name := first
		if try > 0 {
			name = fmt.Sprintf("%s-%s", first, hashOf(c.scheme(), value(c.spec.CustomerOwnedIpv4Pool), value(c.spec.LoadBalancerName), fmt.Sprint(try)))
		}
		if !slices.ContainsFunc(stored, func(lb *albv1alpha1.LoadBalancer) bool { return lb.Name == name }) {
			return name
		}
	}
}

// fixed load balancers are adopted, or are to be: there can be no other in their place.
func (in Input) fixed(lb *albv1alpha1.LoadBalancer) bool {
	return lb.Spec.ForProvider.DNSName != nil || slices.ContainsFunc(in.Gateway.Spec.Addresses, func(a gatewayv1.GatewaySpecAddress) bool { return a.Value != "" })
}

// serves says whether a stored load balancer is what AWS cannot change, and has a name, if it is to have one.
func (c configuration) serves(lb *albv1alpha1.LoadBalancer, name *string) bool {
	p := lb.Spec.ForProvider
	return p.Scheme == c.scheme() && value(p.CustomerOwnedIpv4Pool) == value(c.spec.CustomerOwnedIpv4Pool) && (name == nil || p.Name == nil || *name == *p.Name)
}

// freeName is the name that the user gives to the load balancer, unless another LoadBalancer still has it: names in AWS are unique.
// Then this one goes by another, and is replaced once more when the name is free.
func (in Input) freeName(c configuration, object string) *string {
	name := c.spec.LoadBalancerName
	if name == nil || slices.ContainsFunc(in.Observed.LoadBalancers, func(lb *albv1alpha1.LoadBalancer) bool {
		return lb.Name != object && value(lb.Spec.ForProvider.Name) == *name
	}) {
		return nil
	}
	return name
}

// addressOf says whether a load balancer's address is that of the Gateway.
func (in Input) addressOf(lb *albv1alpha1.LoadBalancer) bool {
	at := strings.ToLower(lb.Status.AtProvider.DNSName)
	return at != "" && slices.ContainsFunc(in.Gateway.Status.Addresses, func(a gatewayv1.GatewayStatusAddress) bool { return a.Value == at })
}

// of load balancers, what they own.
func (o Observed) of(lbs []*albv1alpha1.LoadBalancer) Observed {
	out := o
	out.LoadBalancers = lbs
	owners := uids(lbs)
	out.SecurityGroups = owned(o.SecurityGroups, owners)
	out.Certificates = owned(o.Certificates, owners)
	out.TrustStores = owned(o.TrustStores, owners)
	out.Listeners = owned(o.Listeners, owners)
	out.ListenerRules = owned(o.ListenerRules, uids(out.Listeners))
	out.TargetGroups = owned(o.TargetGroups, owners)
	out.TargetGroupBindings = owned(o.TargetGroupBindings, uids(out.TargetGroups))
	out.SecurityGroupRules = owned(o.SecurityGroupRules, owners)
	out.WebACLAssociations = owned(o.WebACLAssociations, owners)
	out.ShieldProtections = owned(o.ShieldProtections, owners)
	return out
}

func uids[T metav1.Object](owners []T) map[types.UID]bool {
	out := map[types.UID]bool{}
	for _, o := range owners {
		out[o.GetUID()] = true
	}
	return out
}

func owned[T metav1.Object](all []T, owners map[types.UID]bool) []T {
	return keep(all, func(o T) bool {
		owner := metav1.GetControllerOf(o)
		return owner != nil && owners[owner.UID]
	})
}

// predecessor is the former load balancer that requests still go to; nil if they go to the one that is wanted.
func (t *translation) predecessor() *albv1alpha1.LoadBalancer {
	lb, s := t.loadBalancerState()
	if lb != nil && t.in.addressOf(lb) {
		return nil
	}
	var old *albv1alpha1.LoadBalancer
	for _, f := range t.succession.former {
		if f.DeletionTimestamp == nil && f.Status.AtProvider.DNSName != "" && (old == nil || t.in.addressOf(f)) {
			old = f
		}
	}
	if old == nil || s.live && t.refused.isZero() && t.unfinished() == "" {
		return nil
	}
	return old
}

// unfinished says what an active load balancer lacks before requests can go to it; nothing if they can.
func (t *translation) unfinished() string {
	if s := t.together(t.ports); !s.live && len(t.ports) > 0 {
		return s.message
	}
	if s := t.protectionState(); !s.live {
		return s.message
	}
	for _, p := range t.ports {
		for _, r := range p.rules {
			if s := t.state(r); s.waits() {
				return s.message
			}
		}
	}
	return t.unhealthy()
}

// unhealthy: targets that answer health checks of the former load balancer will answer those of its successor, so they are waited
// for.
func (t *translation) unhealthy() string {
	for _, name := range t.usedTargetGroups() {
		b := find(t.in.Observed.TargetGroupBindings, name)
		if b == nil {
			return fmt.Sprintf("TargetGroupBinding %s is not made yet", name)
		}
		if b.Status.AtProvider.Targets > 0 && b.Status.AtProvider.Healthy == 0 && t.wasHealthy(b) {
			return fmt.Sprintf("TargetGroupBinding %s has no healthy target yet", name)
		}
	}
	return ""
}

func (t *translation) wasHealthy(b *albv1alpha1.TargetGroupBinding) bool {
	return slices.ContainsFunc(t.succession.formerBindings, func(o *albv1alpha1.TargetGroupBinding) bool {
		return o.Spec.ForProvider.ServiceRef == b.Spec.ForProvider.ServiceRef && o.Status.AtProvider.Healthy > 0
	})
}

// outgoing are former load balancers that may go: none that has the Gateway's address, and none under deletion protection, which is
// for the user to switch off.
func (t *translation) outgoing() []Object {
	lb, _ := t.loadBalancerState()
	moved := lb != nil && t.in.addressOf(lb)
	var out []Object
	for _, f := range t.succession.former {
		if f.DeletionTimestamp == nil && (moved || !settledOn(f)) && !protected(f) {
			out = append(out, f)
		}
	}
	return out
}

// unprotect former load balancers whose successor the user says is not to be protected.
func (t *translation) unprotect() []Object {
	off := loadBalancerAttribute{Key: alb.AttributeDeletionProtection, Value: "false"}
	if !slices.Contains(t.config.spec.LoadBalancerAttributes, off) {
		return nil
	}
	var out []Object
	for _, f := range t.succession.former {
		if f.DeletionTimestamp != nil || !protected(f) {
			continue
		}
		o := &albv1alpha1.LoadBalancer{
			TypeMeta: typeMeta(albv1alpha1.LoadBalancerGroupVersionKind), ObjectMeta: t.meta(f.Name, ownedByGateway(t.in.Gateway)),
			Spec: albv1alpha1.LoadBalancerSpec{ManagedResourceSpec: t.managed(), ForProvider: *f.Spec.ForProvider.DeepCopy()},
		}
		for i := range o.Spec.ForProvider.Attributes {
			if a := &o.Spec.ForProvider.Attributes[i]; a.Key == off.Key {
				a.Value = off.Value
			}
		}
		out = append(out, o)
	}
	return out
}

func protected(lb *albv1alpha1.LoadBalancer) bool {
	return slices.Contains(lb.Spec.ForProvider.Attributes, albv1alpha1.Attribute{Key: alb.AttributeDeletionProtection, Value: "true"})
}

// successionNotes say what has become of former load balancers that are still there.
func (t *translation) successionNotes() []string {
	var notes []string
	for _, f := range t.succession.former {
		switch s := stateOf("LoadBalancer", f); {
		case f.DeletionTimestamp != nil && s.refused:
			notes = append(notes, fmt.Sprintf("LoadBalancer %s, whose place %s takes, cannot be deleted (%s)", f.Name, t.succession.name, f.GetCondition(xpv2.TypeSynced).Message))
		case f.DeletionTimestamp == nil && protected(f):
			notes = append(notes, fmt.Sprintf("LoadBalancer %s, whose place %s takes, stays, as it is under deletion protection (set deletion_protection.enabled to false in %s to have it deleted)",
				f.Name, t.succession.name, cmp.Or(t.config.from, "a LoadBalancerConfiguration")))
		}
	}
	return notes
}
