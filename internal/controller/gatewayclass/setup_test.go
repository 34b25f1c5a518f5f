package gatewayclass

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/event"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	gwcfgv1 "github.com/crossplane-contrib/provider-alb-gateway/apis/gateway/v1"
)

func TestWoken(t *testing.T) {
	w := newWorld(t, class(configured("cfg")), class(func(c *gatewayv1.GatewayClass) { c.Name = "other" }))
	named := func(name string) []ctrl.Request {
		return []ctrl.Request{{NamespacedName: types.NamespacedName{Name: name}}}
	}
	cases := map[string]struct {
		reason    string
		got, want []ctrl.Request
	}{
		"Gateway":       {reason: "A Gateway wakes its class.", got: ofGateway(t.Context(), gateway("other")), want: named("other")},
		"Configuration": {reason: "A configuration wakes the classes that name it.", got: ofConfiguration(t.Context(), w.kube, &gwcfgv1.LoadBalancerConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: "infra", Name: "cfg"}}), want: named("alb")},
		"Unused":        {reason: "And no others.", got: ofConfiguration(t.Context(), w.kube, &gwcfgv1.LoadBalancerConfiguration{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "cfg"}}), want: []ctrl.Request{}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.got); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestClassChanged(t *testing.T) {
	if classChanged().Update(event.UpdateEvent{ObjectOld: gateway("alb"), ObjectNew: gateway("alb")}) {
		t.Error("a Gateway that keeps its class wakes none")
	}
	if !classChanged().Update(event.UpdateEvent{ObjectOld: gateway("alb"), ObjectNew: gateway("other")}) {
		t.Error("a Gateway that changes its class wakes both")
	}
}
