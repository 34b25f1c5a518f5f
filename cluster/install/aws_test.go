//go:build linux

package install

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// holdings are the ARNs and ids of all that AWS holds for the Gateways, and the targets, sorted.
func (w *world) holdings(t *testing.T) []string {
	t.Helper()
	ctx := t.Context()
	cfg, err := w.stack.AWS(ctx)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var all []string
	client := elbv2.NewFromConfig(cfg)
	lbs, err := client.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{})
	must(err)
	for _, lb := range lbs.LoadBalancers {
		all = append(all, aws.ToString(lb.LoadBalancerArn))
		listeners, err := client.DescribeListeners(ctx, &elbv2.DescribeListenersInput{LoadBalancerArn: lb.LoadBalancerArn})
		must(err)
		for _, l := range listeners.Listeners {
			all = append(all, aws.ToString(l.ListenerArn))
			rules, err := client.DescribeRules(ctx, &elbv2.DescribeRulesInput{ListenerArn: l.ListenerArn})
			must(err)
			for _, r := range rules.Rules {
				all = append(all, aws.ToString(r.RuleArn)+" "+aws.ToString(r.Priority))
			}
		}
	}
	groups, err := client.DescribeTargetGroups(ctx, &elbv2.DescribeTargetGroupsInput{})
	must(err)
	for _, g := range groups.TargetGroups {
		all = append(all, aws.ToString(g.TargetGroupArn))
		health, err := client.DescribeTargetHealth(ctx, &elbv2.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn})
		must(err)
		for _, h := range health.TargetHealthDescriptions {
			all = append(all, fmt.Sprintf("%s %s:%d", aws.ToString(g.TargetGroupName), aws.ToString(h.Target.Id), aws.ToInt32(h.Target.Port)))
		}
	}
	firewalls, err := ec2.NewFromConfig(cfg).DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{})
	must(err)
	for _, g := range firewalls.SecurityGroups {
		all = append(all, aws.ToString(g.GroupId))
	}
	slices.Sort(all)
	return all
}

// writes to AWS since the last ResetCalls, by operation.
func (w *world) writes(t *testing.T) map[string]int {
	t.Helper()
	calls, err := w.stack.Calls(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	writes := map[string]int{}
	for name, n := range calls {
		_, operation, _ := strings.Cut(name, ".")
		if !slices.ContainsFunc([]string{"Describe", "List", "Get", "Head"}, func(read string) bool { return strings.HasPrefix(operation, read) }) {
			writes[operation] += n
		}
	}
	return writes
}
