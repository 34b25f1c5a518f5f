package translate_test

import (
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// BenchmarkGateway: a full load balancer, and a Gateway that asks for far more than one can hold.
func BenchmarkGateway(b *testing.B) {
	for name, size := range map[string]struct{ routes, hosts, paths int }{
		"100Rules":     {100, 1, 1},
		"5000Matches":  {100, 5, 10},
		"1000Routes":   {1000, 1, 1},
		"OneBigRoute":  {1, 16, 64},
		"NoRoutesYet":  {0, 0, 0},
		"FewWideHosts": {10, 16, 8},
	} {
		b.Run(name, func(b *testing.B) {
			var in translate.Input
			addDefaults(b, &in)
			for i := range size.routes {
				in.HTTPRoutes = append(in.HTTPRoutes, wide(i, size.hosts, size.paths))
			}
			_, in.Observed = converged(in)
			for b.Loop() {
				translate.Gateway(in)
			}
		})
	}
}

func wide(n, hosts, paths int) *gatewayv1.HTTPRoute {
	r := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("r%d", n)}}
	r.Spec.ParentRefs = []gatewayv1.ParentReference{{Name: "gw"}}
	for i := range hosts {
		r.Spec.Hostnames = append(r.Spec.Hostnames, gatewayv1.Hostname(fmt.Sprintf("h%d.example.com", i)))
	}
	rule := gatewayv1.HTTPRouteRule{BackendRefs: []gatewayv1.HTTPBackendRef{{BackendRef: gatewayv1.BackendRef{
		BackendObjectReference: gatewayv1.BackendObjectReference{Name: "web", Port: new(gatewayv1.PortNumber(80))},
	}}}}
	for i := range paths {
		rule.Matches = append(rule.Matches, gatewayv1.HTTPRouteMatch{Path: &gatewayv1.HTTPPathMatch{
			Type: new(gatewayv1.PathMatchPathPrefix), Value: new(fmt.Sprintf("/r%d/p%d", n, i)),
		}})
	}
	r.Spec.Rules = []gatewayv1.HTTPRouteRule{rule}
	return r
}
