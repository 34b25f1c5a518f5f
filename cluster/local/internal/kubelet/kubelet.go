package kubelet

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/local/internal/address"
)

const workers = 8

// Options says whose kubelet to be. Every field is required.
type Options struct {
	Client   kubernetes.Interface
	Network  address.Network
	MaxGrace time.Duration // no pod terminates longer than this
	Log      *slog.Logger
}

// Kubelet runs the pods of all nodes.
type Kubelet struct {
	Options
	informers informers.SharedInformerFactory
	pods      corelisters.PodLister
	nodes     corelisters.NodeLister
	volumes   volumes
	queue     workqueue.TypedRateLimitingInterface[cache.ObjectName]
	pools     *pools
	sandboxes sandboxes
	turn      roundRobin
}

// New returns a kubelet that does nothing until Run.
func New(o Options) (*Kubelet, error) {
	f := informers.NewSharedInformerFactory(o.Client, 0)
	k := &Kubelet{
		Options:   o,
		informers: f,
		pods:      f.Core().V1().Pods().Lister(),
		nodes:     f.Core().V1().Nodes().Lister(),
		volumes:   volumes{secrets: f.Core().V1().Secrets().Lister(), configMaps: f.Core().V1().ConfigMaps().Lister()},
		queue:     workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[cache.ObjectName](50*time.Millisecond, 5*time.Second)),
		pools:     newPools(),
		sandboxes: sandboxes{byPod: map[cache.ObjectName]*sandbox{}},
	}
	if _, err := f.Core().V1().Pods().Informer().AddEventHandler(onChange(k.enqueue)); err != nil {
		return nil, fmt.Errorf("cannot watch pods: %w", err)
	}
	for _, i := range []cache.SharedIndexInformer{f.Core().V1().Secrets().Informer(), f.Core().V1().ConfigMaps().Informer()} {
		if _, err := i.AddEventHandler(onChange(k.enqueueWaiting)); err != nil {
			return nil, fmt.Errorf("cannot watch what pods mount: %w", err)
		}
	}
	return k, nil
}

// Run runs pods until ctx ends, and returns when none is served any more.
func (k *Kubelet) Run(ctx context.Context) {
	k.informers.Start(ctx.Done())
	defer k.informers.Shutdown()
	k.informers.WaitForCacheSync(ctx.Done())

	var working sync.WaitGroup
	for range workers {
		working.Go(func() {
			for k.next(ctx) {
			}
		})
	}
	<-ctx.Done()
	k.queue.ShutDown()
	working.Wait()
	k.stopAll()
}

func (k *Kubelet) next(ctx context.Context) bool {
	key, stop := k.queue.Get()
	if stop {
		return false
	}
	defer k.queue.Done(key)
	err := k.sync(ctx, key)
	switch {
	case err == nil:
		k.queue.Forget(key)
	case ctx.Err() != nil:
	default:
		if !apierrors.IsConflict(err) { // somebody else wrote; the next attempt sees it
			k.Log.Error("pod not brought up to date", "pod", key.String(), "error", err)
		}
		k.queue.AddRateLimited(key)
	}
	return true
}

// sync brings one pod a step further.
func (k *Kubelet) sync(ctx context.Context, key cache.ObjectName) error {
	pod, err := k.pods.Pods(key.Namespace).Get(key.Name)
	if apierrors.IsNotFound(err) {
		k.stop(key)
		return nil
	}
	if err != nil {
		return err
	}
	if s := k.sandboxes.get(key); s != nil && s.uid != pod.UID {
		k.stop(key) // another pod of the same name
	}
	switch {
	case pod.DeletionTimestamp != nil:
		return k.terminate(ctx, key, pod)
	case isFinished(pod):
		k.stop(key)
		return nil
	case pod.Spec.NodeName == "":
		return k.bind(ctx, key, pod)
	}
	return k.run(ctx, key, pod)
}

// run makes the pod's sandbox unless it has one, and reports what became of it.
func (k *Kubelet) run(ctx context.Context, key cache.ObjectName, pod *corev1.Pod) error {
	node, err := k.nodes.Get(pod.Spec.NodeName)
	if apierrors.IsNotFound(err) {
		return nil // a node that does not exist runs nothing
	}
	if err != nil {
		return err
	}
	s := k.sandboxes.get(key)
	if s == nil {
		started, err := k.start(ctx, pod, node)
		if err != nil {
			return k.reportWaiting(ctx, pod, node, err)
		}
		s = started
		k.sandboxes.put(key, s)
	}
	return k.writeStatus(ctx, pod, runningStatus(pod, s))
}

// reportWaiting tells the user why the pod does not start; what is missing brings it back through enqueueWaiting, any other error through the queue.
func (k *Kubelet) reportWaiting(ctx context.Context, pod *corev1.Pod, node *corev1.Node, cause error) error {
	reason, retry := waitingReason(cause)
	if err := k.writeStatus(ctx, pod, waitingStatus(pod, nodeAddress(node), waiting{reason: reason, message: cause.Error()})); err != nil {
		return err
	}
	return retry
}

func (k *Kubelet) enqueue(obj any) {
	if key, err := cache.DeletionHandlingObjectToName(obj); err == nil {
		k.queue.Add(key)
	}
}

// enqueueWaiting has another look at the pods of a namespace that may have waited for obj.
func (k *Kubelet) enqueueWaiting(obj any) {
	changed, err := cache.DeletionHandlingObjectToName(obj)
	if err != nil {
		return
	}
	pods, err := k.pods.Pods(changed.Namespace).List(labels.Everything())
	if err != nil {
		return
	}
	for _, pod := range pods {
		key := cache.MetaObjectToName(pod)
		if pod.Spec.NodeName != "" && k.sandboxes.get(key) == nil {
			k.queue.Add(key)
		}
	}
}

func onChange(f func(obj any)) cache.ResourceEventHandlerFuncs {
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    f,
		UpdateFunc: func(_, obj any) { f(obj) },
		DeleteFunc: f,
	}
}

func isFinished(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}
