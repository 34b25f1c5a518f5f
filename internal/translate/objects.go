package translate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// objects are the desired managed resources, owners first. What has an owner that is not stored yet comes in a later
// translation, as an owner reference needs the owner's UID.
func (t *translation) objects() []Object {
	if t.nowhere() {
		return nil
	}
	lb := t.loadBalancer()
	out := []Object{lb}
	stored := find(t.in.Observed.LoadBalancers, lb.Name)
	if stored == nil {
		return out
	}
	out = append(out, t.unprotect()...)
	if s := t.service(first(t.predecessor(), stored)); s != nil {
		out = append(out, s)
	}
	owner := ownedBy(stored, albv1alpha1.LoadBalancerGroupVersionKind)
	if sg := t.securityGroup(owner); sg != nil {
		out = append(out, sg)
	}
	out = append(out, t.protections(owner)...)
	out = append(out, t.securityGroupRules(owner)...)
	for _, s := range t.imports() {
		out = append(out, t.certificate(s, owner))
	}
	for _, s := range t.anchors() {
		out = append(out, t.trustStore(s, owner))
	}
	for _, p := range t.ports {
		out = append(out, t.listener(p, owner))
	}
	groups := t.usedTargetGroups()
	for _, name := range groups {
		out = append(out, t.targetGroupObject(t.targetGroups[name], owner))
	}
	for _, name := range groups {
		if tg := find(t.in.Observed.TargetGroups, name); tg != nil {
			out = append(out, t.binding(t.targetGroups[name], ownedBy(tg, albv1alpha1.TargetGroupGroupVersionKind)))
		}
	}
	for _, p := range t.ports {
		if l := find(t.in.Observed.Listeners, p.name); l != nil {
			out = append(out, t.ruleObjects(p, ownedBy(l, albv1alpha1.ListenerGroupVersionKind))...)
		}
	}
	return out
}

// find an object that is stored and is not on its way out.
func find[T metav1.Object](all []T, name string) (none T) {
	for _, o := range all {
		if o.GetName() == name && o.GetDeletionTimestamp() == nil && o.GetUID() != "" {
			return o
		}
	}
	return none
}

// ownedBy refers to the controlling owner. It does not block: foreground deletion would turn the order round in which the
// pieces of a load balancer have to go.
func ownedBy(o metav1.Object, gvk schema.GroupVersionKind) metav1.OwnerReference {
	return metav1.OwnerReference{
		APIVersion: gvk.GroupVersion().String(), Kind: gvk.Kind, Name: o.GetName(), UID: o.GetUID(),
		Controller: new(true), BlockOwnerDeletion: new(false),
	}
}

func ownedByGateway(g *gatewayv1.Gateway) metav1.OwnerReference {
	return ownedBy(g, schema.GroupVersionKind{Group: gatewayv1.GroupVersion.Group, Version: gatewayv1.GroupVersion.Version, Kind: "Gateway"})
}

func typeMeta(gvk schema.GroupVersionKind) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: gvk.GroupVersion().String(), Kind: gvk.Kind}
}

// meta of an object. What the Gateway's infrastructure says goes on all of them.
func (t *translation) meta(name string, owner metav1.OwnerReference) metav1.ObjectMeta {
	out := metav1.ObjectMeta{
		Name: name, Namespace: t.in.Gateway.Namespace,
		Labels:          map[string]string{albv1alpha1.LabelGatewayName: labelValue(t.in.Gateway.Name)},
		OwnerReferences: []metav1.OwnerReference{owner},
	}
	maps.Copy(out.Labels, t.infrastructure.labels)
	if len(t.infrastructure.annotations) > 0 {
		out.Annotations = maps.Clone(t.infrastructure.annotations)
	}
	return out
}

func (t *translation) managed() xpv2.ManagedResourceSpec {
	return xpv2.ManagedResourceSpec{ProviderConfigReference: new(t.in.ProviderConfig)}
}

func loadBalancerName(g *gatewayv1.Gateway) string { return shortened(g.Name, maxLoadBalancerName) }

