package targetgroup_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/google/go-cmp/cmp"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator"
)

func TestCreate(t *testing.T) {
	b := newBench(t, simulator.Options{}, group())
	mg := b.groups.Settle(name)

	all := b.inAWS()
	if len(all) != 1 {
		t.Fatalf("AWS has %d target groups, want 1", len(all))
	}
	got := all[0]
	want := map[string]string{
		"name": "k8s-shop-web-0123456789", "path": "/healthz", "matcher": "200-399", "version": "HTTP1", "type": "ip",
	}
	have := map[string]string{
		"name": *got.TargetGroupName, "path": *got.HealthCheckPath, "matcher": *got.Matcher.HttpCode, "version": *got.ProtocolVersion,
		"type": string(got.TargetType),
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("the target group in AWS: -want, +got:\n%s", diff)
	}
	wantTags := map[string]string{
		"team":                              "web",
		"alb.gateway.crossplane.io/cluster": rig.Cluster, "alb.gateway.crossplane.io/crossplane-kind": "targetgroup.alb.gateway.crossplane.io",
		"alb.gateway.crossplane.io/crossplane-name": name, "alb.gateway.crossplane.io/crossplane-namespace": rig.Namespace,
	}
	if diff := cmp.Diff(wantTags, b.tagsOf(*got.TargetGroupArn)); diff != "" {
		t.Errorf("its tags: -want, +got:\n%s", diff)
	}
	if v := b.attributesOf(*got.TargetGroupArn)["deregistration_delay.timeout_seconds"]; v != "30" {
		t.Errorf("attribute deregistration_delay.timeout_seconds is %q, want 30", v)
	}
	if mg.Status.AtProvider.ARN != *got.TargetGroupArn || meta.GetExternalName(mg) != *got.TargetGroupArn {
		t.Errorf("ARN %q and external name %q, want %q", mg.Status.AtProvider.ARN, meta.GetExternalName(mg), *got.TargetGroupArn)
	}
	if r, s := rig.Ready(mg), rig.Synced(mg); r != "Available" || s != "ReconcileSuccess" {
		t.Errorf("Ready %q, Synced %q", r, s)
	}
	want1 := map[string]int{"elbv2.CreateTargetGroup": 1, "elbv2.ModifyTargetGroupAttributes": 1}
	if diff := cmp.Diff(want1, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
}

func TestConvergedWritesNothing(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*albv1alpha1.TargetGroup)
	}{
		"EverySetting": {reason: "What was sent is what is compared.", change: func(*albv1alpha1.TargetGroup) {}},
		"Defaults": {
			reason: "AWS fills in a health check path, a matcher and the rest where nothing is given (alb.md section 6).",
			change: func(mg *albv1alpha1.TargetGroup) {
				mg.Spec.ForProvider = albv1alpha1.TargetGroupParameters{Protocol: "HTTP", ProtocolVersion: "HTTP1", Port: 80, TargetType: "instance"}
			},
		},
		"GRPC": {
			reason: "A GRPC target group has a matcher of its own kind.",
			change: func(mg *albv1alpha1.TargetGroup) {
				mg.Spec.ForProvider.ProtocolVersion = "GRPC"
				mg.Spec.ForProvider.Matcher = &albv1alpha1.Matcher{GrpcCode: new("0-5")}
				mg.Spec.ForProvider.HealthCheckPath = new("/AWS.ALB/healthcheck")
			},
		},
	}
	for name1, tc := range cases {
		t.Run(name1, func(t *testing.T) {
			b := newBench(t, simulator.Options{}, group(tc.change))
			b.groups.Settle(name)
			b.writes()
			before := b.groups.Get(name).GetResourceVersion()
			b.groups.Once(name)
			mg, _ := b.groups.Once(name)
			if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
				t.Errorf("%s\nwrites: -want, +got:\n%s", tc.reason, diff)
			}
			if mg.GetResourceVersion() != before {
				t.Errorf("%s\nthe object was written though nothing changed", tc.reason)
			}
		})
	}
}

