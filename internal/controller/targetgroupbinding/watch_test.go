package targetgroupbinding

import (
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
)

func TestWokenBy(t *testing.T) {
	local := service(func(svc *corev1.Service) { svc.Spec.ExternalTrafficPolicy = corev1.ServiceExternalTrafficPolicyLocal })
	elsewhere := service()
	elsewhere.Namespace = "other"
	cases := map[string]struct {
		reason     string
		targetType string
		service    *corev1.Service
		changed    client.Object
		want       int
	}{
		"Service":      {reason: "Its ports may have changed.", targetType: typeIP, service: service(), changed: service(), want: 1},
		"OtherService": {reason: "Not ours.", targetType: typeIP, service: service(), changed: elsewhere},
		"Pods":         {reason: "Pods are the targets.", targetType: typeIP, service: service(), changed: pods("10.64.0.21"), want: 1},
		"PodsOfNodes":  {reason: "Nodes pass requests on to each other.", targetType: typeInstance, service: service(), changed: pods("10.64.0.21")},
		"PodsOfLocalNodes": {
			reason: "Under externalTrafficPolicy Local, they do not.", targetType: typeInstance, service: local, changed: pods("10.64.0.21"), want: 1,
		},
		"TargetGroup": {
			reason: "It may have got its ARN.", targetType: typeIP, service: service(),
			changed: &albv1alpha1.TargetGroup{ObjectMeta: metav1.ObjectMeta{Namespace: rig.Namespace, Name: bindingName}}, want: 1,
		},
		"Node":              {reason: "A new node is a target.", targetType: typeInstance, service: service(), changed: nodeObject("a", nodeA), want: 1},
		"NodeOfPodsBinding": {reason: "Pods do not depend on it.", targetType: typeIP, service: service(), changed: nodeObject("a", nodeA)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			objects := []client.Object{tc.service}
			if n, ok := tc.changed.(*corev1.Node); ok {
				objects = append(objects, n)
			}
			b := newBench(t, "ip", objects...)
			b.bindings.Change(bindingName, func(mg *albv1alpha1.TargetGroupBinding) { mg.Spec.ForProvider.TargetType = tc.targetType })
			if got := b.bindings.Woken(tc.changed); len(got) != tc.want {
				t.Errorf("%s\nwakes %v, want %d bindings", tc.reason, got, tc.want)
			}
		})
	}
}

func TestMatters(t *testing.T) {
	matters := func(was, is client.Object) bool {
		for _, w := range kindAt(time.Now, nil).Watches {
			if reflect.TypeOf(w.Object) == reflect.TypeOf(is) {
				return w.Matters == nil || w.Matters(was, is)
			}
		}
		t.Fatalf("%T is not watched", is)
		return false
	}
	touched := func(o client.Object) client.Object {
		o.SetAnnotations(map[string]string{"touched": "yes"})
		o.SetResourceVersion("2")
		return o
	}
	another := pods("10.64.0.21")
	another.Labels["kubernetes.io/service-name"] = "api"
	unready := pods("10.64.0.21")
	unready.Endpoints[0].Conditions = notReady
	cases := map[string]struct {
		reason  string
		was, is client.Object
		want    bool
	}{
		"ServiceTouched": {reason: "Annotations say nothing of targets.", was: service(), is: touched(service())},
		"ServicePort":    {reason: "A node port does.", was: service(), is: service(func(svc *corev1.Service) { svc.Spec.Ports[1].NodePort++ }), want: true},
		"ServiceLocal": {
			reason: "And so does which nodes pass requests on.", was: service(),
			is: service(func(svc *corev1.Service) { svc.Spec.ExternalTrafficPolicy = corev1.ServiceExternalTrafficPolicyLocal }), want: true,
		},
		"SliceTouched": {reason: "The time of the last change is annotated.", was: pods("10.64.0.21"), is: touched(pods("10.64.0.21"))},
		"Pod":          {reason: "A pod has come.", was: pods("10.64.0.21"), is: pods("10.64.0.21", "10.64.0.22"), want: true},
		"Readiness":    {reason: "A pod is not ready any more.", was: pods("10.64.0.21"), is: unready, want: true},
		"OtherService": {reason: "Both Services have other pods now.", was: pods("10.64.0.21"), is: another, want: true},
		"TargetGroup": {
			reason: "It may have got its ARN.", was: &albv1alpha1.TargetGroup{}, is: touched(&albv1alpha1.TargetGroup{}), want: true,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := matters(tc.was, tc.is); got != tc.want {
				t.Errorf("%s\nMatters(...): want %t, got %t", tc.reason, tc.want, got)
			}
		})
	}
}

func TestNodeWatch(t *testing.T) {
	first := nodeObject("a", nodeA)
	b := newBench(t, typeInstance, service(), first)
	woken := func(n *corev1.Node) int { return len(b.bindings.Woken(n)) }
	steps := []struct {
		reason string
		node   *corev1.Node
		before func()
		want   int
	}{
		{reason: "A node that nobody has seen yet is new.", node: first, want: 1},
		{reason: "An update brings the node as it was.", node: first},
		{reason: "A heartbeat changes nothing that matters.", node: nodeObject("a", nodeA, func(n *corev1.Node) {
			n.Status.Conditions[0].LastHeartbeatTime = metav1.Now()
			n.Annotations = map[string]string{"x": "y"}
		})},
		{reason: "Readiness matters.", node: nodeObject("a", nodeA, readiness(corev1.ConditionFalse)), want: 1},
		{reason: "Labels matter.", node: nodeObject("a", nodeA, readiness(corev1.ConditionFalse), labelled("pool", "edge")), want: 1},
		{reason: "The instance matters.", node: nodeObject("a", nodeB, readiness(corev1.ConditionFalse), labelled("pool", "edge")), want: 1},
		{
			reason: "So does that it is gone.", node: nodeObject("a", nodeB, readiness(corev1.ConditionFalse), labelled("pool", "edge")), want: 1,
			before: func() { rig.Must(b.Rig, b.Kube.Delete(t.Context(), first)) },
		},
	}
	for _, s := range steps {
		if s.before != nil {
			s.before()
		}
		if got := woken(s.node); got != s.want {
			t.Errorf("%s\nwakes %d bindings, want %d", s.reason, got, s.want)
		}
	}
}
