package aws

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// A tagAsk is a question for the tags of one resource, and its answer.
type tagAsk struct {
	arn  string
	tags map[string]string
	err  error
}

// Tags of a load balancer, listener, rule or target group. Questions that come together travel together, and fill a call
// with the rules of the same listener, whose turn is next.
func (e *ELB) Tags(ctx context.Context, arn string) (map[string]string, error) {
	if e.isGone(arn) {
		return nil, absent("resource", arn)
	}
	return e.tags.get(ctx, question[map[string]string]{
		key: arn,
		age: upTo[map[string]string](e.ages.Detail),
		read: func(ctx context.Context) (map[string]string, error) {
			ask := &tagAsk{arn: arn}
			if err := e.tagAsks.do(ctx, everything, ask, e.readTags); err != nil {
				return nil, err
			}
			return ask.tags, ask.err
		},
	})
}

// readTags answers the questions that came together.
func (e *ELB) readTags(ctx context.Context, asks []*tagAsk) error {
	began := time.Now()
	asked := map[string]bool{}
	for _, a := range asks {
		asked[a.arn] = true
	}
	arns := e.fillWithAged(e.fillWithSiblings(sortedKeys(asked)))
	answers := map[string]map[string]string{}
	problems := map[string]error{}
	for chunk := range slices.Chunk(arns, TagsPerCall) {
		e.readTagsOf(ctx, chunk, answers, problems)
	}
	for arn, tags := range answers {
		if !asked[arn] {
			e.tags.offer(arn, tags, began)
		}
	}
	for arn := range problems {
		if !asked[arn] {
			e.tags.drop(arn) // nobody will ask for what is gone, and it would spoil each call that is filled with it
		}
	}
	for _, a := range asks {
		a.tags, a.err = answers[a.arn], problems[a.arn]
	}
	return nil
}

// readTagsOf up to 20 resources. AWS refuses the whole question when one of them is gone, so it is halved until that one
// stands alone.
func (e *ELB) readTagsOf(ctx context.Context, arns []string, answers map[string]map[string]string, problems map[string]error) {
	out, err := do(ctx, e.api.DescribeTags, &elbv2.DescribeTagsInput{ResourceArns: arns})
	err = missing(err)
	if IsNotFound(err) && len(arns) > 1 {
		half := len(arns) / 2
		e.readTagsOf(ctx, arns[:half], answers, problems)
		e.readTagsOf(ctx, arns[half:], answers, problems)
		return
	}
	if err != nil {
		for _, arn := range arns {
			problems[arn] = err
		}
		return
	}
	for _, d := range out.TagDescriptions {
		answers[awssdk.ToString(d.ResourceArn)] = ELBTagMap(d.Tags)
	}
	for _, arn := range arns {
		if answers[arn] == nil {
			answers[arn] = map[string]string{}
		}
	}
}

// fillWithSiblings adds rules whose tags are not known, of the listeners of the rules that are asked for, up to a multiple
// of what one call takes.
func (e *ELB) fillWithSiblings(arns []string) []string {
	have := map[string]bool{}
	for _, arn := range arns {
		have[arn] = true
	}
	for _, arn := range slices.Clone(arns) {
		rules, _ := e.rules.peek(parent(arn), e.ages.Content)
		for _, r := range rules {
			if len(arns)%TagsPerCall == 0 {
				return arns
			}
			sibling := awssdk.ToString(r.RuleArn)
			if _, known := e.tags.peek(sibling, e.ages.Detail); known || have[sibling] || awssdk.ToBool(r.IsDefault) {
				continue
			}
			have[sibling] = true
			arns = append(arns, sibling)
		}
	}
	return arns
}

// fillWithAged adds whatever else will soon be too old, up to a multiple of what one call takes. What came at different times is
// so brought into step, and asked for together from then on.
func (e *ELB) fillWithAged(arns []string) []string {
	if len(arns)%TagsPerCall == 0 {
		return arns
	}
	have := map[string]bool{}
	for _, arn := range arns {
		have[arn] = true
	}
	for _, arn := range e.tags.aged(e.ages.Detail - e.ages.Detail/10) {
		if len(arns)%TagsPerCall == 0 {
			break
		}
		if !have[arn] {
			arns = append(arns, arn)
		}
	}
	return arns
}

// A tagging is a request for tags of resources, and its outcome.
type tagging struct {
	arns []string
	err  error
}

// AddTags to resources, or change them. Requests for the same tags that come within a moment travel together.
func (e *ELB) AddTags(ctx context.Context, in *elbv2.AddTagsInput) error {
	t := &tagging{arns: in.ResourceArns}
	err := e.taggings.do(ctx, fmt.Sprintf("%q", ELBTagMap(in.Tags)), t, func(ctx context.Context, all []*tagging) error {
		for some := range slices.Chunk(all, TagsPerCall) {
			e.addTags(ctx, some, in.Tags)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.err
}

// addTags in one call. AWS refuses it for one resource that is gone or has too many tags, so it is halved until that one stands
// alone.
func (e *ELB) addTags(ctx context.Context, some []*tagging, tags []types.Tag) {
	in := &elbv2.AddTagsInput{Tags: tags}
	for _, t := range some {
		in.ResourceArns = append(in.ResourceArns, t.arns...)
	}
	_, err := do(ctx, e.api.AddTags, in)
	if half := len(some) / 2; half > 0 && (IsRefused(err) || IsNotFound(err)) {
		e.addTags(ctx, some[:half], tags)
		e.addTags(ctx, some[half:], tags)
		return
	}
	for _, t := range some {
		t.err = err
	}
	for _, arn := range in.ResourceArns {
		e.edited(err, e.tags.expire, arn)
		if err == nil {
			e.tags.edit(arn, func(have map[string]string) map[string]string { return merge(have, ELBTagMap(tags)) })
		}
	}
}

// RemoveTags from resources.
func (e *ELB) RemoveTags(ctx context.Context, in *elbv2.RemoveTagsInput) error {
	_, err := do(ctx, e.api.RemoveTags, in)
	for _, arn := range in.ResourceArns {
		e.edited(err, e.tags.expire, arn)
		if err == nil {
			e.tags.edit(arn, func(tags map[string]string) map[string]string {
				tags = maps.Clone(tags)
				maps.DeleteFunc(tags, func(k, _ string) bool { return slices.Contains(in.TagKeys, k) })
				return tags
			})
		}
	}
	return err
}

// ELBTags in the SDK's shape, in order.
func ELBTags(tags map[string]string) []types.Tag {
	out := make([]types.Tag, 0, len(tags))
	for _, k := range sortedKeys(tags) {
		out = append(out, types.Tag{Key: new(k), Value: new(tags[k])})
	}
	return out
}

// ELBTagMap of the SDK's shape.
func ELBTagMap(in []types.Tag) map[string]string {
	out := make(map[string]string, len(in))
	for _, t := range in {
		out[awssdk.ToString(t.Key)] = awssdk.ToString(t.Value)
	}
	return out
}

// merge two maps into a new one; the second wins.
func merge(a, b map[string]string) map[string]string {
	out := make(map[string]string, len(a)+len(b))
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}
