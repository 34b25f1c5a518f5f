package kubelet

import (
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// waiting says why containers do not run yet.
type waiting struct {
	reason, message string
}

// waitingReason is the reason that a kubelet would give, and the error to try again for: none when an event will bring the pod back.
func waitingReason(err error) (reason string, retry error) {
	if missing := (missingError{}); errors.As(err, &missing) {
		return "ContainerCreating", nil
	}
	return "RunContainerError", err
}

// writeStatus writes a status that differs from what the pod has.
func (k *Kubelet) writeStatus(ctx context.Context, pod *corev1.Pod, status corev1.PodStatus) error {
	status.ObservedGeneration = pod.Generation
	if equality.Semantic.DeepEqual(pod.Status, status) {
		return nil
	}
	updated := pod.DeepCopy()
	updated.Status = status
	_, err := k.Client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, updated, metav1.UpdateOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("cannot update status of pod: %w", err)
	}
	return nil
}

func runningStatus(pod *corev1.Pod, box *sandbox) corev1.PodStatus {
	s := *pod.Status.DeepCopy()
	started := metav1.NewTime(box.started).Rfc3339Copy() // as the API server stores it, so that comparisons hold
	s.Phase = corev1.PodRunning
	s.Reason, s.Message = "", ""
	s.HostIP, s.HostIPs = box.hostIP, []corev1.HostIP{{IP: box.hostIP}}
	s.PodIP, s.PodIPs = box.ip.String(), []corev1.PodIP{{IP: box.ip.String()}}
	if s.StartTime == nil {
		s.StartTime = &started
	}
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: started}}
	s.ContainerStatuses = containerStatuses(pod, pod.Spec.Containers, running)
	s.InitContainerStatuses = initStatuses(pod, started)
	for _, t := range []corev1.PodConditionType{corev1.PodScheduled, corev1.PodReadyToStartContainers, corev1.PodInitialized, corev1.ContainersReady} {
		setCondition(&s, corev1.PodCondition{Type: t, Status: corev1.ConditionTrue})
	}
	setCondition(&s, readyCondition(pod))
	return s
}

// readyCondition holds the readiness gates against the conditions that their owners have set.
func readyCondition(pod *corev1.Pod) corev1.PodCondition {
	for _, gate := range pod.Spec.ReadinessGates {
		i := conditionIndex(pod.Status.Conditions, gate.ConditionType)
		if i < 0 || pod.Status.Conditions[i].Status != corev1.ConditionTrue {
			return corev1.PodCondition{
				Type:    corev1.PodReady,
				Status:  corev1.ConditionFalse,
				Reason:  "ReadinessGatesNotReady",
				Message: fmt.Sprintf("the condition %q of a readiness gate is not True", gate.ConditionType),
			}
		}
	}
	return corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionTrue}
}

func waitingStatus(pod *corev1.Pod, hostIP string, why waiting) corev1.PodStatus {
	s := *pod.Status.DeepCopy()
	s.Phase = corev1.PodPending
	s.HostIP, s.HostIPs = hostIP, []corev1.HostIP{{IP: hostIP}}
	if s.StartTime == nil {
		s.StartTime = new(metav1.Now().Rfc3339Copy())
	}
	state := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: why.reason, Message: why.message}}
	s.ContainerStatuses = containerStatuses(pod, pod.Spec.Containers, state)
	setNotReady(&s)
	return s
}

func terminatedStatus(pod *corev1.Pod) corev1.PodStatus {
	s := *pod.Status.DeepCopy()
	s.Phase = corev1.PodSucceeded
	now := metav1.Now().Rfc3339Copy()
	started := now
	if s.StartTime != nil {
		started = *s.StartTime
	}
	state := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: started, FinishedAt: now}}
	s.ContainerStatuses = containerStatuses(pod, pod.Spec.Containers, state)
	setNotReady(&s)
	return s
}

func unschedulableStatus(pod *corev1.Pod) corev1.PodStatus {
	s := *pod.Status.DeepCopy()
	setCondition(&s, corev1.PodCondition{
		Type:    corev1.PodScheduled,
		Status:  corev1.ConditionFalse,
		Reason:  corev1.PodReasonUnschedulable,
		Message: "no node is ready, not cordoned and matched by the node selector of the pod",
	})
	return s
}

func setNotReady(s *corev1.PodStatus) {
	for _, t := range []corev1.PodConditionType{corev1.ContainersReady, corev1.PodReady} {
		setCondition(s, corev1.PodCondition{Type: t, Status: corev1.ConditionFalse, Reason: "ContainersNotReady", Message: "containers do not run"})
	}
}

func containerStatuses(pod *corev1.Pod, containers []corev1.Container, state corev1.ContainerState) []corev1.ContainerStatus {
	out := make([]corev1.ContainerStatus, 0, len(containers))
	runs := state.Running != nil
	for _, c := range containers {
		out = append(out, corev1.ContainerStatus{
			Name:        c.Name,
			Image:       c.Image,
			ImageID:     c.Image,
			ContainerID: fmt.Sprintf("localcluster://%s/%s", pod.UID, c.Name),
			State:       state,
			Ready:       runs,
			Started:     &runs,
		})
	}
	return out
}

// initStatuses have all run to their end, but for sidecars, which run on.
func initStatuses(pod *corev1.Pod, at metav1.Time) []corev1.ContainerStatus {
	done := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: at, FinishedAt: at}}
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at}}
	var out []corev1.ContainerStatus
	for _, c := range pod.Spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			out = append(out, containerStatuses(pod, []corev1.Container{c}, running)...)
			continue
		}
		status := containerStatuses(pod, []corev1.Container{c}, done)
		status[0].Ready = true // for an init container: has succeeded
		out = append(out, status...)
	}
	return out
}

// setCondition keeps the time of the last transition unless the status changes.
func setCondition(s *corev1.PodStatus, c corev1.PodCondition) {
	c.LastTransitionTime = metav1.Now().Rfc3339Copy()
	i := conditionIndex(s.Conditions, c.Type)
	if i < 0 {
		s.Conditions = append(s.Conditions, c)
		return
	}
	if s.Conditions[i].Status == c.Status {
		c.LastTransitionTime = s.Conditions[i].LastTransitionTime
	}
	c.LastProbeTime = s.Conditions[i].LastProbeTime
	c.ObservedGeneration = s.Conditions[i].ObservedGeneration
	s.Conditions[i] = c
}

func conditionIndex(conditions []corev1.PodCondition, t corev1.PodConditionType) int {
	return slices.IndexFunc(conditions, func(c corev1.PodCondition) bool { return c.Type == t })
}
