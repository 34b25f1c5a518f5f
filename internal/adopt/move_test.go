package adopt

import (
	"maps"
	"slices"
	"strings"
	"testing"

	ec2api "github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/listener"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/loadbalancer"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/rig"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/securitygroup"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

const shop = "shop/shop"

// has fails unless one of the lines has each of the parts, and no line is there if none is wanted.
func has(t *testing.T, what string, lines []string, want ...string) {
	t.Helper()
	if len(want) == 0 && len(lines) > 0 {
		t.Errorf("%s: %q; want none", what, lines)
	}
	for _, part := range want {
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, part) }) {
			t.Errorf("%s: %q; want one that has %q", what, lines, part)
		}
	}
}

func (w *world) certificates(arn string) []string {
	w.Helper()
	var out []string
	for _, c := range rig.Value(w.Rig.ELB.DescribeListenerCertificates(w.Context(), &elbv2.DescribeListenerCertificatesInput{ListenerArn: &arn}))(w.Rig).Certificates {
		if *c.IsDefault {
			out = slices.Insert(out, 0, *c.CertificateArn)
			continue
		}
		out = append(out, *c.CertificateArn)
	}
	return out
}

func (w *world) tagsOf(arn string) map[string]string {
	w.Helper()
	tags := rig.Value(tagsOf(w.Context(), w.Rig.ELB, []string{arn}, func(s string) *string { return &s }))(w.Rig)
	return tags[arn]
}

// A listener with certificates, policy and attributes is taken over as it is.
func TestTakeListeners(t *testing.T) {
	w := newWorld(t, secure+`defaultCertificate: `+certB+`
    certificates: [`+certA+`, `+certC+`]
    sslPolicy: `+policy+`
    listenerAttributes: [{key: routing.http.response.server.enabled, value: "false"}]`)
	lb := w.balancer(shop)
	http, https := w.listen(shop, lb), w.listen(shop, lb, certB, certA, certC)
	rig.Value(w.Rig.ELB.ModifyListenerAttributes(t.Context(), &elbv2.ModifyListenerAttributesInput{ListenerArn: &https, Attributes: []elbtypes.ListenerAttribute{
		{Key: new("routing.http.response.server.enabled"), Value: new("false")},
		{Key: new("routing.http.response.x_frame_options.header_value"), Value: new("DENY")}, // by hand
	}}))(w.Rig)
	p := w.plan()
	has(t, "problems", p.Problems)
	has(t, "notes", p.Notes)
	rig.Must(w.Rig, w.Take(t.Context()))

	lbs := rig.Run(w.Rig, loadbalancer.Kind())
	rig.Run(w.Rig, securitygroup.Kind()).Settle("shop")
	lbs.Settle("shop")
	w.sim.ResetCalls()
	run := rig.Run(w.Rig, listener.Kind(w.Rig.Kube))
	for name, arn := range map[string]string{"shop-80": http, "shop-443": https} {
		mg := run.Settle(name)
		if rig.Ready(mg) != "Available" || mg.Status.AtProvider.ARN != arn {
			t.Errorf("Listener %s: Ready %q, Synced %q, ARN %q; want %q", name, rig.Ready(mg), rig.Synced(mg), mg.Status.AtProvider.ARN, arn)
		}
		if tags := w.tagsOf(arn); tags[tagStack] != "" || tags[aws.TagName] != name {
			t.Errorf("tags of listener %s: %v", name, tags)
		}
	}
	// The tags of the Gateway are all that is new.
	if diff := cmp.Diff(map[string]int{"elbv2.AddTags": 2}, rig.Writes(w.sim.Calls())); diff != "" {
		t.Errorf("the provider's writes to what was taken over: -want, +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{certB, certA, certC}, w.certificates(https)); diff != "" {
		t.Errorf("certificates: -want, +got:\n%s", diff)
	}
}

// The other controller finds certificates by host name, and the provider does not.
func TestDiscoveredCertificates(t *testing.T) {
	type args struct{ config string }
	cases := map[string]struct {
		reason   string
		args     args
		problems []string
	}{
		"None": {
			"Without them there would be no HTTPS.",
			args{"sslPolicy: " + policy},
			[]string{"Listener https", "defaultCertificate: " + certB + ", certificates: [" + certA + ", " + certC + "]", "listenerConfigurations[HTTPS:443]"},
		},
		"Some": {"Clients of the others would see another one.", args{"certificates: [" + certB + "]"}, []string{certA, certC}},
		"All":  {"Then nothing is lost.", args{"certificates: [" + certB + ", " + certC + ", " + certA + "]"}, nil},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, secure+tc.args.config)
			lb := w.balancer(shop)
			w.listen(shop, lb)
			w.listen(shop, lb, certB, certA, certC)
			p := w.plan()
			has(t, tc.reason+" Problems", p.Problems, tc.problems...)
			for _, n := range p.Notes {
				if strings.Contains(n, "the Gateway has no port 443") {
					t.Errorf("%s\nnote %q", tc.reason, n)
				}
			}
		})
	}
}

