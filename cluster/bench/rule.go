package main

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// fewRules counts the rules that a route of 5 hostnames and 10 paths to one backend needs.
func fewRules(ctx context.Context, l *lab) ([]figure, error) {
	s := shop{namespace: "fewrules", ports: []int32{80}, services: 1}
	one := rule("/0", serviceName(0))
	for i := 1; i < 10; i++ {
		one.Matches = append(one.Matches, rule(fmt.Sprintf("/%d", i), "").Matches...)
	}
	web := route(s.namespace, "web", 0, one)
	for i := range 5 {
		web.Spec.Hostnames = append(web.Spec.Hostnames, gatewayv1.Hostname(fmt.Sprintf("shop%d.example.com", i)))
	}
	s.routes = append(s.routes, web)
	if err := l.pods(ctx, s); err != nil {
		return nil, err
	}
	if err := l.open(ctx, s); err != nil {
		return nil, err
	}
	list := &albv1alpha1.ListenerRuleList{}
	if err := l.kube.List(ctx, list, client.InNamespace(s.namespace)); err != nil {
		return nil, err
	}
	return []figure{atMost("rules", "rules", float64(len(list.Items)), 10)}, l.shut(ctx, s.namespace)
}

// refusedRule has AWS refuse whatever rule is made, and adds one.
func refusedRule(ctx context.Context, l *lab) ([]figure, error) {
	first, err := l.fortyNine(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.stack.Refuse(ctx, "CreateRule"); err != nil {
		return nil, err
	}
	before := first.DeepCopy()
	withTop(first)
	calls, err := l.count(ctx, func() error {
		if err := l.kube.Patch(ctx, first, client.MergeFrom(before)); err != nil {
			return err
		}
		return l.sleep(ctx, 45*time.Second, "AWS refuses a rule")
	})
	if err != nil {
		return nil, err
	}
	if err := l.stack.ClearFaults(ctx); err != nil {
		return nil, err
	}
	if calls["elbv2.CreateRule"] == 0 {
		return nil, fmt.Errorf("AWS was not asked for the rule that it was to refuse: %s", calls)
	}
	_, err = l.change(ctx, withoutTop, 49)
	return cost(calls, 10, -1), err
}

// hundred rules on four listeners, to twenty Services.
func hundred(namespace string) shop {
	s := shop{namespace: namespace, ports: []int32{80, 8080, 8081, 8082}, services: 20}
	for i := range 10 {
		var rules []gatewayv1.HTTPRouteRule
		for j := range 10 {
			rules = append(rules, rule(fmt.Sprintf("/%d/%d", i, j), serviceName((i*10+j)%s.services)))
		}
		s.routes = append(s.routes, route(namespace, fmt.Sprintf("r%d", i), s.ports[i%len(s.ports)], rules...))
	}
	return s
}

// ELBv2's limit on writes other than of targets.
const (
	writeBurst = 20
	writeRate  = 3
)

// hundredRules compares how long they take with how long AWS's limit makes so many writes take.
func hundredRules(ctx context.Context, l *lab) ([]figure, error) {
	s := hundred("hundred")
	if err := l.pods(ctx, s); err != nil {
		return nil, err
	}
	if err := l.provider(ctx, unpolled...); err != nil {
		return nil, err
	}
	if err := l.sleep(ctx, 8*time.Second, "let AWS's allowance fill up"); err != nil {
		return nil, err
	}
	var took time.Duration
	calls, err := l.count(ctx, func() error {
		began := time.Now()
		err := l.open(ctx, s)
		took = time.Since(began)
		return err
	})
	if err != nil {
		return nil, err
	}
	writes := limited(calls)
	bound := float64(writes-writeBurst) / writeRate
	return []figure{
		atMost("time, as a multiple of the limit's own", "x", took.Seconds()/bound, 1.1).with(fmt.Sprintf("%.1f s for %d writes, which take AWS %.1f s", took.Seconds(), writes, bound)),
		told("AWS calls", "calls", float64(calls.total())).with(calls.String()),
	}, l.shut(ctx, s.namespace)
}

// limited is how many writes share ELBv2's limit on writes.
func limited(t tally) int {
	t = maps.Clone(t)
	maps.DeleteFunc(t, func(name string, _ int) bool {
		return !strings.HasPrefix(name, "elbv2.") || strings.HasSuffix(strings.ToLower(name), "registertargets")
	})
	return t.writes()
}
