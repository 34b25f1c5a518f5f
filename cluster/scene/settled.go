package scene

import (
	"context"
	"fmt"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// Unsettled says what is not settled yet: the Gateway is to be programmed, each route of its namespace accepted, and each managed
// resource there ready.
func Unsettled(ctx context.Context, kube client.Client, gateway client.ObjectKey) error {
	gw := &gatewayv1.Gateway{}
	if err := kube.Get(ctx, gateway, gw); err != nil {
		return err
	}
	if !met(gw.Status.Conditions, string(gatewayv1.GatewayConditionProgrammed), gw.Generation) {
		return fmt.Errorf("the Gateway of %s is not programmed", gateway.Namespace)
	}
	routes := &gatewayv1.HTTPRouteList{}
	if err := kube.List(ctx, routes, client.InNamespace(gateway.Namespace)); err != nil {
		return err
	}
	for _, r := range routes.Items {
		if len(r.Status.Parents) == 0 || !met(r.Status.Parents[0].Conditions, string(gatewayv1.RouteConditionAccepted), r.Generation) {
			return fmt.Errorf("route %s/%s is not accepted", gateway.Namespace, r.Name)
		}
	}
	all, err := Managed(ctx, kube, gateway.Namespace)
	if err != nil {
		return err
	}
	ready, lacks := 0, ""
	for _, o := range all {
		if isReady(o) {
			ready++
		} else if lacks == "" {
			lacks = fmt.Sprintf("%s %s, of generation %d%s", o.GetKind(), o.GetName(), o.GetGeneration(), conditionsOf(o))
		}
	}
	if ready < len(all) {
		return fmt.Errorf("%d of %d objects of %s are ready, not %s", ready, len(all), gateway.Namespace, lacks)
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

// conditionsOf an object, each with the generation that it is about.
func conditionsOf(o unstructured.Unstructured) string {
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	var b strings.Builder
	for _, c := range conditions {
		if c, ok := c.(map[string]any); ok {
			_, _ = fmt.Fprintf(&b, "; %v of %v is %v: %v %v", c["type"], c["observedGeneration"], c["status"], c["reason"], c["message"]) // a Builder never fails
		}
	}
	return b.String()
}

// Managed resources of a namespace, of every kind; of all namespaces, if it is empty.
func Managed(ctx context.Context, kube client.Client, namespace string) ([]unstructured.Unstructured, error) {
	var all []unstructured.Unstructured
	for kind := range kube.Scheme().KnownTypes(albv1alpha1.GroupVersion) {
		gvk := albv1alpha1.GroupVersion.WithKind(kind)
		o, err := kube.Scheme().New(gvk)
		if err != nil {
			return nil, err
		}
		if _, ok := o.(resource.Managed); !ok {
			continue
		}
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(albv1alpha1.GroupVersion.WithKind(kind + "List"))
		if err := kube.List(ctx, list, client.InNamespace(namespace)); err != nil {
			return nil, err
		}
		all = append(all, list.Items...)
	}
	return all, nil
}
