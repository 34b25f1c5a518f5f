package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/scene"
)

// bringUp counts all calls until the load balancer serves, those that wait for AWS to provision it included.
func bringUp(ctx context.Context, l *lab) ([]figure, error) {
	s := shop{namespace: "first", ports: []int32{80}, services: 1}
	s.routes = append(s.routes, route(s.namespace, "web", 0, rule("/", serviceName(0))))
	if err := l.pods(ctx, s); err != nil {
		return nil, err
	}
	if err := l.provider(ctx, unpolled...); err != nil {
		return nil, err
	}
	calls, err := l.count(ctx, func() error { return l.open(ctx, s) })
	if err != nil {
		return nil, err
	}
	return cost(calls, 20, -1), l.shut(ctx, s.namespace)
}

// fortyNine is a Gateway with a route of 49 rules, each with a path of its own.
func (l *lab) fortyNine(ctx context.Context) (*gatewayv1.HTTPRoute, error) {
	s := shop{namespace: "fortynine", ports: []int32{80}, services: 1}
	// A route has 16 rules at most, and the first one gets another.
	for r := range 4 {
		var rules []gatewayv1.HTTPRouteRule
		for i := r * 15; i < min((r+1)*15, 49); i++ {
			rules = append(rules, rule(fmt.Sprintf("/%03d", i), serviceName(0)))
		}
		s.routes = append(s.routes, route(s.namespace, fmt.Sprintf("r%d", r), 0, rules...))
	}
	if err := l.shared(ctx, s); err != nil {
		return nil, err
	}
	first := &gatewayv1.HTTPRoute{}
	return first, l.kube.Get(ctx, client.ObjectKey{Namespace: s.namespace, Name: "r0"}, first)
}

// forget what the provider remembers of AWS, by age: a change then costs as many reads as it ever does.
func (l *lab) forget(ctx context.Context) error {
	return l.sleep(ctx, l.age, "let what is remembered grow old")
}

// change a route of the shop with 49 rules, and count what it costs, to the last rule's being live.
func (l *lab) change(ctx context.Context, change func(*gatewayv1.HTTPRoute), rules int) (tally, error) {
	first, err := l.fortyNine(ctx)
	if err != nil {
		return nil, err
	}
	before := first.DeepCopy()
	change(first)
	return l.count(ctx, func() error {
		if err := l.kube.Patch(ctx, first, client.MergeFrom(before)); err != nil {
			return err
		}
		return l.until(ctx, time.Minute, func() error {
			list := &albv1alpha1.ListenerRuleList{}
			if err := l.kube.List(ctx, list, client.InNamespace(first.Namespace)); err != nil {
				return err
			}
			if len(list.Items) != rules {
				return fmt.Errorf("%d of %d rules", len(list.Items), rules)
			}
			return l.unsettled(ctx, first.Namespace)
		})
	})
}

func editPath(ctx context.Context, l *lab) ([]figure, error) {
	edited := fmt.Sprintf("/edited-%d", time.Now().Unix())
	if _, err := l.fortyNine(ctx); err != nil {
		return nil, err
	}
	if err := l.forget(ctx); err != nil {
		return nil, err
	}
	calls, err := l.change(ctx, func(r *gatewayv1.HTTPRoute) { r.Spec.Rules[3].Matches[0].Path.Value = &edited }, 49)
	return cost(calls, 3, 1), err
}

// top is a rule that comes before all others: a longer path.
const top = "/000-a-path-that-is-longer-than-all-others"

func insertRule(ctx context.Context, l *lab) ([]figure, error) {
	if _, err := l.change(ctx, withoutTop, 49); err != nil {
		return nil, err
	}
	if err := l.forget(ctx); err != nil {
		return nil, err
	}
	calls, err := l.change(ctx, withTop, 50)
	return cost(calls, 4, 1), err
}

func deleteRule(ctx context.Context, l *lab) ([]figure, error) {
	if _, err := l.change(ctx, withTop, 50); err != nil {
		return nil, err
	}
	if err := l.forget(ctx); err != nil {
		return nil, err
	}
	calls, err := l.change(ctx, withoutTop, 49)
	return cost(calls, 3, 1), err
}

func withTop(r *gatewayv1.HTTPRoute) {
	if *r.Spec.Rules[0].Matches[0].Path.Value != top {
		r.Spec.Rules = append([]gatewayv1.HTTPRouteRule{rule(top, serviceName(0))}, r.Spec.Rules...)
	}
}

func withoutTop(r *gatewayv1.HTTPRoute) {
	if *r.Spec.Rules[0].Matches[0].Path.Value == top {
		r.Spec.Rules = r.Spec.Rules[1:]
	}
}

// noChange touches everything that the load balancer is made of, without a change of meaning.
func noChange(ctx context.Context, l *lab) ([]figure, error) {
	first, err := l.fortyNine(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.forget(ctx); err != nil {
		return nil, err
	}
	touched := func(o client.Object, name string) client.Object {
		o.SetNamespace(first.Namespace)
		o.SetName(name)
		return o
	}
	calls, err := l.count(ctx, func() error {
		for _, o := range []client.Object{
			touched(&gatewayv1.HTTPRoute{}, first.Name),
			touched(&gatewayv1.Gateway{}, gatewayName),
			touched(&corev1.Service{}, serviceName(0)),
			&gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: scene.ClassName}},
			&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: first.Namespace}},
		} {
			patch := fmt.Appendf(nil, `{"metadata":{"labels":{"touched":"%d"},"annotations":{"touched":"yes"}}}`, time.Now().Unix())
			if err := l.kube.Patch(ctx, o, client.RawPatch("application/merge-patch+json", patch)); err != nil {
				return err
			}
		}
		return nil
	})
	return cost(calls, 0, 0), err
}

func deleteGateway(ctx context.Context, l *lab) ([]figure, error) {
	s := shop{namespace: "eleven", ports: []int32{80}, services: 11}
	var rules []gatewayv1.HTTPRouteRule
	for i := range s.services {
		rules = append(rules, rule(fmt.Sprintf("/%d", i), serviceName(i)))
	}
	s.routes = append(s.routes, route(s.namespace, "web", 0, rules...))
	if err := l.pods(ctx, s); err != nil {
		return nil, err
	}
	if err := l.open(ctx, s); err != nil {
		return nil, err
	}
	if err := l.forget(ctx); err != nil {
		return nil, err
	}
	calls, err := l.count(ctx, func() error { return l.shut(ctx, s.namespace) })
	return cost(calls, 20, -1), err
}
