package targetgroup

import (
	"context"
	"slices"
	"strings"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
)

// reader reads target groups.
type reader interface {
	TargetGroup(ctx context.Context, nameOrARN string) (*elbtypes.TargetGroup, error)
	TargetGroupAttributes(ctx context.Context, arn string) (map[string]string, error)
	Tags(ctx context.Context, arn string) (map[string]string, error)
}

// writer writes target groups.
type writer interface {
	CreateTargetGroup(ctx context.Context, in *elbv2.CreateTargetGroupInput) (*elbtypes.TargetGroup, error)
	ModifyTargetGroup(ctx context.Context, in *elbv2.ModifyTargetGroupInput) (*elbtypes.TargetGroup, error)
	ModifyTargetGroupAttributes(ctx context.Context, in *elbv2.ModifyTargetGroupAttributesInput) error
	DeleteTargetGroup(ctx context.Context, in *elbv2.DeleteTargetGroupInput) error
}

// A connection is the client of one TargetGroup.
type connection struct {
	read    reader
	write   writer
	tags    tag.Writer
	vpc     string
	cluster string
}

// Observe finds the target group and compares it with the spec.
func (e *connection) Observe(ctx context.Context, mg *albv1alpha1.TargetGroup) (managed.ExternalObservation, error) {
	got, err := e.find(ctx, mg)
	if err != nil || got == nil {
		return managed.ExternalObservation{}, err
	}
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{ResourceExists: true}, nil
	}
	p, err := e.plan(ctx, mg, got)
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	o := managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: p.empty()}
	if !o.ResourceUpToDate {
		o.Diff = p.Differences.String()
	}
	foreign.Report(mg, foreign.Find{Kind: "tags", Names: p.Tags.Foreign})
	if meta.GetExternalName(mg) != *got.TargetGroupArn {
		meta.SetExternalName(mg, *got.TargetGroupArn)
		o.ResourceLateInitialized = true
	}
	record(mg, got)
	return o, nil
}

// find the target group by the ARN or name that the external name gives, which makes it ours; else by the name in the spec, and
// then it must have our tags. So one that was made without its ARN having been recorded is found again, and a stranger is not
// touched.
func (e *connection) find(ctx context.Context, mg *albv1alpha1.TargetGroup) (*elbtypes.TargetGroup, error) {
	if known := meta.GetExternalName(mg); known != "" {
		got, err := e.read.TargetGroup(ctx, known)
		if err == nil || !aws.IsNotFound(err) {
			return got, errors.Wrapf(err, "cannot read target group %q", known)
		}
	}
	name := nameOf(mg)
	got, err := e.read.TargetGroup(ctx, name)
	if aws.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read target group %q", name)
	}
	tags, err := e.read.Tags(ctx, *got.TargetGroupArn)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read the tags of target group %q", name)
	}
	switch {
	case aws.Owned(tags, aws.OwnerTags(e.cluster, mg)):
		return got, nil
	case meta.WasDeleted(mg):
		return nil, nil
	}
	return nil, aws.Refuse("target group %q exists and is not tagged as made for this TargetGroup; give it another spec.forProvider.name, or take the existing one over with the annotation %s: %s",
		name, meta.AnnotationKeyExternalName, *got.TargetGroupArn)
}

func (e *connection) plan(ctx context.Context, mg *albv1alpha1.TargetGroup, got *elbtypes.TargetGroup) (plan, error) {
	want := mg.Spec.ForProvider
	arn := *got.TargetGroupArn
	var p plan
	p.modify(want, got)
	p.stick(want, e.vpc, got)
	if len(want.Attributes) > 0 {
		have, err := e.read.TargetGroupAttributes(ctx, arn)
		if err != nil {
			return plan{}, errors.Wrap(err, "cannot read the attributes of the target group")
		}
		p.attributes(want.Attributes, have)
	}
	have, err := e.read.Tags(ctx, arn)
	if err != nil {
		return plan{}, errors.Wrap(err, "cannot read the tags of the target group")
	}
	p.Tags = tag.Compare(mg, have, e.wantedTags(mg))
	p.Differences = append(p.Differences, p.Tags.Differences...)
	return p, nil
}

