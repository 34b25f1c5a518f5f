package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// What AWS Load Balancer Controller calls the pieces of the script's Gateway.
const (
	lbcName    = "k8s-migrate-shop-0123456789"
	lbcGroup   = "k8s-migrate-shop-9876543210"
	lbcBackend = "k8s-traffic-demo-0123456789"
	lbcTargets = "k8s-migrate-shop-aaaaaaaaaa"
)

// pointAtAWS the environment of commands.
func pointAtAWS(ts *testscript.TestScript) {
	for _, kv := range system.Env() {
		if k, v, _ := strings.Cut(kv, "="); strings.HasPrefix(k, "AWS_") {
			ts.Setenv(k, v)
		}
	}
}

// aws-lbc CERTIFICATE... lays out what the other controller makes of Gateway shop with one HTTPRoute of two rules, on port 80 and with
// the certificates on port 443, points the environment of commands at AWS, and sets $ARN and $DNS.
func awsLBC(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: aws-lbc CERTIFICATE...")
	}
	ctx := context.Background()
	pointAtAWS(ts)
	w := &lbcWorld{ts: ts, stack: ts.Getenv("NS") + "/shop"}
	cfg, err := system.AWS(ctx)
	ts.Check(err)
	w.elb, w.ec2 = elbv2.NewFromConfig(cfg), ec2.NewFromConfig(cfg)
	lb := w.loadBalancer(ctx)
	group := w.targets(ctx, lb)
	w.serve(ctx, &elbv2.CreateListenerInput{LoadBalancerArn: lb.LoadBalancerArn, Port: aws.Int32(80), Protocol: types.ProtocolEnumHttp}, group)
	secure := w.serve(ctx, &elbv2.CreateListenerInput{
		LoadBalancerArn: lb.LoadBalancerArn, Port: aws.Int32(443), Protocol: types.ProtocolEnumHttps, Certificates: []types.Certificate{{CertificateArn: &args[0]}},
	}, group)
	for i := 1; i < len(args); i++ {
		_, err = w.elb.AddListenerCertificates(ctx, &elbv2.AddListenerCertificatesInput{ListenerArn: secure, Certificates: []types.Certificate{{CertificateArn: &args[i]}}})
		ts.Check(err)
	}
	ts.Setenv("ARN", aws.ToString(lb.LoadBalancerArn))
	ts.Setenv("DNS", strings.ToLower(aws.ToString(lb.DNSName)))
}

type lbcWorld struct {
	ts    *testscript.TestScript
	stack string
	elb   *elbv2.Client
	ec2   *ec2.Client
}

func (w *lbcWorld) tags(resource string) []types.Tag {
	return []types.Tag{
		{Key: aws.String("elbv2.k8s.aws/cluster"), Value: aws.String(stack.ClusterName)},
		{Key: aws.String("gateway.k8s.aws.alb/stack"), Value: &w.stack},
		{Key: aws.String("gateway.k8s.aws.alb/resource"), Value: &resource},
	}
}

// group of a name; the shared one has a resource tag of its own.
func (w *lbcWorld) group(ctx context.Context, vpc, name string, tags []ec2types.Tag) string {
	out, err := w.ec2.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{
		GroupName: &name, Description: aws.String("[k8s] Managed SecurityGroup for LoadBalancer"), VpcId: &vpc,
		TagSpecifications: []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeSecurityGroup, Tags: tags}},
	})
	w.ts.Check(err)
	return aws.ToString(out.GroupId)
}

func (w *lbcWorld) loadBalancer(ctx context.Context) types.LoadBalancer {
	world, err := system.World(ctx)
	w.ts.Check(err)
	var managed []ec2types.Tag
	for _, t := range w.tags("ManagedLBSecurityGroup") {
		managed = append(managed, ec2types.Tag{Key: t.Key, Value: t.Value})
	}
	front := w.group(ctx, world.VPC, lbcGroup, managed)
	_, err = w.ec2.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &front, IpPermissions: []ec2types.IpPermission{{
		IpProtocol: aws.String("tcp"), FromPort: aws.Int32(80), ToPort: aws.Int32(80), IpRanges: []ec2types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}},
	}}})
	w.ts.Check(err)
	back := w.group(ctx, world.VPC, lbcBackend, []ec2types.Tag{
		{Key: aws.String("elbv2.k8s.aws/cluster"), Value: aws.String(stack.ClusterName)},
		{Key: aws.String("elbv2.k8s.aws/resource"), Value: aws.String("backend-sg")},
	})
	in := &elbv2.CreateLoadBalancerInput{
		Name: aws.String(lbcName), Scheme: types.LoadBalancerSchemeEnumInternal, SecurityGroups: []string{front, back}, Tags: w.tags("LoadBalancer"),
	}
	for _, s := range world.Subnets {
		if s.Access == "private" {
			in.Subnets = append(in.Subnets, s.ID)
		}
	}
	out, err := w.elb.CreateLoadBalancer(ctx, in)
	w.ts.Check(err)
	return out.LoadBalancers[0]
}

