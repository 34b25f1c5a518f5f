package nodeport

import (
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/client-go/tools/cache"
)

// target is where connections to one port of one node go.
type target struct {
	service cache.ObjectName
	port    string // name of the Service's port, which is that of the slice's
	node    string // only endpoints of this node; empty: any
}

func newTarget(s *corev1.Service, port corev1.ServicePort, node string) target {
	t := target{service: cache.MetaObjectToName(s), port: port.Name}
	if s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal {
		t.node = node
	}
	return t
}

// endpoints are the ready ones, or the serving ones that terminate when none is ready, in a stable order.
func (p *Proxy) endpoints(t target) []netip.AddrPort {
	objs, err := p.slices.ByIndex(byService, t.service.String())
	if err != nil {
		return nil // there is no such index: cannot be
	}
	var found choice
	for _, obj := range objs {
		if slice, ok := obj.(*discoveryv1.EndpointSlice); ok {
			found.add(slice, t)
		}
	}
	out := found.ready
	if len(out) == 0 {
		out = found.terminating
	}
	slices.SortFunc(out, netip.AddrPort.Compare)
	return slices.Compact(out)
}

// choice is what endpoint slices offer.
type choice struct {
	ready, terminating []netip.AddrPort
}

func (c *choice) add(slice *discoveryv1.EndpointSlice, t target) {
	port, ok := slicePort(slice, t.port)
	if !ok || slice.AddressType != discoveryv1.AddressTypeIPv4 {
		return
	}
	for _, e := range slice.Endpoints {
		if t.node != "" && (e.NodeName == nil || *e.NodeName != t.node) {
			continue
		}
		switch {
		case e.Conditions.Ready == nil || *e.Conditions.Ready: // unknown counts as ready
			c.ready = appendAddresses(c.ready, e.Addresses, port)
		case isTrue(e.Conditions.Serving) && isTrue(e.Conditions.Terminating):
			c.terminating = appendAddresses(c.terminating, e.Addresses, port)
		}
	}
}

func slicePort(slice *discoveryv1.EndpointSlice, name string) (uint16, bool) {
	for _, p := range slice.Ports {
		if p.Port != nil && (p.Name == nil && name == "" || p.Name != nil && *p.Name == name) {
			return uint16(*p.Port), true
		}
	}
	return 0, false
}

func appendAddresses(to []netip.AddrPort, addresses []string, port uint16) []netip.AddrPort {
	for _, a := range addresses {
		if ip, err := netip.ParseAddr(a); err == nil {
			to = append(to, netip.AddrPortFrom(ip, port))
		}
	}
	return to
}

func isTrue(b *bool) bool {
	return b != nil && *b
}
