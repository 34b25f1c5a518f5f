package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// further actions that a call needs beside its own: AWS does something in the caller's name on the way. The service authorization
// reference calls them dependent actions.
var further = map[string][]string{
	"elasticloadbalancing:CreateLoadBalancer": {
		"iam:CreateServiceLinkedRole", "elasticloadbalancing:AddTags",
		"ec2:DescribeAccountAttributes", "ec2:DescribeInternetGateways", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
	},
	"elasticloadbalancing:CreateTargetGroup": {"elasticloadbalancing:AddTags"},
	"elasticloadbalancing:CreateListener":    {"elasticloadbalancing:AddTags", "cognito-idp:DescribeUserPoolClient"},
	"elasticloadbalancing:CreateRule":        {"elasticloadbalancing:AddTags", "cognito-idp:DescribeUserPoolClient"},
	"elasticloadbalancing:ModifyListener":    {"cognito-idp:DescribeUserPoolClient"},
	"elasticloadbalancing:ModifyRule":        {"cognito-idp:DescribeUserPoolClient"},
	"elasticloadbalancing:RegisterTargets":   {"ec2:DescribeInstances"},
	"elasticloadbalancing:CreateTrustStore":  {"elasticloadbalancing:AddTags", "s3:GetObject", "s3:GetObjectVersion"},
	"elasticloadbalancing:ModifyTrustStore":  {"s3:GetObject", "s3:GetObjectVersion"},
	"ec2:CreateSecurityGroup":                {"ec2:CreateTags"},
	"acm:ImportCertificate":                  {"acm:AddTagsToCertificate"},
	"wafv2:AssociateWebACL":                  {"elasticloadbalancing:SetWebAcl"},
	"wafv2:DisassociateWebACL":               {"elasticloadbalancing:SetWebAcl"},
	"wafv2:GetWebACLForResource":             {"wafv2:GetWebACL"},
	"shield:CreateProtection":                {"shield:TagResource", "elasticloadbalancing:DescribeLoadBalancers"},
}

// A statement of the policy. Field order is that of the document.
type statement struct {
	Sid       string
	Effect    string
	Action    []string
	Resource  []string
	Condition map[string]map[string]any `json:",omitempty"`
}

// bucket stands for the one that spec.trustStoreBundles of the ProviderConfig names.
const bucket = "TRUST-STORE-BUCKET"

// Conditions: what is made gets the tag that says whose it is, and what is changed or deleted has it.
var (
	tagged = map[string]map[string]any{"Null": {"aws:RequestTag/" + aws.TagCluster: "false"}}
	own    = map[string]map[string]any{"Null": {"aws:ResourceTag/" + aws.TagCluster: "false"}}
)

func balancing(kinds ...string) []string {
	var all []string
	for _, k := range kinds {
		all = append(all, "arn:*:elasticloadbalancing:*:*:"+k+"/*")
	}
	return all
}

func with(base map[string]map[string]any, operator, key string, value any) map[string]map[string]any {
	all := maps.Clone(base)
	all[operator] = map[string]any{key: value}
	return all
}

