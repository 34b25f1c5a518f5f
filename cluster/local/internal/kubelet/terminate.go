package kubelet

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
)

// terminate lets a pod serve for its grace period, then stops it and takes it away for good. Its endpoint is not ready from the moment of deletion, but it
// stays serving: the endpoint slice controller derives both.
func (k *Kubelet) terminate(ctx context.Context, key cache.ObjectName, pod *corev1.Pod) error {
	box := k.sandboxes.get(key)
	if box != nil {
		if left := k.graceLeft(pod, box); left > 0 {
			k.queue.AddAfter(key, left)
			return nil
		}
		k.stop(key)
	}
	if seconds := pod.DeletionGracePeriodSeconds; seconds != nil && *seconds == 0 {
		return nil // only a finalizer keeps it
	}
	if err := k.writeStatus(ctx, pod, terminatedStatus(pod)); err != nil {
		return err
	}
	err := k.Client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{
		GracePeriodSeconds: new(int64(0)),
		Preconditions:      metav1.NewUIDPreconditions(string(pod.UID)),
	})
	if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) { // a conflict is another pod of the same name
		return fmt.Errorf("cannot delete terminated pod: %w", err)
	}
	return nil
}

func (k *Kubelet) graceLeft(pod *corev1.Pod, box *sandbox) time.Duration {
	grace := time.Duration(0)
	if seconds := pod.DeletionGracePeriodSeconds; seconds != nil {
		grace = min(time.Duration(*seconds)*time.Second, k.MaxGrace)
	}
	if box.stopAt.IsZero() {
		box.stopAt = time.Now().Add(grace)
	}
	return time.Until(box.stopAt)
}
