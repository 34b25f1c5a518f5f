package drive

import (
	"context"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// A Kind is what the engine needs to know of a managed kind. Watches, Indexes, Waiting, Holding, Poll and
// Tags are optional.
type Kind[T resource.ModernManaged] struct {
	// GVK of the kind.
	GVK schema.GroupVersionKind

	// New makes an empty object.
	New func() T

	// Connect makes the client of one reconcile. It must not call AWS.
	Connect func(ctx context.Context, a *aws.Account, kube client.Reader, mg T) (managed.TypedExternalClient[T], error)

	// Waiting says what a live object waits for before AWS is asked to make or change it, such as "LoadBalancer shop has no
	// ARN yet". Empty: for nothing. Whatever it reads must be watched.
	Waiting func(ctx context.Context, kube client.Reader, mg T) (string, error)

	// Holding says why a deleted object must stay, such as "in use by ListenerRule shop-80-1f2e". Empty: nothing holds it.
	// Whatever it reads must be watched.
	Holding func(ctx context.Context, kube client.Reader, mg T) (string, error)

	// Poll is when to look again at an object that has not settled. Zero: at the usual time.
	Poll func(mg T) time.Duration

	// Tags of an object's spec. The engine remembers their keys, so that the kind's client can remove those that leave it.
	Tags func(mg T) map[string]string

	// Watches are what wakes those that wait.
	Watches []Watch

	// Indexes of the kind in the cache.
	Indexes []Index[T]
}

// A Watch wakes objects when another one changes.
type Watch struct {
	// Object of the kind to watch, empty.
	Object client.Object

	// Map says whom a changed object concerns.
	Map func(ctx context.Context, kube client.Reader, changed client.Object) []types.NamespacedName

	// Matters says whether an update changed what anybody whom it concerns reads. Nil: each does.
	Matters func(was, is client.Object) bool
}

// An Index finds objects in the cache by the values of a field.
type Index[T any] struct {
	Field  string
	Values func(T) []string
}

// Options of a reconciler. The zero value works.
type Options struct {
	Logger   logging.Logger
	Recorder event.Recorder

	// PollInterval between two looks at a settled object. Zero: 50 s, which leaves room for a repair within a minute.
	PollInterval time.Duration

	// Timeout of one reconcile's calls to AWS. Zero: a minute.
	Timeout time.Duration

	// Withdrawal of the kind from the cluster. Nil: never.
	Withdrawal Withdrawal

	// More options of the runtime's reconciler, for metrics and change logs.
	More []managed.ReconcilerOption
}

// New makes the reconciler of a kind. Setup is the usual way to run it; tests call it themselves.
func New[T resource.ModernManaged](kube client.Client, scheme *runtime.Scheme, accounts *aws.Accounts, k Kind[T], o Options) reconcile.Reconciler {
	return newGate(kube, scheme, accounts, k, o)
}

// options of this engine from the runtime's.
func options(o controller.Options, recorder event.Recorder) Options {
	out := Options{Logger: o.Logger, Recorder: recorder, PollInterval: o.PollInterval}
	if o.MetricOptions != nil && o.MetricOptions.MRMetrics != nil {
		out.More = append(out.More, managed.WithMetricRecorder(o.MetricOptions.MRMetrics))
	}
	if o.ChangeLogOptions != nil && o.ChangeLogOptions.ChangeLogger != nil {
		out.More = append(out.More, managed.WithChangeLogger(o.ChangeLogOptions.ChangeLogger))
	}
	return out
}
