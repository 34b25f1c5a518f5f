package main

import (
	"fmt"
	"net/http"
	"net/netip"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// A probe is a request that clients send.
type probe struct {
	port               int32
	host, path, method string
	value              string // of header; empty is none
}

// probes are all combinations of what routes look at, and some that they do not.
func probes() []probe {
	var all []probe
	for _, port := range ports {
		for _, host := range hosts {
			for _, path := range append([]string{"/nowhere", "/a/", "/a/x"}, paths...) {
				for _, method := range methods {
					for _, value := range values {
						all = append(all, probe{port, host, path, method, value})
					}
				}
			}
		}
	}
	return all
}

func (p probe) String() string {
	text := fmt.Sprintf("%s http://%s:%d%s", p.method, p.host, p.port, p.path)
	if p.value != "" {
		text += " " + header + ": " + p.value
	}
	return text
}

// request as the load balancer sees it.
func (p probe) request() alb.Request {
	r := alb.Request{
		Method: p.method, Host: p.hostHeader(), Path: p.path, Header: http.Header{}, ListenerPort: p.port,
		SourceIP: netip.AddrFrom4([4]byte{127, 0, 0, 1}),
	}
	if p.value != "" {
		r.Header.Set(header, p.value)
	}
	return r
}

// hostHeader as clients send it: with the port, unless it is the scheme's own.
func (p probe) hostHeader() string {
	if p.port == 80 {
		return p.host
	}
	return fmt.Sprintf("%s:%d", p.host, p.port)
}
