package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
	"github.com/crossplane-contrib/provider-alb-gateway/cluster/scene"
)

// endpoints of each Service of the rows that have many.
const endpoints = 10

// addresses of one more pod than Services have endpoints. All Services have the same: who answers does not matter here.
func (l *lab) addresses(ctx context.Context, namespace string) ([]string, error) {
	if err := scene.Create(ctx, l.kube, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, scene.Deployment(namespace, workload, endpoints+1)); err != nil {
		return nil, err
	}
	var found []string
	return found, l.until(ctx, 2*time.Minute, func() error {
		pods := &corev1.PodList{}
		if err := l.kube.List(ctx, pods, client.InNamespace(namespace)); err != nil {
			return err
		}
		found = nil
		for _, p := range pods.Items {
			if p.Status.Phase == corev1.PodRunning && p.Status.PodIP != "" {
				found = append(found, p.Status.PodIP)
			}
		}
		if len(found) <= endpoints {
			return fmt.Errorf("%d of %d pods run", len(found), endpoints+1)
		}
		return nil
	})
}

// manual makes a Service whose endpoints are written down instead of selected, so that each can be changed alone.
func (l *lab) manual(ctx context.Context, namespace, name string, addresses []string) error {
	svc := scene.Service(namespace, name, workload)
	svc.Spec.Selector = nil
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta:  metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{discoveryv1.LabelServiceName: name}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Ports:       []discoveryv1.EndpointPort{{Name: new("http"), Port: new(int32(3000))}},
	}
	for _, a := range addresses {
		slice.Endpoints = append(slice.Endpoints, endpoint(a))
	}
	return scene.Create(ctx, l.kube, svc, slice)
}

func endpoint(address string) discoveryv1.Endpoint {
	return discoveryv1.Endpoint{Addresses: []string{address}, Conditions: discoveryv1.EndpointConditions{Ready: new(true)}}
}

// patient makes configurations whose health checks are rare: thousands of targets are checked by one simulator.
func (l *lab) patient(ctx context.Context, namespace string) error {
	tg := &gwcfgv1.TargetGroupConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "patient"}}
	tg.Spec.DefaultConfiguration = &gwcfgv1.TargetGroupProps{HealthCheckConfig: &gwcfgv1.HealthCheckConfiguration{HealthCheckInterval: new(int32(300))}}
	lb := &gwcfgv1.LoadBalancerConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "patient"}}
	lb.Spec.DefaultTargetGroupConfiguration = &gwcfgv1.DefaultTargetGroupConfigurationReference{Name: "patient"}
	return scene.Create(ctx, l.kube, tg, lb)
}

// many opens a shop whose Services have written endpoints.
func (l *lab) many(ctx context.Context, s shop, addresses []string) error {
	if err := scene.Create(ctx, l.kube, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}); err != nil {
		return err
	}
	if err := l.patient(ctx, s.namespace); err != nil {
		return err
	}
	for i := range s.services {
		if err := l.manual(ctx, s.namespace, serviceName(i), addresses[:endpoints]); err != nil {
			return err
		}
	}
	gw := gateway(s)
	gw.Spec.Infrastructure = &gatewayv1.GatewayInfrastructure{
		ParametersRef: &gatewayv1.LocalParametersReference{Group: gwcfgv1.Group, Kind: gwcfgv1.LoadBalancerConfigurationKind, Name: "patient"},
	}
	if err := scene.Create(ctx, l.kube, gw); err != nil {
		return err
	}
	for _, r := range s.routes {
		if err := scene.Create(ctx, l.kube, r); err != nil {
			return err
		}
	}
	return nil
}

// podChange is how long a new endpoint takes to be a registered target, in a cluster of 1,000 Services with 10,000 endpoints.
func podChange(ctx context.Context, l *lab) ([]figure, error) {
	addresses, err := l.addresses(ctx, "pods")
	if err != nil {
		return nil, err
	}
	const all, routed = 1000, 100
	s := shop{namespace: "thousand", ports: []int32{80}, services: routed}
	for i := range routed / 10 {
		var rules []gatewayv1.HTTPRouteRule
		for j := range 10 {
			rules = append(rules, rule(fmt.Sprintf("/%d/%d", i, j), serviceName(i*10+j)))
		}
		s.routes = append(s.routes, route(s.namespace, fmt.Sprintf("r%d", i), 0, rules...))
	}
	l.say("make %d Services", all)
	if err := l.many(ctx, s, addresses); err != nil {
		return nil, err
	}
	for i := routed; i < all; i++ {
		if err := l.manual(ctx, s.namespace, serviceName(i), addresses[:endpoints]); err != nil {
			return nil, err
		}
	}
	if err := l.settled(ctx, s.namespace); err != nil {
		return nil, err
	}
	took, err := l.changePods(ctx, s.namespace, routed, addresses[endpoints])
	if err != nil {
		return nil, err
	}
	return []figure{
		atMost("pod change to RegisterTargets, p99", "ms", percentile(took, 99), 500).with(fmt.Sprintf("median %.0f ms; of %d changes, the call's own latency included", percentile(took, 50), len(took))),
	}, l.shut(ctx, s.namespace)
}

// changePods adds an endpoint to one Service after the other, and returns how long each took to be registered, in ms. Each is
// waited for, and none sooner than AWS's limit on changes of targets allows.
func (l *lab) changePods(ctx context.Context, namespace string, services int, address string) ([]float64, error) {
	var took []float64
	for i := range services {
		began := time.Now()
		slice := &discoveryv1.EndpointSlice{}
		if err := l.kube.Get(ctx, client.ObjectKey{Namespace: namespace, Name: serviceName(i)}, slice); err != nil {
			return nil, err
		}
		if err := l.stack.ResetCalls(ctx); err != nil {
			return nil, err
		}
		slice.Endpoints = append(slice.Endpoints, endpoint(address))
		changed := time.Now()
		if err := l.kube.Update(ctx, slice); err != nil {
			return nil, err
		}
		if err := l.registered(ctx, slice.Name); err != nil {
			return nil, err
		}
		took = append(took, float64(time.Since(changed).Milliseconds()))
		if err := l.sleep(ctx, 350*time.Millisecond-time.Since(began), fmt.Sprintf("%d of %d pod changes", i+1, services)); err != nil {
			return nil, err
		}
	}
	return took, nil
}

// registered returns as soon as AWS has been asked to register a target.
func (l *lab) registered(ctx context.Context, name string) error {
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(5 * time.Millisecond) {
		calls, err := l.stack.Calls(ctx)
		if err != nil || calls["elbv2.RegisterTargets"] > 0 {
			return err
		}
	}
	return fmt.Errorf("the new endpoint of %s is not registered after a minute", name)
}

func percentile(values []float64, p int) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)*p/100, len(sorted)-1)]
}
