package nodeport

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/address"
)

const (
	byService = "service"

	// retry is how soon a port that another program holds is tried again.
	retry = 2 * time.Second
)

// Options says what to forward. Every field is required.
type Options struct {
	Client  kubernetes.Interface
	Network address.Network
	Log     *slog.Logger
}

// Proxy forwards node ports.
type Proxy struct {
	Options
	informers informers.SharedInformerFactory
	services  corelisters.ServiceLister
	nodes     corelisters.NodeLister
	slices    cache.Indexer
	changed   chan struct{}
	gates     map[netip.AddrPort]*gate // of the goroutine in Run
	open      sync.WaitGroup
}

// New returns a proxy that does nothing until Run.
func New(o Options) (*Proxy, error) {
	f := informers.NewSharedInformerFactory(o.Client, 0)
	endpointSlices := f.Discovery().V1().EndpointSlices().Informer()
	if err := endpointSlices.AddIndexers(cache.Indexers{byService: serviceOf}); err != nil {
		return nil, fmt.Errorf("cannot index endpoint slices: %w", err)
	}
	p := &Proxy{
		Options:   o,
		informers: f,
		services:  f.Core().V1().Services().Lister(),
		nodes:     f.Core().V1().Nodes().Lister(),
		slices:    endpointSlices.GetIndexer(),
		changed:   make(chan struct{}, 1),
		gates:     map[netip.AddrPort]*gate{},
	}
	for _, i := range []cache.SharedIndexInformer{f.Core().V1().Services().Informer(), f.Core().V1().Nodes().Informer(), endpointSlices} {
		if _, err := i.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { p.notify() },
			UpdateFunc: func(any, any) { p.notify() },
			DeleteFunc: func(any) { p.notify() },
		}); err != nil {
			return nil, fmt.Errorf("cannot watch services: %w", err)
		}
	}
	return p, nil
}

// Run forwards until ctx ends, and returns when every connection is closed.
func (p *Proxy) Run(ctx context.Context) {
	p.informers.Start(ctx.Done())
	defer p.informers.Shutdown()
	p.informers.WaitForCacheSync(ctx.Done())
	defer p.open.Wait()

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	again := time.NewTimer(retry)
	defer again.Stop()
	for {
		if !p.reconcile(ctx) {
			again.Reset(retry)
		}
		select {
		case <-ctx.Done():
			return
		case <-p.changed:
		case <-again.C:
		}
	}
}

// notify has the ports looked at again; events that come while that is due are one.
func (p *Proxy) notify() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// reconcile opens and closes ports, and reports whether every port that should be open is.
func (p *Proxy) reconcile(ctx context.Context) bool {
	wanted, err := p.wanted()
	if err != nil {
		p.Log.Error("node ports not read", "error", err)
		return false
	}
	for at, g := range p.gates {
		if _, ok := wanted[at]; !ok {
			g.close()
			delete(p.gates, at)
		}
	}
	complete := true
	for at, t := range wanted {
		if g, ok := p.gates[at]; ok {
			g.target.Store(&t)
			continue
		}
		l, err := p.Network.Listen(ctx, at)
		if err != nil {
			p.Log.Error("node port not opened", "address", at.String(), "service", t.service.String(), "error", err)
			complete = false
			continue
		}
		g := p.newGate(l, t)
		p.gates[at] = g
		p.open.Go(func() { g.serve(ctx) })
	}
	return complete
}

// wanted are the ports that have an endpoint to forward to.
func (p *Proxy) wanted() (map[netip.AddrPort]target, error) {
	nodes, err := p.nodes.List(labels.Everything())
	if err != nil {
		return nil, err
	}
	services, err := p.services.List(labels.Everything())
	if err != nil {
		return nil, err
	}
	out := map[netip.AddrPort]target{}
	for _, node := range nodes {
		ip, ok := internalIP(node)
		if !ok {
			continue
		}
		for _, service := range services {
			for _, port := range service.Spec.Ports {
				t := newTarget(service, port, node.Name)
				if isForwarded(port) && len(p.endpoints(t)) > 0 {
					out[netip.AddrPortFrom(ip, uint16(port.NodePort))] = t
				}
			}
		}
	}
	return out, nil
}

func isForwarded(port corev1.ServicePort) bool {
	return port.NodePort > 0 && (port.Protocol == corev1.ProtocolTCP || port.Protocol == "")
}

func internalIP(node *corev1.Node) (netip.Addr, bool) {
	for _, a := range node.Status.Addresses {
		if a.Type != corev1.NodeInternalIP {
			continue
		}
		if ip, err := netip.ParseAddr(a.Address); err == nil && ip.Is4() {
			return ip, true
		}
	}
	return netip.Addr{}, false
}

func serviceOf(obj any) ([]string, error) {
	slice, ok := obj.(*discoveryv1.EndpointSlice)
	if !ok || slice.Labels[discoveryv1.LabelServiceName] == "" {
		return nil, nil
	}
	return []string{cache.NewObjectName(slice.Namespace, slice.Labels[discoveryv1.LabelServiceName]).String()}, nil
}
