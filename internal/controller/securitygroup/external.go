package securitygroup

import (
	"cmp"
	"context"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/foreign"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/tag"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// An external is the security group of one object, for one reconcile.
type external struct {
	account *aws.Account

	// due is what Observe found to be different, for Update.
	due due
}

// A due is what differs between what a group is and what it is to be.
type due struct {
	group    string
	missing  []ec2types.IpPermission
	surplus  []ec2types.IpPermission
	reworded []ec2types.IpPermission
	tags     tag.Change

	differences difference.List
}

func nameOf(mg *v1alpha1.SecurityGroup) string {
	return cmp.Or(awssdk.ToString(mg.Spec.ForProvider.GroupName), mg.GetName())
}

func (e *external) vpcOf(mg *v1alpha1.SecurityGroup) string {
	return cmp.Or(awssdk.ToString(mg.Spec.ForProvider.VpcId), e.account.VPCID)
}

func (e *external) tags(mg *v1alpha1.SecurityGroup) map[string]string {
	return tag.Wanted(e.account.ClusterName, mg, mg.Spec.ForProvider.Tags)
}

// Observe the security group.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.SecurityGroup) (managed.ExternalObservation, error) {
	g, adopted, err := e.find(ctx, mg)
	if aws.IsNotFound(err) {
		return managed.ExternalObservation{}, nil
	}
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	have := flatten(g.IpPermissions)
	mg.Status.AtProvider = v1alpha1.SecurityGroupObservation{
		GroupID:      awssdk.ToString(g.GroupId),
		VpcID:        awssdk.ToString(g.VpcId),
		IngressRules: int32(len(have)), //nolint:gosec // At most some hundreds.
	}
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}, nil
	}
	want, err := desired(mg.Spec.ForProvider.Ingress)
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	e.due = compare(have, want)
	e.due.group = awssdk.ToString(g.GroupId)
	e.due.tags = tag.Compare(mg, aws.EC2TagMap(g.Tags), e.tags(mg))
	e.due.differences = append(e.due.differences, e.due.tags.Differences...)
	foreign.Report(mg, foreign.Find{Kind: "tags", Names: e.due.tags.Foreign})
	if len(e.due.missing)+len(e.due.surplus) == 0 {
		mg.SetConditions(xpv2.Available())
	} else {
		mg.SetConditions(xpv2.Creating().WithMessage("The ingress rules are being set"))
	}
	return managed.ExternalObservation{
		ResourceExists: true, ResourceUpToDate: len(e.due.differences) == 0, ResourceLateInitialized: adopted, Diff: e.due.differences.String(),
	}, nil
}

// find the group by its recorded id, else by its name. One that is found by name has to carry our tags; its id is then
// recorded.
func (e *external) find(ctx context.Context, mg *v1alpha1.SecurityGroup) (g *ec2types.SecurityGroup, adopted bool, err error) {
	vpc := e.vpcOf(mg)
	if id := meta.GetExternalName(mg); id != "" {
		if !strings.HasPrefix(id, "sg-") {
			return nil, false, aws.Refuse("annotation %s is %q; set it to the id of a security group, or remove it to have one made", meta.AnnotationKeyExternalName, id)
		}
		g, err := e.account.EC2.SecurityGroupByID(ctx, id, vpc)
		if !aws.IsNotFound(err) {
			return g, false, errors.Wrap(err, "cannot get security group")
		}
	}
	g, err = e.account.EC2.SecurityGroup(ctx, nameOf(mg), vpc)
	if err != nil {
		return nil, false, errors.Wrap(err, "cannot get security group")
	}
	if tags := aws.EC2TagMap(g.Tags); !aws.Owned(tags, aws.OwnerTags(e.account.ClusterName, mg)) {
		if meta.WasDeleted(mg) {
			return nil, false, aws.ErrNotFound
		}
		return nil, false, refuseForeign(mg, g)
	}
	meta.SetExternalName(mg, awssdk.ToString(g.GroupId))
	return g, true, nil
}

func refuseForeign(mg *v1alpha1.SecurityGroup, g *ec2types.SecurityGroup) error {
	return aws.Foreign(aws.Resource{Kind: "security group", Name: nameOf(mg), ID: awssdk.ToString(g.GroupId), Tags: aws.EC2TagMap(g.Tags)})
}

