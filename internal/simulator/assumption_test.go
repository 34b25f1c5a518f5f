package simulator_test

import (
	"testing"
	"time"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/elbv2"
)

// Each switch turns the answer to one call round.
func TestAssumptions(t *testing.T) {
	cases := map[string]struct {
		other elbv2.Assumptions
		call  func(*bench) bool // whether the call is accepted
		first bool              // what the choice made here answers
	}{
		"CreateIgnoresTags": {
			elbv2.Assumptions{CreateIgnoresTags: true},
			func(b *bench) bool {
				in := ipGroup("cart")
				must(b.elb.CreateTargetGroup(b.Context(), &in))(b)
				in.Tags = []types.Tag{{Key: new("k")}}
				_, err := b.elb.CreateTargetGroup(b.Context(), &in)
				return err == nil
			}, false,
		},
		"IgnoreUnknownParameters": {
			elbv2.Assumptions{IgnoreUnknownParameters: true},
			func(b *bench) bool {
				return send(b.T, signed(b.T, b.url, "elasticloadbalancing", "Action=DescribeLoadBalancers&Version=2015-12-01&Colour=red", time.Now())) == "200"
			}, false,
		},
		"ConditionValues": {
			elbv2.Assumptions{Rules: alb.Assumptions{ConditionValues: alb.ThreePerCondition}},
			func(b *bench) bool {
				l := b.listener(b.loadBalancer("shop"), 80)
				_, err := b.elb.CreateRule(b.Context(), &elb.CreateRuleInput{ListenerArn: &l, Priority: new(int32(1)), Conditions: path(values(5)...), Actions: []types.Action{notFound()}})
				return err == nil
			}, true,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			other := quick()
			other.Assumptions = c.other
			if got := c.call(newBench(t, quick())); got != c.first {
				t.Errorf("as chosen: accepted %t", got)
			}
			if got := c.call(newBench(t, other)); got == c.first {
				t.Errorf("switched: accepted %t", got)
			}
		})
	}
}
