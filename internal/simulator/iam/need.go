package iam

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Needs are the requests that must all be allowed for a call to be carried out: its own action on each resource, and what the
// service does in the caller's name on the way. From the service authorization reference of each service; nothing for STS's
// GetCallerIdentity, which everybody may call.
func (a Account) Needs(c Call) []Request {
	n := &needs{account: a, call: c}
	switch c.Service {
	case "elasticloadbalancing":
		n.balancing()
	case "ec2":
		n.ec2()
	case "acm":
		n.acm()
	case "wafv2":
		n.wafv2()
	case "shield":
		n.shield()
	case "s3":
		n.s3()
	}
	return n.requests
}

type needs struct {
	account  Account
	call     Call
	requests []Request
}

// on resources an action is needed, * if there are none.
func (n *needs) on(action string, resources ...string) {
	n.under(action, nil, resources...)
}

// under further condition keys than the call tells.
func (n *needs) under(action string, further map[string][]string, resources ...string) {
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	for _, r := range resources {
		keys := n.call.keys()
		maps.Copy(keys, further)
		service, _, _ := strings.Cut(action, ":")
		for key, value := range n.account.Tags(r) {
			keys["aws:ResourceTag/"+key] = []string{value}
			keys[service+":ResourceTag/"+key] = []string{value}
		}
		n.requests = append(n.requests, Request{action, r, keys})
	}
}

// own action of the call.
func (n *needs) own(resources ...string) { n.on(n.call.Service+":"+n.call.Operation, resources...) }

// created resources are tagged in the same call by an action of its own, which is told by what they are created.
func (n *needs) created(action, key, resource string) {
	if len(n.call.tags()) == 0 {
		return
	}
	further := map[string][]string{}
	if key != "" {
		further[key] = []string{n.call.Operation}
	}
	n.under(action, further, resource)
}

// made is what the creating calls of ELBv2 make, by the kind of its ARN.
var made = map[string]string{
	"CreateLoadBalancer": "loadbalancer/app/", "CreateTargetGroup": "targetgroup/", "CreateTrustStore": "truststore/",
	"CreateListener": "listener/app/", "CreateRule": "listener-rule/app/",
}

func (n *needs) balancing() {
	c := n.call
	named := slices.Concat(c.values("LoadBalancerArn"), c.values("ListenerArn"), c.values("RuleArn"), c.values("TargetGroupArn"),
		c.values("TrustStoreArn"), c.values("ResourceArns"), c.ending("RuleArn"))
	if c.Operation == "GetResourcePolicy" {
		named = c.values("ResourceArn")
	}
	kind, creates := made[c.Operation]
	fresh := n.account.arn(c.Service, kind+cmp.Or(c.Parameters["Name"], c.within(), "*")+"/*")
	switch {
	case strings.HasPrefix(c.Operation, "Describe"):
		named = nil
	case creates && len(named) == 0 || c.Operation == "CreateTargetGroup":
		named = []string{fresh}
	}
	n.under(c.Service+":"+c.Operation, c.balancing(), named...)
	if creates {
		n.created("elasticloadbalancing:AddTags", "elasticloadbalancing:CreateAction", fresh)
	}
	switch c.Operation {
	case "CreateLoadBalancer":
		for _, read := range []string{"DescribeAccountAttributes", "DescribeInternetGateways", "DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"} {
			n.on("ec2:" + read)
		}
	case "RegisterTargets":
		n.on("ec2:DescribeInstances")
	case "CreateTrustStore", "ModifyTrustStore":
		action := "s3:GetObject"
		if c.Parameters["CaCertificatesBundleS3ObjectVersion"] != "" {
			action = "s3:GetObjectVersion"
		}
		n.on(action, "arn:aws:s3:::"+c.Parameters["CaCertificatesBundleS3Bucket"]+"/"+c.Parameters["CaCertificatesBundleS3Key"])
	}
	for _, pool := range c.ending("UserPoolArn") {
		n.on("cognito-idp:DescribeUserPoolClient", pool)
	}
}

// within is what a listener, or a rule, is made in, as the ARN of the new one goes on: the name and the id of the load balancer, and for a
// rule the id of the listener.
func (c Call) within() string {
	_, path, _ := strings.Cut(cmp.Or(c.Parameters["LoadBalancerArn"], c.Parameters["ListenerArn"]), "/app/")
	return path
}

// told is which parameter of which calls tells a condition key of ELBv2.
var told = []struct {
	key, parameter string
	calls          []string
}{
	{"ListenerProtocol", "Protocol", []string{"CreateListener", "ModifyListener"}},
	{"Scheme", "Scheme", []string{"CreateLoadBalancer"}},
	{"SecurityGroup", "SecurityGroups", []string{"CreateLoadBalancer", "SetSecurityGroups"}},
	{"SecurityPolicy", "SslPolicy", []string{"CreateListener", "ModifyListener"}},
	{"Subnet", "Subnets", []string{"CreateLoadBalancer", "SetSubnets"}},
}

