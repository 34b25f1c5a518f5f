package simulator_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/ec2"
)

func where(name string, values ...string) types.Filter {
	return types.Filter{Name: &name, Values: values}
}

// "Describe" operations: filters are ANDed, the values of one ORed; values may hold wildcards; an unknown filter is refused.
func TestDescribeSubnets(t *testing.T) {
	b := newBench(t, quick())
	cases := map[string]struct {
		in   ec2api.DescribeSubnetsInput
		want []string
		code string
	}{
		"All":        {ec2api.DescribeSubnetsInput{}, []string{publicA, publicB, publicC, privateA, "subnet-0b64000000000000b", "subnet-0b64000000000000c"}, ""},
		"ByID":       {ec2api.DescribeSubnetsInput{SubnetIds: []string{publicB}}, []string{publicB}, ""},
		"TagValue":   {ec2api.DescribeSubnetsInput{Filters: []types.Filter{where("tag:kubernetes.io/role/elb", "", "1")}}, []string{publicA, publicB, publicC}, ""},
		"TagKey":     {ec2api.DescribeSubnetsInput{Filters: []types.Filter{where("tag-key", "kubernetes.io/role/internal-elb")}}, []string{privateA, "subnet-0b64000000000000b", "subnet-0b64000000000000c"}, ""},
		"And":        {ec2api.DescribeSubnetsInput{Filters: []types.Filter{where("vpc-id", vpcID), where("availability-zone", "us-east-1a")}}, []string{publicA, privateA}, ""},
		"Or":         {ec2api.DescribeSubnetsInput{Filters: []types.Filter{where("subnet-id", publicA, publicC)}}, []string{publicA, publicC}, ""},
		"Wildcard":   {ec2api.DescribeSubnetsInput{Filters: []types.Filter{where("tag:Name", "public-?")}}, []string{publicA, publicB, publicC}, ""},
		"Slash":      {ec2api.DescribeSubnetsInput{Filters: []types.Filter{where("tag-key", "kubernetes*internal-elb")}}, []string{privateA, "subnet-0b64000000000000b", "subnet-0b64000000000000c"}, ""},
		"None":       {ec2api.DescribeSubnetsInput{Filters: []types.Filter{where("cidr-block", "10.0.0.0/8")}}, nil, ""},
		"CIDR":       {ec2api.DescribeSubnetsInput{Filters: []types.Filter{where("cidr-block", "10.64.32.0/19")}}, []string{privateA}, ""},
		"Unknown":    {ec2api.DescribeSubnetsInput{Filters: []types.Filter{where("colour", "red")}}, nil, "InvalidParameterValue"},
		"NoSuch":     {ec2api.DescribeSubnetsInput{SubnetIds: []string{"subnet-0123456789abcdef0"}}, nil, "InvalidSubnetID.NotFound"},
		"PageTooFew": {ec2api.DescribeSubnetsInput{MaxResults: new(int32(4))}, nil, "InvalidParameterValue"},
		"BadToken":   {ec2api.DescribeSubnetsInput{NextToken: new("x")}, nil, "InvalidParameterValue"},
		"DryRun":     {ec2api.DescribeSubnetsInput{DryRun: new(true)}, nil, "DryRunOperation"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := b.ec2.DescribeSubnets(t.Context(), &c.in)
			if got := codeOf(t, err); got != c.code {
				t.Fatalf("want code %q, got %v", c.code, err)
			}
			if err != nil {
				return
			}
			var got []string
			for _, s := range out.Subnets {
				got = append(got, *s.SubnetId)
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
		})
	}
}

