package shieldprotection

import (
	"context"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	shieldtypes "github.com/aws/aws-sdk-go-v2/service/shield/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
)

// ourName is what protections of ours are called, so that they are known from others'.
const ourName = "managed by provider-alb-gateway"

// protections of an account.
type protections interface {
	Protection(ctx context.Context, resource string) (*shieldtypes.Protection, error)
	Subscribed(ctx context.Context) (bool, error)
	CreateProtection(ctx context.Context, in *shield.CreateProtectionInput) (string, error)
	DeleteProtection(ctx context.Context, id, resource string) error
}

// tags of protections.
type tags interface {
	tag.Writer
	Tags(ctx context.Context, arn string) (map[string]string, error)
}

// A connection is the client of one ShieldProtection, for one reconcile.
type connection struct {
	kube    client.Reader
	shield  protections
	tags    tags
	cluster string

	// due is what Observe found to be different, for Update.
	due due
}

// A due is the change of the tags of a protection of ours.
type due struct {
	arn  string
	tags tag.Change
}

func loadBalancerOf(mg *albv1alpha1.ShieldProtection) reference.From {
	return reference.From{Namespace: mg.GetNamespace(), Ref: mg.Spec.ForProvider.LoadBalancerRef, ARN: mg.Spec.ForProvider.ResourceArn}
}

// resource that is protected. A protection outlives its load balancer, whose ARN is then the one that was recorded.
func (e *connection) resource(ctx context.Context, mg *albv1alpha1.ShieldProtection) (string, error) {
	if meta.WasDeleted(mg) && mg.Status.AtProvider.ResourceARN != "" {
		return mg.Status.AtProvider.ResourceARN, nil
	}
	lb, err := reference.LoadBalancer(ctx, e.kube, loadBalancerOf(mg))
	return lb.ARN, err
}

// Observe the protection.
func (e *connection) Observe(ctx context.Context, mg *albv1alpha1.ShieldProtection) (managed.ExternalObservation, error) {
	arn, err := e.resource(ctx, mg)
	if err != nil || arn == "" {
		return managed.ExternalObservation{}, err
	}
	p, err := e.shield.Protection(ctx, arn)
	if aws.IsNotFound(err) {
		return managed.ExternalObservation{}, nil
	}
	if err != nil {
		return managed.ExternalObservation{}, errors.Wrap(err, "cannot get the protection of load balancer")
	}
	name := awssdk.ToString(p.Name)
	if meta.WasDeleted(mg) && name != ourName {
		return managed.ExternalObservation{}, nil
	}
	id := awssdk.ToString(p.Id)
	adopted := meta.GetExternalName(mg) != id
	meta.SetExternalName(mg, id)
	mg.Status.AtProvider = albv1alpha1.ShieldProtectionObservation{ProtectionID: id, Name: name, ResourceARN: arn}
	mg.SetConditions(xpv2.Available())
	o := managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: adopted}
	if meta.WasDeleted(mg) || name != ourName {
		return o, nil
	}
	e.due.arn = awssdk.ToString(p.ProtectionArn)
	have, err := e.tags.Tags(ctx, e.due.arn)
	if err != nil {
		return managed.ExternalObservation{}, errors.Wrap(err, "cannot read the tags of the protection")
	}
	e.due.tags = tag.Compare(mg, have, e.wantedTags(mg))
	foreign.Report(mg, foreign.Find{Kind: "tags", Names: e.due.tags.Foreign})
	o.ResourceUpToDate, o.Diff = e.due.tags.Empty(), e.due.tags.Differences.String()
	return o, nil
}

func (e *connection) wantedTags(mg *albv1alpha1.ShieldProtection) map[string]string {
	return tag.Wanted(e.cluster, mg, mg.Spec.ForProvider.Tags)
}

// Create the protection.
func (e *connection) Create(ctx context.Context, mg *albv1alpha1.ShieldProtection) (managed.ExternalCreation, error) {
	arn, err := e.resource(ctx, mg)
	if err != nil {
		return managed.ExternalCreation{}, err
	}
	subscribed, err := e.shield.Subscribed(ctx)
	if err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot get the state of the subscription to AWS Shield Advanced")
	}
	if !subscribed {
		return managed.ExternalCreation{}, aws.Refuse("the account has no subscription to AWS Shield Advanced; subscribe, or do without shieldConfiguration")
	}
	if err := e.leave(ctx, mg, arn); err != nil {
		return managed.ExternalCreation{}, err
	}
	id, err := e.shield.CreateProtection(ctx, &shield.CreateProtectionInput{
		Name: new(ourName), ResourceArn: &arn, Tags: aws.ShieldTags(e.wantedTags(mg)),
	})
	if err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot create protection")
	}
	meta.SetExternalName(mg, id)
	mg.Status.AtProvider = albv1alpha1.ShieldProtectionObservation{ProtectionID: id, Name: ourName, ResourceARN: arn}
	return managed.ExternalCreation{}, nil
}

// leave the load balancer that was protected before: a protection outlives what it protects, and counts against a quota.
func (e *connection) leave(ctx context.Context, mg *albv1alpha1.ShieldProtection, arn string) error {
	at := mg.Status.AtProvider
	if at.ResourceARN == "" || at.ResourceARN == arn || at.Name != ourName {
		return nil
	}
	if err := e.shield.DeleteProtection(ctx, at.ProtectionID, at.ResourceARN); err != nil && !aws.IsNotFound(err) {
		return errors.Wrap(err, "cannot delete the protection of the former load balancer")
	}
	return nil
}

// Update the tags: Shield can change nothing else of a protection that matters here.
func (e *connection) Update(ctx context.Context, _ *albv1alpha1.ShieldProtection) (managed.ExternalUpdate, error) {
	return managed.ExternalUpdate{}, e.due.tags.Make(ctx, e.tags, e.due.arn)
}

// Delete the protection.
func (e *connection) Delete(ctx context.Context, mg *albv1alpha1.ShieldProtection) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())
	at := mg.Status.AtProvider
	err := e.shield.DeleteProtection(ctx, at.ProtectionID, at.ResourceARN)
	if aws.IsNotFound(err) {
		err = nil
	}
	return managed.ExternalDelete{}, errors.Wrap(err, "cannot delete protection")
}

// Disconnect has nothing to close: connections belong to the account.
func (e *connection) Disconnect(context.Context) error { return nil }
