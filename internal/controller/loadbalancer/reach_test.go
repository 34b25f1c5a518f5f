package loadbalancer_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

// In a VPC whose subnets nobody has tagged, their routes say which of them the internet reaches.
func TestSubnetsByReach(t *testing.T) {
	cases := map[string]struct {
		scheme string
		tag    string // of one subnet
		want   []string
		synced string
	}{
		"InternetFacing": {scheme: "internet-facing", want: []string{publicA, publicB, publicC}, synced: "ReconcileSuccess"},
		"Internal":       {scheme: "internal", want: []string{privateA, privateB, privateC}, synced: "ReconcileSuccess"},
		"Tagged": {
			scheme: "internal", tag: "kubernetes.io/role/internal-elb",
			synced: "ReconcileError: create failed: a load balancer needs subnets in at least 2 Availability Zones, and of the 6 subnets of VPC " + ec2.DefaultVPC +
				" those that fit are in 1 (5 lack the tag kubernetes.io/role/internal-elb=1); tag more subnets, or name them in spec.forProvider.subnets",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			world := ec2.DefaultWorld("us-east-1")
			for i := range world.Subnets {
				world.Subnets[i].Tags = nil
			}
			if tc.tag != "" {
				world.Subnets[1].Tags = map[string]string{tc.tag: "1"}
			}
			b := newBench(t, simulator.Options{World: simulator.World{Network: &world}}, object(func(p *v1alpha1.LoadBalancerParameters) { p.Scheme = tc.scheme }))
			b.lbs.Once("web")
			b.lbs.Once("web")
			mg, _ := b.lbs.Once("web")
			if diff := cmp.Diff(tc.want, mg.Status.AtProvider.Subnets); diff != "" || !slices.IsSorted(tc.want) {
				t.Errorf("subnets: -want, +got:\n%s", diff)
			}
			if s := rig.Synced(mg); s != tc.synced {
				t.Errorf("Synced %q, want %q", s, tc.synced)
			}
		})
	}
}