func (t *translation) loadBalancer() *albv1alpha1.LoadBalancer {
	g, s := t.in.Gateway, t.config.spec
	out := &albv1alpha1.LoadBalancer{
		TypeMeta:   typeMeta(albv1alpha1.LoadBalancerGroupVersionKind),
		ObjectMeta: t.meta(t.succession.name, ownedByGateway(g)),
		Spec:       albv1alpha1.LoadBalancerSpec{ManagedResourceSpec: t.managed()},
	}
	if t.addressing.adopted != "" {
		out.Spec.ForProvider.DNSName, out.Spec.ForProvider.Scheme = new(t.addressing.adopted), t.config.scheme()
		if stored := find(t.in.Observed.LoadBalancers, out.Name); stored != nil {
			out.Spec.ForProvider.Scheme = stored.Spec.ForProvider.Scheme // It means nothing here, and cannot be changed.
		}
		return out
	}
	out.Spec.ForProvider = albv1alpha1.LoadBalancerParameters{
		Name: t.in.freeName(t.config, t.succession.name), Scheme: t.config.scheme(), IpAddressType: text(s.IPAddressType),
		SecurityGroups:        slices.Clone(s.SecurityGroups),
		CustomerOwnedIpv4Pool: s.CustomerOwnedIpv4Pool, Ipv4IpamPoolId: s.IPv4IPAMPoolID,
		Attributes: attributes(s.LoadBalancerAttributes, func(a loadBalancerAttribute) (string, string) { return a.Key, a.Value }),
		Tags:       maps.Clone(t.tags),
	}
	p := &out.Spec.ForProvider
	if stored := find(t.in.Observed.LoadBalancers, out.Name); p.Name == nil && stored != nil {
		p.Name = stored.Spec.ForProvider.Name // It cannot be changed, and nobody asks for another.
	}
	if p.Name == nil {
		p.Name = new(awsName(g.Namespace, g.Name, t.in.Settings.ClusterName, g.Namespace, g.Name, distinct(p)))
	}
	for _, subnet := range s.LoadBalancerSubnets {
		p.Subnets = append(p.Subnets, value(subnet.Identifier))
	}
	if len(p.Subnets) == 0 {
		p.SubnetSelector = s.LoadBalancerSubnetsSelector
	}
	if t.ownGroup() {
		p.SecurityGroupRefs = []albv1alpha1.Reference{{Name: t.succession.name}}
	}
	if s.MinimumLoadBalancerCapacity != nil {
		p.MinimumCapacityUnits = new(s.MinimumLoadBalancerCapacity.CapacityUnits)
	}
	if stored := find(t.in.Observed.LoadBalancers, out.Name); stored != nil {
		undo(p, stored.Spec.ForProvider)
	}
	return out
}

// distinct is what tells load balancers of a Gateway apart by name.
func distinct(p *albv1alpha1.LoadBalancerParameters) string {
	if p.CustomerOwnedIpv4Pool == nil {
		return p.Scheme
	}
	return p.Scheme + " " + *p.CustomerOwnedIpv4Pool
}

func (t *translation) listener(p *port, owner metav1.OwnerReference) *albv1alpha1.Listener {
	out := &albv1alpha1.Listener{
		TypeMeta:   typeMeta(albv1alpha1.ListenerGroupVersionKind),
		ObjectMeta: t.meta(p.name, owner),
		Spec:       albv1alpha1.ListenerSpec{ManagedResourceSpec: t.managed()},
	}
	out.Labels[albv1alpha1.LabelListenerPort] = strconv.Itoa(int(p.Port))
	settings := t.config.listener(p.listeners[0].spec.Protocol, p.Port)
	out.Spec.ForProvider = albv1alpha1.ListenerParameters{
		LoadBalancerRef: &albv1alpha1.Reference{Name: owner.Name},
		Port:            p.Port, Protocol: p.Protocol,
		DefaultActions: fixed("404"),
		Attributes:     attributes(settings.ListenerAttributes, func(a listenerAttribute) (string, string) { return a.Key, a.Value }),
		Tags:           maps.Clone(t.tags),
	}
	if stored := find(t.in.Observed.Listeners, out.Name); stored != nil {
		out.Spec.ForProvider.Attributes = undoAttributes(out.Spec.ForProvider.Attributes, stored.Spec.ForProvider.Attributes, listenerDefaults(p.Protocol))
	}
	if l := p.listeners[0]; l.secure() {
		out.Spec.ForProvider.SslPolicy = l.tls.policy
		bundleOf(p.listeners).put(&out.Spec.ForProvider)
		out.Spec.ForProvider.MutualAuthentication = l.tls.mutual
	}
	return out
}