func TestChangeIsOneWrite(t *testing.T) {
	type p = albv1alpha1.TargetGroupParameters
	cases := map[string]struct {
		change func(*p)
		write  string
	}{
		"HealthCheckProtocol": {func(s *p) { s.HealthCheckProtocol = new("HTTPS") }, "elbv2.ModifyTargetGroup"},
		"HealthCheckPort":     {func(s *p) { s.HealthCheckPort = new("8081") }, "elbv2.ModifyTargetGroup"},
		"HealthCheckPath":     {func(s *p) { s.HealthCheckPath = new("/ready") }, "elbv2.ModifyTargetGroup"},
		"Interval":            {func(s *p) { s.HealthCheckIntervalSeconds = new(int32(20)) }, "elbv2.ModifyTargetGroup"},
		"Timeout":             {func(s *p) { s.HealthCheckTimeoutSeconds = new(int32(6)) }, "elbv2.ModifyTargetGroup"},
		"HealthyThreshold":    {func(s *p) { s.HealthyThresholdCount = new(int32(5)) }, "elbv2.ModifyTargetGroup"},
		"UnhealthyThreshold":  {func(s *p) { s.UnhealthyThresholdCount = new(int32(2)) }, "elbv2.ModifyTargetGroup"},
		"Matcher":             {func(s *p) { s.Matcher.HttpCode = new("200,204") }, "elbv2.ModifyTargetGroup"},
		"SeveralAtOnce": {func(s *p) {
			s.HealthCheckPath, s.HealthCheckIntervalSeconds = new("/ready"), new(int32(20))
		}, "elbv2.ModifyTargetGroup"},
		"Attribute": {func(s *p) { s.Attributes[0].Value = "60" }, "elbv2.ModifyTargetGroupAttributes"},
		"NewAttribute": {func(s *p) {
			s.Attributes = append(s.Attributes, albv1alpha1.Attribute{Key: "stickiness.enabled", Value: "true"})
		}, "elbv2.ModifyTargetGroupAttributes"},
		"TagValue": {func(s *p) { s.Tags["team"] = "shop" }, "elbv2.AddTags"},
		"NewTag":   {func(s *p) { s.Tags["stage"] = "prod" }, "elbv2.AddTags"},
	}
	for name1, tc := range cases {
		t.Run(name1, func(t *testing.T) {
			b := newBench(t, simulator.Options{}, group())
			b.groups.Settle(name)
			b.writes()
			b.groups.Change(name, func(mg *albv1alpha1.TargetGroup) { tc.change(&mg.Spec.ForProvider) })
			mg := b.groups.Settle(name)
			if diff := cmp.Diff(map[string]int{tc.write: 1}, b.writes()); diff != "" {
				t.Errorf("writes: -want, +got:\n%s", diff)
			}
			if s := rig.Synced(mg); s != "ReconcileSuccess" {
				t.Errorf("Synced %q", s)
			}
			b.groups.Once(name)
			if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
				t.Errorf("writes after the change: -want, +got:\n%s", diff)
			}
		})
	}
}

func TestTagsOfOthersStay(t *testing.T) {
	b := newBench(t, simulator.Options{}, group())
	arn := b.groups.Settle(name).Status.AtProvider.ARN
	_, err := b.ELB.AddTags(t.Context(), &elbv2.AddTagsInput{ResourceArns: []string{arn}, Tags: []elbtypes.Tag{{Key: new("cost-center"), Value: new("42")}}})
	rig.Must(b.Rig, err)
	b.writes()
	b.groups.Settle(name)
	if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
}

