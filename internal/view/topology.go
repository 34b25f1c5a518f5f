package view

import (
	"cmp"
	"slices"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// A Topology is all that stands between a Gateway and its targets, each piece with what it says of itself.
type Topology struct {
	Gateway       Node
	Class         string
	Addresses     []string
	Attached      []ObjectStatus // what the Gateway says of its listeners, where not all is fine
	Limits        []Limit
	LoadBalancers []Node
	Listeners     []ListenerNode
	TargetGroups  []GroupNode
	Others        []Node
}

// A ListenerNode is a listener with its rules in the order in which they are tried.
type ListenerNode struct {
	Node
	LoadBalancer  string // the name of its object
	Port          int32
	Protocol      string
	Rules         []RuleNode
	DefaultAction string
	Targets       []Target // of the default action
}

// A RuleNode is a rule with the target groups that it forwards to.
type RuleNode struct {
	Node
	Rule
	Targets []Target
}

// A GroupNode is a target group with its bindings.
type GroupNode struct {
	Node
	Bindings []BindingNode
}

// A BindingNode registers the targets of a Service.
type BindingNode struct {
	Node
	Service string // namespace/name:port

	// Registered targets as "id:port", of which so many are healthy: AWS is not asked for which.
	Registered []string
	Healthy    int
}

// TopologyOf a Gateway, from what the cluster holds of it.
func TopologyOf(gw *gatewayv1.Gateway, o translate.Observed) Topology {
	t := Topology{Gateway: NodeOf("Gateway", gw), Class: string(gw.Spec.GatewayClassName), Limits: limitsOf(translate.Quotas{}, o)}
	for _, a := range gw.Status.Addresses {
		t.Addresses = append(t.Addresses, a.Value)
	}
	for _, l := range gw.Status.Listeners {
		if _, _, wrong := judged(conditionsOf(l.Conditions)); len(wrong) > 0 {
			t.Attached = append(t.Attached, ObjectStatus{Object: string(l.Name), Conditions: wrong})
		}
	}
	t.LoadBalancers = nodesOf(albv1alpha1.LoadBalancerGroupVersionKind.Kind, o.LoadBalancers)
	for _, l := range listenersOf(o) {
		n := ListenerNode{
			Node: NodeOf(albv1alpha1.ListenerGroupVersionKind.Kind, l), Port: l.Spec.ForProvider.Port, Protocol: l.Spec.ForProvider.Protocol,
			DefaultAction: defaultAction(l), Targets: forwardedBy(external.Actions(l.Spec.ForProvider.DefaultActions, sameName), o),
		}
		if ref := l.Spec.ForProvider.LoadBalancerRef; ref != nil {
			n.LoadBalancer = ref.Name
		}
		for _, r := range rulesOf(o, l.Name) {
			n.Rules = append(n.Rules, RuleNode{
				NodeOf(albv1alpha1.ListenerRuleGroupVersionKind.Kind, r), ruleOf(r, Nowhere), forwardedBy(external.Actions(r.Spec.ForProvider.Actions, sameName), o),
			})
		}
		t.Listeners = append(t.Listeners, n)
	}
	for _, g := range sortedByName(o.TargetGroups) {
		t.TargetGroups = append(t.TargetGroups, groupOf(g, o))
	}
	t.Others = slices.Concat(
		nodesOf(albv1alpha1.CertificateGroupVersionKind.Kind, o.Certificates), nodesOf(albv1alpha1.TrustStoreGroupVersionKind.Kind, o.TrustStores),
		nodesOf(albv1alpha1.SecurityGroupGroupVersionKind.Kind, o.SecurityGroups), nodesOf(albv1alpha1.SecurityGroupRuleGroupVersionKind.Kind, o.SecurityGroupRules),
		nodesOf(albv1alpha1.WebACLAssociationGroupVersionKind.Kind, o.WebACLAssociations), nodesOf(albv1alpha1.ShieldProtectionGroupVersionKind.Kind, o.ShieldProtections),
	)
	return t
}

// NodeOf an object of a kind, without the objects that it owns.
func NodeOf(kind string, o client.Object) Node {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil { // cannot be: it was decoded
		return Node{Kind: kind, Namespace: o.GetNamespace(), Name: o.GetName(), Live: "Unknown", Detail: err.Error()}
	}
	u := unstructured.Unstructured{Object: content}
	u.SetKind(kind)
	return node(u)
}

func nodesOf[T client.Object](kind string, objects []T) []Node {
	out := make([]Node, 0, len(objects))
	for _, o := range sortedByName(objects) {
		out = append(out, NodeOf(kind, o))
	}
	return out
}

func sortedByName[T client.Object](objects []T) []T {
	return slices.SortedFunc(slices.Values(objects), func(a, b T) int { return cmp.Compare(a.GetName(), b.GetName()) })
}

func groupOf(g *albv1alpha1.TargetGroup, o translate.Observed) GroupNode {
	out := GroupNode{Node: NodeOf(albv1alpha1.TargetGroupGroupVersionKind.Kind, g)}
	for _, b := range sortedByName(o.TargetGroupBindings) {
		if ref := b.Spec.ForProvider.TargetGroupRef; ref != nil && ref.Name == g.Name {
			out.Bindings = append(out.Bindings, BindingNode{
				Node: NodeOf(albv1alpha1.TargetGroupBindingGroupVersionKind.Kind, b), Service: serviceOf(b),
				Registered: b.Status.AtProvider.Registered, Healthy: int(b.Status.AtProvider.Healthy),
			})
		}
	}
	return out
}

// forwardedBy actions, the last of which decides where requests go.
func forwardedBy(actions []elbtypes.Action, o translate.Observed) []Target {
	if len(actions) == 0 {
		return nil
	}
	sorted := alb.Sorted(actions)
	var out []Target
	for _, g := range alb.TargetGroupsOf(sorted[len(sorted)-1]) {
		out = append(out, targetOf(*g.TargetGroupArn, *g.Weight, o))
	}
	return out
}

// sameName: what stands for an ARN here is the name of an object.
func sameName(name string) string { return name }
