package e2e

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// tagGateway is the tag that says for which Gateway a load balancer was made.
const tagGateway = "alb.gateway.crossplane.io/gateway"

func elb(ctx context.Context) (*elbv2.Client, error) {
	cfg, err := system.AWS(ctx)
	if err != nil {
		return nil, err
	}
	return elbv2.NewFromConfig(cfg), nil
}

// aws-reset forgets the calls so far.
func awsReset(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(system.ResetCalls(context.Background()))
}

// aws-writes [OPERATION=PATTERN]... checks that these writes were made since aws-reset, and no others: each is tried as often as
// its pattern says, refused attempts counted.
func awsWrites(ts *testscript.TestScript, _ bool, args []string) {
	writes, err := writesSoFar(context.Background())
	ts.Check(err)
	slices.Sort(args)
	same := slices.EqualFunc(args, writes, func(want, got string) bool {
		matched, err := regexp.MatchString("^"+want+"$", got)
		ts.Check(err)
		return matched
	})
	if !same {
		ts.Fatalf("writes to AWS: -want, +got:\n%s", cmp.Diff(args, writes))
	}
}

// writesSoFar are the calls that change something, as OPERATION=N, sorted.
func writesSoFar(ctx context.Context) ([]string, error) {
	calls, err := system.Calls(ctx)
	if err != nil {
		return nil, err
	}
	var writes []string
	for name := range calls {
		_, operation, _ := strings.Cut(name, ".")
		if !strings.HasPrefix(operation, "Describe") && !strings.HasPrefix(operation, "List") && !strings.HasPrefix(operation, "Get") && !strings.HasPrefix(operation, "Head") {
			writes = append(writes, fmt.Sprintf("%s=%d", operation, calls[name]))
		}
	}
	slices.Sort(writes)
	return writes, nil
}

// aws-rules prints the rules of the script's load balancers, a line each: port, priority, conditions, target groups.
func awsRules(ts *testscript.TestScript, _ bool, _ []string) {
	out, err := rulesOf(context.Background(), ts.Getenv("NS"))
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), out)
	ts.Check(err)
}

// aws-tags prints the tags of the rules of the script's load balancers, a line each: priority, key, value.
func awsTags(ts *testscript.TestScript, _ bool, _ []string) {
	ctx := context.Background()
	rules, err := liveRules(ctx, ts.Getenv("NS"))
	ts.Check(err)
	client, err := elb(ctx)
	ts.Check(err)
	for _, r := range rules {
		out, err := client.DescribeTags(ctx, &elbv2.DescribeTagsInput{ResourceArns: []string{aws.ToString(r.RuleArn)}})
		ts.Check(err)
		for _, t := range out.TagDescriptions[0].Tags {
			_, err = fmt.Fprintf(ts.Stdout(), "%s %s=%s\n", aws.ToString(r.Priority), aws.ToString(t.Key), aws.ToString(t.Value))
			ts.Check(err)
		}
	}
}

// A liveRule is a rule that AWS holds, and the port of its listener.
type liveRule struct {
	types.Rule
	port int32
}

