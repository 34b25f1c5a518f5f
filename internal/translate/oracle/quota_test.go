package oracle_test

import (
	"net/http"
	"strings"
	"testing"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// TestQuotaKeepsListenersApart: rules that are left out for the quota leave no request to the routes of another listener than
// the one that it is for (GatewaySpec.Listeners, isolation).
func TestQuotaKeepsListenersApart(t *testing.T) {
	served, lost := 0, 0
	for i := range setsToTry() {
		g := newGenerator(*seed, i)
		in := g.input()
		in.Settings.Quotas.Rules = g.between(1, 8)
		listeners, problem := translated(in, alb.Assumptions{})
		if problem != "" {
			t.Fatalf("set %d: %s", i, problem)
		}
		rules := 0
		for _, l := range listeners {
			rules += len(l.rules) - 1 // less the default one
		}
		if rules > in.Settings.Quotas.Rules {
			t.Fatalf("set %d: there are %d rules, the quota is %d", i, rules, in.Settings.Quotas.Rules)
		}
		a := aimAt(in)
		for range 60 {
			p := g.pair(a)
			l, want := listeners[p.port], reading.Answer(in, p.port, p.request)
			// A rule may stand for one that answers the same.
			if _, ok := agree(counterexample{input: in, pair: p}, want, l); ok {
				served++
				continue
			}
			lost++
			if got := l.answer(p.request); got.Status != http.StatusNotFound && !mayServe(in, got.Rule, p) {
				t.Fatalf("set %d: %s answers, which is not attached to the listener of the request\n%s", i, got.Rule, counterexample{input: in, pair: p})
			}
		}
	}
	if served == 0 || lost == 0 {
		t.Errorf("%d requests were answered and %d had lost their rule, want some of both", served, lost)
	}
}

// mayServe says whether the rule's route may take the request, whatever the rule matches on besides the host.
func mayServe(in translate.Input, rule string, p pair) bool {
	for _, route := range in.HTTPRoutes {
		if !strings.HasPrefix(rule, route.Namespace+"/"+route.Name+" rule ") {
			continue
		}
		alone := in
		route = route.DeepCopy()
		route.Spec.Rules = nil
		alone.HTTPRoutes = []*gatewayv1.HTTPRoute{route}
		return reading.Answer(alone, p.port, p.request).Rule != ""
	}
	return false
}