func TestDriftIsRepaired(t *testing.T) {
	b := newBench(t, simulator.Options{}, group())
	arn := b.groups.Settle(name).Status.AtProvider.ARN
	_, err := b.ELB.ModifyTargetGroup(t.Context(), &elbv2.ModifyTargetGroupInput{TargetGroupArn: &arn, HealthCheckPath: new("/other")})
	rig.Must(b.Rig, err)
	_, err = b.ELB.RemoveTags(t.Context(), &elbv2.RemoveTagsInput{ResourceArns: []string{arn}, TagKeys: []string{"team"}})
	rig.Must(b.Rig, err)
	b.writes()

	b.groups.Settle(name)
	if diff := cmp.Diff(map[string]int{"elbv2.ModifyTargetGroup": 1, "elbv2.AddTags": 1}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
	if path := *b.inAWS()[0].HealthCheckPath; path != "/healthz" {
		t.Errorf("health check path %q, want /healthz", path)
	}
}

func TestDeletedBehindOurBack(t *testing.T) {
	b := newBench(t, simulator.Options{}, group())
	first := b.groups.Settle(name).Status.AtProvider.ARN
	_, err := b.ELB.DeleteTargetGroup(t.Context(), &elbv2.DeleteTargetGroupInput{TargetGroupArn: &first})
	rig.Must(b.Rig, err)
	mg := b.groups.Settle(name)
	if again := mg.Status.AtProvider.ARN; again == first || len(b.inAWS()) != 1 || meta.GetExternalName(mg) != again {
		t.Errorf("ARN %q (external name %q) after %q, %d in AWS: want a new one", again, meta.GetExternalName(mg), first, len(b.inAWS()))
	}
}

func TestLostCreateIsFoundAgain(t *testing.T) {
	opts := simulator.Options{Faults: simulator.Faults{After: func(_ context.Context, c simulator.Call) error {
		if c.Operation == "CreateTargetGroup" {
			return errors.New("the answer is lost")
		}
		return nil
	}}}
	b := newBench(t, opts, group())
	b.groups.Once(name)
	made := b.inAWS()
	if len(made) != 1 {
		t.Fatalf("AWS has %d target groups after the lost answer, want 1", len(made))
	}
	// Nothing of what the first process knew is left: not even the annotations that it may have written.
	b.groups.Change(name, func(mg *albv1alpha1.TargetGroup) { mg.SetAnnotations(nil) })
	b.groups = rig.Run(b.Rig, b.groups.Kind)
	mg := b.groups.Settle(name)
	if all := b.inAWS(); len(all) != 1 || mg.Status.AtProvider.ARN != *made[0].TargetGroupArn {
		t.Errorf("AWS has %d target groups and ours is %q, want %q alone", len(all), mg.Status.AtProvider.ARN, *made[0].TargetGroupArn)
	}
	if got := meta.GetExternalName(mg); got != *made[0].TargetGroupArn {
		t.Errorf("external name %q is not recorded", got)
	}
}

func TestForeign(t *testing.T) {
	b := newBench(t, simulator.Options{}, group())
	made, err := b.ELB.CreateTargetGroup(t.Context(), &elbv2.CreateTargetGroupInput{
		Name: new("k8s-shop-web-0123456789"), Protocol: elbtypes.ProtocolEnumHttp, Port: new(int32(80)), VpcId: new("vpc-0a64000000000000a"),
		TargetType: elbtypes.TargetTypeEnumIp,
	})
	rig.Must(b.Rig, err)
	arn := *made.TargetGroups[0].TargetGroupArn
	b.writes()

	mg := b.groups.Settle(name)
	if s := rig.Synced(mg); !strings.Contains(s, "crossplane.io/external-name: "+arn) {
		t.Errorf("Synced %q does not say how to import %s", s, arn)
	}
	if diff := cmp.Diff(map[string]int{}, b.writes()); diff != "" {
		t.Errorf("a stranger was touched: -want, +got:\n%s", diff)
	}

	t.Run("DeletionLeavesItAlone", func(t *testing.T) {
		b.groups.Change(name, func(mg *albv1alpha1.TargetGroup) {
			mg.SetFinalizers([]string{"finalizer.managedresource.crossplane.io"})
		})
		b.groups.Delete(name)
		b.groups.Settle(name)
		if left := b.groups.Get(name); left.GetName() != "" || len(b.inAWS()) != 1 {
			t.Errorf("object %q is left, AWS has %d target groups; want none and 1", left.GetName(), len(b.inAWS()))
		}
	})
}

func TestImport(t *testing.T) {
	b := newBench(t, simulator.Options{}, group())
	made, err := b.ELB.CreateTargetGroup(t.Context(), &elbv2.CreateTargetGroupInput{
		Name: new("legacy"), Protocol: elbtypes.ProtocolEnumHttp, Port: new(int32(80)), VpcId: new("vpc-0a64000000000000a"),
		TargetType: elbtypes.TargetTypeEnumIp,
	})
	rig.Must(b.Rig, err)
	arn := *made.TargetGroups[0].TargetGroupArn
	b.groups.Change(name, func(mg *albv1alpha1.TargetGroup) { meta.SetExternalName(mg, arn) })
	mg := b.groups.Settle(name)
	if r, s := rig.Ready(mg), rig.Synced(mg); r != "Available" || s != "ReconcileSuccess" {
		t.Errorf("Ready %q, Synced %q", r, s)
	}
	if tags := b.tagsOf(arn); tags["alb.gateway.crossplane.io/crossplane-name"] != name {
		t.Errorf("the imported target group has tags %v, and not that of its owner", tags)
	}
	if n := len(b.inAWS()); n != 1 {
		t.Errorf("AWS has %d target groups, want 1", n)
	}
}

func TestImmutable(t *testing.T) {
	b := newBench(t, simulator.Options{}, group())
	b.groups.Settle(name)
	b.writes()
	b.groups.Change(name, func(mg *albv1alpha1.TargetGroup) {
		mg.Spec.ForProvider.ProtocolVersion = "HTTP2"
		mg.Spec.ForProvider.HealthCheckPath = new("/ready")
	})
	mg := b.groups.Settle(name)
	want := `protocolVersion is "HTTP1" in AWS and "HTTP2" here; make a new TargetGroup`
	if s := rig.Synced(mg); !strings.Contains(s, want) {
		t.Errorf("Synced %q does not contain %q", s, want)
	}
	if diff := cmp.Diff(map[string]int{"elbv2.ModifyTargetGroup": 1}, b.writes()); diff != "" {
		t.Errorf("what can be changed is changed all the same: -want, +got:\n%s", diff)
	}
	if r := rig.Ready(mg); r != "Available" {
		t.Errorf("Ready %q: the target group still works", r)
	}
}

func TestRefusedByAWS(t *testing.T) {
	b := newBench(t, simulator.Options{}, group(func(mg *albv1alpha1.TargetGroup) {
		mg.Spec.ForProvider.HealthCheckTimeoutSeconds = new(int32(60)) // not smaller than the interval
	}))
	mg, result := b.groups.Once(name)
	if s := rig.Synced(mg); !strings.Contains(s, "cannot create target group: elasticloadbalancing:CreateTargetGroup: ") {
		t.Errorf("Synced %q does not hold AWS's message", s)
	}
	if result.RequeueAfter.Minutes() < 1 {
		t.Errorf("tried again after %s, want minutes: only a user can put it right", result.RequeueAfter)
	}
}

func TestDelete(t *testing.T) {
	b := newBench(t, simulator.Options{}, group())
	b.groups.Settle(name)
	b.writes()
	b.groups.Delete(name)
	b.groups.Settle(name)
	if left := b.groups.Get(name); left.GetName() != "" {
		t.Errorf("the object is left: Ready %q, Synced %q", rig.Ready(left), rig.Synced(left))
	}
	if diff := cmp.Diff(map[string]int{"elbv2.DeleteTargetGroup": 1}, b.writes()); diff != "" {
		t.Errorf("writes: -want, +got:\n%s", diff)
	}
}

func TestHolding(t *testing.T) {
	rule := &albv1alpha1.ListenerRule{ObjectMeta: rig.Meta("shop-80-0123456789"), Spec: albv1alpha1.ListenerRuleSpec{
		ManagedResourceSpec: rig.Spec(),
		ForProvider:         albv1alpha1.ListenerRuleParameters{Priority: 1000, Actions: forwardTo(name)},
	}}
	listener := &albv1alpha1.Listener{ObjectMeta: rig.Meta("shop-80"), Spec: albv1alpha1.ListenerSpec{
		ManagedResourceSpec: rig.Spec(),
		ForProvider:         albv1alpha1.ListenerParameters{Port: 80, Protocol: "HTTP", DefaultActions: forwardTo(name)},
	}}
	b := newBench(t, simulator.Options{}, group(), rule, listener)
	arn := b.groups.Settle(name).Status.AtProvider.ARN
	b.sim.ResetCalls()
	b.groups.Delete(name)

	held := func(reason, want string) {
		t.Helper()
		mg := b.groups.Settle(name)
		if got := rig.Ready(mg); got != "Deleting: "+want {
			t.Errorf("%s: Ready %q, want %q", reason, got, "Deleting: "+want)
		}
		if calls := b.sim.Calls(); len(calls) != 0 {
			t.Errorf("%s: AWS was asked: %v", reason, calls)
		}
	}
	held("a rule names it", `in use by ListenerRule "shop-80-0123456789"`)

	rule.Spec.ForProvider.Actions = forwardTo("another")
	rig.Must(b.Rig, b.Kube.Update(t.Context(), rule))
	rule.Status.AtProvider.TargetGroupARNs = []string{arn}
	rig.SetStatus(b.Rig, rule)
	held("the rule in AWS still forwards to it", `in use by ListenerRule "shop-80-0123456789"`)

	rule.Status.AtProvider.TargetGroupARNs = nil
	rig.SetStatus(b.Rig, rule)
	held("a listener forwards to it by default", `in use by Listener "shop-80"`)

	woken := targetgroupsWokenBy(b, listener)
	if diff := cmp.Diff([]string{name}, woken); diff != "" {
		t.Errorf("a change of the listener wakes: -want, +got:\n%s", diff)
	}
	rig.Must(b.Rig, b.Kube.Delete(t.Context(), listener))
	b.groups.Settle(name)
	if left := b.groups.Get(name); left.GetName() != "" || len(b.inAWS()) != 0 {
		t.Errorf("object %q is left and %d target groups in AWS, want none", left.GetName(), len(b.inAWS()))
	}
}

func TestInUseInAWSPasses(t *testing.T) {
	b := newBench(t, simulator.Options{}, group())
	arn := b.groups.Settle(name).Status.AtProvider.ARN
	lb := rig.Value(b.ELB.CreateLoadBalancer(t.Context(), &elbv2.CreateLoadBalancerInput{
		Name: new("other"), Subnets: []string{"subnet-0a64000000000000a", "subnet-0a64000000000000b"},
	}))(b.Rig).LoadBalancers[0]
	l := rig.Value(b.ELB.CreateListener(t.Context(), &elbv2.CreateListenerInput{
		LoadBalancerArn: lb.LoadBalancerArn, Port: new(int32(80)), Protocol: elbtypes.ProtocolEnumHttp,
		DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: &arn}},
	}))(b.Rig).Listeners[0]
	b.groups.Delete(name)
	mg, result := b.groups.Once(name)
	if s := rig.Synced(mg); !strings.Contains(s, "ResourceInUse") {
		t.Errorf("Synced %q does not hold AWS's message", s)
	}
	if result.RequeueAfter.Seconds() > 15 || result.RequeueAfter == 0 {
		t.Errorf("tried again after %s, want some seconds", result.RequeueAfter)
	}
	_, err := b.ELB.DeleteListener(t.Context(), &elbv2.DeleteListenerInput{ListenerArn: l.ListenerArn})
	rig.Must(b.Rig, err)
	b.groups.Settle(name)
	if n := len(b.inAWS()); n != 0 {
		t.Errorf("AWS has %d target groups, want none", n)
	}
}

func forwardTo(targetGroup string) []albv1alpha1.Action {
	return []albv1alpha1.Action{{Type: albv1alpha1.ActionForward, ForwardConfig: &albv1alpha1.ForwardActionConfig{
		TargetGroups: []albv1alpha1.TargetGroupTuple{{TargetGroupRef: &albv1alpha1.Reference{Name: targetGroup}}},
	}}}
}

// targetgroupsWokenBy a change of an object.
func targetgroupsWokenBy(b *bench, changed *albv1alpha1.Listener) []string {
	var names []string
	for _, n := range b.groups.Woken(changed) {
		names = append(names, n.Name)
	}
	return names
}
