package e2e

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/rogpeppe/go-internal/testscript"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// aws-targetgroups prints what AWS holds of the script's target groups: for each its settings, its health check, its attributes, its
// tags and its targets, each line beginning with the Service.
func awsTargetGroups(ts *testscript.TestScript, _ bool, _ []string) {
	out, err := targetGroupsOf(context.Background(), ts)
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), out)
	ts.Check(err)
}

func targetGroupsOf(ctx context.Context, ts *testscript.TestScript) (string, error) {
	client, err := elb(ctx)
	if err != nil {
		return "", err
	}
	bindings, err := objectsOf[albv1alpha1.TargetGroupBinding](ctx, ts, "targetgroupbindings")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, o := range bindings {
		arn := o.Status.AtProvider.TargetGroupARN
		if arn == "" {
			continue
		}
		if err := describeGroup(ctx, client, arn, prefixed{&b, o.Spec.ForProvider.ServiceRef.Name}); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// prefixed lines.
type prefixed struct {
	to     *strings.Builder
	prefix string
}

func (p prefixed) line(format string, args ...any) {
	_, _ = fmt.Fprintf(p.to, p.prefix+" "+format+"\n", args...) // a Builder never fails
}

func describeGroup(ctx context.Context, client *elbv2.Client, arn string, out prefixed) error {
	groups, err := client.DescribeTargetGroups(ctx, &elbv2.DescribeTargetGroupsInput{TargetGroupArns: []string{arn}})
	if err != nil {
		return err
	}
	g := groups.TargetGroups[0]
	out.line("name %s", aws.ToString(g.TargetGroupName))
	out.line("speaks %s %s to %s %s, control port %d", g.Protocol, aws.ToString(g.ProtocolVersion), g.IpAddressType, g.TargetType, aws.ToInt32(g.TargetControlPort))
	out.line("checks %s %s%s every %ds for %ds, healthy after %d, unhealthy after %d, codes %s%s", g.HealthCheckProtocol, aws.ToString(g.HealthCheckPort), aws.ToString(g.HealthCheckPath),
		aws.ToInt32(g.HealthCheckIntervalSeconds), aws.ToInt32(g.HealthCheckTimeoutSeconds), aws.ToInt32(g.HealthyThresholdCount), aws.ToInt32(g.UnhealthyThresholdCount),
		aws.ToString(g.Matcher.HttpCode), aws.ToString(g.Matcher.GrpcCode))
	attributes, err := client.DescribeTargetGroupAttributes(ctx, &elbv2.DescribeTargetGroupAttributesInput{TargetGroupArn: &arn})
	if err != nil {
		return err
	}
	for _, a := range attributes.Attributes {
		out.line("attribute %s=%s", aws.ToString(a.Key), aws.ToString(a.Value))
	}
	tags, err := client.DescribeTags(ctx, &elbv2.DescribeTagsInput{ResourceArns: []string{arn}})
	if err != nil {
		return err
	}
	for _, t := range tags.TagDescriptions[0].Tags {
		out.line("tag %s=%s", aws.ToString(t.Key), aws.ToString(t.Value))
	}
	return describeTargets(ctx, client, arn, out)
}

func describeTargets(ctx context.Context, client *elbv2.Client, arn string, out prefixed) error {
	health, err := client.DescribeTargetHealth(ctx, &elbv2.DescribeTargetHealthInput{TargetGroupArn: &arn})
	if err != nil {
		return err
	}
	slices.SortFunc(health.TargetHealthDescriptions, func(a, b types.TargetHealthDescription) int {
		return strings.Compare(aws.ToString(a.Target.Id), aws.ToString(b.Target.Id))
	})
	for _, h := range health.TargetHealthDescriptions {
		out.line("target %s:%d %s", aws.ToString(h.Target.Id), aws.ToInt32(h.Target.Port), h.TargetHealth.State)
	}
	return nil
}

// aws-register SERVICE ID PORT registers a target behind the provider's back, as another cluster does.
func awsRegister(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: aws-register SERVICE ID PORT")
	}
	ctx := context.Background()
	client, err := elb(ctx)
	ts.Check(err)
	bindings, err := objectsOf[albv1alpha1.TargetGroupBinding](ctx, ts, "targetgroupbindings")
	ts.Check(err)
	i := slices.IndexFunc(bindings, func(b albv1alpha1.TargetGroupBinding) bool { return b.Spec.ForProvider.ServiceRef.Name == args[0] })
	if i < 0 {
		ts.Fatalf("no TargetGroupBinding is for Service %q", args[0])
	}
	_, err = client.RegisterTargets(ctx, &elbv2.RegisterTargetsInput{
		TargetGroupArn: new(bindings[i].Status.AtProvider.TargetGroupARN),
		Targets:        []types.TargetDescription{{Id: &args[1], Port: new(int32(number(ts, args[2])))}}, //nolint:gosec // a port of a script
	})
	ts.Check(err)
}
