package securitygroup

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/drive"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/loadbalancer"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

// Setup adds the controller of SecurityGroups to a manager, after that of LoadBalancers, whose index it uses.
func Setup(mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts) error {
	return drive.Setup(mgr, o, accounts, Kind())
}

// Kind of SecurityGroups, for the engine.
func Kind() drive.Kind[*v1alpha1.SecurityGroup] {
	return drive.Kind[*v1alpha1.SecurityGroup]{
		GVK:     v1alpha1.SecurityGroupGroupVersionKind,
		New:     func() *v1alpha1.SecurityGroup { return &v1alpha1.SecurityGroup{} },
		Connect: connect,
		Holding: holding,
		Tags:    func(mg *v1alpha1.SecurityGroup) map[string]string { return mg.Spec.ForProvider.Tags },
		Watches: []drive.Watch{
			{Object: &v1alpha1.LoadBalancer{}, Map: namedBy},
			{Object: &v1alpha1.SecurityGroupRule{}, Map: sourceOf},
		},
	}
}

func connect(_ context.Context, a *aws.Account, _ client.Reader, _ *v1alpha1.SecurityGroup) (managed.TypedExternalClient[*v1alpha1.SecurityGroup], error) {
	return &external{account: a}, nil
}

// holding: AWS does not delete a group that a load balancer uses, or that the rule of another group lets in.
func holding(ctx context.Context, kube client.Reader, mg *v1alpha1.SecurityGroup) (string, error) {
	list := &v1alpha1.LoadBalancerList{}
	err := kube.List(ctx, list, client.InNamespace(mg.GetNamespace()), client.MatchingFields{loadbalancer.IndexSecurityGroup: mg.GetName()})
	if err != nil {
		return "", errors.Wrap(err, "cannot list LoadBalancers")
	}
	if len(list.Items) > 0 {
		return "In use by LoadBalancer " + list.Items[0].GetName(), nil
	}
	rules := &v1alpha1.SecurityGroupRuleList{}
	err = kube.List(ctx, rules, client.InNamespace(mg.GetNamespace()), client.MatchingFields{reference.BySecurityGroup: mg.GetName()})
	if err != nil {
		return "", errors.Wrap(err, "cannot list SecurityGroupRules")
	}
	lowest := "" // in order: the message must not change with the order of a list
	for i := range rules.Items {
		if name := rules.Items[i].GetName(); lowest == "" || name < lowest {
			lowest = name
		}
	}
	if lowest == "" {
		return "", nil
	}
	return "In use by SecurityGroupRule " + lowest, nil
}

// sourceOf a SecurityGroupRule is the group that may wait for it.
func sourceOf(_ context.Context, _ client.Reader, changed client.Object) []types.NamespacedName {
	rule, ok := changed.(*v1alpha1.SecurityGroupRule)
	if !ok || rule.Spec.ForProvider.SourceSecurityGroupRef == nil {
		return nil
	}
	return []types.NamespacedName{{Namespace: rule.GetNamespace(), Name: rule.Spec.ForProvider.SourceSecurityGroupRef.Name}}
}

// namedBy a LoadBalancer are the groups that may wait for it.
func namedBy(_ context.Context, _ client.Reader, changed client.Object) []types.NamespacedName {
	lb, ok := changed.(*v1alpha1.LoadBalancer)
	if !ok {
		return nil
	}
	var out []types.NamespacedName
	for _, ref := range lb.Spec.ForProvider.SecurityGroupRefs {
		out = append(out, types.NamespacedName{Namespace: lb.GetNamespace(), Name: ref.Name})
	}
	return out
}
