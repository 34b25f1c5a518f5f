package listenerrule_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/google/go-cmp/cmp"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
	simelb "github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/elbv2"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/wire"
)

func TestCreate(t *testing.T) {
	b := newBench(t, rule(name, 1000))
	mg := b.rules.Settle(name)
	if diff := cmp.Diff(map[string]int{"elbv2.CreateRule": 1}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
	all := b.inAWS()
	if len(all) != 1 {
		t.Fatalf("AWS has %d rules, want 1", len(all))
	}
	got := all[0]
	if *got.Priority != "1000" || len(got.Conditions) != 2 || *got.Actions[0].TargetGroupArn != b.web.Status.AtProvider.ARN || len(got.Transforms) != 1 {
		t.Errorf("the rule in AWS: %+v", got)
	}
	want := albv1alpha1.ListenerRuleObservation{
		ARN: *got.RuleArn, ListenerARN: b.listener.Status.AtProvider.ARN, Priority: 1000,
		Hosts: "shop.example.com", Paths: "/cart,/cart/*", Action: "forward web", TargetGroupARNs: []string{b.web.Status.AtProvider.ARN},
	}
	if diff := cmp.Diff(want, mg.Status.AtProvider); diff != "" {
		t.Errorf("status: -want, +got:\n%s", diff)
	}
	if r, s, n := rig.Ready(mg), rig.Synced(mg), meta.GetExternalName(mg); r != "Available" || s != "ReconcileSuccess" || n != *got.RuleArn {
		t.Errorf("Ready %q, Synced %q, external name %q", r, s, n)
	}
	tags := rig.Value(b.ELB.DescribeTags(t.Context(), &elbv2.DescribeTagsInput{ResourceArns: []string{*got.RuleArn}}))(b.Rig)
	if n := len(tags.TagDescriptions[0].Tags); n != 5 {
		t.Errorf("the rule has %d tags, want the user's and the four of its owner", n)
	}
}

// Each of these is echoed otherwise than it is sent (alb.md section 6).
func TestConvergedWritesNothing(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*params)
	}{
		"RegexHost":  {reason: "RegexValues are mirrored at the top level (AWS Load Balancer Controller issue 4744).", change: func(*params) {}},
		"PlainHosts": {reason: "Values are mirrored too, and hosts compare without case.", change: conditions(hosts("Shop.Example.com", "*.example.org"))},
		"Header": {reason: "Header names compare without case.", change: conditions(albv1alpha1.RuleCondition{
			Field:            albv1alpha1.FieldHTTPHeader,
			HttpHeaderConfig: &albv1alpha1.HttpHeaderConditionConfig{HttpHeaderName: "X-Canary", Values: []string{"yes", "1"}},
		})},
		"Method": {reason: "Methods are a set.", change: conditions(albv1alpha1.RuleCondition{
			Field: albv1alpha1.FieldHTTPRequestMethod, HttpRequestMethodConfig: &albv1alpha1.ValuesConditionConfig{Values: []string{"POST", "GET"}},
		})},
		"Query": {reason: "A query pair may have no key.", change: conditions(albv1alpha1.RuleCondition{
			Field: albv1alpha1.FieldQueryString, QueryStringConfig: &albv1alpha1.QueryStringConditionConfig{
				Values: []albv1alpha1.QueryStringKeyValuePair{{Key: new("v"), Value: "2"}, {Value: "beta"}},
			},
		})},
		"SourceIP": {reason: "Source addresses are CIDRs.", change: conditions(albv1alpha1.RuleCondition{
			Field: albv1alpha1.FieldSourceIP, SourceIpConfig: &albv1alpha1.ValuesConditionConfig{Values: []string{"10.0.0.0/8"}},
		})},
		"WeightedForward": {reason: "Several target groups come back in ForwardConfig alone.", change: func(p *params) {
			p.Actions = []albv1alpha1.Action{forward("web", "api")}
			p.Actions[0].ForwardConfig.TargetGroups[0].Weight = new(int32(90))
			p.Actions[0].ForwardConfig.TargetGroups[1].Weight = new(int32(10))
		}},
		"LoneWeightedForward": {reason: "One target group gets everything, whatever its weight.", change: func(p *params) {
			p.Actions[0].ForwardConfig.TargetGroups[0].Weight = new(int32(7))
		}},
		"Sticky": {reason: "Stickiness is part of ForwardConfig.", change: func(p *params) {
			p.Actions[0].ForwardConfig.TargetGroupStickinessConfig = &albv1alpha1.TargetGroupStickinessConfig{Enabled: true, DurationSeconds: new(int32(60))}
		}},
		"Redirect": {reason: "The parts of a redirect that are left out come back as placeholders.", change: func(p *params) {
			p.Actions = []albv1alpha1.Action{{Type: albv1alpha1.ActionRedirect, RedirectConfig: &albv1alpha1.RedirectActionConfig{
				Protocol: new("HTTPS"), Port: new("443"), StatusCode: "HTTP_301",
			}}}
			p.Transforms = nil
		}},
		"FixedResponse": {reason: "A fixed response without a body comes back with an empty one.", change: func(p *params) {
			p.Actions, p.Transforms = []albv1alpha1.Action{fixed("503")}, nil
		}},
		"NoTransforms": {reason: "No transforms are no transforms.", change: func(p *params) { p.Transforms = nil }},
		"TwoTransforms": {reason: "Transforms have no order.", change: func(p *params) {
			p.Transforms = append([]albv1alpha1.RuleTransform{{Type: "host-header-rewrite", HostHeaderRewriteConfig: &albv1alpha1.RewriteConfigs{
				Rewrites: []albv1alpha1.RewriteConfig{{Regex: ".*", Replace: "internal.example.com"}},
			}}}, p.Transforms...)
		}},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			b := newBench(t, rule(name, 1000, tc.change))
			if s := rig.Synced(b.rules.Settle(name)); s != "ReconcileSuccess" {
				t.Fatalf("%s\nSynced %q", tc.reason, s)
			}
			if diff := cmp.Diff(map[string]int{"elbv2.CreateRule": 1}, b.writes()); diff != "" {
				t.Errorf("%s\nwrites at first: -want, +got:\n%s", tc.reason, diff)
			}
			before := b.rules.Get(name).GetResourceVersion()
			b.rules.Once(name)
			mg, _ := b.rules.Once(name)
			if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
				t.Errorf("%s\nwrites: -want, +got:\n%s", tc.reason, diff)
			}
			if mg.GetResourceVersion() != before {
				t.Errorf("%s\nthe object was written though nothing changed", tc.reason)
			}
		})
	}
}

