package snapshot

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// firstNodePort is the first of those that stand for what the API server has yet to give (its default range).
const firstNodePort = 30000

// complete does to an object of a file what the API server does on its way into the cluster, as far as it bears upon Gateways.
func complete(o client.Object) {
	switch o := o.(type) {
	case *corev1.Namespace:
		labelled := map[string]string{corev1.LabelMetadataName: o.Name}
		maps.Copy(labelled, o.Labels)
		o.Labels = labelled
	case *corev1.Secret:
		for k, v := range o.StringData {
			if o.Data == nil {
				o.Data = map[string][]byte{}
			}
			o.Data[k] = []byte(v)
		}
		o.StringData = nil
	}
}

// allocate ports of nodes, and what else the API server fills into a Service.
func allocate(o *corev1.Service) {
	exposed := o.Spec.Type == corev1.ServiceTypeNodePort ||
		o.Spec.Type == corev1.ServiceTypeLoadBalancer && (o.Spec.AllocateLoadBalancerNodePorts == nil || *o.Spec.AllocateLoadBalancerNodePorts)
	for i := range o.Spec.Ports {
		p := &o.Spec.Ports[i]
		if p.Protocol == "" {
			p.Protocol = corev1.ProtocolTCP
		}
		if p.NodePort == 0 && exposed {
			p.NodePort = firstNodePort + int32(i) //nolint:gosec // A Service has few ports.
		}
	}
}

// Assume adds what every cluster has and files seldom do, and says so: namespaces, GatewayClasses, and the ClusterProviderConfig
// that is used by default, with this name of the cluster.
func (s *Snapshot) Assume(clusterName string) {
	namespaces := map[string]bool{}
	for _, o := range s.Objects(gvkOf(&gatewayv1.Gateway{}).GroupKind()) {
		if g, ok := o.(*gatewayv1.Gateway); ok {
			s.assumeClass(string(g.Spec.GatewayClassName))
		}
	}
	for gk := range s.objects {
		if gk.Group != gatewayv1.GroupName {
			continue
		}
		for key := range s.objects[gk] {
			namespaces[key.Namespace] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(namespaces)) {
		s.assume(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, "without labels of its own")
	}
	for _, o := range s.Objects(gvkOf(&corev1.Service{}).GroupKind()) {
		if service, ok := o.(*corev1.Service); ok {
			allocate(service)
		}
	}
	s.assume(&albv1alpha1.ClusterProviderConfig{
		ObjectMeta: metav1.ObjectMeta{Name: "default"},
		Spec:       albv1alpha1.ProviderConfigSpec{ClusterName: clusterName},
	}, fmt.Sprintf("with clusterName %q, which goes into the names that things have in AWS", clusterName))
}

func (s *Snapshot) assumeClass(name string) {
	s.assume(&gatewayv1.GatewayClass{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       gatewayv1.GatewayClassSpec{ControllerName: translate.ControllerName},
	}, fmt.Sprintf("with controllerName %s", translate.ControllerName))
}

func (s *Snapshot) assume(o client.Object, how string) {
	if o.GetName() == "" || s.find(o) != nil {
		return
	}
	complete(o)
	s.put(o)
	s.note("%s %s is in no file; assumed %s", gvkOf(o).Kind, o.GetName(), how)
}
