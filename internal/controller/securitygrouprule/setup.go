package securitygrouprule

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/drive"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

// Setup adds the controller of SecurityGroupRules to a manager.
func Setup(mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts) error {
	return drive.Setup(mgr, o, accounts, Kind())
}

// Kind of SecurityGroupRules, for the engine.
func Kind() drive.Kind[*albv1alpha1.SecurityGroupRule] {
	return drive.Kind[*albv1alpha1.SecurityGroupRule]{
		GVK: albv1alpha1.SecurityGroupRuleGroupVersionKind,
		New: func() *albv1alpha1.SecurityGroupRule { return &albv1alpha1.SecurityGroupRule{} },
		Connect: func(_ context.Context, a *aws.Account, kube client.Reader, _ *albv1alpha1.SecurityGroupRule) (managed.TypedExternalClient[*albv1alpha1.SecurityGroupRule], error) {
			return &connection{kube: kube, ec2: a.EC2, vpc: a.VPCID, cluster: a.ClusterName}, nil
		},
		Waiting: waiting,
		Watches: []drive.Watch{{Object: &albv1alpha1.SecurityGroup{}, Map: of}},
		Indexes: []drive.Index[*albv1alpha1.SecurityGroupRule]{{
			Field: reference.BySecurityGroup,
			Values: func(mg *albv1alpha1.SecurityGroupRule) []string {
				return reference.Names(mg.Spec.ForProvider.SourceSecurityGroupRef)
			},
		}},
	}
}

func sourceOf(mg *albv1alpha1.SecurityGroupRule) reference.From {
	return reference.From{Namespace: mg.GetNamespace(), Ref: mg.Spec.ForProvider.SourceSecurityGroupRef, ARN: mg.Spec.ForProvider.SourceSecurityGroupId}
}

// waiting for the id of the source group.
func waiting(ctx context.Context, kube client.Reader, mg *albv1alpha1.SecurityGroupRule) (string, error) {
	source, err := reference.SecurityGroup(ctx, kube, sourceOf(mg))
	return source.Waiting(), err
}

// of a SecurityGroup that changed.
func of(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName {
	return reference.Wake(ctx, kube, &albv1alpha1.SecurityGroupRuleList{}, reference.To(changed.GetNamespace(), reference.BySecurityGroup, changed.GetName())...)
}
