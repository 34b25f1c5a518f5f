package main

import (
	"context"
	"fmt"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

const (
	className   = "alb"
	gatewayName = "shop"
	echoImage   = "registry.k8s.io/gateway-api/echo-basic:v1.5.1"
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
	if err := l.create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}, deployment(s.namespace, 2)); err != nil {
		return err
	}
	for i := range s.services {
		if err := l.create(ctx, service(s.namespace, serviceName(i))); err != nil {
			return err
		}
	}
	return l.until(ctx, time.Minute, func() error {
		d := &appsv1.Deployment{}
		if err := l.kube.Get(ctx, client.ObjectKey{Namespace: s.namespace, Name: "echo"}, d); err != nil {
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
	if err := l.create(ctx, gateway(s)); err != nil {
		return err
	}
	for _, r := range s.routes {
		if err := l.create(ctx, r); err != nil {
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
		all, err := l.managed(ctx, namespace)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			return fmt.Errorf("%d objects of %s are left", len(all), namespace)
		}
		return nil
	})
}

// settled waits until the Gateway of a namespace is programmed, each route has been looked at, and each managed resource is
// ready.
func (l *lab) settled(ctx context.Context, namespace string) error {
	return l.until(ctx, 10*time.Minute, func() error { return l.unsettled(ctx, namespace) })
}

// unsettled says what is not settled yet.
func (l *lab) unsettled(ctx context.Context, namespace string) error {
	gw := &gatewayv1.Gateway{}
	if err := l.kube.Get(ctx, client.ObjectKey{Namespace: namespace, Name: gatewayName}, gw); err != nil {
		return err
	}
	if !met(gw.Status.Conditions, string(gatewayv1.GatewayConditionProgrammed), gw.Generation) {
		return fmt.Errorf("the Gateway of %s is not programmed", namespace)
	}
	routes := &gatewayv1.HTTPRouteList{}
	if err := l.kube.List(ctx, routes, client.InNamespace(namespace)); err != nil {
		return err
	}
	for _, r := range routes.Items {
		if len(r.Status.Parents) == 0 || !met(r.Status.Parents[0].Conditions, string(gatewayv1.RouteConditionAccepted), r.Generation) {
			return fmt.Errorf("route %s/%s is not accepted", namespace, r.Name)
		}
	}
	all, err := l.managed(ctx, namespace)
	if err != nil {
		return err
	}
	ready := 0
	for _, o := range all {
		if isReady(o) {
			ready++
		}
	}
	if ready < len(all) {
		return fmt.Errorf("%d of %d objects of %s are ready", ready, len(all), namespace)
	}
	return nil
}

func met(conditions []metav1.Condition, kind string, generation int64) bool {
	for _, c := range conditions {
		if c.Type == kind {
			return c.Status == metav1.ConditionTrue && c.ObservedGeneration == generation
		}
	}
	return false
}

func isReady(o unstructured.Unstructured) bool {
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	good := 0
	for _, c := range conditions {
		if c, ok := c.(map[string]any); ok && c["status"] == "True" && (c["type"] == "Ready" || c["type"] == "Synced") && c["observedGeneration"] == o.GetGeneration() {
			good++
		}
	}
	return good == 2
}

// managed resources of a namespace, of every kind; of all namespaces, if it is empty.
func (l *lab) managed(ctx context.Context, namespace string) ([]unstructured.Unstructured, error) {
	var all []unstructured.Unstructured
	for kind := range l.kube.Scheme().KnownTypes(albv1alpha1.GroupVersion) {
		gvk := albv1alpha1.GroupVersion.WithKind(kind)
		o, err := l.kube.Scheme().New(gvk)
		if err != nil {
			return nil, err
		}
		if _, ok := o.(resource.Managed); !ok {
			continue
		}
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(albv1alpha1.GroupVersion.WithKind(kind + "List"))
		if err := l.kube.List(ctx, list, client.InNamespace(namespace)); err != nil {
			return nil, err
		}
		all = append(all, list.Items...)
	}
	return all, nil
}

func deployment(namespace string, replicas int32) *appsv1.Deployment {
	field := func(name, path string) corev1.EnvVar {
		return corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: path}}}
	}
	labels := map[string]string{"app": "echo"}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "echo"},
		Spec: appsv1.DeploymentSpec{
			Replicas: new(replicas),
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					TerminationGracePeriodSeconds: new(int64(1)),
					Containers: []corev1.Container{{
						Name: "echo", Image: echoImage, Env: []corev1.EnvVar{field("POD_NAME", "metadata.name"), field("NAMESPACE", "metadata.namespace")},
					}},
				},
			},
		},
	}
}

func serviceName(i int) string { return fmt.Sprintf("web-%d", i) }

func service(namespace, name string) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": "echo"},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(3000)}},
		},
	}
}

func gateway(s shop) *gatewayv1.Gateway {
	gw := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: gatewayName}}
	gw.Spec.GatewayClassName = className
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
