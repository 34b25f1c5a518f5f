package loadbalancer_test

import (
	"testing"
	"time"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

type parameters = v1alpha1.LoadBalancerParameters

func TestBringUp(t *testing.T) {
	b := newBench(t, simulator.Options{}, object(func(p *parameters) {
		p.Tags = map[string]string{"team": "a"}
		p.Attributes = []v1alpha1.Attribute{{Key: "idle_timeout.timeout_seconds", Value: "120"}}
	}))
	mg := b.lbs.Settle(name)
	lb := b.found()
	if lb == nil || *lb.LoadBalancerName != name || string(lb.Scheme) != "internal" {
		t.Fatalf("\nthe load balancer is there\nDescribeLoadBalancers: got %+v", lb)
	}
	want := v1alpha1.LoadBalancerObservation{
		ARN: *lb.LoadBalancerArn, DNSName: *lb.DNSName, CanonicalHostedZoneID: *lb.CanonicalHostedZoneId, Scheme: "internal", State: "active", VpcID: "vpc-0a64000000000000a",
		Subnets: []string{privateA, privateB, privateC}, SecurityGroups: lb.SecurityGroups,
	}
	if diff := cmp.Diff(want, mg.Status.AtProvider); diff != "" {
		t.Errorf("\nits status is what AWS says, its subnets those with the role tag\natProvider: -want, +got:\n%s", diff)
	}
	if rig.Ready(mg) != "Available" || rig.Synced(mg) != "ReconcileSuccess" || meta.GetExternalName(mg) != *lb.LoadBalancerArn {
		t.Errorf("\nit is ready, and its ARN recorded\nobject: Ready %s, Synced %s, external name %s", rig.Ready(mg), rig.Synced(mg), meta.GetExternalName(mg))
	}
	tags := map[string]string{
		"team": "a", "alb.gateway.crossplane.io/cluster": "test", "alb.gateway.crossplane.io/crossplane-kind": "loadbalancer.alb.gateway.crossplane.io",
		"alb.gateway.crossplane.io/crossplane-name": "web", "alb.gateway.crossplane.io/crossplane-namespace": "shop",
	}
	if diff := cmp.Diff(tags, b.tags(*lb.LoadBalancerArn)); diff != "" {
		t.Errorf("\nits tags are the user's and the owner's\nDescribeTags: -want, +got:\n%s", diff)
	}
	if got := b.attribute(*lb.LoadBalancerArn, "idle_timeout.timeout_seconds"); got != "120" {
		t.Errorf("\nits attribute is set\nDescribeLoadBalancerAttributes: want 120, got %s", got)
	}
	b.expectWrites("each write is one call", map[string]int{"elbv2.CreateLoadBalancer": 1, "elbv2.ModifyLoadBalancerAttributes": 1})

	version := mg.GetResourceVersion()
	for range 2 {
		mg, _ = b.lbs.Once(name)
	}
	b.expectWrites("two looks at what is as it is to be write nothing to AWS", map[string]int{})
	if mg.GetResourceVersion() != version {
		t.Error("nor to the API server")
	}
}

func TestChanges(t *testing.T) {
	cases := map[string]struct {
		reason string
		before func(*parameters)
		after  func(*parameters)
		writes map[string]int
		check  func(*bench, *elbtypes.LoadBalancer) any
		want   any
	}{
		"Attribute": {
			reason: "an attribute is set",
			after: func(p *parameters) {
				p.Attributes = []v1alpha1.Attribute{{Key: "routing.http2.enabled", Value: "false"}}
			},
			writes: map[string]int{"elbv2.ModifyLoadBalancerAttributes": 1},
			check: func(b *bench, lb *elbtypes.LoadBalancer) any {
				return b.attribute(*lb.LoadBalancerArn, "routing.http2.enabled")
			},
			want: "false",
		},
		"DefaultAttribute": {
			reason: "an attribute that has the value already is not",
			after: func(p *parameters) {
				p.Attributes = []v1alpha1.Attribute{{Key: "routing.http2.enabled", Value: "true"}}
			},
			writes: map[string]int{},
		},
		"Tag": {
			reason: "a tag is added, and one that leaves the object goes",
			before: func(p *parameters) { p.Tags = map[string]string{"old": "1"} },
			after:  func(p *parameters) { p.Tags = map[string]string{"new": "2"} },
			writes: map[string]int{"elbv2.AddTags": 1, "elbv2.RemoveTags": 1},
			check: func(b *bench, lb *elbtypes.LoadBalancer) any {
				tags := b.tags(*lb.LoadBalancerArn)
				return tags["old"] + tags["new"]
			},
			want: "2",
		},
		"Subnets": {
			reason: "subnets are given by id or Name tag",
			after:  func(p *parameters) { p.Subnets = []string{"private-b", privateA} },
			writes: map[string]int{"elbv2.SetSubnets": 1},
			check:  func(_ *bench, lb *elbtypes.LoadBalancer) any { return len(lb.AvailabilityZones) },
			want:   2,
		},
		"SubnetsInOtherOrder": {
			reason: "AWS gives no order",
			before: func(p *parameters) { p.Subnets = []string{privateA, privateB} },
			after:  func(p *parameters) { p.Subnets = []string{privateB, privateA} },
			writes: map[string]int{},
		},
		"SubnetsNoLongerGiven": {
			reason: "what is there stays when nothing is given any more",
			before: func(p *parameters) { p.Subnets = []string{privateA, privateB} },
			after:  func(p *parameters) { p.Subnets = nil },
			writes: map[string]int{},
		},
		"SubnetsWithoutRole": {
			reason: "even when it would not be chosen: no load balancer is moved without being told to",
			before: func(p *parameters) { p.Subnets = []string{publicA, publicB} },
			after:  func(p *parameters) { p.Subnets = nil },
			writes: map[string]int{},
		},
		"Selector": {
			reason: "a selector that what is there does not match chooses anew",
			before: func(p *parameters) { p.Subnets = []string{privateA, privateB} },
			after: func(p *parameters) {
				p.Subnets, p.SubnetSelector = nil, map[string][]string{"Name": {"public-a", "public-b"}}
			},
			writes: map[string]int{"elbv2.SetSubnets": 1},
			check:  func(_ *bench, lb *elbtypes.LoadBalancer) any { return zones(lb) },
			want:   map[string]bool{publicA: true, publicB: true},
		},
		"SelectorThatMatches": {
			reason: "and one that it matches does not",
			before: func(p *parameters) { p.Subnets = []string{privateA, privateB} },
			after: func(p *parameters) {
				p.Subnets, p.SubnetSelector = nil, map[string][]string{"kubernetes.io/role/internal-elb": {}}
			},
			writes: map[string]int{},
		},
		"SecurityGroup": {
			reason: "security groups are given by id or name",
			after:  func(p *parameters) { p.SecurityGroups = []string{"nodes"} },
			writes: map[string]int{"elbv2.SetSecurityGroups": 1},
			check:  func(_ *bench, lb *elbtypes.LoadBalancer) any { return lb.SecurityGroups },
			want:   []string{"sg-0a64000000000000a"},
		},
		"AddressType": {
			reason: "what AWS has by default is not set",
			after:  func(p *parameters) { p.IpAddressType = new("ipv4") },
			writes: map[string]int{},
		},
		"Capacity": {
			reason: "capacity is reserved",
			after:  func(p *parameters) { p.MinimumCapacityUnits = new(int32(100)) },
			writes: map[string]int{"elbv2.ModifyCapacityReservation": 1},
			check: func(b *bench, lb *elbtypes.LoadBalancer) any {
				out := rig.Value(b.ELB.DescribeCapacityReservation(b.Context(), &elbv2.DescribeCapacityReservationInput{LoadBalancerArn: lb.LoadBalancerArn}))(b.Rig)
				return *out.MinimumLoadBalancerCapacity.CapacityUnits
			},
			want: int32(100),
		},
		"NoCapacity": {
			reason: "a reservation is given back",
			before: func(p *parameters) { p.MinimumCapacityUnits = new(int32(100)) },
			after:  func(p *parameters) { p.MinimumCapacityUnits = new(int32(0)) },
			writes: map[string]int{"elbv2.ModifyCapacityReservation": 1},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			before := tc.before
			if before == nil {
				before = func(*parameters) {}
			}
			b := newBench(t, simulator.Options{}, object(before))
			b.lbs.Settle("web")
			b.writes()
			b.lbs.Change("web", func(mg *v1alpha1.LoadBalancer) { tc.after(&mg.Spec.ForProvider) })
			mg := b.lbs.Settle("web")
			b.expectWrites(tc.reason, tc.writes)
			if rig.Ready(mg) != "Available" || rig.Synced(mg) != "ReconcileSuccess" {
				t.Errorf("\n%s\nobject: Ready %s, Synced %s", tc.reason, rig.Ready(mg), rig.Synced(mg))
			}
			if tc.check == nil {
				return
			}
			if diff := cmp.Diff(tc.want, tc.check(b, b.found())); diff != "" {
				t.Errorf("\n%s\nAWS: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func zones(lb *elbtypes.LoadBalancer) map[string]bool {
	out := map[string]bool{}
	for _, z := range lb.AvailabilityZones {
		out[*z.SubnetId] = true
	}
	return out
}

func TestRefusals(t *testing.T) {
	cases := map[string]struct {
		reason string
		before func(*parameters)
		after  func(*v1alpha1.LoadBalancer)
		want   string
	}{
		"Scheme": {
			reason: "AWS cannot change the scheme",
			before: func(*parameters) {},
			after:  func(mg *v1alpha1.LoadBalancer) { mg.Spec.ForProvider.Scheme = "internet-facing" },
			want:   `observe failed: spec.forProvider.scheme is "internet-facing", but that of load balancer "web" is "internal", which AWS cannot change; set it back, or make another LoadBalancer with another name`,
		},
		"SubnetName": {
			reason: "a subnet of that name must be there",
			before: func(p *parameters) { p.Subnets = []string{privateA, "nowhere"} },
			want:   `create failed: spec.forProvider.subnets[1] is "nowhere", and no subnet of VPC vpc-0a64000000000000a has that Name tag; give the id of a subnet`,
		},
		"SecurityGroupName": {
			reason: "a security group of that name must be there",
			before: func(p *parameters) { p.SecurityGroups = []string{"nothing"} },
			want:   `create failed: spec.forProvider.securityGroups[0] is "nothing", and VPC vpc-0a64000000000000a has no security group of that name; give the name or id of one`,
		},
		"TooFewSubnets": {
			reason: "AWS wants two Availability Zones; the message says why there are not",
			before: func(p *parameters) { p.SubnetSelector = map[string][]string{"Name": {"public-a"}} },
			want:   `create failed: a load balancer needs subnets in at least 2 Availability Zones, and of the 6 subnets of VPC vpc-0a64000000000000a those that fit are in 1 (5 do not match spec.forProvider.subnetSelector); tag more subnets, or name them in spec.forProvider.subnets`,
		},
		"ExternalName": {
			reason: "only an ARN can be imported",
			before: func(*parameters) {},
			after:  func(mg *v1alpha1.LoadBalancer) { meta.SetExternalName(mg, "web") },
			want:   `observe failed: annotation crossplane.io/external-name is "web"; set it to the ARN of a load balancer, or remove it to have one made`,
		},
		"RefusedByAWS": {
			reason: "AWS's own words",
			before: func(p *parameters) { p.Attributes = []v1alpha1.Attribute{{Key: "no.such.attribute", Value: "1"}} },
			want:   "update failed: cannot set attributes of load balancer: elasticloadbalancing:ModifyLoadBalancerAttributes: ",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, simulator.Options{}, object(tc.before))
			b.lbs.Once("web")
			mg, _ := b.lbs.Once("web")
			if tc.after != nil {
				b.lbs.Change("web", tc.after)
				mg, _ = b.lbs.Once("web")
			}
			got := mg.GetCondition("Synced").Message
			if name == "RefusedByAWS" {
				got = got[:min(len(got), len(tc.want))]
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nSynced: -want, +got:\n%s", tc.reason, diff)
			}
			b.writes()
			if _, r := b.lbs.Once("web"); r.RequeueAfter < time.Minute {
				t.Errorf("\na user has to act\nReconcile(...): got %+v", r)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	b := newBench(t, simulator.Options{}, object())
	b.lbs.Settle(name)
	b.writes()
	b.lbs.Delete(name)
	if mg := b.lbs.Settle(name); mg.GetName() != "" {
		t.Errorf("\nthe object goes with its load balancer\nobject: %+v", mg)
	}
	b.expectWrites("one call", map[string]int{"elbv2.DeleteLoadBalancer": 1})
	if lb := b.found(); lb != nil {
		t.Errorf("\nnothing is left\nDescribeLoadBalancers: got %+v", lb)
	}
}

func TestDeletionProtection(t *testing.T) {
	b := newBench(t, simulator.Options{}, object(func(p *parameters) {
		p.Attributes = []v1alpha1.Attribute{{Key: "deletion_protection.enabled", Value: "true"}}
	}))
	b.lbs.Settle(name)
	b.lbs.Delete(name)
	mg := b.lbs.Settle(name)
	want := `delete failed: cannot delete load balancer: load balancer "web" is under deletion protection; to delete it, set attribute deletion_protection.enabled to "false" in spec.forProvider.attributes of LoadBalancer web, or in its LoadBalancerConfiguration`
	if diff := cmp.Diff(want, mg.GetCondition("Synced").Message); diff != "" {
		t.Errorf("\nit is said what to do\nSynced: -want, +got:\n%s", diff)
	}
	if b.found() == nil || b.attribute(mg.Status.AtProvider.ARN, "deletion_protection.enabled") != "true" {
		t.Error("deletion protection is never switched off behind the user's back")
	}
	b.lbs.Change(name, func(mg *v1alpha1.LoadBalancer) {
		mg.Spec.ForProvider.Attributes = []v1alpha1.Attribute{{Key: "deletion_protection.enabled", Value: "false"}}
	})
	if mg := b.lbs.Settle(name); mg.GetName() != "" || b.found() != nil {
		t.Error("\nonce the user has said so, it goes")
	}
}

func TestProvisioning(t *testing.T) {
	b := newBench(t, simulator.Options{ProvisioningDelay: time.Hour}, object())
	mg := b.lbs.Settle(name)
	if rig.Ready(mg) != "Creating: AWS is provisioning the load balancer" || mg.Status.AtProvider.State != "provisioning" || mg.Status.AtProvider.ARN == "" {
		t.Errorf("\nit has an ARN, and is not ready\nobject: Ready %s, state %s", rig.Ready(mg), mg.Status.AtProvider.State)
	}
	if _, r := b.lbs.Once(name); r.RequeueAfter != 2*time.Second {
		t.Errorf("\nit is looked at soon\nReconcile(...): got %+v", r)
	}
}

func TestObserveOnly(t *testing.T) {
	b := newBench(t, simulator.Options{})
	arn := b.makeBehind(t)
	mg := object(func(p *parameters) { p.Tags = map[string]string{"team": "a"} })
	mg.SetManagementPolicies(xpv2.ManagementPolicies{xpv2.ManagementActionObserve})
	meta.SetExternalName(mg, arn)
	rig.Must(b.Rig, b.Kube.Create(t.Context(), mg))
	mg = b.lbs.Settle(name)
	b.expectWrites("what is only to be observed is not touched", map[string]int{})
	if rig.Ready(mg) != "Available" || mg.Status.AtProvider.ARN != arn {
		t.Errorf("\nand shown\nobject: Ready %s, ARN %s", rig.Ready(mg), mg.Status.AtProvider.ARN)
	}
}

func TestWaitsForItsSecurityGroups(t *testing.T) {
	b := newBench(t, simulator.Options{}, object(func(p *parameters) { p.SecurityGroupRefs = []v1alpha1.Reference{{Name: "web"}} }))
	mg := b.lbs.Settle(name)
	if got := rig.Ready(mg); got != "Creating: Waiting for SecurityGroup web, which does not exist" {
		t.Errorf("\nReady: got %s", got)
	}
	sg := &v1alpha1.SecurityGroup{ObjectMeta: rig.Meta("web")}
	rig.Must(b.Rig, b.Kube.Create(t.Context(), sg))
	mg = b.lbs.Settle(name)
	if got := rig.Ready(mg); got != "Creating: Waiting for SecurityGroup web, which has no group id yet" {
		t.Errorf("\nReady: got %s", got)
	}
	if calls := b.sim.Calls(); len(calls) > 0 {
		t.Errorf("\nwho waits asks AWS nothing\ncalls: %v", calls)
	}
	if woken := b.lbs.Woken(sg); len(woken) != 1 || woken[0].Name != name {
		t.Errorf("\na change of the group wakes it\nWoken(...): got %v", woken)
	}
	sg.Status.AtProvider.GroupID = "sg-0a64000000000000a"
	rig.SetStatus(b.Rig, sg)
	mg = b.lbs.Settle(name)
	if diff := cmp.Diff([]string{"sg-0a64000000000000a"}, mg.Status.AtProvider.SecurityGroups); diff != "" || rig.Ready(mg) != "Available" {
		t.Errorf("\nand it goes on\nReady %s, security groups: -want, +got:\n%s", rig.Ready(mg), diff)
	}
}