// A subnet as the API shows it: five addresses are AWS's, one has the node, and each load balancer takes one.
func TestSubnetItem(t *testing.T) {
	c := newClock()
	b := newBench(t, simulator.Options{Now: c.Now, ProvisioningDelay: simulator.Immediately, InterfaceLinger: time.Second})
	show := func(id string) string {
		s := must(b.ec2.DescribeSubnets(t.Context(), &ec2api.DescribeSubnetsInput{SubnetIds: []string{id}}))(b).Subnets[0]
		return fmt.Sprint(*s.CidrBlock, " ", *s.AvailabilityZone, " ", *s.VpcId, " ", *s.MapPublicIpOnLaunch, " ", s.State, " ", *s.AvailableIpAddressCount)
	}
	got := []string{show(publicB), show(privateA)}
	lb := b.loadBalancer("shop")
	got = append(got, show(publicB))
	must(b.elb.DeleteLoadBalancer(t.Context(), &elb.DeleteLoadBalancerInput{LoadBalancerArn: lb.LoadBalancerArn}))(b)
	c.advance(time.Second)
	got = append(got, show(publicB))
	want := []string{
		"10.64.64.0/19 us-east-1b " + vpcID + " true available 8042", "10.64.32.0/19 us-east-1a " + vpcID + " false available 8187",
		"10.64.64.0/19 us-east-1b " + vpcID + " true available 8041", "10.64.64.0/19 us-east-1b " + vpcID + " true available 8042",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestSubnetPages(t *testing.T) {
	b := newBench(t, quick())
	p, count, pages := ec2api.NewDescribeSubnetsPaginator(b.ec2, &ec2api.DescribeSubnetsInput{MaxResults: new(int32(5))}), 0, 0
	for p.HasMorePages() {
		count += len(must(p.NextPage(t.Context()))(b).Subnets)
		pages++
	}
	if count != 6 || pages != 2 {
		t.Errorf("want 6 subnets on 2 pages of 5, got %d on %d", count, pages)
	}
}

// A public subnet is one whose route table leads to an internet gateway.
func TestRoutes(t *testing.T) {
	b := newBench(t, quick())
	igw := must(b.ec2.DescribeInternetGateways(t.Context(), &ec2api.DescribeInternetGatewaysInput{Filters: []types.Filter{where("attachment.vpc-id", vpcID)}}))(b).InternetGateways
	if len(igw) != 1 || *igw[0].Attachments[0].VpcId != vpcID {
		t.Fatalf("the VPC has an internet gateway: %+v", igw)
	}
	for subnet, want := range map[string]string{publicA: *igw[0].InternetGatewayId, privateA: ""} {
		tables := must(b.ec2.DescribeRouteTables(t.Context(), &ec2api.DescribeRouteTablesInput{Filters: []types.Filter{where("association.subnet-id", subnet)}}))(b).RouteTables
		if len(tables) != 1 {
			t.Fatalf("%s: want one route table, got %d", subnet, len(tables))
		}
		got := ""
		for _, r := range tables[0].Routes {
			if *r.DestinationCidrBlock == "0.0.0.0/0" && r.GatewayId != nil {
				got = *r.GatewayId
			}
		}
		if got != want {
			t.Errorf("%s: default route to gateway %q, want %q", subnet, got, want)
		}
	}
	for name, call := range map[string]func() error{
		"InvalidInternetGatewayID.NotFound": func() error {
			_, err := b.ec2.DescribeInternetGateways(t.Context(), &ec2api.DescribeInternetGatewaysInput{InternetGatewayIds: []string{"igw-0123456789abcdef0"}})
			return err
		},
		"InvalidRouteTableID.NotFound": func() error {
			_, err := b.ec2.DescribeRouteTables(t.Context(), &ec2api.DescribeRouteTablesInput{RouteTableIds: []string{"rtb-0123456789abcdef0"}})
			return err
		},
		"InvalidParameterValue": func() error {
			_, err := b.ec2.DescribeRouteTables(t.Context(), &ec2api.DescribeRouteTablesInput{Filters: []types.Filter{where("colour", "red")}})
			return err
		},
	} {
		if err := call(); codeOf(t, err) != name {
			t.Errorf("want %s, got %v", name, err)
		}
	}
	main := must(b.ec2.DescribeRouteTables(t.Context(), &ec2api.DescribeRouteTablesInput{Filters: []types.Filter{where("vpc-id", vpcID), where("association.main", "true")}}))(b)
	if len(main.RouteTables) != 1 {
		t.Errorf("want one main table, got %d", len(main.RouteTables))
	}
}

func TestZonesAndVPC(t *testing.T) {
	b := newBench(t, quick())
	var zones []string
	for _, z := range must(b.ec2.DescribeAvailabilityZones(t.Context(), &ec2api.DescribeAvailabilityZonesInput{}))(b).AvailabilityZones {
		zones = append(zones, fmt.Sprint(*z.ZoneName, " ", *z.ZoneId, " ", z.State))
	}
	if diff := cmp.Diff([]string{"us-east-1a use1-az1 available", "us-east-1b use1-az2 available", "us-east-1c use1-az3 available"}, zones); diff != "" {
		t.Errorf("zones: -want, +got:\n%s", diff)
	}
	v := must(b.ec2.DescribeVpcs(t.Context(), &ec2api.DescribeVpcsInput{VpcIds: []string{vpcID}}))(b).Vpcs[0]
	if got := *v.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock; got != "2001:db8:64::/56" {
		t.Errorf("its IPv6 block: %s", got)
	}
	six := must(b.ec2.DescribeSubnets(t.Context(), &ec2api.DescribeSubnetsInput{Filters: []types.Filter{where("ipv6-cidr-block-association.ipv6-cidr-block", "2001:db8:64:20::/64")}}))(b)
	if len(six.Subnets) != 1 || *six.Subnets[0].SubnetId != privateA || six.Subnets[0].Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlockState.State != types.SubnetCidrBlockStateCodeAssociated {
		t.Errorf("the subnet with an IPv6 block: %+v", six.Subnets)
	}
	if *v.CidrBlock != "10.64.0.0/16" || *v.CidrBlockAssociationSet[0].CidrBlock != "10.64.0.0/16" || *v.OwnerId != "123456789012" {
		t.Errorf("VPC: %+v", v)
	}
	if _, err := b.ec2.DescribeVpcs(t.Context(), &ec2api.DescribeVpcsInput{VpcIds: []string{"vpc-0123456789abcdef0"}}); codeOf(t, err) != "InvalidVpcID.NotFound" {
		t.Errorf("want InvalidVpcID.NotFound, got %v", err)
	}
}

func TestInstances(t *testing.T) {
	b := newBench(t, quick())
	find := func(filters ...types.Filter) []string {
		var got []string
		for _, r := range must(b.ec2.DescribeInstances(t.Context(), &ec2api.DescribeInstancesInput{Filters: filters}))(b).Reservations {
			for _, i := range r.Instances {
				got = append(got, fmt.Sprint(*i.InstanceId, " ", i.State.Name))
			}
		}
		slices.Sort(got)
		return got
	}
	if diff := cmp.Diff([]string{instanceB + " running"}, find(where("private-ip-address", "10.64.64.11"))); diff != "" {
		t.Errorf("by address: -want, +got:\n%s", diff)
	}
	i := must(b.ec2.DescribeInstances(t.Context(), &ec2api.DescribeInstancesInput{InstanceIds: []string{instanceA}}))(b).Reservations[0].Instances[0]
	got := fmt.Sprint(*i.PrivateIpAddress, " ", *i.PrivateDnsName, " ", *i.Placement.AvailabilityZone, " ", *i.SubnetId, " ", *i.SecurityGroups[0].GroupId, " ", *i.NetworkInterfaces[0].Groups[0].GroupId)
	if want := "10.64.0.11 ip-10-64-0-11.ec2.internal us-east-1a " + publicA + " " + nodeGroup + " " + nodeGroup; got != want {
		t.Errorf("want %q, got %q", want, got)
	}
	nic := i.NetworkInterfaces[0]
	got = fmt.Sprint(*nic.Attachment.DeviceIndex, " ", nic.Attachment.Status, " ", *nic.PrivateIpAddresses[0].PrivateDnsName, " ", *nic.Ipv4Prefixes[0].Ipv4Prefix, " ", len(nic.Ipv4Prefixes))
	if want := "0 attached ip-10-64-0-11.ec2.internal 10.64.16.0/28 9"; got != want {
		t.Errorf("the network interface, from which controllers tell whose pods' addresses are: want %q, got %q", want, got)
	}
	run := must(b.ec2.RunInstances(t.Context(), &ec2api.RunInstancesInput{
		ImageId: new("ami-1"), MinCount: new(int32(1)), MaxCount: new(int32(2)), SubnetId: new(privateA), SecurityGroupIds: []string{nodeGroup},
		TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: new("pool"), Value: new("new")}}}},
	}))(b)
	if len(run.Instances) != 2 || !netip.MustParsePrefix("10.64.32.0/19").Contains(netip.MustParseAddr(*run.Instances[1].PrivateIpAddress)) {
		t.Fatalf("two instances in the subnet: %+v", run.Instances)
	}
	must(b.ec2.TerminateInstances(t.Context(), &ec2api.TerminateInstancesInput{InstanceIds: []string{*run.Instances[0].InstanceId}}))(b)
	want := []string{*run.Instances[0].InstanceId + " terminated", *run.Instances[1].InstanceId + " running"}
	slices.Sort(want)
	if diff := cmp.Diff(want, find(where("tag:pool", "new"))); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if diff := cmp.Diff(1, len(find(where("tag:pool", "new"), where("instance-state-name", "running")))); diff != "" {
		t.Errorf("running: -want, +got:\n%s", diff)
	}
	if _, err := b.ec2.DescribeInstances(t.Context(), &ec2api.DescribeInstancesInput{InstanceIds: []string{instanceA}, MaxResults: new(int32(5))}); codeOf(t, err) != "InvalidParameterCombination" {
		t.Errorf("ids and pages: want InvalidParameterCombination, got %v", err)
	}
	for id, want := range map[string]string{"i-0123456789abcdef0": "InvalidInstanceID.NotFound", "node": "InvalidInstanceID.Malformed"} {
		if _, err := b.ec2.DescribeInstances(t.Context(), &ec2api.DescribeInstancesInput{InstanceIds: []string{id}}); codeOf(t, err) != want {
			t.Errorf("%s: want %s, got %v", id, want, err)
		}
	}
}