// statements that an action belongs to; one that only reads, to none of them.
var statements = []statement{
	{
		Sid: "CreateLoadBalancing", Resource: balancing("loadbalancer/app", "listener/app", "targetgroup", "truststore"), Condition: tagged,
		Action: []string{
			"elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateRule",
			"elasticloadbalancing:CreateTargetGroup", "elasticloadbalancing:CreateTrustStore",
		},
	},
	{
		Sid: "TagLoadBalancingWhenCreated", Resource: balancing("loadbalancer/app", "listener/app", "listener-rule/app", "targetgroup", "truststore"),
		Action: []string{"elasticloadbalancing:AddTags"},
		Condition: with(tagged, "StringEquals", "elasticloadbalancing:CreateAction",
			[]string{"CreateListener", "CreateLoadBalancer", "CreateRule", "CreateTargetGroup", "CreateTrustStore"}),
	},
	{
		Sid: "ChangeOwnLoadBalancing", Resource: balancing("loadbalancer/app", "listener/app", "listener-rule/app", "targetgroup", "truststore"), Condition: own,
		Action: []string{
			"elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:AddTags", "elasticloadbalancing:DeleteListener",
			"elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteRule", "elasticloadbalancing:DeleteTargetGroup",
			"elasticloadbalancing:DeleteTrustStore", "elasticloadbalancing:ModifyCapacityReservation", "elasticloadbalancing:ModifyIpPools",
			"elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyLoadBalancerAttributes",
			"elasticloadbalancing:ModifyRule", "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
			"elasticloadbalancing:ModifyTrustStore", "elasticloadbalancing:RemoveListenerCertificates", "elasticloadbalancing:RemoveTags",
			"elasticloadbalancing:SetIpAddressType", "elasticloadbalancing:SetRulePriorities", "elasticloadbalancing:SetSecurityGroups",
			"elasticloadbalancing:SetSubnets",
		},
	},
	{ // A TargetGroupBinding may name a target group that is somebody else's.
		Sid: "RegisterTargets", Resource: balancing("targetgroup"),
		Action: []string{"elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"},
	},
	{
		Sid: "CreateLinkedRole", Resource: []string{"arn:*:iam::*:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing"},
		Action:    []string{"iam:CreateServiceLinkedRole"},
		Condition: map[string]map[string]any{"StringEquals": {"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}},
	},
	{Sid: "CreateSecurityGroup", Resource: []string{"arn:*:ec2:*:*:security-group/*"}, Action: []string{"ec2:CreateSecurityGroup"}, Condition: tagged},
	{Sid: "CreateSecurityGroupInVPC", Resource: []string{"arn:*:ec2:*:*:vpc/*"}, Action: []string{"ec2:CreateSecurityGroup"}},
	{
		Sid: "TagSecurityGroupWhenCreated", Resource: []string{"arn:*:ec2:*:*:security-group/*"}, Action: []string{"ec2:CreateTags"},
		Condition: with(tagged, "StringEquals", "ec2:CreateAction", "CreateSecurityGroup"),
	},
	{
		Sid: "ChangeOwnSecurityGroup", Resource: []string{"arn:*:ec2:*:*:security-group/*"}, Condition: own,
		Action: []string{"ec2:CreateTags", "ec2:DeleteSecurityGroup", "ec2:DeleteTags", "ec2:UpdateSecurityGroupRuleDescriptionsIngress"},
	},
	{ // The groups of nodes and pods are somebody else's.
		Sid: "OpenNodes", Resource: []string{"arn:*:ec2:*:*:security-group/*"},
		Action: []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"},
	},
	{
		Sid: "ImportCertificate", Resource: []string{"arn:*:acm:*:*:certificate/*"}, Condition: tagged,
		Action: []string{"acm:AddTagsToCertificate", "acm:ImportCertificate"},
	},
	{
		Sid: "ChangeOwnCertificate", Resource: []string{"arn:*:acm:*:*:certificate/*"}, Condition: own,
		Action: []string{"acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:ImportCertificate", "acm:RemoveTagsFromCertificate"},
	},
	{
		Sid: "TrustStoreBundles", Resource: []string{"arn:*:s3:::" + bucket + "/*"},
		Action: []string{"s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"},
	},
	{
		Sid: "ProtectByWebACL", Resource: append(balancing("loadbalancer/app"), "arn:*:wafv2:*:*:regional/webacl/*"),
		Action: []string{"wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"},
	},
	// The service authorization reference gives this one no kind of resource.
	{Sid: "SetWebACL", Resource: []string{"*"}, Action: []string{"elasticloadbalancing:SetWebAcl"}},
	{
		Sid: "ProtectByShield", Resource: []string{"arn:*:shield::*:protection/*"},
		Action: []string{"shield:CreateProtection", "shield:DeleteProtection", "shield:TagResource", "shield:UntagResource"},
	},
}

// policy of everything that calls need.
func policy(calls []string) ([]byte, error) {
	needed := map[string]bool{}
	for _, call := range calls {
		needed[strings.Replace(call, "s3:HeadObject", "s3:GetObject", 1)] = true // S3 has no action of its own for it
		for _, action := range further[call] {
			needed[action] = true
		}
	}
	all := []statement{{Sid: "Read", Effect: "Allow", Resource: []string{"*"}}}
	written := map[string]bool{}
	var problems []error
	for _, s := range statements {
		s.Effect = "Allow"
		for _, action := range s.Action {
			written[action] = true
			if !needed[action] {
				problems = append(problems, fmt.Errorf("statement %s allows %s, which no call needs: take it out", s.Sid, action))
			}
		}
		all = append(all, s)
	}
	for _, action := range slices.Sorted(maps.Keys(needed)) {
		switch {
		case written[action]:
		case reads(action):
			all[0].Action = append(all[0].Action, action)
		default:
			problems = append(problems, fmt.Errorf("no statement allows %s: add it to one", action))
		}
	}
	return encode(all), errors.Join(problems...)
}

func reads(action string) bool {
	_, name, _ := strings.Cut(action, ":")
	for _, verb := range []string{"Describe", "Get", "List"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}

func encode(all []statement) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(struct { // texts only: cannot fail
		Version   string
		Statement []statement
	}{"2012-10-17", all})
	return b.Bytes()
}