// Create the group. Its tags say whose it is from its first moment on, so that it is found again if its id is not recorded.
// Its rules are an Update's matter.
func (e *external) Create(ctx context.Context, mg *v1alpha1.SecurityGroup) (managed.ExternalCreation, error) {
	vpc := e.vpcOf(mg)
	id, err := e.account.EC2.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{
		GroupName:   new(nameOf(mg)),
		Description: new(description(mg)),
		VpcId:       &vpc,
		TagSpecifications: []ec2types.TagSpecification{{
			ResourceType: ec2types.ResourceTypeSecurityGroup,
			Tags:         aws.EC2Tags(e.tags(mg)),
		}},
	})
	if aws.IsAlreadyExists(err) {
		id, err = e.existing(ctx, mg)
	}
	if err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot create security group")
	}
	meta.SetExternalName(mg, id)
	return managed.ExternalCreation{}, nil
}

// existing group of the name, which is ours if EC2 did not show it at once, or else somebody else's.
func (e *external) existing(ctx context.Context, mg *v1alpha1.SecurityGroup) (string, error) {
	g, err := e.account.EC2.SecurityGroupNamed(ctx, nameOf(mg), e.vpcOf(mg))
	if err != nil {
		return "", err
	}
	if !aws.Owned(aws.EC2TagMap(g.Tags), aws.OwnerTags(e.account.ClusterName, mg)) {
		return "", refuseForeign(mg, g)
	}
	return awssdk.ToString(g.GroupId), nil
}

// description of a group, which EC2 demands.
func description(mg *v1alpha1.SecurityGroup) string {
	text := cmp.Or(awssdk.ToString(mg.Spec.ForProvider.Description), "SecurityGroup "+mg.GetNamespace()+"/"+mg.GetName())
	return text[:min(len(text), 255)]
}

// Update adds what is missing before it removes what is too much, so that no source is shut out on the way.
func (e *external) Update(ctx context.Context, mg *v1alpha1.SecurityGroup) (managed.ExternalUpdate, error) {
	d, vpc := e.due, e.vpcOf(mg)
	if len(d.missing) > 0 {
		in := &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &d.group, IpPermissions: d.missing}
		if err := e.account.EC2.AuthorizeSecurityGroupIngress(ctx, in, vpc); err != nil && !aws.IsAlreadyExists(err) {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot add rules to security group")
		}
	}
	if len(d.surplus) > 0 {
		in := &ec2.RevokeSecurityGroupIngressInput{GroupId: &d.group, IpPermissions: d.surplus}
		if err := e.account.EC2.RevokeSecurityGroupIngress(ctx, in, vpc); err != nil && !aws.IsNotFound(err) {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot remove rules from security group")
		}
	}
	if len(d.reworded) > 0 {
		in := &ec2.UpdateSecurityGroupRuleDescriptionsIngressInput{GroupId: &d.group, IpPermissions: d.reworded}
		if err := e.account.EC2.UpdateSecurityGroupRuleDescriptionsIngress(ctx, in, vpc); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot describe rules of security group")
		}
	}
	return managed.ExternalUpdate{}, d.tags.Make(ctx, tagger{ec2: e.account.EC2, vpc: vpc}, d.group)
}

// A tagger writes the tags of security groups of a VPC.
type tagger struct {
	ec2 *aws.EC2
	vpc string
}

func (t tagger) AddTags(ctx context.Context, id string, tags map[string]string) error {
	return t.ec2.CreateTags(ctx, &ec2.CreateTagsInput{Resources: []string{id}, Tags: aws.EC2Tags(tags)}, t.vpc)
}

func (t tagger) RemoveTags(ctx context.Context, id string, keys []string) error {
	in := &ec2.DeleteTagsInput{Resources: []string{id}}
	for _, k := range keys {
		in.Tags = append(in.Tags, ec2types.Tag{Key: new(k)})
	}
	return t.ec2.DeleteTags(ctx, in, t.vpc)
}

// Delete the group. Network interfaces of a load balancer that is gone hold it for a minute or two: the error then says
// that it is in use, and it is tried again.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.SecurityGroup) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())
	err := e.account.EC2.DeleteSecurityGroup(ctx, &ec2.DeleteSecurityGroupInput{GroupId: &mg.Status.AtProvider.GroupID}, e.vpcOf(mg))
	if aws.IsNotFound(err) {
		return managed.ExternalDelete{}, nil
	}
	return managed.ExternalDelete{}, errors.Wrap(err, "cannot delete security group")
}

// Disconnect from nothing.
func (e *external) Disconnect(context.Context) error { return nil }
