package loadbalancer

import (
	"context"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/drive"
)

// IndexSecurityGroup finds LoadBalancers by the SecurityGroups that they name.
const IndexSecurityGroup = "spec.forProvider.securityGroupRefs"

// Setup adds the controller of LoadBalancers to a manager.
func Setup(mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts) error {
	return drive.Setup(mgr, o, accounts, Kind())
}

// Kind of LoadBalancers, for the engine.
func Kind() drive.Kind[*v1alpha1.LoadBalancer] {
	return drive.Kind[*v1alpha1.LoadBalancer]{
		GVK:     v1alpha1.LoadBalancerGroupVersionKind,
		New:     func() *v1alpha1.LoadBalancer { return &v1alpha1.LoadBalancer{} },
		Connect: connect,
		Waiting: waiting,
		Poll:    poll,
		Tags:    tagsOf,
		Watches: []drive.Watch{{Object: &v1alpha1.SecurityGroup{}, Map: usersOf}},
		Indexes: []drive.Index[*v1alpha1.LoadBalancer]{{Field: IndexSecurityGroup, Values: securityGroupsOf}},
	}
}

func connect(_ context.Context, a *aws.Account, kube client.Reader, _ *v1alpha1.LoadBalancer) (managed.TypedExternalClient[*v1alpha1.LoadBalancer], error) {
	return &external{account: a, kube: kube}, nil
}

// tagsOf the spec. An adopted load balancer is given none.
func tagsOf(mg *v1alpha1.LoadBalancer) map[string]string {
	if mg.Spec.ForProvider.DNSName != nil {
		return nil
	}
	return mg.Spec.ForProvider.Tags
}

// waiting for the ids of the security groups that it names.
func waiting(ctx context.Context, kube client.Reader, mg *v1alpha1.LoadBalancer) (string, error) {
	for _, ref := range mg.Spec.ForProvider.SecurityGroupRefs {
		sg := &v1alpha1.SecurityGroup{}
		err := kube.Get(ctx, types.NamespacedName{Namespace: mg.GetNamespace(), Name: ref.Name}, sg)
		switch {
		case kerrors.IsNotFound(err):
			return "Waiting for SecurityGroup " + ref.Name + ", which does not exist", nil
		case err != nil:
			return "", errors.Wrapf(err, "cannot get SecurityGroup %s", ref.Name)
		case sg.Status.AtProvider.GroupID == "":
			return "Waiting for SecurityGroup " + ref.Name + ", which has no group id yet", nil
		}
	}
	return "", nil
}

// The times between two looks at a load balancer that AWS is provisioning, which takes minutes: a quarter of the time that
// it has taken so far, so that the wait is seen to end soon after it ends and costs few calls.
const (
	shortestPoll = 2 * time.Second
	longestPoll  = 10 * time.Second
)

func poll(mg *v1alpha1.LoadBalancer) time.Duration {
	if mg.Status.AtProvider.State != stateProvisioning {
		return 0
	}
	began := meta.GetExternalCreateSucceeded(mg)
	if began.IsZero() {
		began = mg.GetCreationTimestamp().Time
	}
	return min(max(time.Since(began)/4, shortestPoll), longestPoll)
}

// usersOf a SecurityGroup.
func usersOf(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName {
	list := &v1alpha1.LoadBalancerList{}
	if err := kube.List(ctx, list, client.InNamespace(changed.GetNamespace()), client.MatchingFields{IndexSecurityGroup: changed.GetName()}); err != nil {
		return nil // the cache serves lists that are indexed, or it has not started
	}
	var out []types.NamespacedName
	for i := range list.Items {
		out = append(out, client.ObjectKeyFromObject(&list.Items[i]))
	}
	return out
}

func securityGroupsOf(mg *v1alpha1.LoadBalancer) []string {
	var out []string
	for _, ref := range mg.Spec.ForProvider.SecurityGroupRefs {
		out = append(out, ref.Name)
	}
	return out
}
