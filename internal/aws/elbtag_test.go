package aws

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

func TestTagsTravelTogether(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{})
	lb := b.createLoadBalancer(t, "web")
	listener := b.createListener(t, lb)
	var arns []string
	others := b.behind() // who takes no notice of AWS's rates
	for i := range int32(45) {
		made := must[*elbv2.CreateRuleOutput](t)(others.CreateRule(t.Context(), rule(listener, i+1)))
		arns = append(arns, *made.Rules[0].RuleArn)
	}
	a := must[*Account](t)(NewAccounts(b.kube, Options{}).For(t.Context(), loadBalancer("shop", "web")))
	must[[]types.Rule](t)(a.ELB.Rules(t.Context(), listener))
	b.calls()
	for i, arn := range arns {
		if diff := cmp.Diff(map[string]string{"rule": strconv.Itoa(i + 1)}, must[map[string]string](t)(a.ELB.Tags(t.Context(), arn))); diff != "" {
			t.Errorf("\ntags of rule %d\nTags(...): -want, +got:\n%s", i+1, diff)
		}
	}
	b.expect(t, "20 resources a call, though they are asked for one after the other", map[string]int{"elbv2.DescribeTags": 3})
}

func TestAgedTagsTravelTogether(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{Ages: Ages{Detail: time.Hour}})
	var arns []string
	for i := range 45 {
		in := &elbv2.CreateTargetGroupInput{
			Name: new(fmt.Sprintf("group-%d", i)), Protocol: types.ProtocolEnumHttp, Port: new(int32(80)), VpcId: new(vpc), TargetType: types.TargetTypeEnumIp,
		}
		arns = append(arns, *must[*types.TargetGroup](t)(b.account.ELB.CreateTargetGroup(t.Context(), in)).TargetGroupArn)
		must[map[string]string](t)(b.account.ELB.Tags(t.Context(), arns[i]))
	}
	b.account.ELB.ages.Detail = time.Nanosecond // all are too old now
	b.calls()
	asked := must[map[string]string](t)
	asked(b.account.ELB.Tags(t.Context(), arns[0]))
	b.account.ELB.ages.Detail = time.Hour // and those that came along are not
	for _, arn := range arns[:20] {
		asked(b.account.ELB.Tags(t.Context(), arn))
	}
	b.expect(t, "a question for one fills its call with the oldest others", map[string]int{"elbv2.DescribeTags": 1})

	gone := arns[21]
	must[*elbv2.DeleteTargetGroupOutput](t)(b.behind().DeleteTargetGroup(t.Context(), &elbv2.DeleteTargetGroupInput{TargetGroupArn: &gone}))
	b.account.ELB.ages.Detail = time.Nanosecond
	asked(b.account.ELB.Tags(t.Context(), arns[20]))
	b.calls()
	asked(b.account.ELB.Tags(t.Context(), arns[20]))
	b.expect(t, "one that is gone spoils one call and no other", map[string]int{"elbv2.DescribeTags": 1})
}

func TestTagsOfSomeThatAreGone(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{})
	lb := b.createLoadBalancer(t, "web")
	listener := b.createListener(t, lb)
	var arns []string
	for i := range int32(5) {
		arns = append(arns, b.createRule(t, listener, i+1))
	}
	a := must[*Account](t)(NewAccounts(b.kube, Options{}).For(t.Context(), loadBalancer("shop", "web")))
	must[[]types.Rule](t)(a.ELB.Rules(t.Context(), listener))
	if _, err := b.behind().DeleteRule(t.Context(), &elbv2.DeleteRuleInput{RuleArn: &arns[2]}); err != nil {
		t.Fatal(err)
	}
	for i, arn := range arns {
		tags, err := a.ELB.Tags(t.Context(), arn)
		if i == 2 {
			if !IsNotFound(err) {
				t.Errorf("\nthe rule that is gone is not found\nTags(...): got %v, %v", tags, err)
			}
			continue
		}
		if err != nil || tags["rule"] != strconv.Itoa(i+1) {
			t.Errorf("\nAWS refuses the whole question; the others are answered all the same\nTags(...): got %v, %v", tags, err)
		}
	}
}

func TestEqualTagsTravelTogether(t *testing.T) {
	b := newBench(t, simulator.Options{}, Options{Ages: Ages{Moment: 200 * time.Millisecond}})
	lb := b.createLoadBalancer(t, "web")
	listener := b.createListener(t, lb)
	arns := []string{lb, listener}
	for i := range int32(22) {
		arns = append(arns, b.createRule(t, listener, i+1))
	}
	b.calls()
	errs := b.tag(t, arns, map[string]string{"team": "shop"})
	if len(errs) > 0 {
		t.Errorf("\nAddTags(...): %v", errs)
	}
	b.expect(t, "24 resources are two calls", map[string]int{"elbv2.AddTags": 2})
	for _, arn := range arns {
		if got := must[map[string]string](t)(b.account.ELB.Tags(t.Context(), arn)); got["team"] != "shop" {
			t.Errorf("\neach has its tag\nTags(%s): got %v", arn, got)
		}
	}

	gone := arns[7]
	must[*elbv2.DeleteRuleOutput](t)(b.behind().DeleteRule(t.Context(), &elbv2.DeleteRuleInput{RuleArn: &gone}))
	errs = b.tag(t, arns[:10], map[string]string{"team": "cart"})
	if len(errs) != 1 || !IsNotFound(errs[0]) {
		t.Errorf("\none that is gone is told so, and stops no other\nAddTags(...): got %v", errs)
	}
	if got := must[map[string]string](t)(b.account.ELB.Tags(t.Context(), arns[8])); got["team"] != "cart" {
		t.Errorf("\nits neighbour has its tag\nTags(...): got %v", got)
	}
}

// tag resources, each by a request of its own, all at once.
func (b *bench) tag(t *testing.T, arns []string, tags map[string]string) []error {
	t.Helper()
	var next atomic.Int32
	return all(t.Context(), len(arns), func(ctx context.Context) error {
		arn := arns[next.Add(1)-1]
		return b.account.ELB.AddTags(ctx, &elbv2.AddTagsInput{ResourceArns: []string{arn}, Tags: ELBTags(tags)})
	})
}
