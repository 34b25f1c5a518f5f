package listenerrule

import (
	"context"
	"fmt"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/action"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/controller/reference"
)

// listenerARN that the rule belongs to; empty when there is none. A rule on its way out outlives the object of its listener,
// and may have been made on an earlier one of the same name, so it goes by its own ARN, which holds that of the listener.
func listenerARN(ctx context.Context, kube client.Reader, mg *albv1alpha1.ListenerRule) (string, error) {
	if meta.WasDeleted(mg) {
		if arn, err := alb.ParseARN(meta.GetExternalName(mg)); err == nil && arn.Kind == alb.KindRule {
			return arn.Listener(arn.ListenerID).String(), nil
		}
		if recorded := mg.Status.AtProvider.ListenerARN; recorded != "" {
			return recorded, nil
		}
	}
	l, err := reference.Listener(ctx, kube, listenerOf(mg))
	if w := l.Waiting(); err == nil && w != "" && !meta.WasDeleted(mg) {
		return "", errors.New(w) // it went since the rule stopped waiting for it
	}
	return l.ARN, err
}

// waiting says what a live rule waits for: its listener, and the target groups that it is to bring in. Those that it forwards
// to already cannot be waited for.
func waiting(ctx context.Context, kube client.Reader, mg *albv1alpha1.ListenerRule) (string, error) {
	l, err := reference.Listener(ctx, kube, listenerOf(mg))
	if err != nil {
		return "", err
	}
	if w := l.Waiting(); w != "" {
		return w, nil
	}
	for _, name := range action.TargetGroups(mg.Spec.ForProvider.Actions) {
		w, err := waitingForTargetGroup(ctx, kube, mg, name)
		if err != nil || w != "" {
			return w, err
		}
	}
	return "", nil
}

// waitingForTargetGroup makes before it breaks: a target group gets requests when its targets are registered, and not before.
// One that nothing binds targets to is its owner's business; those of a Gateway are all bound, if not from the first moment.
func waitingForTargetGroup(ctx context.Context, kube client.Reader, mg *albv1alpha1.ListenerRule, name string) (string, error) {
	group, err := reference.TargetGroup(ctx, kube, reference.From{Namespace: mg.GetNamespace(), Ref: &albv1alpha1.Reference{Name: name}})
	if err != nil {
		return "", err
	}
	if group.ARN != "" && slices.Contains(mg.Status.AtProvider.TargetGroupARNs, group.ARN) {
		return "", nil
	}
	if w := group.Waiting(); w != "" {
		return w, nil
	}
	bindings := &albv1alpha1.TargetGroupBindingList{}
	err = kube.List(ctx, bindings, client.InNamespace(mg.GetNamespace()), client.MatchingFields{reference.ByTargetGroup: name}, client.UnsafeDisableDeepCopy)
	if err != nil {
		return "", errors.Wrapf(err, "cannot list the TargetGroupBindings of TargetGroup %q", name)
	}
	if _, ofGateway := mg.GetLabels()[albv1alpha1.LabelGatewayName]; ofGateway && len(bindings.Items) == 0 {
		return fmt.Sprintf("TargetGroup %q has no TargetGroupBinding yet", name), nil
	}
	for i := range bindings.Items {
		b := &bindings.Items[i]
		if !meta.WasDeleted(b) && b.GetCondition(xpv2.TypeReady).Status != corev1.ConditionTrue {
			return fmt.Sprintf("TargetGroupBinding %q has not registered the targets of TargetGroup %q yet", b.GetName(), name), nil
		}
	}
	return "", nil
}

func listenerOf(mg *albv1alpha1.ListenerRule) reference.From {
	return reference.From{Namespace: mg.GetNamespace(), Ref: mg.Spec.ForProvider.ListenerRef, ARN: mg.Spec.ForProvider.ListenerArn}
}
