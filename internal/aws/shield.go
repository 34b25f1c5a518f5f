package aws

import (
	"context"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	"github.com/aws/aws-sdk-go-v2/service/shield/types"
)

// Shield is AWS Shield Advanced in one account.
type Shield struct {
	api  *shield.Client
	ages *Ages

	protections *snapshot[*types.Protection] // by the resource's ARN
	tags        *snapshot[map[string]string] // by the protection's ARN
}

func newShield(cfg awssdk.Config, m *metrics, a *Ages, rates Rates) *Shield {
	limit := newLimiter(serviceShield, m, rates)
	return &Shield{
		api:         shield.NewFromConfig(cfg, func(o *shield.Options) { o.APIOptions = append(o.APIOptions, limit.add) }),
		ages:        a,
		protections: newSnapshot[*types.Protection]("shieldProtections", m, a),
		tags:        newSnapshot[map[string]string]("shieldTags", m, a),
	}
}

// Protection of a resource, by the resource's ARN. An account without a subscription has none. Callers must not change it.
func (s *Shield) Protection(ctx context.Context, resource string) (*types.Protection, error) {
	return s.protections.get(ctx, question[*types.Protection]{
		key: resource,
		age: upTo[*types.Protection](s.ages.Detail),
		read: func(ctx context.Context) (*types.Protection, error) {
			out, err := do(ctx, s.api.DescribeProtection, &shield.DescribeProtectionInput{ResourceArn: &resource})
			if err != nil {
				return nil, err
			}
			if out.Protection == nil {
				return nil, absent("protection of", resource)
			}
			return out.Protection, nil
		},
	})
}

// Subscribed says whether the account has Shield Advanced.
func (s *Shield) Subscribed(ctx context.Context) (bool, error) {
	out, err := do(ctx, s.api.GetSubscriptionState, &shield.GetSubscriptionStateInput{})
	if err != nil {
		return false, err
	}
	return out.SubscriptionState == types.SubscriptionStateActive, nil
}

// CreateProtection of a resource, and returns its id.
func (s *Shield) CreateProtection(ctx context.Context, in *shield.CreateProtectionInput) (string, error) {
	out, err := do(ctx, s.api.CreateProtection, in)
	s.protections.reset(awssdk.ToString(in.ResourceArn))
	if err != nil {
		return "", err
	}
	return awssdk.ToString(out.ProtectionId), nil
}

// DeleteProtection of a resource, by the protection's id.
func (s *Shield) DeleteProtection(ctx context.Context, id, resource string) error {
	_, err := do(ctx, s.api.DeleteProtection, &shield.DeleteProtectionInput{ProtectionId: &id})
	s.protections.reset(resource)
	return err
}

// Tags of a protection, by its own ARN.
func (s *Shield) Tags(ctx context.Context, arn string) (map[string]string, error) {
	return s.tags.get(ctx, question[map[string]string]{
		key: arn,
		age: upTo[map[string]string](s.ages.Detail),
		read: func(ctx context.Context) (map[string]string, error) {
			out, err := do(ctx, s.api.ListTagsForResource, &shield.ListTagsForResourceInput{ResourceARN: &arn})
			if err != nil {
				return nil, err
			}
			tags := make(map[string]string, len(out.Tags))
			for _, t := range out.Tags {
				tags[awssdk.ToString(t.Key)] = awssdk.ToString(t.Value)
			}
			return tags, nil
		},
	})
}

// AddTags to a protection, or change them.
func (s *Shield) AddTags(ctx context.Context, arn string, tags map[string]string) error {
	_, err := do(ctx, s.api.TagResource, &shield.TagResourceInput{ResourceARN: &arn, Tags: ShieldTags(tags)})
	s.tags.expire(arn)
	return err
}

// RemoveTags from a protection, by their keys.
func (s *Shield) RemoveTags(ctx context.Context, arn string, keys []string) error {
	_, err := do(ctx, s.api.UntagResource, &shield.UntagResourceInput{ResourceARN: &arn, TagKeys: keys})
	s.tags.expire(arn)
	return err
}

// ShieldTags in the SDK's shape, in order.
func ShieldTags(tags map[string]string) []types.Tag {
	out := make([]types.Tag, 0, len(tags))
	for _, k := range sortedKeys(tags) {
		out = append(out, types.Tag{Key: new(k), Value: new(tags[k])})
	}
	return out
}
