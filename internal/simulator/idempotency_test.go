package simulator_test

import (
	"testing"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// API reference, CreateListener: "If you attempt to create multiple listeners with the same settings, each call succeeds."
func TestCreateListenerAgain(t *testing.T) {
	b := newBench(t, quick())
	lb, i := b.loadBalancer("shop"), newIssuer(t)
	first, second := b.importCertificate(i, "first.example.com"), b.importCertificate(i, "second.example.com")
	in := secure(lb, first, 443)
	in.Tags = []types.Tag{{Key: new("k"), Value: new("v")}}
	arn := must(b.elb.CreateListener(t.Context(), &in))(b).Listeners[0].ListenerArn
	cases := map[string]struct {
		reason string
		change func(*elb.CreateListenerInput)
		want   string
	}{
		"Same":             {"the same settings", func(*elb.CreateListenerInput) {}, ""},
		"Spelled":          {"a default is the same as no value", func(in *elb.CreateListenerInput) { in.SslPolicy = new("ELBSecurityPolicy-2016-08") }, ""},
		"OtherPolicy":      {"another policy", func(in *elb.CreateListenerInput) { in.SslPolicy = new("ELBSecurityPolicy-TLS13-1-2-2021-06") }, "DuplicateListener"},
		"OtherCertificate": {"another certificate", func(in *elb.CreateListenerInput) { in.Certificates = secure(lb, second, 443).Certificates }, "DuplicateListener"},
		"OtherProtocol":    {"another protocol", func(in *elb.CreateListenerInput) { in.Protocol, in.Certificates = types.ProtocolEnumHttp, nil }, "DuplicateListener"},
		"OtherActions": {"another answer", func(in *elb.CreateListenerInput) {
			in.DefaultActions = []types.Action{{Type: "fixed-response", FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: new("503")}}}
		}, "DuplicateListener"},
		"OtherMode": {"another mutual authentication", func(in *elb.CreateListenerInput) {
			in.MutualAuthentication = &types.MutualAuthenticationAttributes{Mode: new("passthrough")}
		}, "DuplicateListener"},
		"OtherTags": {"other tags", func(in *elb.CreateListenerInput) { in.Tags = nil }, "DuplicateListener"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			again := in
			c.change(&again)
			out, err := b.elb.CreateListener(t.Context(), &again)
			if got := codeOf(t, err); got != c.want {
				t.Fatalf("%s: want code %q, got %v", c.reason, c.want, err)
			}
			if err == nil && *out.Listeners[0].ListenerArn != *arn {
				t.Errorf("%s: another listener was made: %s", c.reason, *out.Listeners[0].ListenerArn)
			}
		})
	}
}

// CreateRule is not idempotent: a priority is in use, even by the same rule.
func TestCreateRuleAgain(t *testing.T) {
	b := newBench(t, quick())
	l := b.listener(b.loadBalancer("shop"), 80)
	in := &elb.CreateRuleInput{ListenerArn: &l, Priority: new(int32(1)), Conditions: path("/"), Actions: []types.Action{notFound()}}
	must(b.elb.CreateRule(t.Context(), in))(b)
	if _, err := b.elb.CreateRule(t.Context(), in); codeOf(t, err) != "PriorityInUse" {
		t.Errorf("want PriorityInUse, got %v", err)
	}
}

// A listener with rules that need HTTPS cannot become one of HTTP.
func TestListenerStaysSecure(t *testing.T) {
	b := newBench(t, quick())
	lb := b.loadBalancer("shop")
	arn := must(b.elb.CreateListener(t.Context(), new(secure(lb, b.importCertificate(newIssuer(t), "a.example.com"), 443))))(b).Listeners[0].ListenerArn
	r := b.rule(*arn, 1, path("/"), []types.Action{oidc(), {Type: "fixed-response", Order: new(int32(2)), FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: new("200")}}})
	in := &elb.ModifyListenerInput{ListenerArn: arn, Protocol: types.ProtocolEnumHttp}
	if _, err := b.elb.ModifyListener(t.Context(), in); codeOf(t, err) == "" {
		t.Error("with a rule that authenticates: not refused")
	}
	must(b.elb.DeleteRule(t.Context(), &elb.DeleteRuleInput{RuleArn: r.RuleArn}))(b)
	must(b.elb.ModifyListener(t.Context(), in))(b)
}
