package targetgroupbinding

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// A nodeQuery chooses among the nodes of the cluster.
type nodeQuery struct {
	// Selector of the binding.
	Selector labels.Selector

	// Local are the names of the nodes that may answer; nil: all.
	Local map[string]bool

	// Port that the nodes are reached at.
	Port int32
}

// instances are the nodes that are to be registered, and the names of those that would be but are no EC2 instances.
func instances(nodes []corev1.Node, q nodeQuery) (targets []target, strangers []string) {
	for i := range nodes {
		n := &nodes[i]
		if !serves(n) || !q.Selector.Matches(labels.Set(n.Labels)) || q.Local != nil && !q.Local[n.Name] {
			continue
		}
		id, ok := instanceID(n)
		if !ok {
			strangers = append(strangers, n.Name)
			continue
		}
		targets = append(targets, target{ID: id, Port: q.Port})
	}
	slices.Sort(strangers)
	return sorted(targets), strangers
}

// serves says whether a node may get traffic from load balancers at all. The label is the one that Kubernetes' own service
// controller heeds; its value does not matter.
func serves(n *corev1.Node) bool {
	if _, excluded := n.Labels[corev1.LabelNodeExcludeBalancers]; excluded {
		return false
	}
	return ready(n)
}

func ready(n *corev1.Node) bool {
	return slices.ContainsFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}

// instanceID reads "aws:///us-east-1a/i-0123456789abcdef0", the form that AWS's cloud provider writes.
func instanceID(n *corev1.Node) (string, bool) {
	path, ok := strings.CutPrefix(n.Spec.ProviderID, "aws://")
	if !ok {
		return "", false
	}
	id := path[strings.LastIndexByte(path, '/')+1:]
	return id, strings.HasPrefix(id, "i-")
}
