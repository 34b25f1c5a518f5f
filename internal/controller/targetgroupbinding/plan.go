package targetgroupbinding

import (
	"context"
	"slices"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	discoveryv1 "k8s.io/api/discovery/v1"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

// A plan is what a binding has to do.
type plan struct {
	// ARN of the target group.
	ARN string

	// Want is what is to be registered in the end.
	Want wanted

	// Recorded is what is registered as far as the binding knows.
	Recorded []target

	// Register and Deregister are the difference.
	Register, Deregister []target

	// Abandon are the targets that this binding left in a target group that it named before.
	Abandon abandoned

	// Foreign targets in the target group, which another cluster registers and this binding leaves alone.
	Foreign []target

	// Healthy of the wanted targets; negative when AWS was not asked.
	Healthy int32
}

type abandoned struct {
	ARN     string
	Targets []target
}

// done says that the status tells the truth already. A binding that has never recorded its target group is not done, even with
// nothing to register: recording it is what makes it Ready.
func (p plan) done(mg *albv1alpha1.TargetGroupBinding) bool {
	return len(p.Register)+len(p.Deregister)+len(p.Abandon.Targets) == 0 && mg.Status.AtProvider.TargetGroupARN == p.ARN
}

// plan compares with what the binding has registered by its own record, which costs nothing, and asks AWS only when there is
// no difference: so a change of pods goes to AWS at once, and what somebody else changed in AWS is found at the next poll. A
// binding without a record, be it new or made anew, asks too, which costs nothing either where the target group is new.
func (e *connection) plan(ctx context.Context, mg *albv1alpha1.TargetGroupBinding) (plan, error) {
	group, err := reference.TargetGroup(ctx, e.kube, targetGroupOf(mg))
	if err != nil {
		return plan{}, err
	}
	family, err := e.family(ctx, mg, group.ARN)
	if err != nil {
		return plan{}, err
	}
	p := plan{ARN: group.ARN, Healthy: -1}
	if p.Want, err = want(ctx, e.kube, mg, family); err != nil {
		return plan{}, err
	}
	e.recent.wants(mg.GetUID(), p.Want)
	p.Recorded = parseTargets(mg.Status.AtProvider.Registered)
	if was := mg.Status.AtProvider.TargetGroupARN; was != p.ARN && was != "" {
		p.Abandon = abandoned{ARN: was, Targets: p.Recorded}
		p.Recorded = nil
	}
	p.Register, p.Deregister = without(p.Want.Targets, p.Recorded), without(p.Recorded, p.Want.Targets)
	unrecorded := mg.Status.AtProvider.TargetGroupARN != p.ARN
	if !unrecorded && (!p.done(mg) || e.recent.tooEarly(mg.GetUID())) {
		return p, nil
	}
	return e.compare(ctx, mg, p)
}

// compare adds what differs in AWS from what the binding has recorded.
func (e *connection) compare(ctx context.Context, mg *albv1alpha1.TargetGroupBinding, p plan) (plan, error) {
	health, err := e.health(ctx, p)
	if err != nil {
		return p, err
	}
	e.recent.saw(mg.GetUID(), p.Want, health)
	healthy, registered := sortOut(health)
	p.Healthy = int32(len(p.Want.Targets) - len(without(p.Want.Targets, healthy)))
	p.Register = without(p.Want.Targets, registered)
	p.Recorded = without(p.Want.Targets, p.Register)
	surplus := without(registered, p.Want.Targets)
	if mg.Spec.ForProvider.MultiCluster {
		p.Foreign = surplus
	} else {
		p.Deregister = surplus
	}
	return p, nil
}

// health of the targets, as fresh as pods want to know it that wait for it.
func (e *connection) health(ctx context.Context, p plan) ([]elbtypes.TargetHealthDescription, error) {
	read := e.groups.TargetHealth
	if len(p.Want.waiting()) > 0 {
		read = e.groups.TargetHealthSoon
	}
	health, err := read(ctx, p.ARN)
	return health, errors.Wrap(err, "cannot read the health of the targets")
}

// sortOut says of targets which are healthy, and which count as registered. A draining target is on its way out already.
func sortOut(health []elbtypes.TargetHealthDescription) (healthy, registered []target) {
	for _, h := range health {
		t, ok := targetOf(h)
		if !ok || h.TargetHealth.Reason == elbtypes.TargetHealthReasonEnumNotRegistered {
			continue
		}
		switch h.TargetHealth.State {
		case elbtypes.TargetHealthStateEnumDraining, elbtypes.TargetHealthStateEnumUnhealthyDraining:
			continue
		case elbtypes.TargetHealthStateEnumHealthy:
			healthy = append(healthy, t)
		}
		registered = append(registered, t)
	}
	return sorted(healthy), sorted(slices.Clone(registered))
}

// targetOf a description that is whole.
func targetOf(h elbtypes.TargetHealthDescription) (target, bool) {
	if h.Target == nil || h.Target.Id == nil || h.Target.Port == nil || h.TargetHealth == nil {
		return target{}, false
	}
	return target{ID: *h.Target.Id, Port: *h.Target.Port}, true
}

// family of addresses that the target group takes. Its object says so; AWS is asked only where there is none.
func (e *connection) family(ctx context.Context, mg *albv1alpha1.TargetGroupBinding, arn string) (discoveryv1.AddressType, error) {
	if mg.Spec.ForProvider.TargetType != typeIP {
		return discoveryv1.AddressTypeIPv4, nil
	}
	ipType, err := e.ipAddressType(ctx, mg, arn)
	if err != nil {
		return "", err
	}
	if ipType == string(elbtypes.TargetGroupIpAddressTypeEnumIpv6) {
		return discoveryv1.AddressTypeIPv6, nil
	}
	return discoveryv1.AddressTypeIPv4, nil
}
