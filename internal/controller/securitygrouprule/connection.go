package securitygrouprule

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate/difference"
)

// description of rules in AWS, for people.
const description = "Load balancer to targets"

// groups of an account.
type groups interface {
	NodeGroups(ctx context.Context, n aws.NodeGroups) ([]ec2types.SecurityGroup, error)
	OpenNodeGroup(ctx context.Context, n aws.NodeGroups, in *ec2.AuthorizeSecurityGroupIngressInput) error
	CloseNodeGroup(ctx context.Context, n aws.NodeGroups, in *ec2.RevokeSecurityGroupIngressInput) error
}

// A connection is the client of one SecurityGroupRule, for one reconcile.
type connection struct {
	kube         client.Reader
	ec2          groups
	vpc, cluster string

	// missing are the groups that are to have the rule and do not; surplus those that have it and are not to.
	missing, surplus []place
}

// A place is a group, and how it was found.
type place struct {
	id string
	in aws.NodeGroups
}

// Observe the rule.
func (e *connection) Observe(ctx context.Context, mg *albv1alpha1.SecurityGroupRule) (managed.ExternalObservation, error) {
	source, err := e.source(ctx, mg)
	if err != nil || source == "" {
		return managed.ExternalObservation{}, err
	}
	have, err := e.survey(ctx, mg, permission(mg, source))
	if err != nil {
		return managed.ExternalObservation{}, err
	}
	mg.Status.AtProvider = albv1alpha1.SecurityGroupRuleObservation{GroupIDs: have, SourceSecurityGroupID: source}
	if len(have) == 0 {
		return managed.ExternalObservation{Diff: e.differences(mg).String()}, nil
	}
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}, nil
	}
	if len(e.missing)+len(e.surplus) > 0 {
		mg.SetConditions(xpv2.Creating().WithMessage("The rule is being set"))
		return managed.ExternalObservation{ResourceExists: true, Diff: e.differences(mg).String()}, nil
	}
	mg.SetConditions(xpv2.Available())
	return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}, nil
}

// differences of the groups from what they are to have.
func (e *connection) differences(mg *albv1alpha1.SecurityGroupRule) difference.List {
	p := mg.Spec.ForProvider
	rule := fmt.Sprintf("%s %d-%d from %s", cmp.Or(p.IpProtocol, "tcp"), p.FromPort, p.ToPort, mg.Status.AtProvider.SourceSecurityGroupID)
	var out difference.List
	for _, at := range e.missing {
		out = append(out, difference.Difference{Field: "ingress of " + at.id, Wanted: rule})
	}
	for _, at := range e.surplus {
		out = append(out, difference.Difference{Field: "ingress of " + at.id, Was: rule})
	}
	return out
}

// source group's id. What is being deleted goes by what was recorded.
func (e *connection) source(ctx context.Context, mg *albv1alpha1.SecurityGroupRule) (string, error) {
	source, err := reference.SecurityGroup(ctx, e.kube, sourceOf(mg))
	if err != nil {
		return "", err
	}
	return cmp.Or(source.ARN, mg.Status.AtProvider.SourceSecurityGroupID), nil
}

// survey the groups: have is in order of ids.
func (e *connection) survey(ctx context.Context, mg *albv1alpha1.SecurityGroupRule, p ec2types.IpPermission) (have []string, err error) {
	wanted := aws.NodeGroups{VPC: e.vpc, Cluster: e.cluster, ID: awssdk.ToString(mg.Spec.ForProvider.GroupId)}
	all, err := e.ec2.NodeGroups(ctx, wanted)
	if err != nil {
		return nil, errors.Wrap(err, "cannot get security groups of nodes")
	}
	if len(all) == 0 && !meta.WasDeleted(mg) {
		return nil, e.nowhere(wanted)
	}
	var known []string
	for _, g := range all {
		at := place{awssdk.ToString(g.GroupId), wanted}
		known = append(known, at.id)
		switch has := holds(g, p); {
		case !has:
			e.missing = append(e.missing, at)
		case meta.WasDeleted(mg):
			e.surplus = append(e.surplus, at)
		}
		if holds(g, p) {
			have = append(have, at.id)
		}
	}
	former, err := e.former(ctx, mg, known, p)
	if err != nil {
		return nil, err
	}
	for _, at := range former {
		e.surplus = append(e.surplus, at)
		have = append(have, at.id)
	}
	slices.Sort(have)
	return have, nil
}

