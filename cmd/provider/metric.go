package main

import (
	"context"
	"time"

	xpcontroller "github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/lookup"
)

// counting is how long objects are counted when somebody asks for metrics.
const counting = 5 * time.Second

// A census counts objects in the cache when it is asked for: nothing is kept, and nothing can be out of date.
type census struct {
	kube   client.Reader
	scheme *runtime.Scheme

	exists, ready, synced, targets, healthy, gateways *prometheus.Desc
}

// newCensus with the names that Crossplane gives such counts.
func newCensus(kube client.Reader, s *runtime.Scheme) *census {
	return &census{
		kube: kube, scheme: s,
		exists:   prometheus.NewDesc("crossplane_managed_resource_exists", "The number of managed resources that there are.", []string{"gvk"}, nil),
		ready:    prometheus.NewDesc("crossplane_managed_resource_ready", "The number of managed resources that are Ready.", []string{"gvk"}, nil),
		synced:   prometheus.NewDesc("crossplane_managed_resource_synced", "The number of managed resources that are Synced.", []string{"gvk"}, nil),
		targets:  prometheus.NewDesc("provider_targets", "Targets that are registered, by namespace.", []string{"namespace"}, nil),
		healthy:  prometheus.NewDesc("provider_targets_healthy", "Targets that AWS says are healthy, by namespace.", []string{"namespace"}, nil),
		gateways: prometheus.NewDesc("provider_gateways", "Gateways by the status of their condition Programmed; those of other controllers are Unknown.", []string{"programmed"}, nil),
	}
}

// Describe what is counted.
func (c *census) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.exists, c.ready, c.synced, c.targets, c.healthy, c.gateways} {
		ch <- d
	}
}

// Collect the counts. What cannot be listed, as while caches fill, is left out.
func (c *census) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), counting)
	defer cancel()
	for _, o := range lookup.Managed() {
		c.kind(ctx, ch, o)
	}
	c.programmed(ctx, ch)
}

// kind counts the managed resources of one, and the targets if it has them.
func (c *census) kind(ctx context.Context, ch chan<- prometheus.Metric, o client.Object) {
	gvk, err := apiutil.GVKForObject(o, c.scheme)
	if err != nil {
		return // cannot be: the manager watches it
	}
	made, err := c.scheme.New(gvk.GroupVersion().WithKind(gvk.Kind + "List"))
	if err != nil {
		return // likewise
	}
	list, ok := made.(client.ObjectList)
	if !ok || c.kube.List(ctx, list, client.UnsafeDisableDeepCopy) != nil {
		return
	}
	all, ready, synced := 0, 0, 0
	targets, healthy := map[string]int32{}, map[string]int32{}
	_ = meta.EachListItem(list, func(item runtime.Object) error {
		mg, ok := item.(resource.Conditioned)
		if !ok {
			return nil
		}
		all++
		ready += isTrue(mg, xpv2.TypeReady)
		synced += isTrue(mg, xpv2.TypeSynced)
		if b, ok := item.(*albv1alpha1.TargetGroupBinding); ok {
			targets[b.Namespace] += b.Status.AtProvider.Targets
			healthy[b.Namespace] += b.Status.AtProvider.Healthy
		}
		return nil
	})
	for d, n := range map[*prometheus.Desc]int{c.exists: all, c.ready: ready, c.synced: synced} {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), gvk.String())
	}
	for namespace, n := range targets {
		ch <- prometheus.MustNewConstMetric(c.targets, prometheus.GaugeValue, float64(n), namespace)
		ch <- prometheus.MustNewConstMetric(c.healthy, prometheus.GaugeValue, float64(healthy[namespace]), namespace)
	}
}

func isTrue(mg resource.Conditioned, t xpv2.ConditionType) int {
	if mg.GetCondition(t).Status == corev1.ConditionTrue {
		return 1
	}
	return 0
}

func (c *census) programmed(ctx context.Context, ch chan<- prometheus.Metric) {
	list := &gatewayv1.GatewayList{}
	if c.kube.List(ctx, list, client.UnsafeDisableDeepCopy) != nil {
		return
	}
	n := map[metav1.ConditionStatus]int{metav1.ConditionTrue: 0, metav1.ConditionFalse: 0, metav1.ConditionUnknown: 0}
	for _, gw := range list.Items {
		status := metav1.ConditionUnknown
		if p := meta.FindStatusCondition(gw.Status.Conditions, string(gatewayv1.GatewayConditionProgrammed)); p != nil {
			status = p.Status
		}
		n[status]++
	}
	for status, count := range n {
		ch <- prometheus.MustNewConstMetric(c.gateways, prometheus.GaugeValue, float64(count), string(status))
	}
}

// measured registers what is counted of managed resources, and returns what the reconcilers need for it.
func measured(r prometheus.Registerer, kube client.Reader, s *runtime.Scheme) *xpcontroller.MetricOptions {
	recorder := managed.NewMRMetricRecorder()
	r.MustRegister(recorder, newCensus(kube, s))
	return &xpcontroller.MetricOptions{MRMetrics: recorder}
}