func conditions(c albv1alpha1.RuleCondition) func(*params) {
	return func(p *params) { p.Conditions = []albv1alpha1.RuleCondition{c} }
}

func hosts(values ...string) albv1alpha1.RuleCondition {
	return albv1alpha1.RuleCondition{Field: albv1alpha1.FieldHostHeader, HostHeaderConfig: &albv1alpha1.PatternConditionConfig{Values: values}}
}

func TestChangeIsOneWrite(t *testing.T) {
	cases := map[string]struct {
		change func(*params)
		write  string
	}{
		"Path":        {func(p *params) { p.Conditions[1] = path("/basket") }, "elbv2.ModifyRule"},
		"Host":        {func(p *params) { p.Conditions[0] = host(`^www\.example\.com$`) }, "elbv2.ModifyRule"},
		"FewerParts":  {func(p *params) { p.Conditions = p.Conditions[:1] }, "elbv2.ModifyRule"},
		"TargetGroup": {func(p *params) { p.Actions = []albv1alpha1.Action{forward("api")} }, "elbv2.ModifyRule"},
		"Weights": {func(p *params) {
			p.Actions = []albv1alpha1.Action{forward("web", "api")}
			p.Actions[0].ForwardConfig.TargetGroups[1].Weight = new(int32(0))
		}, "elbv2.ModifyRule"},
		"Transform":      {func(p *params) { p.Transforms[0] = urlRewrite("^/cart", "/basket") }, "elbv2.ModifyRule"},
		"NoTransformNow": {func(p *params) { p.Transforms = nil }, "elbv2.ModifyRule"},
		"Everything": {func(p *params) {
			p.Conditions, p.Actions, p.Transforms = []albv1alpha1.RuleCondition{path("/x")}, []albv1alpha1.Action{fixed("403")}, nil
		}, "elbv2.ModifyRule"},
		"Priority": {func(p *params) { p.Priority = 1100 }, "elbv2.SetRulePriorities"},
		"Tag":      {func(p *params) { p.Tags["team"] = "shop" }, "elbv2.AddTags"},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			b := newBench(t, rule(name, 1000))
			arn := b.rules.Settle(name).Status.AtProvider.ARN
			b.writes()
			b.rules.Change(name, func(mg *albv1alpha1.ListenerRule) { tc.change(&mg.Spec.ForProvider) })
			mg := b.rules.Settle(name)
			if diff := cmp.Diff(map[string]int{tc.write: 1}, b.writes()); diff != "" {
				t.Errorf("writes: -want, +got:\n%s", diff)
			}
			if s := rig.Synced(mg); s != "ReconcileSuccess" || mg.Status.AtProvider.ARN != arn || mg.Status.AtProvider.Priority != mg.Spec.ForProvider.Priority {
				t.Errorf("Synced %q, ARN %q after %q, priority %d", s, mg.Status.AtProvider.ARN, arn, mg.Status.AtProvider.Priority)
			}
			b.rules.Once(name)
			if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
				t.Errorf("writes after the change: -want, +got:\n%s", diff)
			}
		})
	}
}

