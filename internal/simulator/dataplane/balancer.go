package dataplane

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"
)

// A balancer is a load balancer that runs. Its methods but close are called under DataPlane.mu.
type balancer struct {
	plane     *DataPlane
	arn       string
	claim     *claim
	dnsName   string
	listeners map[int32]*listener // by port: two listeners cannot hold one
	backends  *backends
}

func newBalancer(d *DataPlane, arn string, c *claim) *balancer {
	return &balancer{plane: d, arn: arn, claim: c, listeners: map[int32]*listener{}}
}

// set compiles everything, then opens the new sockets, then changes what runs: an error leaves all as it was.
func (b *balancer) set(lb LoadBalancer) error {
	configs, idle, err := b.compile(lb)
	if err != nil {
		return err
	}
	fresh, err := b.open(configs)
	if err != nil {
		return err
	}
	b.dnsName = lb.DNSName
	if b.backends == nil || b.backends.idle != idle {
		b.backends.close()
		b.backends = newBackends(b.plane, idle)
	}
	for port, l := range b.listeners {
		if _, stays := configs[port]; !stays {
			l.close()
			delete(b.listeners, port)
		}
	}
	for _, cfg := range configs {
		for _, g := range cfg.groups {
			g.employ() // before anybody is sent there
		}
	}
	for port, cfg := range configs {
		cfg.backends = b.backends
		if l, runs := b.listeners[port]; runs {
			l.change(cfg)
			continue
		}
		b.listeners[port] = newListener(b.plane, cfg, fresh[port])
		b.listeners[port].start()
	}
	return nil
}

func (b *balancer) compile(lb LoadBalancer) (map[int32]*config, time.Duration, error) {
	attrs := attributes(lb.Attributes)
	configs := map[int32]*config{}
	for _, l := range lb.Listeners {
		cfg, err := compile(b.plane, b.arn, attrs, l)
		if err != nil {
			return nil, 0, fmt.Errorf("listener %q: %w", l.ARN, err)
		}
		if _, twice := configs[l.Port]; twice {
			return nil, 0, fmt.Errorf("listener %q: another one holds port %d", l.ARN, l.Port)
		}
		configs[l.Port] = cfg
	}
	return configs, b.plane.scaled(attrs.idleTimeout()), nil
}

// open binds the ports that are new.
func (b *balancer) open(configs map[int32]*config) (map[int32]net.Listener, error) {
	fresh := map[int32]net.Listener{}
	for port := range configs {
		if _, held := b.listeners[port]; held {
			continue
		}
		socket, err := b.claim.listen(port)
		if err != nil {
			for _, opened := range fresh {
				err = errors.Join(err, opened.Close())
			}
			return nil, err
		}
		fresh[port] = socket
	}
	return fresh, nil
}

// groups are the target groups that the rules name.
func (b *balancer) groups() []*group {
	var groups []*group
	for _, l := range b.listeners {
		groups = append(groups, l.config.Load().groups...)
	}
	return groups
}

func (b *balancer) endpoint() Endpoint {
	e := Endpoint{ARN: b.arn, DNSName: b.dnsName, Address: b.claim.address}
	for _, l := range b.listeners {
		cfg := l.config.Load()
		e.Listeners = append(e.Listeners, ListenerEndpoint{ARN: cfg.ARN, Port: cfg.Port, Protocol: cfg.Protocol, Socket: l.address()})
	}
	slices.SortFunc(e.Listeners, func(x, y ListenerEndpoint) int { return cmp.Compare(x.Port, y.Port) })
	return e
}

func (b *balancer) close() {
	var closing sync.WaitGroup
	for _, l := range b.listeners {
		closing.Go(l.close)
	}
	closing.Wait()
	b.backends.close()
	b.claim.free()
}
