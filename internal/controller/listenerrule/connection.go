package listenerrule

import (
	"context"
	"slices"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/action"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/external"
)

// reader reads rules.
type reader interface {
	Rules(ctx context.Context, listenerARN string) ([]elbtypes.Rule, error)
	Tags(ctx context.Context, arn string) (map[string]string, error)
}

// writer writes rules.
type writer interface {
	CreateRule(ctx context.Context, in *elbv2.CreateRuleInput) (*elbtypes.Rule, error)
	ModifyRule(ctx context.Context, in *elbv2.ModifyRuleInput) (*elbtypes.Rule, error)
	SetRulePriorities(ctx context.Context, listenerARN string, priorities map[string]int32) error
	DeleteRule(ctx context.Context, in *elbv2.DeleteRuleInput) error
}

// A connection is the client of one ListenerRule.
type connection struct {
	kube    client.Reader
	actions action.Resolver
	read    reader
	write   writer
	tags    tag.Writer
	turns   *turns
	cluster string
}

// Observe finds the rule and compares it with the spec.
func (e *connection) Observe(ctx context.Context, mg *albv1alpha1.ListenerRule) (managed.ExternalObservation, error) {
	got, err := e.find(ctx, mg)
	if err != nil || got == nil {
		return managed.ExternalObservation{}, err
	}
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{ResourceExists: true}, nil
	}
	record(mg, got)
	p, err := e.plan(ctx, mg, got)
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	foreign.Report(mg, foreign.Find{Kind: "tags", Names: p.Tags.Foreign})
	o := managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: p.empty()}
	if o.ResourceUpToDate {
		settle(mg)
	} else {
		o.Diff = p.Differences.String()
	}
	if meta.GetExternalName(mg) != *got.RuleArn {
		meta.SetExternalName(mg, *got.RuleArn)
		o.ResourceLateInitialized = true
	}
	return o, nil
}

// find the rule by the ARN that the external name gives; else by our tags, so that one that was made without its ARN having
// been recorded is found again. A listener that is gone has taken its rules with it.
func (e *connection) find(ctx context.Context, mg *albv1alpha1.ListenerRule) (*elbtypes.Rule, error) {
	listener, err := listenerARN(ctx, e.kube, mg)
	if err != nil || listener == "" {
		return nil, err
	}
	rules, err := e.read.Rules(ctx, listener)
	if aws.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the rules of the listener")
	}
	known := meta.GetExternalName(mg)
	for i := range rules {
		if value(rules[i].RuleArn) == known {
			return &rules[i], nil
		}
	}
	if err := e.elsewhere(ctx, known, listener); err != nil {
		return nil, err
	}
	return e.findTagged(ctx, mg, rules)
}

// elsewhere refuses to leave a rule behind on the listener that it was made on: AWS cannot move it to another. It is no trouble
// if that listener is gone.
func (e *connection) elsewhere(ctx context.Context, known, listener string) error {
	arn, err := alb.ParseARN(known)
	if err != nil || arn.Kind != alb.KindRule || arn.Listener(arn.ListenerID).String() == listener {
		return nil //nolint:nilerr // What is no ARN of a rule is on no listener.
	}
	there, err := e.read.Rules(ctx, arn.Listener(arn.ListenerID).String())
	if aws.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return errors.Wrap(err, "cannot read the rules of the former listener")
	}
	if slices.ContainsFunc(there, func(r elbtypes.Rule) bool { return value(r.RuleArn) == known }) {
		return aws.Refuse("AWS cannot move rule %s to another listener; make a new ListenerRule, and delete this one", known)
	}
	return nil
}

func (e *connection) findTagged(ctx context.Context, mg *albv1alpha1.ListenerRule, rules []elbtypes.Rule) (*elbtypes.Rule, error) {
	owner := aws.OwnerTags(e.cluster, mg)
	for i := range rules {
		if value(rules[i].IsDefault) {
			continue
		}
		tags, err := e.read.Tags(ctx, *rules[i].RuleArn)
		if aws.IsNotFound(err) {
			continue // deleted since the rules were read
		}
		if err != nil {
			return nil, errors.Wrap(err, "cannot read the tags of the listener's rules")
		}
		if aws.Owned(tags, owner) {
			return &rules[i], nil
		}
	}
	return nil, nil
}

func (e *connection) plan(ctx context.Context, mg *albv1alpha1.ListenerRule, got *elbtypes.Rule) (plan, error) {
	want := mg.Spec.ForProvider
	resolved, err := e.actions.Resolve(ctx, want.Actions)
	if err != nil {
		return plan{}, err
	}
	have, err := e.read.Tags(ctx, *got.RuleArn)
	if err != nil {
		return plan{}, errors.Wrap(err, "cannot read the tags of the rule")
	}
	p := plan{Move: priority(got) != want.Priority, Tags: tag.Compare(mg, have, resolved.Tags(e.wantedTags(mg)))}
	p.compare(want, resolved, got)
	return p, nil
}

