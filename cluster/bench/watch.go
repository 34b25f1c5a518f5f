package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// usual is how the provider runs unless it is told otherwise.
var usual []string

// steady counts the calls of a load balancer to which nothing happens.
func steady(ctx context.Context, l *lab) ([]figure, error) {
	s := hundred("steady")
	if err := l.pods(ctx, s); err != nil {
		return nil, err
	}
	if err := l.provider(ctx, usual...); err != nil {
		return nil, err
	}
	if err := l.alone(ctx); err != nil {
		return nil, err
	}
	if err := l.open(ctx, s); err != nil {
		return nil, err
	}
	if err := l.sleep(ctx, time.Minute, "let it settle"); err != nil {
		return nil, err
	}
	if err := l.stack.ResetCalls(ctx); err != nil {
		return nil, err
	}
	if err := l.sleep(ctx, l.window, "watch steady state"); err != nil {
		return nil, err
	}
	got, err := l.stack.Calls(ctx)
	if err != nil {
		return nil, err
	}
	calls := tally(got)
	figures := []figure{
		atMost("AWS calls on average", "calls a minute", float64(calls.total())/l.window.Minutes(), 15).with(fmt.Sprintf("in %s: %s", l.window, calls)),
		atMost("AWS writes", "calls", float64(calls.writes()), 0),
	}
	return figures, l.shut(ctx, s.namespace)
}

// driftRules deletes rules behind the provider's back, at times that have nothing to do with when it looks.
func driftRules(ctx context.Context, l *lab) ([]figure, error) {
	return l.drift(ctx, "a deleted rule is back", 5, drifts.deleteRule)
}

// driftTags removes tags.
func driftTags(ctx context.Context, l *lab) ([]figure, error) {
	return l.drift(ctx, "a removed tag is back", 3, drifts.removeTag)
}

// A spoiler does something to a rule behind the provider's back, and returns a check that it has been undone.
type spoiler func(d drifts, ctx context.Context, rule albv1alpha1.ListenerRule) (func() error, error)

// drift spoils n rules, and waits for each to be put right.
func (l *lab) drift(ctx context.Context, name string, n int, spoil spoiler) ([]figure, error) {
	s := hundred("drift")
	if err := l.pods(ctx, s); err != nil {
		return nil, err
	}
	if err := l.provider(ctx, usual...); err != nil {
		return nil, err
	}
	if err := l.open(ctx, s); err != nil {
		return nil, err
	}
	cfg, err := l.stack.AWS(ctx)
	if err != nil {
		return nil, err
	}
	took, err := drifts{lab: l, elb: elbv2.NewFromConfig(cfg), namespace: s.namespace}.measure(ctx, n, spoil)
	if err != nil {
		return nil, err
	}
	return []figure{atMost(name, "s", slices.Max(took), 60).with(fmt.Sprintf("of %.0f", took))}, l.shut(ctx, s.namespace)
}

// drifts of one load balancer.
type drifts struct {
	*lab
	elb       *elbv2.Client
	namespace string
}

// measure n drifts, which begin 13 s apart, in seconds from each one's beginning to its end.
func (d drifts) measure(ctx context.Context, n int, spoil spoiler) ([]float64, error) {
	list := &albv1alpha1.ListenerRuleList{}
	if err := d.kube.List(ctx, list, client.InNamespace(d.namespace)); err != nil {
		return nil, err
	}
	took := make([]float64, n)
	began := make([]time.Time, n)
	checks := make([]func() error, n)
	for start, next := time.Now(), 0; slices.Contains(took, 0); {
		if next < n && time.Since(start) >= time.Duration(next)*13*time.Second {
			check, err := spoil(d, ctx, list.Items[next*17%len(list.Items)])
			if err != nil {
				return nil, err
			}
			began[next], checks[next] = time.Now(), check
			next++
		}
		look(took[:next], began, checks)
		if time.Since(start) > 15*time.Minute {
			return nil, fmt.Errorf("not all is repaired after 15 minutes: %.0f", took)
		}
		if err := d.sleep(ctx, 500*time.Millisecond, fmt.Sprintf("%d of %d drifts, repaired after %.0f s", next, n, took)); err != nil {
			return nil, err
		}
	}
	return took, nil
}

// look which drifts are undone by now, and note how long that took.
func look(took []float64, began []time.Time, checks []func() error) {
	for i := range took {
		if took[i] == 0 && checks[i]() == nil {
			took[i] = time.Since(began[i]).Seconds()
		}
	}
}

func (d drifts) deleteRule(ctx context.Context, rule albv1alpha1.ListenerRule) (func() error, error) {
	_, err := d.elb.DeleteRule(ctx, &elbv2.DeleteRuleInput{RuleArn: new(rule.Status.AtProvider.ARN)})
	return func() error {
		now := &albv1alpha1.ListenerRule{}
		if err := d.kube.Get(ctx, client.ObjectKeyFromObject(&rule), now); err != nil {
			return err
		}
		if arn := now.Status.AtProvider.ARN; arn == rule.Status.AtProvider.ARN {
			return fmt.Errorf("rule %s is still thought to be there", arn)
		}
		return nil
	}, err
}

const spoilt = "alb.gateway.crossplane.io/crossplane-namespace"

func (d drifts) removeTag(ctx context.Context, rule albv1alpha1.ListenerRule) (func() error, error) {
	arn := rule.Status.AtProvider.ARN
	_, err := d.elb.RemoveTags(ctx, &elbv2.RemoveTagsInput{ResourceArns: []string{arn}, TagKeys: []string{spoilt}})
	return func() error {
		out, err := d.elb.DescribeTags(ctx, &elbv2.DescribeTagsInput{ResourceArns: []string{arn}})
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(out.TagDescriptions[0].Tags, func(t types.Tag) bool { return aws.ToString(t.Key) == spoilt }) {
			return fmt.Errorf("rule %s lacks a tag", arn)
		}
		return nil
	}, err
}
