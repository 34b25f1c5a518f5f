package simulator_test

import (
	"testing"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	shieldtypes "github.com/aws/aws-sdk-go-v2/service/shield/types"
)

// Shield API reference, CreateProtection, DescribeProtection, DeleteProtection.
func TestShieldProtection(t *testing.T) {
	t.Parallel()
	b := newBench(t, quick())
	arn := *b.loadBalancer("shop").LoadBalancerArn
	create := &shield.CreateProtectionInput{Name: new("shop"), ResourceArn: &arn}

	state := must(b.shield.GetSubscriptionState(t.Context(), &shield.GetSubscriptionStateInput{}))(b)
	if state.SubscriptionState != shieldtypes.SubscriptionStateInactive {
		t.Errorf("subscription: want INACTIVE, got %s", state.SubscriptionState)
	}
	_, err := b.shield.CreateProtection(t.Context(), create)
	if got := codeOf(t, err); got != "ResourceNotFoundException" {
		t.Errorf("CreateProtection without a subscription: want ResourceNotFoundException, got %q", got)
	}
	must(b.shield.CreateSubscription(t.Context(), &shield.CreateSubscriptionInput{}))(b)
	id := must(b.shield.CreateProtection(t.Context(), create))(b).ProtectionId

	for name, in := range map[string]*shield.CreateProtectionInput{
		"ResourceAlreadyExistsException": create,
		"InvalidParameterException":      {Name: new("a/b"), ResourceArn: &arn},
		"InvalidResourceException":       {Name: new("x"), ResourceArn: new("arn:aws:sqs:us-east-1:123456789012:queue")},
	} {
		_, err := b.shield.CreateProtection(t.Context(), in)
		if got := codeOf(t, err); got != name {
			t.Errorf("CreateProtection(%s): want %s, got %q", *in.Name, name, got)
		}
	}
	// It outlives the load balancer.
	must(b.elb.DeleteLoadBalancer(t.Context(), &elb.DeleteLoadBalancerInput{LoadBalancerArn: &arn}))(b)
	if p := must(b.shield.DescribeProtection(t.Context(), &shield.DescribeProtectionInput{ResourceArn: &arn}))(b).Protection; *p.Id != *id || *p.Name != "shop" {
		t.Errorf("DescribeProtection: got %s %q", *p.Id, *p.Name)
	}
	must(b.shield.DeleteProtection(t.Context(), &shield.DeleteProtectionInput{ProtectionId: id}))(b)
	_, err = b.shield.DescribeProtection(t.Context(), &shield.DescribeProtectionInput{ProtectionId: id})
	if got := codeOf(t, err); got != "ResourceNotFoundException" {
		t.Errorf("DescribeProtection of what was deleted: want ResourceNotFoundException, got %q", got)
	}
}