// balancing are the condition keys of ELBv2 itself that a call tells.
func (c Call) balancing() map[string][]string {
	keys := map[string][]string{}
	for _, t := range told {
		if !slices.Contains(t.calls, c.Operation) {
			continue
		}
		said := c.values(t.parameter)
		if t.key == "Subnet" {
			said = append(said, c.ending("SubnetId")...) // of mappings
		}
		if len(said) > 0 {
			keys["elasticloadbalancing:"+t.key] = said
		}
	}
	return keys
}

func (n *needs) ec2() {
	c := n.call
	switch {
	case strings.HasPrefix(c.Operation, "Describe"):
		n.own()
	case c.Operation == "CreateSecurityGroup":
		n.makes("security-group/*", "vpc/"+c.Parameters["VpcId"])
	case c.Operation == "RunInstances":
		uses := []string{"network-interface/*", "volume/*"}
		for _, id := range slices.Concat(c.values("SubnetId"), c.values("SecurityGroupId")) {
			uses = append(uses, typeOf(id)+"/"+id)
		}
		n.makes("instance/*", uses...)
		n.bare("arn:aws:ec2:" + n.account.Region + "::image/" + c.Parameters["ImageId"])
	case strings.HasPrefix(c.Operation, "AuthorizeSecurityGroup") && len(c.tags()) > 0:
		n.makes("security-group-rule/*", "security-group/"+c.Parameters["GroupId"])
	default:
		var named []string
		for _, id := range slices.Concat(c.values("GroupId"), c.values("ResourceId"), c.values("InstanceId")) {
			named = append(named, n.account.arn("ec2", typeOf(id)+"/"+id))
		}
		n.own(named...)
	}
}

// makes is for a resource that a call of EC2 makes, and tags, of others that it uses: what the call says of tags is about the first alone.
func (n *needs) makes(fresh string, uses ...string) {
	fresh = n.account.arn("ec2", fresh)
	n.own(fresh)
	for _, resource := range uses {
		n.bare(n.account.arn("ec2", resource))
	}
	n.created("ec2:CreateTags", "ec2:CreateAction", fresh)
}

// bare is the own action of the call on a resource that the tags of the call are not for.
func (n *needs) bare(resource string) {
	n.own(resource)
	keys := n.requests[len(n.requests)-1].Keys
	maps.DeleteFunc(keys, func(key string, _ []string) bool {
		return key == "aws:TagKeys" || strings.HasPrefix(key, "aws:RequestTag/")
	})
}

// typeOf a resource of EC2 by the beginning of its id.
func typeOf(id string) string {
	prefix, _, _ := strings.Cut(id, "-")
	kinds := map[string]string{"sg": "security-group", "vpc": "vpc", "subnet": "subnet", "i": "instance", "sgr": "security-group-rule"}
	return cmp.Or(kinds[prefix], "*")
}

func (n *needs) acm() {
	fresh := n.account.arn("acm", "certificate/*")
	switch named := n.call.values("CertificateArn"); {
	case strings.HasPrefix(n.call.Operation, "ListCertificates"):
		n.own()
	case len(named) == 0:
		n.own(fresh)
		n.created("acm:AddTagsToCertificate", "", fresh)
	default:
		n.own(named...)
	}
}

func (n *needs) wafv2() {
	c := n.call
	balancer := c.values("ResourceArn")
	named := slices.Concat(c.values("WebACLArn"), c.values("ResourceARN"), balancer)
	if name := c.Parameters["Name"]; name != "" {
		named = []string{n.account.arn("wafv2", "regional/webacl/"+name+"/"+cmp.Or(c.Parameters["Id"], "*"))}
	}
	n.own(named...)
	switch c.Operation {
	case "CreateWebACL":
		n.created("wafv2:TagResource", "", named[0])
	case "AssociateWebACL", "DisassociateWebACL":
		n.on("elasticloadbalancing:SetWebAcl", balancer...)
	case "GetWebACLForResource":
		n.on("wafv2:GetWebACL", n.account.arn("wafv2", "regional/webacl/*/*"))
	}
}

func (n *needs) shield() {
	fresh := "arn:aws:shield::" + n.account.ID + ":protection/"
	switch n.call.Operation {
	case "CreateProtection":
		n.own(fresh + "*")
		n.on("elasticloadbalancing:DescribeLoadBalancers")
		n.created("shield:TagResource", "", fresh+"*")
	case "DeleteProtection", "DescribeProtection":
		n.own(fresh + cmp.Or(n.call.Parameters["ProtectionId"], "*"))
	case "GetSubscriptionState", "CreateSubscription", "ListProtections":
		n.own()
	default:
		n.own(n.call.values("ResourceARN")...)
	}
}

func (n *needs) s3() {
	action := n.call.Operation
	switch action {
	case "HeadObject":
		action = "GetObject"
	case "":
		return
	}
	if action == "GetObject" && n.call.Parameters["versionId"] != "" {
		action = "GetObjectVersion"
	}
	n.on("s3:"+action, "arn:aws:s3:::"+n.call.Parameters["Bucket"]+"/"+n.call.Parameters["Key"])
}