func rulesOf(ctx context.Context, namespace string) (string, error) {
	rules, err := liveRules(ctx, namespace)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, r := range rules {
		_, _ = fmt.Fprintf(&b, "%d %s", r.port, aws.ToString(r.Priority))
		for _, c := range r.Conditions {
			values := slices.Concat(c.Values, c.RegexValues)
			if c.SourceIpConfig != nil { // AWS repeats the values of hosts and paths only.
				values = c.SourceIpConfig.Values
			}
			_, _ = fmt.Fprintf(&b, " %s=%v", aws.ToString(c.Field), values)
		}
		for _, a := range r.Actions {
			_, _ = fmt.Fprintf(&b, " %s", a.Type)
			if f := a.FixedResponseConfig; f != nil {
				_, _ = fmt.Fprintf(&b, " %s %s", aws.ToString(f.StatusCode), aws.ToString(f.ContentType))
			}
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// liveRules are the rules, but for the default ones, of all load balancers that belong to Gateways of the namespace.
func liveRules(ctx context.Context, namespace string) ([]liveRule, error) {
	client, err := elb(ctx)
	if err != nil {
		return nil, err
	}
	arns, err := balancers(ctx, client, namespace)
	if err != nil {
		return nil, err
	}
	var rules []liveRule
	for _, arn := range arns {
		listeners, err := client.DescribeListeners(ctx, &elbv2.DescribeListenersInput{LoadBalancerArn: &arn})
		if err != nil {
			return nil, err
		}
		for _, l := range listeners.Listeners {
			out, err := client.DescribeRules(ctx, &elbv2.DescribeRulesInput{ListenerArn: l.ListenerArn})
			if err != nil {
				return nil, err
			}
			for _, r := range out.Rules {
				if !aws.ToBool(r.IsDefault) {
					rules = append(rules, liveRule{Rule: r, port: aws.ToInt32(l.Port)})
				}
			}
		}
	}
	return rules, nil
}

// balancers are the ARNs of the load balancers whose tag names a Gateway of the namespace.
func balancers(ctx context.Context, client *elbv2.Client, namespace string) ([]string, error) {
	out, err := client.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{})
	if err != nil || len(out.LoadBalancers) == 0 {
		return nil, err
	}
	var arns []string
	for batch := range slices.Chunk(out.LoadBalancers, 20) {
		var ask []string
		for _, lb := range batch {
			ask = append(ask, aws.ToString(lb.LoadBalancerArn))
		}
		tags, err := client.DescribeTags(ctx, &elbv2.DescribeTagsInput{ResourceArns: ask})
		if err != nil {
			return nil, err
		}
		for _, d := range tags.TagDescriptions {
			if slices.ContainsFunc(d.Tags, func(t types.Tag) bool {
				return aws.ToString(t.Key) == tagGateway && strings.HasPrefix(aws.ToString(t.Value), namespace+"/")
			}) {
				arns = append(arns, aws.ToString(d.ResourceArn))
			}
		}
	}
	return arns, nil
}

// aws-empty waits until AWS holds no load balancer and no target group, and the script's managed resources are gone.
func awsEmpty(ts *testscript.TestScript, _ bool, _ []string) {
	ctx := context.Background()
	client, err := elb(ctx)
	ts.Check(err)
	ts.Check(until(func() error {
		lbs, err := client.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{})
		if err != nil {
			return err
		}
		tgs, err := client.DescribeTargetGroups(ctx, &elbv2.DescribeTargetGroupsInput{})
		if err != nil {
			return err
		}
		left, err := system.Kubectl(ctx, "", "get", "alb", "-n", ts.Getenv("NS"), "-o", "name")
		if err != nil {
			return err
		}
		if n, m := len(lbs.LoadBalancers), len(tgs.TargetGroups); n+m > 0 || left != "" {
			return fmt.Errorf("AWS still holds %d load balancers and %d target groups; the objects left are %q", n, m, left)
		}
		return nil
	}))
}

// aws-delete PATTERN deletes the one rule of the script that aws-rules prints with PATTERN, behind the provider's back.
func awsDelete(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: aws-delete PATH-PATTERN")
	}
	ctx := context.Background()
	client, err := elb(ctx)
	ts.Check(err)
	rules, err := liveRules(ctx, ts.Getenv("NS"))
	ts.Check(err)
	for _, r := range rules {
		for _, c := range r.Conditions {
			if !slices.ContainsFunc(slices.Concat(c.Values, c.RegexValues), func(v string) bool { return strings.Contains(v, args[0]) }) {
				continue
			}
			_, err := client.DeleteRule(ctx, &elbv2.DeleteRuleInput{RuleArn: r.RuleArn})
			ts.Check(err)
			return
		}
	}
	ts.Fatalf("no rule has a value with %q", args[0])
}

// aws-fault hang OPERATION | throttle OPERATION TIMES | wait | clear: the simulator carries the next such call out and does not
// answer it, or refuses so many of them.
func awsFault(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	switch {
	case len(args) == 2 && args[0] == "hang":
		ts.Check(system.HangAfter(ctx, args[1]))
	case len(args) == 3 && args[0] == "throttle":
		ts.Check(system.Throttle(ctx, args[1], number(ts, args[2])))
	case len(args) == 1 && args[0] == "wait":
		ts.Check(until(func() error {
			n, err := system.Hanging(ctx)
			if err == nil && n == 0 {
				return fmt.Errorf("no call hangs")
			}
			return err
		}))
	case len(args) == 1 && args[0] == "clear":
		ts.Check(system.ClearFaults(ctx))
	default:
		ts.Fatalf("usage: aws-fault hang OPERATION | throttle OPERATION TIMES | wait | clear")
	}
}
