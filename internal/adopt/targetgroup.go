package adopt

import (
	"context"
	"slices"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	kmeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// theirBinding is by which the other controller registers targets.
var theirBinding = schema.GroupVersionKind{Group: "elbv2.k8s.aws", Version: "v1beta1", Kind: "TargetGroupBinding"}

// unbind target groups: the other controller would register targets again, and, when it is given the load balancer back, not get past
// an object by the name of one that it makes.
func (m *Move) unbind(ctx context.Context, groups []elbtypes.TargetGroup) error {
	if len(groups) == 0 {
		return nil
	}
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(theirBinding.GroupVersion().WithKind(theirBinding.Kind + "List"))
	if err := m.Kube.List(ctx, list); kmeta.IsNoMatchError(err) || kerrors.IsNotFound(err) {
		return nil
	} else if err != nil {
		return errors.Wrap(err, "cannot list the TargetGroupBindings of AWS Load Balancer Controller")
	}
	for i := range list.Items {
		arn, _, _ := unstructured.NestedString(list.Items[i].Object, "spec", "targetGroupARN")
		if !slices.ContainsFunc(groups, func(g elbtypes.TargetGroup) bool { return awssdk.ToString(g.TargetGroupArn) == arn }) {
			continue
		}
		if err := m.forget(ctx, &list.Items[i]); err != nil {
			return err
		}
	}
	return nil
}

// Used is a target group and who forwards to it.
type Used struct {
	elbtypes.TargetGroup
	By string
}

func (m *Move) findTargetGroups(ctx context.Context, s stack, f *Found) error {
	var all []elbtypes.TargetGroup
	for pages := elbv2.NewDescribeTargetGroupsPaginator(m.ELB, &elbv2.DescribeTargetGroupsInput{}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return errors.Wrap(err, "cannot read the target groups")
		}
		all = append(all, page.TargetGroups...)
	}
	tags, err := tagsOf(ctx, m.ELB, all, func(g elbtypes.TargetGroup) *string { return g.TargetGroupArn })
	if err != nil {
		return err
	}
	for _, g := range all {
		switch has := tags[*g.TargetGroupArn]; {
		case !s.owns(has):
		case slices.ContainsFunc(g.LoadBalancerArns, func(arn string) bool { return arn != *f.LoadBalancer.LoadBalancerArn }):
			// serves elsewhere, and is not touched
		case aws.OfCluster(has, s.cluster):
			f.Ours = append(f.Ours, *g.TargetGroupArn)
		case f.user(*g.TargetGroupArn) != "":
			f.Used = append(f.Used, Used{g, f.user(*g.TargetGroupArn)})
		default:
			f.TargetGroups = append(f.TargetGroups, g)
		}
	}
	return nil
}

// user of a target group, among what neither controller has made.
func (f *Found) user(group string) string {
	for _, r := range f.Foreign {
		if forwards(r.Actions, group) {
			return "rule " + awssdk.ToString(r.RuleArn)
		}
	}
	for _, l := range f.Listeners {
		if forwards(l.DefaultActions, group) {
			return "the default action of listener " + awssdk.ToString(l.ListenerArn)
		}
	}
	return ""
}

func forwards(actions []elbtypes.Action, group string) bool {
	return slices.ContainsFunc(actions, func(a elbtypes.Action) bool {
		return awssdk.ToString(a.TargetGroupArn) == group || a.ForwardConfig != nil && slices.ContainsFunc(a.ForwardConfig.TargetGroups,
			func(t elbtypes.TargetGroupTuple) bool { return awssdk.ToString(t.TargetGroupArn) == group })
	})
}
