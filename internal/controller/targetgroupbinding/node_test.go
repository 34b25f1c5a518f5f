package targetgroupbinding

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

func node(name, providerID string, change ...func(*corev1.Node)) corev1.Node {
	n := corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"kubernetes.io/hostname": name}},
		Spec:       corev1.NodeSpec{ProviderID: providerID},
		Status:     corev1.NodeStatus{Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}},
	}
	for _, c := range change {
		c(&n)
	}
	return n
}

func labelled(key, value string) func(*corev1.Node) {
	return func(n *corev1.Node) { n.Labels[key] = value }
}

func readiness(s corev1.ConditionStatus) func(*corev1.Node) {
	return func(n *corev1.Node) { n.Status.Conditions[0].Status = s }
}

func TestInstances(t *testing.T) {
	const id1, id2 = "i-0123456789abcdef0", "i-0123456789abcdef1"
	all := nodeQuery{Selector: labels.Everything(), Port: 30080}
	type want struct {
		targets   []target
		strangers []string
	}
	cases := map[string]struct {
		reason string
		nodes  []corev1.Node
		query  nodeQuery
		want   want
	}{
		"ReadyNodes": {
			reason: "A ready node is registered by its instance id, at the node port.",
			nodes:  []corev1.Node{node("a", "aws:///us-east-1a/"+id2), node("b", "aws:///us-east-1b/"+id1)},
			query:  all,
			want:   want{targets: []target{{id1, 30080}, {id2, 30080}}},
		},
		"NotReady": {
			reason: "A node that is not ready, or that nobody has heard of for a while, gets no requests.",
			nodes: []corev1.Node{
				node("a", "aws:///us-east-1a/"+id1, readiness(corev1.ConditionFalse)),
				node("b", "aws:///us-east-1a/"+id2, readiness(corev1.ConditionUnknown)),
			},
			query: all,
		},
		"Excluded": {
			reason: "The label takes a node out whatever its value (well-known labels, node.kubernetes.io/exclude-from-external-load-balancers).",
			nodes:  []corev1.Node{node("a", "aws:///us-east-1a/"+id1, labelled("node.kubernetes.io/exclude-from-external-load-balancers", "false"))},
			query:  all,
		},
		"Selector": {
			reason: "A selector chooses among the nodes.",
			nodes:  []corev1.Node{node("a", "aws:///us-east-1a/"+id1, labelled("pool", "edge")), node("b", "aws:///us-east-1a/"+id2)},
			query:  nodeQuery{Selector: labels.SelectorFromSet(labels.Set{"pool": "edge"}), Port: 30080},
			want:   want{targets: []target{{id1, 30080}}},
		},
		"Local": {
			reason: "With externalTrafficPolicy Local a node without an endpoint drops what it gets.",
			nodes:  []corev1.Node{node("a", "aws:///us-east-1a/"+id1), node("b", "aws:///us-east-1a/"+id2)},
			query:  nodeQuery{Selector: labels.Everything(), Port: 30080, Local: map[string]bool{"b": true}},
			want:   want{targets: []target{{id2, 30080}}},
		},
		"LocalWithoutEndpoints": {
			reason: "With externalTrafficPolicy Local and no endpoint at all, no node can answer.",
			nodes:  []corev1.Node{node("a", "aws:///us-east-1a/"+id1)},
			query:  nodeQuery{Selector: labels.Everything(), Port: 30080, Local: map[string]bool{}},
		},
		"Strangers": {
			reason: "Nodes that are no EC2 instances are told of, and only if they would have been registered.",
			nodes: []corev1.Node{
				node("a", ""), node("b", "gce://project/zone/instance"), node("c", "aws:///us-east-1a/fargate-ip-10-0-0-1"),
				node("d", "", readiness(corev1.ConditionFalse)), node("e", "aws:///us-east-1a/"+id1),
			},
			query: all,
			want:  want{targets: []target{{id1, 30080}}, strangers: []string{"a", "b", "c"}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var got want
			got.targets, got.strangers = instances(tc.nodes, tc.query)
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s\ninstances(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
