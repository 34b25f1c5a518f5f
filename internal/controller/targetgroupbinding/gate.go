package targetgroupbinding

import (
	"context"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// gatePrefix begins the readiness gates that pods can declare to be ready only when load balancers send them requests. The name
// of a Service follows: it is known when the pods are written, where names of target groups are not.
const gatePrefix = "target-health.alb.gateway.crossplane.io/"

func gateOf(service string) corev1.PodConditionType {
	return corev1.PodConditionType(gatePrefix + service)
}

// servicesOfGates are the Services that a pod's readiness gates name.
func servicesOfGates(o client.Object) []string {
	pod, ok := o.(*corev1.Pod)
	if !ok {
		return nil
	}
	var names []string
	for _, g := range pod.Spec.ReadinessGates {
		if name, ours := strings.CutPrefix(string(g.ConditionType), gatePrefix); ours && name != "" {
			names = append(names, name)
		}
	}
	return names
}

// gatedPods are those that declare the readiness gate of a Service and are to stay. They are the cache's own and must not be
// written to.
func gatedPods(ctx context.Context, kube client.Reader, svc types.NamespacedName) ([]corev1.Pod, error) {
	list := &corev1.PodList{}
	err := kube.List(ctx, list, client.InNamespace(svc.Namespace), client.MatchingFields{podGate: svc.Name}, client.UnsafeDisableDeepCopy)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot list Pods with readiness gate %q", gateOf(svc.Name))
	}
	var pods []corev1.Pod
	for i := range list.Items {
		if list.Items[i].DeletionTimestamp == nil {
			pods = append(pods, list.Items[i])
		}
	}
	return pods, nil
}

// waitsForUs says that a pod would be ready if it were not for gates of ours. Such a pod has to be registered, or it would never
// become ready.
func waitsForUs(pod *corev1.Pod) bool {
	if !isTrue(pod, corev1.ContainersReady) {
		return false
	}
	return !slices.ContainsFunc(pod.Spec.ReadinessGates, func(g corev1.PodReadinessGate) bool {
		return !strings.HasPrefix(string(g.ConditionType), gatePrefix) && !isTrue(pod, g.ConditionType)
	})
}

// isOf says that an endpoint is a pod's.
func isOf(e *discoveryv1.Endpoint, pod *corev1.Pod) bool {
	return e.TargetRef != nil && e.TargetRef.Kind == "Pod" && e.TargetRef.UID == pod.UID
}

func isTrue(pod *corev1.Pod, t corev1.PodConditionType) bool {
	c := conditionOf(pod, t)
	return c != nil && c.Status == corev1.ConditionTrue
}

func conditionOf(pod *corev1.Pod, t corev1.PodConditionType) *corev1.PodCondition {
	i := slices.IndexFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == t })
	if i < 0 {
		return nil
	}
	return &pod.Status.Conditions[i]
}