// former groups had the rule when we last looked, have it still, and are not of the cluster any more.
func (e *connection) former(ctx context.Context, mg *albv1alpha1.SecurityGroupRule, known []string, p ec2types.IpPermission) ([]place, error) {
	var out []place
	for _, id := range mg.Status.AtProvider.GroupIDs {
		if slices.Contains(known, id) {
			continue
		}
		at := place{id, aws.NodeGroups{VPC: e.vpc, ID: id}}
		all, err := e.ec2.NodeGroups(ctx, at.in)
		if aws.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, errors.Wrapf(err, "cannot get security group %q", id)
		}
		if len(all) > 0 && holds(all[0], p) {
			out = append(out, at)
		}
	}
	return out, nil
}

func (e *connection) nowhere(n aws.NodeGroups) error {
	if n.ID != "" {
		return aws.Refuse("security group %q does not exist; give the id of one of VPC %s, or leave groupId out", n.ID, e.vpc)
	}
	return aws.Refuse("no security group of VPC %s has the tag %s%s, so the nodes are not opened for the load balancer; tag the group of the nodes with value owned, or set manageBackendSecurityGroupRules false and open it yourself",
		e.vpc, aws.TagClusterPrefix, e.cluster)
}

// permission that the rule is, as EC2 has it.
func permission(mg *albv1alpha1.SecurityGroupRule, source string) ec2types.IpPermission {
	p := mg.Spec.ForProvider
	return ec2types.IpPermission{
		IpProtocol: new(cmp.Or(p.IpProtocol, "tcp")), FromPort: new(p.FromPort), ToPort: new(p.ToPort),
		UserIdGroupPairs: []ec2types.UserIdGroupPair{{GroupId: new(source), Description: new(description)}},
	}
}

func holds(g ec2types.SecurityGroup, want ec2types.IpPermission) bool {
	for _, p := range g.IpPermissions {
		if awssdk.ToString(p.IpProtocol) != *want.IpProtocol || awssdk.ToInt32(p.FromPort) != *want.FromPort || awssdk.ToInt32(p.ToPort) != *want.ToPort {
			continue
		}
		for _, s := range p.UserIdGroupPairs {
			if awssdk.ToString(s.GroupId) == *want.UserIdGroupPairs[0].GroupId {
				return true
			}
		}
	}
	return false
}

// Create the rule in every group.
func (e *connection) Create(ctx context.Context, mg *albv1alpha1.SecurityGroupRule) (managed.ExternalCreation, error) {
	return managed.ExternalCreation{}, e.set(ctx, mg)
}

// Update opens groups that have come to the cluster, and closes those that have left it.
func (e *connection) Update(ctx context.Context, mg *albv1alpha1.SecurityGroupRule) (managed.ExternalUpdate, error) {
	return managed.ExternalUpdate{}, e.set(ctx, mg)
}

func (e *connection) set(ctx context.Context, mg *albv1alpha1.SecurityGroupRule) error {
	p := permission(mg, mg.Status.AtProvider.SourceSecurityGroupID)
	for _, at := range e.missing {
		err := e.ec2.OpenNodeGroup(ctx, at.in, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: new(at.id), IpPermissions: []ec2types.IpPermission{p}})
		if err != nil && !aws.IsAlreadyExists(err) {
			return errors.Wrapf(err, "cannot open security group %q", at.id)
		}
	}
	return e.close(ctx, mg)
}

// close the groups that are not to have the rule, whatever its description is by now.
func (e *connection) close(ctx context.Context, mg *albv1alpha1.SecurityGroupRule) error {
	p := permission(mg, mg.Status.AtProvider.SourceSecurityGroupID)
	p.UserIdGroupPairs[0].Description = nil
	for _, at := range e.surplus {
		err := e.ec2.CloseNodeGroup(ctx, at.in, &ec2.RevokeSecurityGroupIngressInput{GroupId: new(at.id), IpPermissions: []ec2types.IpPermission{p}})
		if err != nil && !aws.IsNotFound(err) {
			return errors.Wrapf(err, "cannot close security group %q", at.id)
		}
	}
	return nil
}

// Delete the rule from every group.
func (e *connection) Delete(ctx context.Context, mg *albv1alpha1.SecurityGroupRule) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())
	return managed.ExternalDelete{}, e.close(ctx, mg)
}

// Disconnect has nothing to close: connections belong to the account.
func (e *connection) Disconnect(context.Context) error { return nil }