// Create makes the rule. A priority that is known to be held is not tried: AWS would refuse it at each attempt.
func (e *connection) Create(ctx context.Context, mg *albv1alpha1.ListenerRule) (managed.ExternalCreation, error) {
	listener, err := listenerARN(ctx, e.kube, mg)
	if err != nil {
		return managed.ExternalCreation{}, err
	}
	resolved, err := e.actions.Resolve(ctx, mg.Spec.ForProvider.Actions)
	if err != nil {
		return managed.ExternalCreation{}, err
	}
	if err := e.heldOn(ctx, mg, listener); err != nil {
		return managed.ExternalCreation{}, err
	}
	in := creation(mg.Spec.ForProvider, resolved.Actions)
	in.ListenerArn = &listener
	in.Tags = aws.ELBTags(resolved.Tags(e.wantedTags(mg)))
	made, err := e.write.CreateRule(ctx, in)
	if aws.IsAlreadyExists(err) {
		if held := e.heldOn(ctx, mg, listener); held != nil {
			return managed.ExternalCreation{}, held
		}
	}
	if err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot create rule")
	}
	meta.SetExternalName(mg, *made.RuleArn)
	return managed.ExternalCreation{}, nil
}

// heldOn a listener: an error that names who has the priority that the rule wants, or none.
func (e *connection) heldOn(ctx context.Context, mg *albv1alpha1.ListenerRule, listener string) error {
	rules, err := e.read.Rules(ctx, listener)
	if err != nil {
		return errors.Wrap(err, "cannot read the rules of the listener")
	}
	siblings, err := e.siblings(ctx, mg)
	if err != nil {
		return err
	}
	return e.held(rules, siblings, mg.Spec.ForProvider.Priority)
}

// Update makes one ModifyRule for all that a rule says, and moves it.
func (e *connection) Update(ctx context.Context, mg *albv1alpha1.ListenerRule) (managed.ExternalUpdate, error) {
	got, err := e.find(ctx, mg)
	if err != nil || got == nil {
		return managed.ExternalUpdate{}, err
	}
	p, err := e.plan(ctx, mg, got)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}
	if p.Modify != nil {
		if got, err = e.write.ModifyRule(ctx, p.Modify); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot modify rule")
		}
	}
	record(mg, got)
	if p.Move {
		if err := e.move(ctx, mg, *got.RuleArn); err != nil {
			return managed.ExternalUpdate{}, err
		}
		mg.Status.AtProvider.Priority = mg.Spec.ForProvider.Priority
	}
	if err := p.Tags.Make(ctx, e.tags, *got.RuleArn); err != nil {
		return managed.ExternalUpdate{}, err
	}
	settle(mg)
	return managed.ExternalUpdate{}, nil
}

// Delete deletes the rule.
func (e *connection) Delete(ctx context.Context, mg *albv1alpha1.ListenerRule) (managed.ExternalDelete, error) {
	got, err := e.find(ctx, mg)
	if err != nil || got == nil {
		return managed.ExternalDelete{}, err
	}
	err = e.write.DeleteRule(ctx, &elbv2.DeleteRuleInput{RuleArn: got.RuleArn})
	if aws.IsNotFound(err) {
		return managed.ExternalDelete{}, nil
	}
	return managed.ExternalDelete{}, errors.Wrap(err, "cannot delete rule")
}

// Disconnect has nothing to close: connections belong to the account.
func (e *connection) Disconnect(context.Context) error { return nil }

func (e *connection) wantedTags(mg *albv1alpha1.ListenerRule) map[string]string {
	return tag.Wanted(e.cluster, mg, mg.Spec.ForProvider.Tags)
}

// record what AWS has. The target groups are those of the rule in AWS: they cannot go before it lets go of them.
func record(mg *albv1alpha1.ListenerRule, got *elbtypes.Rule) {
	at := &mg.Status.AtProvider
	at.ARN = value(got.RuleArn)
	if arn, err := alb.ParseARN(at.ARN); err == nil {
		at.ListenerARN = arn.Listener(arn.ListenerID).String()
	}
	at.Priority = priority(got)
	at.TargetGroupARNs = nil
	for _, a := range got.Actions {
		for _, g := range alb.TargetGroupsOf(a) {
			at.TargetGroupARNs = append(at.TargetGroupARNs, value(g.TargetGroupArn))
		}
	}
}

// settle says that AWS has what the spec says: then the spec can be summed up as what the rule does, and the rule is Ready.
func settle(mg *albv1alpha1.ListenerRule) {
	s := external.Summarize(mg.Spec.ForProvider)
	at := &mg.Status.AtProvider
	at.Hosts, at.Paths, at.Action = s.Hosts, s.Paths, s.Action
	mg.SetConditions(xpv2.Available())
}
