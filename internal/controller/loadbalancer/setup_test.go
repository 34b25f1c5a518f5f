package loadbalancer

import (
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

func TestPoll(t *testing.T) {
	cases := map[string]struct {
		reason string
		state  string
		age    time.Duration
		want   time.Duration
	}{
		"Active": {reason: "a settled load balancer has its usual turn", state: "active"},
		"Young":  {reason: "at first every 2 s", state: "provisioning", age: 3 * time.Second, want: 2 * time.Second},
		"Older":  {reason: "then after a quarter of the time it took so far", state: "provisioning", age: 20 * time.Second, want: 5 * time.Second},
		"Old":    {reason: "and at least every 10 s", state: "provisioning", age: 3 * time.Minute, want: 10 * time.Second},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := &v1alpha1.LoadBalancer{ObjectMeta: metav1.ObjectMeta{CreationTimestamp: metav1.NewTime(time.Now().Add(-time.Hour))}}
			mg.Status.AtProvider.State = tc.state
			meta.SetExternalCreateSucceeded(mg, time.Now().Add(-tc.age))
			if got := poll(mg).Round(time.Second); got != tc.want {
				t.Errorf("\n%s\npoll(...): want %s, got %s", tc.reason, tc.want, got)
			}
		})
	}
}

func TestReady(t *testing.T) {
	cases := map[string]struct {
		reason        string
		state, detail string
		want          xpv2.Condition
	}{
		"Active":       {reason: "it serves", state: "active", want: xpv2.Available()},
		"Impaired":     {reason: "it serves, but cannot grow", state: "active_impaired", detail: "no addresses", want: xpv2.Available().WithMessage("AWS routes traffic, but cannot scale the load balancer out (no addresses)")},
		"Provisioning": {reason: "it will serve", state: "provisioning", want: xpv2.Creating().WithMessage("AWS is provisioning the load balancer")},
		"Failed":       {reason: "it will not", state: "failed", want: xpv2.Unavailable().WithMessage("AWS could not set up the load balancer; delete it in AWS to have it made anew")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.want.LastTransitionTime = metav1.Time{}
			got := ready(tc.state, tc.detail)
			got.LastTransitionTime = metav1.Time{}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nready(%s): -want, +got:\n%s", tc.reason, tc.state, diff)
			}
		})
	}
}
