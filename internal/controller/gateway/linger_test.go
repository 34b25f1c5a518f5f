package gateway

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

func TestLingering(t *testing.T) {
	moved := time.Now()
	address := func(v string) []gatewayv1.GatewayStatusAddress { return []gatewayv1.GatewayStatusAddress{{Value: v}} }
	gone := []translate.Object{&albv1alpha1.LoadBalancer{}}
	cases := map[string]struct {
		reason string
		after  time.Duration // the move
		out    translate.Output
		want   time.Duration
	}{
		"Moves":   {reason: "what follows from the address that is being written is seen soon", out: translate.Output{Gateway: gatewayv1.GatewayStatus{Addresses: address("new")}}, want: staleAfter},
		"Waits":   {reason: "resolvers still know the old address", after: time.Second, out: translate.Output{Prune: gone, Gateway: gatewayv1.GatewayStatus{Addresses: address("old")}}, want: linger - time.Second},
		"Settled": {reason: "nothing is to come", after: time.Second, out: translate.Output{Gateway: gatewayv1.GatewayStatus{Addresses: address("old")}}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r := &Reconciler{now: func() metav1.Time { return metav1.NewTime(moved.Add(tc.after)) }}
			s := &state{}
			s.Gateway = &gatewayv1.Gateway{Status: gatewayv1.GatewayStatus{
				Addresses:  address("old"),
				Conditions: []metav1.Condition{{Type: "Programmed", Status: metav1.ConditionTrue, LastTransitionTime: metav1.NewTime(moved)}},
			}}
			if got := r.lingering(s, tc.out); got != tc.want {
				t.Errorf("%s\nlingering(...): %s, want %s", tc.reason, got, tc.want)
			}
		})
	}
}