// What a Gateway's certificateRefs name takes the place of the default certificate, and the plan says so.
func TestOtherDefaultCertificate(t *testing.T) {
	w := newWorld(t, secure+"defaultCertificate: "+certA+"\n    certificates: ["+certB+"]")
	lb := w.balancer(shop)
	w.listen(shop, lb)
	w.listen(shop, lb, certB, certA)
	p := w.plan()
	has(t, "problems", p.Problems)
	has(t, "notes", p.Notes, "port 443 gets another default certificate: "+certA)
}

// Only what has the Gateway's stack is touched.
func TestOneOfTwo(t *testing.T) {
	const blog = "shop/blog"
	w := newWorld(t, plain)
	lb, other := w.balancer(shop), w.balancer(blog)
	w.rule(w.listen(shop, lb), 1, w.targets(shop, "k8s-shop-a", elbtypes.TargetTypeEnumIp), lbcTags(shop, "80:1"))
	theirs := []string{other, w.listen(blog, other), w.targets(blog, "k8s-blog-a", elbtypes.TargetTypeEnumIp)}
	theirs = append(theirs, w.rule(theirs[1], 1, theirs[2], lbcTags(blog, "80:1")))
	var before []map[string]string
	for _, arn := range theirs {
		before = append(before, w.tagsOf(arn))
	}
	if text := w.plan().Text(); strings.Contains(text, "blog") {
		t.Errorf("the plan names the other Gateway:\n%s", text)
	}
	rig.Must(w.Rig, w.Take(t.Context()))
	rig.Must(w.Rig, w.Finish(t.Context()))
	for i, arn := range theirs {
		if diff := cmp.Diff(before[i], w.tagsOf(arn)); diff != "" {
			t.Errorf("tags of %s: -want, +got:\n%s", arn, diff)
		}
	}
	health := rig.Value(w.Rig.ELB.DescribeTargetHealth(t.Context(), &elbv2.DescribeTargetHealthInput{TargetGroupArn: &theirs[2]}))(w.Rig)
	if n := len(health.TargetHealthDescriptions); n != 1 {
		t.Errorf("the other Gateway's target group has %d targets", n)
	}
}

// A rule that somebody made by hand stays, with the target group that it forwards to and that one's targets.
func TestForeignRules(t *testing.T) {
	w := newWorld(t, plain)
	lb := w.balancer(shop)
	l := w.listen(shop, lb)
	ip, instance, used := w.targets(shop, "k8s-shop-a", elbtypes.TargetTypeEnumIp), w.targets(shop, "k8s-shop-b", elbtypes.TargetTypeEnumInstance), w.targets(shop, "k8s-shop-c", elbtypes.TargetTypeEnumIp)
	var want []string
	for at, group := range map[int32]string{1: ip, 2: instance, 7: used, 40: ip} {
		want = append(want, w.rule(l, at, group, lbcTags(shop, "80:1")))
	}
	byHand := w.rule(l, 3, used, nil)
	p := w.plan()
	has(t, "problems", p.Problems)
	has(t, "notes", p.Notes, "rule "+byHand+" was made by neither controller, and stays", "target group k8s-shop-c stays: rule "+byHand+" forwards to it")
	var order []string
	removed := map[string]bool{}
	for _, s := range p.Steps {
		if s.Action == "remove" {
			removed[s.Name] = true
			_, priority, _ := strings.Cut(s.How, "priority ")
			order = append(order, priority)
		}
	}
	if diff := cmp.Diff([]string{"40", "7", "2", "1", "", ""}, order); diff != "" {
		t.Errorf("priorities of the rules that go, in order, and target groups: -want, +got:\n%s", diff)
	}
	if removed[byHand] || removed["k8s-shop-c"] || !removed["k8s-shop-a"] || !removed["k8s-shop-b"] {
		t.Errorf("to be removed: %v", slices.Sorted(maps.Keys(removed)))
	}

	rig.Must(w.Rig, w.Take(t.Context()))
	rig.Must(w.Rig, w.Finish(t.Context()))
	var rules, groups []string
	for _, r := range rig.Value(w.Rig.ELB.DescribeRules(t.Context(), &elbv2.DescribeRulesInput{ListenerArn: &l}))(w.Rig).Rules {
		if !*r.IsDefault {
			rules = append(rules, *r.RuleArn)
		}
	}
	for _, g := range rig.Value(w.Rig.ELB.DescribeTargetGroups(t.Context(), &elbv2.DescribeTargetGroupsInput{}))(w.Rig).TargetGroups {
		groups = append(groups, *g.TargetGroupArn)
	}
	if diff := cmp.Diff([]string{byHand}, rules); diff != "" {
		t.Errorf("rules left of %v: -want, +got:\n%s", want, diff)
	}
	if diff := cmp.Diff([]string{used}, groups); diff != "" {
		t.Errorf("target groups left: -want, +got:\n%s", diff)
	}
	health := rig.Value(w.Rig.ELB.DescribeTargetHealth(t.Context(), &elbv2.DescribeTargetHealthInput{TargetGroupArn: &used}))(w.Rig)
	if h := health.TargetHealthDescriptions; len(h) != 1 || h[0].TargetHealth.State == elbtypes.TargetHealthStateEnumDraining {
		t.Errorf("targets of the rule made by hand: %v", h)
	}
}