// targets of the Service web.
func (w *lbcWorld) targets(ctx context.Context, lb types.LoadBalancer) *string {
	groups, err := w.elb.CreateTargetGroup(ctx, &elbv2.CreateTargetGroupInput{
		Name: aws.String(lbcTargets), Protocol: types.ProtocolEnumHttp, Port: aws.Int32(3000), VpcId: lb.VpcId, TargetType: types.TargetTypeEnumIp,
		HealthCheckIntervalSeconds: aws.Int32(15), Matcher: &types.Matcher{HttpCode: aws.String("200-399")},
		Tags: w.tags(w.stack + ":" + strings.ReplaceAll(w.stack, "/", "-") + ":HTTPRoute-web:80"),
	})
	w.ts.Check(err)
	group := groups.TargetGroups[0].TargetGroupArn
	pods, err := system.Kubectl(ctx, "", "get", "pods", "-n", w.ts.Getenv("NS"), "-l", "app=web", "-o", "jsonpath={.items[*].status.podIP}")
	w.ts.Check(err)
	targets := &elbv2.RegisterTargetsInput{TargetGroupArn: group}
	for _, ip := range strings.Fields(pods) {
		targets.Targets = append(targets.Targets, types.TargetDescription{Id: &ip, Port: aws.Int32(3000)})
	}
	_, err = w.elb.RegisterTargets(ctx, targets)
	w.ts.Check(err)
	return group
}

// serve a group on a port: /cart, and what is left.
func (w *lbcWorld) serve(ctx context.Context, in *elbv2.CreateListenerInput, group *string) *string {
	port := aws.ToInt32(in.Port)
	in.Tags = w.tags(strconv.Itoa(int(port)))
	in.DefaultActions = []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: aws.String("404")}}}
	listeners, err := w.elb.CreateListener(ctx, in)
	w.ts.Check(err)
	for i, path := range []string{"/cart", "/*"} {
		_, err = w.elb.CreateRule(ctx, &elbv2.CreateRuleInput{
			ListenerArn: listeners.Listeners[0].ListenerArn, Priority: aws.Int32(int32(i + 1)), Tags: w.tags(fmt.Sprintf("%d:%d", port, i+1)), //nolint:gosec // 0 or 1
			Conditions: []types.RuleCondition{{Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: []string{path}}}},
			Actions:    []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: &types.ForwardActionConfig{TargetGroups: []types.TargetGroupTuple{{TargetGroupArn: group, Weight: aws.Int32(1)}}}}},
		})
		w.ts.Check(err)
	}
	return listeners.Listeners[0].ListenerArn
}

// aws-lbc-left prints what has tags of the other controller, the ARN of each of the load balancer, its listeners, rules and target
// groups, and how many they are.
func awsLBCLeft(ts *testscript.TestScript, _ bool, _ []string) {
	ctx := context.Background()
	client, err := elb(ctx)
	ts.Check(err)
	arns := []string{ts.Getenv("ARN")}
	listeners, err := client.DescribeListeners(ctx, &elbv2.DescribeListenersInput{LoadBalancerArn: &arns[0]})
	ts.Check(err)
	for _, l := range listeners.Listeners {
		arns = append(arns, aws.ToString(l.ListenerArn))
		rules, err := client.DescribeRules(ctx, &elbv2.DescribeRulesInput{ListenerArn: l.ListenerArn})
		ts.Check(err)
		for _, r := range rules.Rules {
			if !aws.ToBool(r.IsDefault) {
				arns = append(arns, aws.ToString(r.RuleArn))
			}
		}
	}
	groups, err := client.DescribeTargetGroups(ctx, &elbv2.DescribeTargetGroupsInput{})
	ts.Check(err)
	for _, g := range groups.TargetGroups {
		arns = append(arns, aws.ToString(g.TargetGroupArn))
	}
	tags, err := client.DescribeTags(ctx, &elbv2.DescribeTagsInput{ResourceArns: arns})
	ts.Check(err)
	left := 0
	for _, d := range tags.TagDescriptions {
		if slices.ContainsFunc(d.Tags, func(t types.Tag) bool { return aws.ToString(t.Key) == "gateway.k8s.aws.alb/stack" }) {
			left++
			_, err = fmt.Fprintln(ts.Stdout(), aws.ToString(d.ResourceArn))
			ts.Check(err)
		}
	}
	_, err = fmt.Fprintf(ts.Stdout(), "left %d\n", left)
	ts.Check(err)
}

// Each command of docs/migrate.md is one of the script's.
func TestMigratePage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "migrate.md"))
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(filepath.Join("testdata", "migrate.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for line := range strings.Lines(string(page)) {
		command, is := strings.CutPrefix(line, "    kubectl ")
		if !is {
			continue
		}
		ran++
		command, _, _ = strings.Cut(command, "#")
		command = strings.ReplaceAll(strings.TrimSpace("kubectl "+command), "kubectl alb", "kubectl-alb")
		for _, r := range []string{" -n shop", " -n kube-system"} {
			command = strings.ReplaceAll(command, r, "")
		}
		if !strings.Contains(string(script), "exec "+command) {
			t.Errorf("docs/migrate.md has %q, which testdata/migrate.txtar does not run", command)
		}
	}
	if ran < 4 {
		t.Errorf("only %d commands found: the test looks for the wrong thing", ran)
	}
}