// Create makes the target group; attributes follow with the next look, as CreateTargetGroup takes none.
func (e *connection) Create(ctx context.Context, mg *albv1alpha1.TargetGroup) (managed.ExternalCreation, error) {
	in := creation(mg.Spec.ForProvider)
	in.Name = new(nameOf(mg))
	in.VpcId = new(vpcOf(mg.Spec.ForProvider, e.vpc))
	in.Tags = aws.ELBTags(e.wantedTags(mg))
	made, err := e.write.CreateTargetGroup(ctx, in)
	if err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot create target group")
	}
	meta.SetExternalName(mg, *made.TargetGroupArn)
	return managed.ExternalCreation{}, nil
}

// Update changes what AWS can change, and then says what it cannot.
func (e *connection) Update(ctx context.Context, mg *albv1alpha1.TargetGroup) (managed.ExternalUpdate, error) {
	got, err := e.find(ctx, mg)
	if err != nil || got == nil {
		return managed.ExternalUpdate{}, err
	}
	p, err := e.plan(ctx, mg, got)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}
	if err := e.apply(ctx, *got.TargetGroupArn, p); err != nil {
		return managed.ExternalUpdate{}, err
	}
	if len(p.Stuck) > 0 {
		return managed.ExternalUpdate{}, aws.Refuse("AWS cannot change these settings of target group %q: %s; make a new TargetGroup under another name, and delete this one",
			nameOf(mg), strings.Join(p.Stuck, ", "))
	}
	record(mg, got)
	return managed.ExternalUpdate{}, nil
}

func (e *connection) apply(ctx context.Context, arn string, p plan) error {
	if p.Modify != nil {
		if _, err := e.write.ModifyTargetGroup(ctx, p.Modify); err != nil {
			return errors.Wrap(err, "cannot modify the health check of the target group")
		}
	}
	if len(p.Attributes) > 0 {
		in := &elbv2.ModifyTargetGroupAttributesInput{TargetGroupArn: &arn, Attributes: p.Attributes}
		if err := e.write.ModifyTargetGroupAttributes(ctx, in); err != nil {
			return errors.Wrap(err, "cannot modify the attributes of the target group")
		}
	}
	return p.Tags.Make(ctx, e.tags, arn)
}

// Delete deletes the target group. AWS may hold it for some seconds after the last rule that named it is gone (ResourceInUse);
// the runtime then tries again.
func (e *connection) Delete(ctx context.Context, mg *albv1alpha1.TargetGroup) (managed.ExternalDelete, error) {
	got, err := e.find(ctx, mg)
	if err != nil || got == nil {
		return managed.ExternalDelete{}, err
	}
	err = e.write.DeleteTargetGroup(ctx, &elbv2.DeleteTargetGroupInput{TargetGroupArn: got.TargetGroupArn})
	if aws.IsNotFound(err) {
		return managed.ExternalDelete{}, nil
	}
	return managed.ExternalDelete{}, errors.Wrap(err, "cannot delete target group")
}

// Disconnect has nothing to close: connections belong to the account.
func (e *connection) Disconnect(context.Context) error { return nil }

func (e *connection) wantedTags(mg *albv1alpha1.TargetGroup) map[string]string {
	return tag.Wanted(e.cluster, mg, mg.Spec.ForProvider.Tags)
}

// nameOf the target group in AWS.
func nameOf(mg *albv1alpha1.TargetGroup) string {
	if n := mg.Spec.ForProvider.Name; n != nil {
		return *n
	}
	return mg.GetName()
}

func record(mg *albv1alpha1.TargetGroup, got *elbtypes.TargetGroup) {
	mg.Status.AtProvider.ARN = *got.TargetGroupArn
	mg.Status.AtProvider.LoadBalancerARNs = slices.Sorted(slices.Values(got.LoadBalancerArns))
	mg.SetConditions(xpv2.Available())
}