// An object of the other controller that binds what is removed would be in its way when it is given the load balancer back.
func TestTheirBindings(t *testing.T) {
	w := newWorld(t, plain)
	l := w.listen(shop, w.balancer(shop))
	gone, used := w.targets(shop, "k8s-shop-a", elbtypes.TargetTypeEnumIp), w.targets(shop, "k8s-shop-b", elbtypes.TargetTypeEnumIp)
	w.rule(l, 1, gone, lbcTags(shop, "80:1"))
	w.rule(l, 2, used, nil)
	for name, arn := range map[string]string{"k8s-shop-a": gone, "k8s-shop-b": used} {
		rig.Must(w.Rig, w.Rig.Kube.Create(t.Context(), &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding", "spec": map[string]any{"targetGroupARN": arn},
			"metadata": map[string]any{"namespace": "shop", "name": name, "finalizers": []any{"elbv2.k8s.aws/resources"}},
		}}))
	}
	rig.Must(w.Rig, w.Take(t.Context()))
	rig.Must(w.Rig, w.Finish(t.Context()))
	left := &unstructured.UnstructuredList{}
	left.SetGroupVersionKind(schema.GroupVersionKind{Group: "elbv2.k8s.aws", Version: "v1beta1", Kind: "TargetGroupBindingList"})
	rig.Must(w.Rig, w.Rig.Kube.List(t.Context(), left))
	if len(left.Items) != 1 || left.Items[0].GetName() != "k8s-shop-b" {
		t.Errorf("left of two bindings is to be that of the target group in use: %v", left.Items)
	}
}

// A priority that the provider is to give has to be free.
func TestPriorityHeldByForeignRule(t *testing.T) {
	w := newWorld(t, plain)
	l := w.listen(shop, w.balancer(shop))
	byHand := w.rule(l, 1000, w.targets("other/other", "byhand", elbtypes.TargetTypeEnumIp), nil)
	has(t, "problems", w.plan().Problems, "rule "+byHand+" holds priority 1000 of port 80")
}