func TestTransformsAreCleared(t *testing.T) {
	b := newBench(t, rule(name, 1000))
	b.rules.Settle(name)
	b.rules.Change(name, func(mg *albv1alpha1.ListenerRule) { mg.Spec.ForProvider.Transforms = nil })
	b.rules.Settle(name)
	if left := b.inAWS()[0].Transforms; len(left) != 0 {
		t.Errorf("AWS still has transforms %+v: an empty list counts as one that is left out", left)
	}
}

func TestDriftIsRepaired(t *testing.T) {
	cases := map[string]struct {
		reason string
		drift  func(b *bench, arn string) error
		writes map[string]int
	}{
		"Actions": {
			reason: "Somebody has the rule answer otherwise.",
			drift: func(b *bench, arn string) error {
				_, err := b.ELB.ModifyRule(b.Context(), &elbv2.ModifyRuleInput{RuleArn: &arn, Actions: notFound()})
				return err
			},
			writes: map[string]int{"elbv2.ModifyRule": 1},
		},
		"Priority": {
			reason: "Somebody has moved the rule.",
			drift: func(b *bench, arn string) error {
				_, err := b.ELB.SetRulePriorities(b.Context(), &elbv2.SetRulePrioritiesInput{
					RulePriorities: []elbtypes.RulePriorityPair{{RuleArn: &arn, Priority: new(int32(7))}},
				})
				return err
			},
			writes: map[string]int{"elbv2.SetRulePriorities": 1},
		},
		"Deleted": {
			reason: "Somebody has deleted the rule.",
			drift: func(b *bench, arn string) error {
				_, err := b.ELB.DeleteRule(b.Context(), &elbv2.DeleteRuleInput{RuleArn: &arn})
				return err
			},
			writes: map[string]int{"elbv2.CreateRule": 1},
		},
	}
	for caseName, tc := range cases {
		t.Run(caseName, func(t *testing.T) {
			b := newBench(t, rule(name, 1000))
			arn := b.rules.Settle(name).Status.AtProvider.ARN
			rig.Must(b.Rig, tc.drift(b, arn))
			b.writes()
			mg := b.rules.Settle(name)
			if diff := cmp.Diff(tc.writes, b.writes()); diff != "" {
				t.Errorf("%s\nwrites: -want, +got:\n%s", tc.reason, diff)
			}
			all := b.inAWS()
			if len(all) != 1 || *all[0].Priority != "1000" || all[0].Actions[0].Type != elbtypes.ActionTypeEnumForward {
				t.Errorf("%s\nrules in AWS: %+v", tc.reason, all)
			}
			if mg.Status.AtProvider.ARN != *all[0].RuleArn || meta.GetExternalName(mg) != *all[0].RuleArn {
				t.Errorf("%s\nARN %q, external name %q, want %q", tc.reason, mg.Status.AtProvider.ARN, meta.GetExternalName(mg), *all[0].RuleArn)
			}
		})
	}
}

