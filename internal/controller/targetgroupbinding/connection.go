package targetgroupbinding

import (
	"context"
	"fmt"
	"slices"
	"strings"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// groups reads target groups.
type groups interface {
	TargetGroup(ctx context.Context, nameOrARN string) (*elbtypes.TargetGroup, error)
	TargetHealth(ctx context.Context, arn string) ([]elbtypes.TargetHealthDescription, error)
	TargetHealthSoon(ctx context.Context, arn string) ([]elbtypes.TargetHealthDescription, error)
}

// targets writes what is registered in them.
type targets interface {
	RegisterTargets(ctx context.Context, in *elbv2.RegisterTargetsInput) error
	DeregisterTargets(ctx context.Context, in *elbv2.DeregisterTargetsInput) error
}

// subnets reads the subnets of a VPC.
type subnets interface {
	Subnets(ctx context.Context, vpc string) ([]ec2types.Subnet, error)
}

// A connection is the client of one TargetGroupBinding. There is nothing in AWS that is the binding itself: it exists as long as it
// has targets to look after.
type connection struct {
	kube    client.Reader
	pods    podStatuses
	groups  groups
	targets targets
	subnets subnets
	vpc     string
	recent  *recent
}

// Observe compares what the Service has with what is registered.
func (e *connection) Observe(ctx context.Context, mg *albv1alpha1.TargetGroupBinding) (managed.ExternalObservation, error) {
	if meta.WasDeleted(mg) {
		return e.observeDeleted(ctx, mg)
	}
	p, err := e.plan(ctx, mg)
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	if p.Healthy >= 0 {
		foreign.Report(mg, foreign.Find{Kind: "targets", Names: formatTargets(p.Foreign)})
	}
	if !p.done(mg) {
		if mg.GetCondition(xpv2.TypeReady).Status != corev1.ConditionTrue {
			mg.SetConditions(xpv2.Creating().WithMessage(fmt.Sprintf("%d targets are being registered", len(p.Register))))
		}
		return managed.ExternalObservation{ResourceExists: true, Diff: p.String()}, nil
	}
	record(mg, p, p.Want.Targets)
	settle(mg, p.Want.Note)
	return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}, e.admit(ctx, mg, p)
}

// observeDeleted says whether there is anything left to take out. A target group that is gone, or going, takes its targets
// with it; until then they may still have to answer requests, so they stay.
func (e *connection) observeDeleted(ctx context.Context, mg *albv1alpha1.TargetGroupBinding) (managed.ExternalObservation, error) {
	group, err := reference.TargetGroup(ctx, e.kube, targetGroupOf(mg))
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	at := mg.Status.AtProvider
	e.recent.forget(mg.GetUID())
	left := !group.Gone() && at.TargetGroupARN != "" && len(at.Registered) > 0
	return managed.ExternalObservation{ResourceExists: left, ResourceUpToDate: true}, nil
}

// Create registers what is wanted; it is Update by another name, as Observe never says that a live binding does not exist.
func (e *connection) Create(ctx context.Context, mg *albv1alpha1.TargetGroupBinding) (managed.ExternalCreation, error) {
	_, err := e.Update(ctx, mg)
	return managed.ExternalCreation{}, err
}

// Update registers before it deregisters, so that a Service whose pods are all replaced is never without targets. What could be
// done is recorded even when not all could.
func (e *connection) Update(ctx context.Context, mg *albv1alpha1.TargetGroupBinding) (managed.ExternalUpdate, error) {
	p, err := e.plan(ctx, mg)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}
	come, refused := e.register(ctx, p.ARN, p.Register)
	if len(come) > 0 {
		e.recent.registered(mg.GetUID())
	}
	if _, err := e.deregister(ctx, p.Abandon.ARN, p.Abandon.Targets); err != nil {
		return managed.ExternalUpdate{}, errors.Wrap(err, "cannot leave the former target group")
	}
	now := sorted(slices.Concat(come, without(p.Recorded, p.Register)))
	record(mg, p, now)
	if refused != nil && !aws.IsRefused(refused) {
		return managed.ExternalUpdate{}, refused
	}
	left, err := e.deregister(ctx, p.ARN, p.Deregister)
	record(mg, p, without(now, left))
	if err != nil {
		return managed.ExternalUpdate{}, err
	}
	if refused == nil || len(come) > 0 {
		settle(mg, p.Want.Note)
	}
	if refused != nil { // Observe, which finds it missing, does not get to those that are registered
		e.admitOthers(ctx, mg, p)
	}
	return managed.ExternalUpdate{}, refused
}