// The group that the controller made is kept, the shared one is let go of when all is done, and both lose none but their own tags.
func TestGroups(t *testing.T) {
	w := newWorld(t, plain)
	lb := w.balancer(shop)
	w.listen(shop, lb)
	has(t, "problems", w.plan().Problems)
	rig.Must(w.Rig, w.Take(t.Context()))
	groups, lbs := rig.Run(w.Rig, securitygroup.Kind()), rig.Run(w.Rig, loadbalancer.Kind())
	attached := func() []string {
		mg := groups.Settle("shop")
		if rig.Ready(mg) != "Available" || mg.Status.AtProvider.GroupID != w.front {
			t.Errorf("SecurityGroup: Ready %q, Synced %q, id %q; want %q", rig.Ready(mg), rig.Synced(mg), mg.Status.AtProvider.GroupID, w.front)
		}
		lbs.Settle("shop")
		got := rig.Value(w.Rig.ELB.DescribeLoadBalancers(t.Context(), &elbv2.DescribeLoadBalancersInput{LoadBalancerArns: []string{lb}}))(w.Rig)
		return slices.Sorted(slices.Values(got.LoadBalancers[0].SecurityGroups))
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values([]string{w.front, w.back})), attached()); diff != "" {
		t.Errorf("groups while both serve: -want, +got:\n%s", diff)
	}
	rig.Must(w.Rig, w.Finish(t.Context()))
	if diff := cmp.Diff([]string{w.front}, attached()); diff != "" {
		t.Errorf("groups in the end: -want, +got:\n%s", diff)
	}
	tags := map[string]map[string]string{}
	for _, g := range rig.Value(w.ec2.DescribeSecurityGroups(t.Context(), &ec2api.DescribeSecurityGroupsInput{GroupIds: []string{w.front, w.back}}))(w.Rig).SecurityGroups {
		tags[*g.GroupId] = aws.EC2TagMap(g.Tags)
	}
	if got := tags[w.front]; got[tagStack] != "" || got[aws.TagName] != "shop" {
		t.Errorf("tags of the group that is kept: %v", got)
	}
	want := map[string]string{tagCluster: rig.Cluster, "elbv2.k8s.aws/resource": "backend-sg"}
	if diff := cmp.Diff(want, tags[w.back]); diff != "" {
		t.Errorf("tags of the shared group: -want, +got:\n%s", diff)
	}
}

// Groups that the user gives, by id or by name, stay the user's, even where an object of this cluster stands for one of them.
func TestGroupsOfTheUser(t *testing.T) {
	w := newWorld(t, strings.Replace(plain, "  listeners:", "  infrastructure: {parametersRef: {group: gateway.k8s.aws, kind: LoadBalancerConfiguration, name: shop}}\n  listeners:", 1)+`
---
apiVersion: gateway.k8s.aws/v1
kind: LoadBalancerConfiguration
metadata: {name: shop, namespace: shop}
spec: {securityGroups: [clients, composed], manageBackendSecurityGroupRules: true}`)
	named := w.group("one", map[string]string{"Name": "clients"})
	composed := w.group("two", map[string]string{"Name": "composed", aws.TagCluster: rig.Cluster, aws.TagKind: "securitygroup.alb.gateway.crossplane.io", aws.TagName: "composed", aws.TagNamespace: "infra"})
	lb := w.makeBalancer(shop, "k8s-shop", named, composed)
	w.listen(shop, lb)
	p := w.plan()
	has(t, "problems", p.Problems)
	for _, s := range p.Steps {
		if s.Kind == "SecurityGroup" || s.Action == "release" {
			t.Errorf("step %v", s)
		}
	}
	rig.Must(w.Rig, w.Take(t.Context()))
	own := rig.Run(w.Rig, securitygroup.Kind())
	rig.Must(w.Rig, w.Rig.Kube.Create(t.Context(), ownGroup(t, w)))
	own.Settle("shop")
	rig.Must(w.Rig, w.Finish(t.Context()))
	got := &albv1alpha1.LoadBalancer{}
	rig.Must(w.Rig, w.Rig.Kube.Get(t.Context(), client.ObjectKey{Namespace: "shop", Name: "shop"}, got))
	if diff := cmp.Diff([]string{"clients", "composed"}, got.Spec.ForProvider.SecurityGroups); diff != "" {
		t.Errorf("groups of the LoadBalancer: -want, +got:\n%s", diff)
	}
	tags := rig.Value(w.ec2.DescribeSecurityGroups(t.Context(), &ec2api.DescribeSecurityGroupsInput{GroupIds: []string{composed}}))(w.Rig).SecurityGroups[0].Tags
	if name := aws.EC2TagMap(tags)[aws.TagName]; name != "composed" {
		t.Errorf("the user's group now belongs to %q", name)
	}
}

// ownGroup is the SecurityGroup that the provider makes beside the user's.
func ownGroup(t *testing.T, w *world) *albv1alpha1.SecurityGroup {
	t.Helper()
	for _, o := range translate.Gateway(rig.Value(w.load(t.Context()))(w.Rig)).Apply {
		if sg, ok := o.(*albv1alpha1.SecurityGroup); ok {
			return sg
		}
	}
	t.Fatal("the Gateway has no SecurityGroup of its own")
	return nil
}
