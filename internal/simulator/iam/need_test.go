package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Service authorization reference of Elastic Load Balancing V2 and of EC2: the resource types and condition keys of each action.
func TestNeeds(t *testing.T) {
	const balancer = "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/shop/1"
	account := Account{Region: "r", ID: "1", Tags: func(arn string) map[string]string {
		if arn == balancer || strings.HasSuffix(arn, "/sg-1") {
			return map[string]string{"owner": "shop"}
		}
		return nil
	}}
	tags := func(prefix string, more ...string) map[string]string {
		p := map[string]string{prefix + ".Key": "team", prefix + ".Value": "a"}
		for i := 0; i < len(more); i += 2 {
			p[more[i]] = more[i+1]
		}
		return p
	}
	const tagged, owned = "aws:RequestTag/team=[a] aws:TagKeys=[team]", "aws:ResourceTag/owner=[shop]"
	cases := map[string]struct {
		call Call
		want []string
	}{
		"ResourcePolicy": {
			Call{"elasticloadbalancing", "GetResourcePolicy", map[string]string{"ResourceArn": balancer}},
			[]string{"elasticloadbalancing:GetResourcePolicy " + balancer + " " + owned + " elasticloadbalancing:ResourceTag/owner=[shop]"},
		},
		"Listener": {
			Call{"elasticloadbalancing", "CreateListener", map[string]string{"LoadBalancerArn": balancer, "Protocol": "HTTPS", "SslPolicy": "p"}},
			[]string{"elasticloadbalancing:CreateListener " + balancer + " " + owned + " elasticloadbalancing:ListenerProtocol=[HTTPS] elasticloadbalancing:ResourceTag/owner=[shop] elasticloadbalancing:SecurityPolicy=[p]"},
		},
		"TaggedListener": {Call{"elasticloadbalancing", "CreateListener", tags("Tags.1", "LoadBalancerArn", balancer)}, []string{
			"elasticloadbalancing:CreateListener " + balancer + " " + "aws:RequestTag/team=[a] " + owned + " aws:TagKeys=[team] elasticloadbalancing:ResourceTag/owner=[shop]",
			"elasticloadbalancing:AddTags arn:aws:elasticloadbalancing:r:1:listener/app/shop/1/* " + tagged + " elasticloadbalancing:CreateAction=[CreateListener]",
		}},
		"TaggedRule": {Call{"elasticloadbalancing", "CreateRule", tags("Tags.1", "ListenerArn", strings.Replace(balancer, "loadbalancer", "listener", 1)+"/2")}, []string{
			"elasticloadbalancing:CreateRule arn:aws:elasticloadbalancing:r:1:listener/app/shop/1/2 " + tagged,
			"elasticloadbalancing:AddTags arn:aws:elasticloadbalancing:r:1:listener-rule/app/shop/1/2/* " + tagged + " elasticloadbalancing:CreateAction=[CreateRule]",
		}},
		"Subnets": {
			Call{"elasticloadbalancing", "SetSubnets", map[string]string{"LoadBalancerArn": balancer, "Subnets.1": "subnet-a", "SubnetMappings.1.SubnetId": "subnet-b"}},
			[]string{"elasticloadbalancing:SetSubnets " + balancer + " " + owned + " elasticloadbalancing:ResourceTag/owner=[shop] elasticloadbalancing:Subnet=[subnet-a subnet-b]"},
		},
		"TagsAreOfTheGroup": {Call{"ec2", "CreateSecurityGroup", tags("TagSpecification.1.Tag.1", "VpcId", "vpc-1")}, []string{
			"ec2:CreateSecurityGroup arn:aws:ec2:r:1:security-group/* " + tagged, "ec2:CreateSecurityGroup arn:aws:ec2:r:1:vpc/vpc-1",
			"ec2:CreateTags arn:aws:ec2:r:1:security-group/* " + tagged + " ec2:CreateAction=[CreateSecurityGroup]",
		}},
		"Authorize": {
			Call{"ec2", "AuthorizeSecurityGroupIngress", map[string]string{"GroupId": "sg-1"}},
			[]string{"ec2:AuthorizeSecurityGroupIngress arn:aws:ec2:r:1:security-group/sg-1 " + owned + " ec2:ResourceTag/owner=[shop]"},
		},
		"AuthorizeTagged": {Call{"ec2", "AuthorizeSecurityGroupIngress", tags("TagSpecification.1.Tag.1", "GroupId", "sg-1")}, []string{
			"ec2:AuthorizeSecurityGroupIngress arn:aws:ec2:r:1:security-group-rule/* " + tagged,
			"ec2:AuthorizeSecurityGroupIngress arn:aws:ec2:r:1:security-group/sg-1 " + owned + " ec2:ResourceTag/owner=[shop]",
			"ec2:CreateTags arn:aws:ec2:r:1:security-group-rule/* " + tagged + " ec2:CreateAction=[AuthorizeSecurityGroupIngress]",
		}},
		"Terminate": {Call{"ec2", "TerminateInstances", map[string]string{"InstanceId.1": "i-1"}}, []string{"ec2:TerminateInstances arn:aws:ec2:r:1:instance/i-1"}},
		"Run": {Call{"ec2", "RunInstances", map[string]string{"ImageId": "ami-1", "SubnetId": "subnet-1", "SecurityGroupId.1": "sg-2"}}, []string{
			"ec2:RunInstances arn:aws:ec2:r:1:instance/*", "ec2:RunInstances arn:aws:ec2:r:1:network-interface/*", "ec2:RunInstances arn:aws:ec2:r:1:volume/*",
			"ec2:RunInstances arn:aws:ec2:r:1:subnet/subnet-1", "ec2:RunInstances arn:aws:ec2:r:1:security-group/sg-2", "ec2:RunInstances arn:aws:ec2:r::image/ami-1",
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, r := range account.Needs(c.call) {
				text := r.Action + " " + r.Resource
				for _, key := range slices.Sorted(maps.Keys(r.Keys)) {
					text += fmt.Sprint(" ", key, "=", r.Keys[key])
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want, +got:\n%s", diff)
			}
		})
	}
}