func (t *translation) usedTargetGroups() []string {
	var out []string
	for _, p := range t.ports {
		for _, r := range p.rules {
			out = append(out, groupsOf(r.outcome.actions)...)
		}
	}
	return unique(out)
}

func (t *translation) targetGroupObject(tg *targetGroup, owner metav1.OwnerReference) *albv1alpha1.TargetGroup {
	out := &albv1alpha1.TargetGroup{
		TypeMeta:   typeMeta(albv1alpha1.TargetGroupGroupVersionKind),
		ObjectMeta: t.meta(tg.name, owner),
		Spec:       albv1alpha1.TargetGroupSpec{ManagedResourceSpec: t.managed(), ForProvider: *tg.group.DeepCopy()},
	}
	if stored := find(t.in.Observed.TargetGroups, tg.name); stored != nil {
		p := &out.Spec.ForProvider
		p.Attributes = undoAttributes(p.Attributes, stored.Spec.ForProvider.Attributes, alb.TargetGroupAttributes)
	}
	return out
}

func (t *translation) binding(tg *targetGroup, owner metav1.OwnerReference) *albv1alpha1.TargetGroupBinding {
	return &albv1alpha1.TargetGroupBinding{
		TypeMeta:   typeMeta(albv1alpha1.TargetGroupBindingGroupVersionKind),
		ObjectMeta: t.meta(tg.name, owner),
		Spec:       albv1alpha1.TargetGroupBindingSpec{ManagedResourceSpec: t.managed(), ForProvider: *tg.binding.DeepCopy()},
	}
}

// ruleObjects of a port, by name. What waits for its turn stays as it is stored.
func (t *translation) ruleObjects(p *port, owner metav1.OwnerReference) []Object {
	rules := slices.SortedFunc(slices.Values(p.rules), func(a, b *rule) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	out := make([]Object, 0, len(rules))
	for _, r := range rules {
		o := t.ruleObject(r, owner)
		switch {
		case r.awaits == "":
		case r.observed == nil:
			continue
		default:
			o.Spec.ForProvider = *r.observed.Spec.ForProvider.DeepCopy()
		}
		out = append(out, o)
	}
	return out
}

func (t *translation) ruleObject(r *rule, owner metav1.OwnerReference) *albv1alpha1.ListenerRule {
	out := &albv1alpha1.ListenerRule{
		TypeMeta:   typeMeta(albv1alpha1.ListenerRuleGroupVersionKind),
		ObjectMeta: t.meta(r.name, owner),
		Spec:       albv1alpha1.ListenerRuleSpec{ManagedResourceSpec: t.managed(), ForProvider: t.ruleParameters(r)},
	}
	out.Labels[albv1alpha1.LabelListenerPort] = strconv.Itoa(int(r.port.Port))
	if r.isGuard() {
		return out
	}
	of := r.owner.id()
	maps.Copy(out.Labels, map[string]string{
		albv1alpha1.LabelRouteKind:      of.kind,
		albv1alpha1.LabelRouteNamespace: labelValue(of.namespace),
		albv1alpha1.LabelRouteName:      labelValue(of.name),
		albv1alpha1.LabelRouteRule:      strconv.Itoa(of.index),
	})
	if out.Annotations == nil {
		out.Annotations = map[string]string{}
	}
	out.Annotations[albv1alpha1.AnnotationRoute] = of.annotation()
	return out
}

// annotation is what ownerOf reads.
func (o ruleOwner) annotation() string {
	return fmt.Sprintf("%s %s/%s rule %d", o.kind, o.namespace, o.name, o.index)
}

func (t *translation) ruleParameters(r *rule) albv1alpha1.ListenerRuleParameters {
	in := albv1alpha1.ListenerRuleParameters{
		ListenerRef: &albv1alpha1.Reference{Name: r.port.name}, Priority: r.priority,
		Conditions: r.conditions, Actions: r.outcome.actions, Transforms: r.outcome.transforms,
		Tags: mergedMap(r.owner.ownTags(), t.tags),
	}
	return *in.DeepCopy()
}
