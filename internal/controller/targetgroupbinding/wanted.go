package targetgroupbinding

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// The target types of a binding.
const (
	typeInstance = "instance"
	typeIP       = "ip"
)

// wanted are the targets that are to be registered, and what there is to say about them.
type wanted struct {
	Targets []target
	Note    string

	// Gate of the Service, and the pods that declare it.
	Gate  corev1.PodConditionType
	Gated []corev1.Pod
}

// waiting pods become ready with the gate's condition.
func (w wanted) waiting() []*corev1.Pod {
	var pods []*corev1.Pod
	for i := range w.Gated {
		if !isTrue(&w.Gated[i], w.Gate) && waitsForUs(&w.Gated[i]) {
			pods = append(pods, &w.Gated[i])
		}
	}
	return pods
}

// want reads the cluster, from caches only. A Service or port that is not there wants no targets: whatever was registered for
// it must not get requests any more.
func want(ctx context.Context, kube client.Reader, mg *albv1alpha1.TargetGroupBinding, family discoveryv1.AddressType) (wanted, error) {
	key := serviceKey(mg)
	svc := &corev1.Service{}
	err := kube.Get(ctx, key, svc)
	if kerrors.IsNotFound(err) {
		return wanted{Note: fmt.Sprintf("Service %q is not there, so there is nothing to register", key)}, nil
	}
	if err != nil {
		return wanted{}, errors.Wrapf(err, "cannot get Service %q", key)
	}
	gated, err := gatedPods(ctx, kube, key)
	if err != nil {
		return wanted{}, err
	}
	w := wanted{Gate: gateOf(key.Name), Gated: gated}
	port, ok := servicePort(svc, mg.Spec.ForProvider.ServiceRef.Port)
	if !ok {
		w.Note = fmt.Sprintf("Service %q has no TCP port %q, so there is nothing to register", key, mg.Spec.ForProvider.ServiceRef.Port.String())
		return w, nil
	}
	b := backend{Key: key, Service: svc, Port: port, Endpoints: endpointQuery{PortName: port.Name, Family: family, NotReady: svc.Spec.PublishNotReadyAddresses}}
	if mg.Spec.ForProvider.TargetType == typeIP {
		b.Endpoints.Gated = gated
		w.Targets, w.Note, err = b.addresses(ctx, kube)
	} else {
		w.Targets, w.Note, err = b.instances(ctx, kube, mg.Spec.ForProvider.NodeSelector)
	}
	return w, err
}

// A backend is a Service port that was found.
type backend struct {
	Key       types.NamespacedName
	Service   *corev1.Service
	Port      corev1.ServicePort
	Endpoints endpointQuery
}

func (b backend) addresses(ctx context.Context, kube client.Reader) (targets []target, note string, err error) {
	found, err := endpointSlices(ctx, kube, b.Key)
	if err != nil {
		return nil, "", err
	}
	targets = addresses(found, b.Endpoints)
	if len(targets) == 0 {
		note = fmt.Sprintf("Service %q has no ready %s endpoints for port %s", b.Key, b.Endpoints.Family, portName(b.Port))
	}
	return targets, note, nil
}

func (b backend) instances(ctx context.Context, kube client.Reader, selector *metav1.LabelSelector) (targets []target, note string, err error) {
	if b.Port.NodePort == 0 {
		return nil, fmt.Sprintf("Service %q has no node port for port %s; make it type NodePort or use target type ip", b.Key, portName(b.Port)), nil
	}
	q := nodeQuery{Selector: labels.Everything(), Port: b.Port.NodePort}
	if selector != nil {
		s, err := metav1.LabelSelectorAsSelector(selector)
		if err != nil {
			return nil, "", errors.Wrap(err, "cannot read spec.forProvider.nodeSelector")
		}
		q.Selector = s
	}
	if b.Service.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal {
		found, err := endpointSlices(ctx, kube, b.Key)
		if err != nil {
			return nil, "", err
		}
		q.Local = localNodes(found, b.Endpoints)
	}
	nodes := &corev1.NodeList{}
	if err := kube.List(ctx, nodes, client.UnsafeDisableDeepCopy); err != nil {
		return nil, "", errors.Wrap(err, "cannot list Nodes")
	}
	targets, strangers := instances(nodes.Items, q)
	return targets, nodeNote(targets, strangers), nil
}

func nodeNote(targets []target, strangers []string) string {
	switch {
	case len(strangers) > 0:
		const shown = 3
		names := strings.Join(strangers[:min(shown, len(strangers))], ", ")
		if more := len(strangers) - shown; more > 0 {
			names += fmt.Sprintf(" and %d more", more)
		}
		return fmt.Sprintf("not registered, as spec.providerID is not that of an EC2 instance: Node %s; use target type ip", names)
	case len(targets) == 0:
		return "no ready nodes to register"
	}
	return ""
}

func serviceKey(mg *albv1alpha1.TargetGroupBinding) types.NamespacedName {
	ref := mg.Spec.ForProvider.ServiceRef
	if ref.Namespace == "" {
		return types.NamespacedName{Namespace: mg.GetNamespace(), Name: ref.Name}
	}
	return types.NamespacedName{Namespace: ref.Namespace, Name: ref.Name}
}

// servicePort finds a port by number or name. Load balancers speak TCP; a UDP port of the same number is another port.
func servicePort(svc *corev1.Service, want intstr.IntOrString) (corev1.ServicePort, bool) {
	i := slices.IndexFunc(svc.Spec.Ports, func(p corev1.ServicePort) bool {
		if p.Protocol != "" && p.Protocol != corev1.ProtocolTCP {
			return false
		}
		if want.Type == intstr.String {
			return p.Name == want.StrVal
		}
		return p.Port == want.IntVal
	})
	if i < 0 {
		return corev1.ServicePort{}, false
	}
	return svc.Spec.Ports[i], true
}

func portName(p corev1.ServicePort) string {
	if p.Name == "" {
		return fmt.Sprint(p.Port)
	}
	return fmt.Sprintf("%s (%d)", p.Name, p.Port)
}

// endpointSlices of a Service, by index: one pod's change must not cost a look at every slice of the namespace. They are the
// cache's own and must not be written to.
func endpointSlices(ctx context.Context, kube client.Reader, svc types.NamespacedName) ([]discoveryv1.EndpointSlice, error) {
	list := &discoveryv1.EndpointSliceList{}
	err := kube.List(ctx, list, client.InNamespace(svc.Namespace), client.MatchingFields{sliceService: svc.Name}, client.UnsafeDisableDeepCopy)
	return list.Items, errors.Wrapf(err, "cannot list EndpointSlices of Service %q", svc)
}
