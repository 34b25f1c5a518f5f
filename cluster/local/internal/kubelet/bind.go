package kubelet

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/tools/cache"
)

// rebind is how soon a pod that fits no node is tried again.
const rebind = time.Second

// roundRobin counts turns.
type roundRobin struct {
	n atomic.Uint64
}

func (r *roundRobin) of(total int) int {
	return int((r.n.Add(1) - 1) % uint64(total))
}

// bind gives the pod to the next node that fits.
func (k *Kubelet) bind(ctx context.Context, key cache.ObjectName, pod *corev1.Pod) error {
	if len(pod.Spec.SchedulingGates) > 0 {
		return nil
	}
	nodes, err := k.nodes.List(labels.Everything())
	if err != nil {
		return err
	}
	nodes = slices.DeleteFunc(nodes, func(n *corev1.Node) bool { return !fits(pod, n) })
	if len(nodes) == 0 {
		k.queue.AddAfter(key, rebind)
		return k.writeStatus(ctx, pod, unschedulableStatus(pod))
	}
	slices.SortFunc(nodes, func(a, b *corev1.Node) int { return cmp.Compare(a.Name, b.Name) })

	err = k.Client.CoreV1().Pods(pod.Namespace).Bind(ctx, &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: nodes[k.turn.of(len(nodes))].Name},
	}, metav1.CreateOptions{})
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return nil // bound or gone; the watch tells
	}
	if err != nil {
		return fmt.Errorf("cannot bind pod: %w", err)
	}
	return nil
}

// fits looks at cordons and node selectors, not at affinity, taints or resources.
func fits(pod *corev1.Pod, node *corev1.Node) bool {
	return !node.Spec.Unschedulable &&
		node.DeletionTimestamp == nil &&
		isReady(node) &&
		labels.SelectorFromSet(pod.Spec.NodeSelector).Matches(labels.Set(node.Labels))
}

func isReady(node *corev1.Node) bool {
	return slices.ContainsFunc(node.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}
