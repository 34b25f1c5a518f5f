package aws

import (
	"context"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// LoadBalancerAttributes of a load balancer.
func (e *ELB) LoadBalancerAttributes(ctx context.Context, arn string) (map[string]string, error) {
	return e.attributesOf(ctx, arn, func(ctx context.Context) (map[string]string, error) {
		out, err := do(ctx, e.api.DescribeLoadBalancerAttributes, &elbv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &arn})
		if err != nil {
			return nil, err
		}
		return loadBalancerAttributes(out.Attributes), nil
	})
}

// ListenerAttributes of a listener.
func (e *ELB) ListenerAttributes(ctx context.Context, arn string) (map[string]string, error) {
	return e.attributesOf(ctx, arn, func(ctx context.Context) (map[string]string, error) {
		out, err := do(ctx, e.api.DescribeListenerAttributes, &elbv2.DescribeListenerAttributesInput{ListenerArn: &arn})
		if err != nil {
			return nil, err
		}
		return listenerAttributes(out.Attributes), nil
	})
}

// TargetGroupAttributes of a target group.
func (e *ELB) TargetGroupAttributes(ctx context.Context, arn string) (map[string]string, error) {
	return e.attributesOf(ctx, arn, func(ctx context.Context) (map[string]string, error) {
		out, err := do(ctx, e.api.DescribeTargetGroupAttributes, &elbv2.DescribeTargetGroupAttributesInput{TargetGroupArn: &arn})
		if err != nil {
			return nil, err
		}
		return targetGroupAttributes(out.Attributes), nil
	})
}

func (e *ELB) attributesOf(ctx context.Context, arn string, read func(context.Context) (map[string]string, error)) (map[string]string, error) {
	return e.attributes.get(ctx, question[map[string]string]{key: arn, age: upTo[map[string]string](e.ages.Detail), read: read})
}

// ModifyLoadBalancerAttributes changes the attributes that are given.
func (e *ELB) ModifyLoadBalancerAttributes(ctx context.Context, in *elbv2.ModifyLoadBalancerAttributesInput) error {
	_, err := do(ctx, e.api.ModifyLoadBalancerAttributes, in)
	e.editedAttributes(err, awssdk.ToString(in.LoadBalancerArn), loadBalancerAttributes(in.Attributes))
	return err
}

// ModifyListenerAttributes changes the attributes that are given.
func (e *ELB) ModifyListenerAttributes(ctx context.Context, in *elbv2.ModifyListenerAttributesInput) error {
	_, err := do(ctx, e.api.ModifyListenerAttributes, in)
	e.editedAttributes(err, awssdk.ToString(in.ListenerArn), listenerAttributes(in.Attributes))
	return err
}

// ModifyTargetGroupAttributes changes the attributes that are given.
func (e *ELB) ModifyTargetGroupAttributes(ctx context.Context, in *elbv2.ModifyTargetGroupAttributesInput) error {
	_, err := do(ctx, e.api.ModifyTargetGroupAttributes, in)
	e.editedAttributes(err, awssdk.ToString(in.TargetGroupArn), targetGroupAttributes(in.Attributes))
	return err
}

func (e *ELB) editedAttributes(err error, arn string, given map[string]string) {
	e.edited(err, e.attributes.expire, arn)
	if err == nil {
		e.attributes.edit(arn, func(all map[string]string) map[string]string { return merge(all, given) })
	}
}

func loadBalancerAttributes(in []types.LoadBalancerAttribute) map[string]string {
	out := map[string]string{}
	for _, a := range in {
		out[awssdk.ToString(a.Key)] = awssdk.ToString(a.Value)
	}
	return out
}

func listenerAttributes(in []types.ListenerAttribute) map[string]string {
	out := map[string]string{}
	for _, a := range in {
		out[awssdk.ToString(a.Key)] = awssdk.ToString(a.Value)
	}
	return out
}

func targetGroupAttributes(in []types.TargetGroupAttribute) map[string]string {
	out := map[string]string{}
	for _, a := range in {
		out[awssdk.ToString(a.Key)] = awssdk.ToString(a.Value)
	}
	return out
}
