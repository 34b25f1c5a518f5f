package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/stack"
)

// otherController is AWS Load Balancer Controller itself, where `make lbc` has built it, with its kinds in a folder beside it.
var otherController = filepath.Join("..", "..", "bin", "aws-load-balancer-controller")

// conditions of scripts: [lbc] holds where the other controller was built.
func conditions(name string) (bool, error) {
	if name != "lbc" {
		return false, fmt.Errorf("no condition %q", name)
	}
	_, err := os.Stat(otherController)
	return err == nil, nil
}

// other is the one that runs. Scripts run one after the other.
var other *stack.Replica

// lbc start|stop runs AWS Load Balancer Controller for the script's namespace, and points the environment of commands at AWS. In the end
// $ARN is that of the load balancer of Gateway shop.
func lbc(ts *testscript.TestScript, _ bool, args []string) {
	switch strings.Join(args, " ") {
	case "start":
		pointAtAWS(ts)
		_, err := system.Kubectl(context.Background(), "", "apply", "-f", otherController+"-crds")
		ts.Check(err)
		r, err := system.StartProgram(stack.Program{Name: "aws-load-balancer-controller", Path: otherController, Args: lbcArgs(ts), Env: system.Env()})
		ts.Check(err)
		other = r
		ts.Defer(func() { _ = r.Stop() })
	case "stop":
		ts.Check(other.Stop())
		ts.Setenv("ARN", madeFor(ts, "shop"))
	default:
		ts.Fatalf("usage: lbc start|stop")
	}
}

// madeFor a Gateway: the ARN of the load balancer that has its address.
func madeFor(ts *testscript.TestScript, gateway string) string {
	ctx := context.Background()
	address, err := addressOf(ctx, ts, gateway)
	ts.Check(err)
	client, err := elb(ctx)
	ts.Check(err)
	all, err := client.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{})
	ts.Check(err)
	for _, lb := range all.LoadBalancers {
		if strings.EqualFold(aws.ToString(lb.DNSName), address) {
			return aws.ToString(lb.LoadBalancerArn)
		}
	}
	ts.Fatalf("no load balancer has the address of Gateway %s, %q", gateway, address)
	return ""
}

func lbcArgs(ts *testscript.TestScript) []string {
	world, err := system.World(context.Background())
	ts.Check(err)
	p, err := stack.NewKeyPair("localhost")
	ts.Check(err)
	dir := ts.MkAbs(".webhook")
	ts.Check(os.MkdirAll(dir, 0o700))
	ts.Check(os.WriteFile(filepath.Join(dir, "tls.crt"), p.Certificate, 0o600))
	ts.Check(os.WriteFile(filepath.Join(dir, "tls.key"), p.Key, 0o600))
	webhooks, err := stack.FreeAddress()
	ts.Check(err)
	_, port, err := net.SplitHostPort(webhooks)
	ts.Check(err)
	return []string{
		"--kubeconfig=" + system.Kubeconfig(), "--watch-namespace=" + ts.Getenv("NS"), "--cluster-name=" + stack.ClusterName, "--aws-region=" + stack.Region,
		"--aws-vpc-id=" + world.VPC, "--webhook-cert-dir=" + dir, "--webhook-bind-port=" + port, "--metrics-bind-addr=0",
		"--health-probe-bind-addr=127.0.0.1:0", "--enable-leader-election=false", "--enable-waf=false", "--lb-stabilization-monitor-interval=2s",
	}
}
