package main

import "github.com/prometheus/client_golang/prometheus"

// replacing registers collectors in the place of those that controllers before have left.
type replacing struct{ prometheus.Registerer }

// MustRegister collectors.
func (r replacing) MustRegister(all ...prometheus.Collector) {
	for _, c := range all {
		r.Unregister(c)
	}
	r.Registerer.MustRegister(all...)
}
