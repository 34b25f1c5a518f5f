package drive

import (
	"hash/fnv"
	"sync"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-contrib/provider-alb-gateway/apis/alb/v1alpha1"
	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

const (
	// userRetry is when a call is tried again that works only after a user has changed something. A change of the object or
	// of its ProviderConfig wakes it at once; this is for changes elsewhere, such as of a quota or an IAM policy.
	userRetry = 2 * time.Minute

	// configRetry is when a ProviderConfig's Secret is looked at again: Secrets are read when needed and not watched.
	configRetry = 15 * time.Second

	// inUseRetry and longestInUseRetry: network interfaces linger for a minute or two after their load balancer.
	inUseRetry        = 2 * time.Second
	longestInUseRetry = 15 * time.Second

	// again is when to see the result of an own write, which is remembered and costs no call.
	again = 50 * time.Millisecond

	// createdRetry is for when the event of the recorded external name does not come.
	createdRetry = time.Second
)

// tries count what an object does again and again.
type tries struct {
	mu    sync.Mutex
	count map[types.NamespacedName]int
}

func newTries() *tries { return &tries{count: map[types.NamespacedName]int{}} }

func (t *tries) forget(name types.NamespacedName) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.count, name)
}

func (t *tries) add(name types.NamespacedName) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count[name]++
	return t.count[name]
}

// next says when to reconcile again. Errors that pass by themselves keep the controller's backoff.
func (t *tries) next(p *pass, r reconcile.Result) reconcile.Result {
	switch {
	case p.failed != nil:
		return t.afterError(p, r)
	case p.step == created:
		t.forget(p.name)
		return reconcile.Result{RequeueAfter: createdRetry}
	case p.step == deleted:
		return after(again << min(t.add(p.name)-1, 8))
	case p.step == updated:
		// An update that does not lead to the desired state is not repeated before the next poll.
		if t.add(p.name) > 1 {
			return r
		}
		return after(again)
	}
	t.forget(p.name)
	if r.RequeueAfter > 0 {
		r.Priority = new(handler.LowPriority) // polls come after new work
	}
	return r
}

func (t *tries) afterError(p *pass, r reconcile.Result) reconcile.Result {
	switch aws.Classify(p.failed) {
	case aws.Denied:
		// A policy that asks for a tag denies everything on what is gone: whether it is shows at the next look.
		if p.step != looked && t.add(p.name) == 1 {
			return after(createdRetry)
		}
		return t.afterUser(p)
	case aws.Refused:
		return t.afterUser(p)
	case aws.Unconfigured:
		t.forget(p.name)
		return after(configRetry + spread(p.name.String(), configRetry/10))
	case aws.InUse:
		return after(min(inUseRetry<<min(t.add(p.name)-1, 3), longestInUseRetry))
	case aws.Gone, aws.Throttled, aws.Transient:
	}
	return r
}

// afterUser has had the time to change something.
func (t *tries) afterUser(p *pass) reconcile.Result {
	t.forget(p.name)
	return after(userRetry + spread(p.name.String(), userRetry/10))
}

func after(d time.Duration) reconcile.Result { return reconcile.Result{RequeueAfter: d} }

// pollHook says when to look again at an object that is up to date.
func pollHook[T resource.ModernManaged](k Kind[T]) func(resource.Managed, time.Duration) time.Duration {
	return func(o resource.Managed, interval time.Duration) time.Duration {
		if mg, ok := o.(T); ok && k.Poll != nil {
			if d := k.Poll(mg); d > 0 && d < interval {
				return d
			}
		}
		return untilTurn(time.Now(), o, interval)
	}
}

// untilTurn is the time until the turn of an object's load balancer, which comes once an interval. Its objects follow each
// other within a twentieth of it: the first reads, the others share what it read.
func untilTurn(now time.Time, o metav1.Object, interval time.Duration) time.Duration {
	turn := spread(phase(o), interval)
	since := (time.Duration(now.UnixNano()) - turn) % interval
	return interval - since + spread(o.GetNamespace()+"/"+o.GetName(), interval/20)
}

// phase is what objects of one load balancer have in common: the Gateway that they were made for, else their owner.
func phase(o metav1.Object) string {
	if gateway := o.GetLabels()[v1alpha1.LabelGatewayName]; gateway != "" {
		return o.GetNamespace() + "/" + gateway
	}
	if owner := metav1.GetControllerOf(o); owner != nil {
		return string(owner.UID)
	}
	return o.GetNamespace() + "/" + o.GetName()
}

// spread texts evenly over a duration.
func spread(text string, over time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return time.Duration(h.Sum64() % uint64(max(over, 1))) //nolint:gosec // Both are positive.
}
