package translate

import (
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

type (
	loadBalancerAttribute = gwcfgv1.LoadBalancerAttribute
	listenerAttribute     = gwcfgv1.ListenerAttribute
)

const (
	maxLoadBalancerName = 200

	anyIPv4 = "0.0.0.0/0"
	anyIPv6 = "::/0"
)

// securityGroup is the load balancer's own, or nil where the user gives others or adopts a load balancer, which has its own. Beside
// the user's it lets nobody in: it is only there for targets to let in.
func (t *translation) securityGroup(owner metav1.OwnerReference) *albv1alpha1.SecurityGroup {
	if !t.ownGroup() {
		return nil
	}
	g := t.in.Gateway
	name := new(awsName(g.Namespace, g.Name, t.in.Settings.ClusterName, g.Namespace, t.succession.stem))
	if stored := find(t.in.Observed.SecurityGroups, t.succession.name); stored != nil {
		name = first(stored.Spec.ForProvider.GroupName, name) // It cannot be changed.
	}
	return &albv1alpha1.SecurityGroup{
		TypeMeta:   typeMeta(albv1alpha1.SecurityGroupGroupVersionKind),
		ObjectMeta: t.meta(t.succession.name, owner),
		Spec: albv1alpha1.SecurityGroupSpec{
			ManagedResourceSpec: t.managed(),
			ForProvider: albv1alpha1.SecurityGroupParameters{
				GroupName:   name,
				Description: new("Clients of the load balancer of a Gateway"),
				Ingress:     t.ingress(),
				Tags:        maps.Clone(t.tags),
			},
		},
	}
}

// ingress admits each source to each port. Prefix lists alone open nothing else.
func (t *translation) ingress() []albv1alpha1.IPPermission {
	if len(t.config.spec.SecurityGroups) > 0 {
		return nil
	}
	var out []albv1alpha1.IPPermission
	for _, source := range t.sources() {
		for _, p := range t.ports {
			permission := source
			permission.IpProtocol, permission.FromPort, permission.ToPort = "tcp", new(p.Port), new(p.Port)
			out = append(out, permission)
		}
		if value(t.config.spec.EnableICMP) {
			out = append(out, pathMTU(source)...)
		}
	}
	return out
}

// sources of requests, each once.
func (t *translation) sources() []albv1alpha1.IPPermission {
	ranges := t.config.spec.SourceRanges
	if len(ranges) == 0 && len(t.config.spec.SecurityGroupPrefixes) == 0 {
		ranges = []string{anyIPv4, anyIPv6}
	}
	var out []albv1alpha1.IPPermission
	for _, r := range unique(ranges) {
		switch {
		case !isIPv6(r):
			out = append(out, albv1alpha1.IPPermission{CidrIp: new(r)})
		case t.config.dualstack():
			out = append(out, albv1alpha1.IPPermission{CidrIpv6: new(r)})
		}
	}
	for _, p := range slices.Compact(slices.SortedFunc(slices.Values(t.config.spec.SecurityGroupPrefixes), strings.Compare)) {
		out = append(out, albv1alpha1.IPPermission{PrefixListId: new(p)})
	}
	return out
}

// pathMTU admits the ICMP messages that path MTU discovery needs: "fragmentation needed" (RFC 792, type 3 code 4) and
// "packet too big" (RFC 4443, type 2 code 0).
func pathMTU(source albv1alpha1.IPPermission) []albv1alpha1.IPPermission {
	switch {
	case source.CidrIp != nil:
		source.IpProtocol, source.FromPort, source.ToPort = "icmp", new(int32(3)), new(int32(4))
	case source.CidrIpv6 != nil:
		source.IpProtocol, source.FromPort, source.ToPort = "icmpv6", new(int32(2)), new(int32(0))
	default:
		return nil
	}
	return []albv1alpha1.IPPermission{source}
}
