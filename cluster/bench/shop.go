package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/scene"
)

const (
	gatewayName = "shop"
	workload    = "echo" // the Deployment whose pods all Services have
)

// A shop is a Gateway, its routes and its Services in a namespace of their own.
type shop struct {
	namespace string
	ports     []int32
	services  int
	routes    []*gatewayv1.HTTPRoute
}

// pods and Services: what is there before the Gateway comes. All Services have the same pods.
func (l *lab) pods(ctx context.Context, s shop) error {
	if err := scene.Create(ctx, l.kube, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}, scene.Deployment(s.namespace, workload, 2)); err != nil {
		return err
	}
	for i := range s.services {
		if err := scene.Create(ctx, l.kube, scene.Service(s.namespace, serviceName(i), workload)); err != nil {
			return err
		}
	}
	return l.until(ctx, time.Minute, func() error {
		d := &appsv1.Deployment{}
		if err := l.kube.Get(ctx, client.ObjectKey{Namespace: s.namespace, Name: workload}, d); err != nil {
			return err
		}
		if d.Status.ReadyReplicas != 2 {
			return fmt.Errorf("%d of 2 pods are ready", d.Status.ReadyReplicas)
		}
		return nil
	})
}

// open a shop: the Gateway and its routes, and wait until all of it is there.
func (l *lab) open(ctx context.Context, s shop) error {
	if err := scene.Create(ctx, l.kube, gateway(s)); err != nil {
		return err
	}
	for _, r := range s.routes {
		if err := scene.Create(ctx, l.kube, r); err != nil {
			return err
		}
	}
	return l.settled(ctx, s.namespace)
}

// shared opens a shop that several rows use, once.
func (l *lab) shared(ctx context.Context, s shop) error {
	if l.made[s.namespace] {
		return nil
	}
	if err := l.pods(ctx, s); err != nil {
		return err
	}
	if err := l.open(ctx, s); err != nil {
		return err
	}
	l.made[s.namespace] = true
	return nil
}

// shut a shop, and wait until nothing is left of it.
func (l *lab) shut(ctx context.Context, namespace string) error {
	delete(l.made, namespace)
	gw := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: gatewayName}}
	if err := client.IgnoreNotFound(l.kube.Delete(ctx, gw)); err != nil {
		return err
	}
	return l.until(ctx, 5*time.Minute, func() error {
		all, err := scene.Managed(ctx, l.kube, namespace)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			return fmt.Errorf("%d objects of %s are left", len(all), namespace)
		}
		return nil
	})
}

// alone shuts what rows share: nothing but the row's own is polled.
func (l *lab) alone(ctx context.Context) error {
	for _, namespace := range slices.Sorted(maps.Keys(l.made)) {
		if err := l.shut(ctx, namespace); err != nil {
			return err
		}
	}
	return nil
}

// settled waits until the Gateway of a namespace is programmed, each route has been looked at, and each managed resource is
// ready.
func (l *lab) settled(ctx context.Context, namespace string) error {
	return l.until(ctx, 10*time.Minute, func() error { return l.unsettled(ctx, namespace) })
}

// unsettled says what is not settled yet.
func (l *lab) unsettled(ctx context.Context, namespace string) error {
	return scene.Unsettled(ctx, l.kube, client.ObjectKey{Namespace: namespace, Name: gatewayName})
}

func serviceName(i int) string { return fmt.Sprintf("web-%d", i) }

func gateway(s shop) *gatewayv1.Gateway {
	gw := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: gatewayName}}
	gw.Spec.GatewayClassName = scene.ClassName
	for _, port := range s.ports {
		gw.Spec.Listeners = append(gw.Spec.Listeners, gatewayv1.Listener{
			Name: gatewayv1.SectionName(fmt.Sprintf("http-%d", port)), Protocol: gatewayv1.HTTPProtocolType, Port: port,
		})
	}
	return gw
}

// route with a rule for each path, at the listener on a port, or at all of them for port 0.
func route(namespace, name string, port int32, rules ...gatewayv1.HTTPRouteRule) *gatewayv1.HTTPRoute {
	r := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	parent := gatewayv1.ParentReference{Name: gatewayName}
	if port > 0 {
		parent.SectionName = new(gatewayv1.SectionName(fmt.Sprintf("http-%d", port)))
	}
	r.Spec.ParentRefs = []gatewayv1.ParentReference{parent}
	r.Spec.Rules = rules
	return r
}

// rule that sends a path to a Service.
func rule(path, service string) gatewayv1.HTTPRouteRule {
	backend := gatewayv1.HTTPBackendRef{}
	backend.Name, backend.Port = gatewayv1.ObjectName(service), new(int32(80))
	return gatewayv1.HTTPRouteRule{
		Matches:     []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchExact), Value: &path}}},
		BackendRefs: []gatewayv1.HTTPBackendRef{backend},
	}
}