func TestNetworkInterfaces(t *testing.T) {
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	id := (*lb.LoadBalancerArn)[strings.LastIndex(*lb.LoadBalancerArn, "/")+1:]
	got := map[string]string{}
	for _, n := range must(b.ec2.DescribeNetworkInterfaces(t.Context(), &ec2api.DescribeNetworkInterfacesInput{Filters: []types.Filter{where("description", "ELB app/shop/"+id)}}))(b).NetworkInterfaces {
		got[*n.SubnetId] = fmt.Sprint(*n.RequesterId, " ", n.Status, " ", *n.AvailabilityZone)
	}
	want := map[string]string{publicA: "amazon-elb in-use us-east-1a", publicB: "amazon-elb in-use us-east-1b"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	for filter, value := range map[string]string{"attachment.instance-id": instanceA, "ipv4-prefix.ipv4-prefix": "10.64.16.32/28", "mac-address": "0e:00:0a:40:00:0b"} {
		found := must(b.ec2.DescribeNetworkInterfaces(t.Context(), &ec2api.DescribeNetworkInterfacesInput{Filters: []types.Filter{where(filter, value)}}))(b).NetworkInterfaces
		if len(found) != 1 || *found[0].Attachment.InstanceId != instanceA || *found[0].Attachment.DeviceIndex != 0 || found[0].Attachment.AttachTime == nil {
			t.Errorf("%s %s: %+v", filter, value, found)
		}
	}
}

func TestWorldIsChecked(t *testing.T) {
	change := func(f func(*ec2.World)) *ec2.World {
		w := ec2.DefaultWorld("us-east-1")
		f(&w)
		return &w
	}
	cases := map[string]*ec2.World{
		"NoVPC":         change(func(w *ec2.World) { w.VPC.ID = "" }),
		"IPv6Outside":   change(func(w *ec2.World) { w.Subnets[0].IPv6 = netip.MustParsePrefix("2001:db8:65::/64") }),
		"SubnetOutside": change(func(w *ec2.World) { w.Subnets[0].CIDR = netip.MustParsePrefix("10.65.0.0/24") }),
		"NoSubnetFor":   change(func(w *ec2.World) { w.Instances[0].Address = netip.MustParseAddr("10.65.0.1") }),
		"WrongZone":     change(func(w *ec2.World) { w.Instances[0].Zone = "us-east-1c" }),
		"AddressTwice":  change(func(w *ec2.World) { w.Instances[0].Address = w.Instances[1].Address }),
		"PrefixOutside": change(func(w *ec2.World) { w.Instances[0].Prefixes = []netip.Prefix{netip.MustParsePrefix("10.64.64.16/28")} }),
		"PrefixSize":    change(func(w *ec2.World) { w.Instances[0].Prefixes = []netip.Prefix{netip.MustParsePrefix("10.64.16.0/24")} }),
		"UnknownGroup":  change(func(w *ec2.World) { w.Instances[0].SecurityGroups = []string{"sg-1"} }),
	}
	for name, w := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := simulator.New(simulator.Options{World: simulator.World{Network: w}}); err == nil {
				t.Error("want an error")
			}
		})
	}
}
