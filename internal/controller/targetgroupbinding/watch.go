package targetgroupbinding

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

// ofTargetGroup are the bindings of a target group.
func ofTargetGroup(ctx context.Context, kube client.Reader, group client.Object) []types.NamespacedName {
	return wake(ctx, kube, reference.To(group.GetNamespace(), reference.ByTargetGroup, group.GetName()))
}

// ofService are the bindings of a Service, in any namespace.
func ofService(ctx context.Context, kube client.Reader, svc client.Object) []types.NamespacedName {
	return wake(ctx, kube, reference.To("", byService, client.ObjectKeyFromObject(svc).String()))
}

// ofSlice are the bindings whose targets the endpoints of a slice bear upon: those of target type ip, and under
// externalTrafficPolicy Local those of nodes too.
func ofSlice(ctx context.Context, kube client.Reader, slice client.Object) []types.NamespacedName {
	name := serviceOfSlice(slice)
	if len(name) == 0 {
		return nil
	}
	key := types.NamespacedName{Namespace: slice.GetNamespace(), Name: name[0]}
	svc := &corev1.Service{}
	if err := kube.Get(ctx, key, svc); err != nil {
		return nil // the Service's own event comes later
	}
	if svc.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal {
		return ofService(ctx, kube, svc)
	}
	list := &albv1alpha1.TargetGroupBindingList{}
	if err := kube.List(ctx, list, client.MatchingFields{byService: key.String()}, client.UnsafeDisableDeepCopy); err != nil {
		return nil // the cache answers without error
	}
	var names []types.NamespacedName
	for i := range list.Items {
		if list.Items[i].Spec.ForProvider.TargetType == typeIP {
			names = append(names, client.ObjectKeyFromObject(&list.Items[i]))
		}
	}
	return names
}

// serviceMatters: targets depend on a Service's spec. Services have no generation, and are labelled and annotated by many.
func serviceMatters(was, is client.Object) bool {
	a, ok := was.(*corev1.Service)
	b, also := is.(*corev1.Service)
	return !ok || !also || !equality.Semantic.DeepEqual(a.Spec, b.Spec)
}

// sliceMatters: they depend on all that a slice says of endpoints, and on whose they are.
func sliceMatters(was, is client.Object) bool {
	a, ok := was.(*discoveryv1.EndpointSlice)
	b, also := is.(*discoveryv1.EndpointSlice)
	return !ok || !also || !slices.Equal(serviceOfSlice(a), serviceOfSlice(b)) || a.AddressType != b.AddressType ||
		!equality.Semantic.DeepEqual(a.Endpoints, b.Endpoints) || !equality.Semantic.DeepEqual(a.Ports, b.Ports)
}

// ofPod are the bindings that a pod waits for.
func ofPod(ctx context.Context, kube client.Reader, o client.Object) []types.NamespacedName {
	pod, ok := o.(*corev1.Pod)
	if !ok || !isTrue(pod, corev1.ContainersReady) {
		return nil
	}
	var names []types.NamespacedName
	for _, service := range servicesOfGates(pod) {
		if !isTrue(pod, gateOf(service)) {
			names = append(names, wake(ctx, kube, reference.To("", byService, pod.Namespace+"/"+service))...)
		}
	}
	return names
}

func wake(ctx context.Context, kube client.Reader, query []client.ListOption) []types.NamespacedName {
	return reference.Wake(ctx, kube, &albv1alpha1.TargetGroupBindingList{}, query...)
}

// serviceOfSlice is the name of the Service that an EndpointSlice belongs to.
func serviceOfSlice(o client.Object) []string {
	if name := o.GetLabels()[discoveryv1.LabelServiceName]; name != "" {
		return []string{name}
	}
	return nil
}

// A nodeWatch wakes the bindings that register nodes when a node changes in a way that matters to them. Kubelets write to the
// status of each node again and again; a thousand nodes must not wake a thousand bindings each time.
type nodeWatch struct {
	mu   sync.Mutex
	seen map[string]string // by name, what mattered
}

func newNodeWatch() *nodeWatch { return &nodeWatch{seen: map[string]string{}} }

func (w *nodeWatch) changed(ctx context.Context, kube client.Reader, o client.Object) []types.NamespacedName {
	n, ok := o.(*corev1.Node)
	if !ok || !w.matters(ctx, kube, n) {
		return nil
	}
	return wake(ctx, kube, reference.To("", byTargetType, typeInstance))
}

// matters says whether a node is new, gone, or other than it was seen last. An update brings the node as it was before, and
// then as it is.
func (w *nodeWatch) matters(ctx context.Context, kube client.Reader, n *corev1.Node) bool {
	gone := kube.Get(ctx, client.ObjectKeyFromObject(n), &corev1.Node{}) != nil
	w.mu.Lock()
	defer w.mu.Unlock()
	if gone {
		delete(w.seen, n.GetName())
		return true
	}
	now := traits(n)
	if was, ok := w.seen[n.GetName()]; ok && was == now {
		return false
	}
	w.seen[n.GetName()] = now
	return true
}

// traits of a node that its registration depends on.
func traits(n *corev1.Node) string {
	labels := make([]string, 0, len(n.Labels))
	for _, k := range slices.Sorted(maps.Keys(n.Labels)) {
		labels = append(labels, k+"="+n.Labels[k])
	}
	return fmt.Sprintf("%t %s %q", ready(n), n.Spec.ProviderID, labels)
}
