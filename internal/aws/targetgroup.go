package aws

import (
	"context"
	"slices"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// TargetGroup by name or ARN.
func (e *ELB) TargetGroup(ctx context.Context, nameOrARN string) (*types.TargetGroup, error) {
	all, err := e.groups.get(ctx, question[[]types.TargetGroup]{
		key:  everything,
		age:  func(all []types.TargetGroup) time.Duration { return listingAge(e.ages.Listing, len(all)) },
		read: e.readTargetGroups,
	})
	if err != nil {
		return nil, err
	}
	is := func(tg types.TargetGroup) bool { return matches(nameOrARN, tg.TargetGroupName, tg.TargetGroupArn) }
	return find(all, is, "target group", nameOrARN)
}

func (e *ELB) readTargetGroups(ctx context.Context) ([]types.TargetGroup, error) {
	return collect(func(marker *string) ([]types.TargetGroup, *string, error) {
		out, err := do(ctx, e.api.DescribeTargetGroups, &elbv2.DescribeTargetGroupsInput{Marker: marker, PageSize: new(int32(pageSize))})
		if err != nil {
			return nil, nil, err
		}
		return out.TargetGroups, out.NextMarker, nil
	})
}

// CreateTargetGroup makes a target group, or returns the one with the same name and settings.
func (e *ELB) CreateTargetGroup(ctx context.Context, in *elbv2.CreateTargetGroupInput) (*types.TargetGroup, error) {
	out, err := do(ctx, e.api.CreateTargetGroup, in)
	e.edited(err, e.groups.expire, everything)
	if err != nil {
		return nil, err
	}
	tg := first(out.TargetGroups)
	known, ok := e.groups.peek(everything, e.ages.Detail)
	arn := awssdk.ToString(tg.TargetGroupArn)
	is := func(o types.TargetGroup) bool { return same(o.TargetGroupArn, arn) }
	if ok && !slices.ContainsFunc(known, is) {
		e.tags.put(arn, ELBTagMap(in.Tags))
		e.health.put(arn, nil)
	}
	e.groups.edit(everything, func(all []types.TargetGroup) []types.TargetGroup { return insert(all, tg, is) })
	return &tg, nil
}

// ModifyTargetGroup changes the health check settings that are given.
func (e *ELB) ModifyTargetGroup(ctx context.Context, in *elbv2.ModifyTargetGroupInput) (*types.TargetGroup, error) {
	out, err := do(ctx, e.api.ModifyTargetGroup, in)
	e.edited(err, e.groups.expire, everything)
	if err != nil {
		return nil, err
	}
	tg := first(out.TargetGroups)
	e.groups.edit(everything, func(all []types.TargetGroup) []types.TargetGroup {
		return upsert(all, tg, func(o types.TargetGroup) bool { return same(o.TargetGroupArn, awssdk.ToString(tg.TargetGroupArn)) })
	})
	return &tg, nil
}

// DeleteTargetGroup that no rule and no listener names. One that does not exist is no error.
func (e *ELB) DeleteTargetGroup(ctx context.Context, in *elbv2.DeleteTargetGroupInput) error {
	arn := awssdk.ToString(in.TargetGroupArn)
	_, err := do(ctx, e.api.DeleteTargetGroup, in)
	e.edited(err, e.groups.expire, everything)
	if err != nil {
		return err
	}
	e.groups.edit(everything, func(all []types.TargetGroup) []types.TargetGroup {
		return remove(all, func(o types.TargetGroup) bool { return same(o.TargetGroupArn, arn) })
	})
	e.health.drop(arn)
	e.tags.drop(arn)
	e.attributes.drop(arn)
	return nil
}

// TargetHealth of the targets of a target group.
func (e *ELB) TargetHealth(ctx context.Context, targetGroupARN string) ([]types.TargetHealthDescription, error) {
	return e.targetHealth(ctx, targetGroupARN, func(all []types.TargetHealthDescription) time.Duration {
		if slices.ContainsFunc(all, isSettling) {
			return e.ages.Settling
		}
		return e.ages.Health
	})
}

// TargetHealthSoon is the same for somebody who waits for a target to become healthy.
func (e *ELB) TargetHealthSoon(ctx context.Context, targetGroupARN string) ([]types.TargetHealthDescription, error) {
	return e.targetHealth(ctx, targetGroupARN, func([]types.TargetHealthDescription) time.Duration { return e.ages.Settling })
}

func (e *ELB) targetHealth(ctx context.Context, targetGroupARN string, age func([]types.TargetHealthDescription) time.Duration) ([]types.TargetHealthDescription, error) {
	return e.health.get(ctx, question[[]types.TargetHealthDescription]{
		key: targetGroupARN,
		age: age,
		read: func(ctx context.Context) ([]types.TargetHealthDescription, error) {
			out, err := do(ctx, e.api.DescribeTargetHealth, &elbv2.DescribeTargetHealthInput{TargetGroupArn: &targetGroupARN})
			if err != nil {
				return nil, err
			}
			return out.TargetHealthDescriptions, nil
		},
	})
}

func isSettling(d types.TargetHealthDescription) bool {
	if d.TargetHealth == nil {
		return false
	}
	s := d.TargetHealth.State
	return s == types.TargetHealthStateEnumInitial || s == types.TargetHealthStateEnumDraining
}

// RegisterTargets in a target group.
func (e *ELB) RegisterTargets(ctx context.Context, in *elbv2.RegisterTargetsInput) error {
	defer e.health.expire(awssdk.ToString(in.TargetGroupArn))
	_, err := do(ctx, e.api.RegisterTargets, in)
	return err
}

// DeregisterTargets from a target group. Unknown ones are no error.
func (e *ELB) DeregisterTargets(ctx context.Context, in *elbv2.DeregisterTargetsInput) error {
	defer e.health.expire(awssdk.ToString(in.TargetGroupArn))
	_, err := do(ctx, e.api.DeregisterTargets, in)
	return err
}
