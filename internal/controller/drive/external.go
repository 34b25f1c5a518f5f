package drive

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/aws"
)

// reasonChanged is of the event that names what an update changed, be it that the object or that AWS had changed.
const reasonChanged event.Reason = "ChangedExternalResource"

// A connector finds the account of an object and makes the kind's client.
type connector[T resource.ModernManaged] struct {
	kube     client.Reader
	accounts *aws.Accounts
	kind     Kind[T]
	record   event.Recorder
}

func (c *connector[T]) Connect(ctx context.Context, mg T) (managed.TypedExternalClient[T], error) {
	p, _ := passOf(ctx, mg)
	if p == nil {
		p = &pass{}
	}
	account, err := c.accounts.For(ctx, mg)
	if err != nil {
		return nil, p.saw(err, looked)
	}
	e, err := c.kind.Connect(ctx, account, c.kube, mg)
	if err != nil {
		return nil, p.saw(err, looked)
	}
	return &external[T]{TypedExternalClient: e, pass: p, record: c.record}, nil
}

// saw the outcome of a call. The error that is shown stays the same as long as its cause does.
func (p *pass) saw(err error, s step) error {
	p.failed, p.step = err, s
	return aws.Clean(err)
}

// An external notes what the kind's client did, from which the time of the next reconcile follows.
type external[T resource.ModernManaged] struct {
	managed.TypedExternalClient[T]

	pass   *pass
	record event.Recorder

	// diff is what Observe found to differ.
	diff string
}

func (e *external[T]) Observe(ctx context.Context, mg T) (managed.ExternalObservation, error) {
	o, err := e.TypedExternalClient.Observe(ctx, mg)
	e.diff = o.Diff
	return o, e.pass.saw(err, looked)
}

func (e *external[T]) Create(ctx context.Context, mg T) (managed.ExternalCreation, error) {
	o, err := e.TypedExternalClient.Create(ctx, mg)
	return o, e.pass.saw(err, created)
}

func (e *external[T]) Update(ctx context.Context, mg T) (managed.ExternalUpdate, error) {
	o, err := e.TypedExternalClient.Update(ctx, mg)
	if err == nil && e.diff != "" {
		e.record.Event(mg, event.Normal(reasonChanged, "Changed in AWS: "+e.diff))
	}
	return o, e.pass.saw(err, updated)
}

func (e *external[T]) Delete(ctx context.Context, mg T) (managed.ExternalDelete, error) {
	o, err := e.TypedExternalClient.Delete(ctx, mg)
	return o, e.pass.saw(err, deleted)
}
