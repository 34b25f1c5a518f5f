package adopt

import (
	"context"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/translate"
)

// PlanRelease of a load balancer that was taken over.
func (m *Move) PlanRelease(ctx context.Context) (*Plan, error) {
	in, f, err := m.look(ctx)
	if err != nil {
		return nil, err
	}
	p := &Plan{
		Gateway: stackOf(in).name, LoadBalancer: awssdk.ToString(f.LoadBalancer.LoadBalancerName),
		DNSName: awssdk.ToString(f.LoadBalancer.DNSName), Taken: true,
	}
	p.step("release", "LoadBalancer", awssdk.ToString(f.LoadBalancer.LoadBalancerArn), "with the tags of AWS Load Balancer Controller")
	for _, o := range made(in.Observed) {
		p.step("forget", kindOf(o), o.GetName(), "what it stands for stays in AWS")
	}
	return p, m.idle(ctx, p, "provider-alb-gateway", "it would make all of this again; scale it to zero")
}

// Release gives the load balancer back. What is ours goes on answering; our target groups have the other controller's tags from now
// on, so that it deletes what it does not need.
func (m *Move) Release(ctx context.Context) error {
	in, f, err := m.look(ctx)
	if err != nil {
		return err
	}
	s := stackOf(in)
	var arns []string
	for _, p := range pieces(in, f) {
		if err := m.tag(ctx, p.id, map[string]string{tagCluster: s.cluster, tagStack: s.name, tagResource: p.resource}); err != nil {
			return err
		}
		if p.kept {
			arns = append(arns, p.id)
		}
	}
	if err := m.untag(ctx, arns, f.Group, []string{aws.TagCluster, aws.TagKind, aws.TagName, aws.TagNamespace}); err != nil {
		return err
	}
	objects := made(in.Observed)
	slices.Reverse(objects) // owners last, as by the LoadBalancer it is found where this was interrupted
	for _, o := range objects {
		if err := m.forget(ctx, o); err != nil {
			return err
		}
	}
	return m.unhold(ctx, albv1alpha1.FinalizerGateway)
}

// A piece that the other controller is to have, and what it calls that.
type piece struct {
	id, resource string
	kept         bool // by it, so that our tags go
}

// pieces to give back. A security group is no ARN, and loses our tags on its own.
func pieces(in translate.Input, f *Found) []piece {
	var out []piece
	for _, g := range in.Observed.TargetGroups {
		if arn := g.Status.AtProvider.ARN; arn != "" {
			out = append(out, piece{id: arn, resource: "released/" + g.Name})
		}
	}
	for _, l := range f.Listeners {
		out = append(out, piece{id: *l.ListenerArn, resource: portOf(l.Port), kept: true})
	}
	if f.Group != nil {
		out = append(out, piece{id: *f.Group.GroupId, resource: resourceSecurityGroup})
	}
	return append(out, piece{id: *f.LoadBalancer.LoadBalancerArn, resource: resourceLoadBalancer, kept: true})
}

// made are the managed objects of a Gateway, owners first.
func made(o translate.Observed) []client.Object {
	var out []client.Object
	out = appendAll(out, o.LoadBalancers)
	out = appendAll(out, o.SecurityGroups)
	out = appendAll(out, o.SecurityGroupRules)
	out = appendAll(out, o.Certificates)
	out = appendAll(out, o.TrustStores)
	out = appendAll(out, o.WebACLAssociations)
	out = appendAll(out, o.ShieldProtections)
	out = appendAll(out, o.Listeners)
	out = appendAll(out, o.TargetGroups)
	out = appendAll(out, o.TargetGroupBindings)
	return appendAll(out, o.ListenerRules)
}

func appendAll[T client.Object](out []client.Object, in []T) []client.Object {
	for _, o := range in {
		out = append(out, o)
	}
	return out
}

// forget an object: without its finalizers nothing in AWS is deleted with it.
func (m *Move) forget(ctx context.Context, o client.Object) error {
	patch := client.RawPatch("application/merge-patch+json", []byte(`{"metadata":{"finalizers":null}}`))
	if err := m.Kube.Patch(ctx, o, patch, fieldOwner); client.IgnoreNotFound(err) != nil {
		return errors.Wrapf(err, "cannot let go of %s", o.GetName())
	}
	return errors.Wrapf(client.IgnoreNotFound(m.Kube.Delete(ctx, o)), "cannot delete %s", o.GetName())
}
