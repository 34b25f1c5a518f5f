package targetgroupbinding

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/utils/ptr"
)

// An endpointQuery chooses among the endpoints of a Service.
type endpointQuery struct {
	// PortName of the Service port; EndpointSlices name ports as the Service does, and have no name where it has none.
	PortName string

	// Family that the target group takes.
	Family discoveryv1.AddressType

	// NotReady admits endpoints that are not ready (publishNotReadyAddresses).
	NotReady bool

	// Gated pods are admitted though they are not ready, if all that they wait for is us.
	Gated []corev1.Pod
}

// addresses are the endpoints that are to be registered as targets by themselves. A terminating endpoint is left out though
// it may still serve: deregistering lets the load balancer finish its requests (deregistration delay) and sends it no new.
func addresses(all []discoveryv1.EndpointSlice, q endpointQuery) []target {
	var ts []target
	for i := range all {
		s := &all[i]
		port, ok := slicePort(s, q.PortName)
		if s.AddressType != q.Family || !ok {
			continue
		}
		for j := range s.Endpoints {
			e := &s.Endpoints[j]
			if !q.takes(e) {
				continue
			}
			for _, a := range e.Addresses {
				ts = append(ts, target{ID: a, Port: port})
			}
		}
	}
	return sorted(ts)
}

// localNodes are the nodes that have an endpoint of their own to answer with (externalTrafficPolicy Local).
func localNodes(all []discoveryv1.EndpointSlice, q endpointQuery) map[string]bool {
	nodes := map[string]bool{}
	for i := range all {
		s := &all[i]
		if _, ok := slicePort(s, q.PortName); !ok {
			continue
		}
		for j := range s.Endpoints {
			e := &s.Endpoints[j]
			if e.NodeName != nil && q.takes(e) {
				nodes[*e.NodeName] = true
			}
		}
	}
	return nodes
}

// takes reads an endpoint's conditions as the API defines them: an unset ready is to be taken for true.
func (q endpointQuery) takes(e *discoveryv1.Endpoint) bool {
	if ptr.Deref(e.Conditions.Terminating, false) {
		return false
	}
	if q.NotReady || ptr.Deref(e.Conditions.Ready, true) {
		return true
	}
	i := slices.IndexFunc(q.Gated, func(pod corev1.Pod) bool { return isOf(e, &pod) })
	return i >= 0 && waitsForUs(&q.Gated[i])
}

func slicePort(s *discoveryv1.EndpointSlice, name string) (int32, bool) {
	for _, p := range s.Ports {
		if ptr.Deref(p.Name, "") == name && p.Port != nil {
			return *p.Port, true
		}
	}
	return 0, false
}
