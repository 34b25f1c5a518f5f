package targetgroupbinding

import (
	"cmp"
	"context"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/drive"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

// The field indexes of this package.
const (
	byService    = "targetgroupbinding.service"    // of bindings, "namespace/name"
	byTargetType = "targetgroupbinding.targetType" // of bindings
	sliceService = "targetgroupbinding.slice"      // of EndpointSlices, the name of their Service
	podGate      = "targetgroupbinding.gate"       // of Pods, the names of the Services that their readiness gates name
)

// unsettled is when to look again at targets that are not all healthy. AWS is asked as often only while some are about to be.
const unsettled = 5 * time.Second

// Setup adds the controller of TargetGroupBindings to a manager.
func Setup(mgr ctrl.Manager, o controller.Options, accounts *aws.Accounts) error {
	if err := mgr.GetFieldIndexer().IndexField(context.Background(), &discoveryv1.EndpointSlice{}, sliceService, serviceOfSlice); err != nil {
		return errors.Wrap(err, "cannot index EndpointSlices by Service")
	}
	if err := mgr.GetFieldIndexer().IndexField(context.Background(), &corev1.Pod{}, podGate, servicesOfGates); err != nil {
		return errors.Wrap(err, "cannot index Pods by readiness gate")
	}
	return drive.Setup(mgr, o, accounts, Kind(mgr.GetClient().Status()))
}

// Kind of TargetGroupBindings. pods writes the statuses of Pods.
func Kind(pods client.SubResourceWriter) drive.Kind[*albv1alpha1.TargetGroupBinding] {
	return kindAt(time.Now, pods)
}

func kindAt(now func() time.Time, pods podStatuses) drive.Kind[*albv1alpha1.TargetGroupBinding] {
	recent := newRecent(now)
	return drive.Kind[*albv1alpha1.TargetGroupBinding]{
		GVK: albv1alpha1.TargetGroupBindingGroupVersionKind,
		New: func() *albv1alpha1.TargetGroupBinding { return &albv1alpha1.TargetGroupBinding{} },
		Connect: func(_ context.Context, a *aws.Account, kube client.Reader, _ *albv1alpha1.TargetGroupBinding) (managed.TypedExternalClient[*albv1alpha1.TargetGroupBinding], error) {
			return &connection{kube: kube, pods: pods, groups: a.ELB, targets: a.ELB, subnets: a.EC2, vpc: a.VPCID, recent: recent}, nil
		},
		Waiting: waiting,
		Poll:    poll,
		Watches: []drive.Watch{
			{Object: &albv1alpha1.TargetGroup{}, Map: ofTargetGroup},
			{Object: &discoveryv1.EndpointSlice{}, Map: ofSlice, Matters: sliceMatters},
			{Object: &corev1.Service{}, Map: ofService, Matters: serviceMatters},
			{Object: &corev1.Pod{}, Map: ofPod},
			{Object: &corev1.Node{}, Map: newNodeWatch().changed},
		},
		Indexes: []drive.Index[*albv1alpha1.TargetGroupBinding]{
			{Field: reference.ByTargetGroup, Values: func(mg *albv1alpha1.TargetGroupBinding) []string {
				return reference.Names(mg.Spec.ForProvider.TargetGroupRef)
			}},
			{Field: byService, Values: func(mg *albv1alpha1.TargetGroupBinding) []string {
				return []string{serviceKey(mg).String()}
			}},
			{Field: byTargetType, Values: func(mg *albv1alpha1.TargetGroupBinding) []string {
				return []string{cmp.Or(mg.Spec.ForProvider.TargetType, typeInstance)}
			}},
		},
	}
}

// waiting says what a live binding waits for: its target group.
func waiting(ctx context.Context, kube client.Reader, mg *albv1alpha1.TargetGroupBinding) (string, error) {
	group, err := reference.TargetGroup(ctx, kube, targetGroupOf(mg))
	return group.Waiting(), err
}

func poll(mg *albv1alpha1.TargetGroupBinding) time.Duration {
	if at := mg.Status.AtProvider; at.Healthy < at.Targets {
		return unsettled
	}
	return 0
}
