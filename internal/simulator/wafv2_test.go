package simulator_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

func (b *bench) webACL(name string) *waftypes.WebACLSummary {
	b.Helper()
	return must(b.wafv2.CreateWebACL(b.Context(), &wafv2.CreateWebACLInput{
		Name: &name, Scope: waftypes.ScopeRegional, DefaultAction: &waftypes.DefaultAction{Allow: &waftypes.AllowAction{}},
		VisibilityConfig: &waftypes.VisibilityConfig{MetricName: &name},
	}))(b).Summary
}

func (b *bench) webACLOf(arn string) string {
	b.Helper()
	out := must(b.wafv2.GetWebACLForResource(b.Context(), &wafv2.GetWebACLForResourceInput{ResourceArn: &arn}))(b)
	if out.WebACL == nil {
		return ""
	}
	return aws.ToString(out.WebACL.ARN)
}

// AWS WAF API reference, AssociateWebACL, DisassociateWebACL, GetWebACLForResource.
func TestWebACLAssociation(t *testing.T) {
	t.Parallel()
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	one, two := b.webACL("one"), b.webACL("two")

	if got := b.webACLOf(*lb.LoadBalancerArn); got != "" {
		t.Errorf("a new load balancer has web ACL %q, want none", got)
	}
	for _, acl := range []*waftypes.WebACLSummary{one, two} { // the second takes the place of the first
		must(b.wafv2.AssociateWebACL(b.Context(), &wafv2.AssociateWebACLInput{ResourceArn: lb.LoadBalancerArn, WebACLArn: acl.ARN}))(b)
		if got := b.webACLOf(*lb.LoadBalancerArn); got != *acl.ARN {
			t.Errorf("web ACL: want %q, got %q", *acl.ARN, got)
		}
	}
	_, err := b.wafv2.DeleteWebACL(b.Context(), &wafv2.DeleteWebACLInput{Name: two.Name, Id: two.Id, LockToken: two.LockToken, Scope: waftypes.ScopeRegional})
	if got := codeOf(t, err); got != "WAFAssociatedItemException" {
		t.Errorf("deleting a web ACL in use: want WAFAssociatedItemException, got %q", got)
	}
	must(b.wafv2.DisassociateWebACL(b.Context(), &wafv2.DisassociateWebACLInput{ResourceArn: lb.LoadBalancerArn}))(b)
	if got := b.webACLOf(*lb.LoadBalancerArn); got != "" {
		t.Errorf("web ACL after DisassociateWebACL: want none, got %q", got)
	}
}

// AWS WAF API reference, GetWebACL, UpdateWebACL, DeleteWebACL: who changes one has to have seen it as it is.
func TestWebACL(t *testing.T) {
	t.Parallel()
	b := newBench(t, quick())
	acl := b.webACL("one")
	get := func() *wafv2.GetWebACLOutput {
		return must(b.wafv2.GetWebACL(t.Context(), &wafv2.GetWebACLInput{Name: acl.Name, Id: acl.Id, Scope: waftypes.ScopeRegional}))(b)
	}
	if got := get(); *got.LockToken != *acl.LockToken || *got.WebACL.ARN != *acl.ARN || got.WebACL.DefaultAction.Allow == nil || len(got.WebACL.Rules) != 0 {
		t.Errorf("after CreateWebACL: %+v", got.WebACL)
	}
	update := &wafv2.UpdateWebACLInput{
		Name: acl.Name, Id: acl.Id, Scope: waftypes.ScopeRegional, LockToken: acl.LockToken, Description: new("closed"),
		DefaultAction: &waftypes.DefaultAction{Block: &waftypes.BlockAction{}}, VisibilityConfig: &waftypes.VisibilityConfig{MetricName: new("m")},
	}
	must(b.wafv2.UpdateWebACL(t.Context(), update))(b)
	if got := get(); *got.LockToken == *acl.LockToken || got.WebACL.DefaultAction.Block == nil || *got.WebACL.Description != "closed" {
		t.Errorf("after UpdateWebACL: %+v", got.WebACL)
	}
	if _, err := b.wafv2.UpdateWebACL(t.Context(), update); codeOf(t, err) != "WAFOptimisticLockException" {
		t.Errorf("with the token of before: want WAFOptimisticLockException, got %v", err)
	}

	must(b.wafv2.TagResource(t.Context(), &wafv2.TagResourceInput{ResourceARN: acl.ARN, Tags: []waftypes.Tag{{Key: new("a"), Value: new("1")}, {Key: new("b"), Value: new("2")}}}))(b)
	must(b.wafv2.UntagResource(t.Context(), &wafv2.UntagResourceInput{ResourceARN: acl.ARN, TagKeys: []string{"a"}}))(b)
	tags := must(b.wafv2.ListTagsForResource(t.Context(), &wafv2.ListTagsForResourceInput{ResourceARN: acl.ARN}))(b).TagInfoForResource.TagList
	if len(tags) != 1 || *tags[0].Key != "b" || *tags[0].Value != "2" {
		t.Errorf("tags: %+v", tags)
	}

	must(b.wafv2.DeleteWebACL(t.Context(), &wafv2.DeleteWebACLInput{Name: acl.Name, Id: acl.Id, Scope: waftypes.ScopeRegional, LockToken: get().LockToken}))(b)
	_, err := b.wafv2.GetWebACL(t.Context(), &wafv2.GetWebACLInput{Name: acl.Name, Id: acl.Id, Scope: waftypes.ScopeRegional})
	if codeOf(t, err) != "WAFNonexistentItemException" {
		t.Errorf("after DeleteWebACL: want WAFNonexistentItemException, got %v", err)
	}
}

func TestWebACLAssociationRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t, quick())
	lb, acl := b.loadBalancer("shop"), b.webACL("one")
	arn, aclARN := *lb.LoadBalancerArn, *acl.ARN
	cases := map[string]struct{ resource, acl, want string }{
		"NoARN":        {arn, "one", "WAFInvalidParameterException"},
		"Missing":      {arn, aclARN[:strings.LastIndexByte(aclARN, '/')+1] + "00000000-0000-0000-0000-000000000000", "WAFNonexistentItemException"},
		"OtherKind":    {"arn:aws:sqs:us-east-1:123456789012:queue", aclARN, "WAFInvalidParameterException"},
		"NoLB":         {"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/x/0123456789abcdef", aclARN, "WAFUnavailableEntityException"},
		"OtherRegion":  {arn, "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/one/0", "WAFInvalidParameterException"},
		"OfCloudFront": {arn, "arn:aws:wafv2:us-east-1:123456789012:global/webacl/one/0", "WAFInvalidParameterException"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := b.wafv2.AssociateWebACL(t.Context(), &wafv2.AssociateWebACLInput{ResourceArn: &tc.resource, WebACLArn: &tc.acl})
			if got := codeOf(t, err); got != tc.want {
				t.Errorf("AssociateWebACL: want %s, got %q", tc.want, got)
			}
		})
	}
	must(b.wafv2.AssociateWebACL(b.Context(), &wafv2.AssociateWebACLInput{ResourceArn: &arn, WebACLArn: &aclARN}))(b)
	must(b.elb.DeleteLoadBalancer(b.Context(), &elb.DeleteLoadBalancerInput{LoadBalancerArn: &arn}))(b)
	_, err := b.wafv2.GetWebACLForResource(b.Context(), &wafv2.GetWebACLForResourceInput{ResourceArn: &arn})
	if got := codeOf(t, err); got != "WAFNonexistentItemException" {
		t.Errorf("the web ACL of what is gone: want WAFNonexistentItemException, got %q", got)
	}
}

// AWS WAF quotas: AssociateWebACL and DisassociateWebACL one call in two seconds, GetWebACLForResource one a second.
func TestWebACLThrottled(t *testing.T) {
	t.Parallel()
	clock := newClock()
	o := quick()
	o.Throttle, o.Now = simulator.ThrottleAWS, clock.Now
	b := newBench(t, o)
	lb := b.loadBalancer("shop")
	ask := func() string {
		_, err := b.wafv2.GetWebACLForResource(t.Context(), &wafv2.GetWebACLForResourceInput{ResourceArn: lb.LoadBalancerArn})
		return codeOf(t, err)
	}
	if first, second := ask(), ask(); first != "" || second != "ThrottlingException" {
		t.Errorf("two calls at once: want the second throttled, got %q and %q", first, second)
	}
}