func TestLostCreateIsFoundAgain(t *testing.T) {
	opts := simulator.Options{Faults: simulator.Faults{After: func(_ context.Context, c simulator.Call) error {
		if c.Operation == "CreateRule" {
			return errors.New("the answer is lost")
		}
		return nil
	}}}
	b := newBenchWith(t, opts, rule(name, 1000))
	b.rules.Once(name)
	made := b.inAWS()
	if len(made) != 1 {
		t.Fatalf("AWS has %d rules after the lost answer, want 1", len(made))
	}
	b.rules.Change(name, func(mg *albv1alpha1.ListenerRule) { mg.SetAnnotations(nil) })
	b.rules = rig.Run(b.Rig, b.rules.Kind)
	mg := b.rules.Settle(name)
	if arn := *made[0].RuleArn; mg.Status.AtProvider.ARN != arn || meta.GetExternalName(mg) != arn || rig.Ready(mg) != "Available" || len(b.inAWS()) != 1 {
		t.Errorf("ARN %q, external name %q, Ready %q, %d rules; want %q alone", mg.Status.AtProvider.ARN, meta.GetExternalName(mg), rig.Ready(mg), len(b.inAWS()), arn)
	}
}

// Where a policy asks for a tag, AWS denies to delete what is gone already. A lost answer must not keep an object for minutes.
func TestDeniedIsLookedAtOnceMoreSoon(t *testing.T) {
	opts := simulator.Options{Faults: simulator.Faults{Before: func(_ context.Context, c simulator.Call) error {
		if c.Operation == "DeleteRule" {
			return wire.Errorf("AccessDenied", "no identity-based policy allows it").WithStatus(http.StatusForbidden)
		}
		return nil
	}}}
	b := newBenchWith(t, opts, rule(name, 1000))
	b.rules.Settle(name)
	b.rules.Delete(name)
	for i, soon := range []bool{true, false, true} {
		mg, result := b.rules.Once(name)
		if s := rig.Synced(mg); !strings.Contains(s, "AWS denies elasticloadbalancing:DeleteRule") {
			t.Fatalf("Synced %q does not say what is denied", s)
		}
		if (result.RequeueAfter < 5*time.Second) != soon {
			t.Errorf("try %d: looked at again after %s, want soon: %v", i, result.RequeueAfter, soon)
		}
	}
}

func TestRefusedByAWS(t *testing.T) {
	t.Run("TooManyRules", func(t *testing.T) {
		b := newBenchWith(t, simulator.Options{Quotas: simelb.Quotas{RulesPerLoadBalancer: 1}}, rule(name, 1000))
		b.stranger(1)
		mg, result := b.rules.Once(name)
		if s := rig.Synced(mg); !strings.Contains(s, "cannot create rule: elasticloadbalancing:CreateRule: TooManyRules: ") {
			t.Errorf("Synced %q does not hold AWS's message", s)
		}
		if result.RequeueAfter.Minutes() < 1 {
			t.Errorf("tried again after %s, want minutes: only a user can put it right", result.RequeueAfter)
		}
	})
	t.Run("InvalidModification", func(t *testing.T) {
		b := newBench(t, rule(name, 1000))
		b.rules.Settle(name)
		b.rules.Change(name, func(mg *albv1alpha1.ListenerRule) {
			mg.Spec.ForProvider.Conditions = []albv1alpha1.RuleCondition{path("/1", "/2", "/3", "/4", "/5"), hosts("a.example.com")}
		})
		mg, _ := b.rules.Once(name)
		if s := rig.Synced(mg); !strings.Contains(s, "cannot modify rule: elasticloadbalancing:ModifyRule: ") {
			t.Errorf("Synced %q does not hold AWS's message", s)
		}
		if got := mg.Status.AtProvider.Paths; got != "/cart,/cart/*" {
			t.Errorf("PATHS is %q, want what the rule still serves", got)
		}
	})
}
