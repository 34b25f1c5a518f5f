package targetgroupbinding

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	albv1alpha1 "github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
)

// The reasons of a readiness gate's condition.
const (
	reasonHealthy   = "TargetHealthy"
	reasonUnhealthy = "TargetNotHealthy"
	reasonNodes     = "NodesAreTargets"
)

// podStatuses writes the conditions of pods.
type podStatuses interface {
	Patch(ctx context.Context, o client.Object, patch client.Patch, opts ...client.SubResourcePatchOption) error
}

// admit tells the pods of the Service that wait for it that requests reach them, or why they don't yet. A condition that is True
// stays so: a health check of a load balancer that fails later is no reason to take a pod from its clients in the cluster.
func (e *connection) admit(ctx context.Context, mg *albv1alpha1.TargetGroupBinding, p plan) error {
	waiting := p.Want.waiting()
	if len(waiting) == 0 || p.Healthy < 0 {
		return nil
	}
	bindings, err := e.admitting(ctx, mg)
	if err != nil {
		return err
	}
	for _, pod := range waiting {
		c, known := e.recent.verdict(pod, bindings)
		if !known {
			continue
		}
		c.Type = p.Want.Gate
		if err := e.say(ctx, pod, c); err != nil {
			return err
		}
	}
	return nil
}

// admitOthers than a target that AWS refuses. What hinders it is told with the next one that is not refused.
func (e *connection) admitOthers(ctx context.Context, mg *albv1alpha1.TargetGroupBinding, p plan) {
	if len(p.Want.waiting()) == 0 {
		return
	}
	if p, err := e.compare(ctx, mg, p); err == nil {
		_ = e.admit(ctx, mg, p)
	}
}

// admitting are the bindings that have a say in the gates of a binding's Service, this one among them, in order. Those that
// cannot do their work keep no pod back.
func (e *connection) admitting(ctx context.Context, mg *albv1alpha1.TargetGroupBinding) ([]*albv1alpha1.TargetGroupBinding, error) {
	list := &albv1alpha1.TargetGroupBindingList{}
	if err := e.kube.List(ctx, list, client.MatchingFields{byService: serviceKey(mg).String()}, client.UnsafeDisableDeepCopy); err != nil {
		return nil, errors.Wrap(err, "cannot list TargetGroupBindings of the Service")
	}
	out := []*albv1alpha1.TargetGroupBinding{mg}
	for i := range list.Items {
		other := &list.Items[i]
		idle := other.Status.AtProvider.TargetGroupARN == "" || other.GetCondition(xpv2.TypeSynced).Status == corev1.ConditionFalse
		if other.GetUID() == mg.GetUID() || meta.WasDeleted(other) || idle {
			continue
		}
		out = append(out, other)
	}
	slices.SortFunc(out, func(a, b *albv1alpha1.TargetGroupBinding) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// say what a pod's condition is, if it is not so already. The time of a transition stays as long as the status does.
func (e *connection) say(ctx context.Context, pod *corev1.Pod, c corev1.PodCondition) error {
	was := conditionOf(pod, c.Type)
	if was != nil && was.Status == c.Status && was.Reason == c.Reason && was.Message == c.Message {
		return nil
	}
	condition := map[string]any{"type": c.Type, "status": c.Status, "reason": c.Reason, "message": c.Message}
	if was == nil || was.Status != c.Status {
		condition["lastTransitionTime"] = e.recent.now().UTC().Format("2006-01-02T15:04:05Z")
	}
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": pod.UID}, // not of another pod by the same name
		"status":   map[string]any{"conditions": []any{condition}},
	})
	if err != nil {
		return errors.Wrap(err, "cannot write a condition")
	}
	target := &corev1.Pod{}
	target.SetNamespace(pod.Namespace)
	target.SetName(pod.Name)
	err = e.pods.Patch(ctx, target, client.RawPatch(types.StrategicMergePatchType, patch))
	if kerrors.IsNotFound(err) || kerrors.IsConflict(err) {
		return nil
	}
	return errors.Wrapf(err, "cannot set condition %q of Pod %q", c.Type, pod.Namespace+"/"+pod.Name)
}

// verdict is what AWS says of a pod in the target groups of these bindings. It is not known before each has looked, nor before
// the pod is registered in one that registers pods.
func (r *recent) verdict(pod *corev1.Pod, bindings []*albv1alpha1.TargetGroupBinding) (c corev1.PodCondition, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c = corev1.PodCondition{Status: corev1.ConditionTrue, Reason: reasonNodes, Message: "nodes are registered as targets, not pods"}
	known = true
	for _, b := range bindings {
		seen, looked := r.seen[b.GetUID()]
		if !looked {
			return corev1.PodCondition{}, false
		}
		if b.Spec.ForProvider.TargetType != typeIP {
			continue
		}
		if c.Reason == reasonNodes {
			c.Reason, c.Message, known = reasonHealthy, "", false
		}
		for _, ip := range pod.Status.PodIPs {
			state, registered := seen[ip.IP]
			if state != "" {
				message := fmt.Sprintf("target %s of TargetGroupBinding %s/%s is %s", ip.IP, b.Namespace, b.Name, state)
				return corev1.PodCondition{Status: corev1.ConditionFalse, Reason: reasonUnhealthy, Message: message}, true
			}
			known = known || registered
		}
	}
	return c, known
}

// wants notes the targets of a binding that AWS has not been asked of yet. Nothing is kept of one that no pod waits for.
func (r *recent) wants(uid types.UID, want wanted) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, looked := r.seen[uid]
	delete(r.seen, uid)
	if len(want.Gated) == 0 || !looked {
		return
	}
	r.seen[uid] = was.of(want)
}

// saw what AWS says of the targets of a binding.
func (r *recent) saw(uid types.UID, want wanted, health []elbtypes.TargetHealthDescription) {
	if len(want.Gated) == 0 {
		return
	}
	seen := states{}.of(want)
	for _, h := range health {
		t, whole := targetOf(h)
		if _, ours := slices.BinarySearchFunc(want.Targets, t, compareTargets); whole && ours && isAddress(t) {
			seen[t.ID] = pending(h.TargetHealth)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[uid] = seen
}

// states of targets by address: what each waits for before it gets requests; "" if for nothing.
type states map[string]string

// of the wanted targets, as far as they are known.
func (s states) of(want wanted) states {
	out := states{}
	for _, t := range want.Targets {
		state, known := s[t.ID]
		if !known {
			state = "not registered yet"
		}
		out[t.ID] = state
	}
	return out
}

// pending says what a target waits for before it gets requests; nothing if it gets them. It gets none either while no rule uses
// the target group, but then none can be lost.
func pending(h *elbtypes.TargetHealth) string {
	switch {
	case h.State == elbtypes.TargetHealthStateEnumHealthy, h.State == elbtypes.TargetHealthStateEnumUnused && h.Reason == elbtypes.TargetHealthReasonEnumNotInUse:
		return ""
	case h.Reason != "":
		return fmt.Sprintf("%s (%s)", h.State, h.Reason)
	default:
		return string(h.State)
	}
}
