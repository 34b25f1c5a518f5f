package translate

import (
	"maps"
	"regexp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// webACLForm is what an association takes: the ARN of a regional web ACL (WAFv2 API, AssociateWebACL).
var webACLForm = regexp.MustCompile(`^arn:[\w-]+:wafv2:[\w-]+:[0-9]{12}:regional/webacl/[\w-]+/[0-9a-f-]+$`)

func (c configuration) webACL() string {
	if c.spec.WAFv2 == nil {
		return ""
	}
	return c.spec.WAFv2.ACL
}

func (c configuration) shielded() bool {
	return c.spec.ShieldConfiguration != nil && value(c.spec.ShieldConfiguration.Enabled)
}

// webACL and shielded are what is asked for; of a load balancer that is adopted they are its owner's to decide.
func (t *translation) webACL() string {
	if t.addressing.adopted != "" {
		return ""
	}
	return t.config.webACL()
}

func (t *translation) shielded() bool { return t.addressing.adopted == "" && t.config.shielded() }

// protections of the load balancer: a web ACL, and Shield.
func (t *translation) protections(owner metav1.OwnerReference) []Object {
	var out []Object
	if acl := t.webACL(); acl != "" {
		out = append(out, &albv1alpha1.WebACLAssociation{
			TypeMeta:   typeMeta(albv1alpha1.WebACLAssociationGroupVersionKind),
			ObjectMeta: t.meta(owner.Name, owner),
			Spec: albv1alpha1.WebACLAssociationSpec{
				ManagedResourceSpec: t.managed(),
				ForProvider:         albv1alpha1.WebACLAssociationParameters{LoadBalancerRef: &albv1alpha1.Reference{Name: owner.Name}, WebACLArn: acl},
			},
		})
	}
	if t.shielded() {
		out = append(out, &albv1alpha1.ShieldProtection{
			TypeMeta:   typeMeta(albv1alpha1.ShieldProtectionGroupVersionKind),
			ObjectMeta: t.meta(owner.Name, owner),
			Spec: albv1alpha1.ShieldProtectionSpec{
				ManagedResourceSpec: t.managed(),
				ForProvider:         albv1alpha1.ShieldProtectionParameters{LoadBalancerRef: &albv1alpha1.Reference{Name: owner.Name}, Tags: maps.Clone(t.tags)},
			},
		})
	}
	return out
}

func (t *translation) obsoleteProtections() []Object {
	var out []Object
	for _, o := range t.in.Observed.WebACLAssociations {
		if o.DeletionTimestamp == nil && t.webACL() == "" {
			out = append(out, o)
		}
	}
	for _, o := range t.in.Observed.ShieldProtections {
		if o.DeletionTimestamp == nil && !t.shielded() {
			out = append(out, o)
		}
	}
	return out
}

// protectionState is that of the first protection that is not in place. A load balancer is not programmed without.
func (t *translation) protectionState() state {
	if acl := t.webACL(); acl != "" {
		o := find(t.in.Observed.WebACLAssociations, t.succession.name)
		if o == nil {
			return state{message: "WebACLAssociation " + t.succession.name + " is not made yet"}
		}
		if s := stateOf("WebACLAssociation", o); !s.live {
			return s
		}
	}
	if t.shielded() {
		o := find(t.in.Observed.ShieldProtections, t.succession.name)
		if o == nil {
			return state{message: "ShieldProtection " + t.succession.name + " is not made yet"}
		}
		if s := stateOf("ShieldProtection", o); !s.live {
			return s
		}
	}
	return state{live: true}
}

// opensNodes says whether the groups of nodes and pods are opened for the load balancer: where it has a group of its own that
// they can let in.
func (t *translation) opensNodes() bool {
	if t.addressing.adopted != "" {
		return false
	}
	if managed := t.config.spec.ManageBackendSecurityGroupRules; managed != nil {
		return *managed
	}
	return len(t.config.spec.SecurityGroups) == 0
}

// ownGroup says whether the load balancer has a security group of its own: for its clients, or for its targets to let in.
func (t *translation) ownGroup() bool {
	return t.addressing.adopted == "" && (len(t.config.spec.SecurityGroups) == 0 || t.opensNodes())
}

// securityGroupRules open the ports of the targets, each once, from the load balancer's own group.
func (t *translation) securityGroupRules(owner metav1.OwnerReference) []Object {
	var out []Object
	for _, port := range t.targetPorts() {
		out = append(out, &albv1alpha1.SecurityGroupRule{
			TypeMeta:   typeMeta(albv1alpha1.SecurityGroupRuleGroupVersionKind),
			ObjectMeta: t.meta(securityGroupRuleName(owner.Name, port), owner),
			Spec: albv1alpha1.SecurityGroupRuleSpec{
				ManagedResourceSpec: t.managed(),
				ForProvider: albv1alpha1.SecurityGroupRuleParameters{
					IpProtocol: "tcp", FromPort: port, ToPort: port, SourceSecurityGroupRef: &albv1alpha1.Reference{Name: owner.Name},
				},
			},
		})
	}
	return out
}

// targetPorts of the rules' target groups, in order.
func (t *translation) targetPorts() []int32 {
	if !t.opensNodes() {
		return nil
	}
	seen := map[int32]bool{}
	for _, name := range t.usedTargetGroups() {
		for _, port := range t.targetGroups[name].reached {
			seen[port] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// obsoleteSecurityGroupRules may go when no target group is reached by them any more: those that are wanted, and those that a
// rule in AWS may still forward to.
func (t *translation) obsoleteSecurityGroupRules() []Object {
	wanted := map[string]bool{}
	for _, port := range t.targetPorts() {
		wanted[securityGroupRuleName(t.succession.name, port)] = true
	}
	used := t.usedTargetGroups()
	leaving := slices.ContainsFunc(t.in.Observed.TargetGroups, func(tg *albv1alpha1.TargetGroup) bool { return !slices.Contains(used, tg.Name) })
	var out []Object
	for _, o := range t.in.Observed.SecurityGroupRules {
		if o.DeletionTimestamp == nil && !wanted[o.Name] && (!leaving || !t.opensNodes()) {
			out = append(out, o)
		}
	}
	return out
}
