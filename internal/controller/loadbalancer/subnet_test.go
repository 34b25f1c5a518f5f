package loadbalancer

import (
	"fmt"
	"strings"
	"testing"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// subnet "id zone free tag=value ..."
func subnet(text string) ec2types.Subnet {
	parts := strings.Fields(text)
	var free int32
	_, _ = fmt.Sscan(parts[2], &free)
	s := ec2types.Subnet{SubnetId: &parts[0], AvailabilityZone: &parts[1], AvailableIpAddressCount: &free}
	for _, t := range parts[3:] {
		key, value, _ := strings.Cut(t, "=")
		s.Tags = append(s.Tags, ec2types.Tag{Key: &key, Value: &value})
	}
	return s
}

func subnets(texts ...string) []ec2types.Subnet {
	var out []ec2types.Subnet
	for _, t := range texts {
		out = append(out, subnet(t))
	}
	return out
}

// routeTables by which s-1 and s-2 are public, s-5 was, and all others have the main one.
func routeTables() []ec2types.RouteTable {
	of := func(subnets ...string) []ec2types.RouteTableAssociation {
		var out []ec2types.RouteTableAssociation
		for _, s := range subnets {
			out = append(out, ec2types.RouteTableAssociation{SubnetId: &s})
		}
		return out
	}
	local := ec2types.Route{GatewayId: new("local"), State: ec2types.RouteStateActive}
	gateway := ec2types.Route{GatewayId: new("igw-1"), State: ec2types.RouteStateActive}
	dead := ec2types.Route{GatewayId: new("igw-2"), State: ec2types.RouteStateBlackhole}
	return []ec2types.RouteTable{
		{Associations: []ec2types.RouteTableAssociation{{Main: new(true)}}, Routes: []ec2types.Route{local}},
		{Associations: of("s-1", "s-2"), Routes: []ec2types.Route{local, gateway}},
		{Associations: of("s-5"), Routes: []ec2types.Route{local, dead}},
	}
}

func withIPv6(subnets []ec2types.Subnet) []ec2types.Subnet {
	for i := range subnets {
		subnets[i].Ipv6CidrBlockAssociationSet = []ec2types.SubnetIpv6CidrBlockAssociation{{Ipv6CidrBlock: new("2001:db8::/64")}}
	}
	return subnets
}

// The rules are those of "Create an Application Load Balancer" (two Availability Zones, 8 free addresses in each subnet) and
// of the tags that EKS documents for load balancer subnets.
func TestChoose(t *testing.T) {
	public := requirement{vpc: "vpc-1", cluster: "blue", role: "kubernetes.io/role/elb"}
	cases := map[string]struct {
		reason string
		r      requirement
		all    []ec2types.Subnet
		want   []string
		err    string
	}{
		"OnePerZone": {
			reason: "the lowest id of each zone",
			r:      public,
			all: subnets("s-3 b 100 kubernetes.io/role/elb=1", "s-2 a 100 kubernetes.io/role/elb=1", "s-1 a 100 kubernetes.io/role/elb=",
				"s-4 c 100 kubernetes.io/role/elb=1"),
			want: []string{"s-1", "s-3", "s-4"},
		},
		"OursFirst": {
			reason: "a subnet that is tagged for the cluster goes before one with a lower id",
			r:      public,
			all: subnets("s-1 a 100 kubernetes.io/role/elb=1", "s-2 a 100 kubernetes.io/role/elb=1 kubernetes.io/cluster/blue=shared",
				"s-3 b 100 kubernetes.io/role/elb=1"),
			want: []string{"s-2", "s-3"},
		},
		"NotForOthers": {
			reason: "a subnet of other clusters only is theirs; one of theirs and ours is shared",
			r:      public,
			all: subnets("s-1 a 100 kubernetes.io/role/elb=1 kubernetes.io/cluster/green=owned",
				"s-2 a 100 kubernetes.io/role/elb=1 kubernetes.io/cluster/green=shared kubernetes.io/cluster/blue=shared",
				"s-3 b 100 kubernetes.io/role/elb=1"),
			want: []string{"s-2", "s-3"},
		},
		"Role": {
			reason: "the role tag decides, and its value must be 1 or empty",
			r:      public,
			all: subnets("s-1 a 100 kubernetes.io/role/internal-elb=1", "s-2 a 100 kubernetes.io/role/elb=0", "s-3 a 100 kubernetes.io/role/elb=1",
				"s-4 b 100 kubernetes.io/role/elb=1"),
			want: []string{"s-3", "s-4"},
		},
		"Addresses": {
			reason: "AWS wants 8 free addresses",
			r:      public,
			all:    subnets("s-1 a 7 kubernetes.io/role/elb=1", "s-2 a 8 kubernetes.io/role/elb=1", "s-3 b 8 kubernetes.io/role/elb=1"),
			want:   []string{"s-2", "s-3"},
		},
		"Selector": {
			reason: "each key must have one of its values, or just be there",
			r:      requirement{vpc: "vpc-1", cluster: "blue", selector: map[string][]string{"tier": {"edge", "dmz"}, "team": {}}},
			all: subnets("s-1 a 100 tier=core team=x", "s-2 a 100 tier=dmz", "s-3 a 100 tier=dmz team=x", "s-4 b 100 tier=edge team=y",
				"s-5 c 100 kubernetes.io/role/elb=1"),
			want: []string{"s-3", "s-4"},
		},
		"Public": {
			reason: "without tags, routes to an internet gateway decide; a subnet without a route table has the VPC's main one",
			r:      requirement{vpc: "vpc-1", cluster: "blue", reach: &reach{public: true, tables: routeTables()}},
			all:    subnets("s-1 a 100", "s-2 b 100", "s-3 a 100", "s-4 c 100"),
			want:   []string{"s-1", "s-2"},
		},
		"Private": {
			reason: "the others are for internal load balancers, be their route to the gateway a dead one",
			r:      requirement{vpc: "vpc-1", cluster: "blue", reach: &reach{tables: routeTables()}},
			all:    subnets("s-1 a 100", "s-2 b 100", "s-3 a 100", "s-4 c 100", "s-5 b 100"),
			want:   []string{"s-3", "s-4", "s-5"},
		},
		"NotReached": {
			reason: "the message says so",
			r:      requirement{vpc: "vpc-1", cluster: "blue", reach: &reach{public: true, tables: routeTables()}},
			all:    subnets("s-1 a 100", "s-3 b 100"),
			err:    "a load balancer needs subnets in at least 2 Availability Zones, and of the 2 subnets of VPC vpc-1 those that fit are in 1 (1 have no route to an internet gateway); tag more subnets, or name them in spec.forProvider.subnets",
		},
		"Dualstack": {
			reason: "AWS wants an IPv6 CIDR block of each subnet of a dualstack load balancer",
			r:      requirement{vpc: "vpc-1", cluster: "blue", role: "kubernetes.io/role/elb", dualstack: true},
			all:    append(subnets("s-1 a 100 kubernetes.io/role/elb=1"), withIPv6(subnets("s-2 a 100 kubernetes.io/role/elb=1", "s-3 b 100 kubernetes.io/role/elb=1"))...),
			want:   []string{"s-2", "s-3"},
		},
		"OneZone": {
			reason: "the message says why each of the others does not fit",
			r:      public,
			all: subnets("s-1 a 100 kubernetes.io/role/elb=1", "s-2 b 100", "s-3 c 100", "s-4 b 3 kubernetes.io/role/elb=1",
				"s-5 c 100 kubernetes.io/role/elb=1 kubernetes.io/cluster/green=1"),
			err: "a load balancer needs subnets in at least 2 Availability Zones, and of the 5 subnets of VPC vpc-1 those that fit are in 1 (1 are tagged kubernetes.io/cluster/... for other clusters only, 1 have fewer than 8 free addresses, 2 lack the tag kubernetes.io/role/elb=1); tag more subnets, or name them in spec.forProvider.subnets",
		},
		"None": {
			reason: "a VPC that does not exist has no subnets",
			r:      public,
			err:    "a load balancer needs subnets in at least 2 Availability Zones, and of the 0 subnets of VPC vpc-1 those that fit are in 0; tag more subnets, or name them in spec.forProvider.subnets",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := tc.r.choose(tc.all)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nchoose(...): -want, +got:\n%s", tc.reason, diff)
			}
			text := ""
			if err != nil {
				text = err.Error()
			}
			if diff := cmp.Diff(tc.err, text); diff != "" || (err != nil && !aws.IsRefused(err)) {
				t.Errorf("\n%s\nchoose(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFits(t *testing.T) {
	r := requirement{cluster: "blue", selector: map[string][]string{"tier": {"edge"}}}
	all := subnets("s-1 a 0 tier=edge", "s-2 b 100 tier=edge", "s-3 c 100 tier=core")
	cases := map[string]struct {
		reason string
		ids    []string
		want   bool
	}{
		"Fits":  {reason: "free addresses do not matter to what is in use", ids: []string{"s-1", "s-2"}, want: true},
		"Other": {reason: "a subnet that does not match has to go", ids: []string{"s-1", "s-3"}},
		"Gone":  {reason: "so has one that is not of the VPC", ids: []string{"s-1", "s-9"}},
		"One":   {reason: "one is too few", ids: []string{"s-1"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := r.fits(all, tc.ids); got != tc.want {
				t.Errorf("\n%s\nfits(%v): want %t, got %t", tc.reason, tc.ids, tc.want, got)
			}
		})
	}
}
