package e2e

import (
	"context"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/rogpeppe/go-internal/testscript"
)

// aws-loadbalancers prints what AWS holds of the script's load balancers: for each its settings, attributes, tags and capacity, and
// the settings and attributes of its listeners, each line beginning with the load balancer's name.
func awsLoadBalancers(ts *testscript.TestScript, _ bool, _ []string) {
	out, err := loadBalancersOf(context.Background(), ts.Getenv("NS"))
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), out)
	ts.Check(err)
}

func loadBalancersOf(ctx context.Context, namespace string) (string, error) {
	client, err := elb(ctx)
	if err != nil {
		return "", err
	}
	arns, err := balancers(ctx, client, namespace)
	if err != nil || len(arns) == 0 {
		return "", err
	}
	found, err := client.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{LoadBalancerArns: arns})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, lb := range found.LoadBalancers {
		if err := describeBalancer(ctx, client, lb, prefixed{&b, aws.ToString(lb.LoadBalancerName)}); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func describeBalancer(ctx context.Context, client *elbv2.Client, lb types.LoadBalancer, out prefixed) error {
	out.line("is %s with %s addresses in %d zones", lb.Scheme, lb.IpAddressType, len(lb.AvailabilityZones))
	attributes, err := client.DescribeLoadBalancerAttributes(ctx, &elbv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: lb.LoadBalancerArn})
	if err != nil {
		return err
	}
	for _, a := range attributes.Attributes {
		out.line("attribute %s=%s", aws.ToString(a.Key), aws.ToString(a.Value))
	}
	capacity, err := client.DescribeCapacityReservation(ctx, &elbv2.DescribeCapacityReservationInput{LoadBalancerArn: lb.LoadBalancerArn})
	if err != nil {
		return err
	}
	if c := capacity.MinimumLoadBalancerCapacity; c != nil {
		out.line("capacity %d", aws.ToInt32(c.CapacityUnits))
	}
	tags, err := client.DescribeTags(ctx, &elbv2.DescribeTagsInput{ResourceArns: []string{aws.ToString(lb.LoadBalancerArn)}})
	if err != nil {
		return err
	}
	for _, t := range tags.TagDescriptions[0].Tags {
		out.line("tag %s=%s", aws.ToString(t.Key), aws.ToString(t.Value))
	}
	return describeListeners(ctx, client, lb, out)
}

func describeListeners(ctx context.Context, client *elbv2.Client, lb types.LoadBalancer, out prefixed) error {
	listeners, err := client.DescribeListeners(ctx, &elbv2.DescribeListenersInput{LoadBalancerArn: lb.LoadBalancerArn})
	if err != nil {
		return err
	}
	for _, l := range listeners.Listeners {
		out.line("listens on %s:%d %s", l.Protocol, aws.ToInt32(l.Port), aws.ToString(l.SslPolicy))
		attributes, err := client.DescribeListenerAttributes(ctx, &elbv2.DescribeListenerAttributesInput{ListenerArn: l.ListenerArn})
		if err != nil {
			return err
		}
		for _, a := range attributes.Attributes {
			out.line("listener %d attribute %s=%s", aws.ToInt32(l.Port), aws.ToString(a.Key), aws.ToString(a.Value))
		}
	}
	return nil
}
