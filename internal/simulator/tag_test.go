package simulator_test

import (
	"fmt"
	"strconv"
	"testing"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/elbv2"
)

// API reference, AddTags, RemoveTags, DescribeTags.
func TestTags(t *testing.T) {
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	l := b.listener(lb, 80)
	tg := b.targetGroup("cart")
	r := b.rule(l, 1, path("/"), forward(tg))
	all := []string{*lb.LoadBalancerArn, l, tg, *r.RuleArn}
	add := func(arns []string, tags ...types.Tag) string {
		_, err := b.elb.AddTags(t.Context(), &elb.AddTagsInput{ResourceArns: arns, Tags: tags})
		return codeOf(t, err)
	}
	remove := func(arns []string, keys ...string) string {
		_, err := b.elb.RemoveTags(t.Context(), &elb.RemoveTagsInput{ResourceArns: arns, TagKeys: keys})
		return codeOf(t, err)
	}
	steps := []struct{ name, got, want string }{
		{"add to all kinds", add(all, types.Tag{Key: new("a"), Value: new("1")}, types.Tag{Key: new("b")}), ""},
		{"overwrite", add(all[:1], types.Tag{Key: new("a"), Value: new("2")}), ""},
		{"remove", remove(all[1:2], "a", "nothing"), ""},
		{"one key twice", add(all, types.Tag{Key: new("c")}, types.Tag{Key: new("c")}), "DuplicateTagKeys"},
		{"over 50", add(all, manyTags(49)...), "TooManyTags"},
		{"no load balancer", add([]string{all[0] + "0"}, types.Tag{Key: new("c")}), "LoadBalancerNotFound"},
		{"no listener", add([]string{all[1] + "0"}, types.Tag{Key: new("c")}), "ListenerNotFound"},
		{"no target group", add([]string{all[2] + "0"}, types.Tag{Key: new("c")}), "TargetGroupNotFound"},
		{"no rule", add([]string{all[3] + "0"}, types.Tag{Key: new("c")}), "RuleNotFound"},
		{"not an ARN", add([]string{"shop"}, types.Tag{Key: new("c")}), "ValidationError"},
		{"reserved", add(all, types.Tag{Key: new("AWS:c")}), "ValidationError"},
	}
	for _, s := range steps {
		if s.got != s.want {
			t.Errorf("%s: want code %q, got %q", s.name, s.want, s.got)
		}
	}
	got := map[string]map[string]string{}
	for _, d := range must(b.elb.DescribeTags(t.Context(), &elb.DescribeTagsInput{ResourceArns: all}))(b).TagDescriptions {
		got[*d.ResourceArn] = map[string]string{}
		for _, tag := range d.Tags {
			got[*d.ResourceArn][*tag.Key] = *tag.Value
		}
	}
	want := map[string]map[string]string{all[0]: {"a": "2", "b": ""}, all[1]: {"b": ""}, all[2]: {"a": "1", "b": ""}, all[3]: {"a": "1", "b": ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	var many []string
	for i := range 21 {
		many = append(many, fmt.Sprint(tg, i))
	}
	if _, err := b.elb.DescribeTags(t.Context(), &elb.DescribeTagsInput{ResourceArns: many}); codeOf(t, err) != "ValidationError" {
		t.Errorf("21 resources: want ValidationError, got %v", err)
	}
}

// Clients read their quotas here: the names are those of the API reference, Limit.
func TestAccountLimits(t *testing.T) {
	opts := quick()
	opts.Quotas = elbv2.Quotas{RulesPerLoadBalancer: 7}
	b := newBench(t, opts)
	got := map[string]int{}
	for _, l := range must(b.elb.DescribeAccountLimits(t.Context(), &elb.DescribeAccountLimitsInput{}))(b).Limits {
		n, err := strconv.Atoi(*l.Max)
		if err != nil {
			t.Fatal(err)
		}
		got[*l.Name] = n
	}
	want := map[string]int{
		"application-load-balancers": 50, "certificates-per-application-load-balancer": 25, "condition-values-per-alb-rule": 5,
		"condition-wildcards-per-alb-rule": 5, "listeners-per-application-load-balancer": 50, "rules-per-application-load-balancer": 7,
		"target-groups": 3000, "target-groups-per-action-on-application-load-balancer": 5, "target-groups-per-application-load-balancer": 100,
		"targets-per-application-load-balancer": 1000, "targets-per-target-group": 1000,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestSSLPolicies(t *testing.T) {
	b := newBench(t, quick())
	out := must(b.elb.DescribeSSLPolicies(t.Context(), &elb.DescribeSSLPoliciesInput{Names: []string{"ELBSecurityPolicy-TLS13-1-2-Res-2021-06"}}))(b)
	if diff := cmp.Diff([]string{"TLSv1.3", "TLSv1.2"}, out.SslPolicies[0].SslProtocols); diff != "" {
		t.Errorf("protocols: -want, +got:\n%s", diff)
	}
	if _, err := b.elb.DescribeSSLPolicies(t.Context(), &elb.DescribeSSLPoliciesInput{Names: []string{"none"}}); codeOf(t, err) != "SSLPolicyNotFound" {
		t.Errorf("want SSLPolicyNotFound, got %v", err)
	}
}
