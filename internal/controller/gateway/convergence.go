package gateway

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// A Convergence times how long Gateways take until all that is accepted of them is live. The zero value measures nothing.
type Convergence struct {
	seconds prometheus.Histogram

	mu    sync.Mutex
	since map[types.NamespacedName]time.Time // Gateways that are not live
}

// NewConvergence registers its metric with r, if there is one.
func NewConvergence(r prometheus.Registerer) *Convergence {
	c := &Convergence{since: map[types.NamespacedName]time.Time{}}
	if r == nil {
		return c
	}
	c.seconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "provider_gateway_convergence_seconds",
		Help:    "Time from when something of a Gateway was found to be not yet live, new or changed, until all of it was.",
		Buckets: prometheus.ExponentialBuckets(0.25, 2, 13),
	})
	r.MustRegister(c.seconds)
	return c
}

// see a Gateway as it was reported.
func (c *Convergence) see(gateway types.NamespacedName, live bool, now time.Time) {
	if c == nil || c.seconds == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	began, changing := c.since[gateway]
	switch {
	case !live && !changing:
		c.since[gateway] = now
	case live && changing:
		c.seconds.Observe(now.Sub(began).Seconds())
		delete(c.since, gateway)
	}
}

// forget a Gateway that is gone.
func (c *Convergence) forget(gateway types.NamespacedName) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.since, gateway)
}

// live says whether all that is accepted of a Gateway and its routes serves.
func live(out translate.Output) bool {
	if !meta.IsStatusConditionTrue(out.Gateway.Conditions, string(gatewayv1.GatewayConditionProgrammed)) {
		return false
	}
	for _, l := range out.Gateway.Listeners {
		if meta.IsStatusConditionTrue(l.Conditions, string(gatewayv1.ListenerConditionAccepted)) && !meta.IsStatusConditionTrue(l.Conditions, string(gatewayv1.ListenerConditionProgrammed)) {
			return false
		}
	}
	for _, r := range out.Routes {
		for _, p := range r.Parents {
			if meta.IsStatusConditionFalse(p.Conditions, translate.RouteConditionProgrammed) {
				return false
			}
		}
	}
	return true
}