// Delete takes out what this binding has registered, and nothing else.
func (e *connection) Delete(ctx context.Context, mg *albv1alpha1.TargetGroupBinding) (managed.ExternalDelete, error) {
	at := &mg.Status.AtProvider
	if _, err := e.deregister(ctx, at.TargetGroupARN, parseTargets(at.Registered)); err != nil {
		return managed.ExternalDelete{}, err
	}
	at.Registered, at.Targets, at.Healthy = nil, 0, 0
	return managed.ExternalDelete{}, nil
}

// Disconnect has nothing to close: connections belong to the account.
func (e *connection) Disconnect(context.Context) error { return nil }

func (e *connection) ipAddressType(ctx context.Context, mg *albv1alpha1.TargetGroupBinding, arn string) (string, error) {
	ref := mg.Spec.ForProvider.TargetGroupRef
	if ref == nil {
		group, err := e.groups.TargetGroup(ctx, arn)
		if err != nil {
			return "", errors.Wrapf(err, "cannot read target group %q", arn)
		}
		return string(group.IpAddressType), nil
	}
	group := &albv1alpha1.TargetGroup{}
	if err := e.kube.Get(ctx, types.NamespacedName{Namespace: mg.GetNamespace(), Name: ref.Name}, group); err != nil {
		return "", errors.Wrapf(err, "cannot get TargetGroup %q", ref.Name)
	}
	if group.Spec.ForProvider.IpAddressType == nil {
		return "", nil
	}
	return *group.Spec.ForProvider.IpAddressType, nil
}

// record what is registered now.
func record(mg *albv1alpha1.TargetGroupBinding, p plan, now []target) {
	at := &mg.Status.AtProvider
	at.TargetGroupARN = p.ARN
	at.Registered = formatTargets(now)
	at.Targets = int32(len(now))
	if p.Healthy >= 0 {
		at.Healthy = p.Healthy
	}
	at.Healthy = min(at.Healthy, at.Targets)
}

// settle says that the target group has the targets that it can have.
func settle(mg *albv1alpha1.TargetGroupBinding, note string) {
	mg.SetConditions(xpv2.Available().WithMessage(note))
}

// String is the plan as an event tells it. What was registered is meant as AWS knows it where it was asked, else as recorded.
func (p plan) String() string {
	var d difference.List
	if len(p.Abandon.Targets) > 0 {
		d = append(d, difference.Difference{Field: "targets of " + p.Abandon.ARN, Was: summary(p.Abandon.Targets)})
	}
	if len(p.Register) > 0 {
		d = append(d, difference.Difference{Field: "targets", Wanted: summary(p.Register)})
	}
	if len(p.Deregister) > 0 {
		d = append(d, difference.Difference{Field: "targets", Was: summary(p.Deregister)})
	}
	return d.String()
}

// summary of targets: some of them, and how many they are.
func summary(ts []target) string {
	const shown = 5
	names := formatTargets(ts[:min(len(ts), shown)])
	if more := len(ts) - shown; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return "[" + strings.Join(names, " ") + "]"
}

func targetGroupOf(mg *albv1alpha1.TargetGroupBinding) reference.From {
	return reference.From{Namespace: mg.GetNamespace(), Ref: mg.Spec.ForProvider.TargetGroupRef, ARN: mg.Spec.ForProvider.TargetGroupArn}
}
