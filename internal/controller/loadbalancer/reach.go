package loadbalancer

import (
	"slices"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// A reach tells subnets that the internet reaches from those that it does not, by their routes: "a subnet that is associated with a
// route table that has a route to an internet gateway is known as a public subnet" (VPC user guide).
type reach struct {
	public bool // which are wanted
	tables []ec2types.RouteTable
}

func (r *reach) selects(s ec2types.Subnet) bool {
	return r.isPublic(awssdk.ToString(s.SubnetId)) == r.public
}

func (r *reach) refusal() string {
	if r.public {
		return "have no route to an internet gateway"
	}
	return "have a route to an internet gateway"
}

// isPublic by the route table of the subnet, which is the VPC's main one if none is associated.
func (r *reach) isPublic(subnet string) bool {
	own := func(a ec2types.RouteTableAssociation) bool { return awssdk.ToString(a.SubnetId) == subnet }
	main := func(a ec2types.RouteTableAssociation) bool { return awssdk.ToBool(a.Main) }
	for _, is := range []func(ec2types.RouteTableAssociation) bool{own, main} {
		i := slices.IndexFunc(r.tables, func(t ec2types.RouteTable) bool { return slices.ContainsFunc(t.Associations, is) })
		if i >= 0 {
			return slices.ContainsFunc(r.tables[i].Routes, toInternetGateway)
		}
	}
	return false
}

func toInternetGateway(r ec2types.Route) bool {
	return strings.HasPrefix(awssdk.ToString(r.GatewayId), "igw-") && r.State != ec2types.RouteStateBlackhole
}
