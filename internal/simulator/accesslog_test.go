package simulator_test

import (
	"testing"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/simulator/s3"
)

// User guide, "Enable access logs for your Application Load Balancer": the load balancer must be able to write to the bucket.
func TestLogsNeedABucket(t *testing.T) {
	opts := quick()
	opts.World.Buckets = []s3.Bucket{{Name: "our-logs"}, {Name: "their-logs", Foreign: true}}
	b := newBench(t, opts)
	arn := b.loadBalancer("shop").LoadBalancerArn
	for bucket, want := range map[string]string{
		"our-logs": "", "their-logs": "InvalidConfigurationRequest", "no-logs": "InvalidConfigurationRequest", "elb-trust-store-bundles": "InvalidConfigurationRequest",
	} {
		for _, log := range []string{"access_logs", "connection_logs", "health_check_logs"} {
			_, err := b.elb.ModifyLoadBalancerAttributes(t.Context(), &elb.ModifyLoadBalancerAttributesInput{LoadBalancerArn: arn, Attributes: []types.LoadBalancerAttribute{
				{Key: new(log + ".s3.enabled"), Value: new("true")}, {Key: new(log + ".s3.bucket"), Value: &bucket},
			}})
			if got := codeOf(t, err); got != want {
				t.Errorf("%s to %s: want code %q, got %v", log, bucket, want, err)
			}
		}
	}
}
