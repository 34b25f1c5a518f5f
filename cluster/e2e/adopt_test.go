package e2e

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// aws-adoptable NAME GATEWAY makes a load balancer that the Gateway may adopt, and sets $NAME to its DNS name.
func awsAdoptable(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: aws-adoptable NAME NAMESPACE/GATEWAY")
	}
	_, dnsName, err := system.MakeAdoptable(context.Background(), args[0], args[1])
	ts.Check(err)
	ts.Setenv(args[0], strings.ToLower(dnsName))
}

// aws-arn NAME sets $NAME to the ARN of the load balancer of that name, which has to be there.
func awsARN(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: aws-arn NAME")
	}
	ctx := context.Background()
	client, err := elb(ctx)
	ts.Check(err)
	found, err := client.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{Names: args})
	ts.Check(err)
	ts.Setenv(args[0], aws.ToString(found.LoadBalancers[0].LoadBalancerArn))
}

// aws-left NAME checks that a load balancer is there with its owner's tags and without listeners, and deletes it.
func awsLeft(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: aws-left NAME")
	}
	ctx := context.Background()
	client, err := elb(ctx)
	ts.Check(err)
	found, err := client.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{Names: args})
	ts.Check(err)
	arn := found.LoadBalancers[0].LoadBalancerArn
	listeners, err := client.DescribeListeners(ctx, &elbv2.DescribeListenersInput{LoadBalancerArn: arn})
	ts.Check(err)
	if n := len(listeners.Listeners); n > 0 {
		ts.Fatalf("load balancer %s has %d listeners", args[0], n)
	}
	tags, err := client.DescribeTags(ctx, &elbv2.DescribeTagsInput{ResourceArns: []string{aws.ToString(arn)}})
	ts.Check(err)
	var keys []string
	for _, t := range tags.TagDescriptions[0].Tags {
		keys = append(keys, aws.ToString(t.Key))
	}
	if diff := cmp.Diff([]string{"alb.gateway.crossplane.io/adoptable-by", "owner"}, keys); diff != "" {
		ts.Check(fmt.Errorf("tags of load balancer %s: -want, +got:\n%s", args[0], diff))
	}
	_, err = client.DeleteLoadBalancer(ctx, &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: arn})
	ts.Check(err)
}
